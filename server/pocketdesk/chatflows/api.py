"""Routes of chatflows, for users with the permission `chatflows`."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    AgentCaller,
    PageAfter,
    PageLimit,
    PathId,
    Storage,
    require,
)
from pocketdesk.chatflows import actions, rules, texts, views
from pocketdesk.chatflows.model import Chatflow, Filters
from pocketdesk.chatflows.wire import (
    ChatflowOut,
    ChatflowPatch,
    ChatflowsOut,
    CloneBody,
    DefaultsOut,
    DocumentBody,
    LanguageOut,
    LanguagesOut,
    MoveBody,
    NewChatflow,
    PreviewBody,
    WholeChatflowOut,
    to_chatflow,
    to_version,
    to_whole_chatflow,
)
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader, UnitOfWork

router = APIRouter(prefix="/accounts/{account_id}/chatflows", tags=["chatflows"])

Editor = Annotated[AgentCaller, Depends(require("chatflows"))]


@router.get("")
async def get_chatflows(
    caller: Editor,
    engine: Storage,
    search: Annotated[
        str, Query(max_length=200, pattern=r"^[^\x00]*$", description="Part of the name.")
    ] = "",
    inbox_id: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
    created_by: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
    status: Annotated[Literal["on", "off"] | None, Query()] = None,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> ChatflowsOut:
    """Chatflows in order of priority. Filters combine with AND."""
    filters = Filters(search, inbox_id, created_by, None if status is None else status == "on")

    def read(reader: Reader) -> ChatflowsOut:
        page = views.chatflows(reader, caller.scope, filters, limit, after)
        inbox_names, user_names = _names(reader, caller.scope, page.items)
        items = [to_chatflow(each, inbox_names, user_names) for each in page.items]
        return ChatflowsOut(items=items, after=page.after)

    return await engine.read(read)


@router.post("", status_code=201)
async def post_chatflow(body: NewChatflow, caller: Editor, engine: Storage) -> WholeChatflowOut:
    """Makes a mobile chatflow. It is off, and last in order."""

    def make(unit: UnitOfWork) -> WholeChatflowOut:
        found = actions.create_chatflow(
            unit, caller.scope, caller.actor, body.inbox_id, body.language, body.mobile_tag, body.name
        )
        return _whole(unit, caller.scope, found)

    return await engine.write(make)


@router.get("/languages")
async def get_languages(caller: Editor) -> LanguagesOut:  # noqa: ARG001  the permission is asked for
    """The languages that the chat page speaks."""
    return LanguagesOut(
        items=[
            LanguageOut(
                code=code,
                name=texts.of(code)["language.name"],
                direction="rtl" if texts.direction(code) == "rtl" else "ltr",
                defaults=DefaultsOut(**views.default_texts(code)),
            )
            for code in texts.languages()
        ]
    )


@router.post("/preview")
async def post_preview(body: PreviewBody, caller: Editor, engine: Storage) -> dict[str, Any]:
    """What the chat page begins with under settings that are not saved. Nothing is kept."""
    document = rules.parse_document(body.document, texts.languages())

    def read(reader: Reader) -> dict[str, Any]:
        try:
            inboxes.inbox_card(reader, caller.scope, body.inbox_id)
        except NotFound:
            raise Invalid({"inbox_id": "no such inbox"}) from None
        return views.preview(reader, caller.scope, body.inbox_id, document)

    return await engine.read(read)


@router.get("/{chatflow_id}")
async def get_chatflow(chatflow_id: PathId, caller: Editor, engine: Storage) -> WholeChatflowOut:
    """One chatflow with all its settings."""
    return await engine.read(
        lambda reader: _whole(reader, caller.scope, views.chatflow(reader, caller.scope, chatflow_id))
    )


@router.put("/{chatflow_id}/document")
async def put_document(
    chatflow_id: PathId,
    body: DocumentBody,
    caller: Editor,
    engine: Storage,
    if_match: Annotated[str | None, Header()] = None,
) -> WholeChatflowOut:
    """Saves all settings as the next version. 409 `edit_conflict` if `If-Match` is not the newest version."""
    base = to_version(if_match)
    document = rules.parse_document(body.document, texts.languages())

    def save(unit: UnitOfWork) -> WholeChatflowOut:
        found = actions.save_document(unit, caller.scope, caller.actor, chatflow_id, base, document)
        return _whole(unit, caller.scope, found)

    return await engine.write(save)


@router.patch("/{chatflow_id}")
async def patch_chatflow(
    chatflow_id: PathId, body: ChatflowPatch, caller: Editor, engine: Storage
) -> WholeChatflowOut:
    """Renames a chatflow, or turns it on or off at once."""

    def change(unit: UnitOfWork) -> WholeChatflowOut:
        found = actions.change_chatflow(unit, caller.scope, caller.actor, chatflow_id, body.name, body.is_on)
        return _whole(unit, caller.scope, found)

    return await engine.write(change)


@router.post("/{chatflow_id}/clone", status_code=201)
async def post_clone(
    chatflow_id: PathId, body: CloneBody, caller: Editor, engine: Storage
) -> WholeChatflowOut:
    """Copies a chatflow with all its settings. The copy is off, and last in order."""

    def clone(unit: UnitOfWork) -> WholeChatflowOut:
        found = actions.clone_chatflow(unit, caller.scope, caller.actor, chatflow_id, body.inbox_id)
        return _whole(unit, caller.scope, found)

    return await engine.write(clone)


@router.delete("/{chatflow_id}", status_code=204)
async def delete_chatflow(chatflow_id: PathId, caller: Editor, engine: Storage) -> None:
    """Takes a chatflow away; it is served no longer. Its conversations stay."""
    await engine.write(lambda unit: actions.delete_chatflow(unit, caller.scope, caller.actor, chatflow_id))


@router.post("/{chatflow_id}/restore")
async def post_restore(chatflow_id: PathId, caller: Editor, engine: Storage) -> WholeChatflowOut:
    """Brings a deleted chatflow back to its place."""

    def restore(unit: UnitOfWork) -> WholeChatflowOut:
        found = actions.restore_chatflow(unit, caller.scope, caller.actor, chatflow_id)
        return _whole(unit, caller.scope, found)

    return await engine.write(restore)


@router.post("/{chatflow_id}/move")
async def post_move(chatflow_id: PathId, body: MoveBody, caller: Editor, engine: Storage) -> ChatflowOut:
    """Gives a chatflow another place in the order of priority."""

    def move(unit: UnitOfWork) -> ChatflowOut:
        found = actions.move_chatflow(unit, caller.scope, caller.actor, chatflow_id, body.to)
        return to_chatflow(found, *_names(unit, caller.scope, [found]))

    return await engine.write(move)


def _whole(reader: Reader, scope: AccountScope, found: Chatflow) -> WholeChatflowOut:
    defaults = DefaultsOut(**views.default_texts(found.document.options.language))
    return to_whole_chatflow(found, *_names(reader, scope, [found]), defaults)


def _names(
    reader: Reader, scope: AccountScope, found: Sequence[Chatflow]
) -> tuple[dict[int, str], dict[int, str]]:
    inbox_cards = inboxes.inbox_cards(reader, scope, {each.inbox_id for each in found})
    users = {user_id for each in found for user_id in (each.created_by, each.modified_by)}
    user_cards = accounts.user_cards(reader, scope, users)
    return (
        {card.id: card.name for card in inbox_cards.values()},
        {card.id: card.name for card in user_cards.values()},
    )
