"""Apple's push service: HTTP/2, signed with a token key (provider authentication tokens)."""

import re
from collections.abc import Callable

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey

from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.kernel.moments import MINUTE, SECOND
from pocketdesk.outbound import Answer, Outbound, Request
from pocketdesk.people.model import PushTarget
from pocketdesk.push.actions import Sent
from pocketdesk.push.model import ApnsKey, Push, Pushed, Unregistered
from pocketdesk.push.outside.payload import LIVES_S, collapse, facts

_TOKEN = re.compile(r"[0-9a-fA-F]{16,200}")
_SIGNED_FOR_MS = 40 * MINUTE
"""Apple takes a token for an hour, and minds new ones more often than every 20 minutes."""
_GONE = frozenset({"BadDeviceToken", "Unregistered", "DeviceTokenNotForTopic", "ExpiredToken"})


class Apns:
    """Sends pushes to Apple's devices."""

    ORIGIN = "https://api.push.apple.com"
    SANDBOX = "https://api.sandbox.push.apple.com"

    def __init__(
        self, outbound: Outbound, now: Callable[[], int], origin: str = ORIGIN, sandbox: str = SANDBOX
    ) -> None:
        self._outbound = outbound
        self._now = now
        self._origins = {False: origin, True: sandbox}
        self._signed: dict[ApnsKey, tuple[str, int]] = {}

    async def send(self, key: ApnsKey, target: PushTarget, push: Push) -> Sent:
        """One push. A token that is none, or of another app, is as good as gone."""
        if not _TOKEN.fullmatch(target.token):
            return Unregistered()
        if target.topic is None:
            return GiveUp("the app did not say its bundle id")
        answer = await self._outbound.ask(
            Request(
                f"{self._origins[target.sandbox]}/3/device/{target.token}",
                "POST",
                {
                    "authorization": f"bearer {self._token(key)}",
                    "apns-topic": target.topic,
                    "apns-push-type": "alert",
                    "apns-priority": "10",
                    "apns-expiration": str(self._now() // SECOND + LIVES_S),
                    "apns-collapse-id": collapse(push),
                },
                msgspec.json.encode(_payload(push)),
                redirects=0,
                http2=True,
            )
        )
        if not isinstance(answer, Answer):
            return answer
        if answer.status == 200:
            return Pushed()
        reason = _reason(answer)
        if answer.status == 410 or reason in _GONE:
            return Unregistered()
        if reason == "ExpiredProviderToken":
            self._signed.pop(key, None)
            return Retry(reason)
        failure = answer.failure
        after_ms = failure.after_ms if isinstance(failure, Retry) else None
        return Retry(reason, after_ms) if isinstance(failure, Retry) else GiveUp(reason)

    def _token(self, key: ApnsKey) -> str:
        known, until = self._signed.get(key, ("", 0))
        if self._now() < until:
            return known
        claims = {"iss": key.team_id, "iat": self._now() // SECOND}
        signed = jwt.encode(
            {"alg": "ES256", "kid": key.key_id}, claims, ECKey.import_key(key.private_key), ["ES256"]
        )
        self._signed[key] = signed, self._now() + _SIGNED_FOR_MS
        return signed


def _payload(push: Push) -> dict[str, object]:
    return {
        "aps": {
            "alert": {"title": push.title, "body": push.body},
            "badge": push.badge,
            "sound": "default",
            "thread-id": collapse(push),
        },
        **facts(push),
    }


def _reason(answer: Answer) -> str:
    try:
        found = msgspec.json.decode(answer.content, type=dict[str, object]).get("reason")
    except msgspec.MsgspecError:
        found = None
    return found if isinstance(found, str) and found else f"status {answer.status}"
