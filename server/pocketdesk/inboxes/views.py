"""What others read of inboxes: who sees which, and through which channels people come."""

import json
from collections.abc import Collection, Sequence
from typing import cast

import msgspec
from sqlalchemy import BigInteger, CompoundSelect, Select, and_, bindparam, or_, select
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.accounts import views as accounts
from pocketdesk.inboxes import rules, store
from pocketdesk.inboxes.model import (
    Availability,
    Channel,
    ChannelKind,
    CustomChannel,
    DeliveryIdentifier,
    Font,
    Inbox,
    InboxCard,
    InboxType,
)
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader, Statement
from pocketdesk.storage.statement import Row

_decode = msgspec.json.Decoder(Availability).decode

# Who sees what.


def inbox_ids_query(account_id: ColumnElement[int], user_id: ColumnElement[int]) -> Select[tuple[int]]:
    """The ids of the inboxes that a user sees, by membership of their own or of a team, as SQL.

    To be part of another feature's statement: `conversation.c.inbox_id.in_(inbox_ids_query(account_id, user_id))`.
    Empty for a user who is not active.
    """
    member = store.inbox_member
    return select(member.c.inbox_id).where(
        member.c.account_id == account_id,
        or_(member.c.user_id == user_id, member.c.team_id.in_(accounts.team_ids_query(account_id, user_id))),
        accounts.is_active_query(account_id, user_id),
    )


def all_inbox_ids_query(account_id: ColumnElement[int]) -> Select[tuple[int]]:
    """The ids of all inboxes of an account, as SQL to be part of another feature's statement."""
    return select(store.inbox.c.id).where(store.inbox.c.account_id == account_id)


def members_query(account_id: ColumnElement[int], inbox_id: ColumnElement[int]) -> CompoundSelect[tuple[int]]:
    """The ids of the active users who see an inbox, as SQL."""
    member = store.inbox_member
    here = and_(member.c.account_id == account_id, member.c.inbox_id == inbox_id)
    teams = select(member.c.team_id).where(here, member.c.team_id.is_not(None))
    alone = select(member.c.user_id).where(
        here, member.c.user_id.is_not(None), accounts.is_active_query(account_id, member.c.user_id)
    )
    return accounts.active_members_query(teams, account_id).union(alone)


_account_id = bindparam("account_id", type_=BigInteger)
_user_id = bindparam("user_id", type_=BigInteger)
_inbox_id = bindparam("inbox_id", type_=BigInteger)
_MINE = inbox_ids_query(_account_id, _user_id)
_INBOXES_OF = Statement(_MINE)
_HAS_ACCESS = Statement(_MINE.where(store.inbox_member.c.inbox_id == _inbox_id).limit(1))
_MY_INBOXES = Statement(store.INBOXES.where(store.inbox.c.id.in_(_MINE)))
_MEMBERS_OF = Statement(members_query(_account_id, _inbox_id))


def inboxes_of(reader: Reader, scope: AccountScope, user_id: int) -> frozenset[int]:
    """Ids of the inboxes that a user sees, archived ones too."""
    rows = reader.all(_INBOXES_OF, account_id=scope.account_id, user_id=user_id)
    return frozenset(row[0] for row in rows)


def has_access(reader: Reader, scope: AccountScope, user_id: int, inbox_id: int) -> bool:
    """Whether a user sees an inbox."""
    return (
        reader.one(_HAS_ACCESS, account_id=scope.account_id, user_id=user_id, inbox_id=inbox_id) is not None
    )


def members_of(reader: Reader, scope: AccountScope, inbox_id: int) -> frozenset[int]:
    """Ids of the active users who see an inbox, by themselves or through a team."""
    rows = reader.all(_MEMBERS_OF, account_id=scope.account_id, inbox_id=inbox_id)
    return frozenset(row[0] for row in rows)


# Inboxes.


def all_inboxes(reader: Reader, scope: AccountScope, limit: int, after: str | None = None) -> Page[Inbox]:
    """Every inbox of the account, archived ones too, oldest first."""
    rows = reader.all(store.ALL_INBOXES, account_id=scope.account_id, after=_after(after), limit=limit + 1)
    return _page(reader, scope, rows, limit)


def my_inboxes(
    reader: Reader, scope: AccountScope, user_id: int, limit: int, after: str | None = None
) -> Page[Inbox]:
    """The inboxes that a user sees, archived ones too, oldest first."""
    rows = reader.all(
        _MY_INBOXES, account_id=scope.account_id, user_id=user_id, after=_after(after), limit=limit + 1
    )
    return _page(reader, scope, rows, limit)


def inbox(reader: Reader, scope: AccountScope, inbox_id: int) -> Inbox:
    """One inbox with its members and channels; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_INBOX, account_id=scope.account_id, id_=inbox_id)
    if row is None:
        raise NotFound
    return _whole(reader, scope, [_card(row)])[0]


def inbox_card(reader: Reader, scope: AccountScope, inbox_id: int) -> InboxCard:
    """One inbox without its members; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_INBOX, account_id=scope.account_id, id_=inbox_id)
    if row is None:
        raise NotFound
    return _card(row)


