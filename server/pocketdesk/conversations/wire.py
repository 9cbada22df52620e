"""Conversations as JSON: commands in, states and facts out. Visitors have their own encoders, and none for comments."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from pocketdesk.accounts.rules.words import initials_of
from pocketdesk.conversations.events import (
    ContactAssociated,
    ConversationAssigned,
    ConversationErased,
    ConversationMoved,
    ConversationStarted,
    CursorMoved,
    MessagePosted,
    NoticeEvent,
)
from pocketdesk.conversations.model import (
    AgentConversation,
    AssignedTeam,
    AssignedUser,
    Assignee,
    Author,
    Comment,
    ContactCard,
    Counts,
    Cursors,
    Done,
    EnclosedEntry,
    EnclosedStart,
    Entry,
    ListRow,
    Message,
    Named,
    NamedAssignee,
    Naming,
    Nobody,
    Notice,
    Person,
    Posted,
    VisitorConversation,
)
from pocketdesk.kernel.events import Recorded
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.realtime.ports import Command

# Commands.

Id: TypeAlias = Annotated[int, Meta(ge=1, lt=2**53)]
Seq: TypeAlias = Annotated[int, Meta(ge=0, lt=2**53)]
ClientId: TypeAlias = Annotated[
    str, Meta(pattern="^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$")
]
Content: TypeAlias = dict[str, Any]
"""What `kernel.text.parse_content` takes."""


class StartConversation(Command, tag="start_conversation", frozen=True):
    """A visitor's first words. Repeated with the same ids it starts nothing new."""

    client_conversation_id: ClientId
    client_message_id: ClientId
    mobile_tag: Annotated[str, Meta(max_length=400)]
    content: Content


class PostMessage(Command, tag="post_message", frozen=True):
    """Words between visitor and agents."""

    conversation_id: Id
    client_message_id: ClientId
    content: Content


class PostComment(Command, tag="post_comment", frozen=True):
    """Words among agents."""

    conversation_id: Id
    client_message_id: ClientId
    content: Content


class MoveCursor(Command, tag="move_cursor", frozen=True):
    """The viewer has received, or read, up to these entries."""

    conversation_id: Id
    received_seq: Seq | None = None
    read_seq: Seq | None = None


class AssigneeIn(Struct, forbid_unknown_fields=True, frozen=True):
    """Nobody, a user or a team."""

    kind: Literal["nobody", "user", "team"]
    id: Id | None = None


class AssignConversation(Command, tag="assign", frozen=True):
    """Somebody else shall answer."""

    conversation_id: Id
    assignee: AssigneeIn


class CloseConversation(Command, tag="close_conversation", frozen=True):
    """Done with it."""

    conversation_id: Id


class ReopenConversation(Command, tag="reopen_conversation", frozen=True):
    """Not done yet."""

    conversation_id: Id


class AssociateContact(Command, tag="associate_contact", frozen=True):
    """The visitor is the contact with this address."""

    conversation_id: Id
    email: Annotated[str, Meta(max_length=254)]
    name: Annotated[str, Meta(max_length=100)] | None = None


class MoveConversation(Command, tag="move_conversation", frozen=True):
    """It belongs into another inbox."""

    conversation_id: Id
    inbox_id: Id


class DoAssign(Struct, tag_field="kind", tag="assign", forbid_unknown_fields=True, frozen=True):
    """Somebody else shall answer."""

    assignee: AssigneeIn


class DoClose(Struct, tag_field="kind", tag="close", forbid_unknown_fields=True, frozen=True):
    """Done with it."""


class DoReopen(Struct, tag_field="kind", tag="reopen", forbid_unknown_fields=True, frozen=True):
    """Not done yet."""


class Bulk(Command, tag="bulk", frozen=True):
    """The same for many conversations."""

    conversation_ids: Annotated[list[Id], Meta(min_length=1, max_length=100)]
    do: DoAssign | DoClose | DoReopen


