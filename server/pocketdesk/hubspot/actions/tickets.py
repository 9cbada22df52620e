"""What programs do to tickets, in HubSpot's words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pocketdesk.accounts.model import Actor
from pocketdesk.hubspot import rules, views
from pocketdesk.hubspot.model import PIPELINE, STAGES, CrmObject, Link, ObjectKind
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork
from pocketdesk.tickets import actions as tickets
from pocketdesk.tickets.model import Draft, Priority, Ticket

_STAGES = {id_: stage for stage, id_ in STAGES.items()}
_PRIORITIES = {each.value.upper(): each for each in Priority}
_NEEDED = {"subject": "subject", "stage": "hs_pipeline_stage"}
_FIELDS = {"owner_user_id": "hubspot_owner_id"}
"""Where HubSpot has what we call otherwise."""
_LINKED = {ObjectKind.CONTACTS: "contact_id", None: "conversation_id"}


def create_ticket(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    properties: Mapping[str, str | None],
    field: str = "properties",
    links: tuple[Link, ...] = (),
) -> CrmObject:
    """Makes a ticket, which needs a subject and a stage. `Invalid` at a property below `field` or at `associations`."""
    changes, said = _read(properties, field)
    for ours, theirs in _NEEDED.items():
        if not changes.get(ours):
            raise Invalid({f"{field}.{theirs}": "a ticket needs one"})
    linked: dict[str, Any] = {_LINKED[link.kind]: link.id for link in links}
    draft = Draft(**changes, **linked, properties=said)
    made = _told(field, lambda: tickets.create_ticket(unit, scope, actor, draft))
    return views.object_of(unit, scope, ObjectKind.TICKETS, str(made.id))


def change_ticket(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    ticket_id: int,
    properties: Mapping[str, str | None],
    field: str = "properties",
) -> CrmObject:
    """Changes what is given of a ticket. `NotFound`, `Invalid` at a property below `field`."""
    changes, said = _read(properties, field)

    def change(draft: Draft) -> Draft:
        return replace(draft, **changes, properties={**(draft.properties or {}), **said})

    _told(field, lambda: tickets.change_ticket(unit, scope, actor, ticket_id, change))
    return views.object_of(unit, scope, ObjectKind.TICKETS, str(ticket_id))


def put_ticket(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    word: str,
    id_property: str | None,
    properties: Mapping[str, str | None],
    field: str,
) -> tuple[CrmObject, bool]:
    """Changes the ticket that a word names; whether it is new, which it never is: nothing but its id names one."""
    found = views.objects_by_ids(unit, scope, ObjectKind.TICKETS, [word], id_property).get(word)
    if found is None:
        raise Invalid({f"{field.rpartition('.')[0]}.id": "no such ticket"})
    return change_ticket(unit, scope, actor, found.id, properties, field), False


def _read(properties: Mapping[str, str | None], field: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What is said of a ticket in our words, and what programs keep besides."""
    changes: dict[str, Any] = {}
    said: dict[str, str | None] = {}
    for name, given in properties.items():
        value, place = given or "", f"{field}.{name[:100]}"
        match name:
            case "subject" | "content":
                changes[name] = value
            case "hs_pipeline":
                if value not in {"", PIPELINE}:
                    raise Invalid({place: "there is one pipeline, 0"})
            case "hs_pipeline_stage":
                if value not in _STAGES:
                    raise Invalid({place: f"is one of {', '.join(_STAGES)}"})
                changes["stage"] = _STAGES[value]
            case "hs_ticket_priority":
                if value and value not in _PRIORITIES:
                    raise Invalid({place: f"is one of {', '.join(_PRIORITIES)}"})
                changes["priority"] = _PRIORITIES.get(value)
            case "hubspot_owner_id":
                if value and not (value.isascii() and value.isdigit() and len(value) <= 15):
                    raise Invalid({place: "must be the id of a user"})
                changes["owner_user_id"] = int(value) if value else None
            case "closed_date" | "source_type":
                raise Invalid({place: "is read-only"})
            case _:
                said[name] = given
    return changes, rules.check_properties(said, field)


def _told(field: str, act: Callable[[], Ticket]) -> Ticket:
    """What is wrong with a ticket, at HubSpot's names."""
    try:
        return act()
    except Invalid as wrong:
        named: dict[str, str] = {}
        for name, why in wrong.fields.items():
            if name in _LINKED.values():
                named["associations"] = why
            else:
                named[f"{field}.{_FIELDS.get(name, name.removeprefix('properties.'))}"] = why
        raise Invalid(named) from None
