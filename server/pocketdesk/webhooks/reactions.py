"""Webhooks hear of what this process commits: the ledgers of accounts with news are read a moment later."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence

from pocketdesk.kernel.events import Recorded
from pocketdesk.storage import Engine, Outcome
from pocketdesk.webhooks import actions, rules

MOMENT_S = 0.2
"""So that a busy account costs five small writes a second at most. What nobody hears of is found within a minute."""

_log = logging.getLogger(__name__)


def react(engine: Engine) -> Callable[[Mapping[int, Sequence[Recorded]]], None]:
    """What listens to an engine's commits. To be called in the event loop that the process runs in."""
    loop = asyncio.get_running_loop()
    waiting: set[int] = set()

    def notice(account_id: int) -> None:
        waiting.discard(account_id)
        engine.submit(lambda unit: actions.notice(unit, account_id), _heard)

    def hear(accounts: Sequence[int]) -> None:
        for account_id in accounts:
            if account_id not in waiting:
                waiting.add(account_id)
                loop.call_later(MOMENT_S, notice, account_id)

    def committed(news: Mapping[int, Sequence[Recorded]]) -> None:
        concerned = [
            account_id for account_id, facts in news.items() if any(rules.told(each.event) for each in facts)
        ]
        if concerned:
            loop.call_soon_threadsafe(hear, concerned)

    return committed


def _heard(outcome: Outcome[None]) -> None:
    if outcome.error is not None:
        _log.warning("webhooks could not follow at once: %s", outcome.error)
