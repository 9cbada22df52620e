"""Routes of visitors' sessions, of contacts, and of what proves who a visitor is."""

from fastapi import APIRouter

from pocketdesk.people.api.contacts import contacts
from pocketdesk.people.api.devices import App, apps, credentials
from pocketdesk.people.api.identity import TOKENS_BY_ACCOUNT, identity
from pocketdesk.people.api.visitors import (
    COOKIE,
    REMEMBER_BY_VISITOR,
    SESSION_BY_ADDRESS,
    SESSION_BY_DEVICE,
    Visitor,
    VisitorCaller,
    visitor_caller,
    visitors,
)

__all__ = [
    "COOKIE",
    "REMEMBER_BY_VISITOR",
    "SESSION_BY_ADDRESS",
    "SESSION_BY_DEVICE",
    "TOKENS_BY_ACCOUNT",
    "App",
    "Visitor",
    "VisitorCaller",
    "router",
    "visitor_caller",
]

router = APIRouter()
for _some in (visitors, credentials, apps, contacts, identity):
    router.include_router(_some)
