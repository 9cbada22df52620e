"""What is written of a conversation that comes: a visitor whom nobody can be, a silent channel, and the words."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from pocketdesk.accounts.model import Actor
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations.actions import PastWords
from pocketdesk.conversations.model import AgentActor, Comment, Notice, SystemActor, VisitorActor
from pocketdesk.conversations.views import whole
from pocketdesk.hubspot import views
from pocketdesk.hubspot.importing.checksum import checksum_of
from pocketdesk.hubspot.importing.model import Outcome
from pocketdesk.hubspot.importing.page import line
from pocketdesk.hubspot.importing.said import Said
from pocketdesk.hubspot.importing.source import Identifier, Sender
from pocketdesk.inboxes import actions as inbox_actions
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.model import Channel, ChannelChanges, ChannelKind
from pocketdesk.kernel import text
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.people import views as contacts
from pocketdesk.storage import Reader, UnitOfWork

CHANNEL = "HubSpot"
"""Name of the channel that the conversations of an inbox came through."""
KEY = "hubspot"
"""Begins the outside keys of visitors who came."""
LANGUAGE = "en"
"""HubSpot does not say which language a conversation was in."""
LONGEST_VALUE = 200
ENTRIES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PastThread:
    """A conversation as it shall be here. `person`: HubSpot's id of whoever wrote; `email`: of a contact who came."""

    word: str
    inbox_id: int
    person: str
    visitor: Sender | None
    email: str | None
    said: tuple[Said, ...]
    closed_at: int


def put_thread(unit: UnitOfWork, scope: AccountScope, actor: Actor, past: PastThread) -> tuple[Outcome, int]:
    """Writes the conversation down, or what is missing of it; and its id. `Refusal` if it cannot be kept here."""
    sender = past.visitor
    name = line(sender.name or "")[:LONGEST_VALUE] or None if sender else None
    visitor_id = people.outside_visitor(unit, scope, f"{KEY}:{past.person}", name)
    if sender is not None and sender.deliveryIdentifier is not None:
        _put_identifier(unit, scope, visitor_id, sender.deliveryIdentifier)
    card = contacts.contact_of_email(unit, scope, past.email) if past.email else None
    done = conversations.record_conversation(
        unit,
        scope,
        _channel(unit, scope, actor, past.inbox_id),
        visitor_id,
        card.id if card else None,
        LANGUAGE,
        past.word,
        [
            PastWords(each.at, each.by or VisitorActor(visitor_id), each.content, each.word, each.is_comment)
            for each in past.said
        ],
        past.closed_at,
    )
    if done.is_new:
        return Outcome.BROUGHT, done.conversation_id
    return (Outcome.COMPLETED if done.written else Outcome.ALREADY_THERE), done.conversation_id


def given_of(past: PastThread) -> int:
    """The checksum of the conversation as it came."""
    return _checksum(
        past.word,
        (
            _line(each.word, each.at, *_author(each.by), each.content, is_comment=each.is_comment)
            for each in past.said
        ),
    )


def held_of(reader: Reader, scope: AccountScope, past: PastThread, conversation_id: int) -> int:
    """The checksum of the same words as our tables have them."""
    wanted = {each.word for each in past.said}
    lines: list[str] = []
    after = 0
    while entries := whole.entries_after(reader, scope, conversation_id, after, ENTRIES_AT_ONCE):
        for each in entries:
            if isinstance(each, Notice) or each.client_message_id not in wanted:
                continue
            who = each.author.id if each.author.kind == "agent" else 0
            content = text.from_json(json.loads(each.content))
            about = (each.client_message_id, each.at, each.author.kind, who, content)
            lines.append(_line(*about, is_comment=isinstance(each, Comment)))
        after = entries[-1].seq
    return _checksum(past.word, lines)


def _channel(unit: UnitOfWork, scope: AccountScope, actor: Actor, inbox_id: int) -> Channel:
    """The channel of an inbox that holds what came. It is archived: nothing can be answered there."""
    for found in inboxes.channels(unit, scope, inbox_id):
        if found.kind is ChannelKind.CUSTOM and found.custom_channel_id is None and found.name == CHANNEL:
            return found
    made = inbox_actions.connect_channel(unit, scope, actor, inbox_id, ChannelKind.CUSTOM, CHANNEL)
    return inbox_actions.change_channel(unit, scope, actor, made.id, ChannelChanges(archived=True))


def _put_identifier(unit: UnitOfWork, scope: AccountScope, visitor_id: int, found: Identifier) -> None:
    told = {views.IDENTIFIER_TYPE: found.type, views.IDENTIFIER: found.value}
    new = {name: line(value)[:LONGEST_VALUE] for name, value in told.items()}
    known = contacts.visitor(unit, scope, visitor_id).properties
    if all(new.values()) and any(known.get(name) != value for name, value in new.items()):
        people.put_properties(unit, scope, visitor_id, new)


def _author(by: AgentActor | SystemActor | None) -> tuple[str, int]:
    match by:
        case None:
            return "visitor", 0
        case AgentActor(user_id):
            return "agent", user_id
        case SystemActor():
            return "system", 0


def _line(word: str, at: int, kind: str, who: int, content: text.Content, *, is_comment: bool) -> str:
    return json.dumps([word, at, kind, who, is_comment, content.plain])


def _checksum(word: str, lines: Iterable[str]) -> int:
    said = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return checksum_of({"conversation": word, "said": said})
