"""Expected errors. Anything that is not a `Refusal` is a bug."""

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """The answer "no", with a stable `code`, an HTTP `status` and messages per field.

    Features subclass it beside the rule that raises it, with a code that names the situation.
    `message` is for developers; screens translate `code` and `fields`. `enclosed`, JSON by name, is what the answer
    carries beside them for the caller to go on with.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    message: str
    fields: dict[str, str]
    enclosed: Mapping[str, object]

    def __init__(self, message: str = "", fields: Mapping[str, str] | None = None) -> None:
        self.fields = dict(fields or {})
        self.enclosed = {}
        self.message = (
            message or "; ".join(f"{name}: {text}" for name, text in self.fields.items()) or self.code
        )
        super().__init__(self.message)


class Invalid(Refusal):
    """The input does not have the right form: `fields` says where and why."""

    code = "invalid"
    status = 422

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("", fields)


class Unauthenticated(Refusal):
    """The caller has not shown who they are."""

    code = "unauthenticated"
    status = 401


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403


class NotFound(Refusal):
    """There is no such thing, or the caller may not know that there is."""

    code = "not_found"
    status = 404


class Conflict(Refusal):
    """The thing has changed meanwhile, or the same id came with other content."""

    code = "conflict"
    status = 409


class TooLarge(Refusal):
    """More than the limit for one request."""

    code = "too_large"
    status = 413


class TooMany(Refusal):
    """A rate limit was reached; try again after `retry_after_ms` milliseconds."""

    code = "too_many"
    status = 429
    retry_after_ms: int

    def __init__(self, retry_after_ms: int) -> None:
        super().__init__(f"try again in {retry_after_ms} ms")
        self.retry_after_ms = retry_after_ms
