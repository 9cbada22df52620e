"""Who calls: the dependencies with which every feature's routes begin."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, cast

from fastapi import Depends, Path, Query, Request, Response

from pocketdesk.accounts import actions, views
from pocketdesk.accounts.model import Actor, Permission, Session
from pocketdesk.accounts.rules import oauth, rights
from pocketdesk.accounts.rules.limits import Limit, Limiter, network_of
from pocketdesk.accounts.rules.tokens import API_PREFIX, SESSION_LONGEST_MS, is_stale
from pocketdesk.kernel.page import MOST, USUAL
from pocketdesk.kernel.refusal import Forbidden, NotFound, Unauthenticated
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Engine

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

AccountId = Annotated[int, Path(ge=1, lt=2**53, description="The account that the call acts in.")]
PathId = Annotated[int, Path(ge=1, lt=2**53)]
PageLimit = Annotated[int, Query(ge=1, le=MOST, description="Most items in one page.")]
PageAfter = Annotated[str | None, Query(max_length=1_000, description="`after` of the page before.")]
USUAL_LIMIT = USUAL


@dataclass(frozen=True, slots=True)
class AgentCaller:
    """A user who calls, by the console's session, an API token or an integration, with the rights held at this moment.

    `scopes` are those of the token; `permissions` never exceed them, nor what the user holds. `allowed` is what the
    user let an integration do; None for any other caller.
    """

    scope: AccountScope
    user_id: int
    permissions: frozenset[Permission]
    via: Literal["session", "token", "integration"]
    scopes: frozenset[Permission] = frozenset()
    allowed: frozenset[str] | None = None

    @property
    def actor(self) -> Actor:
        """The caller as accounts, people and inboxes know it."""
        return Actor(self.user_id, self.permissions)


# These ask for nothing that takes time, and are async all the same: plain functions would go through a thread each.


async def storage(request: Request) -> Engine:
    """The installation's storage."""
    return request.app.state.engine


Storage = Annotated[Engine, Depends(storage)]


async def now(request: Request) -> int:
    """The time in UTC milliseconds."""
    return request.app.state.clock()


Now = Annotated[int, Depends(now)]


def address(request: Request) -> str:
    """The network address that the call comes from, as limits count it."""
    return network_of(request.client.host if request.client else "")


Address = Annotated[str, Depends(address)]


def limiter(request: Request, limit: Limit) -> Limiter:
    """The limiter of this process for a limit."""
    state = request.app.state
    if not hasattr(state, "limiters"):
        state.limiters = dict[str, Limiter]()
    limiters = cast("dict[str, Limiter]", state.limiters)
    return limiters.setdefault(limit.name, Limiter(limit))


async def sends_mail(request: Request) -> bool:
    """Whether mail goes out of this installation."""
    return request.app.state.sends_mail


SendsMail = Annotated[bool, Depends(sends_mail)]


async def sealing_key(request: Request) -> bytes:
    """What seals secrets of this installation."""
    return request.app.state.sealing_key


SealingKey = Annotated[bytes, Depends(sealing_key)]


async def origin(request: Request) -> str:
    """How the world calls this server: `https://chat.example.org`."""
    return request.app.state.settings.origin


Origin = Annotated[str, Depends(origin)]


def session_cookie(settings: Any) -> str:
    """The name of the console's cookie: `__Host-` needs https, and WebKit drops it on plain http."""
    return "__Host-session" if settings.secure_cookies else "session"


def set_session_cookie(request: Request, response: Response, word: str) -> None:
    """Signs the browser in."""
    settings = request.app.state.settings
    response.set_cookie(
        session_cookie(settings),
        word,
        max_age=SESSION_LONGEST_MS // 1000,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Signs the browser out."""
    settings = request.app.state.settings
    response.delete_cookie(
        session_cookie(settings), path="/", secure=settings.secure_cookies, httponly=True, samesite="lax"
    )


def our_page(request: Request) -> None:
    """Refuses a request that changes something unless a page of ours sent it (`ForeignOrigin`)."""
    headers = request.headers
    if request.method not in SAFE_METHODS and not rights.is_our_page(
        headers.get("origin"), headers.get("sec-fetch-site"), request.app.state.trusted_origins
    ):
        raise rights.ForeignOrigin


async def signed_in(request: Request, engine: Storage, at: Now) -> Session:
    """The session of the console's cookie; `Unauthenticated` without one, `ForeignOrigin` from another site."""
    word = request.cookies.get(session_cookie(request.app.state.settings))
    session = await engine.read(lambda reader: views.session_of(reader, word, at)) if word else None
    if session is None:
        raise Unauthenticated
    our_page(request)
    return session


SignedIn = Annotated[Session, Depends(signed_in)]


async def caller(request: Request, account_id: AccountId, engine: Storage, at: Now) -> AgentCaller:
    """The user who calls in the account of the path, by cookie or `Authorization: Bearer pdk_...` (or `pda_...`).

    `Unauthenticated` without either; `NotFound` for an account in which the caller is nobody.
    """
    authorization = request.headers.get("authorization")
    if authorization is not None:
        found = await token_caller(engine, authorization, at)
        if found.scope.account_id != account_id:
            raise NotFound
        if found.allowed is None:
            return found
        return replace(found, permissions=oauth.own_rights(found.allowed, found.permissions))
    session = await signed_in(request, engine, at)
    found = session.membership(account_id)
    if found is None:
        raise NotFound
    scope = AccountScope(account_id)
    if is_stale(found.last_seen_at, at) or is_stale(session.last_seen_at, at):
        await engine.write(lambda unit: actions.see_user(unit, scope, found.user_id, session))
    return AgentCaller(scope, found.user_id, found.permissions, "session")


Caller = Annotated[AgentCaller, Depends(caller)]


async def token_caller(engine: Engine, authorization: str, at: int) -> AgentCaller:
    """Who calls with an API token or an integration's access token, in whichever account it is one of.

    `Unauthenticated` if it is none. An integration's `permissions` are all that its user holds: who asks this must look
    at what is `allowed`, too.
    """
    scheme, _, word = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    if word.startswith(oauth.ACCESS_PREFIX):
        return await _integration_caller(engine, word, at)
    if not word.startswith(API_PREFIX):
        raise Unauthenticated
    grant = await engine.read(lambda reader: views.token_grant(reader, word))
    if grant is None:
        raise Unauthenticated
    if is_stale(grant.last_used_at, at):
        await engine.write(lambda unit: actions.use_token(unit, grant.scope, grant.id))
    return AgentCaller(grant.scope, grant.user_id, grant.permissions, "token", grant.scopes)


async def _integration_caller(engine: Engine, word: str, at: int) -> AgentCaller:
    grant = await engine.read(lambda reader: views.access_grant(reader, word, at))
    if grant is None:
        raise Unauthenticated
    if is_stale(grant.last_used_at, at):
        await engine.write(lambda unit: actions.use_connection(unit, grant.scope, grant.connection_id))
    return AgentCaller(grant.scope, grant.user_id, grant.held, "integration", allowed=grant.scopes)


def require(*any_of: str) -> Callable[..., Awaitable[AgentCaller]]:
    """A dependency like `caller` for those who hold at least one of the permissions; `Forbidden` for others."""
    wanted = frozenset(map(Permission, any_of))

    async def permitted(found: Caller) -> AgentCaller:
        if not found.permissions & wanted:
            raise Forbidden(f"needs the permission {' or '.join(sorted(wanted))}")
        return found

    return permitted
