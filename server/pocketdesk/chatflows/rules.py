"""What a chatflow's settings may be, and the order in which chatflows are served."""

import unicodedata
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, cast

import msgspec

from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.chatflows.model import Chat, Document, Heading, KnowledgeBase, Mobile, Options
from pocketdesk.kernel.moments import to_datetime
from pocketdesk.kernel.refusal import Conflict, Invalid, Refusal

LONGEST_TAG = 100
LONGEST_NAME = 200
MOST_FACES = 3
FULL_NAME_LANGUAGES = frozenset({"de", "ja"})
DARK, LIGHT = "#000000", "#ffffff"
DEFAULT_TEXTS = {
    "welcome": "welcome.default",
    "wait": "wait.default",
    "email_capture": "capture.default",
    "away": "away.default",
    "outside": "closed.default",
    "cookies": "cookies.default",
    "process_explicit": "consent.explicit",
    "process_legitimate_interest": "consent.legitimate",
    "communicate": "consent.communicate",
}
"""Texts that a chatflow may replace, and the page's own words that stand there until it does."""

Place: TypeAlias = Literal["top", "bottom"] | int


class EditConflict(Conflict):
    """Somebody has saved meanwhile; load that version first."""

    code = "edit_conflict"


class PreconditionRequired(Refusal):
    """Say in `If-Match` which version the edit starts from."""

    code = "precondition_required"
    status = 428


# Tags and names.


def clean_tag(tag: str, field: str = "mobile_tag") -> str:
    """A mobile tag, trimmed. `Invalid` at `field` unless it has 1 to 100 printable characters."""
    cleaned = unicodedata.normalize("NFC", tag).strip()
    if not cleaned:
        raise Invalid({field: "must not be empty"})
    if len(cleaned) > LONGEST_TAG:
        raise Invalid({field: f"at most {LONGEST_TAG} characters"})
    if not cleaned.isprintable():
        raise Invalid({field: "must be printable"})
    return cleaned


def tag_key(tag: str) -> str:
    """What tags are compared by: trimmed and without case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", tag).strip().casefold())


def new_name(name: str | None, now: int) -> str:
    """The name that was given, or one with the time."""
    if name is None:
        return f"New chatflow ({to_datetime(now):%Y-%m-%d %H:%M} UTC)"
    return clean_name(name, longest=LONGEST_NAME)


def copy_name(name: str) -> str:
    """The name of a clone."""
    return f"Copy of {name}"[:LONGEST_NAME]


# Documents.


def fresh(language: str, mobile_tag: str, creator_id: int) -> Document:
    """The settings that a new chatflow begins with."""
    return Document(
        chat=Chat(heading=Heading(user_ids=(creator_id,))),
        knowledge_base=KnowledgeBase(),
        options=Options(language=language),
        mobile=Mobile(tag=mobile_tag),
    )


def parse_document(value: object, languages: Sequence[str], field: str = "document") -> Document:
    """A document from decoded JSON, in clean form. `Invalid` names the field."""
    try:
        document = msgspec.convert(value, Document)
    except msgspec.ValidationError as error:
        raise Invalid(_to_fields(str(error), field)) from None
    _check_complete(value, msgspec.to_builtins(document), field)
    check_language(document.options.language, languages, f"{field}.options.language")
    tag = clean_tag(document.mobile.tag, f"{field}.mobile.tag")
    welcome = document.chat.welcome
    if welcome is not None:
        welcome = "\n".join(line.rstrip() for line in welcome.strip().splitlines())
        if not welcome:
            raise Invalid({f"{field}.chat.welcome": "must not be empty"})
        if any(unicodedata.category(each) in {"Cc", "Cs"} and each != "\n" for each in welcome):
            raise Invalid({f"{field}.chat.welcome": "must not contain control characters"})
    return msgspec.structs.replace(
        document, chat=msgspec.structs.replace(document.chat, welcome=welcome), mobile=Mobile(tag=tag)
    )


def check_changes(before: Document, after: Document, field: str = "document") -> None:
    """`Invalid` at each setting that has no effect in this version and would change."""
    chat = msgspec.structs.replace(
        before.chat, welcome=after.chat.welcome, close_button=after.chat.close_button
    )
    options = msgspec.structs.replace(before.options, language=after.options.language)
    allowed = msgspec.structs.replace(before, chat=chat, options=options, mobile=after.mobile)
    if wrong := _differences(msgspec.to_builtins(allowed), msgspec.to_builtins(after), field):
        raise Invalid(dict.fromkeys(wrong, "cannot be changed in this version"))


def check_language(language: str, languages: Sequence[str], field: str = "language") -> None:
    """`Invalid` unless the chat page speaks it."""
    if language not in languages:
        raise Invalid({field: f"must be one of {', '.join(languages)}"})


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


def _differences(one: Any, other: Any, path: str) -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        parts = cast("dict[str, object]", one)
        return [found for name in parts for found in _differences(parts[name], other[name], f"{path}.{name}")]
    return [] if one == other else [path]


# Order.


def moved(order: Sequence[int], chatflow_id: int, to: Place) -> list[int]:
    """The ids in order of priority after one has moved: to the top, the bottom, or place n (1 is the top)."""
    others = [each for each in order if each != chatflow_id]
    place = 0 if to == "top" else len(others) if to == "bottom" else min(max(to, 1) - 1, len(others))
    return [*others[:place], chatflow_id, *others[place:]]


# Looks.


def accent_text(accent: str) -> str:
    """Black or white, whichever reads better on the colour: always at least 4.5 to 1."""
    return max((LIGHT, DARK), key=lambda color: contrast(accent, color))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def shown_name(name: str, language: str) -> str:
    """A user's name as visitors see it: the first name; the full name in German and Japanese."""
    return name if language in FULL_NAME_LANGUAGES else name.split(" ", 1)[0]


def _luminance(color: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color[1:3]) + 0.7152 * linear(color[3:5]) + 0.0722 * linear(color[5:7])
