"""Apple's and Google's push services, and a browser's, by their documentation: wrong requests get their errors."""

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import http_ece  # pyright: ignore[reportMissingTypeStubs]
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from tests.databases import Clock
from tests.simulators.http2 import Asked, Said

TOKEN = "ab" * 32


def pem_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass
class AppleDevices:
    """Apple's service for one team. `shown` is what devices show, by collapse id: a later push replaces an earlier."""

    clock: Clock
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    team_id: str = "TEAM123456"
    key_id: str = "KEY1234567"
    topic: str = "com.example.shop"
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    shown: dict[tuple[str, str], dict[str, Any]] = field(
        default_factory=dict[tuple[str, str], dict[str, Any]]
    )
    refusals: list[Said] = field(default_factory=list[Said])
    asked: list[Asked] = field(default_factory=list[Asked])

    def __call__(self, asked: Asked) -> Said:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        headers = asked.headers
        if asked.headers[":method"] != "POST":
            return _apple(405, "MethodNotAllowed")
        if (wrong := self._wrong_token(headers.get("authorization", ""))) is not None:
            return _apple(403, wrong)
        if len(asked.body) > 4_096:
            return _apple(413, "PayloadTooLarge")
        if len(headers.get("apns-collapse-id", "")) > 64:
            return _apple(400, "BadCollapseId")
        if headers.get("apns-push-type") != "alert":
            return _apple(400, "InvalidPushType")
        device = asked.path.removeprefix("/3/device/")
        if not re.fullmatch("[0-9a-f]{64}", device):
            return _apple(400, "BadDeviceToken")
        if headers.get("apns-topic") != self.topic:
            return _apple(400, "DeviceTokenNotForTopic")
        if device not in self.tokens:
            return _apple(410, "Unregistered")
        self.shown[device, headers["apns-collapse-id"]] = json.loads(asked.body)
        return Said(200, headers={"apns-id": "eabeae54-14a8-11e5-b60b-1697f925ec7b"})

    def _wrong_token(self, authorization: str) -> str | None:
        scheme, _, word = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return "MissingProviderToken"
        try:
            found = jwt.decode(word, ECKey.import_key(pem_of(self.key)), ["ES256"])
        except JoseError:
            return "InvalidProviderToken"
        if found.header.get("kid") != self.key_id or found.claims.get("iss") != self.team_id:
            return "InvalidProviderToken"
        age = self.clock.now // 1000 - found.claims["iat"]
        return None if -60 <= age <= 3_600 else "ExpiredProviderToken"


def _apple(status: int, reason: str) -> Said:
    return Said(status, json.dumps({"reason": reason}).encode())


@dataclass
class GoogleDevices:
    """Google's token endpoint and FCM for one project."""

    clock: Clock
    origin: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65_537, 2_048))
    project: str = "nordlicht-shop"
    email: str = "push@nordlicht-shop.iam.gserviceaccount.com"
    tokens: set[str] = field(default_factory=lambda: {"device-1"})
    bearer: str = "ya29.first"
    shown: dict[tuple[str, str], dict[str, str]] = field(
        default_factory=dict[tuple[str, str], dict[str, str]]
    )
    refusals: list[Said] = field(default_factory=list[Said])
    asked: list[Asked] = field(default_factory=list[Asked])

    @property
    def service_account(self) -> str:
        """The file that Firebase's console gives."""
        return json.dumps(
            {
                "type": "service_account",
                "project_id": self.project,
                "client_email": self.email,
                "private_key": pem_of(self.key),
                "token_uri": "https://evil.example/token",
            }
        )

    def __call__(self, asked: Asked) -> Said:
        self.asked.append(asked)
        if asked.path == "/token":
            return self._token(parse_qs(asked.body.decode()))
        if self.refusals:
            return self.refusals.pop(0)
        if asked.headers.get("authorization") != f"Bearer {self.bearer}":
            return _google(401, "UNAUTHENTICATED")
        if asked.path != f"/v1/projects/{self.project}/messages:send":
            return _google(404, "NOT_FOUND")
        message = json.loads(asked.body)["message"]
        if not all(isinstance(value, str) for value in message["data"].values()):
            return _google(400, "INVALID_ARGUMENT", field="message.data")
        if message["token"] not in self.tokens:
            return _google(404, "NOT_FOUND", code="UNREGISTERED")
        self.shown[message["token"], message["android"]["collapse_key"]] = message["data"]
        return Said(200, json.dumps({"name": f"projects/{self.project}/messages/1"}).encode())

    def _token(self, form: dict[str, list[str]]) -> Said:
        try:
            found = jwt.decode(form["assertion"][0], RSAKey.import_key(pem_of(self.key)), ["RS256"])
        except JoseError:
            return Said(400, b'{"error":"invalid_grant"}')
        claims, now = found.claims, self.clock.now // 1000
        good = (
            form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
            and claims["iss"] == self.email
            and claims["aud"] == f"{self.origin}/token"
            and claims["scope"] == "https://www.googleapis.com/auth/firebase.messaging"
            and claims["iat"] <= now + 60 < claims["exp"] <= claims["iat"] + 3_600
        )
        if not good:
            return Said(400, b'{"error":"invalid_grant"}')
        return Said(200, json.dumps({"access_token": self.bearer, "expires_in": 3_599}).encode())


def _google(status: int, name: str, *, code: str = "", field: str = "") -> Said:
    details: list[dict[str, Any]] = []
    if code:
        kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
        details.append({"@type": kind, "errorCode": code})
    if field:
        kind = "type.googleapis.com/google.rpc.BadRequest"
        details.append({"@type": kind, "fieldViolations": [{"field": field}]})
    error = {"code": status, "message": name, "status": name, "details": details}
    return Said(status, json.dumps({"error": error}).encode())


@dataclass
class Browser:
    """A browser's push service with one subscription, and the browser that decrypts."""

    clock: Clock
    origin: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"sixteen bytes of"
    server_key: str = ""
    """What the page subscribed with."""
    shown: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    gone: bool = False

    @property
    def subscription(self) -> str:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _word(point), "auth": _word(self.auth)}
        return json.dumps({"endpoint": f"{self.origin}/push/1", "expirationTime": None, "keys": keys})

    def __call__(self, asked: Asked) -> Said:
        if self.gone:
            return Said(410)
        found = re.fullmatch(r"vapid t=([\w.-]+),k=([\w-]+)", asked.headers.get("authorization", ""))
        if found is None or found[2] != self.server_key:
            return Said(403)
        octets = base64.urlsafe_b64decode(self.server_key + "=")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets)
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        claims = jwt.decode(found[1], ECKey.import_key(pem), ["ES256"]).claims
        now = self.clock.now // 1000
        if claims["aud"] != self.origin or not now < claims["exp"] <= now + 24 * 3_600:
            return Said(403)
        if not asked.headers.get("ttl", "").isdigit() or asked.headers["content-encoding"] != "aes128gcm":
            return Said(400)
        plain = http_ece.decrypt(asked.body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        self.shown.append(json.loads(plain))
        return Said(201)


def _word(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")
