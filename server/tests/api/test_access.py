"""The access matrix: every route that configures an account against everybody who must not get through.

A new route without a line in `MATRIX` fails `test_every_route_is_in_the_matrix`.
"""

import json
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI
from sqlalchemy import select

from pocketdesk.accounts import api as accounts
from pocketdesk.accounts.store import connection
from pocketdesk.chat_page import api as chat_page
from pocketdesk.chatflows import api as chatflows
from pocketdesk.chatflows.rules import fresh
from pocketdesk.chatflows.wire import to_document
from pocketdesk.consent import api as consent
from pocketdesk.files import api as files
from pocketdesk.inboxes import api as inboxes
from pocketdesk.knowledge import api as knowledge
from pocketdesk.people import api as people
from pocketdesk.privacy import api as privacy
from pocketdesk.push import api as push
from pocketdesk.routing import api as routing
from pocketdesk.surveys import api as surveys
from pocketdesk.tickets import api as tickets
from pocketdesk.webhooks import api as webhooks
from tests.api.desk import Desk, Somebody

HUGE = "x" * 5_000
ID = 2**53
TOO_MANY = list(range(1, 500))
Bad = tuple[dict[str, Any], str]
NAME: tuple[Bad, ...] = (
    ({"name": ""}, "name"),
    ({"name": " \t"}, "name"),
    ({"name": HUGE}, "name"),
    ({"name": 5}, "name"),
    ({"name": "a\x00b"}, "name"),
    ({"name": "a\u202eb"}, "name"),
    ({"name": ["a"]}, "name"),
)
EMAIL: tuple[Bad, ...] = (
    ({"email": "no address"}, "email"),
    ({"email": HUGE + "@example.org"}, "email"),
    ({"email": 5}, "email"),
    ({"email": "a@b"}, "email"),
    ({"email": "a\x00@example.org"}, "email"),
)