class GiveConsent(Command, tag="give_consent", frozen=True):
    """The visitor agrees to something, or declines it, having read the text with this hash."""

    kind: Literal["cookies", "process", "communicate"]
    choice: bool
    mobile_tag: Annotated[str, Meta(max_length=400)]
    text_hash: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class GiveEmail(Command, tag="give_email", frozen=True):
    """The visitor's address."""

    conversation_id: Id
    email: Annotated[str, Meta(max_length=254)]


class SkipEmail(Command, tag="skip_email", frozen=True):
    """The visitor gives no address."""

    conversation_id: Id


class SubmitSurvey(Command, tag="submit_survey", frozen=True):
    """How the visitor found it: 0 bad, 1 okay, 2 good."""

    conversation_id: Id
    rating: Literal[0, 1, 2]
    answer: Annotated[str, Meta(max_length=2_000)] | None = None


def to_assignee(given: AssigneeIn) -> Assignee:
    """The noun. `Invalid` if the id is missing, or there is one for nobody."""
    if (given.kind == "nobody") != (given.id is None):
        raise Invalid({"assignee.id": "goes with a user or a team"})
    if given.id is None:
        return Nobody()
    return AssignedUser(given.id) if given.kind == "user" else AssignedTeam(given.id)


def assignee_of_word(word: str, user_id: int) -> Assignee:
    """`me`, `nobody`, `user:5` or `team:3`, as the caller with this id means it."""
    kind, _, id_ = word.partition(":")
    match kind:
        case "me":
            return AssignedUser(user_id)
        case "user":
            return AssignedUser(int(id_))
        case "team":
            return AssignedTeam(int(id_))
        case _:
            return Nobody()


# What leaves. Structs are encoded in the order of their fields.


class AuthorOut(Struct, frozen=True, gc=False):
    """Who wrote."""

    kind: str
    id: int
    name: str
    initials: str
    color: int
    image: str | UnsetType = UNSET
    """Path of a picture, of a brand only."""


ContentOut: TypeAlias = Annotated[
    Raw,
    Meta(
        extra_json_schema={
            "description": "What `kernel.text.to_json` gives.",
            "type": "object",
            "properties": {"blocks": {"type": "array", "items": {"type": "object"}}},
            "required": ["blocks"],
        }
    ),
]


class VisitorEntryOut(Struct, frozen=True, gc=False):
    """A message or a notice as its visitor sees it; the client's id is only on the visitor's own messages."""

    seq: int
    at: int
    author: AuthorOut | UnsetType = UNSET
    content: ContentOut | UnsetType = UNSET
    client_message_id: str | UnsetType = UNSET
    notice: Mapping[str, Any] | UnsetType = UNSET
    """`kind`, and the facts that go with it."""


class VisitorTimelineOut(Struct, frozen=True, gc=False):
    """A page of a conversation as its visitor sees it, oldest first."""

    items: list[VisitorEntryOut]
    has_more: bool


class VisitorConversationOut(Struct, frozen=True, gc=False):
    """A conversation as its visitor sees it. `seq` is that of the last entry that visitors see."""

    id: int
    status: str
    created_at: int
    seq: int
    assignee: AuthorOut | None
    messages: list[VisitorEntryOut]
    has_more: bool
    read_seq: int
    their_received_seq: int
    their_read_seq: int
    unread: int


class NoticeOut(Struct, frozen=True, gc=False):
    """What a notice tells agents."""

    kind: str
    facts: Mapping[str, Any]


class EntryOut(Struct, frozen=True, gc=False):
    """A line of the timeline."""

    seq: int
    at: int
    kind: Literal["message", "comment", "notice"]
    author: AuthorOut
    content: ContentOut | UnsetType = UNSET
    client_message_id: str | UnsetType | None = UNSET
    notice: NoticeOut | UnsetType = UNSET


class AssigneeOut(Struct, frozen=True, gc=False):
    """Who holds the floor."""

    kind: str
    id: int | UnsetType = UNSET
    name: str | UnsetType = UNSET


