"""Routes that mail a transcript: for the visitor in the chat page, and for agents."""

from fastapi import APIRouter, Depends, Request

from pocketdesk.accounts.api import Caller, Now, PathId, SendsMail, Storage, limiter
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.conversations import views as conversations
from pocketdesk.conversations.model import Conversation
from pocketdesk.kernel.moments import HOUR, MINUTE
from pocketdesk.mail import actions, views
from pocketdesk.mail.rules import MailOff
from pocketdesk.people.api import Visitor
from pocketdesk.storage import Reader, UnitOfWork

router = APIRouter()
visitors = APIRouter(prefix="/visitor/conversations", tags=["visitor"])
agents = APIRouter(prefix="/accounts/{account_id}/conversations", tags=["conversations"])

BY_VISITOR = Limit("transcript.visitor", 3, HOUR)
BY_AGENT = Limit("transcript.agent", 20, MINUTE)
TO_ADDRESS = Limit("transcript.address", 5, 3 * HOUR)
"""Visitors type addresses, and those may be somebody else's."""


def can_send(is_on: SendsMail) -> None:
    """Refuses with `MailOff` where no mail goes out."""
    if not is_on:
        raise MailOff


Sends = Depends(can_send)


@visitors.post("/{conversation_id}/transcript/mail", status_code=204, dependencies=[Sends])
async def post_own_transcript(
    conversation_id: PathId, request: Request, visitor: Visitor, engine: Storage, at: Now
) -> None:
    """Mails the visitor a transcript. 409 `no_address` if no address is known, `mail_off` if no mail is sent here."""
    limiter(request, BY_VISITOR).take((visitor.scope.account_id, visitor.visitor_id), at)

    def look(reader: Reader) -> tuple[Conversation, str]:
        found = conversations.of_visitor(reader, visitor.scope, visitor.visitor_id, conversation_id)
        return found, views.known_address(reader, visitor.scope, found.state.contact_id)

    found, address = await engine.read(look)
    limiter(request, TO_ADDRESS).take((visitor.scope.account_id, address), at)
    await engine.write(lambda unit: actions.mail_transcript(unit, visitor.scope, found))


@agents.post("/{conversation_id}/transcript/mail", status_code=204, dependencies=[Sends])
async def post_transcript(
    conversation_id: PathId, request: Request, caller: Caller, engine: Storage, at: Now
) -> None:
    """Mails the contact a transcript. 409 `no_address` if no address is known, `mail_off` if no mail is sent here."""
    limiter(request, BY_AGENT).take((caller.scope.account_id, caller.user_id), at)

    def ask(unit: UnitOfWork) -> None:
        found = conversations.of_agent(unit, caller.scope, caller.user_id, conversation_id)
        actions.mail_transcript(unit, caller.scope, found)

    await engine.write(ask)


router.include_router(visitors)
router.include_router(agents)
