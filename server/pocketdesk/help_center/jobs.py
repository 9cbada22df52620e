"""Forgets what told readers apart, and what was sought long ago."""

from collections.abc import Mapping

from pocketdesk.help_center import actions
from pocketdesk.jobs import Cron, Leased, Scheduled
from pocketdesk.jobs.model import Ending
from pocketdesk.jobs.worker import Run
from pocketdesk.storage import Engine

SWEEP = "help_center.sweep"
SCHEDULES = (Scheduled(SWEEP, Cron("20 3 * * *")),)


def runs(engine: Engine) -> Mapping[str, Run]:
    """What this feature does later, by kind."""

    async def sweep(_job: Leased) -> Ending:
        for some in (actions.sweep_readers, actions.sweep_terms):
            while await engine.write(some):
                pass
        return None

    return {SWEEP: sweep}
