"""Routes of tickets, for agents."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query

from pocketdesk.accounts.api import USUAL_LIMIT, Caller, PageAfter, PageLimit, PathId, Storage
from pocketdesk.storage import UnitOfWork
from pocketdesk.tickets import actions, views
from pocketdesk.tickets.model import Stage, Ticket, Which
from pocketdesk.tickets.wire import (
    NewTicket,
    StageWord,
    TicketOut,
    TicketPatch,
    TicketsOut,
    to_changes,
    to_draft,
    to_ticket_out,
    to_tickets,
)

router = APIRouter(prefix="/accounts/{account_id}/tickets", tags=["tickets"])


@router.get("")
async def get_tickets(
    caller: Caller,
    engine: Storage,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
    stage: StageWord | None = None,
    contact_id: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
    *,
    archived: bool = False,
) -> TicketsOut:
    """Tickets, newest first; or the archived ones."""
    which = Which(archived, Stage(stage) if stage else None, contact_id)
    return to_tickets(
        await engine.read(lambda reader: views.tickets(reader, caller.scope, which, limit, after))
    )


@router.post("", status_code=201)
async def post_ticket(body: NewTicket, caller: Caller, engine: Storage) -> TicketOut:
    """Makes a ticket. 409 `conversation_has_ticket`."""
    draft = to_draft(body)
    return to_ticket_out(
        await engine.write(lambda unit: actions.create_ticket(unit, caller.scope, caller.actor, draft))
    )


@router.get("/{ticket_id}")
async def get_ticket(ticket_id: PathId, caller: Caller, engine: Storage) -> TicketOut:
    """One ticket."""
    return to_ticket_out(await engine.read(lambda reader: views.ticket(reader, caller.scope, ticket_id)))


@router.patch("/{ticket_id}")
async def patch_ticket(ticket_id: PathId, body: TicketPatch, caller: Caller, engine: Storage) -> TicketOut:
    """Changes a ticket, archives it or brings it back."""
    changes = to_changes(body)

    def change(unit: UnitOfWork) -> Ticket:
        who = unit, caller.scope, caller.actor, ticket_id
        found = actions.change_ticket(*who, lambda draft: replace(draft, **changes))
        if body.archived is None:
            return found
        return actions.archive_ticket(*who, archived=body.archived)

    return to_ticket_out(await engine.write(change))
