"""Mails, one job each: find out what to tell, hand it to the server, note that it went out.

A job that runs again sends nothing twice, unless its process died between the server's yes and the note; then both
mails have the same Message-ID. Without a server nothing is sent, and nothing is kept for later.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TypeAlias, cast

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.actions import MAIL_INVITATION
from pocketdesk.conversations.actions.assigning import OWNER_AWAY
from pocketdesk.jobs import Every, Leased, Scheduled
from pocketdesk.jobs.model import Ending
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.mail import actions, views
from pocketdesk.mail.model import Mail
from pocketdesk.storage import Engine, UnitOfWork

SWEEP = "mail.sweep"
SCHEDULES = (Scheduled(SWEEP, Every(DAY)),)

Post: TypeAlias = Callable[[Mail], Awaitable[Ending]]
"""Hands one mail to a server."""
Prepare: TypeAlias = Callable[[UnitOfWork, AccountScope, Leased], Mail | None]
"""The mail of a job; None if there is nothing to tell."""


def runs(engine: Engine, post: Post | None, origin: str) -> Mapping[str, Run]:
    """What this feature does later, by kind. `origin` begins the links in mails; without `post` no mail is sent."""

    async def sweep(_job: Leased) -> Ending:
        while await engine.write(actions.sweep):
            pass
        return None

    def owner_away(unit: UnitOfWork, scope: AccountScope, job: Leased) -> Mail | None:
        return views.owner_away(
            unit, scope, origin, _number(job, "user_id"), _number(job, "conversation_id"), unit.now
        )

    def transcript(unit: UnitOfWork, scope: AccountScope, job: Leased) -> Mail | None:
        ids = _number(job, "conversation_id"), _number(job, "contact_id")
        return views.transcript(unit, scope, origin, *ids, _number(job, "seq"), unit.now)

    def invitation(unit: UnitOfWork, scope: AccountScope, job: Leased) -> Mail | None:
        return actions.invite(unit, scope, origin, _number(job, "user_id"))

    return {
        SWEEP: sweep,
        OWNER_AWAY: partial(_send, engine, post, owner_away),
        actions.TRANSCRIPT: partial(_send, engine, post, transcript),
        MAIL_INVITATION: partial(_send, engine, post, invitation),
    }


async def _send(engine: Engine, post: Post | None, prepare: Prepare, job: Leased) -> Ending:
    if post is None:
        return None

    def begin(unit: UnitOfWork) -> tuple[AccountScope, Mail | None]:
        scope = accounts.open_account(unit, job.account_id)
        return scope, prepare(unit, scope, job)

    scope, mail = await engine.write(begin)
    if mail is None:
        return None
    ending = await post(mail)
    if ending is None:
        await engine.write(lambda unit: actions.note_sent(unit, scope, mail.word))
    return ending


def _number(job: Leased, name: str) -> int:
    return cast("int", job.payload[name])
