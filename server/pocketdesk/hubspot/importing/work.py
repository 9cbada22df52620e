"""One import on its way: a page of contacts at a time, with what they have subscribed to; then their conversations, and
articles at the end.

Nothing is remembered between two imports: what is here already is found again, so an import that was cut off goes on
when it is started again.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import Actor
from pocketdesk.consent import views as consent
from pocketdesk.consent.model import SubscriptionStatus
from pocketdesk.hubspot.importing import writing
from pocketdesk.hubspot.importing.articles import Articles, HelpCenters
from pocketdesk.hubspot.importing.checksum import added, checksum_of
from pocketdesk.hubspot.importing.conversations import Conversations, People
from pocketdesk.hubspot.importing.mapping import to_wanted
from pocketdesk.hubspot.importing.model import Outcome, Report, SourceFailed, Tally, Wanted
from pocketdesk.hubspot.importing.source import Absent, Contact, Source
from pocketdesk.kernel.refusal import NotFound, Refusal
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Engine, Reader

CONTACTS = "contacts"
SUBSCRIPTIONS = "subscriptions"
CONVERSATIONS = "conversations"
ARTICLES = "articles"
USERS_AT_ONCE = 100
UNKNOWN_OWNER = "an owner who is no active user here"
_STATUSES = {
    "SUBSCRIBED": SubscriptionStatus.SUBSCRIBED,
    "UNSUBSCRIBED": SubscriptionStatus.UNSUBSCRIBED,
}


@dataclass(frozen=True, slots=True)
class _Here:
    """What things of the source are matched with: our users by address, our subscription types by name."""

    scope: AccountScope
    actor: Actor
    users: dict[str, int]
    types: dict[str, int]


@dataclass(slots=True)
class _Line:
    """A contact that is here now, and its owner here."""

    wanted: Wanted
    owner_id: int | None
    stays: tuple[str, ...]


class Work:
    """Brings over what can be, and counts what cannot."""

    def __init__(
        self,
        engine: Engine,
        account_id: int,
        source: Source,
        tell: Callable[[str], object],
        extra: Sequence[str] = (),
        centers: HelpCenters | None = None,
        inbox: str | None = None,
        *,
        dry_run: bool,
    ) -> None:
        self._engine = engine
        self._account_id = account_id
        self._source = source
        self._tell = tell
        self._extra = extra
        self._centers = centers
        self._inbox = inbox
        self._came: dict[str, str] = {}
        self._report = Report(
            dry_run, {kind: Tally() for kind in (CONTACTS, SUBSCRIPTIONS, CONVERSATIONS, ARTICLES)}
        )

    async def run(self) -> Report:
        """What came; if the source fails on the way, what came until then. `NotFound` for an unknown account."""
        here = await self._engine.read(self._here)
        try:
            owners = await self._source.owners()
            names = [*await self._source.property_names(), *self._extra]
            async for page in self._source.contacts(names):
                addresses = await self._contacts(here, owners, page)
                if addresses and here.types:
                    await self._subscriptions(here, addresses)
                self._tell(f"{self._report.kinds[CONTACTS].found} contacts seen")
            await self._conversations(here)
            await self._articles(here)
        except SourceFailed as wrong:
            self._report.stopped = wrong.message
        return self._report

    async def _contacts(self, here: _Here, owners: dict[str, str], page: Sequence[Contact]) -> list[str]:
        tally = self._report.kinds[CONTACTS]
        done = await asyncio.gather(*(self._contact(here, owners, each, tally) for each in page))
        lines = [line for line in done if line is not None]
        addresses = [line.wanted.email for line in lines]
        held = await self._engine.read(lambda reader: writing.held_of(reader, here.scope, addresses))
        for line in lines:
            given = _given(line)
            tally.given = added(tally.given, checksum_of(given))
            if line.wanted.email in held:
                there = {name: held[line.wanted.email].get(name) for name in given}
                tally.held = added(tally.held, checksum_of(there))
        return list(dict.fromkeys(addresses))

    async def _contact(
        self, here: _Here, owners: dict[str, str], found: Contact, tally: Tally
    ) -> _Line | None:
        wanted = to_wanted(found.properties)
        if isinstance(wanted, str):
            tally.skip(wanted)
            return None
        owner_id = here.users.get(owners.get(wanted.owner_id or "", "").casefold())
        try:
            outcome, stays = await self._engine.write(
                lambda unit: writing.put_contact(
                    unit, here.scope, here.actor, wanted, owner_id, dry_run=self._report.dry_run
                )
            )
        except Refusal as wrong:
            outcome, stays = wrong.message, ()
        if not isinstance(outcome, Outcome):
            tally.skip(outcome)
            return None
        tally.outcomes[outcome] += 1
        self._came[found.id] = wanted.email
        tally.left_out.update(wanted.left_out)
        tally.left_out.update(f"{name} is another here" for name in stays)
        if wanted.owner_id and owner_id is None:
            tally.left_out[UNKNOWN_OWNER] += 1
        return _Line(wanted, owner_id, stays)

    async def _subscriptions(self, here: _Here, addresses: list[str]) -> None:
        tally = self._report.kinds[SUBSCRIPTIONS]
        try:
            found = await self._source.statuses(addresses)
        except Absent as wrong:
            tally.left_out[f"addresses not asked about: {wrong.message}"] += len(addresses)
            return
        asked = set(addresses)
        said = [
            (each.subscriberIdString.strip().lower(), one.subscriptionName, _STATUSES[one.status])
            for each in found
            for one in each.statuses
            if one.status in _STATUSES
        ]
        await asyncio.gather(*(self._subscription(here, tally, *each) for each in said if each[0] in asked))

    async def _conversations(self, here: _Here) -> None:
        conversations = Conversations(
            self._engine,
            here.scope,
            here.actor,
            self._source,
            People(here.users, self._came),
            self._inbox,
            self._tell,
            self._report.kinds[CONVERSATIONS],
            dry_run=self._report.dry_run,
        )
        await conversations.run()

    async def _articles(self, here: _Here) -> None:
        articles = Articles(
            self._engine,
            here.scope,
            here.actor,
            self._source,
            self._centers,
            self._tell,
            self._report.kinds[ARTICLES],
            dry_run=self._report.dry_run,
        )
        await articles.run()

    async def _subscription(
        self, here: _Here, tally: Tally, address: str, name: str, status: SubscriptionStatus
    ) -> None:
        type_id = here.types.get(name.casefold())
        if type_id is None:
            tally.skip(f"there is no subscription type {name[:100]!r} here")
            return
        outcome = await self._engine.write(
            lambda unit: writing.put_subscription(
                unit, here.scope, here.actor, address, type_id, status, dry_run=self._report.dry_run
            )
        )
        if not isinstance(outcome, Outcome):
            tally.skip(outcome)
            return
        tally.outcomes[outcome] += 1
        held = await self._engine.read(
            lambda reader: writing.subscriptions_of(reader, here.scope, address).get(type_id)
        )
        given = {"email": address, "type": str(type_id)}
        tally.given = added(tally.given, checksum_of({**given, "status": status.value}))
        tally.held = added(tally.held, checksum_of({**given, "status": held.value if held else None}))

    def _here(self, reader: Reader) -> _Here:
        try:
            scope = accounts.open_account(reader, self._account_id)
            actor = accounts.administrator(reader, scope)
        except NotFound:
            raise NotFound(
                "there is no such account, or none of its administrators has a password yet"
            ) from None
        users: dict[str, int] = {}
        after: str | None = None
        while True:
            page = accounts.users(reader, scope, USERS_AT_ONCE, after)
            users |= {each.email.casefold(): each.id for each in page.items if each.is_active}
            if (after := page.after) is None:
                break
        types = {
            each.name.casefold(): each.id
            for each in consent.subscription_types(reader, scope)
            if each.archived_at is None
        }
        return _Here(scope, actor, users, types)


def _given(line: _Line) -> dict[str, str | None]:
    """What should be found of a contact here, but for what stays as it is here."""
    given: dict[str, str | None] = {"email": line.wanted.email, **line.wanted.properties}
    if line.owner_id is not None:
        given["hubspot_owner_id"] = str(line.owner_id)
    return {name: value for name, value in given.items() if name not in line.stays}
