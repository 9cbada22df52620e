"""The law: a snapshot and the facts after it equal a fresh snapshot, for every command and whoever is looking."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from pocketdesk.app.bootstrap import ports
from pocketdesk.app.settings import Settings
from pocketdesk.chatflows.texts import of as texts_of
from pocketdesk.consent.rules import text_hash
from pocketdesk.conversations import wire
from pocketdesk.conversations.actions import note_undelivered
from pocketdesk.conversations.actions.erasing import erase_some_of_person
from pocketdesk.conversations.commands import COMMANDS
from pocketdesk.conversations.model import SHOWN_TO_VISITORS, AgentViewer, NoticeKind, View, VisitorViewer
from pocketdesk.conversations.rules import EmailKnown, SurveyNotAsked
from pocketdesk.conversations.streams import ROWS, STREAMS, enclose
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.inboxes.model import InboxChanges
from pocketdesk.kernel.events import Recorded
from pocketdesk.kernel.moments import HOUR, MINUTE
from pocketdesk.kernel.refusal import Forbidden, NotFound, Refusal
from pocketdesk.storage import Engine
from pocketdesk.surveys.rules import SurveyAnswered
from tests.articles import new_base
from tests.databases import Clock
from tests.realtime.reducer import (
    State,
    reduce_conversation,
    reduce_counts,
    reduce_list,
    reduce_visitor,
)
from tests.small_account import SmallAccount, open_small_account

GOLDEN = Path(__file__).parents[3] / "sdk" / "wire" / "replay.json"
ABOUT = (
    "The frames of each stream in a scripted day, and the state that a client must hold after each. Written by "
    "server/tests/realtime/test_replay_law.py (UPDATE_GOLDENS=1 writes it anew); clients replay it in their own tests."
)

Viewer = AgentViewer | VisitorViewer


@pytest.fixture
def engine(database_url: str, clock: Clock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock, randbelow=Random(1).randrange)
    yield engine
    engine.close()


@dataclass
class Watch:
    """A viewer's copy of one stream, kept by the reference reducer, and the frames that kept it."""

    viewer: Viewer
    address: str
    position: int
    state: State
    frames: list[tuple[int, State, State]] = field(default_factory=list)
    """Position, frame, and the state after it; the first is the snapshot."""


