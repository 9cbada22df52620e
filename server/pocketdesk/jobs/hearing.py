"""Hearing of what a process commits: an account with news is noted a moment later, in a transaction of its own."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from pocketdesk.kernel.events import Event, Recorded
from pocketdesk.storage import Engine, Outcome, UnitOfWork

MOMENT_S = 0.2
"""So that a busy account costs five small writes a second at most."""

_log = logging.getLogger(__name__)


def hear(
    engine: Engine, concerns: Callable[[Event], bool], note: Callable[[UnitOfWork, int], None]
) -> Callable[[Mapping[int, Sequence[Recorded]]], None]:
    """What listens to an engine's commits, to be made in the event loop that the process runs in.

    `note` enqueues what reads the ledger of an account (by id) in which something `concerns` it. A process that dies in
    that moment hears nothing, so a schedule has to look as well.
    """
    loop = asyncio.get_running_loop()
    waiting: set[int] = set()

    def tell(account_id: int) -> None:
        waiting.discard(account_id)
        engine.submit(lambda unit: note(unit, account_id), _heard)

    def wait(accounts: Sequence[int]) -> None:
        for account_id in accounts:
            if account_id not in waiting:
                waiting.add(account_id)
                loop.call_later(MOMENT_S, tell, account_id)

    def committed(news: Mapping[int, Sequence[Recorded]]) -> None:
        concerned = [
            account_id for account_id, facts in news.items() if any(concerns(each.event) for each in facts)
        ]
        if concerned:
            loop.call_soon_threadsafe(wait, concerned)

    return committed


def _heard(outcome: Outcome[None]) -> None:
    if outcome.error is not None:
        _log.warning("news could not be noted at once: %s", outcome.error)
