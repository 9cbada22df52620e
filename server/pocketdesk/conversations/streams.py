"""The streams of conversations: what each holds, whom a fact concerns, how it looks to them."""

# ruff: noqa: ARG002  not every stream needs all that its port offers

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pocketdesk.accounts import views as accounts
from pocketdesk.conversations import views, wire
from pocketdesk.conversations.events import (
    ContactAssociated,
    ConversationAssigned,
    ConversationClosed,
    ConversationErased,
    ConversationEvent,
    ConversationMoved,
    ConversationReopened,
    ConversationStarted,
    HistoryJoined,
    MessagePosted,
    VisitorEvent,
)
from pocketdesk.conversations.model import AgentViewer, ListRow, View, VisitorViewer
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.events import Event, Recorded
from pocketdesk.kernel.refusal import Forbidden, Invalid, NotFound
from pocketdesk.realtime.ports import EventStream, RowStream, Topic, Viewer
from pocketdesk.storage import Reader


def _visitor(viewer: Viewer) -> VisitorViewer:
    if not isinstance(viewer, VisitorViewer):
        raise Forbidden("for visitors")
    return viewer


def _agent(viewer: Viewer) -> AgentViewer:
    if not isinstance(viewer, AgentViewer):
        raise Forbidden("for agents")
    return viewer


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= 16 and int(word) < 2**53):
        raise Invalid({"stream": "must end with an id"})
    return int(word)


class VisitorStream:
    """Everything that a visitor sees: the visitor's own conversations."""

    name = "visitor"

    def topic(self, viewer: Viewer, address: str) -> Topic:
        if address != self.name:
            raise Invalid({"stream": "must be `visitor`"})
        return self.name, _visitor(viewer).visitor_id

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        who = _visitor(viewer)
        return wire.visitor_state(views.visitor_conversations(reader, who.scope, who.visitor_id))

    def may_see(self, reader: Reader, viewer: Viewer, address: str) -> bool:
        return isinstance(viewer, VisitorViewer)

    def conversation_ids(self, reader: Reader, viewer: Viewer, address: str) -> Sequence[int] | None:
        who = _visitor(viewer)
        return views.conversation_ids_of_visitor(reader, who.scope, who.visitor_id)

    def topics(self, event: Event) -> Iterable[Topic]:
        if isinstance(event, VisitorEvent):
            return ((self.name, event.visitor_id),)
        return ()

    def encode(self, recorded: Recorded, view: str) -> bytes | None:
        return wire.for_visitor(recorded) if view == "visitor" else None


class ConversationStream:
    """One conversation as the agents of its inbox see it: `conversation:<id>`."""

    name = "conversation"

    def topic(self, viewer: Viewer, address: str) -> Topic:
        _agent(viewer)
        return self.name, self._id(address)

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        who = _agent(viewer)
        found = views.agent_conversation(reader, who.scope, who.user_id, self._id(address))
        return wire.encode(wire.agent_conversation(found))

    def may_see(self, reader: Reader, viewer: Viewer, address: str) -> bool:
        if not isinstance(viewer, AgentViewer):
            return False
        try:
            views.of_agent(reader, viewer.scope, viewer.user_id, self._id(address))
        except NotFound:
            return False
        return True

    def conversation_ids(self, reader: Reader, viewer: Viewer, address: str) -> Sequence[int] | None:
        return [self._id(address)]

    def topics(self, event: Event) -> Iterable[Topic]:
        return ((self.name, event.conversation_id),) if isinstance(event, ConversationEvent) else ()

    def encode(self, recorded: Recorded, view: str) -> bytes | None:
        return wire.for_agent(recorded) if view == "agent" else None

    def _id(self, address: str) -> int:
        return _number(address.partition(":")[2])


_CHANGES_COUNTS = (
    ConversationStarted | ConversationAssigned | ConversationClosed | ConversationReopened | ConversationMoved
)
_CHANGES_ROWS = _CHANGES_COUNTS | MessagePosted | ContactAssociated | ConversationErased


