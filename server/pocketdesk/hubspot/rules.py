"""How objects are searched, and how a contact's properties hang together."""

import re
from collections.abc import Mapping, Sequence

from pocketdesk.hubspot.model import CrmObject, Filter, Question
from pocketdesk.inboxes.model import DeliveryIdentifier
from pocketdesk.kernel.moments import from_iso
from pocketdesk.kernel.refusal import Conflict, Forbidden, Invalid, Refusal

OPERATORS = frozenset({
    "EQ",
    "NEQ",
    "LT",
    "LTE",
    "GT",
    "GTE",
    "BETWEEN",
    "IN",
    "NOT_IN",
    "HAS_PROPERTY",
    "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN",
    "NOT_CONTAINS_TOKEN",
})  # fmt: skip
LONGEST_VALUE = 1_000
MOST_PROPERTIES = 100
OURS = frozenset({"email", "firstname", "lastname", "hubspot_owner_id"})
"""Properties of contacts that are more than words."""
_READ_ONLY = frozenset({"createdate", "lastmodifieddate", "legal_basis"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


class ContactExists(Conflict):
    """Another contact has the address. Programs read its id out of the message."""

    code = "contact_exists"


class NotHere(Refusal):
    """HubSpot can do that, we cannot."""

    code = "not_supported"
    status = 400


def check_properties(properties: Mapping[str, str | None], field: str = "properties") -> dict[str, str]:
    """What a program says of a contact; None and blank mean nothing. `Invalid` at a property that cannot be."""
    if len(properties) > MOST_PROPERTIES:
        raise Invalid({field: f"at most {MOST_PROPERTIES} properties"})
    said: dict[str, str] = {}
    for name, value in properties.items():
        place = f"{field}.{name[:100]}"
        if not _NAME.fullmatch(name):
            raise Invalid({place: "a name has lower-case letters, digits and underscores"})
        if name in _READ_ONLY or name.startswith("hs_"):
            raise Invalid({place: "is read-only"})
        if value is not None and (len(value) > LONGEST_VALUE or "\0" in value):
            raise Invalid({place: f"at most {LONGEST_VALUE} characters, none of them NUL"})
        said[name] = value or ""
    return said


def full_name(first: str, last: str) -> str:
    """How we call somebody whom HubSpot knows by two names."""
    return " ".join(f"{first} {last}".split())


def names_of(name: str | None, first: str, last: str) -> tuple[str | None, str | None]:
    """First and last name: as a program gave them, as long as they still make up the name; else the name, parted."""
    if name is None:
        return None, None
    if full_name(first, last) == name:
        return first or None, last or None
    before, _, after = name.rpartition(" ")
    return (before, after) if before else (after, None)


def answers(found: CrmObject, question: Question) -> bool:
    """Whether an object is among what a search wants."""
    if question.words:
        words = question.words.casefold()
        if not any(words in value.casefold() for value in found.properties.values() if value):
            return False
    return not question.groups or any(all(_holds(found, each) for each in group) for group in question.groups)


def sort_key(found: CrmObject, question: Question) -> tuple[bool, tuple[float, str], int]:
    """Where an object stands in what was found; those without the property come last."""
    value = found.properties.get(question.sort) if question.sort else None
    return (value is None) != question.descending, _comparable(value or ""), found.id


def _holds(found: CrmObject, wanted: Filter) -> bool:
    value = found.properties.get(wanted.name)
    if wanted.operator == "HAS_PROPERTY":
        return value is not None
    if wanted.operator == "NOT_HAS_PROPERTY":
        return value is None
    if wanted.operator in {"NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN"} and value is None:
        return True
    if value is None:
        return False
    mine, theirs = _comparable(value), [_comparable(each) for each in wanted.values]
    match wanted.operator:
        case "EQ" | "IN":
            return mine in theirs
        case "NEQ" | "NOT_IN":
            return mine not in theirs
        case "LT":
            return mine < theirs[0]
        case "LTE":
            return mine <= theirs[0]
        case "GT":
            return mine > theirs[0]
        case "GTE":
            return mine >= theirs[0]
        case "BETWEEN":
            return theirs[0] <= mine <= theirs[1]
        case "CONTAINS_TOKEN":
            return _contains(value, wanted.values[0])
        case _:
            return not _contains(value, wanted.values[0])


def _contains(value: str, token: str) -> bool:
    """Whether one of the words of a value is the token; `*` stands for anything at its ends."""
    token = token.casefold()
    bare = token.strip("*")
    for word in [value.casefold(), *re.split(r"[\s@.,;:+_-]+", value.casefold())]:
        begins, ends = token.startswith("*"), token.endswith("*")
        if begins and ends:
            hit = bare in word
        elif begins:
            hit = word.endswith(bare)
        else:
            hit = word.startswith(bare) if ends else word == bare
        if hit:
            return True
    return False


def _comparable(value: str) -> tuple[float, str]:
    """Numbers and times by what they mean (times also as milliseconds), words without case."""
    try:
        return float(from_iso(value)), ""
    except ValueError:
        pass
    try:
        number = float(value)
    except ValueError:
        return float("inf"), value.casefold()
    return (number, "") if number == number else (float("inf"), value)  # noqa: PLR0124  NaN is no number


# Channels that programs bring.

_THREAD = "thread"


def outside_key(channel_account_id: int, thread: str | None, identifier: DeliveryIdentifier) -> str:
    """By which a visitor is known: each thread of a program is one, or else each address on its channel."""
    kind, word = (_THREAD, thread) if thread else (identifier.type, identifier.value)
    return f"{channel_account_id}:{kind}:{word}"


def thread_word(key: str | None) -> str | None:
    """The program's word for the thread, from such a key; None where it has no threads."""
    _, kind, word = (key or "::").split(":", 2)
    return word if kind == _THREAD else None


# What integrations may do.

_CONTACTS = "crm.objects.contacts"
_PREFERENCES = "communication_preferences"
_SUBMISSIONS = ("crm.objects.feedback_submissions.read",)
_OBJECT = r"/crm/(v[34]/objects|objects/[\d-]+)"
_SCOPES: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    r"(/conversations/v3)?/visitor-identification/": (
        (),
        ("conversations.visitor_identification.tokens.create",),
    ),
    r"/conversations/(v3/)?custom-channels(/|$)": (
        ("conversations.custom_channels.read",),
        ("conversations.custom_channels.write",),
    ),
    r"/conversations/(v3/)?conversations/": (("conversations.read",), ("conversations.write",)),
    r"/communication-preferences/": (
        (f"{_PREFERENCES}.read", f"{_PREFERENCES}.read_write"),
        (f"{_PREFERENCES}.write", f"{_PREFERENCES}.read_write"),
    ),
    r"/files/": (("files",), ("files",)),
    r"/cms/": (("content",), ()),
    r"/crm/(v3/owners|owners/[\d-]+)(/|$)": (("crm.objects.owners.read",), ()),
    r"/crm/(v3/pipelines|pipelines/[\d-]+)/": (("tickets",), ("tickets",)),
    r"/crm/(v[34]/associations|associations/[\d-]+)/": (("tickets",), ("tickets",)),
    _OBJECT + r"/[^/]+/[^/]+/associations/": (("tickets",), ("tickets",)),
    _OBJECT + r"/(contacts?|0-1)(/|$)": ((f"{_CONTACTS}.read",), (f"{_CONTACTS}.write",)),
    _OBJECT + r"/(tickets?|0-5)(/|$)": (("tickets",), ("tickets",)),
    _OBJECT + r"/(feedback_submissions?|0-19)(/|$)": (_SUBMISSIONS, _SUBMISSIONS),
}
"""Which scopes open which paths, to read and to write. Associations tie tickets to something, so they are tickets'."""


def scopes_for(method: str, path: str) -> Sequence[str]:
    """The scopes of which any opens a path to an integration; none where the path is closed to all of them."""
    reads = method in {"GET", "HEAD"} or (method == "POST" and path.endswith(("/search", "/read")))
    for pattern, (reading, writing) in _SCOPES.items():
        if re.match(pattern, path):
            return reading if reads else writing
    return ()


def check_allowed(allowed: frozenset[str], method: str, path: str) -> None:
    """`Forbidden` unless what a user allowed an integration opens the path."""
    wanted = scopes_for(method, path)
    if not allowed.intersection(wanted):
        raise Forbidden(f"needs the scope {' or '.join(wanted)}" if wanted else "is not open to integrations")
