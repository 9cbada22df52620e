"""The installation's own regular work on its storage."""

from pocketdesk.jobs.model import Leased
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import DAY
from pocketdesk.storage import Engine, ledger

KEEP_MS = 30 * DAY


def trim_ledger(engine: Engine, keep_ms: int = KEEP_MS) -> Run:
    """What removes events older than `keep_ms` from every account's ledger, in small transactions."""

    async def run(_: Leased) -> None:
        after = 0
        while accounts := await engine.read(lambda reader, after=after: ledger.accounts(reader, after, 100)):
            for account_id in accounts:
                while await engine.write(
                    lambda unit, account_id=account_id: ledger.trim(unit, account_id, unit.now - keep_ms)
                ):
                    pass
            after = accounts[-1]

    return run
