"""Channels that programs bring: the channels, their accounts in our inboxes, and words to and fro."""

from dataclasses import replace
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts.api import AgentCaller, Now, Origin, SealingKey, Storage
from pocketdesk.accounts.model import Permission
from pocketdesk.files.api import LinkKey
from pocketdesk.hubspot import actions, views
from pocketdesk.hubspot.api.bodies import Attachment, Identifier, content_of
from pocketdesk.hubspot.api.conversations import After, Id, MessageId, Most, cut, links
from pocketdesk.hubspot.api.routes import HubspotCaller, hubspot_router, need
from pocketdesk.hubspot.model import Brought, Party
from pocketdesk.hubspot.wire.conversations import to_channel_account, to_custom_channel, to_message
from pocketdesk.hubspot.wire.rich_text import LONGEST_HTML
from pocketdesk.inboxes import actions as inbox_actions
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.model import Channel, ChannelChanges, ChannelKind, CustomChannel, DeliveryIdentifier
from pocketdesk.kernel.moments import from_iso
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.kernel.text import LONGEST, MOST_FILES
from pocketdesk.storage import Reader, UnitOfWork
from pocketdesk.webhooks import actions as webhooks
from pocketdesk.webhooks import views as webhook_views

PREFIXES = (
    "/conversations/v3/custom-channels",
    *(f"/conversations/custom-channels/{version}" for version in ("v3", "2025-09", "2026-03", "2026-09")),
)
SCOPE = "conversations.custom_channels.write"

router = hubspot_router()
routes = hubspot_router()
"""Below each of `PREFIXES`."""

