"""Removes sessions, invitations, tokens and connections that nobody can use any more."""

from collections.abc import Mapping

from pocketdesk.accounts import actions
from pocketdesk.jobs import Every, Leased, Scheduled
from pocketdesk.jobs.model import Ending
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import HOUR
from pocketdesk.storage import Engine

SWEEP = "accounts.sweep"
SCHEDULES = (Scheduled(SWEEP, Every(HOUR)),)


def runs(engine: Engine) -> Mapping[str, Run]:
    """What this feature does later, by kind."""

    async def sweep(_job: Leased) -> Ending:
        for some in (actions.sweep, actions.sweep_connections):
            while await engine.write(some):
                pass
        return None

    return {SWEEP: sweep}
