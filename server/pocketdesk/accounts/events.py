"""What happened to an account's people that others must know of at once."""

from dataclasses import dataclass

from pocketdesk.accounts.model import Status
from pocketdesk.kernel.events import Event


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    """A user signed out on one browser: what that session watches ends."""

    kind = "session_ended"
    user_id: int
    session_id: int


@dataclass(frozen=True, slots=True)
class UserDeactivated(Event):
    """A user may no longer enter the account: everything that the user watches ends."""

    kind = "user_deactivated"
    user_id: int


@dataclass(frozen=True, slots=True)
class UserStatusChanged(Event):
    """A user takes new conversations from now on, or no longer; `set_by` is who else said so, if anybody."""

    kind = "user_status_changed"
    user_id: int
    status: Status
    set_by: int | None


@dataclass(frozen=True, slots=True)
class TeamMembersChanged(Event):
    """Users joined or left a team, or the team is gone; `user_ids` are all whom it concerns."""

    kind = "team_members_changed"
    team_id: int
    user_ids: tuple[int, ...]
