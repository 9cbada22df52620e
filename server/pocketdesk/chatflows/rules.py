"""What a chatflow's settings may be, what visitors read of them, and the order in which chatflows are served."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec.structs import replace

from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.chatflows.model import (
    Assign,
    Chat,
    Document,
    Heading,
    KnowledgeBase,
    Mobile,
    Options,
    ServedFlow,
)
from pocketdesk.inboxes.rules import clean_availability, clean_words, parse_part
from pocketdesk.kernel import text
from pocketdesk.kernel.moments import to_datetime
from pocketdesk.kernel.refusal import Conflict, Invalid, Refusal

LONGEST_TAG = 100
LONGEST_NAME = 200
FULL_NAME_LANGUAGES = frozenset({"de", "ja"})
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

_NO_HELP = KnowledgeBase()


def fresh(
    language: str, mobile_tag: str, creator_id: int, knowledge_base: KnowledgeBase = _NO_HELP
) -> Document:
    """The settings that a new chatflow begins with."""
    return Document(
        chat=Chat(heading=Heading(user_ids=(creator_id,))),
        knowledge_base=knowledge_base,
        options=Options(language=language),
        mobile=Mobile(tag=mobile_tag),
    )


def plain(language: str, inbox_id: int, channel_account_id: int) -> ServedFlow:
    """In a chatflow's place, where none began a conversation: nothing is asked, nobody is chosen."""
    document = Document(
        chat=Chat(), knowledge_base=_NO_HELP, options=Options(language=language), mobile=Mobile(tag="")
    )
    return ServedFlow(0, 0, inbox_id, channel_account_id, document)


def parse_document(value: object, languages: Sequence[str], field: str = "document") -> Document:
    """A document from decoded JSON, in clean form. `Invalid` names the field."""
    document = parse_part(value, Document, field)
    check_language(document.options.language, languages, f"{field}.options.language")
    return Document(
        chat=_clean_chat(document.chat, f"{field}.chat"),
        knowledge_base=clean_knowledge_base(document.knowledge_base, f"{field}.knowledge_base"),
        options=_clean_options(document.options, f"{field}.options"),
        mobile=Mobile(tag=clean_tag(document.mobile.tag, f"{field}.mobile.tag")),
    )


def _clean_chat(chat: Chat, field: str) -> Chat:
    capture = replace(
        chat.email_capture, text=clean_words(chat.email_capture.text, f"{field}.email_capture.text")
    )
    availability = chat.availability
    if availability is not None:
        availability = clean_availability(availability, f"{field}.availability")
    return replace(
        chat,
        welcome=_clean_welcome(chat.welcome, f"{field}.welcome"),
        assign=_clean_assign(chat.assign, f"{field}.assign"),
        email_capture=capture,
        heading=_clean_heading(chat.heading, f"{field}.heading"),
        availability=availability,
    )


def _clean_welcome(words: str | None, field: str) -> str | None:
    welcome = clean_words(words, field)
    if welcome is not None:
        check_tokens(welcome, field)
    return welcome


def _clean_assign(assign: Assign, field: str) -> Assign:
    users, teams = _once(assign.user_ids), _once(assign.team_ids)
    if assign.automatic and assign.to == "users_and_teams" and not users and not teams:
        raise Invalid({f"{field}.user_ids": "choose at least one user or team"})
    if assign.fallback == "inbox" and assign.fallback_inbox_id is None:
        raise Invalid({f"{field}.fallback_inbox_id": "choose an inbox"})
    return replace(
        assign,
        user_ids=users,
        team_ids=teams,
        skill_ids=_once(assign.skill_ids),
        wait_text=clean_words(assign.wait_text, f"{field}.wait_text"),
    )


def _clean_heading(heading: Heading, field: str) -> Heading:
    name = heading.brand_name
    if heading.kind == "brand" and name is None:
        raise Invalid({f"{field}.brand_name": "must not be empty"})
    return replace(
        heading,
        user_ids=_once(heading.user_ids),
        team_ids=_once(heading.team_ids),
        brand_name=None if name is None else clean_name(name, f"{field}.brand_name"),
    )


