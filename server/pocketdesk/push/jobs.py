"""Pushes, one job per device: look if there still is something to tell, hand it over, note what came of it."""

from collections.abc import Callable, Mapping
from typing import cast

from pocketdesk.accounts import views as accounts
from pocketdesk.jobs import Every, Leased, Scheduled
from pocketdesk.jobs.model import Ending, GiveUp, Retry
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import MINUTE
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people.model import PushProvider, PushTarget
from pocketdesk.push import actions, views
from pocketdesk.push.model import Key, Push
from pocketdesk.push.outside import Services
from pocketdesk.storage import Engine, Reader

WAKE = "push.wake"
SCHEDULES = (Scheduled(WAKE, Every(MINUTE)),)


def runs(
    engine: Engine, services: Services, sealing_key: Callable[[], bytes], now: Callable[[], int]
) -> Mapping[str, Run]:
    """What this feature does later, by kind. `now` is UTC milliseconds."""

    async def read(job: Leased) -> Ending:
        while await engine.write(
            lambda unit: actions.read_ledger(unit, accounts.open_account(unit, job.account_id))
        ):
            pass
        return None

    async def tell(job: Leased) -> Ending:
        await engine.write(
            lambda unit: actions.tell(
                unit, accounts.open_account(unit, job.account_id), _number(job, "conversation_id")
            )
        )
        return None

    def look(reader: Reader, job: Leased) -> tuple[AccountScope, Key | None, PushTarget, Push] | None:
        scope = accounts.open_account(reader, job.account_id)
        news = views.news(reader, scope, _number(job, "conversation_id"), now())
        found = news.for_device(_number(job, "device_id")) if news else None
        if found is None or found[0].push is None:
            return None
        target = found[0].push
        return scope, views.key(reader, scope, target.provider, sealing_key()), target, found[1]

    async def send(job: Leased) -> Ending:
        found = await engine.read(lambda reader: look(reader, job))
        if found is None:
            return None
        scope, key, target, push = found
        if key is None:
            return None
        sent = await services.send(key, target, push)
        kind: PushProvider = target.provider
        await engine.write(lambda unit: actions.note_sent(unit, scope, _number(job, "device_id"), kind, sent))
        return sent if isinstance(sent, Retry | GiveUp) else None

    async def wake(_job: Leased) -> Ending:
        after: int | None = 0
        while after is not None:
            after = await engine.write(lambda unit, after=after: actions.wake_all(unit, after))
        return None

    return {actions.READ: read, actions.TELL: tell, actions.SEND: send, WAKE: wake}


def _number(job: Leased, name: str) -> int:
    return cast("int", job.payload[name])
