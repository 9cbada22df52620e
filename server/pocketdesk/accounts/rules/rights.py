"""Who may do what to whom."""

from collections.abc import Iterable

from pocketdesk.accounts.model import Actor, Builtin, Permission, PermissionSet
from pocketdesk.kernel.refusal import Conflict, Forbidden, Invalid, NotFound, Unauthenticated

EVERYTHING = frozenset(Permission)


class WrongCredentials(Unauthenticated):
    """No such login, or another password: nobody is told which."""

    code = "wrong_credentials"


class ForeignOrigin(Forbidden):
    """The request came from a page that is not ours."""

    code = "foreign_origin"


class NotHeld(Forbidden):
    """Somebody tried to give rights, or take them from somebody, which they do not hold."""

    code = "not_held"


class LastAdministrator(Conflict):
    """Without this user nobody would administer the account."""

    code = "last_administrator"


class BuiltinSet(Conflict):
    """This permission set belongs to Pocketdesk."""

    code = "builtin"


class SetInUse(Conflict):
    """Users have this permission set."""

    code = "in_use"


class AlreadySetUp(Conflict):
    """The installation has an account already."""

    code = "already_set_up"


class AlreadyMember(Conflict):
    """Somebody with this address is a user of the account already."""

    code = "already_member"


class InvitationGone(NotFound):
    """The invitation was used, replaced or withdrawn, or is too old."""

    code = "invitation_gone"


def parse_permissions(words: Iterable[str], field: str) -> frozenset[Permission]:
    """Rights by their names; `Invalid` at `field` for a name that is none."""
    words = tuple(words)
    unknown = sorted(set(words) - EVERYTHING)
    if unknown:
        raise Invalid({field: f"no such permission: {unknown[0][:40]}"})
    return frozenset(map(Permission, words))


def effective(permissions: frozenset[Permission], builtin: Builtin | None) -> frozenset[Permission]:
    """What a set allows: Administrator everything, also what did not exist when the account was made."""
    return EVERYTHING if builtin is Builtin.ADMINISTRATOR else permissions


def token_rights(scopes: frozenset[Permission], held: frozenset[Permission]) -> frozenset[Permission]:
    """What a token may do: what it was made for, as far as its maker still may."""
    return scopes & held


def check_grant(actor: Actor, wanted: frozenset[Permission], field: str) -> None:
    """Nobody can grant what they do not hold."""
    if missing := wanted - actor.permissions:
        raise NotHeld(fields={field: f"you do not hold {', '.join(sorted(missing))}"})


def check_outranks(actor: Actor, held: frozenset[Permission]) -> None:
    """Nobody can take rights, or the way in, from somebody who holds more."""
    if missing := held - actor.permissions:
        raise NotHeld(f"the user holds {', '.join(sorted(missing))}, and you do not")


def check_changeable(found: PermissionSet) -> None:
    """Built-in sets stay as they are."""
    if found.builtin is not None:
        raise BuiltinSet


def check_administrators(administrators: frozenset[int], leaving: int) -> None:
    """The last administrator cannot be removed. `administrators` are the active ones."""
    if administrators <= frozenset({leaving}):
        raise LastAdministrator


def is_our_page(origin: str | None, fetch_site: str | None, trusted: frozenset[str]) -> bool:
    """Whether a request that changes something came from a page of ours.

    Browsers name the page's origin on every such request. Where only `Sec-Fetch-Site` says it, it must say
    `same-origin`. Absent proof is no proof.
    """
    if origin is not None:
        return origin in trusted
    return fetch_site == "same-origin"
