"""What programs tie to tickets. A ticket is for one contact and came from one conversation, which it keeps."""

from dataclasses import replace

from pocketdesk.accounts.model import Actor
from pocketdesk.hubspot.model import Link, ObjectKind
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork
from pocketdesk.tickets import actions as tickets
from pocketdesk.tickets.model import Draft

PLACE = "toObjectId"
"""Where HubSpot's clients name the other end."""


def tie(unit: UnitOfWork, scope: AccountScope, actor: Actor, ticket_id: int, link: Link) -> None:
    """Ties a ticket to its contact or conversation. `Invalid` if it has another, `HasTicket`, `NotFound`."""

    def change(draft: Draft) -> Draft:
        if _tied(draft, link) not in {None, link.id}:
            raise Invalid({PLACE: "a ticket has one: take that one away first"})
        if link.kind is ObjectKind.CONTACTS:
            return replace(draft, contact_id=link.id)
        return replace(draft, conversation_id=link.id)

    tickets.change_ticket(unit, scope, actor, ticket_id, change)


def untie(unit: UnitOfWork, scope: AccountScope, actor: Actor, ticket_id: int, link: Link) -> None:
    """Takes a ticket's contact away. What is not tied stays so. `Invalid` at a conversation: tickets keep theirs."""

    def change(draft: Draft) -> Draft:
        if _tied(draft, link) != link.id:
            return draft
        if link.kind is None:
            raise Invalid({PLACE: "a ticket keeps its conversation"})
        return replace(draft, contact_id=None)

    try:
        tickets.change_ticket(unit, scope, actor, ticket_id, change)
    except NotFound:
        return


def _tied(draft: Draft, link: Link) -> int | None:
    return draft.contact_id if link.kind is ObjectKind.CONTACTS else draft.conversation_id