class Law:
    """Keeps copies of streams as clients would, and compares them with fresh snapshots."""

    def __init__(self, account: SmallAccount) -> None:
        self.account = account
        self.engine = account.engine
        self.watches: list[Watch] = []
        self._news: list[Recorded] = []
        self.engine.on_committed = lambda news: self._news.extend(news.get(account.scope.account_id, []))

    def watch(self, viewer: Viewer, address: str) -> Watch:
        position, state = self._fresh(viewer, address)
        frame = {"type": "snapshot", "stream": address, "position": str(position), "state": state}
        watch = Watch(viewer, address, position, state, [(position, frame, state)])
        self.watches.append(watch)
        return watch

    def catch_up(self) -> None:
        """Applies what has been committed since, and checks the law for every copy."""
        news, self._news = self._news, []
        replayed = self._replay(news[0].position - 1) if news else []
        assert [each.event for each in replayed] == [each.event for each in news]
        for live, again in zip(news, replayed, strict=True):
            for stream in STREAMS:
                for view in ("visitor", "agent"):
                    assert stream.encode(live, view) == stream.encode(again, view), "live and replayed differ"
        for watch in self.watches:
            if watch.address.partition(":")[0] in {"list", "counts"}:
                self._patch(watch, news)
            else:
                self._apply(watch, news)
            _, fresh = self._fresh(watch.viewer, watch.address)
            assert watch.state == fresh, f"{watch.address} of {watch.viewer.key}"

    def resume_from_everywhere(self) -> None:
        """From every state that a copy ever had, the facts after it lead to the last one."""
        for watch in self.watches:
            if watch.address.partition(":")[0] in {"list", "counts"}:
                continue
            for position, _, state in watch.frames:
                again = Watch(watch.viewer, watch.address, position, state)
                self._apply(again, self._replay(position))
                assert again.state == watch.state, f"{watch.address} resumed from {position}"

    def _fresh(self, viewer: Viewer, address: str) -> tuple[int, State]:
        stream = next(each for each in (*STREAMS, *ROWS) if each.name == address.partition(":")[0])
        position, text = self.engine.read_and_wait(
            lambda reader: (
                reader.position(viewer.account_id),
                stream.snapshot(reader, viewer, address),
            )
        )
        return position, msgspec.json.decode(text)

    def _replay(self, after: int) -> Sequence[Recorded]:
        account_id = self.account.scope.account_id
        return self.engine.read_and_wait(
            lambda reader: enclose(reader, account_id, reader.events(account_id, after, 1_000))
        )

    def _apply(self, watch: Watch, facts: Sequence[Recorded]) -> None:
        stream = next(each for each in STREAMS if each.name == watch.address.partition(":")[0])
        topic = stream.topic(watch.viewer, watch.address)
        for recorded in facts:
            if recorded.position <= watch.position or topic not in stream.topics(recorded.event):
                continue
            text = stream.encode(recorded, watch.viewer.view)
            if text is None:
                continue
            event = msgspec.json.decode(text)
            if isinstance(watch.viewer, AgentViewer):
                watch.state = reduce_conversation(watch.state, event, watch.viewer.user_id)
            else:
                assert b"comment" not in text
                watch.state = reduce_visitor(watch.state, event)
            self._keep(watch, recorded.position, {"type": "event", "event": event})

    def _patch(self, watch: Watch, facts: Sequence[Recorded]) -> None:
        stream = next(each for each in ROWS if each.name == watch.address.partition(":")[0])
        ids = sorted({id_ for recorded in facts for id_ in stream.touched(recorded.event)})
        if not ids:
            return
        watchers = [(watch.viewer, watch.address)]
        text = self.engine.read_and_wait(
            lambda reader: stream.patches(reader, watch.viewer.account_id, ids, watchers)
        )[0]
        if text is None:
            return
        rows = msgspec.json.decode(text)
        reduce = reduce_list if stream.name == "list" else reduce_counts
        watch.state = reduce(watch.state, rows)
        self._keep(watch, facts[-1].position, {"type": "rows", "rows": rows})

    def _keep(self, watch: Watch, position: int, frame: State) -> None:
        watch.position = position
        whole = {"stream": watch.address, "position": str(position), **frame}
        watch.frames.append((position, whole, watch.state))


def watch_everything(law: Law, *visitors: VisitorViewer) -> None:
    account = law.account
    for visitor in visitors:
        law.watch(visitor, "visitor")
    for view in View:
        law.watch(account.ana, f"list:{view}")
    law.watch(account.ben, "list:mine")
    law.watch(account.ben, f"list:open:{account.inbox_id}")
    law.watch(account.eve, "list:open")
    for agent in (account.ana, account.ben, account.eve):
        law.watch(agent, "counts")


# Every command, whoever gives it.

Step = Callable[[SmallAccount, VisitorViewer, int], Any]


def _words(account: SmallAccount, conversation_id: int, text: str = "Words") -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "client_message_id": account.uuid(),
        "content": {"text": text},
    }


def _erase_some(account: SmallAccount, visitor: VisitorViewer) -> bool:
    some = account.engine.write_and_wait(
        lambda unit: erase_some_of_person(unit, account.scope, visitor.visitor_id)
    )
    return some is not None