def _clean_options(options: Options, field: str) -> Options:
    cookies, process, offer = options.cookie_banner, options.process_consent, options.communicate_consent
    return replace(
        options,
        cookie_banner=replace(cookies, text=clean_words(cookies.text, f"{field}.cookie_banner.text")),
        process_consent=replace(process, text=clean_words(process.text, f"{field}.process_consent.text")),
        communicate_consent=replace(
            offer, label=clean_words(offer.label, f"{field}.communicate_consent.label")
        ),
    )


def _once(ids: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ids))


def clean_knowledge_base(chosen: KnowledgeBase, field: str = "knowledge_base") -> KnowledgeBase:
    """`Invalid` where the Help tab is on without a knowledge base to show."""
    if chosen.enabled and chosen.knowledge_base_id is None:
        raise Invalid({f"{field}.knowledge_base_id": "choose a knowledge base"})
    return chosen


def check_language(language: str, languages: Sequence[str], field: str = "language") -> None:
    """`Invalid` unless the chat page speaks it."""
    if language not in languages:
        raise Invalid({field: f"must be one of {', '.join(languages)}"})


# What visitors read.

TOKENS = frozenset({"contact.first_name", "contact.name"})
MOST_TOKENS = 10
LONGEST_FALLBACK = 100
_TOKEN = re.compile(r"\{\{([^{}]*)\}\}")
# A token that says nothing takes the comma and the blank before it along; at the start of a line those after it.
_NOTHING = re.compile(r"(?:(?:^|(?<=\n))\x00[,，、]?[ \t]*|[,，、]?[ \t]*\x00)")


def check_tokens(words: str, field: str) -> None:
    """`Invalid` at `field` for a token that nobody knows or that does not end, or if strangers would read nothing."""
    found: list[str] = _TOKEN.findall(words)
    if len(found) > MOST_TOKENS:
        raise Invalid({field: f"at most {MOST_TOKENS} tokens"})
    for inner in found:
        name, _, fallback = inner.partition("|")
        if name.strip() not in TOKENS:
            raise Invalid({field: f"unknown token {{{{{name.strip()}}}}}"})
        if len(fallback) > LONGEST_FALLBACK or "\n" in fallback:
            raise Invalid({field: f"a fallback has at most {LONGEST_FALLBACK} characters on one line"})
    rest = _TOKEN.sub("", words)
    if "{{" in rest or "}}" in rest:
        raise Invalid({field: "a token begins with {{ and ends with }}"})
    text.from_plain(filled(words, None), field)


def filled(words: str, contact_name: str | None) -> str:
    """Words whose tokens name a known contact, or say their fallback, or nothing."""
    name = " ".join((contact_name or "").split())[:LONGEST_FALLBACK]

    def fill(found: re.Match[str]) -> str:
        token, _, fallback = found[1].partition("|")
        known = name.split(" ", 1)[0] if token.strip() == "contact.first_name" else name
        return known or fallback.strip() or "\0"

    return _NOTHING.sub("", _TOKEN.sub(fill, words))


def shown_name(name: str, language: str) -> str:
    """A user's name as visitors see it: the first name; the full name in German and Japanese."""
    return name if language in FULL_NAME_LANGUAGES else name.split(" ", 1)[0]


def alias_of(document: Document) -> str | None:
    """The brand's name where it stands for every agent, else None."""
    heading = document.chat.heading
    return heading.brand_name if heading.kind == "brand" and heading.alias else None


# Order.


def moved(order: Sequence[int], chatflow_id: int, to: Place) -> list[int]:
    """The ids in order of priority after one has moved: to the top, the bottom, or place n (1 is the top)."""
    others = [each for each in order if each != chatflow_id]
    place = 0 if to == "top" else len(others) if to == "bottom" else min(max(to, 1) - 1, len(others))
    return [*others[:place], chatflow_id, *others[place:]]
