"""What happened to visitors that others must know of at once."""

from dataclasses import dataclass

from pocketdesk.kernel.events import Event


@dataclass(frozen=True, slots=True)
class VisitorSessionEnded(Event):
    """A chat page forgot its visitor: what that session watches ends."""

    kind = "visitor_session_ended"
    visitor_id: int
    session_id: int
