"""Objects, in HubSpot's shapes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pocketdesk.accounts.model import User
from pocketdesk.hubspot.model import PIPELINE, STAGES, Change, CrmObject, ObjectKind
from pocketdesk.kernel.moments import to_iso
from pocketdesk.tickets.model import Stage

_USUAL: Mapping[ObjectKind, tuple[str, ...]] = {
    ObjectKind.CONTACTS: ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    ObjectKind.TICKETS: (
        "content",
        "createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
        "hs_pipeline",
        "hs_pipeline_stage",
        "hs_ticket_priority",
        "subject",
    ),
    ObjectKind.FEEDBACK_SUBMISSIONS: ("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
}
"""What is shown where nobody says which properties."""
_ALWAYS: Mapping[ObjectKind, tuple[str, ...]] = {
    ObjectKind.CONTACTS: ("createdate", "hs_object_id", "lastmodifieddate"),
    ObjectKind.TICKETS: ("createdate", "hs_lastmodifieddate", "hs_object_id"),
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
        "archived": found.archived_at is not None,
    }
    if found.archived_at is not None:
        body["archivedAt"] = to_iso(found.archived_at)
    if history is not None:
        body["propertiesWithHistory"] = {
            name: [
                {"value": each.value, "timestamp": to_iso(each.at), "sourceType": each.source.upper()}
                for each in changes
            ]
            for name, changes in history.items()
        }
    return body


def to_pipeline() -> dict[str, Any]:
    """The pipeline that all tickets go through. It was there from the beginning and never changes."""
    since = {"createdAt": to_iso(0), "updatedAt": to_iso(0), "archived": False}
    return {
        **since,
        "id": PIPELINE,
        "label": "Support Pipeline",
        "displayOrder": 0,
        "stages": [
            {
                **since,
                "id": id_,
                "label": stage.value.replace("_", " ").capitalize(),
                "displayOrder": place,
                "metadata": {
                    "ticketState": "CLOSED" if stage is Stage.CLOSED else "OPEN",
                    "isClosed": str(stage is Stage.CLOSED).lower(),
                },
                "writePermissions": "INTERNAL_ONLY",
            }
            for place, (stage, id_) in enumerate(STAGES.items())
        ],
    }


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
