"""What can be a ticket, and when it is closed."""

from collections.abc import Mapping
from dataclasses import replace

from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.kernel.refusal import Conflict, Invalid
from pocketdesk.kernel.text import visible
from pocketdesk.tickets.model import Draft, Stage, Ticket

LONGEST_SUBJECT = 300
LONGEST_CONTENT = 10_000
MOST_PROPERTIES = 100
LONGEST_VALUE = 1_000


class HasTicket(Conflict):
    """The conversation has a ticket already, and keeps it."""

    code = "conversation_has_ticket"


def clean(draft: Draft) -> Draft:
    """A draft as it is kept. `Invalid` at what cannot be."""
    content = draft.content.strip()
    if len(content) > LONGEST_CONTENT or "\0" in content:
        raise Invalid({"content": f"at most {LONGEST_CONTENT} characters, none of them NUL"})
    return replace(
        draft,
        subject=clean_name(draft.subject, "subject", longest=LONGEST_SUBJECT),
        content=content if visible(content) else "",
        properties=_kept(draft.properties or {}),
    )


def check_merge(kept: Ticket, other: Ticket, field: str) -> None:
    """`Invalid` at the field that names the other ticket, if the two cannot become one."""
    if kept.id == other.id:
        raise Invalid({field: "is the same ticket"})
    for each in (kept, other):
        if each.archived_at is not None:
            raise Invalid({field: f"ticket {each.id} is archived"})


def merged(kept: Draft, other: Draft) -> Draft:
    """What two tickets come to: what the kept one lacks comes from the other."""
    properties = {**(other.properties or {}), **(kept.properties or {})}
    if len(properties) > MOST_PROPERTIES:
        raise Invalid({"properties": f"at most {MOST_PROPERTIES}, those of both together"})
    return replace(
        kept,
        content=kept.content or other.content,
        priority=kept.priority or other.priority,
        owner_user_id=kept.owner_user_id if kept.owner_user_id is not None else other.owner_user_id,
        contact_id=kept.contact_id if kept.contact_id is not None else other.contact_id,
        conversation_id=kept.conversation_id if kept.conversation_id is not None else other.conversation_id,
        properties=properties,
    )


def check_conversation(before: Draft, after: Draft) -> None:
    """A ticket keeps the conversation that it came from."""
    if before.conversation_id not in {None, after.conversation_id}:
        raise Invalid({"conversation_id": "a ticket keeps its conversation"})


def closed_at(before: Ticket | None, stage: Stage, now: int) -> int | None:
    """Since when a ticket is done that stands at a stage now."""
    if stage is not Stage.CLOSED:
        return None
    return before.closed_at if before and before.closed_at is not None else now


def _kept(properties: Mapping[str, str]) -> Mapping[str, str]:
    if len(properties) > MOST_PROPERTIES:
        raise Invalid({"properties": f"at most {MOST_PROPERTIES}"})
    for name, value in properties.items():
        if len(value) > LONGEST_VALUE or "\0" in value:
            raise Invalid({f"properties.{name}": f"at most {LONGEST_VALUE} characters, none of them NUL"})
    return {name: value for name, value in properties.items() if value}
