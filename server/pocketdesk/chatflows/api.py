"""Routes of chatflows, for users with the permission `chatflows`."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    AgentCaller,
    Caller,
    PageAfter,
    PageLimit,
    PathId,
    Storage,
    require,
)
from pocketdesk.chatflows import actions, rules, texts, views
from pocketdesk.chatflows.model import Chatflow, Filters, KnowledgeBase
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
    Named,
    NewChatflow,
    WholeChatflowOut,
    to_chatflow,
    to_version,
    to_whole_chatflow,
)
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader, UnitOfWork

router = APIRouter(prefix="/accounts/{account_id}/chatflows", tags=["chatflows"])

Editor = Annotated[AgentCaller, Depends(require("chatflows"))]


def checks(request: Request) -> Sequence[views.Check]:
    """What the features that chatflows do not know say against a document; the app lists them."""
    return getattr(request.app.state, "chatflow_checks", ())


def survey_names(request: Request) -> views.NamesOf:
    """How surveys are called; the app says who knows."""
    return getattr(request.app.state, "survey_names", _no_names)


def _no_names(*_: object) -> dict[int, str]:
    return {}


Checks = Annotated[Sequence[views.Check], Depends(checks)]
SurveyNames = Annotated[views.NamesOf, Depends(survey_names)]


@router.get("")
async def get_chatflows(
    caller: Editor,
    engine: Storage,
    surveys: SurveyNames,
    search: Annotated[
        str, Query(max_length=200, pattern=r"^[^\x00]*$", description="Part of the name.")
    ] = "",
    inbox_id: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
    created_by: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
    type: Annotated[Literal["live_agent"] | None, Query()] = None,  # noqa: A002, ARG001  there is one type
    status: Annotated[Literal["on", "off"] | None, Query()] = None,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> ChatflowsOut:
    """Chatflows in order of priority. Filters combine with AND."""
    filters = Filters(search, inbox_id, created_by, None if status is None else status == "on")

    def read(reader: Reader) -> ChatflowsOut:
        page = views.chatflows(reader, caller.scope, filters, limit, after)
        named = _names(reader, caller.scope, page.items, surveys)
        items = [to_chatflow(each, named) for each in page.items]
        return ChatflowsOut(items=items, after=page.after)

    return await engine.read(read)


@router.post("", status_code=201)
async def post_chatflow(
    body: NewChatflow, caller: Editor, engine: Storage, surveys: SurveyNames
) -> WholeChatflowOut:
    """Makes a mobile chatflow. It is off, and last in order."""

    def make(unit: UnitOfWork) -> WholeChatflowOut:
        chosen = KnowledgeBase(
            enabled=body.knowledge_base.enabled, knowledge_base_id=body.knowledge_base.knowledge_base_id
        )
        found = actions.create_chatflow(
            unit, caller.scope, caller.actor, body.inbox_id, body.language, body.mobile_tag, body.name, chosen
        )
        return _whole(unit, caller.scope, found, surveys)

    return await engine.write(make)


@router.get("/languages")
async def get_languages(caller: Caller) -> LanguagesOut:  # noqa: ARG001  the permission is asked for
    """The languages that the chat page speaks, and articles are written in."""
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


@router.get("/{chatflow_id}")
async def get_chatflow(
    chatflow_id: PathId, caller: Editor, engine: Storage, surveys: SurveyNames
) -> WholeChatflowOut:
    """One chatflow with all its settings."""
    return await engine.read(
        lambda reader: _whole(
            reader, caller.scope, views.chatflow(reader, caller.scope, chatflow_id), surveys
        )
    )


@router.put("/{chatflow_id}/document")
async def put_document(
    chatflow_id: PathId,
    body: DocumentBody,
    caller: Editor,
    engine: Storage,
    checks: Checks,
    surveys: SurveyNames,
    if_match: Annotated[str | None, Header()] = None,
) -> WholeChatflowOut:
    """Saves all settings as the next version. 409 `edit_conflict` if `If-Match` is not the newest version.

    422 at each setting that names something which is not there.
    """
    base = to_version(if_match)
    document = rules.parse_document(body.document, texts.languages())

    def save(unit: UnitOfWork) -> WholeChatflowOut:
        found = actions.save_document(unit, caller.scope, caller.actor, chatflow_id, base, document, checks)
        return _whole(unit, caller.scope, found, surveys)

    return await engine.write(save)


@router.patch("/{chatflow_id}")
async def patch_chatflow(
    chatflow_id: PathId, body: ChatflowPatch, caller: Editor, engine: Storage, surveys: SurveyNames
) -> WholeChatflowOut:
    """Renames a chatflow, or turns it on or off at once."""

    def change(unit: UnitOfWork) -> WholeChatflowOut:
        found = actions.change_chatflow(unit, caller.scope, caller.actor, chatflow_id, body.name, body.is_on)
        return _whole(unit, caller.scope, found, surveys)

    return await engine.write(change)


@router.post("/{chatflow_id}/clone", status_code=201)
async def post_clone(
    chatflow_id: PathId, body: CloneBody, caller: Editor, engine: Storage, surveys: SurveyNames
) -> WholeChatflowOut:
    """Copies a chatflow with all its settings. The copy is off, and last in order."""

    def clone(unit: UnitOfWork) -> WholeChatflowOut:
        found = actions.clone_chatflow(unit, caller.scope, caller.actor, chatflow_id, body.inbox_id)
        return _whole(unit, caller.scope, found, surveys)

    return await engine.write(clone)


@router.delete("/{chatflow_id}", status_code=204)
async def delete_chatflow(chatflow_id: PathId, caller: Editor, engine: Storage) -> None:
    """Takes a chatflow away; it is served no longer. Its conversations stay."""
    await engine.write(lambda unit: actions.delete_chatflow(unit, caller.scope, caller.actor, chatflow_id))


@router.post("/{chatflow_id}/restore")
async def post_restore(
    chatflow_id: PathId, caller: Editor, engine: Storage, surveys: SurveyNames
) -> WholeChatflowOut:
    """Brings a deleted chatflow back to its place."""

    def restore(unit: UnitOfWork) -> WholeChatflowOut:
        found = actions.restore_chatflow(unit, caller.scope, caller.actor, chatflow_id)
        return _whole(unit, caller.scope, found, surveys)

    return await engine.write(restore)


@router.post("/{chatflow_id}/move")
async def post_move(
    chatflow_id: PathId, body: MoveBody, caller: Editor, engine: Storage, surveys: SurveyNames
) -> ChatflowOut:
    """Gives a chatflow another place in the order of priority."""

    def move(unit: UnitOfWork) -> ChatflowOut:
        found = actions.move_chatflow(unit, caller.scope, caller.actor, chatflow_id, body.to)
        return to_chatflow(found, _names(unit, caller.scope, [found], surveys))

    return await engine.write(move)


def _whole(reader: Reader, scope: AccountScope, found: Chatflow, surveys: views.NamesOf) -> WholeChatflowOut:
    defaults = DefaultsOut(**views.default_texts(found.document.options.language))
    return to_whole_chatflow(found, _names(reader, scope, [found], surveys), defaults)


def _names(reader: Reader, scope: AccountScope, found: Sequence[Chatflow], surveys: views.NamesOf) -> Named:
    inbox_cards = inboxes.inbox_cards(reader, scope, {each.inbox_id for each in found})
    users = {user_id for each in found for user_id in (each.created_by, each.modified_by)}
    user_cards = accounts.user_cards(reader, scope, users)
    connected = {survey_id for each in found if (survey_id := each.document.options.survey_id) is not None}
    return Named(
        {card.id: card.name for card in inbox_cards.values()},
        {card.id: card.name for card in user_cards.values()},
        surveys(reader, scope, connected),
    )