FIELDS: dict[str, Callable[[SmallAccount, int], dict[str, Any]]] = {
    "start_conversation": lambda account, _: {
        "client_conversation_id": account.uuid(),
        "client_message_id": account.uuid(),
        "mobile_tag": account.tag,
        "content": {"text": "Hello"},
    },
    "post_message": _words,
    "post_comment": _words,
    "move_cursor": lambda _, id_: {"conversation_id": id_, "received_seq": 2, "read_seq": 1},
    "assign": lambda account, id_: {
        "conversation_id": id_,
        "assignee": {"kind": "user", "id": account.ben.user_id},
    },
    "close_conversation": lambda _, id_: {"conversation_id": id_},
    "reopen_conversation": lambda _, id_: {"conversation_id": id_},
    "associate_contact": lambda _, id_: {
        "conversation_id": id_,
        "email": "mia@example.org",
        "name": "Mia Berg",
    },
    "move_conversation": lambda account, id_: {"conversation_id": id_, "inbox_id": account.third_inbox_id},
    "bulk": lambda account, id_: {
        "conversation_ids": [id_],
        "do": {"kind": "assign", "assignee": {"kind": "user", "id": account.ben.user_id}},
    },
    "give_consent": lambda account, _: {
        "kind": "process",
        "choice": True,
        "mobile_tag": account.tag,
        "text_hash": text_hash(texts_of("en")["consent.legitimate"]),
    },
    "give_email": lambda _, id_: {"conversation_id": id_, "email": "mia@example.org"},
    "skip_email": lambda _, id_: {"conversation_id": id_},
    "submit_survey": lambda _, id_: {"conversation_id": id_, "rating": 2, "answer": "Quick"},
}
OF_VISITORS_ALONE = {"start_conversation", "give_consent", "give_email", "skip_email", "submit_survey"}
OF_VISITORS = OF_VISITORS_ALONE | {"post_message", "move_cursor"}
OF_AGENTS = set(FIELDS) - OF_VISITORS_ALONE
OF_EVERYBODY = {"start_conversation", "give_consent", "bulk"}
"""Those that name no single conversation, so that there is none which a stranger could not find."""


def test_every_command_is_here() -> None:
    assert {command.__struct_config__.tag for command in COMMANDS} == set(FIELDS)


@pytest.mark.parametrize("type_", FIELDS)
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_law_holds_for_every_command_and_viewer(
    engine: Engine, clock: Clock, type_: str, closed: bool
) -> None:
    account = open_small_account(engine)
    account.add_survey()
    account.configure(
        chat__assign__automatic=True,
        chat__assign__user_ids=[account.ben.user_id],
        chat__email_capture__ask="after_first_message",
        options__process_consent__on=True,
    )
    law = Law(account)
    visitor, stranger = account.new_visitor(platform="iOS"), account.new_visitor()
    watch_everything(law, visitor, stranger)
    for viewer in (visitor, stranger, account.ana, account.eve):
        clock.advance(MINUTE)
        conversation_id = account.start(visitor)
        for agent in (account.ana, account.ben):
            law.watch(agent, f"conversation:{conversation_id}")
        account.post(account.ben, conversation_id, "Welcome")
        if closed:
            account.run(account.ana, "close_conversation", conversation_id=conversation_id)
        law.catch_up()
        clock.advance(MINUTE)
        fields = FIELDS[type_](account, conversation_id)
        if type_ not in (OF_VISITORS if isinstance(viewer, VisitorViewer) else OF_AGENTS):
            with pytest.raises(Forbidden):
                account.run(viewer, type_, **fields)
        elif viewer == visitor and type_ == "submit_survey" and not closed:
            with pytest.raises(SurveyNotAsked):
                account.run(viewer, type_, **fields)
        elif viewer in {visitor, account.ana} or type_ in OF_EVERYBODY:
            account.run(viewer, type_, **fields)
        else:
            with pytest.raises(NotFound):
                account.run(viewer, type_, **fields)
        law.catch_up()
    law.resume_from_everywhere()


def test_L19_agents_outside_the_inbox_follow_nothing(engine: Engine) -> None:
    account = open_small_account(engine)
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    conversation = STREAMS[1]
    address = f"conversation:{conversation_id}"
    with pytest.raises(NotFound):
        engine.read_and_wait(lambda reader: conversation.snapshot(reader, account.eve, address))
    assert not engine.read_and_wait(lambda reader: conversation.may_see(reader, account.eve, address))
    with pytest.raises(NotFound):
        engine.read_and_wait(
            lambda reader: ROWS[0].snapshot(reader, account.eve, f"list:open:{account.inbox_id}")
        )
    with pytest.raises(Refusal):
        conversation.topic(visitor, address)
    change = InboxChanges(member_user_ids=(account.eve.user_id,))
    engine.write_and_wait(
        lambda unit: inboxes.change_inbox(unit, account.scope, account.admin, account.inbox_id, change)
    )
    assert engine.read_and_wait(lambda reader: conversation.may_see(reader, account.eve, address))
    assert not engine.read_and_wait(lambda reader: conversation.may_see(reader, account.ana, address))


