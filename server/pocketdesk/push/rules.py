"""What a push says, and which keys are taken."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey

from pocketdesk.conversations.model import Message
from pocketdesk.kernel import text
from pocketdesk.kernel.moments import SECOND
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.people.model import PushProvider
from pocketdesk.push.model import ApnsKey, FcmKey, Key, WebPushKey

QUIET_MS = 3 * SECOND
"""So long a push waits: whoever is reading in the app has read by then."""
LONGEST_TITLE = 80
LONGEST_BODY = 240
_APPLE_ID = re.compile(r"[A-Z0-9]{10}")
_PROJECT = re.compile(r"[a-z][a-z0-9-]{4,29}")
_EMAIL = re.compile(r"[^@\s]{1,100}@[a-z0-9.-]{1,150}")


class NoProvider(NotFound):
    """The account cannot push by this service."""

    code = "no_push_provider"


def compose(
    unread: int, newest: Message | None, name: str, words: Mapping[str, str], account_name: str
) -> tuple[str, str]:
    """Title and body. Without `newest` (not proven, or not wanted) nothing is told but that there is something new."""
    if newest is None:
        form = "threads.unread.one" if unread == 1 else "threads.unread.other"
        return _short(account_name, LONGEST_TITLE), words[form].format(count=unread)
    said = text.from_json(json.loads(newest.content)).plain
    return _short(name, LONGEST_TITLE), _short(" ".join(said.split()), LONGEST_BODY)


def parse_apns(key_id: str, team_id: str, private_key: str) -> ApnsKey:
    """A token key from what Apple's developer site gives; `Invalid` at the field that cannot be one."""
    for name, value in (("key_id", key_id), ("team_id", team_id)):
        if not _APPLE_ID.fullmatch(value):
            raise Invalid({name: "must be ten capital letters and digits"})
    loaded = _load(private_key, "private_key")
    if not isinstance(loaded, EllipticCurvePrivateKey) or not isinstance(loaded.curve, SECP256R1):
        raise Invalid({"private_key": "must be the .p8 file of a token key"})
    return ApnsKey(key_id, team_id, private_key)


def parse_fcm(service_account: str) -> FcmKey:
    """A service account from the JSON file that Firebase's console gives; `Invalid` at `service_account`.

    Where it says that its tokens are had is not looked at: they are had from Google.
    """
    try:
        given: Any = json.loads(service_account)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Invalid({"service_account": "must be the JSON file of a service account"})
    fields = cast("dict[str, object]", given)
    project_id, email, private_key = (
        str(fields.get(name, "")) for name in ("project_id", "client_email", "private_key")
    )
    if not _PROJECT.fullmatch(project_id) or not _EMAIL.fullmatch(email):
        raise Invalid({"service_account": "must name a project_id and a client_email"})
    if not isinstance(_load(private_key, "service_account"), RSAPrivateKey):
        raise Invalid({"service_account": "must hold an RSA private_key"})
    return FcmKey(project_id, email, private_key)


def check_subject(subject: str) -> str:
    """Whom push services can write to; `Invalid` at `subject` if nobody."""
    found = subject.strip()
    if not re.fullmatch(r"(mailto:[^\s@]{1,100}@[\w.-]{1,150}|https://[\w./-]{1,200})", found, re.ASCII):
        raise Invalid({"subject": "must be mailto:... or https://..."})
    return found


def name_of(key: Key) -> str:
    """What people see of a key."""
    match key:
        case ApnsKey():
            return f"{key.team_id} · {key.key_id}"
        case FcmKey():
            return key.project_id
        case WebPushKey():
            return key.subject


def kind_of(key: Key) -> PushProvider:
    """By whose service it pushes."""
    match key:
        case ApnsKey():
            return PushProvider.APNS
        case FcmKey():
            return PushProvider.FCM
        case WebPushKey():
            return PushProvider.WEBPUSH


def public_key_of(private_key: str) -> str:
    """What browsers subscribe with: the public half of a VAPID key, base64url of its uncompressed point."""
    point = ECKey.import_key(private_key).as_dict(private=False)
    octets = b"\x04" + b"".join(urlsafe_b64decode(str(point[part]) + "=") for part in ("x", "y"))
    return urlsafe_b64encode(octets).decode().rstrip("=")


def place_of(account_id: int, kind: PushProvider) -> str:
    """Where a sealed key belongs, so that it opens nowhere else."""
    return f"push_provider:{account_id}:{kind.value}"


def _load(pem: str, field: str) -> object:
    try:
        return load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        raise Invalid({field: "holds no private key that can be read"}) from None


def _short(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
