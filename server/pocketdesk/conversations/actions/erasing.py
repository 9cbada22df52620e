"""Blanks what was said. The conversation stays, for counts and times; a screen that shows it follows."""

import json
from typing import Any, cast

from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.actions import turn
from pocketdesk.conversations.events import ConversationErased
from pocketdesk.conversations.model import SYSTEM, NoticeKind
from pocketdesk.files import actions as files
from pocketdesk.files import views as uploads
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork
from pocketdesk.storage.statement import Row

ENTRIES_AT_ONCE = 200
FILES_AT_ONCE = 100


def erase_some_of_person(unit: UnitOfWork, scope: AccountScope, person_id: int) -> dict[str, int] | None:
    """Blanks a stretch of one conversation of a visitor or contact; how many rows, or None when nothing is left.

    At most 300 entries and files. A conversation that is open is closed first.
    """
    row = unit.one(store.ERASABLE_OF_PERSON, account_id=scope.account_id, person_id_=person_id)
    return _erase_some(unit, scope, row) if row else None


def erase_some_closed(unit: UnitOfWork, scope: AccountScope, conversation_id: int) -> dict[str, int] | None:
    """Like `erase_some_of_person`, of one conversation, unless somebody has taken it up again."""
    row = unit.one(store.CLOSED_ERASABLE, account_id=scope.account_id, id_=conversation_id)
    return _erase_some(unit, scope, row) if row else None


def _erase_some(unit: UnitOfWork, scope: AccountScope, row: Row) -> dict[str, int]:
    found, start = views.to_conversation(row), row[-1]
    found = turn.write(unit, scope, found, rules.take_turn(found.state, rules.Close(), unit.now), SYSTEM)
    end = min(found.state.seq, start + ENTRIES_AT_ONCE)
    stretch = {"account_id": scope.account_id, "id_": found.id, "from_": start, "to_": end}
    counts = {
        "message": len(unit.all(store.ERASE_MESSAGES, **stretch)),
        "comment": len(unit.all(store.ERASE_COMMENTS, **stretch)),
        "notice": _erase_notices(unit, scope, found.id, stretch),
    }
    file_ids = uploads.ids_of_conversation(unit, scope, found.id, 0, FILES_AT_ONCE)
    files.erase(unit, scope, file_ids)
    counts["file"] = len(file_ids)
    whole = end == found.state.seq and len(file_ids) < FILES_AT_ONCE
    counts["conversation"] = int(whole)
    unit.run(
        store.SET_ERASED,
        account_id=scope.account_id,
        id_=found.id,
        erased_seq_=end if whole else min(end, found.state.seq - 1),
        contact_id_=None if whole else found.state.contact_id,
    )
    unit.record(scope.account_id, ConversationErased(found.id, found.visitor_id, start + 1, end, whole))
    return counts


def _erase_notices(
    unit: UnitOfWork, scope: AccountScope, conversation_id: int, stretch: dict[str, int]
) -> int:
    telling = unit.all(store.TELLING_NOTICES, **stretch)
    for seq, kind, facts in telling:
        blank = cast("dict[str, Any]", json.loads(facts)) | (
            {"email": ""} if kind == NoticeKind.EMAIL_GIVEN else {"answer": None}
        )
        unit.run(
            store.SET_FACTS,
            account_id=scope.account_id,
            id_=conversation_id,
            before=seq,
            facts_=turn.encode(blank).decode(),
        )
    return len(telling)