Url: TypeAlias = Annotated[str, Field(max_length=2_000)]
ChannelName: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
ChannelAccountId: TypeAlias = Annotated[int, Path(ge=1, lt=2**53)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Said(_Body):
    """What a program may say of its channel."""

    webhookUrl: Url | None = None  # noqa: N815
    channelAccountConnectionRedirectUrl: Url | None = None  # noqa: N815
    channelDescription: Annotated[str, Field(max_length=1_000)] | None = None  # noqa: N815
    channelLogoUrl: Url | None = None  # noqa: N815


class _NewChannel(_Said):
    """A channel to add."""

    name: ChannelName
    capabilities: dict[str, Any]


class _Changes(_Said):
    """What changes of a channel."""

    name: ChannelName | None = None
    capabilities: dict[str, Any] | None = None


class _ChannelAccount(_Body):
    """What changes of an account of a channel."""

    name: ChannelName | None = None
    authorized: bool | None = None


class _NewChannelAccount(_Body):
    """An account of a channel to connect with an inbox."""

    inboxId: Annotated[str, Field(max_length=20)]  # noqa: N815
    name: ChannelName
    authorized: bool = True
    deliveryIdentifier: Identifier | None = None  # noqa: N815


class _Participant(_Body):
    deliveryIdentifier: Identifier  # noqa: N815
    name: Annotated[str, Field(max_length=200)] | None = None
    senderActorId: Annotated[str, Field(max_length=320)] | None = None  # noqa: N815


class _Brought(_Body):
    """Words from the channel."""

    text: Annotated[str, Field(max_length=4 * LONGEST)] = ""
    richText: Annotated[str, Field(max_length=LONGEST_HTML)] | None = None  # noqa: N815
    attachments: Annotated[list[Attachment], Field(max_length=MOST_FILES + 1)] = []
    channelAccountId: Annotated[str, Field(max_length=20)]  # noqa: N815
    messageDirection: Literal["INCOMING", "OUTGOING"]  # noqa: N815
    senders: Annotated[list[_Participant], Field(min_length=1, max_length=20)]
    recipients: Annotated[list[_Participant], Field(max_length=20)] = []
    timestamp: Annotated[str, Field(max_length=40)]
    integrationThreadId: Annotated[str, Field(min_length=1, max_length=200)] | None = None  # noqa: N815
    integrationIdempotencyId: Annotated[str, Field(min_length=1, max_length=200)] | None = None  # noqa: N815
    associateWithContactId: Annotated[int, Field(ge=1, lt=2**53)] | None = None  # noqa: N815


class _Status(_Body):
    """What became of words out there."""

    statusType: Literal["SENT", "FAILED", "READ"]  # noqa: N815
    errorMessage: Annotated[str, Field(max_length=1_000)] | None = None  # noqa: N815


# Channels.


@routes.get("")
async def get_custom_channels(
    caller: HubspotCaller, engine: Storage, limit: Most = 100, after: After = None
) -> dict[str, Any]:
    """The channels that programs bring."""
    need(caller, Permission.INBOXES, SCOPE)

    def read(reader: Reader) -> list[dict[str, Any]]:
        return [_shown(reader, caller.scope, each) for each in inboxes.custom_channels(reader, caller.scope)]

    return cut(await engine.read(read), limit, after, [])


@routes.post("", status_code=201)
async def post_custom_channel(
    body: _NewChannel, caller: HubspotCaller, engine: Storage, sealing: SealingKey
) -> dict[str, Any]:
    """Adds a channel. What signs its webhook is shown where webhooks are, when the secret is renewed."""
    need(caller, Permission.INBOXES, SCOPE)

    def add(unit: UnitOfWork) -> dict[str, Any]:
        made = inbox_actions.create_custom_channel(
            unit,
            caller.scope,
            caller.actor,
            body.name,
            body.capabilities,
            body.channelDescription,
            body.channelLogoUrl,
            body.channelAccountConnectionRedirectUrl,
        )
        _point(unit, caller, sealing, made, body.webhookUrl)
        return _shown(unit, caller.scope, made)

    return await engine.write(add)


@routes.get("/{channel_id}")
async def get_custom_channel(channel_id: Id, caller: HubspotCaller, engine: Storage) -> dict[str, Any]:
    """One channel."""
    need(caller, Permission.INBOXES, SCOPE)
    return await engine.read(
        lambda reader: _shown(reader, caller.scope, inboxes.custom_channel(reader, caller.scope, channel_id))
    )


@routes.patch("/{channel_id}")
async def patch_custom_channel(
    channel_id: Id, body: _Changes, caller: HubspotCaller, engine: Storage, sealing: SealingKey
) -> dict[str, Any]:
    """Changes what is given."""
    need(caller, Permission.INBOXES, SCOPE)
    given = body.model_fields_set

    def change(unit: UnitOfWork) -> dict[str, Any]:
        before = inboxes.custom_channel(unit, caller.scope, channel_id)
        after = replace(
            before,
            name=body.name or before.name,
            capabilities=before.capabilities if body.capabilities is None else body.capabilities,
            description=body.channelDescription if "channelDescription" in given else before.description,
            logo_url=body.channelLogoUrl if "channelLogoUrl" in given else before.logo_url,
            redirect_url=body.channelAccountConnectionRedirectUrl
            if "channelAccountConnectionRedirectUrl" in given
            else before.redirect_url,
        )
        after = inbox_actions.change_custom_channel(unit, caller.scope, caller.actor, before, after)
        _point(unit, caller, sealing, after, body.webhookUrl)
        return _shown(unit, caller.scope, after)

    return await engine.write(change)


@routes.delete("/{channel_id}", status_code=204)
async def delete_custom_channel(channel_id: Id, caller: HubspotCaller, engine: Storage) -> None:
    """Archives a channel and its accounts. Its conversations stay; nothing is told to its program any more."""
    need(caller, Permission.INBOXES, SCOPE)

    def end(unit: UnitOfWork) -> None:
        before = inboxes.custom_channel(unit, caller.scope, channel_id)
        inbox_actions.change_custom_channel(
            unit, caller.scope, caller.actor, before, replace(before, archived_at=unit.now)
        )
        hook = webhook_views.of_custom_channel(unit, caller.scope, channel_id)
        if hook is not None:
            webhooks.delete_webhook(unit, caller.scope, caller.actor, hook.id)

    await engine.write(end)


# Their accounts.


@routes.get("/{channel_id}/channel-accounts")
async def get_accounts_of_channel(
    channel_id: Id,
    caller: HubspotCaller,
    engine: Storage,
    types: Annotated[list[str], Query(alias="deliveryIdentifierType", max_length=20)] = [],  # noqa: B006
    values: Annotated[list[str], Query(alias="deliveryIdentifierValue", max_length=100)] = [],  # noqa: B006
    limit: Most = 100,
    after: After = None,
    archived: Annotated[bool, Query()] = False,
) -> dict[str, Any]:
    """The accounts of a channel, in the inboxes that the token's user sees."""

    def read(reader: Reader) -> list[Channel]:
        inboxes.custom_channel(reader, caller.scope, channel_id)
        seen = set(inboxes.inboxes_of(reader, caller.scope, caller.user_id))
        found = inboxes.channels_of_custom(reader, caller.scope, channel_id)
        return [each for each in found if each.inbox_id in seen]

    shown = [
        to_channel_account(each)
        for each in await engine.read(read)
        if (each.archived_at is not None) == archived
        and (not types or (each.identifier and each.identifier.type in types))
        and (not values or (each.identifier and each.identifier.value in values))
    ]
    return cut(shown, limit, after, [])


@routes.post("/{channel_id}/channel-accounts", status_code=201)
async def post_account_of_channel(
    channel_id: Id, body: _NewChannelAccount, caller: HubspotCaller, engine: Storage
) -> dict[str, Any]:
    """Connects an account of a channel with an inbox."""
    need(caller, Permission.INBOXES, SCOPE)
    inbox_id = _number(body.inboxId, "inboxId")

    def connect(unit: UnitOfWork) -> dict[str, Any]:
        inboxes.custom_channel(unit, caller.scope, channel_id)
        if not inboxes.has_access(unit, caller.scope, caller.user_id, inbox_id):
            raise Invalid({"inboxId": "no such inbox"})
        made = inbox_actions.connect_channel(
            unit,
            caller.scope,
            caller.actor,
            inbox_id,
            ChannelKind.CUSTOM,
            body.name,
            channel_id,
            _identifier(body.deliveryIdentifier) if body.deliveryIdentifier else None,
        )
        if not body.authorized:
            off = ChannelChanges(archived=True)
            made = inbox_actions.change_channel(unit, caller.scope, caller.actor, made.id, off)
        return to_channel_account(made)

    return await engine.write(connect)


@routes.get("/{channel_id}/channel-accounts/{channel_account_id}")
async def get_account_of_channel(
    channel_id: Id, channel_account_id: ChannelAccountId, caller: HubspotCaller, engine: Storage
) -> dict[str, Any]:
    """One account of a channel."""
    return to_channel_account(
        await engine.read(
            lambda reader: views.account_of(
                reader, caller.scope, caller.user_id, channel_id, channel_account_id
            )
        )
    )


@routes.patch("/{channel_id}/channel-accounts/{channel_account_id}")
async def patch_account_of_channel(
    channel_id: Id,
    channel_account_id: ChannelAccountId,
    body: _ChannelAccount,
    caller: HubspotCaller,
    engine: Storage,
) -> dict[str, Any]:
    """Renames an account of a channel, or switches it off and on."""
    need(caller, Permission.INBOXES, SCOPE)
    off = None if body.authorized is None else not body.authorized

    def change(unit: UnitOfWork) -> dict[str, Any]:
        views.account_of(unit, caller.scope, caller.user_id, channel_id, channel_account_id)
        changes = ChannelChanges(name=body.name, archived=off)
        return to_channel_account(
            inbox_actions.change_channel(unit, caller.scope, caller.actor, channel_account_id, changes)
        )

    return await engine.write(change)


# Words.


@routes.post("/{channel_id}/messages", status_code=201)
async def post_channel_message(
    channel_id: Id,
    body: _Brought,
    caller: HubspotCaller,
    engine: Storage,
    origin: Origin,
    key: LinkKey,
    at: Now,
) -> dict[str, Any]:
    """Puts words from the channel into the inbox, where they are new: when they were said there is not kept."""
    brought = _to_brought(body)
    link_of = links(key, origin, caller.scope, at)

    def bring(unit: UnitOfWork) -> dict[str, Any]:
        posted = actions.bring(unit, caller.scope, caller.user_id, channel_id, brought)
        thread = views.thread(unit, caller.scope, caller.user_id, posted.conversation_id)
        entry = views.message(
            unit, caller.scope, posted.conversation_id, f"{posted.conversation_id}-{posted.seq}"
        )
        return to_message(entry, thread, origin, link_of) or {}

    return await engine.write(bring)


@routes.get("/{channel_id}/messages/{message_id}")
async def get_channel_message(
    channel_id: Id,
    message_id: MessageId,
    caller: HubspotCaller,
    engine: Storage,
    origin: Origin,
    key: LinkKey,
    at: Now,
) -> dict[str, Any]:
    """One message of the channel."""
    link_of = links(key, origin, caller.scope, at)

    def read(reader: Reader) -> dict[str, Any]:
        thread, entry = views.message_of_channel(reader, caller.scope, caller.user_id, channel_id, message_id)
        return to_message(entry, thread, origin, link_of) or {}

    return await engine.read(read)


@routes.patch("/{channel_id}/messages/{message_id}")
async def patch_channel_message(
    channel_id: Id,
    message_id: MessageId,
    body: _Status,
    caller: HubspotCaller,
    engine: Storage,
    origin: Origin,
    key: LinkKey,
    at: Now,
) -> dict[str, Any]:
    """What became of an agent's words out there."""
    link_of = links(key, origin, caller.scope, at)

    def note(unit: UnitOfWork) -> dict[str, Any]:
        place = (caller.scope, caller.user_id, channel_id, message_id)
        thread, entry = views.message_of_channel(unit, *place)
        if entry.author.kind != "agent":
            raise Invalid({"statusType": "only of what agents said"})
        actions.note_status(unit, caller.scope, thread, entry, body.statusType, body.errorMessage)
        thread, entry = views.message_of_channel(unit, *place)
        return to_message(entry, thread, origin, link_of) or {}

    return await engine.write(note)


# Underneath.


def _shown(reader: Reader, scope: AccountScope, found: CustomChannel) -> dict[str, Any]:
    hook = webhook_views.of_custom_channel(reader, scope, found.id)
    return to_custom_channel(found, hook.url if hook else None)


def _point(
    unit: UnitOfWork, caller: AgentCaller, sealing: bytes, found: CustomChannel, url: str | None
) -> None:
    if url:
        actions.point_webhook(unit, caller.scope, caller.actor, sealing, found.id, found.name, url)


def _to_brought(body: _Brought) -> Brought:
    try:
        from_iso(body.timestamp)
    except ValueError:
        raise Invalid({"timestamp": "must be an ISO 8601 time with an offset"}) from None
    comes_in = body.messageDirection == "INCOMING"
    if not comes_in and not body.recipients:
        raise Invalid({"recipients": "who got it is needed"})
    outside = body.senders[0] if comes_in else body.recipients[0]
    by_user = None if comes_in else body.senders[0].senderActorId
    if not comes_in and by_user is None:
        raise Invalid({"senders.0.senderActorId": "who of you said it is needed"})
    return Brought(
        _number(body.channelAccountId, "channelAccountId"),
        Party(_identifier(outside.deliveryIdentifier), outside.name),
        content_of(body.text, body.richText, body.attachments),
        body.integrationThreadId,
        by_user,
        body.integrationIdempotencyId,
        body.associateWithContactId,
    )


def _identifier(body: Identifier) -> DeliveryIdentifier:
    return DeliveryIdentifier(body.type, body.value)


def _number(word: str, field: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= 15):
        raise Invalid({field: "must be a number"})
    return int(word)


for _prefix in PREFIXES:
    router.include_router(routes, prefix=_prefix)
