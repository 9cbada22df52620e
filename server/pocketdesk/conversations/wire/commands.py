"""Commands as they come from clients."""

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct

from pocketdesk.conversations.model import (
    AssignedTeam,
    AssignedUser,
    Assignee,
    Nobody,
)
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.realtime.ports import Command

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
