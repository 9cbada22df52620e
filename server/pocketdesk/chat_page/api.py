"""Routes of the chat page: what it asks once it has a visitor, its preview, and why a tag leads where it does."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from pocketdesk.accounts.api import AgentCaller, Now, SendsMail, Storage, require
from pocketdesk.chat_page import views
from pocketdesk.chat_page.model import Explanation, Page, VisitorPage
from pocketdesk.chat_page.wire import (
    ExplanationOut,
    PageOut,
    PreviewBody,
    VisitorPageOut,
    to_explanation,
    to_page,
    to_visitor_page,
)
from pocketdesk.chatflows import rules, texts
from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.api import Checks
from pocketdesk.chatflows.model import Missing, ServedFlow, Unknown
from pocketdesk.conversations.rules import NoChatflow, NoMobileTag
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.people.api import Visitor
from pocketdesk.storage import Reader

router = APIRouter()
visitors = APIRouter(prefix="/visitor", tags=["visitor"])
agents = APIRouter(prefix="/accounts/{account_id}/chatflows", tags=["chatflows"])
"""To be included before the routes of chatflows, whose `/{chatflow_id}` would take `/explain`."""

Editor = Annotated[AgentCaller, Depends(require("chatflows"))]
Tag = Annotated[str, Query(max_length=4 * rules.LONGEST_TAG, description="The word by which an app asks.")]


@visitors.get("/chat")
async def get_chat(
    visitor: Visitor, engine: Storage, at: Now, mails: SendsMail, mobile_tag: Tag = ""
) -> VisitorPageOut:
    """What the page shows this visitor otherwise than everybody, and what was chosen before. Changes nothing."""

    def read(reader: Reader) -> VisitorPage:
        match chatflows.serve(reader, visitor.scope, mobile_tag):
            case Missing():
                raise NoMobileTag(fields={"mobile_tag": "must not be empty"})
            case Unknown():
                raise NoChatflow(fields={"mobile_tag": "no chatflow has it"})
            case ServedFlow() as flow:
                return views.visitor_page(reader, visitor.scope, visitor.visitor_id, flow, at)

    return to_visitor_page(await engine.read(read), sends_mail=mails)


@agents.post("/preview")
async def post_preview(
    body: PreviewBody, caller: Editor, engine: Storage, at: Now, checks: Checks
) -> PageOut:
    """What the chat page begins with under settings that are not saved. Nothing is kept."""
    document = rules.parse_document(body.document, texts.languages())

    def read(reader: Reader) -> Page:
        try:
            page = views.preview(reader, caller.scope, body.inbox_id, document, at)
        except NotFound:
            raise Invalid({"inbox_id": "no such inbox"}) from None
        chatflows.check_references(reader, caller.scope, body.inbox_id, document, checks)
        return page

    return to_page(await engine.read(read))


@agents.get("/explain")
async def get_explain(
    caller: Editor,
    engine: Storage,
    at: Now,
    mails: SendsMail,
    mobile_tag: Tag = "",
    visitor_id: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
) -> ExplanationOut:
    """Which chatflow a tag leads to, why not to the others, and what visitors, or this one, meet there."""

    def read(reader: Reader) -> Explanation:
        try:
            return views.explain(reader, caller.scope, mobile_tag, visitor_id, at)
        except NotFound:
            raise Invalid({"visitor_id": "no such visitor"}) from None

    return to_explanation(await engine.read(read), sends_mail=mails)


router.include_router(visitors)
router.include_router(agents)