@dataclass(frozen=True)
class Row:
    """One route: a call that would succeed, the right it needs, and input that it refuses at a field."""

    method: str
    path: str
    needs: str | None = None
    body: dict[str, Any] | None = None
    query: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    """Fields without which it is refused."""
    bad: tuple[Bad, ...] = ()
    bad_query: tuple[Bad, ...] = ()
    also: frozenset[str] = frozenset()
    """Other rights that are enough."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path or '/'} {self.needs or ''}"


PUBLISHING = frozenset({"knowledge_publish"})

PAGED: tuple[Bad, ...] = (
    ({"limit": "0"}, "limit"),
    ({"limit": "101"}, "limit"),
    ({"limit": "x"}, "limit"),
    ({"after": "nonsense"}, "after"),
    ({"after": HUGE}, "after"),
)


def _wrong(name: str, *values: Any, at: str = "") -> tuple[Bad, ...]:
    return tuple(({name: value}, at or name) for value in values)


WORDS_WRONG = (["nothing"], [5], "chatflows", ["chatflows"] * 21, [HUGE])
REDIRECT = "https://shop.example/callback"
REDIRECTS_WRONG = (
    [],
    REDIRECT,
    [5],
    [""],
    [HUGE],
    [REDIRECT] * 11,
    ["shop.example/callback"],
    ["http://shop.example/callback"],
    ["http://127.0.0.1.shop.example/"],
    ["https://"],
    ["https:///callback"],
    ["https://ana@shop.example/"],
    ["https://shop.example/#x"],
    ["https://shop.example/a b"],
    ["https://shop.example:port/"],
    ["https://evil.example\\@shop.example/"],
    ["javascript:alert(1)"],
    ["shop://callback"],
    [REDIRECT, "ftp://shop.example/"],
)
SCOPES_WRONG = (["nothing"], ["pocketdesk.tokens"], [5], "tickets", ["tickets"] * 101, [HUGE])
MEMBERS_WRONG = ([1], ["1"], [0], [ID], 5, TOO_MANY, [True])

URL_WRONG = _wrong(
    "url", "", "example.org", "ftp://example.org", "http://", HUGE, 5, "https://a:b@example.org"
)


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


APNS_KEY = {
    "key_id": "KEY1234567",
    "team_id": "TEAM123456",
    "private_key": _pem(ec.generate_private_key(ec.SECP256R1())),
}
SERVICE_ACCOUNT = "\n" + json.dumps(
    {
        "project_id": "nordlicht",
        "client_email": "push@nordlicht.iam.gserviceaccount.com",
        "private_key": _pem(rsa.generate_private_key(65_537, 2_048)),
    }
)

PERSON_WRONG = (*_wrong("kind", "user", "conversation", "files", 5, ""), *_wrong("id", 0, ID, "1"))

_FRESH = to_document(fresh("en", "support", 1))
DOCUMENT = {**_FRESH, "chat": {**_FRESH["chat"], "heading": {**_FRESH["chat"]["heading"], "user_ids": []}}}

MATRIX = (
    Row("GET", ""),
    Row("PATCH", "", "people", {"name": "New"}, missing=("name",), bad=NAME),
    Row(
        "PATCH",
        "/me",
        None,
        {"name": "Ben", "status": "away"},
        bad=(*NAME, *_wrong("status", "busy", 1, "")),
    ),
    Row(
        "PUT",
        "/me/photo",
        None,
        {"file_id": None},
        missing=("file_id",),
        bad=_wrong("file_id", 0, ID, "1", 2**40),
    ),
    Row("DELETE", "/users/{user}/photo", "people"),
    Row("GET", "/users", bad_query=PAGED),
    Row(
        "POST",
        "/users",
        "people",
        {"name": "Zoe", "email": "zoe@example.org"},
        missing=("name", "email"),
        bad=(
            *NAME,
            *EMAIL,
            *_wrong("permission_set_id", 0, ID, "1", 2**40),
            *_wrong("can_receive", "yes", 1),
            *_wrong("joined_at", 5),
        ),
    ),
    Row("GET", "/users/{user}"),
    Row(
        "PATCH",
        "/users/{user}",
        "people",
        {"can_receive": False},
        bad=(
            *NAME,
            *_wrong("permission_set_id", 0, ID, 2**40),
            *_wrong("deactivated", "true", 0),
            *_wrong("status", "gone"),
            *_wrong("email", "b@example.org"),
        ),
    ),
    Row("POST", "/users/{pending}/invitation", "people"),
    Row("GET", "/teams", bad_query=PAGED),
    Row(
        "POST",
        "/teams",
        "people",
        {"name": "Team"},
        missing=("name",),
        bad=(*NAME, *_wrong("main_member_ids", *MEMBERS_WRONG), *_wrong("extra_member_ids", *MEMBERS_WRONG)),
    ),
    Row(
        "PATCH",
        "/teams/{team}",
        "people",
        {"name": "Team"},
        bad=(*NAME, *_wrong("main_member_ids", *MEMBERS_WRONG), *_wrong("extra_member_ids", *MEMBERS_WRONG)),
    ),
    Row("DELETE", "/teams/{team}", "people"),
    Row("GET", "/permission-sets", bad_query=PAGED),
    Row(
        "POST",
        "/permission-sets",
        "people",
        {"name": "Set", "permissions": []},
        missing=("name", "permissions"),
        bad=(*NAME, *_wrong("permissions", *WORDS_WRONG)),
    ),
    Row(
        "PATCH",
        "/permission-sets/{set}",
        "people",
        {"name": "Set"},
        bad=(*NAME, *_wrong("permissions", *WORDS_WRONG), *_wrong("builtin", True)),
    ),
    Row("DELETE", "/permission-sets/{set}", "people"),
    Row("GET", "/tokens", "tokens", bad_query=PAGED),
    Row(
        "POST",
        "/tokens",
        "tokens",
        {"name": "Token", "scopes": []},
        missing=("name", "scopes"),
        bad=(*NAME, *_wrong("scopes", *WORDS_WRONG)),
    ),
    Row("DELETE", "/tokens/{token}", "tokens"),
    Row("GET", "/integrations", "tokens"),
    Row(
        "POST",
        "/integrations",
        "tokens",
        {"name": "Shop", "redirect_uris": [REDIRECT], "scopes": ["tickets"]},
        missing=("name", "redirect_uris", "scopes"),
        bad=(*NAME, *_wrong("redirect_uris", *REDIRECTS_WRONG), *_wrong("scopes", *SCOPES_WRONG)),
    ),
    Row(
        "PATCH",
        "/integrations/{integration}",
        "tokens",
        {"name": "Other"},
        bad=(*NAME, *_wrong("redirect_uris", *REDIRECTS_WRONG), *_wrong("scopes", *SCOPES_WRONG)),
    ),
    Row("POST", "/integrations/{integration}/secret", "tokens"),
    Row("GET", "/integrations/{integration}/connections", "tokens", bad_query=PAGED),
    Row("DELETE", "/integrations/{integration}/connections/{connection}", "tokens"),
    Row("DELETE", "/integrations/{integration}", "tokens"),
    Row("GET", "/identity", "identity", bad_query=_wrong("days", "0", "91", "x")),
    Row(
        "PUT",
        "/identity",
        "identity",
        {"enforcement": "report"},
        missing=("enforcement",),
        bad=_wrong("enforcement", "on", 1, "", True),
    ),
    Row(
        "POST",
        "/identity/keys",
        "identity",
        {"name": "Shop"},
        missing=("name",),
        bad=(*NAME, *_wrong("public_key", "", 5, "none", HUGE), *_wrong("kid", "", 5, "a b", HUGE)),
    ),
    Row("POST", "/identity/keys/{identity_key}/revoke", "identity"),
    Row(
        "POST",
        "/identity/tokens",
        "identity",
        {"email": "zoe@example.org"},
        missing=("email",),
        bad=(*EMAIL, *_wrong("first_name", 5, HUGE), *_wrong("last_name", 5, HUGE)),
    ),
    Row(
        "POST", "/identity/sign-out", "identity", {"email": "mia@example.org"}, missing=("email",), bad=EMAIL
    ),
    Row("GET", "/webhooks", "tokens"),
    Row(
        "POST",
        "/webhooks",
        "tokens",
        {"name": "Webhook", "url": "https://example.org/hook"},
        missing=("name", "url"),
        bad=(*NAME, *URL_WRONG, *_wrong("kinds", *WORDS_WRONG), *_wrong("format", "xml", 5)),
    ),
    Row("GET", "/webhooks/{webhook}", "tokens"),
    Row(
        "PATCH",
        "/webhooks/{webhook}",
        "tokens",
        {"name": "Other"},
        bad=(*NAME, *URL_WRONG, *_wrong("kinds", *WORDS_WRONG), *_wrong("is_on", "yes", 1)),
    ),
    Row("POST", "/webhooks/{webhook}/secret", "tokens"),
    Row("POST", "/webhooks/{webhook}/try", "tokens"),
    Row(
        "POST",
        "/webhooks/{webhook}/replay",
        "tokens",
        {"since": 0},
        missing=("since",),
        bad=_wrong("since", -1, "0", ID, 1.5),
    ),
    Row(
        "GET",
        "/webhooks/{webhook}/deliveries",
        "tokens",
        bad_query=(*PAGED, *_wrong("state", "lost")),
    ),
    Row("DELETE", "/webhooks/{webhook}", "tokens"),
    Row("GET", "/push", "inboxes"),
    Row(
        "PATCH",
        "/push",
        "inboxes",
        {"with_content": False},
        missing=("with_content",),
        bad=_wrong("with_content", 0, "no"),
    ),
    Row(
        "PUT",
        "/push/apns",
        "inboxes",
        APNS_KEY,
        missing=tuple(APNS_KEY),
        bad=(
            *_wrong("key_id", "", "short", "abcdefghij", HUGE, 5),
            *_wrong("team_id", "", "short", HUGE),
            *_wrong("private_key", "", "no key", HUGE * 2, _pem(rsa.generate_private_key(65_537, 2_048))),
        ),
    ),
    Row(
        "PUT",
        "/push/fcm",
        "inboxes",
        {"service_account": SERVICE_ACCOUNT},
        missing=("service_account",),
        bad=_wrong("service_account", "", "no JSON", "[]", " {}", HUGE * 2, 5),
    ),
    Row(
        "PUT",
        "/push/webpush",
        "inboxes",
        {"subject": "mailto:ops@example.org"},
        missing=("subject",),
        bad=_wrong("subject", "", "ops@example.org", "javascript:alert(1)", HUGE, 5),
    ),
    Row("DELETE", "/push/{push}", "inboxes"),
    Row("GET", "/audit", "audit", bad_query=PAGED),
    Row("GET", "/inboxes", None, bad_query=(*PAGED, *_wrong("scope", "none"))),
    Row("GET", "/inboxes", "chatflows", query={"scope": "all"}),
    Row("GET", "/inboxes", "inboxes", query={"scope": "all"}),
    Row(
        "POST",
        "/inboxes",
        "inboxes",
        {"name": "Inbox"},
        missing=("name",),
        bad=(
            *NAME,
            *_wrong("type", "queue", 1),
            *_wrong("reopen_hours", -1, 721, "24", 1.5),
            *_wrong("member_user_ids", *MEMBERS_WRONG),
            *_wrong("member_team_ids", *MEMBERS_WRONG),
        ),
    ),
    Row("GET", "/inboxes/{inbox}", "inboxes"),
    Row(
        "PATCH",
        "/inboxes/{inbox}",
        "inboxes",
        {"name": "Inbox"},
        bad=(
            *NAME,
            *_wrong("type", "inbox"),
            *_wrong("reopen_hours", -1, 721),
            *_wrong("member_user_ids", *MEMBERS_WRONG),
            *_wrong("member_team_ids", *MEMBERS_WRONG),
            *_wrong("archived", "no"),
        ),
    ),
    Row("GET", "/inboxes/{inbox}/channels", "inboxes"),
    Row(
        "POST",
        "/inboxes/{inbox}/channels",
        "inboxes",
        {"kind": "mobile", "name": "App"},
        missing=("kind", "name"),
        bad=(*NAME, *_wrong("kind", "fax", 1)),
    ),
    Row(
        "PATCH",
        "/channels/{channel}",
        "inboxes",
        {"name": "App"},
        bad=(
            *NAME,
            *_wrong("accent", "blue", "#00000", 5),
            *_wrong("font", "comic"),
            *_wrong("kind", "web"),
            *_wrong("availability", {}, [], {"kind": "always"}, {"stray": 1}),
            *_wrong("contrast_warning", 1.5),
        ),
    ),
    Row(
        "GET",
        "/channels/{channel}/sdk-config",
        "inboxes",
        query={"platform": "android"},
        bad_query=(*_wrong("platform", "web", "x"), *_wrong("mobile_tag", HUGE, "x" * 101, "a\nb")),
    ),
    Row(
        "GET",
        "/contacts",
        bad_query=(*PAGED, *_wrong("search", HUGE, "a\x00b"), *_wrong("archived", "maybe")),
    ),
    Row(
        "POST",
        "/contacts",
        None,
        {"email": "leo@example.org"},
        missing=("email",),
        bad=(*EMAIL, *_wrong("name", HUGE, 5, "a\x00b"), *_wrong("verified", True)),
    ),
    Row("GET", "/contacts/{contact}"),
    Row(
        "POST",
        "/contacts/{contact}/merge",
        "people",
        {"contact_id": "{other_contact}"},
        missing=("contact_id",),
        bad=_wrong("contact_id", "x", 0, None),
    ),
    Row(
        "GET",
        "/tickets",
        bad_query=(
            *PAGED,
            *_wrong("stage", "done"),
            *_wrong("archived", "maybe"),
            *_wrong("contact_id", "x", 0),
        ),
    ),
    Row(
        "POST",
        "/tickets",
        None,
        {"subject": "The parcel"},
        missing=("subject",),
        bad=(
            *_wrong("subject", "", " ", HUGE, 5, "a\x00b"),
            *_wrong("content", "x" * 10_001, 5),
            *_wrong("stage", "done", None),
            *_wrong("priority", "soon"),
            *_wrong("owner_user_id", 0, 99_999),
            *_wrong("contact_id", 0, 99_999),
            *_wrong("conversation_id", 0, 99_999),
        ),
    ),
    Row("GET", "/tickets/{ticket}"),
    Row(
        "PATCH",
        "/tickets/{ticket}",
        None,
        {"stage": "waiting_on_us"},
        bad=(
            *_wrong("subject", "", " ", HUGE, 5),
            *_wrong("stage", "done"),
            *_wrong("priority", "soon"),
            *_wrong("archived", 1, "yes"),
            *_wrong("conversation_id", 1),
        ),
    ),
    Row(
        "PATCH",
        "/contacts/{contact}",
        None,
        {"name": "Leo"},
        bad=(
            *EMAIL,
            *_wrong("name", HUGE, 5, "a\x00b"),
            *_wrong("marketing", 1, "yes"),
            *_wrong("archived", 1, "yes"),
        ),
    ),
    Row(
        "POST",
        "/files",
        None,
        {"name": "photo.png", "size": 100, "media_type": "image/png"},
        missing=("name", "size", "media_type"),
        bad=(
            *_wrong("name", "", HUGE, 5, "x.svg", "x.html", "x.exe", "png", ".png/"),
            *_wrong("size", 0, -1, 2**40, "1", 1.5, 20 * 2**20 + 1),
            *_wrong("media_type", "text/html", "image/jpeg", HUGE, 5),
            *_wrong("purpose", "avatar", 1),
        ),
    ),
    Row(
        "POST",
        "/files",
        "chatflows",
        {"name": "logo.gif", "size": 100, "media_type": "image/gif", "purpose": "brand"},
        bad=(*_wrong("name", "logo.pdf", "logo.mp4"), *_wrong("size", 5 * 2**20 + 1)),
    ),
    Row(
        "GET",
        "/chatflows",
        "chatflows",
        bad_query=(
            *PAGED,
            *_wrong("search", HUGE, "a\x00b"),
            *_wrong("inbox_id", "0", "x", ID),
            *_wrong("created_by", "0", "x", ID),
            *_wrong("type", "robot"),
            *_wrong("status", "broken"),
        ),
    ),
    Row(
        "POST",
        "/chatflows",
        "chatflows",
        {"inbox_id": "{inbox}", "language": "en", "mobile_tag": "support", "type": "live_agent"},
        missing=("inbox_id", "language", "mobile_tag", "type"),
        bad=(
            *_wrong("name", "", HUGE, 5, "a\x00b"),
            *_wrong("inbox_id", 0, ID, "1", 2**40),
            *_wrong("language", "tlh", HUGE, 5),
            *_wrong("mobile_tag", "", " ", HUGE, "x" * 101, "a\x00b", 5),
            *_wrong("type", "robot", 5),
        ),
    ),
    Row("GET", "/chatflows/languages"),
    Row(
        "POST",
        "/chatflows/preview",
        "chatflows",
        {"inbox_id": "{inbox}", "document": DOCUMENT},
        missing=("inbox_id", "document"),
        bad=(
            *_wrong("inbox_id", 0, ID, "1", 2**40),
            *_wrong("document", {}, [], "x", {**DOCUMENT, "chat": {}}, {**DOCUMENT, "mobile": {"tag": " "}}),
        ),
    ),
    Row(
        "GET",
        "/chatflows/explain",
        "chatflows",
        query={"mobile_tag": "support"},
        bad_query=(*_wrong("mobile_tag", HUGE), *_wrong("visitor_id", "0", "x", ID, 2**40)),
    ),
    Row("GET", "/chatflows/{chatflow}", "chatflows"),
    Row(
        "PATCH",
        "/chatflows/{chatflow}",
        "chatflows",
        {"name": "Sales", "is_on": True},
        bad=(*_wrong("name", "", " ", HUGE, 5, "a\x00b"), *_wrong("is_on", "yes", 1)),
    ),
    Row(
        "POST",
        "/chatflows/{chatflow}/clone",
        "chatflows",
        {"inbox_id": "{inbox}"},
        bad=_wrong("inbox_id", 0, ID, "1", 2**40),
    ),
    Row(
        "POST",
        "/chatflows/{chatflow}/move",
        "chatflows",
        {"to": "top"},
        missing=("to",),
        bad=_wrong("to", 0, -1, 2**31, "middle", 1.5, True),
    ),
    Row("POST", "/chatflows/{chatflow}/restore", "chatflows"),
    Row("DELETE", "/chatflows/{chatflow}", "chatflows"),
    Row("GET", "/privacy/settings"),
    Row(
        "PATCH",
        "/privacy/settings",
        "people",
        {"closed_days": 30},
        bad=(
            *_wrong("data_privacy", "on", 1, None),
            *_wrong("cookie_consent", "on", 1, None),
            *_wrong("marketing_contacts", "on", 1, None),
            *_wrong("closed_days", 0, -1, 3651, "30", 1.5),
            *_wrong("idle_days", 0, -1, 3651, "30", 1.5),
            *_wrong("file_days", 0, -1, 3651, "30", 1.5),
        ),
    ),
    Row("GET", "/privacy/subscription-types"),
    Row(
        "POST",
        "/privacy/subscription-types",
        "people",
        {"name": "News", "description": "Once a month"},
        missing=("name",),
        bad=(*NAME, *_wrong("description", HUGE, 5, "a\x00b"), *_wrong("is_default", True)),
    ),
    Row(
        "PATCH",
        "/privacy/subscription-types/{subscription_type}",
        "people",
        {"name": "News"},
        bad=(*NAME, *_wrong("description", HUGE, 5, "a\x00b"), *_wrong("archived", "no")),
    ),
    Row("GET", "/contacts/{contact}/consents"),
    Row("GET", "/privacy/exports", "people", bad_query=PAGED),
    Row(
        "POST",
        "/privacy/exports",
        "people",
        {"kind": "contact", "id": "{contact}"},
        missing=("kind", "id"),
        bad=PERSON_WRONG,
    ),
    Row("GET", "/privacy/exports/{export}", "people"),
    Row("GET", "/privacy/erasures", "people", bad_query=PAGED),
    Row(
        "POST",
        "/privacy/erasures",
        "people",
        {"kind": "contact", "id": "{contact}"},
        missing=("kind", "id"),
        bad=PERSON_WRONG,
    ),
    Row("GET", "/privacy/erasures/{erasure}", "people"),
    Row(
        "GET",
        "/surveys",
        "chatflows",
        bad_query=(*PAGED, *_wrong("delivery", "mail", ""), *_wrong("archived", "maybe")),
    ),
    Row(
        "POST",
        "/surveys",
        "chatflows",
        {"name": "Chats", "delivery": "chat"},
        missing=("name", "delivery"),
        bad=(
            *NAME,
            *_wrong("delivery", "mail", 1, None),
            *_wrong("language", "tlh", 5, ""),
            *_wrong("question", "", " ", HUGE, 5, "\u200b"),
            *_wrong("labels", ["a", "b"], ["a", "b", " "], ["a", "a", "b"], [1, 2, 3], "abc"),
            *_wrong("follow_ups", [None, None], [HUGE, None, None], [1, None, None]),
            *_wrong("thank_yous", ["a", "b", ""], ["a", "b", None], [HUGE] * 3),
            *_wrong("public_key", "mine"),
        ),
    ),
    Row(
        "GET",
        "/surveys/defaults",
        "chatflows",
        query={"delivery": "chat"},
        bad_query=(*_wrong("delivery", "mail"), *_wrong("language", "tlh", "x", HUGE, "a\x00")),
    ),
    Row("GET", "/surveys/languages", "chatflows"),
    Row("GET", "/surveys/{survey}", "chatflows"),
    Row(
        "PATCH",
        "/surveys/{survey}",
        "chatflows",
        {"question": "How was it?"},
        bad=(
            *NAME,
            *_wrong("delivery", "mail", 1),
            *_wrong("language", "tlh", 5),
            *_wrong("question", "", " ", HUGE, 5),
            *_wrong("labels", ["a", "b"], ["a", "b", " "], ["a", "a", "b"]),
            *_wrong("follow_ups", [HUGE, None, None]),
            *_wrong("thank_yous", ["a", "b", ""]),
            *_wrong("archived", "no"),
        ),
    ),
    Row(
        "GET",
        "/surveys/{survey}/results",
        "chatflows",
        bad_query=(
            *_wrong("from", "-1", "x", 2**53),
            *_wrong("to", "-1", "x", 2**53),
            *_wrong("by", "month"),
            *_wrong("time_zone", "Mars/Base", "../utc", HUGE, ""),
        ),
    ),
    Row(
        "GET",
        "/surveys/{survey}/submissions",
        "chatflows",
        bad_query=(*PAGED, *_wrong("rating", "3", "x"), *_wrong("commented", "maybe"), *_wrong("from", "-1")),
    ),
    Row("GET", "/routing/settings"),
    Row(
        "PUT",
        "/routing/settings",
        "people",
        {"capacity": 5},
        missing=("capacity",),
        bad=_wrong("capacity", -1, 1_001, "5", 1.5, True),
    ),
    Row("GET", "/routing/skills"),
    Row(
        "POST",
        "/routing/skills",
        "people",
        {"name": "Refunds"},
        missing=("name",),
        bad=(*NAME, *_wrong("name", "german"), *_wrong("category", "", HUGE, 5, "a\x00b")),
    ),
    Row(
        "PATCH",
        "/routing/skills/{skill}",
        "people",
        {"category": "Orders"},
        bad=(*NAME, *_wrong("name", "GERMAN"), *_wrong("category", HUGE, 5), *_wrong("language", "de")),
    ),
    Row("DELETE", "/routing/skills/{skill}", "people"),
    Row("GET", "/routing/users", bad_query=PAGED),
    Row(
        "PUT",
        "/routing/users/{user}",
        "people",
        {"capacity": 3, "skills": []},
        missing=("capacity", "skills"),
        bad=(
            *_wrong("capacity", -1, 1_001, "5", 1.5),
            *_wrong("skills", [1], [{"skill_id": 2**40}], [{"skill_id": 0}], [{"skill_id": 1}] * 2, 5),
            *_wrong("skills", [{"skill_id": 1, "is_main": "yes"}], [{"is_main": True}], [{}] * 101),
        ),
    ),
    Row(
        "GET",
        "/routing/assignable",
        "chatflows",
        query={"inbox_id": "{inbox}"},
        bad_query=_wrong("inbox_id", "0", "x", ID, ""),
    ),
    Row(
        "POST",
        "/routing/simulate",
        "chatflows",
        {
            "inbox_id": "{inbox}",
            "arrivals": {"kind": "synthetic", "hours": 2, "per_hour": 5},
            "handling": {"mean_s": 60},
            "policies": [{"to": "contact_owner"}],
        },
        missing=("inbox_id", "arrivals", "handling", "policies"),
        bad=(
            *_wrong("inbox_id", 0, ID, "1"),
            *_wrong("arrivals", {}, {"kind": "past"}, {"kind": "past", "days": 32}, {"kind": "future"}),
            *_wrong("arrivals", {"kind": "synthetic", "hours": 744, "per_hour": 1_000}),
            *_wrong("handling", {}, {"mean_s": 0}, {"mean_s": 60, "shape": "odd"}),
            *_wrong("policies", [], [{}], [{"user_ids": [2**40]}], [{"to": "contact_owner"}] * 5),
            *_wrong("policies", [{"to": "contact_owner", "skill_ids": [2**40]}], [{"fallback": "inbox"}]),
            *_wrong("availability", {"kind": "sometimes"}, {"kind": "hours"}, {"time_zone": "Mars/Base"}),
            *_wrong("staff", [{"user_id": 2**40}], [{}], [{"user_id": 1, "hours": [{"day": 7}]}]),
            *_wrong("notice_s", -1, 86_401),
            *_wrong("seed", -1, ID),
        ),
    ),
    Row("GET", "/knowledge/bases"),
    Row(
        "POST",
        "/knowledge/bases",
        "knowledge_publish",
        {"name": "Help", "languages": ["en", "nl"]},
        missing=("name", "languages"),
        bad=(
            *NAME,
            *_wrong("languages", [], "en", ["x"], ["en", "en"], ["e1"], ["en"] * 99, [5]),
            *_wrong("slug", "a b", "-", HUGE, 5),
            *_wrong("accent", "red", "#12345", "#zzzzzz", 5),
            *_wrong("is_public", 1, "yes"),
        ),
    ),
    Row("GET", "/knowledge/bases/{base}"),
    Row(
        "PATCH",
        "/knowledge/bases/{base}",
        "knowledge_publish",
        {"name": "Help"},
        bad=(*NAME, *_wrong("logo_id", -1, ID, 2**40), *_wrong("slug", "", "A B"), *_wrong("languages", [])),
    ),
    Row("POST", "/knowledge/bases/{base}/archive", "knowledge_publish"),
    Row("POST", "/knowledge/bases/{base}/restore", "knowledge_publish"),
    Row("GET", "/knowledge/bases/{base}/categories", "knowledge_edit", also=PUBLISHING),
    Row(
        "POST",
        "/knowledge/bases/{base}/categories",
        "knowledge_edit",
        {"names": {"en": "Orders"}},
        missing=("names",),
        bad=(
            *_wrong("names", {}, {"nl": "X"}, {"en": " "}, {"en": "X", "fr": "Y"}, {"en": 5}, []),
            *_wrong("parent_id", 0, ID, 2**40),
            *_wrong("slug", "a b", HUGE),
        ),
    ),
    Row(
        "POST",
        "/knowledge/bases/{base}/categories/order",
        "knowledge_edit",
        {"order": "{order}"},
        missing=("order",),
        bad=_wrong("order", 5, [5], [{"id": 0}], [{"children": []}]),
    ),
    Row(
        "PATCH",
        "/knowledge/categories/{category}",
        "knowledge_edit",
        {"names": {"en": "Orders"}},
        bad=(*_wrong("names", {"nl": "X"}, 5), *_wrong("slug", "", "a b")),
    ),
    Row("DELETE", "/knowledge/categories/{category}", "knowledge_edit"),
    Row(
        "GET",
        "/knowledge/articles/find",
        query={"q": "pay"},
        bad_query=(
            *_wrong("q", "x" * 201),
            *_wrong("base_id", "0", "x"),
            *_wrong("language", "<en>"),
            *_wrong("limit", "0", "21"),
        ),
    ),
    Row(
        "GET",
        "/knowledge/bases/{base}/articles",
        "knowledge_edit",
        also=PUBLISHING,
        bad_query=(
            *PAGED,
            *_wrong("state", "gone"),
            *_wrong("access", "all"),
            *_wrong("category_id", "-1"),
            *_wrong("search", "x" * 201),
        ),
    ),
    Row(
        "POST",
        "/knowledge/bases/{base}/articles",
        "knowledge_edit",
        {"language": "en"},
        missing=("language",),
        bad=(
            *_wrong("language", "fr", "", 5),
            *_wrong("title", HUGE, 5, "a\x00b"),
            *_wrong("category_id", 0, 2**40),
            *_wrong("access", "nobody"),
        ),
    ),
    Row("GET", "/knowledge/articles/{article}", "knowledge_edit", also=PUBLISHING),
    Row(
        "PATCH",
        "/knowledge/articles/{article}",
        "knowledge_edit",
        {"category_id": "{category}"},
        bad=(*_wrong("category_id", 0, 2**40), *_wrong("access", "nobody", 5)),
    ),
    Row("DELETE", "/knowledge/articles/{article}", "knowledge_edit"),
    Row("POST", "/knowledge/articles/{article}/restore", "knowledge_edit"),
    Row(
        "POST",
        "/knowledge/articles/{article}/variants",
        "knowledge_edit",
        {"language": "nl"},
        missing=("language",),
        bad=(*_wrong("language", "fr", "", 5), *_wrong("copy_from", "fr", 5)),
    ),
    Row("GET", "/knowledge/articles/{article}/variants/{language}", "knowledge_edit", also=PUBLISHING),
    Row(
        "PUT",
        "/knowledge/articles/{article}/variants/{language}/draft",
        "knowledge_edit",
        {"base_revision": 2, "title": "T", "subtitle": "", "slug": "", "tags": [], "body": {"blocks": []}},
        missing=("base_revision", "title", "subtitle", "slug", "tags", "body"),
        bad=(
            *_wrong("base_revision", 0, "2", 2**31),
            *_wrong("title", HUGE, 5),
            *_wrong("subtitle", HUGE, "a\u202eb"),
            *_wrong("slug", "a b", HUGE),
            *_wrong("tags", "a", [""], ["x" * 51], ["a"] * 31),
            *_wrong("body", {}, {"blocks": 5}, {"blocks": [{}]}, {"blocks": [], "stray": 1}),
        ),
    ),
    Row(
        "POST",
        "/knowledge/articles/{article}/variants/{language}/publish",
        "knowledge_publish",
        {"revision": 2},
        missing=("revision",),
        bad=_wrong("revision", 0, "2", 2**31),
    ),
    Row("POST", "/knowledge/articles/{published}/variants/{language}/unpublish", "knowledge_publish"),
    Row(
        "POST",
        "/knowledge/articles/{article}/variants/{language}/schedule",
        "knowledge_publish",
        {"revision": 2, "at": 1_700_000_600_000},
        missing=("revision", "at"),
        bad=(*_wrong("revision", 0), *_wrong("at", 0, 1, "x", 2**52, ID)),
    ),
    Row("POST", "/knowledge/articles/{published}/variants/{language}/unschedule", "knowledge_publish"),
    Row(
        "GET",
        "/knowledge/articles/{published}/variants/{language}/versions",
        "knowledge_edit",
        also=PUBLISHING,
        bad_query=PAGED,
    ),
    Row(
        "GET",
        "/knowledge/articles/{published}/variants/{language}/versions/{version}",
        "knowledge_edit",
        also=PUBLISHING,
    ),
    Row(
        "GET",
        "/knowledge/articles/{published}/variants/{language}/versions/{version}/diff",
        "knowledge_edit",
        also=PUBLISHING,
        bad_query=_wrong("against", "0", "x"),
    ),
    Row(
        "POST",
        "/knowledge/articles/{published}/variants/{language}/versions/{version}/restore",
        "knowledge_edit",
        {"base_revision": 2},
        missing=("base_revision",),
        bad=_wrong("base_revision", 0, "2"),
    ),
    Row("GET", "/knowledge/bases/{base}/synonyms", "knowledge_edit", also=PUBLISHING),
    Row(
        "PUT",
        "/knowledge/bases/{base}/synonyms",
        "knowledge_edit",
        {"items": [{"words": ["bike", "bicycle"]}]},
        missing=("items",),
        bad=_wrong("items", 5, [{}], [{"words": ["a"]}], [{"words": ["a", "A"]}], [{"words": ["", "b"]}]),
    ),
    Row("GET", "/knowledge/bases/{base}/export", "knowledge_edit", also=PUBLISHING),
    Row("GET", "/knowledge/bases/{base}/reports/links", "knowledge_edit", also=PUBLISHING),
    Row(
        "GET",
        "/knowledge/bases/{base}/reports/translations",
        "knowledge_edit",
        also=PUBLISHING,
        bad_query=PAGED,
    ),
)
ELSEWHERE = {
    # Forms with a file: test_knowledge_imports.py.
    ("POST", "/accounts/{account_id}/knowledge/bases/{base_id}/imports"),
    ("GET", "/accounts/{account_id}/knowledge/imports/{import_id}"),
    ("POST", "/accounts/{account_id}/webhooks/{webhook_id}/deliveries/{position}/send"),
    ("GET", "/oauth/authorization"),
    ("POST", "/oauth/authorization"),
    ("GET", "/setup"),
    ("POST", "/setup"),
    ("POST", "/session"),
    ("GET", "/session"),
    ("DELETE", "/session"),
    ("GET", "/invitations/{token}"),
    ("POST", "/invitations/{token}"),
    ("POST", "/visitor/session"),
    ("POST", "/visitor/app-credential"),
    ("GET", "/visitor/push-key"),
    ("PUT", "/app/device"),
    ("DELETE", "/app/device/{installation_id}"),
    ("PUT", "/app/properties"),
    ("GET", "/app/unread"),
    ("DELETE", "/app/session"),
    ("POST", "/visitor/remember"),
    ("DELETE", "/visitor/session"),
    ("POST", "/visitor/files"),
    ("PUT", "/visitor/files/{file_id}"),
    ("GET", "/visitor/files/{file_id}"),
    ("PUT", "/accounts/{account_id}/files/{file_id}"),
    ("GET", "/accounts/{account_id}/files/{file_id}"),
    ("GET", "/visitor/chat"),
    ("PUT", "/accounts/{account_id}/chatflows/{chatflow_id}/document"),
}
"""Doors without an account in their path, uploads, which only their sender sees, and what needs `If-Match`:
test_signing_in.py, test_oauth.py, test_people.py, test_files.py, test_chat_page.py and test_chatflows.py.
"""


@dataclass
class House:
    """An account with one of everything."""

    admin: Somebody
    ids: dict[str, Any]

    def call(self, caller: Somebody, row: Row, **change: Any) -> Any:
        path = row.path.format_map(self.ids)
        body, query = change.get("body", row.body), change.get("query", row.query)
        return caller.call(row.method, path, self._filled(body), **self._filled(query))

    def _filled(self, given: Any) -> Any:
        """`"{inbox}"` in a body or query stands for the inbox's id."""
        if isinstance(given, dict):
            values = cast("dict[str, Any]", given)
            return {name: self._filled(value) for name, value in values.items()}
        return self.ids[given[1:-1]] if isinstance(given, str) and given.startswith("{") else given


