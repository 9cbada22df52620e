"""What a visitor and the agents have said to each other, for taking away."""

import json

from pocketdesk.accounts import views as accounts
from pocketdesk.conversations import rules, store
from pocketdesk.conversations.model import Line, Message, Transcript
from pocketdesk.conversations.views.nouns import Names
from pocketdesk.conversations.views.one import of_account
from pocketdesk.kernel import text
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader

MOST_LINES = 5_000


def transcript(reader: Reader, scope: AccountScope, conversation_id: int, origin: str) -> Transcript:
    """The messages of a conversation under the names that its visitor sees; never its comments. The first 5,000.

    `origin` begins addresses of this server. The caller has checked who may have it. `NotFound` if there is none such.
    """
    found = of_account(reader, scope, conversation_id)
    rows = reader.all(store.SAID, account_id=scope.account_id, id_=found.id, limit=MOST_LINES)
    names = Names(reader, scope)
    names.want_entries(rows)
    ours = found.brand_name or accounts.account(reader, scope).name
    lines: list[Line] = []
    for each in rows:
        entry = names.entry(each)
        if not isinstance(entry, Message):
            continue
        shown = rules.seen_by_visitor(entry.author, found.naming)
        name = None if shown.kind == "visitor" else shown.name or ours
        words = text.from_json(json.loads(entry.content)).plain_at(origin)
        if words:  # and was not erased
            lines.append(Line(entry.at, name, words))
    return Transcript(found.id, found.language, ours, tuple(lines))
