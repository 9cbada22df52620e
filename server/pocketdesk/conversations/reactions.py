"""Facts of other features that conversations follow: somebody may be free for those that wait, a visitor has left.

They are heard by the process that wrote them. Of who is free one that is not heard costs a minute: `jobs` looks too. A
conversation whose visitor's leaving is not heard stays open for its agents to close.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.events import TeamMembersChanged, UserStatusChanged
from pocketdesk.conversations import actions
from pocketdesk.inboxes.events import InboxMembersChanged
from pocketdesk.kernel.events import Recorded
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people.events import VisitorSessionEnded
from pocketdesk.storage import Engine, Outcome, UnitOfWork

_FREES = UserStatusChanged | TeamMembersChanged | InboxMembersChanged
_log = logging.getLogger(__name__)


def react(engine: Engine) -> Callable[[Mapping[int, Sequence[Recorded]]], None]:
    """What listens to an engine's commits: the events of each account."""

    def submit(account_id: int, action: Callable[[UnitOfWork, AccountScope], None]) -> None:
        engine.submit(lambda unit: action(unit, accounts.open_account(unit, account_id)), _heard)

    def close_left(account_id: int, visitor_id: int) -> None:
        submit(account_id, lambda unit, scope: actions.close_left(unit, scope, visitor_id))

    def committed(news: Mapping[int, Sequence[Recorded]]) -> None:
        for account_id, facts in news.items():
            if any(isinstance(each.event, _FREES) for each in facts):
                submit(account_id, actions.offer_soon)
            for each in facts:
                if isinstance(each.event, VisitorSessionEnded) and each.event.session_id:
                    close_left(account_id, each.event.visitor_id)

    return committed


def _heard(outcome: Outcome[None]) -> None:
    if outcome.error is not None:
        _log.warning("conversations could not follow at once: %s", outcome.error)
