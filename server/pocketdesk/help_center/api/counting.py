"""What a process remembers so that each reader counts once. Whoever asks again soon is served all the same."""

from collections.abc import Hashable, Iterable

from fastapi import Request

from pocketdesk.accounts.api import limiter
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.help_center import actions
from pocketdesk.help_center.rules import Sought, Typing
from pocketdesk.kernel.moments import MINUTE
from pocketdesk.kernel.refusal import TooMany
from pocketdesk.storage import Engine, UnitOfWork

VIEW = Limit("help.view", 1, 30 * MINUTE)
"""An article, again by the same reader within half an hour, is the same view."""
CHAT = Limit("help.chat", 1, 30 * MINUTE)
SEARCH = Limit("help.search", 1, 10 * MINUTE)
CLICK = Limit("help.click", 1, 10 * MINUTE)


def is_first(request: Request, limit: Limit, key: Hashable, at: int) -> bool:
    """Whether something counts: whether it is the first of its kind in a while."""
    try:
        limiter(request, limit).take(key, at)
    except TooMany:
        return False
    return True


def typing(request: Request) -> Typing:
    """The searches of this process that may go on."""
    state = request.app.state
    if not hasattr(state, "help_typing"):
        state.help_typing = Typing()
    return state.help_typing


async def count_searches(request: Request, engine: Engine, done: Iterable[Sought], at: int) -> None:
    """Counts searches that nothing followed; the same words of one reader once in a while."""
    new = [each for each in done if is_first(request, SEARCH, (each.reader, each.base_id, each.term), at)]

    def count(unit: UnitOfWork) -> None:
        for each in new:
            actions.count_search(unit, each)

    if new:
        await engine.write(count)