def test_F16_after_a_move_those_who_do_not_see_the_new_inbox_follow_no_longer(engine: Engine) -> None:
    account = open_small_account(engine)
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    change = InboxChanges(member_user_ids=(account.ana.user_id,))
    engine.write_and_wait(
        lambda unit: inboxes.change_inbox(unit, account.scope, account.admin, account.third_inbox_id, change)
    )
    heard: list[Recorded] = []
    engine.on_committed = lambda news: heard.extend(news[account.scope.account_id])
    account.run(
        account.ana,
        "move_conversation",
        conversation_id=conversation_id,
        inbox_id=account.third_inbox_id,
    )
    address = f"conversation:{conversation_id}"
    sees = [
        engine.read_and_wait(lambda reader, who=who: STREAMS[1].may_see(reader, who, address))
        for who in (account.ana, account.ben)
    ]
    assert sees == [True, False]
    [moved] = heard
    affected = ports(Settings.model_validate({})).changes_access(moved.event)
    assert affected is not None
    assert [affected(viewer) for viewer in (account.ana, account.ben, visitor)] == [True, True, False]


def test_law_holds_where_messages_scroll_out_of_the_window(engine: Engine, clock: Clock) -> None:
    account = open_small_account(engine)
    law = Law(account)
    visitor = account.new_visitor()
    conversation_id = account.start(visitor)
    law.catch_up()
    law.watch(visitor, "visitor")
    law.watch(account.ana, f"conversation:{conversation_id}")
    for number in range(60):
        clock.advance(1)
        account.post((visitor, account.ana)[number % 2], conversation_id, f"Message {number}")
        if number % 10 == 0:
            account.run(account.ben, "post_comment", **_words(account, conversation_id))
    law.catch_up()


def test_law_of_lists_ends_at_the_last_row_of_the_snapshot(engine: Engine, clock: Clock) -> None:
    account = open_small_account(engine)
    law = Law(account)
    started: list[tuple[VisitorViewer, int]] = []
    for _ in range(52):
        clock.advance(10)
        visitor = account.new_visitor()
        started.append((visitor, account.start(visitor)))
    law.catch_up()
    watch = law.watch(account.ana, "list:open")
    assert watch.state["more"]
    assert len(watch.state["rows"]) == 50
    boundary = watch.state["rows"][-1]["last_activity_at"]
    law.watches.clear()
    clock.advance(10)
    for place in (0, 1, 30):
        account.post(started[place][0], started[place][1], "Again")
    account.run(account.ana, "close_conversation", conversation_id=started[40][1])
    law._patch(watch, law._news)
    _, fresh = law._fresh(account.ana, "list:open")
    above = [row for row in fresh["rows"] if row["last_activity_at"] >= boundary]
    assert watch.state["rows"][: len(above)] == above


# Whatever happens, in whatever order.


