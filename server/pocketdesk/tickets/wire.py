"""Tickets as JSON: what routes take and what they give."""

from typing import Annotated, Any, Literal

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Id
from pocketdesk.kernel.page import Page
from pocketdesk.tickets import rules
from pocketdesk.tickets.model import Draft, Priority, Stage, Ticket

StageWord = Literal["new", "waiting_on_contact", "waiting_on_us", "closed"]
PriorityWord = Literal["low", "medium", "high", "urgent"]
Subject = Annotated[str, Field(min_length=1, max_length=rules.LONGEST_SUBJECT)]
Content = Annotated[str, Field(max_length=rules.LONGEST_CONTENT)]


class NewTicket(Body):
    """A ticket to make. Without a contact it is for the one of its conversation."""

    subject: Subject
    content: Content = ""
    stage: StageWord = "new"
    priority: PriorityWord | None = None
    owner_user_id: Id | None = None
    contact_id: Id | None = None
    conversation_id: Id | None = None


class TicketPatch(Body):
    """What changes of a ticket; a priority, owner or contact that is null is taken away."""

    subject: Subject | None = None
    content: Content | None = None
    stage: StageWord | None = None
    priority: PriorityWord | None = None
    owner_user_id: Id | None = None
    contact_id: Id | None = None
    archived: bool | None = None


class TicketOut(Answer):
    """A ticket."""

    id: int
    subject: str
    content: str
    stage: StageWord
    priority: PriorityWord | None
    owner_user_id: int | None
    contact_id: int | None
    conversation_id: int | None
    created_at: int
    changed_at: int
    closed_at: int | None
    archived_at: int | None


class TicketsOut(Answer):
    """A page of tickets."""

    items: list[TicketOut]
    after: str | None


def to_draft(body: NewTicket) -> Draft:
    """What a body says of a new ticket."""
    return Draft(
        body.subject,
        body.content,
        Stage(body.stage),
        Priority(body.priority) if body.priority else None,
        body.owner_user_id,
        body.contact_id,
        body.conversation_id,
    )


def to_changes(body: TicketPatch) -> dict[str, Any]:
    """The fields of a draft that a body changes. What may not be null is left as it is."""
    said = {name: getattr(body, name) for name in body.model_fields_set - {"archived"}}
    changes = {
        name: value
        for name, value in said.items()
        if value is not None or name in {"priority", "owner_user_id", "contact_id"}
    }
    if "stage" in changes:
        changes["stage"] = Stage(changes["stage"])
    if changes.get("priority"):
        changes["priority"] = Priority(changes["priority"])
    return changes


def to_ticket_out(found: Ticket) -> TicketOut:
    """A ticket as agents see it."""
    draft = found.draft
    return TicketOut(
        id=found.id,
        subject=draft.subject,
        content=draft.content,
        stage=draft.stage.value,
        priority=draft.priority.value if draft.priority else None,
        owner_user_id=draft.owner_user_id,
        contact_id=draft.contact_id,
        conversation_id=draft.conversation_id,
        created_at=found.created_at,
        changed_at=found.changed_at,
        closed_at=found.closed_at,
        archived_at=found.archived_at,
    )


def to_tickets(page: Page[Ticket]) -> TicketsOut:
    """A page of tickets as JSON."""
    return TicketsOut(items=[to_ticket_out(each) for each in page.items], after=page.after)
