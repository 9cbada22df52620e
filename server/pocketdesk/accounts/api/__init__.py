"""Routes of accounts, and the dependencies by which every feature knows its caller."""

from fastapi import APIRouter

from pocketdesk.accounts.api import administration, integrations, sessions
from pocketdesk.accounts.api.callers import (
    USUAL_LIMIT,
    AccountId,
    Address,
    AgentCaller,
    Caller,
    Now,
    Origin,
    PageAfter,
    PageLimit,
    PathId,
    SealingKey,
    SendsMail,
    SignedIn,
    Storage,
    address,
    caller,
    limiter,
    now,
    origin,
    our_page,
    require,
    session_cookie,
    set_session_cookie,
    signed_in,
    storage,
    token_caller,
)
from pocketdesk.accounts.api.sessions import set_up

router = APIRouter()
router.include_router(sessions.router)
router.include_router(administration.router)
router.include_router(integrations.router)
router.include_router(integrations.authorizing)

__all__ = [
    "USUAL_LIMIT",
    "AccountId",
    "Address",
    "AgentCaller",
    "Caller",
    "Now",
    "Origin",
    "PageAfter",
    "PageLimit",
    "PathId",
    "SealingKey",
    "SendsMail",
    "SignedIn",
    "Storage",
    "address",
    "caller",
    "limiter",
    "now",
    "origin",
    "our_page",
    "require",
    "router",
    "session_cookie",
    "set_session_cookie",
    "set_up",
    "signed_in",
    "storage",
    "token_caller",
]
