"""Forgets visitors who never wrote, sessions and tokens that nobody can use any more, and old counts."""

from collections.abc import Mapping

from pocketdesk.jobs import Every, Leased, Scheduled
from pocketdesk.jobs.model import Ending
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import HOUR
from pocketdesk.people import actions
from pocketdesk.storage import Engine

SWEEP = "people.sweep"
SCHEDULES = (Scheduled(SWEEP, Every(HOUR)),)


def runs(engine: Engine) -> Mapping[str, Run]:
    """What this feature does later, by kind."""

    async def sweep(_job: Leased) -> Ending:
        for some in (
            actions.sweep_sessions,
            actions.sweep_visitors,
            actions.sweep_tokens,
            actions.sweep_days,
            actions.sweep_devices,
        ):
            while await engine.write(some):
                pass
        return None

    return {SWEEP: sweep}
