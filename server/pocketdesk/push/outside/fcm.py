"""Google's push service (FCM HTTP v1), with the tokens of a service account."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
from joserfc import jwt
from joserfc.jwk import RSAKey

from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.kernel.moments import HOUR, MINUTE, SECOND
from pocketdesk.outbound import Answer, Outbound, Request
from pocketdesk.people.model import PushTarget
from pocketdesk.push.actions import Sent
from pocketdesk.push.model import FcmKey, Push, Pushed, Unregistered
from pocketdesk.push.outside.payload import LIVES_S, collapse, facts

_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_GONE = frozenset({"UNREGISTERED", "SENDER_ID_MISMATCH"})


class Fcm:
    """Sends pushes to Android's devices. Data messages, so that the app's SDK shows them itself."""

    ORIGIN = "https://fcm.googleapis.com"
    TOKENS = "https://oauth2.googleapis.com/token"

    def __init__(
        self, outbound: Outbound, now: Callable[[], int], origin: str = ORIGIN, tokens: str = TOKENS
    ) -> None:
        self._outbound = outbound
        self._now = now
        self._origin = origin
        self._tokens = tokens
        self._bearers: dict[FcmKey, tuple[str, int]] = {}

    async def send(self, key: FcmKey, target: PushTarget, push: Push) -> Sent:
        """One push."""
        bearer = await self._bearer(key)
        if not isinstance(bearer, str):
            return bearer
        message = {
            "token": target.token,
            "data": {"hsTitle": push.title, "hsBody": push.body, "badge": str(push.badge), **facts(push)},
            "android": {"priority": "HIGH", "collapse_key": collapse(push), "ttl": f"{LIVES_S}s"},
        }
        answer = await self._outbound.ask(
            Request(
                f"{self._origin}/v1/projects/{key.project_id}/messages:send",
                "POST",
                {"authorization": f"Bearer {bearer}", "content-type": "application/json"},
                msgspec.json.encode({"message": message}),
                redirects=0,
                http2=True,
            )
        )
        if not isinstance(answer, Answer):
            return answer
        if answer.status == 200:
            return Pushed()
        status, codes = _error(answer)
        if codes & _GONE or (status == "INVALID_ARGUMENT" and "message.token" in codes):
            return Unregistered()
        if answer.status == 401:
            self._bearers.pop(key, None)
            return Retry(status)
        failure = answer.failure
        if isinstance(failure, Retry):
            # Google asks for a minute at least where it names no time.
            return Retry(status, failure.after_ms or (MINUTE if answer.status == 429 else None))
        return GiveUp(status)

    async def _bearer(self, key: FcmKey) -> str | Retry | GiveUp:
        known, until = self._bearers.get(key, ("", 0))
        if self._now() < until:
            return known
        at = self._now() // SECOND
        claims = {
            "iss": key.client_email,
            "scope": _SCOPE,
            "aud": self._tokens,
            "iat": at,
            "exp": at + HOUR // SECOND,
        }
        assertion = jwt.encode({"alg": "RS256"}, claims, RSAKey.import_key(key.private_key), ["RS256"])
        answer = await self._outbound.ask(
            Request(
                self._tokens,
                "POST",
                {"content-type": "application/x-www-form-urlencoded"},
                urlencode({"grant_type": _GRANT, "assertion": assertion}).encode(),
                redirects=0,
                http2=True,
            )
        )
        if not isinstance(answer, Answer):
            return answer
        if answer.failure is not None:
            return answer.failure
        try:
            given = msgspec.json.decode(answer.content, type=dict[str, Any])
            bearer, lives_s = str(given["access_token"]), int(given["expires_in"])
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError):
            return Retry("Google's answer holds no token")
        self._bearers[key] = bearer, self._now() + max(0, lives_s - 60) * SECOND
        return bearer


def _error(answer: Answer) -> tuple[str, set[str]]:
    """The status of an error, and what its details name: codes and fields."""
    usual = f"status {answer.status}"
    try:
        error: dict[str, Any] = msgspec.json.decode(answer.content)["error"]
        codes: set[str] = set()
        for detail in error.get("details", ()):
            codes.add(str(detail.get("errorCode", "")))
            codes |= {str(each.get("field", "")) for each in detail.get("fieldViolations", ())}
        return str(error.get("status") or usual), codes
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError):
        return usual, set()
