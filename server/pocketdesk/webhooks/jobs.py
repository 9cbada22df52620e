"""Reads the ledger for webhooks, and sends what they are to be told: in order per conversation, one try at a time."""

from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from pocketdesk.accounts import views as accounts
from pocketdesk.jobs import Every, Later, Leased, Scheduled
from pocketdesk.jobs.model import Ending
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import DAY, MINUTE
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Engine, Reader
from pocketdesk.webhooks import actions, views
from pocketdesk.webhooks.model import Delivery, DeliveryState, Format, Outcome, Told, Webhook
from pocketdesk.webhooks.outside import Sender

WAKE = "webhooks.wake"
SWEEP = "webhooks.sweep"
SCHEDULES = (Scheduled(WAKE, Every(MINUTE)), Scheduled(SWEEP, Every(DAY)))

IN_A_ROW = 50
"""Deliveries of one conversation before others get their turn."""


Dress: TypeAlias = Callable[
    [Reader, AccountScope, Told, tuple[bytes, ...], int], tuple[dict[str, str], bytes] | None
]
"""How a format writes a delivery, signed with the secrets at a moment (UTC ms): headers that prove whose it is, and the
body. None: it has no words for it."""


def plain_dress(
    write: Callable[[Told, tuple[bytes, ...], int], tuple[dict[str, str], bytes] | None],
) -> Dress:
    """For a format that needs nothing but the fact and its conversation."""
    return lambda _reader, _scope, told, secrets, now: write(told, secrets, now)


class Lanes:
    """Sends the deliveries of one process. `dress` has every format; `now` is UTC milliseconds."""

    def __init__(
        self,
        engine: Engine,
        sender: Sender,
        sealing_key: Callable[[], bytes],
        dress: Mapping[Format, Dress],
        now: Callable[[], int],
    ) -> None:
        self._engine = engine
        self._sender = sender
        self._sealing_key = sealing_key
        self._dress = dress
        self._now = now

    async def send(self, job: Leased) -> Ending:
        """Sends what waits of one webhook and conversation, oldest first, until a try fails."""
        webhook_id = cast("int", job.payload["webhook_id"])
        conversation_id = cast("int", job.payload["conversation_id"])
        for _ in range(IN_A_ROW):
            found = await self._engine.read(
                lambda reader: self._next(reader, job.account_id, webhook_id, conversation_id)
            )
            if found is None:
                return None
            scope, webhook, delivery = found
            if delivery.next_at > self._now():
                return Later(delivery.next_at)
            claimed = await self._engine.write(
                lambda unit, scope=scope, delivery=delivery: actions.claim(unit, scope, delivery)
            )
            if claimed is None:
                return Later(self._now() + actions.TRY_MS)
            outcome = await self._try(scope, webhook, claimed)
            ended = await self._engine.write(
                lambda unit, scope=scope, claimed=claimed, outcome=outcome: actions.end_try(
                    unit, scope, claimed, outcome
                )
            )
            if ended.state is DeliveryState.WAITING:
                return Later(ended.next_at)
        return Later(self._now())

    def _next(
        self, reader: Reader, account_id: int, webhook_id: int, conversation_id: int
    ) -> tuple[AccountScope, Webhook, Delivery] | None:
        scope = accounts.open_account(reader, account_id)
        try:
            webhook = views.webhook(reader, scope, webhook_id)
        except NotFound:
            return None
        delivery = views.head(reader, scope, webhook_id, conversation_id) if webhook.is_on else None
        return (scope, webhook, delivery) if delivery else None

    async def _try(self, scope: AccountScope, webhook: Webhook, claimed: Delivery) -> Outcome:
        dressed = await self._engine.read(lambda reader: self._dressed(reader, scope, webhook, claimed))
        return dressed if isinstance(dressed, Outcome) else await self._sender.post(webhook.url, *dressed)

    def _dressed(
        self, reader: Reader, scope: AccountScope, webhook: Webhook, claimed: Delivery
    ) -> tuple[dict[str, str], bytes] | Outcome:
        fact, now = views.fact(reader, scope, claimed), self._now()
        if fact is None:
            # Trimmed, or its account's own doing: there is nothing left to tell, and that is no failure of theirs.
            return Outcome(None, None, 0)
        secrets = views.signing_secrets(reader, scope, webhook.id, self._sealing_key(), now)
        if not secrets:
            return Outcome(None, "the secret cannot be read: renew it", 0)
        told = Told(scope.account_id, webhook, claimed, *fact)
        return self._dress[webhook.format](reader, scope, told, secrets, now) or Outcome(None, None, 0)


def runs(engine: Engine, lanes: Lanes) -> Mapping[str, Run]:
    """What this feature does later, by kind."""

    async def read(job: Leased) -> Ending:
        while await engine.write(
            lambda unit: actions.read_ledger(unit, accounts.open_account(unit, job.account_id))
        ):
            pass
        return None

    async def wake(_job: Leased) -> Ending:
        after: int | None = 0
        while after is not None:
            after = await engine.write(lambda unit, after=after: actions.wake_all(unit, after))
        return None

    async def sweep(_job: Leased) -> Ending:
        while await engine.write(actions.sweep):
            pass
        return None

    return {actions.READ: read, actions.SEND: lanes.send, WAKE: wake, SWEEP: sweep}
