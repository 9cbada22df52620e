"""Conversations on their way: each comes as one that is over, with the words, moments and authors that it had.

What was said is known again by HubSpot's ids, so what is said there later comes to its end by another run.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from pocketdesk.accounts.model import Actor
from pocketdesk.hubspot.importing.checksum import added
from pocketdesk.hubspot.importing.model import Outcome, Tally
from pocketdesk.hubspot.importing.recording import PastThread, given_of, held_of, put_thread
from pocketdesk.hubspot.importing.said import Said, Voice, agents_in, moment_of, said_in, visitor_in
from pocketdesk.hubspot.importing.source import Absent, Source, Thread, ThreadMessage
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.refusal import Invalid, Refusal
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Engine, Reader, UnitOfWork

AT_ONCE = 4
INBOXES_AT_ONCE = 100
SPAM = "it is spam"
NO_WORDS = "nothing was said in it"
GONE = "it is gone there"
STILL_OPEN = "open there, closed here"


class _Undone(Exception):
    """Takes back what a dry run has written."""


@dataclass(frozen=True, slots=True)
class People:
    """Whom authors are matched with: our users by address, and addresses of contacts that came by HubSpot's ids."""

    users: Mapping[str, int]
    contacts: Mapping[str, str]


class Conversations:
    """Brings conversations into inboxes of the same name, or into the one that takes all others."""

    def __init__(
        self,
        engine: Engine,
        scope: AccountScope,
        actor: Actor,
        source: Source,
        people: People,
        inbox: str | None,
        tell: Callable[[str], object],
        tally: Tally,
        *,
        dry_run: bool,
    ) -> None:
        self._engine = engine
        self._scope = scope
        self._actor = actor
        self._source = source
        self._people = people
        self._inbox = inbox
        self._tell = tell
        self._tally = tally
        self._dry_run = dry_run
        self._here: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._voices: dict[str, Voice] = {}

    async def run(self) -> None:
        """All of them. `Invalid` at `inbox` if there is none of that name; `SourceFailed`."""
        self._here = await self._engine.read(self._inboxes)
        if self._inbox is not None and self._inbox.casefold() not in self._here:
            raise Invalid({"inbox": f"there is no inbox {self._inbox!r} here"})
        try:
            self._names = {each.id: each.name for each in await self._source.inboxes()}
            async for page in self._source.threads():
                for start in range(0, len(page), AT_ONCE):
                    await self._bring(page[start : start + AT_ONCE])
                self._tell(f"{self._tally.found} conversations seen")
        except Absent as wrong:
            self._tally.left_out[f"not read: {wrong.message}"] += 1

    async def _bring(self, threads: Sequence[Thread]) -> None:
        wanted = [(each, inbox_id) for each in threads if (inbox_id := self._inbox_of(each)) is not None]
        asked = (self._source.messages(each.id) for each, _ in wanted)
        for (thread, inbox_id), found in zip(
            wanted, await asyncio.gather(*asked, return_exceptions=True), strict=True
        ):
            if isinstance(found, Absent):
                self._tally.skip(GONE)
            elif isinstance(found, BaseException):
                raise found
            else:
                await self._thread(thread, inbox_id, found)

    def _inbox_of(self, thread: Thread) -> int | None:
        if thread.spam:
            self._tally.skip(SPAM)
            return None
        name = self._names.get(thread.inboxId, "")
        found = self._here.get(name.casefold(), self._here.get((self._inbox or "").casefold()))
        if found is None:
            self._tally.skip(f"there is no inbox {name[:100]!r} here")
        return found

    async def _thread(self, thread: Thread, inbox_id: int, messages: Sequence[ThreadMessage]) -> None:
        await self._meet(agents_in(messages))
        said: list[Said] = []
        for each in messages:
            words, lost = said_in(each, self._voice, self._actor.user_id)
            said += words
            self._tally.left_out.update(lost)
        if not said:
            self._tally.skip(NO_WORDS)
            return
        said.sort(key=lambda each: each.at)
        past = PastThread(
            thread.id,
            inbox_id,
            thread.associatedContactId or thread.id,
            visitor_in(messages),
            self._people.contacts.get(thread.associatedContactId or ""),
            tuple(said),
            moment_of(thread.closedAt) or moment_of(thread.latestMessageTimestamp) or said[-1].at,
        )
        try:
            outcome, conversation_id = await self._put(past)
        except Refusal as wrong:
            self._tally.skip(wrong.message)
            return
        self._tally.outcomes[outcome] += 1
        if thread.status == "OPEN":
            self._tally.left_out[STILL_OPEN] += 1
        self._tally.given = added(self._tally.given, given_of(past))
        if not self._dry_run:
            held = await self._engine.read(lambda reader: held_of(reader, self._scope, past, conversation_id))
            self._tally.held = added(self._tally.held, held)

    async def _put(self, past: PastThread) -> tuple[Outcome, int]:
        done: list[tuple[Outcome, int]] = []

        def put(unit: UnitOfWork) -> None:
            done[:] = [put_thread(unit, self._scope, self._actor, past)]
            if self._dry_run:
                raise _Undone

        with suppress(_Undone):
            await self._engine.write(put)
        return done[0]

    async def _meet(self, actor_ids: set[str]) -> None:
        """Finds out who agents are that did not write before."""
        new = sorted(actor_ids - self._voices.keys())
        if not new:
            return
        self._voices |= dict.fromkeys(new, Voice(None, ""))
        for each in await self._source.faces(new):
            user_id = self._people.users.get((each.email or "").casefold())
            self._voices[each.id] = Voice(user_id, each.name or each.email or "")

    def _voice(self, actor_id: str) -> Voice:
        return self._voices.get(actor_id) or Voice(None, "")

    def _inboxes(self, reader: Reader) -> dict[str, int]:
        found: dict[str, int] = {}
        after: str | None = None
        while True:
            page = inboxes.all_inboxes(reader, self._scope, INBOXES_AT_ONCE, after)
            found |= {
                each.card.name.casefold(): each.card.id
                for each in page.items
                if each.card.archived_at is None
            }
            if (after := page.after) is None:
                return found
