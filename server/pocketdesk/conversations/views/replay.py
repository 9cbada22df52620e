"""Replayed facts, with the rows that they speak of."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pocketdesk.conversations import store
from pocketdesk.conversations.events import CommentPosted, ConversationStarted, MessagePosted, NoticeEvent
from pocketdesk.conversations.model import EnclosedEntry, EnclosedStart, Message, Named, NoticeKind
from pocketdesk.conversations.views.nouns import Names, to_assignee, to_contact, to_conversation
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.events import Recorded
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

Place = tuple[int, int]
"""Where an entry stands: conversation and seq."""


def enclose(reader: Reader, scope: AccountScope, facts: Sequence[Recorded]) -> list[Recorded]:
    """The facts with the rows that they speak of, in a fixed number of queries. Others stay as they are.

    So do those whose rows are gone.
    """
    rows = _rows(reader, scope, facts)
    ids = {id_ for id_, _ in rows}
    if not ids:
        return list(facts)
    table = store.conversation
    query = store.CONVERSATIONS.where(table.c.account_id == scope.account_id, table.c.id.in_(ids))
    known = {row[0]: to_conversation(row) for row in reader.all(query)}
    assigned = _facts_of(rows, NoticeKind.ASSIGNED)
    associated = _facts_of(rows, NoticeKind.CONTACT_ASSOCIATED)
    moved = _facts_of(rows, NoticeKind.MOVED)
    names = Names(reader, scope)
    names.want_entries(rows.values())
    names.want_assignees(to_assignee(each["kind"], each.get("id", 0)) for each in assigned.values())
    contacts = people.contact_cards(reader, scope, {each["contact_id"] for each in associated.values()})
    cards = inboxes.inbox_cards(reader, scope, {each["to"] for each in moved.values()})

    def enclosed(recorded: Recorded) -> EnclosedStart | EnclosedEntry | None:
        event = recorded.event
        if isinstance(event, ConversationStarted):
            begun = known.get(event.conversation_id)
            if begun is not None and begun.chatflow_id is None:
                return EnclosedStart(begun, ())
            first = [rows.get((event.conversation_id, seq)) for seq in (1, 2)]
            messages = [names.entry(row) for row in first if row]
            there = tuple(each for each in messages if isinstance(each, Message))
            return EnclosedStart(known[event.conversation_id], there) if len(there) == len(first) else None
        place = getattr(event, "conversation_id", 0), getattr(event, "seq", 0)
        if place not in rows:
            return None
        to, who, where = assigned.get(place), associated.get(place), moved.get(place)
        return EnclosedEntry(
            names.entry(rows[place]),
            known[place[0]].naming,
            names.assignee(to_assignee(to["kind"], to.get("id", 0))) if to else None,
            to_contact(contacts, who["contact_id"], known[place[0]].visitor_id) if who else None,
            Named(where["to"], cards[where["to"]].name) if where else None,
        )

    return [replace(recorded, enclosed=enclosed(recorded)) for recorded in facts]


def _rows(reader: Reader, scope: AccountScope, facts: Sequence[Recorded]) -> dict[Place, Row]:
    """The entries that facts speak of, as far as they are there."""
    places: dict[str, set[Place]] = {"message": set(), "comment": set(), "notice": set()}
    for recorded in facts:
        match recorded.event:
            case ConversationStarted(conversation_id=id_):
                places["message"] |= {(id_, 1), (id_, 2)}
            case MessagePosted(conversation_id=id_, seq=seq):
                places["message"].add((id_, seq))
            case CommentPosted(conversation_id=id_, seq=seq):
                places["comment"].add((id_, seq))
            case event if isinstance(event, NoticeEvent):
                places["notice"].add((event.conversation_id, event.seq))
            case _:
                pass
    return {
        (row[0], row[1]): row
        for table in (store.message, store.comment, store.notice)
        if places[table.name]
        for row in reader.all(store.entries_at(table, places[table.name]), account_id=scope.account_id)
    }


def _facts_of(rows: dict[Place, Row], kind: NoticeKind) -> dict[Place, dict[str, Any]]:
    return {place: json.loads(row[7]) for place, row in rows.items() if row[3] == kind.value}
