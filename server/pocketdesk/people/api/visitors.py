"""Routes of contacts, for agents, and of the visitor's session, for chat pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Query, Request, Response

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    Address,
    Caller,
    Now,
    PageAfter,
    PageLimit,
    PathId,
    Storage,
    limiter,
)
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.kernel.refusal import Unauthenticated
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions, rules, views
from pocketdesk.people.model import ContactCard, VisitorSession
from pocketdesk.people.wire import (
    ContactOut,
    ContactPatch,
    ContactsOut,
    NewContact,
    NewVisitorSession,
    VisitorSessionOut,
    to_contact,
    to_contacts,
    to_visitor_session,
)
from pocketdesk.storage import Reader, UnitOfWork

COOKIE = "messagesUtk"
COOKIE_PATH = "/api/v1/visitor"

SESSION_BY_DEVICE = Limit("visitor_session.device", 30, 10_000)
SESSION_BY_ADDRESS = Limit("visitor_session.address", 10_000, 50)
"""Wide, because thousands of phones share one address of a mobile network."""
REMEMBER_BY_VISITOR = Limit("visitor_remember.visitor", 10, 60_000)

router = APIRouter()
visitors = APIRouter(prefix="/visitor", tags=["visitor"])
contacts = APIRouter(prefix="/accounts/{account_id}/contacts", tags=["contacts"])


@dataclass(frozen=True, slots=True)
class VisitorCaller:
    """A chat page that calls, by its bearer."""

    scope: AccountScope
    visitor_id: int
    session_id: int


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
    return VisitorCaller(scope, session.visitor_id, session.id)


Visitor = Annotated[VisitorCaller, Depends(visitor_caller)]


Remembering: TypeAlias = Callable[[Reader, AccountScope, int], None]


def remembering(request: Request) -> Remembering:
    """What refuses to remember a visitor (by id) who has not agreed to it."""
    return request.app.state.check_remembering


@visitors.post("/session", status_code=201)
async def post_visitor_session(
    body: NewVisitorSession, request: Request, engine: Storage, at: Now, whence: Address
) -> VisitorSessionOut:
    """Begins a chat page's session. The cookie, if it is there, brings its visitor back; nothing is set here."""
    cookie = request.cookies.get(COOKIE)

    def look(reader: Reader) -> tuple[AccountScope, int | None]:
        scope = accounts.open_account(reader, body.account_id)
        return scope, views.visitor_of_cookie(reader, scope, cookie)

    scope, known = await engine.read(look)
    if known is not None:
        limiter(request, SESSION_BY_DEVICE).take(known, at)
    else:
        limiter(request, SESSION_BY_ADDRESS).take(whence, at)
    return to_visitor_session(
        await engine.write(
            lambda unit: actions.open_visitor_session(unit, scope, body.mobile_tag, body.properties, cookie)
        )
    )


@visitors.post("/remember", status_code=204)
async def post_visitor_remember(
    visitor: Visitor,
    request: Request,
    response: Response,
    engine: Storage,
    at: Now,
    check: Annotated[Remembering, Depends(remembering)],
) -> None:
    """Sets the cookie that brings this visitor back. 403 `consent_required` while consent does not allow it."""
    limiter(request, REMEMBER_BY_VISITOR).take(visitor.visitor_id, at)
    cookie = request.cookies.get(COOKIE)

    def remember(unit: UnitOfWork) -> str:
        check(unit, visitor.scope, visitor.visitor_id)
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


@contacts.get("")
async def get_contacts(
    caller: Caller,
    engine: Storage,
    search: Annotated[str, Query(max_length=rules.LONGEST_SEARCH)] = "",
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> ContactsOut:
    """Contacts, newest first; with `search` those whose name or address contains the words."""
    return to_contacts(
        await engine.read(lambda reader: views.contacts(reader, caller.scope, limit, after, search))
    )


@contacts.post("", status_code=201)
async def post_contact(body: NewContact, caller: Caller, engine: Storage) -> ContactOut:
    """Adds a contact. 409 `address_taken` if another has the address."""
    return to_contact(
        await engine.write(
            lambda unit: actions.create_contact(unit, caller.scope, caller.actor, body.email, body.name)
        )
    )


@contacts.get("/{contact_id}")
async def get_contact(contact_id: PathId, caller: Caller, engine: Storage) -> ContactOut:
    """One contact."""
    return to_contact(await engine.read(lambda reader: views.contact_card(reader, caller.scope, contact_id)))


@contacts.patch("/{contact_id}")
async def patch_contact(
    contact_id: PathId, body: ContactPatch, caller: Caller, engine: Storage
) -> ContactOut:
    """Changes a contact's name, address or owner, or whether it is a marketing contact."""

    def change(unit: UnitOfWork) -> ContactCard:
        card = actions.change_contact(
            unit, caller.scope, caller.actor, contact_id, body.name, body.email, body.marketing
        )
        if "owner_user_id" not in body.model_fields_set:
            return card
        return actions.give_to_owner(unit, caller.scope, caller.actor, contact_id, body.owner_user_id)

    return to_contact(await engine.write(change))


router.include_router(visitors)
router.include_router(contacts)
