"""What is tied to what: tickets to their contact and their conversation, and these to their tickets."""

from pocketdesk.conversations import views as conversations
from pocketdesk.hubspot.model import ObjectKind, Tie
from pocketdesk.hubspot.views.objects import by_ids, one
from pocketdesk.kernel.page import MOST, Page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from pocketdesk.tickets import views as tickets
from pocketdesk.tickets.model import Which


def end_of(reader: Reader, scope: AccountScope, user_id: int, kind: ObjectKind | None, word: str) -> int:
    """The id of what a word names; `NotFound` if there is none such, or it is a conversation of others' inboxes."""
    if kind is not None:
        return one(reader, scope, kind, word).id
    if not (word.isascii() and word.isdigit() and len(word) <= 16):
        raise NotFound
    return conversations.of_agent(reader, scope, user_id, int(word)).id


def conversations_of_ticket(reader: Reader, scope: AccountScope, ticket_id: int) -> tuple[int, ...]:
    """The conversations of a ticket and of what was merged into it, the first hundred; none if there is none such."""
    found = tickets.tickets_by_id(reader, scope, [ticket_id]).get(ticket_id)
    return tickets.conversation_ids(reader, scope, found.id, MOST).items if found else ()


def tied(
    reader: Reader,
    scope: AccountScope,
    user_id: int,
    tie: Tie,
    word: str,
    limit: int,
    after: str | None = None,
) -> Page[int]:
    """The ids of what something is tied to, none of it archived; tickets newest first. `NotFound` for what is not."""
    id_ = end_of(reader, scope, user_id, tie.start, word)
    match tie.start:
        case ObjectKind.CONTACTS:
            page = tickets.tickets(reader, scope, Which(contact_id=id_), limit, after)
            return Page(tuple(each.id for each in page.items), page.after)
        case ObjectKind.TICKETS if tie.end is None:
            return tickets.conversation_ids(reader, scope, id_, limit, after)
        case ObjectKind.TICKETS:
            found = tickets.ticket(reader, scope, id_).draft.contact_id
            if found is not None and not by_ids(reader, scope, ObjectKind.CONTACTS, [str(found)]):
                found = None
        case _:
            ticket = tickets.of_conversation(reader, scope, id_)
            found = ticket.id if ticket is not None and ticket.archived_at is None else None
    return Page((found,) if found is not None else ())
