"""What an operator does from the command line, for whom no console stands open yet."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from pocketdesk.accounts import actions, views
from pocketdesk.accounts.rules.rights import parse_permissions
from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.app import clock
from pocketdesk.app.settings import Settings
from pocketdesk.hubspot.importing.articles import HelpCenters
from pocketdesk.hubspot.importing.asking import Asking, outbound_to
from pocketdesk.hubspot.importing.help_center import check_help_center
from pocketdesk.hubspot.importing.model import Report
from pocketdesk.hubspot.importing.source import Source, check_base_url
from pocketdesk.hubspot.importing.telling import to_json as report_of
from pocketdesk.hubspot.importing.telling import to_lines as lines_of
from pocketdesk.hubspot.importing.work import Work
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.storage import Engine, UnitOfWork

__all__ = ["create_token", "import_hubspot", "invite", "lines_of", "opened", "report_of"]


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


def import_hubspot(
    settings: Settings,
    account_id: int,
    base_url: str,
    token: str,
    properties: Sequence[str],
    help_centers: Sequence[str],
    base_name: str | None,
    inbox: str | None,
    *,
    dry_run: bool,
    tell: Callable[[str], object],
) -> Report:
    """Brings over what an account has at HubSpot; `tell` hears how far it is.

    `base_name`: the knowledge base for articles, made if it is missing; `inbox`: takes conversations of inboxes that
    have none of their name here. `Invalid` at `base_url`, `token`, `help_center`, `knowledge_base` or `inbox`.
    """

    async def bring(engine: Engine) -> Report:
        outbound = outbound_to(address, *addresses)
        asking = Asking(outbound, tell)
        centers = HelpCenters(asking, addresses, name)
        try:
            source = Source(address, token, asking)
            work = Work(engine, account_id, source, tell, properties, centers, inbox, dry_run=dry_run)
            return await work.run()
        finally:
            await outbound.aclose()

    address = check_base_url(base_url)
    addresses = tuple(dict.fromkeys(map(check_help_center, help_centers)))
    name = None if base_name is None else clean_name(base_name, "knowledge_base")
    with opened(settings) as engine:
        return asyncio.run(bring(engine))
