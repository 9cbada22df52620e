"""Signing in without a password: only an installation that runs as a demo has this route."""

from fastapi import APIRouter, Depends, Request, Response

from pocketdesk.accounts import actions, views
from pocketdesk.accounts.api import Address, Now, Storage, limiter, set_session_cookie
from pocketdesk.accounts.api.callers import our_page
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.accounts.wire import SessionOut, to_session
from pocketdesk.app.demo.seed import LOGINS
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.storage import UnitOfWork

router = APIRouter(prefix="/demo", tags=["demo"])
VISITS = Limit("demo.session", 60, 1_000)


@router.post("/session", dependencies=[Depends(our_page)])
async def post_demo_session(
    request: Request, response: Response, engine: Storage, at: Now, whence: Address
) -> SessionOut:
    """Signs the browser in as the demo's agent."""
    limiter(request, VISITS).take(whence, at)

    def open_session(unit: UnitOfWork) -> str:
        found = views.credentials(unit, LOGINS[0])
        if found is None:
            raise NotFound
        agent = request.headers.get("user-agent", "")
        return actions.open_session(unit, found.login_id, agent, whence)

    word = await engine.write(open_session)
    session = await engine.read(lambda reader: views.session_of(reader, word, at))
    if session is None:
        raise NotFound
    set_session_cookie(request, response, word)
    return to_session(session)