class ContactCardOut(Struct, frozen=True, gc=False):
    """Who the visitor is."""

    id: int
    name: str | None
    email: str | None
    verified: bool


class WhoOut(Struct, frozen=True, gc=False):
    """Whom a line of a list is about."""

    name: str | None
    contact_id: int | None
    visitor_id: int
    color: int


class RowOut(Struct, frozen=True, gc=False):
    """A line of a list."""

    id: int
    inbox_id: int
    channel_kind: Literal["web", "mobile"]
    status: Literal["open", "closed"]
    assignee: AssigneeOut
    who: WhoOut
    last_words: str
    last_author: str
    last_activity_at: int
    waiting_since: int | None
    unread: bool
    platform: str | None


class ConversationsOut(Struct, frozen=True, gc=False):
    """A page of a list."""

    items: list[RowOut]
    after: str | None


class ReferenceOut(Struct, frozen=True, gc=False):
    """Something with an id and a name."""

    id: int
    name: str


class ConversationChannelOut(Struct, frozen=True, gc=False):
    """The way by which the visitor came."""

    id: int
    kind: Literal["web", "mobile"]
    name: str


class ConversationOut(Struct, frozen=True, gc=False):
    """A conversation as agents see it, without its timeline."""

    id: int
    status: Literal["open", "closed"]
    inbox: ReferenceOut
    channel: ConversationChannelOut
    chatflow: ReferenceOut
    visitor_id: int
    contact: ContactCardOut | None
    assignee: AssigneeOut
    created_at: int
    closed_at: int | None
    waiting_since: int | None
    language: str
    seq: int


class CursorsOut(Struct, frozen=True, gc=False):
    """How far the visitor has received and read, and the agent who looks has read."""

    visitor_received_seq: int
    visitor_read_seq: int
    my_read_seq: int


class TimelineOut(Struct, frozen=True, gc=False):
    """A page of a timeline, oldest first."""

    items: list[EntryOut]
    has_more: bool


class VisitorOut(Struct, frozen=True, gc=False):
    """A visitor with what the device told."""

    id: int
    created_at: int
    properties: Mapping[str, str]


class PersonOut(Struct, frozen=True, gc=False):
    """Who a conversation is with, and earlier conversations that the agent may see."""

    visitor: VisitorOut
    contact: ContactCardOut | None
    earlier: list[RowOut]


class ConversationStateOut(Struct, frozen=True, gc=False):
    """The state of the stream `conversation:<id>`; over HTTP with the person."""

    conversation: ConversationOut
    timeline: list[EntryOut]
    has_more: bool
    cursors: CursorsOut
    person: PersonOut | UnsetType = UNSET


ANSWERS = (ConversationsOut, ConversationStateOut, TimelineOut, PersonOut, VisitorTimelineOut)
"""What routes answer, for the API's description."""


class CountsOut(Struct, frozen=True, gc=False):
    """How many open conversations there are."""

    unassigned: int
    mine: int
    open: int
    inboxes: Mapping[str, int]


encode = msgspec.json.Encoder().encode

# For visitors.


def _visitor_author(author: Author, naming: Naming) -> AuthorOut:
    if author.kind != "agent":
        return _author(author)
    if brand := naming.brand:  # which says nothing of who it is
        return AuthorOut(author.kind, 0, brand.name, initials_of(brand.name), 0, brand.image or UNSET)
    if naming.full_names:
        return _author(author)
    first = author.name.split(" ", 1)[0]
    return AuthorOut(author.kind, author.id, first, first[:1].upper(), author.color)


def visitor_entry(entry: Message | Notice, naming: Naming) -> VisitorEntryOut:
    """A message or notice as the visitor sees it. There is none for comments."""
    if isinstance(entry, Notice):
        return VisitorEntryOut(entry.seq, entry.at, notice={"kind": entry.kind.value, **entry.facts})
    own = entry.client_message_id if entry.author.kind == "visitor" else None
    return VisitorEntryOut(
        entry.seq,
        entry.at,
        _visitor_author(entry.author, naming),
        Raw(entry.content.encode()),
        UNSET if own is None else own,
    )