class ListStream:
    """The top of a view, newest activity first: `list:<view>`, or `list:<view>:<inbox_id>`.

    Law: the rows at or above the last row of the snapshot are those of a fresh one.
    """

    name = "list"

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        who = _agent(viewer)
        view, inbox_id = _to_list(address)
        rows, more = views.list_page(reader, who.scope, who.user_id, view, inbox_id)
        return wire.list_state(rows, more=more)

    def touched(self, event: Event) -> Iterable[int]:
        return (event.conversation_id,) if isinstance(event, _CHANGES_ROWS) else ()

    def patches(
        self, reader: Reader, account_id: int, ids: Sequence[int], watchers: Sequence[tuple[Viewer, str]]
    ) -> Sequence[bytes | None]:
        agents = [(_agent(viewer), *_to_list(address)) for viewer, address in watchers]
        if not agents:
            return []
        scope = agents[0][0].scope
        rows = sorted(views.rows_of(reader, scope, ids).items())
        seen = {
            user_id: inboxes.inboxes_of(reader, scope, user_id)
            for user_id in {viewer.user_id for viewer, _, _ in agents}
        }
        there = {id_: wire.encode({"id": id_, "row": wire.row_out(row)}) for id_, row in rows}
        gone = {id_: b'{"id":%d,"row":null}' % id_ for id_, _ in rows}
        patches: list[bytes | None] = []
        for viewer, view, inbox_id in agents:
            parts = [
                (there if _stands(row, view, inbox_id, viewer.user_id) else gone)[id_]
                for id_, row in rows
                if row.conversation.inbox_id in seen[viewer.user_id]
            ]
            patches.append(b"[" + b",".join(parts) + b"]" if parts else None)
        return patches


class CountsStream:
    """How many open conversations an agent sees; always one row, with id 0."""

    name = "counts"

    def snapshot(self, reader: Reader, viewer: Viewer, address: str) -> bytes:
        who = _agent(viewer)
        if address != self.name:
            raise Invalid({"stream": "must be `counts`"})
        seen = inboxes.inboxes_of(reader, who.scope, who.user_id)
        found = views.inbox_counts(reader, who.scope, seen)
        return wire.encode({"counts": wire.counts_out(views.counts(found, seen, who.user_id))})

    def touched(self, event: Event) -> Iterable[int]:
        return (event.conversation_id,) if isinstance(event, _CHANGES_COUNTS) else ()

    def patches(
        self, reader: Reader, account_id: int, ids: Sequence[int], watchers: Sequence[tuple[Viewer, str]]
    ) -> Sequence[bytes | None]:
        agents = [_agent(viewer) for viewer, _ in watchers]
        if not agents:
            return []
        scope = agents[0].scope
        seen = {
            user_id: inboxes.inboxes_of(reader, scope, user_id)
            for user_id in {viewer.user_id for viewer in agents}
        }
        found = views.inbox_counts(reader, scope, frozenset[int]().union(*seen.values()))
        patches = {
            user_id: wire.encode([{"id": 0, "row": wire.counts_out(views.counts(found, mine, user_id))}])
            for user_id, mine in seen.items()
        }
        return [patches[viewer.user_id] for viewer in agents]


def restarts(event: Event) -> bool:
    """A conversation that becomes another visitor's is in other streams than before, whole."""
    return isinstance(event, HistoryJoined)


def enclose(reader: Reader, account_id: int, facts: Sequence[Recorded]) -> Sequence[Recorded]:
    """Replayed facts with the rows that they speak of."""
    return views.enclose(reader, accounts.open_account(reader, account_id), facts)


def typing(
    reader: Reader, viewer: Viewer, conversation_id: int
) -> Iterable[tuple[str, Topic, Mapping[str, Any]]]:
    """The visitor and the inbox's agents hear of each other; `NotFound` for others."""
    if isinstance(viewer, VisitorViewer):
        views.of_visitor(reader, viewer.scope, viewer.visitor_id, conversation_id)
        author = wire.author_out(views.visitor_author(viewer.visitor_id))
        return [("agent", (ConversationStream.name, conversation_id), author)]
    who = _agent(viewer)
    found = views.of_agent(reader, who.scope, who.user_id, conversation_id)
    card = accounts.user_cards(reader, who.scope, [who.user_id])[who.user_id]
    author = views.card_author(card)
    return [
        ("agent", (ConversationStream.name, conversation_id), wire.author_out(author)),
        (
            "visitor",
            (VisitorStream.name, found.visitor_id),
            wire.visitor_author_out(author, found.naming),
        ),
    ]


def _stands(row: ListRow, view: View, inbox_id: int | None, user_id: int) -> bool:
    """Whether a row of one of the user's inboxes stands in a list. One that has moved may have stood there before."""
    return inbox_id in {None, row.conversation.inbox_id} and views.belongs(row, view, user_id)


def _to_list(address: str) -> tuple[View, int | None]:
    _, _, rest = address.partition(":")
    word, colon, inbox_id = rest.partition(":")
    try:
        view = View(word)
    except ValueError:
        raise Invalid({"stream": f"a list is one of {', '.join(View)}"}) from None
    return view, _number(inbox_id) if colon else None


STREAMS: Sequence[EventStream] = (VisitorStream(), ConversationStream())
ROWS: Sequence[RowStream] = (ListStream(), CountsStream())
