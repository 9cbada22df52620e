"""Conversations of the inboxes that a token's user sees, and what stands in them."""

from collections.abc import Sequence
from typing import cast

from pocketdesk.accounts import views as accounts
from pocketdesk.conversations import views as conversations
from pocketdesk.conversations.model import Conversation, Entry, Kept, Message, NoticeKind
from pocketdesk.conversations.views import whole
from pocketdesk.hubspot.model import LIVE_CHAT, Party, Thread
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.model import Channel, DeliveryIdentifier, InboxCard
from pocketdesk.kernel.page import Page, from_cursor, to_cursor
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import Reader

IDENTIFIER, IDENTIFIER_TYPE = "delivery_identifier", "delivery_identifier_type"
"""What agents see beside a conversation that a program brought."""
_USERS_AT_ONCE = 100


def inboxes_of(reader: Reader, scope: AccountScope, user_id: int) -> list[InboxCard]:
    """The inboxes that a user sees, archived ones too, oldest first."""
    cards = inboxes.inbox_cards(reader, scope, inboxes.inboxes_of(reader, scope, user_id))
    return [cards[id_] for id_ in sorted(cards)]


def channels(reader: Reader, scope: AccountScope, user_id: int) -> list[Channel]:
    """The channels of those inboxes, oldest first."""
    found = [
        each
        for inbox_id in inboxes.inboxes_of(reader, scope, user_id)
        for each in inboxes.channels(reader, scope, inbox_id)
    ]
    return sorted(found, key=lambda each: each.id)


def thread(
    reader: Reader, scope: AccountScope, user_id: int, conversation_id: int, *, archived: bool | None = None
) -> Thread:
    """A conversation; `NotFound` if the user does not see it, or if it is (not) archived, where that is asked."""
    kept = conversations.kept(reader, scope, user_id, conversation_id)
    if archived is not None and archived != (kept.archived_at is not None):
        raise NotFound
    return thread_of(reader, scope, kept)


def thread_of(reader: Reader, scope: AccountScope, kept: Kept) -> Thread:
    """A conversation that the caller may see, with what its messages are shown with."""
    found = kept.conversation
    told = None
    if found.channel_kind == "custom":
        told = conversations.newest_notice(reader, scope, found.id, NoticeKind.UNDELIVERED)
    return Thread(
        kept,
        conversations.contact(reader, scope, found.state.contact_id, found.visitor_id),
        conversations.visitor_cursors(reader, scope, found.id).read_seq,
        channel_ids(reader, scope, [kept])[found.channel_account_id],
        _party(reader, scope, found) if found.channel_kind == "custom" else None,
        (told["seq"], told["why"]) if told else None,
    )


def channel_ids(reader: Reader, scope: AccountScope, found: Sequence[Kept]) -> dict[int, str]:
    """HubSpot's words for the channels that conversations came through, by their channel accounts."""
    ids = {each.conversation.channel_account_id for each in found}
    return {id_: channel_id(each) for id_, each in inboxes.channel_cards(reader, scope, ids).items()}


def channel_id(found: Channel) -> str:
    """HubSpot's word for the channel that one of our channels is an account of."""
    return LIVE_CHAT if found.custom_channel_id is None else str(found.custom_channel_id)


def _party(reader: Reader, scope: AccountScope, found: Conversation) -> Party | None:
    visitor = people.visitor(reader, scope, found.visitor_id)
    told = visitor.properties
    if IDENTIFIER not in told:
        return None
    return Party(DeliveryIdentifier(told[IDENTIFIER_TYPE], told[IDENTIFIER]), visitor.card.name)


def messages(
    reader: Reader,
    scope: AccountScope,
    user_id: int,
    conversation_id: int,
    limit: int,
    after: str | None,
    *,
    newest_first: bool,
) -> Page[Entry]:
    """A stretch of the entries of a conversation that the user sees."""
    place = cast("int", from_cursor(after, int)[0]) if after else None
    if newest_first:
        entries, has_more = conversations.timeline(reader, scope, user_id, conversation_id, place, limit)
        found = tuple(reversed(entries))
    else:
        conversations.of_agent(reader, scope, user_id, conversation_id)
        ahead = whole.entries_after(reader, scope, conversation_id, place or 0, limit + 1)
        found, has_more = ahead[:limit], len(ahead) > limit
    return Page(found, to_cursor((found[-1].seq,)) if has_more and found else None)


def message(reader: Reader, scope: AccountScope, conversation_id: int, id_: str) -> Entry:
    """An entry by HubSpot's id; `NotFound`. The caller has checked who may see the conversation."""
    thread_id, _, seq = id_.partition("-")
    if thread_id != str(conversation_id) or not (seq.isascii() and seq.isdigit() and len(seq) <= 15):
        raise NotFound
    return conversations.entry(reader, scope, conversation_id, int(seq))


def account_of(
    reader: Reader, scope: AccountScope, user_id: int, custom_channel_id: int, channel_account_id: int
) -> Channel:
    """An account of a channel, in an inbox that the token's user sees; `NotFound`."""
    inboxes.custom_channel(reader, scope, custom_channel_id)
    for found in inboxes.channels_of_custom(reader, scope, custom_channel_id):
        if found.id == channel_account_id and inboxes.has_access(reader, scope, user_id, found.inbox_id):
            return found
    raise NotFound


def message_of_channel(
    reader: Reader, scope: AccountScope, user_id: int, custom_channel_id: int, id_: str
) -> tuple[Thread, Message]:
    """A message of a channel that a program brings, and its conversation; `NotFound` unless the user sees it."""
    word = id_.partition("-")[0]
    if not (word.isascii() and word.isdigit() and len(word) <= 16):
        raise NotFound
    found = thread(reader, scope, user_id, int(word))
    entry = message(reader, scope, int(word), id_)
    if found.channel_id != str(custom_channel_id) or not isinstance(entry, Message):
        raise NotFound
    return found, entry


def user_of_word(reader: Reader, scope: AccountScope, word: str) -> int | None:
    """A user by an actor's id (`A-<user>`) or an address; None if the account has none such."""
    kind, _, rest = word.partition("-")
    if kind == "A" and rest.isascii() and rest.isdigit() and len(rest) <= 15:
        return int(rest) if accounts.user_cards(reader, scope, [int(rest)]) else None
    email, after = word.strip().lower(), None
    while "@" in email:
        page = accounts.users(reader, scope, _USERS_AT_ONCE, after)
        for user in page.items:
            if user.email == email:
                return user.id
        if (after := page.after) is None:
            break
    return None
