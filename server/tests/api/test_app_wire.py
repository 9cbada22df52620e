"""The exchanges of native shells with the server, as every SDK reads them: sdk/wire/app.json."""

import json
import os
from pathlib import Path
from typing import Any

from tests.api.desk import Desk

GOLDEN = Path(__file__).parents[3] / "sdk" / "wire" / "app.json"
ABOUT = (
    "What native shells send to /api/v1/app, and what comes back; `<credential>` is the app credential. Written by "
    "server/tests/api/test_app_wire.py (UPDATE_GOLDENS=1 writes it anew); SDKs build each request and read each answer."
)
INSTALLATION = "0b5c1f6e-6f0a-4a38-9f0e-2f6f0a9c1d11"
DEVICE = {
    "installation_id": INSTALLATION,
    "platform": "android",
    "push": {"provider": "fcm", "token": "fcm-token", "topic": None, "sandbox": False},
    "app_version": "3.1",
    "sdk_version": "0.1.0",
    "locale": "nl-NL",
}
APPLE = DEVICE | {
    "platform": "ios",
    "push": {"provider": "apns", "token": "ab" * 32, "topic": "com.example.shop", "sandbox": True},
}
CALLS: tuple[tuple[str, str, str, Any, dict[str, str]], ...] = (
    ("register_android", "PUT", "/device", DEVICE, {}),
    ("register_ios", "PUT", "/device", APPLE, {}),
    ("register_without_push", "PUT", "/device", DEVICE | {"push": None}, {}),
    (
        "tell_properties",
        "PUT",
        "/properties",
        {"properties": {"device_model": "Pixel 7", "plan": "gold"}},
        {},
    ),
    ("too_many_properties", "PUT", "/properties", {"properties": {f"p{n:02}": "x" for n in range(51)}}, {}),
    ("unread", "GET", "/unread", None, {}),
    ("unread_unchanged", "GET", "/unread", None, {"if-none-match": '"0-0"'}),
    ("forget_device", "DELETE", f"/device/{INSTALLATION}", None, {}),
    ("wrong_credential", "GET", "/unread", None, {"authorization": "Bearer nonsense"}),
    ("log_out", "DELETE", "/session", None, {}),
    ("after_log_out", "GET", "/unread", None, {}),
)


def test_sdks_read_what_the_server_writes(desk: Desk) -> None:
    admin, browser = desk.found(), desk.browser()
    body = {"account_id": admin.account_id, "mobile_tag": "support"}
    bearer = browser.post("/api/v1/visitor/session", json=body).json()["token"]
    issued = browser.post(
        "/api/v1/visitor/app-credential", headers={"authorization": f"Bearer {bearer}"}
    ).json()
    assert set(issued) == {"credential", "expires_at"}
    exchanges: list[dict[str, Any]] = []
    for name, method, path, sent, headers in CALLS:
        given = {"authorization": f"Bearer {issued['credential']}"} | headers
        answer = browser.request(method, f"/api/v1/app{path}", json=sent, headers=given)
        said = answer.json() if answer.content else None
        if isinstance(said, dict):
            said.pop("correlation_id", None)
        shown = {"authorization": "Bearer <credential>"} | headers
        exchanges.append(
            {
                "name": name,
                "request": {"method": method, "path": f"/api/v1/app{path}", "headers": shown, "body": sent},
                "answer": {
                    "status": answer.status_code,
                    "headers": {"etag": answer.headers["etag"]} if "etag" in answer.headers else {},
                    "body": said,
                },
            }
        )
    found = json.dumps({"about": ABOUT, "exchanges": exchanges}, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDENS"):
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text(), "the wire has changed: SDKs that are out there read the old one"
