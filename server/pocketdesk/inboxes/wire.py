"""Inboxes as JSON: what routes take and what they give."""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Members, Name
from pocketdesk.inboxes.model import Channel, Inbox
from pocketdesk.inboxes.rules import MOST_REOPEN_HOURS, USUAL_REOPEN_HOURS, contrast_warning
from pocketdesk.kernel.page import Page

TypeWord = Literal["inbox", "help_desk"]
KindWord = Literal["web", "mobile", "custom"]
FontWord = Literal["system", "serif", "rounded", "mono"]
AvailabilityJson = Annotated[dict[str, Any], Field(json_schema_extra={"x-struct": "Availability"})]
Hours = Annotated[int, Field(ge=0, le=MOST_REOPEN_HOURS)]


class NewInbox(Body):
    """An inbox to make. Without `member_user_ids` its maker is the first member."""

    name: Name
    type: TypeWord = "inbox"
    reopen_hours: Hours = USUAL_REOPEN_HOURS
    member_user_ids: Members | None = None
    member_team_ids: Members = Field(default=[])


class InboxPatch(Body):
    """What changes of an inbox."""

    name: Name | None = None
    reopen_hours: Hours | None = None
    member_user_ids: Members | None = None
    member_team_ids: Members | None = None
    archived: bool | None = None


class NewChannel(Body):
    """A channel to connect; custom ones are connected by the programs that bring them."""

    kind: Literal["web", "mobile"]
    name: Name


class ChannelPatch(Body):
    """What changes of a channel."""

    name: Name | None = None
    accent: Annotated[str, Field(min_length=7, max_length=7)] | None = None
    font: FontWord | None = None
    availability: AvailabilityJson | None = None
    archived: bool | None = None


class ChannelOut(Answer):
    """A channel; `first_seen_at` is null until the first visitor came through it.

    `contrast_warning`: how little the accent stands out from a white page, where that is less than 3 to 1, else null.
    """

    id: int
    inbox_id: int
    kind: KindWord
    name: str
    accent: str
    font: FontWord
    availability: AvailabilityJson
    contrast_warning: float | None
    archived_at: int | None
    created_at: int
    first_seen_at: int | None
    sdk: str | None
    """The mobile SDK that was here last, with its version; null until the first."""
    sdk_seen_at: int | None


class ChannelsOut(Answer):
    """The channels of an inbox."""

    items: list[ChannelOut]
    after: str | None = None


class InboxOut(Answer):
    """An inbox; `is_member` tells whether the caller sees its conversations."""

    id: int
    name: str
    type: TypeWord
    reopen_hours: int
    archived_at: int | None
    created_at: int
    member_user_ids: list[int]
    member_team_ids: list[int]
    is_member: bool
    channels: list[ChannelOut]


class InboxesOut(Answer):
    """A page of inboxes."""

    items: list[InboxOut]
    after: str | None


class SdkConfigOut(Answer):
    """A file for an app, or a line for a page."""

    filename: str
    content: str
    media_type: str


def to_channel(channel: Channel) -> ChannelOut:
    """A channel."""
    return ChannelOut(
        id=channel.id,
        inbox_id=channel.inbox_id,
        kind=channel.kind.value,
        name=channel.name,
        accent=channel.accent,
        font=channel.font.value,
        availability=msgspec.to_builtins(channel.availability),
        contrast_warning=contrast_warning(channel.accent),
        archived_at=channel.archived_at,
        created_at=channel.created_at,
        first_seen_at=channel.first_seen_at,
        sdk=channel.sdk,
        sdk_seen_at=channel.sdk_seen_at,
    )


def to_inbox(inbox: Inbox, mine: frozenset[int]) -> InboxOut:
    """An inbox; `mine` are the ids of those that the caller sees."""
    card = inbox.card
    return InboxOut(
        id=card.id,
        name=card.name,
        type=card.type.value,
        reopen_hours=card.reopen_hours,
        archived_at=card.archived_at,
        created_at=card.created_at,
        member_user_ids=list(inbox.member_user_ids),
        member_team_ids=list(inbox.member_team_ids),
        is_member=card.id in mine,
        channels=[to_channel(channel) for channel in inbox.channels],
    )


def to_inboxes(page: Page[Inbox], mine: frozenset[int]) -> InboxesOut:
    """A page of inboxes."""
    return InboxesOut(items=[to_inbox(inbox, mine) for inbox in page.items], after=page.after)
