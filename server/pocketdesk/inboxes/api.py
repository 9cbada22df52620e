"""Routes of inboxes and channels."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    AgentCaller,
    Caller,
    Now,
    PageAfter,
    PageLimit,
    PathId,
    Storage,
    our_page,
    require,
    set_up,
)
from pocketdesk.accounts.model import Permission
from pocketdesk.accounts.wire import SessionOut, SetUp
from pocketdesk.inboxes import actions, rules, views
from pocketdesk.inboxes.model import (
    ChannelChanges,
    ChannelKind,
    Flavor,
    Font,
    Inbox,
    InboxChanges,
    InboxType,
    Platform,
)
from pocketdesk.inboxes.wire import (
    ChannelOut,
    ChannelPatch,
    ChannelsOut,
    InboxesOut,
    InboxOut,
    InboxPatch,
    NewChannel,
    NewInbox,
    SdkConfigOut,
    to_channel,
    to_inbox,
    to_inboxes,
)
from pocketdesk.kernel.refusal import Forbidden, NotFound
from pocketdesk.storage import Reader, UnitOfWork

router = APIRouter()
first_run = APIRouter(tags=["session"])
inboxes = APIRouter(prefix="/accounts/{account_id}", tags=["inboxes"])

CONFIGURING = frozenset({Permission.CHATFLOWS, Permission.INBOXES})
"""Whoever holds one of these sees every inbox, to configure it; not the conversations in it."""

Keeper = Annotated[AgentCaller, Depends(require("inboxes"))]


def _shown(reader: Reader, caller: AgentCaller, inbox: Inbox) -> InboxOut:
    return to_inbox(inbox, views.inboxes_of(reader, caller.scope, caller.user_id))


def _check_sees(reader: Reader, caller: AgentCaller, inbox_id: int) -> None:
    """An inbox that a user neither sees nor configures does not exist for them."""
    if not caller.permissions & CONFIGURING and not views.has_access(
        reader, caller.scope, caller.user_id, inbox_id
    ):
        raise NotFound


@first_run.post("/setup", status_code=201, dependencies=[Depends(our_page)])
async def post_setup(
    body: SetUp, request: Request, response: Response, engine: Storage, at: Now
) -> SessionOut:
    """Makes the first account with its first inbox, and signs its administrator in. 409 `already_set_up` ever after."""
    return await set_up(
        body,
        request,
        response,
        engine,
        at,
        lambda unit, founded: actions.create_first_inbox(unit, founded.scope, founded.actor),
    )


@inboxes.get("/inboxes")
async def get_inboxes(
    caller: Caller,
    engine: Storage,
    scope: Annotated[Literal["mine", "all"], Query(description="`all` is for those who configure.")] = "mine",
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> InboxesOut:
    """The inboxes whose conversations the caller sees, or all to configure; archived ones too."""
    if scope == "all" and not caller.permissions & CONFIGURING:
        raise Forbidden("needs the permission chatflows or inboxes")

    def read(reader: Reader) -> InboxesOut:
        mine = views.inboxes_of(reader, caller.scope, caller.user_id)
        if scope == "all":
            return to_inboxes(views.all_inboxes(reader, caller.scope, limit, after), mine)
        return to_inboxes(views.my_inboxes(reader, caller.scope, caller.user_id, limit, after), mine)

    return await engine.read(read)


@inboxes.post("/inboxes", status_code=201)
async def post_inbox(body: NewInbox, caller: Keeper, engine: Storage) -> InboxOut:
    """Makes an inbox or a help desk."""

    def make(unit: UnitOfWork) -> InboxOut:
        inbox = actions.create_inbox(
            unit,
            caller.scope,
            caller.actor,
            body.name,
            InboxType(body.type),
            body.reopen_hours,
            body.member_user_ids,
            body.member_team_ids,
        )
        return _shown(unit, caller, inbox)

    return await engine.write(make)


@inboxes.get("/inboxes/{inbox_id}")
async def get_inbox(inbox_id: PathId, caller: Caller, engine: Storage) -> InboxOut:
    """One inbox that the caller sees or configures."""

    def read(reader: Reader) -> InboxOut:
        _check_sees(reader, caller, inbox_id)
        return _shown(reader, caller, views.inbox(reader, caller.scope, inbox_id))

    return await engine.read(read)


@inboxes.patch("/inboxes/{inbox_id}")
async def patch_inbox(inbox_id: PathId, body: InboxPatch, caller: Keeper, engine: Storage) -> InboxOut:
    """Renames, archives or restores an inbox, or gives it other members."""
    changes = InboxChanges(
        name=body.name,
        reopen_hours=body.reopen_hours,
        member_user_ids=None if body.member_user_ids is None else tuple(body.member_user_ids),
        member_team_ids=None if body.member_team_ids is None else tuple(body.member_team_ids),
        archived=body.archived,
    )
    return await engine.write(
        lambda unit: _shown(
            unit, caller, actions.change_inbox(unit, caller.scope, caller.actor, inbox_id, changes)
        )
    )


@inboxes.get("/inboxes/{inbox_id}/channels")
async def get_channels(inbox_id: PathId, caller: Caller, engine: Storage) -> ChannelsOut:
    """The channels of an inbox, archived ones too."""

    def read(reader: Reader) -> ChannelsOut:
        _check_sees(reader, caller, inbox_id)
        views.inbox_card(reader, caller.scope, inbox_id)
        found = views.channels(reader, caller.scope, inbox_id)
        return ChannelsOut(items=[to_channel(channel) for channel in found])

    return await engine.read(read)


@inboxes.post("/inboxes/{inbox_id}/channels", status_code=201)
async def post_channel(inbox_id: PathId, body: NewChannel, caller: Keeper, engine: Storage) -> ChannelOut:
    """Connects a mobile app or a web page. 409 `inbox_archived`."""
    return to_channel(
        await engine.write(
            lambda unit: actions.connect_channel(
                unit, caller.scope, caller.actor, inbox_id, ChannelKind(body.kind), body.name
            )
        )
    )


@inboxes.patch("/channels/{channel_id}")
async def patch_channel(
    channel_id: PathId, body: ChannelPatch, caller: Keeper, engine: Storage
) -> ChannelOut:
    """Renames, archives or restores a channel, or gives it another look or other hours."""
    changes = ChannelChanges(
        name=body.name,
        accent=body.accent,
        font=Font(body.font) if body.font else None,
        availability=None if body.availability is None else rules.parse_availability(body.availability),
        archived=body.archived,
    )
    return to_channel(
        await engine.write(
            lambda unit: actions.change_channel(unit, caller.scope, caller.actor, channel_id, changes)
        )
    )


@inboxes.get("/channels/{channel_id}/sdk-config")
async def get_sdk_config(
    channel_id: PathId,
    request: Request,
    caller: Caller,
    engine: Storage,
    platform: Annotated[Literal["android", "ios", "react_native", "web"], Query()],
    mobile_tag: Annotated[str, Query(max_length=200)] = "",
    flavor: Annotated[Literal["pocketdesk", "hubspot"], Query(description="Whose SDK.")] = "pocketdesk",
) -> SdkConfigOut:
    """What an app or a page needs to reach this server: address, account and default mobile tag; nothing secret.

    HubSpot's SDKs know no address: theirs is changed in their source.
    """

    def read(reader: Reader) -> SdkConfigOut:
        channel = views.channel(reader, caller.scope, channel_id)
        _check_sees(reader, caller, channel.inbox_id)
        config = rules.sdk_config(
            channel,
            Platform(platform),
            request.app.state.settings.origin,
            caller.scope.account_id,
            mobile_tag,
            Flavor(flavor),
        )
        return SdkConfigOut(filename=config.filename, content=config.content, media_type=config.media_type)

    return await engine.read(read)


router.include_router(first_run)
router.include_router(inboxes)
