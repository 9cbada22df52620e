"""The order in which an erasure goes, how long copies stay, and the links that open them."""

import hashlib
import hmac
import re
from collections.abc import Mapping

from pocketdesk.files.rules import links
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.refusal import Conflict, Invalid
from pocketdesk.privacy.model import Stage, Subject

PATH = "/exports/"
ROOM_BYTES = 1 << 30
"""So much of the disk stays free, for the database."""
ATTEMPTS = 5
"""So often is a copy tried."""
EXPORT_MS = DAY
"""How long a copy stays after it was made."""
AT_ONCE = 200
"""Rows that one step of an erasure changes, in each of at most two tables."""
VISITORS_AT_ONCE = 10
PERSONS = frozenset({Subject.CONTACT, Subject.VISITOR})

_ORDER: Mapping[Subject, tuple[Stage, ...]] = {
    Subject.CONTACT: tuple(Stage),
    Subject.VISITOR: tuple(Stage),
    Subject.CONVERSATION: (Stage.WORDS, Stage.DONE),
    Subject.FILES: (Stage.FILES, Stage.DONE),
}
_UNSAFE = re.compile(r"[^\w.\- ]+")


class BeingErased(Conflict):
    """What is about to be forgotten becomes part of nothing else."""

    code = "being_erased"


def first_stage(subject: Subject) -> Stage:
    """Where an erasure begins."""
    return _ORDER[subject][0]


def next_stage(subject: Subject, stage: Stage) -> Stage:
    """What comes after a stage."""
    order = _ORDER[subject]
    return order[order.index(stage) + 1]


def added(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Both counts together; what was not there is not listed."""
    places = {**counts, **more}
    total = {place: counts.get(place, 0) + more.get(place, 0) for place in places}
    return {place: number for place, number in sorted(total.items()) if number}


def to_person(kind: str, field: str = "kind") -> Subject:
    """A contact or a visitor; `Invalid` for anything else."""
    if kind not in PERSONS:
        raise Invalid({field: "must be contact or visitor"})
    return Subject(kind)


def file_name(file_id: int, name: str) -> str:
    """The name of a file inside a copy: unique, and harmless wherever it is unpacked."""
    plain = _UNSAFE.sub("_", name).strip(". ")[-100:]
    return f"files/{file_id}-{plain or 'file'}"


# Links.


def link_key(file_key: bytes) -> bytes:
    """The key that signs links to copies, other than the one for files."""
    return hmac.digest(file_key, b"pocketdesk exports", hashlib.sha256)


def link(key: bytes, account_id: int, export_id: int, now: int) -> str:
    """A path that gives the copy to whoever has it, for half an hour to an hour."""
    return PATH + links.sign(key, account_id, export_id, now)


def opened(key: bytes, word: str, now: int) -> tuple[int, int] | None:
    """The account and the copy of a word that we have signed; None if we have not, or it is too old."""
    found = links.opened(key, word, now)
    return None if found is None else (found[0], found[1])