def furnish(ana: Somebody) -> House:
    """One of everything in an account."""
    inbox = ana.post("/inboxes", {"name": "Support", "member_user_ids": []})["id"]
    pending = {"name": "P", "email": f"pending{inbox}@example.org"}
    ids = {
        "user": ana.user_id,
        "pending": ana.post("/users", pending)["user"]["id"],
        "team": ana.post("/teams", {"name": "T", "main_member_ids": [ana.user_id]})["id"],
        "set": ana.post("/permission-sets", {"name": "S", "permissions": []})["id"],
        "token": ana.post("/tokens", {"name": "K", "scopes": []})["token"]["id"],
        "inbox": inbox,
        "channel": ana.post(f"/inboxes/{inbox}/channels", {"kind": "mobile", "name": "C"})["id"],
        "ticket": ana.post("/tickets", {"subject": "The parcel"})["id"],
        "contact": ana.post("/contacts", {"email": f"mia{inbox}@example.org"})["id"],
        "other_contact": ana.post("/contacts", {"email": f"leo{inbox}@example.org"})["id"],
        "subscription_type": ana.get("/privacy/subscription-types")["items"][0]["id"],
        "skill": ana.post("/routing/skills", {"name": f"Skill {inbox}"})["id"],
        "integration": _integration(ana),
        "survey": ana.post("/surveys", {"name": "S", "delivery": "chat"})["id"],
    }
    ids["connection"] = _connection(ana, ids["integration"])
    flow = {"inbox_id": inbox, "language": "en", "mobile_tag": "support", "type": "live_agent"}
    ids["chatflow"] = ana.post("/chatflows", flow)["id"]
    # An account has only so many.
    webhooks_there = ana.get("/webhooks")["items"]
    webhook = (
        webhooks_there[0]
        if webhooks_there
        else ana.post("/webhooks", {"name": "W", "url": "https://example.org"})
    )
    ids["webhook"] = webhook["id"]
    ids["push"] = ana.put("/push/webpush", {"subject": "mailto:ops@example.org"})["kind"]
    keys = ana.get("/identity")["keys"] or [ana.post("/identity/keys", {"name": "Shop"})["key"]]
    ids["identity_key"] = keys[0]["id"]
    person = {"kind": "contact", "id": ids["contact"]}
    ids |= _furnish_knowledge(ana)
    ids["export"] = ana.post("/privacy/exports", person)["id"]
    # Who is about to be forgotten cannot be merged.
    forgotten = ana.post("/contacts", {"email": f"nea{inbox}@example.org"})["id"]
    ids["erasure"] = ana.post("/privacy/erasures", {"kind": "contact", "id": forgotten})["id"]
    return House(ana, ids)


