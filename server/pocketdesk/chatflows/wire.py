"""Chatflows as JSON: what routes take and what they give."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body
from pocketdesk.chatflows.model import Chatflow, Document
from pocketdesk.chatflows.rules import LONGEST_NAME, LONGEST_TAG, PreconditionRequired
from pocketdesk.kernel.refusal import Invalid

Id = Annotated[int, Field(ge=1, lt=2**53)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
DocumentJson = Annotated[dict[str, Any], Field(json_schema_extra={"x-struct": "Document"})]


class NewKnowledgeBase(Body):
    """Whether there is a Help tab, and the knowledge base that it shows."""

    enabled: bool = False
    knowledge_base_id: Id | None = None


class NewChatflow(Body):
    """A chatflow to make. Without a name it gets one with the time."""

    inbox_id: Id
    language: Annotated[str, Field(max_length=10)]
    mobile_tag: Annotated[str, Field(max_length=4 * LONGEST_TAG)]
    type: Literal["live_agent"]
    name: Name | None = None
    knowledge_base: NewKnowledgeBase = NewKnowledgeBase()


class DocumentBody(Body):
    """All settings; the structure is that of `document` in answers."""

    document: DocumentJson


class ChatflowPatch(Body):
    """What changes of a chatflow at once, without a new version."""

    name: Name | None = None
    is_on: bool | None = None


class CloneBody(Body):
    """Where a copy goes; the same inbox unless another is named."""

    inbox_id: Id | None = None


class MoveBody(Body):
    """The new place in the order of priority; 1 is the top."""

    to: Literal["top", "bottom"] | Annotated[int, Field(ge=1, lt=2**31)]


class NamedOut(Answer):
    """Something with an id and a name."""

    id: int
    name: str


class ChatflowOut(Answer):
    """A chatflow as lists show it."""

    id: int
    name: str
    kind: str
    type: Literal["live_agent"]
    inbox: NamedOut
    mobile_tag: str
    language: str
    is_on: bool
    priority: int
    version: int
    created_at: int
    created_by: NamedOut
    modified_at: int
    modified_by: NamedOut
    survey: NamedOut | None


class ChatflowsOut(Answer):
    """A page of chatflows, in order of priority."""

    items: list[ChatflowOut]
    after: str | None


class DefaultsOut(Answer):
    """The texts that stand where nobody has written any, in one language."""

    welcome: str
    wait: str
    email_capture: str
    away: str
    outside: str
    cookies: str
    process_explicit: str
    process_legitimate_interest: str
    communicate: str


class WholeChatflowOut(ChatflowOut):
    """A chatflow with all its settings. Send `version` as `If-Match` when saving."""

    document: DocumentJson
    defaults: DefaultsOut


class LanguageOut(Answer):
    """A language that the chat page speaks."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    defaults: DefaultsOut


class LanguagesOut(Answer):
    """The languages that the chat page speaks."""

    items: list[LanguageOut]


@dataclass(frozen=True, slots=True)
class Named:
    """How inboxes, users and surveys are called, by id."""

    inboxes: Mapping[int, str]
    users: Mapping[int, str]
    surveys: Mapping[int, str]


def to_chatflow(found: Chatflow, named: Named) -> ChatflowOut:
    """A chatflow, with the names of its inbox, of those who made and changed it, and of its survey."""
    return ChatflowOut(**_fields(found, named))


def to_whole_chatflow(found: Chatflow, named: Named, defaults: DefaultsOut) -> WholeChatflowOut:
    """A chatflow with its document."""
    return WholeChatflowOut(
        **_fields(found, named),
        document=to_document(found.document),
        defaults=defaults,
    )


def to_document(document: Document) -> dict[str, Any]:
    """All settings as JSON; `rules.parse_document` reads them back."""
    return msgspec.to_builtins(document)


def to_version(if_match: str | None) -> int:
    """The version that an edit starts from. `PreconditionRequired` without one."""
    if if_match is None:
        raise PreconditionRequired("send the version in If-Match")
    word = if_match.strip().removeprefix("W/").strip('"')
    if not (word.isascii() and word.isdigit() and len(word) < 10):
        raise Invalid({"If-Match": "must be a version"})
    return int(word)


def _fields(found: Chatflow, named: Named) -> dict[str, Any]:
    survey_id = found.document.options.survey_id
    survey = named.surveys.get(survey_id) if survey_id is not None else None
    return {
        "id": found.id,
        "name": found.name,
        "kind": found.kind,
        "type": "live_agent",
        "inbox": NamedOut(id=found.inbox_id, name=named.inboxes[found.inbox_id]),
        "mobile_tag": found.document.mobile.tag,
        "language": found.document.options.language,
        "is_on": found.is_on,
        "priority": found.priority,
        "version": found.version,
        "created_at": found.created_at,
        "created_by": NamedOut(id=found.created_by, name=named.users[found.created_by]),
        "modified_at": found.modified_at,
        "modified_by": NamedOut(id=found.modified_by, name=named.users[found.modified_by]),
        "survey": None if survey is None else NamedOut(id=survey_id or 0, name=survey),
    }
