"""Facts of other features after which somebody may be free for conversations that wait.

They are heard by the process that wrote them. One that is not heard costs a minute: `jobs` looks too.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.events import TeamMembersChanged, UserStatusChanged
from pocketdesk.conversations import actions
from pocketdesk.inboxes.events import InboxMembersChanged
from pocketdesk.kernel.events import Recorded
from pocketdesk.storage import Engine, Outcome, UnitOfWork

_FREES = UserStatusChanged | TeamMembersChanged | InboxMembersChanged
_log = logging.getLogger(__name__)


def react(engine: Engine) -> Callable[[Mapping[int, Sequence[Recorded]]], None]:
    """What listens to an engine's commits: the events of each account."""

    def offer(account_id: int) -> None:
        def work(unit: UnitOfWork) -> None:
            actions.offer_soon(unit, accounts.open_account(unit, account_id))

        engine.submit(work, _heard)

    def committed(news: Mapping[int, Sequence[Recorded]]) -> None:
        for account_id, facts in news.items():
            if any(isinstance(each.event, _FREES) for each in facts):
                offer(account_id)

    return committed


def _heard(outcome: Outcome[None]) -> None:
    if outcome.error is not None:
        _log.warning("waiting conversations were not offered at once: %s", outcome.error)
