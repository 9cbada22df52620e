"""What happened to inboxes that others must know of at once."""

from dataclasses import dataclass

from pocketdesk.kernel.events import Event


@dataclass(frozen=True, slots=True)
class InboxMembersChanged(Event):
    """Other users or teams see the inbox now."""

    kind = "inbox_members_changed"
    inbox_id: int


@dataclass(frozen=True, slots=True)
class InboxArchived(Event):
    """The inbox takes no new chatflows. Its members still see and answer what is in it."""

    kind = "inbox_archived"
    inbox_id: int
