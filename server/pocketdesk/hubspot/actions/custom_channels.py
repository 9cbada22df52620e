"""What programs do with channels of their own: connect them, and bring words to and fro."""

from uuid import UUID

from pocketdesk.accounts.model import Actor
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations import views as conversation_views
from pocketdesk.conversations.model import AgentActor, Message, Posted, VisitorActor
from pocketdesk.hubspot import views
from pocketdesk.hubspot.model import Brought, Party, Thread
from pocketdesk.hubspot.rules import outside_key
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.model import Channel
from pocketdesk.inboxes.rules import ChannelIsSilent
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.people import views as contacts
from pocketdesk.storage import UnitOfWork
from pocketdesk.webhooks import actions as webhooks
from pocketdesk.webhooks import views as webhook_views
from pocketdesk.webhooks.model import Format, Kind, Webhook
from pocketdesk.webhooks.rules import check_url

BROUGHT = "brought:"
"""Begins the client's id of messages that a program brought, so that they are not told to it."""
EMAIL = "HS_EMAIL_ADDRESS"
LANGUAGE = "en"
"""Programs do not say which language people speak."""


def point_webhook(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    sealing_key: bytes,
    custom_channel_id: int,
    name: str,
    url: str,
) -> Webhook:
    """Tells agents' words on a channel to this address from now on. `Invalid` at `webhookUrl`."""
    found = webhook_views.of_custom_channel(unit, scope, custom_channel_id)
    try:
        url = check_url(url)
    except Invalid as wrong:
        raise Invalid({"webhookUrl": wrong.fields["url"]}) from None
    if found is not None:
        return webhooks.change_webhook(unit, scope, actor, found.id, url=url, is_on=True)
    kinds = [Kind.MESSAGE_POSTED]
    made, _ = webhooks.create_webhook(
        unit, scope, actor, sealing_key, name, url, kinds, Format.CHANNEL, custom_channel_id
    )
    return made


def bring(
    unit: UnitOfWork, scope: AccountScope, user_id: int, custom_channel_id: int, brought: Brought
) -> Posted:
    """Puts words into the conversation where they belong, which begins with them if there is none.

    `NotFound` for a channel or an account that is not there or not seen, `ChannelIsSilent` for one that was switched
    off, `Invalid` at `senders` or `associateWithContactId`. A repetition of `brought.word` gets the first result.
    """
    channel = views.account_of(unit, scope, user_id, custom_channel_id, brought.channel_account_id)
    if channel.archived_at is not None:
        raise ChannelIsSilent("this channel account is switched off")
    visitor_id = _visitor(unit, scope, channel, brought)
    word = f"{BROUGHT}{brought.word or UUID(int=unit.random_id())}"
    before = conversation_views.posted_before(unit, scope, visitor_id, word)
    if before is not None:
        return before
    actor = _actor(unit, scope, channel, visitor_id, brought)
    uploader = AgentActor(user_id)
    newest = conversation_views.conversation_ids_of_visitor(unit, scope, visitor_id)
    if newest:
        posted = conversations.post_message(unit, scope, actor, newest[0], word, brought.content, uploader)
    else:
        posted = conversations.start_plain(
            unit, scope, actor, visitor_id, channel, word, word, LANGUAGE, brought.content, uploader
        )
    _associate(unit, scope, AgentActor(user_id), posted.conversation_id, brought)
    return posted


def note_status(
    unit: UnitOfWork, scope: AccountScope, thread: Thread, message: Message, status: str, why: str | None
) -> None:
    """What became of an agent's words out there: SENT, READ or FAILED."""
    found = thread.kept.conversation
    visitor = VisitorActor(found.visitor_id)
    match status:
        case "FAILED":
            conversations.note_undelivered(unit, scope, found.id, message.seq, why)
        case "READ":
            conversations.move_cursor(unit, scope, visitor, found.id, None, message.seq)
        case _:
            conversations.move_cursor(unit, scope, visitor, found.id, message.seq, None)


def _visitor(unit: UnitOfWork, scope: AccountScope, channel: Channel, brought: Brought) -> int:
    """Each thread of a program, or else each address on its channel, is a visitor of its own."""
    party: Party = brought.party
    key = outside_key(channel.id, brought.thread, party.identifier)
    visitor_id = people.outside_visitor(unit, scope, key, party.name)
    told = {views.IDENTIFIER_TYPE: party.identifier.type, views.IDENTIFIER: party.identifier.value}
    known = contacts.visitor(unit, scope, visitor_id).properties
    if any(known.get(name) != value for name, value in told.items()):
        people.put_properties(unit, scope, visitor_id, told)
    return visitor_id


def _actor(
    unit: UnitOfWork, scope: AccountScope, channel: Channel, visitor_id: int, brought: Brought
) -> VisitorActor | AgentActor:
    if brought.by_user is None:
        return VisitorActor(visitor_id)
    sender = views.user_of_word(unit, scope, brought.by_user)
    if sender is None or not inboxes.has_access(unit, scope, sender, channel.inbox_id):
        raise Invalid({"senders.0.senderActorId": "no such user, or one who does not see this inbox"})
    return AgentActor(sender)


def _associate(
    unit: UnitOfWork, scope: AccountScope, actor: AgentActor, conversation_id: int, brought: Brought
) -> None:
    """Who it is, if the program says so, or by an address of theirs that it sees."""
    found = conversation_views.of_agent(unit, scope, actor.user_id, conversation_id)
    if brought.contact_id is not None:
        card = contacts.contact_cards(unit, scope, [brought.contact_id]).get(brought.contact_id)
        if card is None or card.email is None:
            raise Invalid({"associateWithContactId": "no such contact, or one without an address"})
        if card.id != found.state.contact_id:
            conversations.associate_contact(unit, scope, actor, conversation_id, card.email)
    elif brought.party.identifier.type == EMAIL and found.state.contact_id is None:
        party = brought.party
        conversations.associate_contact(
            unit, scope, actor, conversation_id, party.identifier.value, party.name
        )
