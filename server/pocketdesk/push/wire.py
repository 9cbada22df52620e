"""Push as JSON: what routes take and what they give. No key ever goes out."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body
from pocketdesk.push.model import Provider

KindWord = Literal["apns", "fcm", "webpush"]
LONGEST_KEY = 8_000


class ApnsIn(Body):
    """A token key from Apple's developer site: its id, the team's, and the text of the .p8 file."""

    key_id: Annotated[str, Field(max_length=40)]
    team_id: Annotated[str, Field(max_length=40)]
    private_key: Annotated[str, Field(max_length=LONGEST_KEY)]


class FcmIn(Body):
    """A service account of a Firebase project: the text of its JSON file."""

    service_account: Annotated[str, Field(max_length=LONGEST_KEY)]


class WebPushIn(Body):
    """Whom push services can write to (`mailto:...` or `https://...`); the key is made here."""

    subject: Annotated[str, Field(max_length=300)]


class PushPatch(Body):
    """Whether pushes carry the words of messages."""

    with_content: bool


class ProviderOut(Answer):
    """A service that the account can push by. `name` says with what; `failure` is why it last failed."""

    kind: KindWord
    name: str
    created_at: int
    created_by: str
    sent_at: int | None
    failed_at: int | None
    failure: str | None


class PushOut(Answer):
    """How the account pushes."""

    with_content: bool
    providers: list[ProviderOut]


class UnreadOut(Answer):
    """In how many of the visitor's conversations there is something unread, and how many messages."""

    unread: int
    messages: int


class PushKeyOut(Answer):
    """What a browser subscribes with (`applicationServerKey`); null where there is no web push."""

    public_key: str | None


def to_provider(found: Provider, names: Mapping[int, str]) -> ProviderOut:
    """A service for the console."""
    return ProviderOut(
        kind=found.kind.value,
        name=found.name,
        created_at=found.created_at,
        created_by=names.get(found.created_by, ""),
        sent_at=found.sent_at,
        failed_at=found.failed_at,
        failure=found.failure,
    )