def inbox_cards(reader: Reader, scope: AccountScope, inbox_ids: Collection[int]) -> dict[int, InboxCard]:
    """Those of the inboxes that exist, by id, in one query."""
    if not inbox_ids:
        return {}
    query = store.CARDS.where(store.inbox.c.account_id == scope.account_id, store.inbox.c.id.in_(inbox_ids))
    return {row[0]: _card(row) for row in reader.all(query)}


# Channels.


def channels(reader: Reader, scope: AccountScope, inbox_id: int) -> tuple[Channel, ...]:
    """The channels of an inbox, archived ones too, oldest first."""
    return _channels(reader, scope, [inbox_id])


def channel(reader: Reader, scope: AccountScope, channel_id: int) -> Channel:
    """One channel; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_CHANNEL, account_id=scope.account_id, id_=channel_id)
    if row is None:
        raise NotFound
    return _channel(row)


def custom_channels(reader: Reader, scope: AccountScope) -> tuple[CustomChannel, ...]:
    """The channels that programs bring and that are not archived, oldest first: there are few."""
    rows = reader.all(store.CUSTOM_CHANNELS, account_id=scope.account_id, limit=rules.MOST_CUSTOM_CHANNELS)
    return tuple(
        CustomChannel(id_, name, description, logo_url, redirect_url, json.loads(capabilities), *rest)
        for id_, name, description, logo_url, redirect_url, capabilities, *rest in rows
    )


def custom_channel(reader: Reader, scope: AccountScope, custom_channel_id: int) -> CustomChannel:
    """One of them; `NotFound` if there is none such, or it is archived."""
    for found in custom_channels(reader, scope):
        if found.id == custom_channel_id:
            return found
    raise NotFound


def channels_of_custom(reader: Reader, scope: AccountScope, custom_channel_id: int) -> tuple[Channel, ...]:
    """The accounts of a channel that a program brings, archived ones too, oldest first."""
    table = store.channel_account
    query = store.CHANNELS.where(
        table.c.account_id == scope.account_id, table.c.custom_channel_id == custom_channel_id
    )
    return tuple(_channel(row) for row in reader.all(query))


def takes_answers(reader: Reader, scope: AccountScope, channel_id: int) -> bool:
    """Whether what agents say on a channel reaches anybody."""
    found = channel(reader, scope, channel_id)
    if found.kind is not ChannelKind.CUSTOM:
        return True
    custom = {each.id: each for each in custom_channels(reader, scope)}.get(found.custom_channel_id or 0)
    return found.archived_at is None and custom is not None and custom.takes_answers


def channel_cards(reader: Reader, scope: AccountScope, channel_ids: Collection[int]) -> dict[int, Channel]:
    """Those of the channels that exist, by id, in one query."""
    if not channel_ids:
        return {}
    table = store.channel_account
    query = store.CHANNELS.where(table.c.account_id == scope.account_id, table.c.id.in_(channel_ids))
    return {row[0]: _channel(row) for row in reader.all(query)}


def _after(cursor: str | None) -> int:
    return cast("int", from_cursor(cursor, int)[0]) if cursor else 0


def _page(reader: Reader, scope: AccountScope, rows: Sequence[Row], limit: int) -> Page[Inbox]:
    page = to_page([_card(row) for row in rows], limit, lambda card: (card.id,))
    return Page(_whole(reader, scope, page.items), page.after)


def _whole(reader: Reader, scope: AccountScope, cards: Sequence[InboxCard]) -> tuple[Inbox, ...]:
    if not cards:
        return ()
    ids = [card.id for card in cards]
    users: dict[int, list[int]] = {id_: [] for id_ in ids}
    teams: dict[int, list[int]] = {id_: [] for id_ in ids}
    member = store.inbox_member
    query = store.MEMBERS.where(member.c.account_id == scope.account_id, member.c.inbox_id.in_(ids))
    for inbox_id, user_id, team_id in reader.all(query):
        if user_id is not None:
            users[inbox_id].append(user_id)
        else:
            teams[inbox_id].append(team_id)
    there = accounts.team_cards(reader, scope, {team_id for found in teams.values() for team_id in found})
    ways: dict[int, list[Channel]] = {id_: [] for id_ in ids}
    for found in _channels(reader, scope, ids):
        ways[found.inbox_id].append(found)
    return tuple(
        Inbox(
            card,
            tuple(users[card.id]),
            tuple(team_id for team_id in teams[card.id] if not there[team_id].is_deleted),
            tuple(ways[card.id]),
        )
        for card in cards
    )


def _channels(reader: Reader, scope: AccountScope, inbox_ids: Collection[int]) -> tuple[Channel, ...]:
    table = store.channel_account
    query = store.CHANNELS.where(table.c.account_id == scope.account_id, table.c.inbox_id.in_(inbox_ids))
    return tuple(_channel(row) for row in reader.all(query))


def _card(row: Row) -> InboxCard:
    id_, name, type_, reopen_hours, archived_at, created_at = row
    return InboxCard(id_, name, InboxType(type_), reopen_hours, archived_at, created_at)


def _channel(row: Row) -> Channel:
    id_, inbox_id, kind, name, accent, font, availability, *rest, identifier_type, identifier = row
    reached_by = None if identifier is None else DeliveryIdentifier(identifier_type, identifier)
    return Channel(
        id_,
        inbox_id,
        ChannelKind(kind),
        name,
        accent,
        Font(font),
        _decode(availability),
        *rest,
        identifier=reached_by,
    )
