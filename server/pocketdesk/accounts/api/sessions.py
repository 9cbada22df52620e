"""First-run set-up, signing in and out, accepting an invitation."""

import asyncio
import secrets
from collections.abc import Callable

from fastapi import APIRouter, Depends, Request, Response

from pocketdesk.accounts import actions, views
from pocketdesk.accounts.api.callers import (
    Address,
    Now,
    SignedIn,
    Storage,
    address,
    clear_session_cookie,
    limiter,
    our_page,
    set_session_cookie,
)
from pocketdesk.accounts.model import PasswordHash, Session
from pocketdesk.accounts.rules import passwords, rights
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.accounts.rules.tokens import token_hash
from pocketdesk.accounts.rules.words import clean_email, clean_name
from pocketdesk.accounts.wire import (
    Acceptance,
    InvitationOut,
    SessionOut,
    SetUp,
    SetUpState,
    SignIn,
    to_invitation,
    to_session,
)
from pocketdesk.storage import Engine, UnitOfWork

SIGN_IN_BY_LOGIN = Limit("sign_in.login", 10, 60_000)
"""Of one login from one address: a stranger's guesses do not lock its owner out."""
SIGN_IN_ANYWHERE = Limit("sign_in.anywhere", 100, 30_000)
"""Of one login from all addresses together."""
SIGN_IN_BY_ADDRESS = Limit("sign_in.address", 100, 1_000)

router = APIRouter(tags=["session"])


@router.get("/setup")
async def get_setup(engine: Storage) -> SetUpState:
    """Whether the first account is still to be made."""
    return SetUpState(needed=await engine.read(views.needs_set_up))


async def set_up(
    body: SetUp,
    request: Request,
    response: Response,
    engine: Engine,
    at: int,
    furnish: Callable[[UnitOfWork, actions.Founded], object],
) -> SessionOut:
    """Makes the first account, lets `furnish` put into it what it needs, and signs its administrator in.

    The route is in inboxes, because a first inbox belongs to it. `AlreadySetUp` if there is an account.
    """
    limiter(request, SIGN_IN_BY_ADDRESS).take(address(request), at)
    if not await engine.read(views.needs_set_up):
        raise rights.AlreadySetUp
    passwords.check_password(body.password, clean_email(body.email))
    password = await _hash(body.password)

    def found(unit: UnitOfWork) -> actions.Founded:
        founded = actions.set_up(unit, body.account_name, body.name, body.email, password)
        furnish(unit, founded)
        return founded

    founded = await engine.write(found)
    return to_session(await _sign_in(request, response, engine, founded.login_id, at))


@router.post("/session", dependencies=[Depends(our_page)])
async def post_session(
    body: SignIn, request: Request, response: Response, engine: Storage, at: Now, whence: Address
) -> SessionOut:
    """Signs in. 401 `wrong_credentials` does not tell whether the address is known; 429 after too many attempts."""
    email = clean_email(body.email)
    by_login = limiter(request, SIGN_IN_BY_LOGIN)
    by_login.take((email, whence), at)
    limiter(request, SIGN_IN_ANYWHERE).take(email, at)
    limiter(request, SIGN_IN_BY_ADDRESS).take(whence, at)
    found = await engine.read(lambda reader: views.credentials(reader, email))
    stored = found.password_hash if found else None
    if not await asyncio.to_thread(passwords.is_password, body.password, stored) or found is None:
        raise rights.WrongCredentials
    by_login.clear((email, whence))
    return to_session(await _sign_in(request, response, engine, found.login_id, at))


@router.get("/session")
async def get_session(session: SignedIn) -> SessionOut:
    """Who is signed in here, and in which accounts they work."""
    return to_session(session)


@router.delete("/session", status_code=204)
async def delete_session(session: SignedIn, request: Request, response: Response, engine: Storage) -> None:
    """Signs out."""
    await engine.write(lambda unit: actions.end_session(unit, session.id))
    clear_session_cookie(request, response)


@router.get("/invitations/{token}")
async def get_invitation(token: str, engine: Storage, at: Now) -> InvitationOut:
    """What an invitation offers. 404 `invitation_gone` if it was used, replaced, or is too old."""
    found = await engine.read(lambda reader: views.invitation(reader, token, at))
    if found is None:
        raise rights.InvitationGone
    return to_invitation(found)


@router.post("/invitations/{token}", dependencies=[Depends(our_page)])
async def post_invitation(
    token: str,
    body: Acceptance,
    request: Request,
    response: Response,
    engine: Storage,
    at: Now,
    whence: Address,
) -> SessionOut:
    """Joins the account and signs in: with a new password, or with the one that the login has (`has_password`)."""
    limiter(request, SIGN_IN_BY_LOGIN).take(token_hash(token), at)
    limiter(request, SIGN_IN_BY_ADDRESS).take(whence, at)
    clean_name(body.name)
    found = await engine.read(lambda reader: views.invitation(reader, token, at))
    if found is None:
        raise rights.InvitationGone
    if found.password_hash is None:
        passwords.check_password(body.password, found.email)
        password = await _hash(body.password)
    else:
        password = found.password_hash
        if not await asyncio.to_thread(passwords.is_password, body.password, password):
            raise rights.WrongCredentials
    login_id = await engine.write(lambda unit: actions.accept_invitation(unit, token, body.name, password))
    return to_session(await _sign_in(request, response, engine, login_id, at))


async def _hash(password: str) -> PasswordHash:
    """Off the event loop and off the writer's thread: it takes a while on purpose."""
    salt = secrets.token_bytes(passwords.SALT_BYTES)
    return await asyncio.to_thread(passwords.hash_password, password, salt)


async def _sign_in(request: Request, response: Response, engine: Engine, login_id: int, at: int) -> Session:
    agent = request.headers.get("user-agent", "")
    host = request.client.host if request.client else ""
    word = await engine.write(lambda unit: actions.open_session(unit, login_id, agent, host))
    session = await engine.read(lambda reader: views.session_of(reader, word, at))
    if session is None:
        raise rights.WrongCredentials
    set_session_cookie(request, response, word)
    return session