class Desk(RuleBasedStateMachine):
    """Visitors and agents at work; after every step each copy of a stream equals a fresh snapshot."""

    template: Path
    folder: Path
    number = 0

    conversations = Bundle("conversations")
    agents = st.sampled_from(["ana", "ben"])
    texts = st.sampled_from(["Hello", "See https://example.org", "Où est-ce?", "こんにちは"])

    def __init__(self) -> None:
        super().__init__()
        Desk.number += 1
        path = self.folder / f"{Desk.number}.db"
        shutil.copy(self.template, path)
        self.clock = Clock()
        self.engine = Engine.open(f"sqlite:///{path}", clock=self.clock, randbelow=Random(1).randrange)
        self.account = open_small_account(self.engine, language="de")
        self.account.add_survey()
        self.account.wear_photo(self.account.ana.user_id)
        self.account.configure(
            chat__assign__automatic=True,
            chat__assign__user_ids=[self.account.ana.user_id, self.account.ben.user_id],
            chat__assign__wait_minutes=30,
            chat__email_capture__ask="after_wait",
        )
        self.law = Law(self.account)
        self.visitors = [self.account.new_visitor(platform="Android"), self.account.new_visitor()]
        watch_everything(self.law, *self.visitors)
        self.last: tuple[Viewer, str, dict[str, Any], dict[str, Any]] | None = None

    def do(self, viewer: Viewer, type_: str, **fields: Any) -> dict[str, Any]:
        self.clock.advance(1)
        result = self.account.run(viewer, type_, **fields)
        self.last = viewer, type_, fields, result
        return result

    def agent(self, name: str) -> AgentViewer:
        return getattr(self.account, name)

    @rule(target=conversations, who=st.integers(0, 1), text=texts)
    def start(self, who: int, text: str) -> Any:
        visitor = self.visitors[who]
        fields = FIELDS["start_conversation"](self.account, 0) | {"content": {"text": text}}
        id_ = self.do(visitor, "start_conversation", **fields)["conversation_id"]
        self.law.watch(self.account.ana, f"conversation:{id_}")
        self.law.watch(self.account.ben, f"conversation:{id_}")
        return visitor, id_

    @rule(target=conversations, where=conversations, text=texts)
    def visitor_writes(self, where: tuple[VisitorViewer, int], text: str) -> Any:
        visitor, id_ = where
        landed = self.do(visitor, "post_message", **_words(self.account, id_, text))["conversation_id"]
        if landed == id_:
            return multiple()
        self.law.watch(self.account.ana, f"conversation:{landed}")
        return visitor, landed

    @rule(where=conversations, who=agents, text=texts)
    def agent_writes(self, where: tuple[VisitorViewer, int], who: str, text: str) -> None:
        self.do(self.agent(who), "post_message", **_words(self.account, where[1], text))

    @rule(where=conversations, who=agents, text=texts)
    def agent_comments(self, where: tuple[VisitorViewer, int], who: str, text: str) -> None:
        self.do(self.agent(who), "post_comment", **_words(self.account, where[1], text))

    @rule(
        where=conversations,
        who=st.sampled_from(["visitor", "ana", "ben"]),
        received=st.none() | st.integers(0, 12),
        read=st.none() | st.integers(0, 12),
    )
    def move_cursor(
        self, where: tuple[VisitorViewer, int], who: str, received: int | None, read: int | None
    ) -> None:
        viewer = where[0] if who == "visitor" else self.agent(who)
        fields = {"conversation_id": where[1], "received_seq": received, "read_seq": read}
        self.do(viewer, "move_cursor", **fields)

    @rule(where=conversations, who=agents, to=st.sampled_from(["nobody", "ana", "ben"]))
    def assign(self, where: tuple[VisitorViewer, int], who: str, to: str) -> None:
        assignee = {"kind": "nobody"} if to == "nobody" else {"kind": "user", "id": self.agent(to).user_id}
        self.do(self.agent(who), "assign", conversation_id=where[1], assignee=assignee)

    @rule(
        where=conversations, type_=st.sampled_from(["close_conversation", "reopen_conversation"]), who=agents
    )
    def close_or_reopen(self, where: tuple[VisitorViewer, int], type_: str, who: str) -> None:
        self.do(self.agent(who), type_, conversation_id=where[1])

    @rule(where=conversations, name=st.sampled_from(["mia", "tom"]))
    def associate(self, where: tuple[VisitorViewer, int], name: str) -> None:
        fields = {"conversation_id": where[1], "email": f"{name}@example.org", "name": name.title()}
        self.do(self.account.ana, "associate_contact", **fields)

    @rule(where=conversations, who=agents, to=st.sampled_from(["inbox_id", "third_inbox_id"]))
    def move_elsewhere(self, where: tuple[VisitorViewer, int], who: str, to: str) -> None:
        inbox_id = getattr(self.account, to)
        self.do(self.agent(who), "move_conversation", conversation_id=where[1], inbox_id=inbox_id)

    @rule(
        where=conversations,
        type_=st.sampled_from(["give_email", "skip_email", "submit_survey"]),
        name=st.sampled_from(["mia", "tom"]),
    )
    def visitor_answers(self, where: tuple[VisitorViewer, int], type_: str, name: str) -> None:
        more: dict[str, dict[str, Any]] = {
            "give_email": {"email": f"{name}@example.org"},
            "submit_survey": {"rating": 1, "answer": name},
        }
        with suppress(EmailKnown, SurveyNotAsked, SurveyAnswered):
            self.do(where[0], type_, conversation_id=where[1], **more.get(type_, {}))

    @rule(where=conversations, seq=st.integers(1, 3))
    def does_not_arrive(self, where: tuple[VisitorViewer, int], seq: int) -> None:
        self.account.engine.write_and_wait(
            lambda unit: note_undelivered(unit, self.account.scope, where[1], seq, None)
        )

    @rule(who=st.integers(0, 1), choice=st.booleans())
    def consent(self, who: int, choice: bool) -> None:
        self.account.consent_to(self.visitors[who], "cookies", choice)

    @rule(who=st.integers(0, 1))
    def erase(self, who: int) -> None:
        """Step by step, as it is done; what was said last cannot be said again as if it had been the first time."""
        while _erase_some(self.account, self.visitors[who]):
            self.law.catch_up()
        self.last = None

    @rule(hours=st.sampled_from([1, 23, 30]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours * HOUR)

    @rule()
    def jobs_run(self) -> None:
        self.account.run_jobs()

    @rule()
    def say_it_again(self) -> None:
        if self.last is not None:
            viewer, type_, fields, result = self.last
            assert self.do(viewer, type_, **fields) == result

    @invariant()
    def law_holds(self) -> None:
        self.law.catch_up()

    def teardown(self) -> None:
        self.law.resume_from_everywhere()
        self.engine.close()


def test_law_holds_in_any_order(sqlite_template: Path, tmp_path: Path) -> None:
    Desk.template, Desk.folder = sqlite_template, tmp_path
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=int(os.environ.get("LAW_EXAMPLES", "10")),
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.data_too_large,
                HealthCheck.filter_too_much,
            ],
            derandomize=True,
        ),
    )