def author_out(author: Author) -> Mapping[str, Any]:
    """Who is typing, as agents see them."""
    return msgspec.to_builtins(_author(author))


def visitor_author_out(author: Author, naming: Naming) -> Mapping[str, Any]:
    """Who is typing, as the visitor sees them."""
    return msgspec.to_builtins(_visitor_author(author, naming))


def visitor_assignee(assignee: NamedAssignee, naming: Naming) -> AuthorOut | None:
    """Who answers, if it is a person."""
    return _visitor_author(assignee.author, naming) if assignee.author else None


def visitor_conversation(found: VisitorConversation) -> VisitorConversationOut:
    """A conversation as its visitor sees it."""
    conversation, naming = found.conversation, found.conversation.naming
    return VisitorConversationOut(
        conversation.id,
        conversation.state.status.value,
        conversation.created_at,
        found.entries[-1].seq,
        visitor_assignee(found.assignee, naming),
        [visitor_entry(entry, naming) for entry in found.entries],
        found.has_more,
        found.own.read_seq,
        found.theirs.received_seq,
        found.theirs.read_seq,
        found.unread,
    )


def visitor_state(found: Iterable[VisitorConversation]) -> bytes:
    """The state of the stream `visitor`."""
    return encode({"conversations": [visitor_conversation(each) for each in found]})


def for_visitor(recorded: Recorded) -> bytes | None:
    """A fact as the visitor sees it; None if visitors do not, or its rows are gone."""
    event, enclosed = recorded.event, recorded.enclosed
    match event, enclosed:
        case MessagePosted(), EnclosedEntry(Message() as entry, naming):
            return encode(
                {
                    "kind": event.kind,
                    "conversation_id": event.conversation_id,
                    "message": visitor_entry(entry, naming),
                }
            )
        case ConversationAssigned(), EnclosedEntry(assignee=NamedAssignee() as assignee, naming=naming):
            return encode(
                {
                    "kind": event.kind,
                    "conversation_id": event.conversation_id,
                    "assignee": visitor_assignee(assignee, naming),
                }
            )
        case _, EnclosedEntry(Notice() as entry, naming) if isinstance(event, NoticeEvent):
            if not event.visitors_see:
                return None
            return encode(
                {
                    "kind": event.kind,
                    "conversation_id": event.conversation_id,
                    "message": visitor_entry(entry, naming),
                }
            )
        case ConversationStarted(), EnclosedStart(conversation, messages):
            started = VisitorConversation(
                conversation,
                NamedAssignee("nobody"),
                messages,
                has_more=False,
                own=Cursors(),
                theirs=Cursors(),
                unread=0,
            )
            whole = msgspec.structs.replace(visitor_conversation(started), status="open")
            return encode({"kind": event.kind, "conversation": whole})
        case CursorMoved(), _:
            return encode(
                {
                    "kind": event.kind,
                    "conversation_id": event.conversation_id,
                    "whose": "me" if event.participant_kind == "visitor" else "them",
                    "received_seq": event.received_seq,
                    "read_seq": event.read_seq,
                    **({"unread": event.unread} if event.participant_kind == "visitor" else {}),
                }
            )
        case _:
            return None


# For agents.


def _author(author: Author) -> AuthorOut:
    return AuthorOut(author.kind, author.id, author.name, author.initials, author.color)


def agent_entry(entry: Entry) -> EntryOut:
    """A line of the timeline as agents see it."""
    author = _author(entry.author)
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
    return AssigneeOut(assignee.kind, assignee.id, assignee.name)


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
            ConversationChannelOut(found.channel.id, conversation.channel_kind, found.channel.name),
            ReferenceOut(found.chatflow.id, found.chatflow.name),
            conversation.visitor_id,
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
        case ConversationErased(_, from_seq, to_seq, whole), _:
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
        WhoOut(row.name, state.contact_id, conversation.visitor_id, row.color),
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
