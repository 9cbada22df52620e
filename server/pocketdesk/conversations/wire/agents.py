"""States and facts as agents see them, and the results of commands."""

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, Raw

from pocketdesk.conversations.events import (
    ContactAssociated,
    ConversationAssigned,
    ConversationErased,
    ConversationMoved,
    ConversationStarted,
    CursorMoved,
)
from pocketdesk.conversations.model import (
    AgentConversation,
    Comment,
    ContactCard,
    Counts,
    Done,
    EnclosedEntry,
    Entry,
    ListRow,
    Message,
    Named,
    NamedAssignee,
    Notice,
    Person,
    Posted,
)
from pocketdesk.conversations.wire.shapes import (
    AssigneeOut,
    ContactCardOut,
    ConversationChannelOut,
    ConversationOut,
    ConversationsOut,
    ConversationStateOut,
    CountsOut,
    CursorsOut,
    EntryOut,
    NoticeOut,
    PersonOut,
    ReferenceOut,
    RowOut,
    VisitorOut,
    WhoOut,
    encode,
    to_author,
)
from pocketdesk.kernel.events import Recorded


def agent_entry(entry: Entry) -> EntryOut:
    """A line of the timeline as agents see it."""
    author = to_author(entry.author)
    match entry:
        case Message(seq, at, _, client_message_id, content):
            return EntryOut(seq, at, "message", author, Raw(content.encode()), client_message_id)
        case Comment(seq, at, _, client_message_id, content):
            return EntryOut(seq, at, "comment", author, Raw(content.encode()), client_message_id)
        case Notice(seq, at, kind, _, facts):
            return EntryOut(seq, at, "notice", author, notice=NoticeOut(kind.value, facts))


def agent_assignee(assignee: NamedAssignee) -> AssigneeOut:
    """Who holds the floor, as agents see it."""
    if assignee.id is None or assignee.name is None:
        return AssigneeOut(assignee.kind)
    image = assignee.author.image if assignee.author else None
    return AssigneeOut(assignee.kind, assignee.id, assignee.name, image or UNSET)


def contact_out(contact: ContactCard | None) -> ContactCardOut | None:
    """Who the visitor is, as agents see it."""
    if contact is None:
        return None
    return ContactCardOut(contact.id, contact.name, contact.email, contact.verified)


def agent_conversation(found: AgentConversation, who: Person | None = None) -> ConversationStateOut:
    """The state of the stream `conversation:<id>`, and who it is with, if given."""
    conversation, state = found.conversation, found.conversation.state
    return ConversationStateOut(
        ConversationOut(
            conversation.id,
            state.status.value,
            ReferenceOut(found.inbox.id, found.inbox.name),
            ConversationChannelOut(
                found.channel.id, conversation.channel_kind, found.channel.name, found.takes_answers
            ),
            ReferenceOut(found.chatflow.id, found.chatflow.name) if found.chatflow else None,
            conversation.visitor_id,
            found.visitor_name,
            contact_out(found.contact),
            agent_assignee(found.assignee),
            conversation.created_at,
            state.closed_at,
            state.waiting_since,
            conversation.language,
            state.seq,
        ),
        [agent_entry(entry) for entry in found.entries],
        found.has_more,
        CursorsOut(found.visitor.received_seq, found.visitor.read_seq, found.own.read_seq),
        person(who) if who else UNSET,
    )


def for_agent(recorded: Recorded) -> bytes | None:
    """A fact as agents see it; None for facts of other features, or if its rows are gone."""
    event, enclosed = recorded.event, recorded.enclosed
    match event, enclosed:
        case ConversationAssigned(), EnclosedEntry(entry=entry, assignee=NamedAssignee() as assignee):
            return encode(
                {"kind": event.kind, "assignee": agent_assignee(assignee), "entry": agent_entry(entry)}
            )
        case ContactAssociated(), EnclosedEntry(entry=entry, contact=contact):
            return encode({"kind": event.kind, "contact": contact_out(contact), "entry": agent_entry(entry)})
        case ConversationMoved(), EnclosedEntry(entry=entry, inbox=Named(id_, name)):
            inbox = ReferenceOut(id_, name)
            return encode({"kind": event.kind, "inbox": inbox, "entry": agent_entry(entry)})
        case _, EnclosedEntry(entry=entry):
            return encode({"kind": event.kind, "entry": agent_entry(entry)})
        case ConversationStarted(), _:
            return encode({"kind": event.kind})
        case ConversationErased(from_seq=from_seq, to_seq=to_seq, whole=whole), _:
            return encode({"kind": event.kind, "from_seq": from_seq, "to_seq": to_seq, "whole": whole})
        case CursorMoved(), _:
            return encode(
                {
                    "kind": event.kind,
                    "participant": event.participant_kind,
                    "user_id": event.participant_id if event.participant_kind == "agent" else None,
                    "received_seq": event.received_seq,
                    "read_seq": event.read_seq,
                }
            )
        case _:
            return None


def row_out(row: ListRow) -> RowOut:
    """A line of a list."""
    conversation, state = row.conversation, row.conversation.state
    return RowOut(
        conversation.id,
        conversation.inbox_id,
        conversation.channel_kind,
        state.status.value,
        agent_assignee(row.assignee),
        WhoOut(row.name, row.is_verified, state.contact_id, conversation.visitor_id, row.color),
        row.last_words,
        row.last_author,
        state.last_activity_at,
        state.waiting_since,
        state.waiting_since is not None,
        row.platform,
    )


def list_state(rows: Iterable[ListRow], *, more: bool) -> bytes:
    """The state of a stream `list:...`."""
    return encode({"rows": [row_out(row) for row in rows], "more": more})


def counts_out(counts: Counts) -> CountsOut:
    """How many open conversations there are."""
    inboxes = {str(inbox_id): number for inbox_id, number in counts.inboxes.items()}
    return CountsOut(counts.unassigned, counts.mine, counts.open, inboxes)


def page(rows: Iterable[ListRow], after: str | None) -> ConversationsOut:
    """A page of a list."""
    return ConversationsOut([row_out(row) for row in rows], after)


def person(found: Person) -> PersonOut:
    """Who a conversation is with."""
    return PersonOut(
        VisitorOut(found.visitor_id, found.created_at, found.properties),
        contact_out(found.contact),
        [row_out(row) for row in found.earlier],
    )


# Results of commands.


def posted(found: Posted) -> dict[str, Any]:
    """Where the words landed."""
    return {"conversation_id": found.conversation_id, "seq": found.seq, "at": found.at}


def done(found: Done) -> dict[str, Any]:
    """What became of doing the same in many conversations."""
    refused = [
        {"id": each.conversation_id, "code": each.code, "message": each.message} for each in found.refused
    ]
    return {"done": found.conversation_ids, "refused": refused}


def reference(found: Named) -> ReferenceOut:
    """Something with an id and a name."""
    return ReferenceOut(found.id, found.name)
