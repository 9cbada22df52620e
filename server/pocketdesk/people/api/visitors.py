"""Routes of the visitor's session, for chat pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Request, Response

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import Address, Now, SealingKey, Storage, limiter
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.kernel.refusal import Unauthenticated
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions, rules, views
from pocketdesk.people.model import Enforcement, Identity, OpenedSession, Proof, VisitorSession
from pocketdesk.people.wire import NewVisitorSession, VisitorSessionOut, to_visitor_session
from pocketdesk.storage import Reader, UnitOfWork

COOKIE = "messagesUtk"
COOKIE_PATH = "/api/v1/visitor"

SESSION_BY_DEVICE = Limit("visitor_session.device", 30, 10_000)
SESSION_BY_ADDRESS = Limit("visitor_session.address", 10_000, 50)
"""Wide, because thousands of phones share one address of a mobile network."""
REMEMBER_BY_VISITOR = Limit("visitor_remember.visitor", 10, 60_000)

visitors = APIRouter(prefix="/visitor", tags=["visitor"])


@dataclass(frozen=True, slots=True)
class VisitorCaller:
    """A chat page that calls, by its bearer."""

    scope: AccountScope
    visitor_id: int
    session_id: int
    identity: Identity
    verified_contact_id: int | None
    """The contact as whom the visitor acts, by proof."""


async def visitor_caller(request: Request, engine: Storage, at: Now) -> VisitorCaller:
    """The visitor of `Authorization: Bearer ...`; `Unauthenticated` without. Cookies prove nothing here."""
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not word:
        raise Unauthenticated

    def look(reader: Reader) -> tuple[AccountScope, VisitorSession]:
        session = views.visitor_of_bearer(reader, word, at)
        if session is None:
            raise Unauthenticated
        return accounts.open_account(reader, session.account_id), session

    scope, session = await engine.read(look)
    if rules.is_stale(session.last_seen_at, at):
        await engine.write(lambda unit: actions.see_visitor(unit, scope, session))
    return VisitorCaller(scope, session.visitor_id, session.id, session.identity, session.contact_id)


Visitor = Annotated[VisitorCaller, Depends(visitor_caller)]


Remembering: TypeAlias = Callable[[Reader, AccountScope, int, bool], None]


def remembering(request: Request) -> Remembering:
    """What refuses to remember a visitor (by id) who has not agreed to it, or (True) whom an app says who it is."""
    return request.app.state.check_remembering


@visitors.post("/session", status_code=201)
async def post_visitor_session(
    body: NewVisitorSession,
    request: Request,
    response: Response,
    engine: Storage,
    at: Now,
    whence: Address,
    key: SealingKey,
) -> VisitorSessionOut:
    """Begins a chat page's session.

    With an `identity_token` that holds (and `email`, if given, is the token's) the visitor is that contact, on any
    device; the cookie's visitor has shown to be the same person, so their conversations join the contact's, and the
    cookie is deleted. With one that does not hold, whatever the reason, the visitor is somebody new whom no cookie
    brings back. Without a token the cookie, if it is there, brings its visitor back; nothing is set here.
    """
    cookie, token = request.cookies.get(COOKIE), body.identity_token

    def look(reader: Reader) -> tuple[AccountScope, Proof | None, int | None, Enforcement]:
        scope = accounts.open_account(reader, body.account_id)
        proof = None
        if token:
            proof = views.proof_of(reader, scope, token, body.email, key, at)
        known = None if token else views.visitor_of_cookie(reader, scope, cookie)
        counted = views.enforcement(reader, scope) if token or body.email else Enforcement.OFF
        return scope, proof, known, counted

    scope, proof, known, enforcement = await engine.read(look)
    if proof is not None:
        limiter(request, SESSION_BY_DEVICE).take((scope.account_id, proof.email), at)
    elif known is not None:
        limiter(request, SESSION_BY_DEVICE).take(known, at)
    else:
        limiter(request, SESSION_BY_ADDRESS).take(whence, at)

    def begin(unit: UnitOfWork) -> OpenedSession:
        page = unit, scope, body.mobile_tag, body.properties
        if proof is not None:
            opened = actions.open_proven_session(*page, proof, cookie, request.app.state.join_history)
        elif token:
            opened = actions.open_refused_session(*page)
        elif body.email:
            opened = actions.open_claiming_session(*page, cookie, body.email, enforcement)
        else:
            opened = actions.open_visitor_session(*page, cookie)
        client = rules.client_of(request.headers.get("user-agent", ""))
        if client != rules.WEB:
            request.app.state.see_sdk(unit, scope, body.mobile_tag, client)
        if enforcement is not Enforcement.OFF:
            version = rules.app_version_of(body.properties)
            actions.count_identity(unit, scope, client, version, opened.identity)
        return opened

    opened = await engine.write(begin)
    if cookie is not None and opened.identity is Identity.VERIFIED:
        response.headers.append("set-cookie", _cookie(request, "", 0))
    return to_visitor_session(opened)


@visitors.post("/remember", status_code=204)
async def post_visitor_remember(
    visitor: Visitor,
    request: Request,
    response: Response,
    engine: Storage,
    at: Now,
    check: Annotated[Remembering, Depends(remembering)],
) -> None:
    """Sets the cookie that brings this visitor back.

    403 `consent_required` while consent does not allow it, `not_remembered` where an app says who the visitor is.
    """
    limiter(request, REMEMBER_BY_VISITOR).take(visitor.visitor_id, at)
    cookie = request.cookies.get(COOKIE)

    def remember(unit: UnitOfWork) -> str:
        check(unit, visitor.scope, visitor.visitor_id, visitor.identity is not Identity.NONE)
        return actions.remember_visitor(unit, visitor.scope, visitor.visitor_id, cookie)

    word = await engine.write(remember)
    response.headers.append("set-cookie", _cookie(request, word, rules.COOKIE_S))


@visitors.delete("/session", status_code=204)
async def delete_visitor_session(
    visitor: Visitor, request: Request, response: Response, engine: Storage
) -> None:
    """Forgets the session, and the cookie with what it could bring back."""
    cookie = request.cookies.get(COOKIE)
    await engine.write(
        lambda unit: actions.forget_visitor(
            unit, visitor.scope, visitor.visitor_id, visitor.session_id, cookie
        )
    )
    response.headers.append("set-cookie", _cookie(request, "", 0))


def _cookie(request: Request, word: str, max_age: int) -> str:
    """Over https the page may stand in a frame of another site, so the cookie is partitioned by that site."""
    secure = request.app.state.settings.secure_cookies
    where = "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"
    return f"{COOKIE}={word}; Max-Age={max_age}; Path={COOKIE_PATH}; HttpOnly; {where}"
