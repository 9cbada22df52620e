"""The shell to the servers that webhooks call."""

import time

from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.outbound import Answer, Outbound, Request
from pocketdesk.webhooks.model import Outcome

PATIENCE_S = 15.0
MOST_ANSWER_BYTES = 64 * 1024


class Sender:
    """Sends deliveries, one try each."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        """One try. A redirect is a failure: nobody but the address that was given is told anything."""
        began = time.monotonic()
        answer = await self._outbound.ask(
            Request(
                url,
                "POST",
                {"content-type": "application/json"} | headers,
                body,
                redirects=0,
                most_bytes=MOST_ANSWER_BYTES,
                patience_s=PATIENCE_S,
            )
        )
        took_ms = round((time.monotonic() - began) * 1_000)
        match answer:
            case Answer(status=status):
                failure = answer.failure
                after_ms = failure.after_ms if isinstance(failure, Retry) else None
                return Outcome(status, failure.reason if failure else None, took_ms, after_ms)
            case Retry(reason) | GiveUp(reason):
                return Outcome(None, reason, took_ms)
