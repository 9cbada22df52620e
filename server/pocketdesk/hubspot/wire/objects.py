"""Objects, in HubSpot's shapes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pocketdesk.accounts.model import User
from pocketdesk.hubspot.model import Change, CrmObject, ObjectKind
from pocketdesk.kernel.moments import to_iso

_USUAL: Mapping[ObjectKind, tuple[str, ...]] = {
    ObjectKind.CONTACTS: ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    ObjectKind.TICKETS: (),
    ObjectKind.FEEDBACK_SUBMISSIONS: ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
}
"""What is shown where nobody says which properties."""
_ALWAYS: Mapping[ObjectKind, tuple[str, ...]] = {
    ObjectKind.CONTACTS: ("createdate", "hs_object_id", "lastmodifieddate"),
    ObjectKind.TICKETS: (),
    ObjectKind.FEEDBACK_SUBMISSIONS: ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
}


def to_object(
    found: CrmObject,
    kind: ObjectKind,
    names: Collection[str] = (),
    history: Mapping[str, Sequence[Change]] | None = None,
) -> dict[str, Any]:
    """An object with the properties of these names, unknown ones as null."""
    shown = dict.fromkeys((*_ALWAYS[kind], *names)) if names else dict.fromkeys(_USUAL[kind])
    body: dict[str, Any] = {
        "id": str(found.id),
        "properties": {name: found.properties.get(name) for name in shown},
        "createdAt": to_iso(found.created_at),
        "updatedAt": to_iso(found.updated_at),
        "archived": False,
    }
    if history is not None:
        body["propertiesWithHistory"] = {
            name: [
                {"value": each.value, "timestamp": to_iso(each.at), "sourceType": each.source.upper()}
                for each in changes
            ]
            for name, changes in history.items()
        }
    return body


def to_owner(user: User) -> dict[str, Any]:
    """A user as the owner of contacts. Nothing is kept of when a user changed: it is when the user joined."""
    at = to_iso(user.joined_at or user.status_at)
    first, _, last = user.name.partition(" ")
    return {
        "id": str(user.id),
        "userId": user.id,
        "userIdIncludingInactive": user.id,
        "type": "PERSON",
        "email": user.email,
        "firstName": first,
        "lastName": last,
        "createdAt": at,
        "updatedAt": at,
        "archived": not user.is_active,
    }
