"""Actors by HubSpot's ids."""

from collections.abc import Iterable

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.rules.words import clean_email
from pocketdesk.hubspot.model import SYSTEM, Face
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import Reader

_LONGEST = 15
"""Digits of an id."""


def faces(reader: Reader, scope: AccountScope, ids: Iterable[str]) -> dict[str, Face]:
    """Those of the actors that the account has: `A-<user>`, `V-<contact or visitor>`, `E-<address>`, the system."""
    return {id_: found for id_ in ids if (found := _face(reader, scope, id_))}


def _face(reader: Reader, scope: AccountScope, id_: str) -> Face | None:
    kind, _, rest = id_.partition("-")
    if id_ == SYSTEM.id:
        return SYSTEM
    if kind == "E":
        try:
            return Face(id_, "EMAIL", None, clean_email(rest))
        except Invalid:
            return None
    if not (rest.isascii() and rest.isdigit() and len(rest) <= _LONGEST):
        return None
    if kind == "A":
        try:
            user = accounts.user(reader, scope, int(rest))
        except NotFound:
            return None
        return Face(id_, "AGENT", user.name, user.email, user.image)
    return _visitor(reader, scope, id_, int(rest)) if kind == "V" else None


def _visitor(reader: Reader, scope: AccountScope, id_: str, person_id: int) -> Face | None:
    contact = people.contact_cards(reader, scope, [person_id]).get(person_id)
    if contact is not None:
        return Face(id_, "VISITOR", contact.name, contact.email)
    there = people.visitor_cards(reader, scope, [person_id])
    return Face(id_, "VISITOR", None, None) if there else None
