"""What leaves, as structures; encoded in the order of their fields."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType
from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Id
from pocketdesk.conversations.model import (
    Author,
)


class AuthorOut(Struct, frozen=True, gc=False):
    """Who wrote."""

    kind: Annotated[str, Meta(extra_json_schema={"enum": ["visitor", "agent", "system"]})]
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

    kind: Annotated[str, Meta(extra_json_schema={"enum": ["nobody", "user", "team"]})]
    id: int | UnsetType = UNSET
    name: str | UnsetType = UNSET
    image: str | UnsetType = UNSET


class ContactCardOut(Struct, frozen=True, gc=False):
    """Who the visitor is."""

    id: int
    name: str | None
    email: str | None
    verified: bool


class WhoOut(Struct, frozen=True, gc=False):
    """Whom a line of a list is about; `verified`: the visitor has proven to be that contact."""

    name: str | None
    verified: bool
    contact_id: int | None
    visitor_id: int
    color: int


class RowOut(Struct, frozen=True, gc=False):
    """A line of a list."""

    id: int
    inbox_id: int
    channel_kind: Literal["web", "mobile", "custom"]
    status: Literal["open", "closed"]
    assignee: AssigneeOut
    who: WhoOut
    last_words: str
    last_author: Annotated[str, Meta(extra_json_schema={"enum": ["visitor", "agent"]})]
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
    kind: Literal["web", "mobile", "custom"]
    name: str
    takes_answers: bool


class ConversationOut(Struct, frozen=True, gc=False):
    """A conversation as agents see it, without its timeline."""

    id: int
    status: Literal["open", "closed"]
    inbox: ReferenceOut
    channel: ConversationChannelOut
    chatflow: ReferenceOut | None
    visitor_id: int
    visitor_name: str | None
    """What the program that brought the words calls the visitor."""
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


class FileLinksIn(Body):
    """Files of a conversation that a page wants to show."""

    conversation_id: Id
    file_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]


class FileLinksOut(Answer):
    """A path for each file that is there, by its id."""

    links: dict[str, str]


ANSWERS = (ConversationsOut, ConversationStateOut, TimelineOut, PersonOut, VisitorTimelineOut)
"""What routes answer, for the API's description."""


class CountsOut(Struct, frozen=True, gc=False):
    """How many open conversations there are."""

    unassigned: int
    mine: int
    open: int
    inboxes: Mapping[str, int]


encode = msgspec.json.Encoder().encode


def to_author(author: Author) -> AuthorOut:
    """An author as it stands."""
    return AuthorOut(
        author.kind, author.id, author.name, author.initials, author.color, author.image or UNSET
    )