def _integration(ana: Somebody) -> int:
    there = ana.get("/integrations")["items"]
    new = {"name": "Shop", "redirect_uris": [REDIRECT], "scopes": ["tickets"]}
    return there[0]["id"] if there else ana.post("/integrations", new)["integration"]["id"]


def _connection(ana: Somebody, integration_id: int) -> int:
    """That Ana let the integration in. It has a number before the program has come for its tokens."""
    (found,) = (each for each in ana.get("/integrations")["items"] if each["id"] == integration_id)
    reply = {"client_id": found["client_id"], "redirect_uri": REDIRECT, "scope": "tickets", "allow": True}
    answer = ana.browser.post("/api/v1/oauth/authorization", json=reply)
    assert answer.status_code == 200, answer.text
    app = cast("FastAPI", ana.browser.app)
    rows = app.state.engine.read_and_wait(lambda reader: reader.all(select(connection.c.id)))
    return max(row[0] for row in rows)


def _furnish_knowledge(ana: Somebody) -> dict[str, Any]:
    """A base with a category and two articles: a draft, and one that is published and scheduled anew."""
    open_bases = [each for each in ana.get("/knowledge/bases")["items"] if each["archived_at"] is None]
    base = (
        open_bases[0]["id"]
        if open_bases
        else ana.post("/knowledge/bases", {"name": "Help", "languages": ["en", "nl"]})["id"]
    )
    category = ana.post(f"/knowledge/bases/{base}/categories", {"names": {"en": "Orders"}})["id"]
    paragraph = {"type": "paragraph", "runs": [{"type": "text", "text": "By card."}]}
    words = {"subtitle": "", "slug": "", "tags": [], "body": {"blocks": [paragraph]}}
    made: list[int] = []
    for title in ("Draft", "Out"):
        beginning = {"language": "en", "title": title}
        made.append(ana.post(f"/knowledge/bases/{base}/articles", beginning)["id"])
        draft = {"base_revision": 1, "title": title, **words}
        ana.put(f"/knowledge/articles/{made[-1]}/variants/en/draft", draft)
    out = f"/knowledge/articles/{made[1]}/variants/en"
    ana.post(f"{out}/publish", {"revision": 2})
    ana.post(f"{out}/schedule", {"revision": 2, "at": 1_700_000_600_000})
    return {
        "base": base,
        "category": category,
        "order": [
            {"id": each["id"], "children": []}
            for each in ana.get(f"/knowledge/bases/{base}/categories")["items"]
        ],
        "article": made[0],
        "published": made[1],
        "language": "en",
        "version": 1,
    }


