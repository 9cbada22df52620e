"""What a program says of words that it was to bring out and could not."""

from pocketdesk.conversations import rules, views
from pocketdesk.conversations.actions import turn
from pocketdesk.conversations.model import SYSTEM, NoticeKind
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork


def note_undelivered(
    unit: UnitOfWork, scope: AccountScope, conversation_id: int, seq: int, why: str | None
) -> None:
    """Agents see that the words at `seq` did not arrive. Saying it again of the newest such words changes nothing."""
    found = turn.take_for_system(unit, scope, conversation_id)
    if found is None:
        raise NotFound
    told = views.newest_notice(unit, scope, conversation_id, NoticeKind.UNDELIVERED)
    if told is not None and told["seq"] == seq:
        return
    taken = rules.take_turn(found.state, rules.Undelivered({"seq": seq, "why": why}), unit.now)
    turn.write(unit, scope, found, taken, SYSTEM)
