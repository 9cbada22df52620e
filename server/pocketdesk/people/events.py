"""What happened to visitors that others must know of at once."""

from dataclasses import dataclass

from pocketdesk.kernel.events import Event


@dataclass(frozen=True, slots=True)
class VisitorSessionEnded(Event):
    """A chat page forgot its visitor: what that session watches ends. `session_id` 0: all of the visitor's did."""

    kind = "visitor_session_ended"
    visitor_id: int
    session_id: int


@dataclass(frozen=True, slots=True)
class PersonErased(Event):
    """A visitor or contact is nobody any more; what they said was blanked before."""

    kind = "person_erased"
    person_id: int


@dataclass(frozen=True, slots=True)
class IdentityKeyRevoked(Event):
    """A customer's key proves nothing any more: the sessions that it has proven ended."""

    kind = "identity_key_revoked"
    key_id: int
