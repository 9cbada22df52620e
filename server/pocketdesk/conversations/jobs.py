"""What happens in conversations later: asking for an address, ending a wait, offering what waits, joining, merging."""

from collections.abc import Callable, Mapping

from msgspec import Struct, convert

from pocketdesk.accounts import views as accounts
from pocketdesk.conversations import actions
from pocketdesk.jobs import Every, Leased, Scheduled
from pocketdesk.jobs.model import Ending
from pocketdesk.jobs.worker import Run
from pocketdesk.kernel.moments import MINUTE
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Engine, UnitOfWork

OFFER_ALL = "conversations.offer_all"
SCHEDULES = (Scheduled(OFFER_ALL, Every(MINUTE)),)


class _Conversation(Struct, frozen=True):
    """The payload of a job about a conversation."""

    conversation_id: int


class _Assigned(_Conversation, frozen=True):
    """To whom it was given, and in which entry."""

    user_id: int
    seq: int


class _Place(Struct, frozen=True):
    """From where on conversations are offered."""

    after: int
    after_id: int


class _Joining(Struct, frozen=True):
    """Whose conversations become whose."""

    visitor_id: int
    to_visitor_id: int
    contact_id: int


class _HandingOver(Struct, frozen=True):
    """Which contact's conversations become which one's."""

    contact_id: int
    to_contact_id: int


def _ask_email(unit: UnitOfWork, job: Leased) -> None:
    about = convert(job.payload, _Conversation)
    actions.ask_email(unit, _scope(unit, job), about.conversation_id)


def _end_wait(unit: UnitOfWork, job: Leased) -> None:
    about = convert(job.payload, _Assigned)
    actions.end_wait(unit, _scope(unit, job), about.conversation_id, about.user_id, about.seq)


def _offer(unit: UnitOfWork, job: Leased) -> None:
    place = convert(job.payload, _Place)
    actions.offer(unit, _scope(unit, job), (place.after, place.after_id))


def _join(unit: UnitOfWork, job: Leased) -> None:
    about = convert(job.payload, _Joining)
    actions.join_history(unit, _scope(unit, job), about.visitor_id, about.to_visitor_id, about.contact_id)


def _hand_over(unit: UnitOfWork, job: Leased) -> None:
    about = convert(job.payload, _HandingOver)
    actions.hand_over(unit, _scope(unit, job), about.contact_id, about.to_contact_id)


def _offer_all(unit: UnitOfWork, _job: Leased) -> None:
    actions.offer_in_all_accounts(unit)


def _scope(unit: UnitOfWork, job: Leased) -> AccountScope:
    return accounts.open_account(unit, job.account_id)


WORK: Mapping[str, Callable[[UnitOfWork, Leased], None]] = {
    actions.ASK_EMAIL: _ask_email,
    actions.END_WAIT: _end_wait,
    actions.OFFER: _offer,
    actions.JOIN: _join,
    actions.HAND_OVER: _hand_over,
    OFFER_ALL: _offer_all,
}
"""What this feature does later, by kind. All of it is done by the database alone, and again changes nothing."""


def runs(engine: Engine) -> Mapping[str, Run]:
    """`WORK`, for a worker."""

    def run(work: Callable[[UnitOfWork, Leased], None]) -> Run:
        async def in_unit(job: Leased) -> Ending:
            await engine.write(lambda unit: work(unit, job))
            return None

        return in_unit

    return {kind: run(work) for kind, work in WORK.items()}
