"""What an operator does from the command line, for whom no console stands open yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from pocketdesk.accounts import actions, views
from pocketdesk.accounts.rules.rights import parse_permissions
from pocketdesk.app import clock
from pocketdesk.app.settings import Settings
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.storage import Engine, UnitOfWork


@contextmanager
def opened(settings: Settings) -> Iterator[Engine]:
    """The installation's storage, for as long as a command runs."""
    engine = Engine.open(settings.database, clock=clock.now)
    try:
        yield engine
    finally:
        engine.close()


def invite(
    settings: Settings, email: str, name: str, account_id: int | None, account_name: str | None
) -> str:
    """Adds a person and returns the link with which they set their password.

    With `account_id` they join that account with the rights of its administrators; otherwise they found a new account
    called `account_name`.
    """

    def add(unit: UnitOfWork) -> str:
        if account_id is None:
            founded = actions.create_account(unit, account_name or name, name, email)
            inboxes.create_first_inbox(unit, founded.scope, founded.actor)
            return actions.invite(unit, founded.scope, founded.actor, founded.actor.user_id)
        scope = views.open_account(unit, account_id)
        administrator = views.administrator(unit, scope)
        set_id = views.user(unit, scope, administrator.user_id).permission_set_id
        user_id = actions.create_user(unit, scope, administrator, name, email, set_id).id
        return actions.invite(unit, scope, administrator, user_id)

    with opened(settings) as engine:
        return f"{settings.origin}/invite/{engine.write_and_wait(add)}"


def create_token(settings: Settings, account_id: int, name: str, scopes: list[str]) -> str:
    """Makes an API token for an account and returns it."""

    def create(unit: UnitOfWork) -> str:
        scope = views.open_account(unit, account_id)
        wanted = parse_permissions(scopes, "scopes")
        return actions.create_token(unit, scope, views.administrator(unit, scope), name, wanted)[1]

    with opened(settings) as engine:
        return engine.write_and_wait(create)
