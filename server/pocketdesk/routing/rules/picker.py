"""Whom a chatflow may name, and why not others."""

from collections.abc import Collection

from pocketdesk.accounts.model import User
from pocketdesk.routing.model import Hurdle

WHY_NOT = {
    Hurdle.DEACTIVATED: "is deactivated",
    Hurdle.NOT_JOINED: "has not joined yet",
    Hurdle.CANNOT_RECEIVE: "cannot receive conversations",
    Hurdle.NO_ACCESS: "does not see the inbox",
    Hurdle.NO_MEMBERS: "has no main member who can be chosen",
}


def hurdle_of(user: User, members: Collection[int]) -> Hurdle | None:
    """Why a user cannot be chosen; None: can be. `members`: ids of the active users who see the inbox."""
    if user.deactivated_at is not None:
        return Hurdle.DEACTIVATED
    if user.joined_at is None:
        return Hurdle.NOT_JOINED
    if not user.can_receive:
        return Hurdle.CANNOT_RECEIVE
    return None if user.id in members else Hurdle.NO_ACCESS