@pytest.fixture
def house(desk: Desk) -> House:
    return furnish(desk.found())


def test_every_route_is_in_the_matrix() -> None:
    app = FastAPI()
    for feature in (
        accounts,
        people,
        files,
        inboxes,
        knowledge,
        consent,
        routing,
        surveys,
        tickets,
        chat_page,
        chatflows,
        privacy,
        push,
        webhooks,
    ):
        app.include_router(feature.router)
    found = {(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods}
    names = {
        "user": "user_id",
        "pending": "user_id",
        "team": "team_id",
        "set": "set_id",
        "token": "token_id",
        "inbox": "inbox_id",
        "channel": "channel_id",
        "contact": "contact_id",
        "ticket": "ticket_id",
        "identity_key": "key_id",
        "subscription_type": "type_id",
        "skill": "skill_id",
        "survey": "survey_id",
        "chatflow": "chatflow_id",
        "base": "base_id",
        "category": "category_id",
        "article": "article_id",
        "published": "article_id",
        "language": "language",
        "version": "number",
        "export": "export_id",
        "erasure": "erasure_id",
        "webhook": "webhook_id",
        "integration": "integration_id",
        "connection": "connection_id",
        "push": "kind",
    }
    parts = {key: f"{{{name}}}" for key, name in names.items()}
    listed = {(row.method, "/accounts/{account_id}" + row.path.format_map(parts)) for row in MATRIX}
    assert found == listed | ELSEWHERE


def test_nobody_gets_in_without_credentials(desk: Desk, house: House, subtests: pytest.Subtests) -> None:
    before = desk.rows()
    strangers = (
        Somebody(desk.browser(), house.admin.account_id, 0, ""),
        Somebody(desk.browser(authorization=f"Bearer pdk_{'0' * 43}"), house.admin.account_id, 0, ""),
    )
    for row in MATRIX:
        with subtests.test(row.name):
            assert [house.call(stranger, row).status_code for stranger in strangers] == [401, 401]
            assert desk.rows() == before


def test_another_account_does_not_exist(desk: Desk, house: House, subtests: pytest.Subtests) -> None:
    eve = desk.found("Other", "eve@example.org")
    everything = ["people", "inboxes", "chatflows", "audit", "tokens"]
    secret = eve.post("/tokens", {"name": "E", "scopes": everything})["secret"]
    program = desk.browser(authorization=f"Bearer {secret}")
    assert program.get(f"/api/v1/accounts/{eve.account_id}/users").status_code == 200
    intruders = (
        Somebody(eve.browser, house.admin.account_id, eve.user_id, eve.email),
        Somebody(program, house.admin.account_id, eve.user_id, eve.email),
    )
    before = desk.rows()
    for row in MATRIX:
        with subtests.test(row.name):
            assert [house.call(intruder, row).status_code for intruder in intruders] == [404, 404]
            if "{" in row.path:
                assert house.call(eve, row).status_code == 404, "nor its things in one's own"
            assert desk.rows() == before


def test_A01_the_right_is_needed_and_enough(desk: Desk, subtests: pytest.Subtests) -> None:
    ana = desk.found()
    everything = frozenset(
        {"chatflows", "inboxes", "people", "tokens", "audit", "knowledge_edit", "knowledge_publish"}
    )
    hired: dict[frozenset[str], Somebody] = {}

    def holder_of(rights: frozenset[str]) -> Somebody:
        if rights not in hired:
            hired[rights] = desk.hire(ana, f"user{len(hired)}@example.org", *rights)
            assert hired[rights].get("/users"), "seen now, so that seeing changes no row later"
        return hired[rights]

    for row in MATRIX:
        with subtests.test(row.name):
            house = furnish(ana)
            if row.needs:
                configures = (
                    {"chatflows", "inboxes"} if row.needs == "inboxes" and row.method == "GET" else set()
                )
                if row.query.get("scope") == "all":
                    configures = {"chatflows", "inboxes"}
                without = holder_of(everything - configures - row.also - {row.needs})
                before = desk.rows()
                hidden = row.method == "GET" and "{" in row.path and row.needs == "inboxes"
                assert house.call(without, row).status_code == (404 if hidden else 403)
                assert desk.rows() == before
            holder = holder_of(frozenset({row.needs} if row.needs else ()))
            if row.path == "/users/{user}":
                house.ids["user"] = holder.user_id
            answer = house.call(holder, row)
            assert answer.status_code < 300, answer.text


def test_bad_input_is_refused_at_its_field_and_changes_nothing(
    desk: Desk, house: House, subtests: pytest.Subtests
) -> None:
    before = desk.rows()
    for row in MATRIX:
        with subtests.test(row.name):
            _refuses_bad_input(house, row)
            assert desk.rows() == before


def _refuses_bad_input(house: House, row: Row) -> None:
    for change, name in row.bad:
        answer = house.call(house.admin, row, body={**(row.body or {}), **change})
        assert answer.status_code == 422, (change, answer.text[:300])
        assert any(found.split(".")[0] == name for found in answer.json()["fields"]), (
            change,
            answer.text[:300],
        )
    for name in row.missing:
        rest = {key: value for key, value in (row.body or {}).items() if key != name}
        answer = house.call(house.admin, row, body=rest)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [name])
    for change, name in row.bad_query:
        answer = house.call(house.admin, row, query={**row.query, **change})
        assert answer.status_code == 422, (change, answer.text[:300])
        assert name in answer.json()["fields"], (change, answer.text[:300])
    if row.body is not None:
        for body in (None, [], "x", 5, {**row.body, "stray": 1}):
            assert house.call(house.admin, row, body=body).status_code == 422, body
    if "{" in row.path:
        for value in (0, -1, 2**53, 2**70, "x", "1.5"):
            path = row.path[: row.path.index("{")] + str(value) + row.path[row.path.index("}") + 1 :]
            answer = house.admin.call(row.method, path, row.body, **row.query)
            assert answer.status_code == 422, (path, answer.text[:300])