# The same, for clients in other languages.


def test_P21_visitors_get_their_notices_and_agents_all_of_them() -> None:
    told = {"visitor": set[str](), "conversation": set[str]()}
    for stream in msgspec.json.decode(GOLDEN.read_bytes())["streams"]:
        kind, last = stream["stream"].partition(":")[0], stream["steps"][-1]["state"]
        pages = [last["timeline"]] if kind == "conversation" else []
        pages += [each["messages"] for each in last.get("conversations", ())]
        for entry in (entry for page in pages for entry in page if "notice" in entry):
            told[kind].add(entry["notice"]["kind"])
    assert told["visitor"] == set(SHOWN_TO_VISITORS)
    assert told["conversation"] == set(NoticeKind)


def test_goldens_for_clients(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "golden.db"
    shutil.copy(sqlite_template, path)
    clock = Clock()
    engine = Engine.open(f"sqlite:///{path}", clock=clock, randbelow=Random(7).randrange)
    account = open_small_account(engine)
    law = Law(account)
    visitor = account.new_visitor(platform="Android")
    _a_day(law, clock, visitor)
    engine.close()
    text = _golden(law.watches)
    if os.environ.get("UPDATE_GOLDENS"):
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text


def _golden(watches: Sequence[Watch]) -> str:
    """One line for each step, so that a change shows where it is."""
    streams: list[str] = []
    for watch in watches:
        viewer = watch.viewer
        id_ = viewer.user_id if isinstance(viewer, AgentViewer) else viewer.visitor_id
        head = msgspec.json.encode({"stream": watch.address, "viewer": {"view": viewer.view, "id": id_}})
        steps = [msgspec.json.encode({"frame": frame, "state": state}) for _, frame, state in watch.frames]
        streams.append(head.decode()[:-1] + ',"steps":[\n' + ",\n".join(map(bytes.decode, steps)) + "\n]}")
    about = msgspec.json.encode(ABOUT).decode()
    return f'{{"about":{about},"streams":[\n' + ",\n".join(streams) + "\n]}\n"


def _a_day(law: Law, clock: Clock, visitor: VisitorViewer) -> None:
    account = law.account
    ana, ben = account.ana, account.ben
    article_id = new_base(account.engine, account.scope.account_id, ana.user_id).article("Pay by card")
    law.catch_up()
    watch_everything(law, visitor)

    def step(viewer: Viewer, type_: str, **fields: Any) -> dict[str, Any]:
        clock.advance(1_000)
        result = account.run(viewer, type_, **fields)
        law.catch_up()
        return result

    first = step(visitor, "start_conversation", **FIELDS["start_conversation"](account, 0))["conversation_id"]
    law.watch(ana, f"conversation:{first}")
    law.watch(ben, f"conversation:{first}")
    step(ana, "move_cursor", conversation_id=first, read_seq=2)
    step(ana, "post_comment", **_words(account, first, "Looks like order 4711"))
    step(ana, "post_message", **_words(account, first, "Have a look at https://example.org/orders"))
    step(visitor, "move_cursor", conversation_id=first, received_seq=5)
    step(ben, "move_cursor", conversation_id=first, read_seq=4)
    step(visitor, "move_cursor", conversation_id=first, read_seq=5)
    step(ben, "post_message", **_words(account, first, "Or call us"))
    card = {"blocks": [{"type": "article", "article_id": article_id, "language": "en"}]}
    step(ben, "post_message", **_words(account, first) | {"content": card})
    step(visitor, "post_message", **_words(account, first, "Thanks!\n\nThat was it."))
    step(ana, "associate_contact", conversation_id=first, email="mia@example.org", name="Mia Berg")
    step(ana, "assign", conversation_id=first, assignee={"kind": "user", "id": ben.user_id})
    step(ben, "close_conversation", conversation_id=first)
    step(visitor, "post_message", **_words(account, first, "One more thing"))
    step(ben, "assign", conversation_id=first, assignee={"kind": "nobody"})
    step(ben, "close_conversation", conversation_id=first)
    clock.advance(48 * HOUR)
    step(visitor, "post_message", **_words(account, first, "Hello again"))
    step(ana, "reopen_conversation", conversation_id=first)
    account.add_survey()
    account.configure(
        chat__assign__automatic=True,
        chat__assign__user_ids=[ben.user_id],
        chat__assign__wait_minutes=5,
        chat__email_capture__ask="after_first_message",
        chat__heading__kind="brand",
        chat__heading__brand_name="Harbour Shop",
        chat__heading__alias=True,
    )
    tom = account.new_visitor(platform="iOS")
    law.watch(tom, "visitor")
    second = step(tom, "start_conversation", **FIELDS["start_conversation"](account, 0))["conversation_id"]
    law.watch(ana, f"conversation:{second}")
    step(tom, "skip_email", conversation_id=second)
    clock.advance(5 * MINUTE)
    account.run_jobs()
    law.catch_up()
    step(tom, "give_email", conversation_id=second, email="tom@example.org")
    account.consent_to(tom, "cookies", choice=False)
    law.catch_up()
    step(ana, "post_message", **_words(account, second, "Sorry for the wait"))
    account.engine.write_and_wait(
        lambda unit: note_undelivered(unit, account.scope, second, 2, "The number does not exist any more")
    )
    law.catch_up()
    step(ana, "move_conversation", conversation_id=second, inbox_id=account.third_inbox_id)
    ids = [first, second]
    step(ana, "bulk", conversation_ids=ids, do={"kind": "close"})
    step(tom, "submit_survey", conversation_id=second, rating=1, answer="It took long")
    for each in (visitor, tom):
        while _erase_some(account, each):
            law.catch_up()


def test_P21_no_encoder_for_visitors_takes_comments() -> None:
    from typing import get_type_hints

    accepted = get_type_hints(wire.visitor_entry)["entry"]
    assert "Comment" not in str(accepted)
