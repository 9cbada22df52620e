"""Web Push (RFC 8030), encrypted for the browser (RFC 8291) and signed with our VAPID key (RFC 8292)."""

import base64
import os
from collections.abc import Callable
from urllib.parse import urlsplit

import http_ece  # pyright: ignore[reportMissingTypeStubs]
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey

from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.kernel.moments import HOUR, SECOND
from pocketdesk.outbound import Answer, Outbound, Request
from pocketdesk.people.model import PushTarget
from pocketdesk.push.actions import Sent
from pocketdesk.push.model import Push, Pushed, Unregistered, WebPushKey
from pocketdesk.push.outside.payload import LIVES_S, facts
from pocketdesk.push.rules import public_key_of


class _Keys(msgspec.Struct):
    p256dh: str
    auth: str


class _Subscription(msgspec.Struct):
    """What a browser's `PushSubscription.toJSON()` gives."""

    endpoint: str
    keys: _Keys


class WebPush:
    """Sends pushes to browsers."""

    def __init__(self, outbound: Outbound, now: Callable[[], int]) -> None:
        self._outbound = outbound
        self._now = now

    async def send(self, key: WebPushKey, target: PushTarget, push: Push) -> Sent:
        """One push. The endpoint is the browser's word, so it is called like any stranger's address."""
        shown = {"title": push.title, "body": push.body, "badge": push.badge, **facts(push)}
        try:
            to = msgspec.json.decode(target.token, type=_Subscription)
            parts = urlsplit(to.endpoint)
            body = _encrypt(msgspec.json.encode(shown), to.keys)
        except (msgspec.MsgspecError, ValueError, http_ece.ECEException):
            return Unregistered()
        if parts.scheme != "https" or not parts.hostname:
            return Unregistered()
        signed = self._signature(key, f"{parts.scheme}://{parts.netloc}")
        answer = await self._outbound.ask(
            Request(
                to.endpoint,
                "POST",
                {
                    "authorization": f"vapid t={signed},k={public_key_of(key.private_key)}",
                    "content-encoding": "aes128gcm",
                    "content-type": "application/octet-stream",
                    "ttl": str(LIVES_S),
                    "topic": f"pd{push.conversation_id}"[:32],
                    "urgency": "high",
                },
                body,
                redirects=0,
                http2=True,
            )
        )
        if not isinstance(answer, Answer):
            return answer
        if answer.status in {404, 410}:
            return Unregistered()
        failure: Retry | GiveUp | None = answer.failure
        return failure or Pushed()

    def _signature(self, key: WebPushKey, audience: str) -> str:
        claims = {
            "aud": audience,
            "exp": (self._now() + 12 * HOUR) // SECOND,
            "sub": key.subject,
        }
        return jwt.encode({"alg": "ES256"}, claims, ECKey.import_key(key.private_key), ["ES256"])


def _encrypt(plain: bytes, keys: _Keys) -> bytes:
    encrypt: Callable[..., bytes] = http_ece.encrypt  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return encrypt(
        plain,
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_decoded(keys.p256dh),
        auth_secret=_decoded(keys.auth),
        version="aes128gcm",
    )


def _decoded(word: str) -> bytes:
    return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
