"""Settings that come as decoded JSON: every key or none of it, and a message at the field that is wrong."""

import unicodedata
from typing import Any, TypeVar, cast

import msgspec

from pocketdesk.inboxes.model import Part
from pocketdesk.kernel import text
from pocketdesk.kernel.refusal import Invalid

P = TypeVar("P", bound=Part)


def parse_part(value: object, part: type[P], field: str) -> P:
    """The settings in `value`. `Invalid` names the field: a wrong value, a key too many, a key too few."""
    try:
        found = msgspec.convert(value, part)
    except msgspec.ValidationError as error:
        raise Invalid(_to_fields(str(error), field)) from None
    _check_complete(value, msgspec.to_builtins(found), field)
    return found


def clean_words(words: str | None, field: str) -> str | None:
    """Words that visitors will read, without blank ends; None stays. `Invalid` at `field` if nothing can be seen."""
    if words is None:
        return None
    cleaned = "\n".join(line.rstrip() for line in words.strip().splitlines())
    if not cleaned:
        raise Invalid({field: "must not be empty"})
    if any(unicodedata.category(each) in {"Cc", "Cs"} and each != "\n" for each in cleaned):
        raise Invalid({field: "must not contain control characters"})
    text.from_plain(cleaned, field)
    return cleaned


def _to_fields(error: str, field: str) -> dict[str, str]:
    """msgspec's `Expected ... - at $.chat.heading.user_ids[0]`, with the field in front."""
    message, _, place = error.partition(" - at `$")
    path = field + place.rstrip("`").replace("[", ".").replace("]", "")
    if "field `" in message:  # unknown or missing
        words, _, name = message.partition(" `")
        return {f"{path}.{name.rstrip('`')}": words.lower()}
    return {path: message}


def _check_complete(given: Any, whole: Any, field: str) -> None:
    """A key that is left out would silently get its default: saving says everything or nothing."""
    if isinstance(whole, dict):
        for name, inner in cast("dict[str, object]", whole).items():
            if name not in given:
                raise Invalid({f"{field}.{name}": "is missing"})
            _check_complete(given[name], inner, f"{field}.{name}")
    elif isinstance(whole, list | tuple):
        for place, (part, inner) in enumerate(zip(given, cast("list[object]", whole), strict=True)):
            _check_complete(part, inner, f"{field}.{place}")
