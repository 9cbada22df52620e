"""What is done to inboxes and channels. Every change stands in the audit log."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import msgspec

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.inboxes import rules, store, views
from pocketdesk.inboxes.events import InboxArchived, InboxMembersChanged
from pocketdesk.inboxes.model import (
    Availability,
    Channel,
    ChannelChanges,
    ChannelKind,
    CustomChannel,
    DeliveryIdentifier,
    Font,
    Inbox,
    InboxChanges,
    InboxType,
)
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork


def create_inbox(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    name: str,
    type_: InboxType = InboxType.INBOX,
    reopen_hours: int = rules.USUAL_REOPEN_HOURS,
    member_user_ids: Collection[int] | None = None,
    member_team_ids: Collection[int] = (),
) -> Inbox:
    """Makes an inbox. Unless members are named, its maker is the first one."""
    name = clean_name(name)
    rules.check_reopen_hours(reopen_hours)
    users = {actor.user_id} if member_user_ids is None else set(member_user_ids)
    teams = set(member_team_ids)
    _check_members(unit, scope, tuple(users), tuple(teams))
    inbox_id = unit.new_id()
    unit.run(
        store.ADD_INBOX,
        account_id=scope.account_id,
        id=inbox_id,
        name=name,
        type=type_.value,
        reopen_hours=reopen_hours,
        archived_at=None,
        created_at=unit.now,
    )
    _put_members(unit, scope, inbox_id, users, teams)
    record_audit(unit, scope, actor.user_id, "created", "inbox", inbox_id)
    return views.inbox(unit, scope, inbox_id)


def create_first_inbox(unit: UnitOfWork, scope: AccountScope, actor: Actor) -> Inbox:
    """What a new account begins with: an inbox of its administrator, and a mobile channel that leads there."""
    inbox_id = create_inbox(unit, scope, actor, "Support").card.id
    connect_channel(unit, scope, actor, inbox_id, ChannelKind.MOBILE, "Mobile app")
    return views.inbox(unit, scope, inbox_id)


def change_inbox(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, inbox_id: int, changes: InboxChanges
) -> Inbox:
    """Renames, archives or restores an inbox, or gives it other members."""
    unit.lock("inbox", scope.account_id, inbox_id)
    before = views.inbox(unit, scope, inbox_id)
    card = before.card
    if changes.name is not None:
        card = replace(card, name=clean_name(changes.name))
    if changes.reopen_hours is not None:
        rules.check_reopen_hours(changes.reopen_hours)
        card = replace(card, reopen_hours=changes.reopen_hours)
    if changes.archived is not None and changes.archived != (card.archived_at is not None):
        card = replace(card, archived_at=unit.now if changes.archived else None)
    users = set(before.member_user_ids if changes.member_user_ids is None else changes.member_user_ids)
    teams = set(before.member_team_ids if changes.member_team_ids is None else changes.member_team_ids)
    _check_members(unit, scope, changes.member_user_ids or (), changes.member_team_ids or ())
    if card != before.card:
        unit.run(
            store.SET_INBOX,
            account_id=scope.account_id,
            id_=inbox_id,
            name_=card.name,
            hours=card.reopen_hours,
            archived=card.archived_at,
        )
    if users != set(before.member_user_ids) or teams != set(before.member_team_ids):
        unit.run(store.CLEAR_MEMBERS, account_id=scope.account_id, id_=inbox_id)
        _put_members(unit, scope, inbox_id, users, teams)
        unit.record(scope.account_id, InboxMembersChanged(inbox_id))
    if card.archived_at is not None and before.card.archived_at is None:
        unit.record(scope.account_id, InboxArchived(inbox_id))
    after = views.inbox(unit, scope, inbox_id)
    if after != before:
        record_audit(unit, scope, actor.user_id, _verb(before, after), "inbox", inbox_id)
    return after


def _verb(before: Inbox, after: Inbox) -> str:
    if before.card.archived_at == after.card.archived_at:
        return "changed"
    return "restored" if after.card.archived_at is None else "archived"


def connect_channel(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    inbox_id: int,
    kind: ChannelKind,
    name: str,
    custom_channel_id: int | None = None,
    identifier: DeliveryIdentifier | None = None,
) -> Channel:
    """Connects a mobile app, a web page, or an account of a custom channel, to an inbox that is not archived."""
    name = clean_name(name)
    if views.inbox_card(unit, scope, inbox_id).archived_at is not None:
        raise rules.InboxIsArchived
    channel_id = unit.new_id()
    unit.run(
        store.ADD_CHANNEL,
        account_id=scope.account_id,
        id=channel_id,
        inbox_id=inbox_id,
        kind=kind.value,
        name=name,
        accent=rules.USUAL_ACCENT,
        font=Font.SYSTEM.value,
        availability=_encode(Availability()),
        archived_at=None,
        created_at=unit.now,
        first_seen_at=None,
        sdk=None,
        sdk_seen_at=None,
        custom_channel_id=custom_channel_id,
        identifier_type=identifier.type if identifier else None,
        identifier=identifier.value if identifier else None,
    )
    record_audit(unit, scope, actor.user_id, "connected", "channel", channel_id, {"inbox_id": inbox_id})
    return views.channel(unit, scope, channel_id)


def create_custom_channel(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    name: str,
    capabilities: Mapping[str, object],
    description: str | None = None,
    logo_url: str | None = None,
    redirect_url: str | None = None,
) -> CustomChannel:
    """Adds a channel that a program brings. `TooManyChannels`; `Invalid` at `name`, `capabilities`."""
    if len(views.custom_channels(unit, scope)) >= rules.MOST_CUSTOM_CHANNELS:
        raise rules.TooManyChannels
    channel_id = unit.new_id()
    unit.run(
        store.ADD_CUSTOM_CHANNEL,
        account_id=scope.account_id,
        id=channel_id,
        name=clean_name(name),
        description=description,
        logo_url=logo_url,
        redirect_url=redirect_url,
        capabilities=rules.pack_capabilities(capabilities),
        takes_answers=rules.takes_answers(capabilities),
        created_at=unit.now,
        archived_at=None,
    )
    record_audit(unit, scope, actor.user_id, "created", "custom_channel", channel_id)
    return views.custom_channel(unit, scope, channel_id)


def change_custom_channel(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, before: CustomChannel, after: CustomChannel
) -> CustomChannel:
    """Makes `after` of it, which has the id of `before`. One that is archived lets nothing through any more."""
    if after == before:
        return before
    unit.run(
        store.SET_CUSTOM_CHANNEL,
        account_id=scope.account_id,
        id_=before.id,
        name_=clean_name(after.name),
        description_=after.description,
        logo_url_=after.logo_url,
        redirect_url_=after.redirect_url,
        capabilities_=rules.pack_capabilities(after.capabilities),
        takes_answers_=rules.takes_answers(after.capabilities),
        archived=after.archived_at,
    )
    verb = "changed" if after.archived_at is None else "archived"
    record_audit(unit, scope, actor.user_id, verb, "custom_channel", before.id)
    if after.archived_at is None:
        return views.custom_channel(unit, scope, before.id)
    for each in views.channels_of_custom(unit, scope, before.id):
        change_channel(unit, scope, actor, each.id, ChannelChanges(archived=True))
    return after


def channel_for(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, inbox_id: int, kind: ChannelKind
) -> Channel:
    """The oldest channel of a kind that an inbox has, or else a new one with the inbox's name.

    `InboxIsArchived` if the inbox is.
    """
    unit.lock("inbox", scope.account_id, inbox_id)
    card = views.inbox_card(unit, scope, inbox_id)
    if card.archived_at is not None:
        raise rules.InboxIsArchived
    for found in views.channels(unit, scope, inbox_id):
        if found.kind is kind and found.archived_at is None:
            return found
    return connect_channel(unit, scope, actor, inbox_id, kind, card.name)


def change_channel(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, channel_id: int, changes: ChannelChanges
) -> Channel:
    """Renames, archives or restores a channel, or gives it another look or other hours."""
    before = views.channel(unit, scope, channel_id)
    after = before
    if changes.name is not None:
        after = replace(after, name=clean_name(changes.name))
    if changes.accent is not None:
        after = replace(after, accent=rules.clean_accent(changes.accent))
    if changes.font is not None:
        after = replace(after, font=changes.font)
    if changes.identifier is not None:
        after = replace(after, identifier=changes.identifier)
    if changes.availability is not None:
        after = replace(after, availability=rules.clean_availability(changes.availability))
    if changes.archived is not None and changes.archived != (before.archived_at is not None):
        after = replace(after, archived_at=unit.now if changes.archived else None)
    if after != before:
        unit.run(
            store.SET_CHANNEL,
            account_id=scope.account_id,
            id_=channel_id,
            name_=after.name,
            accent_=after.accent,
            font_=after.font.value,
            availability_=_encode(after.availability),
            archived=after.archived_at,
            identifier_type_=after.identifier.type if after.identifier else None,
            identifier_=after.identifier.value if after.identifier else None,
        )
        record_audit(unit, scope, actor.user_id, "changed", "channel", channel_id)
    return after


def see_channel(unit: UnitOfWork, scope: AccountScope, channel_id: int) -> None:
    """Notes that a visitor came through a channel, the first time."""
    unit.run(store.SEE_CHANNEL, account_id=scope.account_id, id_=channel_id, now=unit.now)


def see_sdk(unit: UnitOfWork, scope: AccountScope, channel_id: int, sdk: str) -> None:
    """Notes which mobile SDK opens a channel; the same channel at most once in some minutes."""
    channel = views.channel(unit, scope, channel_id)
    if channel.kind is ChannelKind.MOBILE and rules.is_sdk_news(channel.sdk_seen_at, unit.now):
        unit.run(store.SEE_SDK, account_id=scope.account_id, id_=channel_id, sdk_=sdk, now=unit.now)


def _encode(availability: Availability) -> str:
    return msgspec.json.encode(availability).decode()


def _check_members(
    unit: UnitOfWork, scope: AccountScope, users: Collection[int], teams: Collection[int]
) -> None:
    known_users = accounts.user_cards(unit, scope, set(users))
    for place, user_id in enumerate(users):
        if user_id not in known_users:
            raise Invalid({f"member_user_ids.{place}": "no such user"})
    known_teams = accounts.team_cards(unit, scope, set(teams))
    for place, team_id in enumerate(teams):
        if team_id not in known_teams or known_teams[team_id].is_deleted:
            raise Invalid({f"member_team_ids.{place}": "no such team"})


def _put_members(
    unit: UnitOfWork, scope: AccountScope, inbox_id: int, users: Collection[int], teams: Collection[int]
) -> None:
    members = [(user_id, None) for user_id in sorted(users)] + [(None, team_id) for team_id in sorted(teams)]
    unit.run_many(
        store.ADD_MEMBER,
        [
            {
                "account_id": scope.account_id,
                "id": unit.new_id(),
                "inbox_id": inbox_id,
                "user_id": user_id,
                "team_id": team_id,
            }
            for user_id, team_id in members
        ],
    )
