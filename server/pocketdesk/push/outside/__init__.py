"""The shells to the services that bring pushes to devices. What goes wrong there is a value, never an exception."""

from collections.abc import Callable

from pocketdesk.outbound import Outbound
from pocketdesk.people.model import PushTarget
from pocketdesk.push.actions import Sent
from pocketdesk.push.model import ApnsKey, FcmKey, Key, Push, WebPushKey
from pocketdesk.push.outside.apns import Apns
from pocketdesk.push.outside.fcm import Fcm
from pocketdesk.push.outside.webpush import WebPush


class Services:
    """All of them. `now` is UTC milliseconds; the origins are Apple's and Google's but in tests."""

    def __init__(
        self,
        outbound: Outbound,
        now: Callable[[], int],
        *,
        apns: str = Apns.ORIGIN,
        apns_sandbox: str = Apns.SANDBOX,
        fcm: str = Fcm.ORIGIN,
        google_tokens: str = Fcm.TOKENS,
    ) -> None:
        self._apns = Apns(outbound, now, apns, apns_sandbox)
        self._fcm = Fcm(outbound, now, fcm, google_tokens)
        self._webpush = WebPush(outbound, now)

    async def send(self, key: Key, target: PushTarget, push: Push) -> Sent:
        """One push to one device."""
        match key:
            case ApnsKey():
                return await self._apns.send(key, target, push)
            case FcmKey():
                return await self._fcm.send(key, target, push)
            case WebPushKey():
                return await self._webpush.send(key, target, push)
