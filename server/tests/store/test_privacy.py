"""A person on both databases: copied whole, erased from every table and from the disk, and what follows on screens."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from pocketdesk.accounts.model import Actor
from pocketdesk.consent import actions as consent
from pocketdesk.consent.model import PrivacySettings
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations.model import VisitorActor, VisitorViewer
from pocketdesk.files import actions as files
from pocketdesk.files import jobs as files_jobs
from pocketdesk.files.model import Owner, OwnerKind, Purpose
from pocketdesk.files.outside import Place
from pocketdesk.files.outside.images import Images
from pocketdesk.files.outside.local import LocalStore
from pocketdesk.help_center import actions as help_center
from pocketdesk.help_center.views.insights import votes_of_people
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.inboxes.model import ChannelKind
from pocketdesk.jobs import Job, Worker
from pocketdesk.jobs.model import INSTALLATION
from pocketdesk.kernel.moments import DAY, HOUR
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.text import from_plain
from pocketdesk.people import actions as people
from pocketdesk.people import views as people_views
from pocketdesk.privacy import actions, jobs, views
from pocketdesk.privacy.model import Erasure, Export, ExportState, Reason, Stage, Subject
from pocketdesk.storage import Engine, UnitOfWork, metadata
from pocketdesk.tickets import actions as tickets
from pocketdesk.tickets.model import Draft
from tests.databases import Clock
from tests.realtime.test_replay_law import Law, watch_everything
from tests.small_account import SmallAccount, open_small_account

T = TypeVar("T")
WORDS = ("geheim", "quark")
"""They stand in everything that the person said, is called and sent."""


@dataclass
class Home:
    """An account with a person in every table, somebody else beside, and a worker."""

    account: SmallAccount
    folder: Path
    worker: Worker
    store: LocalStore
    images: Images
    kept: LocalStore
    check: files_jobs.Checks
    loop: asyncio.Runner = field(default_factory=asyncio.Runner)

    @property
    def engine(self) -> Engine:
        return self.account.engine

    @property
    def actor(self) -> Actor:
        return self.account.admin

    def write(self, work: Callable[..., T], *arguments: Any) -> T:
        return self.engine.write_and_wait(lambda unit: work(unit, self.account.scope, *arguments))

    def read(self, view: Callable[..., T], *arguments: Any) -> T:
        return self.engine.read_and_wait(lambda reader: view(reader, self.account.scope, *arguments))

    def work(self) -> None:
        self.loop.run(self.worker.run_due())

    def catch_up(self, law: Law) -> None:
        """What was committed is told on the worker's loop, which only runs when it is asked to."""
        self.loop.run(asyncio.sleep(0))
        law.catch_up()

    def send_file(self, visitor: VisitorViewer, name: str, content: bytes) -> int:
        owner = Owner(OwnerKind.VISITOR, visitor.visitor_id)

        async def send() -> int:
            size = len(content)
            upload = await self.engine.write(
                lambda unit: files.begin_upload(
                    unit, self.account.scope, owner, Purpose.MESSAGE, name, size, "text/plain"
                )
            )
            await self.store.write(Place(self.account.scope.account_id, upload.id), 0, content)
            await self.engine.write(
                lambda unit: files.receive(unit, self.account.scope, owner, upload.id, 0, size)
            )
            await self.check(self.account.scope.account_id, upload.id)
            return upload.id

        return self.loop.run(send())

    def found(self, *words: str) -> dict[str, list[str]]:
        """Where any of the words stands in any column of any table, without case; and in which file's bytes."""
        found: dict[str, list[str]] = {}
        for table in metadata.sorted_tables:
            for row in self.engine.read_and_wait(lambda reader, table=table: reader.all(select(table))):
                for column, value in zip(table.c, row, strict=True):
                    if isinstance(value, str) and any(word in value.casefold() for word in words):
                        found.setdefault(f"{table.name}.{column.name}", []).append(value)
        for path in self.folder.rglob("*"):
            if path.is_file() and any(word.encode() in path.read_bytes().lower() for word in words):
                found.setdefault("disk", []).append(path.name)
        return found

    def erase(self, subject: Subject, subject_id: int) -> Erasure:
        asked = self.write(actions.ask_erasure, self.actor, subject, subject_id)
        self.work()
        return self.read(views.erasure, asked.id)

    def export(self, subject: Subject, subject_id: int) -> Export:
        asked = self.write(actions.ask_export, self.actor, subject, subject_id)
        self.work()
        return self.read(views.export, asked.id)

    def opened(self, found: Export) -> dict[str, bytes]:
        (path,) = (self.folder / "exports").rglob(str(found.id))
        with ZipFile(path) as copy:
            assert copy.testzip() is None
            return {name: copy.read(name) for name in copy.namelist()}


@pytest.fixture
def home(engine: Engine, clock: Clock, tmp_path: Path) -> Iterator[Home]:
    folder = tmp_path / "bytes"
    store, kept, images = LocalStore(folder / "files"), LocalStore(folder / "exports"), Images()
    check = files_jobs.Checks(engine, store, images, None)
    copies = jobs.Copies(engine, store, kept, folder / "exports" / "drafts")
    worker = Worker(
        engine,
        {**files_jobs.runs(engine, store, check), **jobs.runs(engine, copies, kept)},
        chance=lambda: 0.5,
    )
    home = Home(open_small_account(engine), folder, worker, store, images, kept, check)
    yield home
    home.loop.close()
    store.close()
    kept.close()
    images.close()


@dataclass
class Somebody:
    visitor: VisitorViewer
    conversation_id: int
    contact_id: int
    file_id: int


def contact_of(home: Home, email: str) -> int:
    card = home.read(people_views.contact_of_email, email)
    assert card is not None
    return card.id


def settle(home: Home, word: str) -> Somebody:
    """A person in every place where something is kept of persons, each time with the word."""
    account = home.account
    visitor = account.new_visitor(platform="ios", device=f"{word} phone")
    home.write(people.remember_visitor, visitor.visitor_id, None)
    account.consent_to(visitor, "process")
    account.consent_to(visitor, "communicate")
    conversation_id = account.start(visitor, f"My name is {word}")
    file_id = home.send_file(visitor, f"{word}.txt", f"{word} bytes".encode())
    file = {"blocks": [{"type": "file", "file_id": file_id}]}
    account.post(visitor, conversation_id, "", content=file)
    account.post(account.ana, conversation_id, f"Good morning, {word}")
    comment = {"client_message_id": account.uuid(), "content": {"text": f"{word} is in a hurry"}}
    account.run(account.ana, "post_comment", conversation_id=conversation_id, **comment)
    account.run(visitor, "give_email", conversation_id=conversation_id, email=f"{word}@example.org")
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    account.run(visitor, "submit_survey", conversation_id=conversation_id, rating=2, answer=f"{word} is glad")
    contact_id = contact_of(home, f"{word}@example.org")
    home.write(people.change_contact, home.actor, contact_id, word.capitalize())
    home.write(people.set_contact_property, contact_id, "town", f"{word}ville", "chat")
    home.send_file(visitor, f"{word} unsent.txt", f"{word} unsent".encode())
    said = f"{word} wants it back", f"{word} said so"
    ticket = Draft(*said, conversation_id=conversation_id, properties={"carrier": word})
    home.write(tickets.create_ticket, home.actor, ticket)
    return Somebody(visitor, conversation_id, contact_id, file_id)


@pytest.fixture
def asking(home: Home) -> Home:
    """With a chatflow that asks for consent and for a rating."""
    home.account.configure(
        options__process_consent__on=True,
        options__process_consent__type="explicit",
        options__communicate_consent__on=True,
    )
    home.account.add_survey()
    return home


TABLES = {
    "chat_property.value",
    "comment.content",
    "comment.plain_text",
    "consent_record.email",
    "contact.name",
    "contact.name_key",
    "contact_email.email",
    "contact_property.text",
    "disk",
    "file.name",
    "message.content",
    "message.plain_text",
    "notice.facts",
    "submission.answer",
    "subscription.email",
    "ticket.content",
    "ticket.properties",
    "ticket.subject",
}


def test_G17_after_erasing_nothing_of_the_person_is_left(asking: Home) -> None:
    mia, leo = settle(asking, "geheim"), settle(asking, "quark")
    assert set(asking.found("geheim")) == TABLES, "the person is everywhere before"
    others = asking.found("quark")
    assert set(others) == TABLES
    copy = asking.export(Subject.CONTACT, mia.contact_id)
    assert (asking.folder / "exports").exists()
    done = asking.erase(Subject.CONTACT, mia.contact_id)
    assert done.stage is Stage.DONE
    assert asking.found("geheim") == {}
    assert asking.found("quark") == others, "and nobody else has lost anything"
    assert asking.read(views.export, copy.id).state is ExportState.GONE
    assert not list(asking.folder.rglob(str(mia.file_id)))
    assert list(asking.folder.rglob(str(leo.file_id)))
    with pytest.raises(NotFound):
        asking.read(people_views.contact_card, mia.contact_id)


def test_G17_the_receipt_lists_every_place_with_its_number(asking: Home) -> None:
    mia = settle(asking, "geheim")
    done = asking.erase(Subject.CONTACT, mia.contact_id)
    assert done.person_ids == (mia.contact_id, mia.visitor.visitor_id)
    assert done.counts == {
        "chat_property": 2,
        "comment": 1,
        "consent_record": 2,
        "contact": 1,
        "contact_email": 1,
        "contact_property": 2,
        "conversation": 1,
        "file": 2,
        "message": 4,
        "notice": 2,
        "submission": 1,
        "subscription": 1,
        "ticket": 1,
        "visitor": 1,
        "visitor_cookie": 1,
        "visitor_session": 1,
    }
    assert done.asked_by == asking.actor.user_id
    assert done.finished_at is not None


def test_G17_consents_stay_as_proof_and_ratings_as_numbers(asking: Home) -> None:
    mia = settle(asking, "geheim")
    asking.erase(Subject.CONTACT, mia.contact_id)
    rows = {
        table.name: asking.engine.read_and_wait(lambda reader, table=table: reader.all(select(table)))
        for table in metadata.sorted_tables
        if table.name in {"consent_record", "submission", "subscription"}
    }
    assert len(rows["consent_record"]) == 4
    assert [row[5:7] for row in rows["submission"]] == [(2, None)]
    assert rows["subscription"] == []


def test_G17_votes_from_before_the_proof_are_found_with_the_contact(asking: Home) -> None:
    mia = settle(asking, "geheim")
    anonymous = asking.account.new_visitor()

    def vote_and_join(unit: UnitOfWork) -> None:
        scope = asking.account.scope
        for visitor, article_id, helpful in (
            (anonymous, 2, True),
            (anonymous, 3, True),
            (mia.visitor, 3, False),
        ):
            help_center.vote_as_person(unit, scope, 1, article_id, "en", visitor.visitor_id, helpful=helpful)
        conversations.join_history(unit, scope, anonymous.visitor_id, mia.visitor.visitor_id, mia.contact_id)

    asking.engine.write_and_wait(vote_and_join)
    assert asking.read(votes_of_people, [anonymous.visitor_id]) == ()
    kept = {each.article_id: each.helpful for each in asking.read(votes_of_people, [mia.visitor.visitor_id])}
    assert kept == {2: True, 3: False}, "one vote an article, and the one with the proof counts"
    assert asking.erase(Subject.CONTACT, mia.contact_id).counts["article_vote"] == 2


def test_G17_votes_go_into_the_copy_and_count_on_without_their_giver(asking: Home) -> None:
    mia, leo = settle(asking, "geheim"), settle(asking, "quark")
    for each, helpful in ((mia, True), (leo, False)):
        asking.engine.write_and_wait(
            lambda unit, each=each, helpful=helpful: help_center.vote_as_person(
                unit, asking.account.scope, 1, 2, "en", each.visitor.visitor_id, helpful=helpful
            )
        )
    copy = asking.opened(asking.export(Subject.CONTACT, mia.contact_id))
    (vote,) = json.loads(copy["person.json"])["article_votes"]
    assert (vote["article_id"], vote["language"], vote["helpful"]) == (2, "en", True)
    assert asking.erase(Subject.CONTACT, mia.contact_id).counts["article_vote"] == 1
    assert asking.read(votes_of_people, [mia.visitor.visitor_id]) == ()
    assert [each.helpful for each in asking.read(votes_of_people, [leo.visitor.visitor_id])] == [False]
    votes = metadata.tables["article_vote"]
    rows = asking.engine.read_and_wait(lambda reader: reader.all(select(votes.c.voter, votes.c.person_id)))
    assert len(rows) == 2
    assert not any(str(mia.visitor.visitor_id) == row[0].removeprefix("person:") for row in rows)


def test_G17_tickets_go_into_the_copy(asking: Home) -> None:
    mia = settle(asking, "geheim")
    settle(asking, "quark")
    copy = asking.opened(asking.export(Subject.CONTACT, mia.contact_id))
    (ticket,) = json.loads(copy["person.json"])["tickets"]
    assert (ticket["subject"], ticket["content"]) == ("geheim wants it back", "geheim said so")
    assert (ticket["stage"], ticket["properties"]) == ("new", {"carrier": "geheim"})
    assert ticket["conversation_id"] == mia.conversation_id


def test_G17_an_erased_visitor_comes_back_by_no_door(asking: Home) -> None:
    account = asking.account
    visitor = account.new_visitor(device="geheim")
    word = asking.write(people.remember_visitor, visitor.visitor_id, None)
    opened = asking.write(people.open_visitor_session, "support", {}, word)
    asking.erase(Subject.VISITOR, visitor.visitor_id)
    now = asking.engine.read_and_wait
    assert now(lambda reader: people_views.visitor_of_bearer(reader, opened.token, 0)) is None
    assert asking.read(people_views.visitor_of_cookie, word) is None


def test_G17_a_visitor_who_is_somebody_else_elsewhere_keeps_that(home: Home) -> None:
    account = home.account
    visitor = account.new_visitor(device="shared")
    of_mia = account.start(visitor, "geheim")
    of_leo = account.start(visitor, "quark")
    account.run(account.ana, "associate_contact", conversation_id=of_mia, email="geheim@example.org")
    account.run(account.ana, "associate_contact", conversation_id=of_leo, email="quark@example.org")
    home.erase(Subject.CONTACT, contact_of(home, "geheim@example.org"))
    assert home.found("geheim") == {}
    assert set(home.found("quark")) == {"message.content", "message.plain_text", "contact_email.email"}
    assert home.read(people_views.visitor, visitor.visitor_id).properties == {"device": "shared"}


def test_G17_long_conversations_go_in_steps(home: Home) -> None:
    account = home.account
    visitor = account.new_visitor()
    conversation_id = account.start(visitor, "geheim")
    for number in range(2 * 200 + 10):
        account.post(visitor, conversation_id, f"geheim {number}")
    asked = home.write(actions.ask_erasure, home.actor, Subject.VISITOR, visitor.visitor_id)
    before = home.engine.commits
    home.work()
    assert home.read(views.erasure, asked.id).counts["message"] == 2 * 200 + 12
    assert home.engine.commits - before > 5
    assert home.found("geheim") == {}


def test_G17_asking_twice_erases_once_and_nobody_erases_what_is_not_there(home: Home) -> None:
    visitor = home.account.new_visitor()
    first = home.write(actions.ask_erasure, home.actor, Subject.VISITOR, visitor.visitor_id)
    again = home.write(actions.ask_erasure, home.actor, Subject.VISITOR, visitor.visitor_id)
    assert again.id == first.id
    other = open_small_account(home.engine, account="Other")
    with pytest.raises(NotFound):
        home.engine.write_and_wait(
            lambda unit: actions.ask_erasure(
                unit, other.scope, other.admin, Subject.VISITOR, visitor.visitor_id
            )
        )
    with pytest.raises(NotFound):
        home.engine.read_and_wait(lambda reader: views.erasure(reader, other.scope, first.id))


def test_G17_screens_follow_an_erasure(asking: Home) -> None:
    """The law of replay holds for whoever looks at a conversation that is erased."""
    mia = settle(asking, "geheim")
    law = Law(asking.account)
    account = asking.account
    law.watch(account.ana, f"conversation:{mia.conversation_id}")
    law.watch(account.ben, f"conversation:{mia.conversation_id}")
    watch_everything(law)
    account.post(mia.visitor, mia.conversation_id, "geheim again")
    asking.catch_up(law)
    asking.erase(Subject.CONTACT, mia.contact_id)
    asking.catch_up(law)
    law.resume_from_everywhere()
    shown = law.watches[0].state
    assert "geheim" not in json.dumps(shown)
    assert shown["conversation"]["contact"] is None


# Copies.


def test_G17_a_copy_holds_everything(asking: Home) -> None:
    mia, leo = settle(asking, "geheim"), settle(asking, "quark")
    found = asking.export(Subject.CONTACT, mia.contact_id)
    assert (found.state, found.done) == (ExportState.READY, found.total)
    parts = asking.opened(found)
    person = json.loads(parts["person.json"])
    assert (person["contact"]["name"], person["contact"]["email"]) == ("Geheim", "geheim@example.org")
    assert {each["name"]: each["value"] for each in person["properties"]} == {
        "legal_basis": "explicit",
        "town": "geheimville",
    }
    (device,) = person["visitors"]
    assert device["device"] == {"platform": "ios", "device": "geheim phone"}
    assert (len(device["sessions"]), len(device["cookies_set_at"])) == (1, 1)
    assert len(person["consents"]) == 4
    assert [each["answer"] for each in person["survey_answers"]] == ["geheim is glad"]
    assert [each["status"] for each in person["subscriptions"]] == ["subscribed"]
    entries = json.loads(parts[f"conversations/{mia.conversation_id}.json"])["entries"]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert [entry["kind"] for entry in entries if entry.get("internal")] == ["comment"]
    assert parts[f"files/{mia.file_id}-geheim.txt"] == b"geheim bytes"
    assert len(json.loads(parts["files.json"])) == 2
    assert not any(b"quark" in part for part in parts.values()), "and nothing of anybody else"
    assert leo.conversation_id != mia.conversation_id


def test_G17_who_came_by_a_custom_channel_is_copied_and_forgotten(asking: Home) -> None:
    account = asking.account

    def come(unit: UnitOfWork) -> int:
        scope = account.scope
        channel = inboxes.connect_channel(
            unit, scope, account.admin, account.inbox_id, ChannelKind.CUSTOM, "Telex"
        )
        visitor_id = people.outside_visitor(unit, scope, "1:HS_PHONE_NUMBER:+49 171", "Mo Geheim")
        people.put_properties(unit, scope, visitor_id, {"delivery_identifier": "+49 171"})
        words = (visitor_id, channel, "first", "first", "en", from_plain("geheim"))
        conversations.start_plain(unit, scope, VisitorActor(visitor_id), *words)
        return visitor_id

    visitor_id = account.engine.write_and_wait(come)
    person = json.loads(asking.opened(asking.export(Subject.VISITOR, visitor_id))["person.json"])
    (visitor,) = person["visitors"]
    assert (visitor["name"], visitor["device"]) == ("Mo Geheim", {"delivery_identifier": "+49 171"})
    asking.erase(Subject.VISITOR, visitor_id)
    table = metadata.tables["visitor"]
    query = select(table.c.outside_key, table.c.outside_name).where(table.c.id == visitor_id)
    assert account.engine.read_and_wait(lambda reader: reader.all(query)) == [(None, None)]
    known = asking.read(people_views.visitor, visitor_id)
    assert (known.properties, known.card.name) == ({}, None)


def test_G17_a_copy_of_a_visitor(asking: Home) -> None:
    visitor = asking.account.new_visitor(device="geheim")
    asking.account.consent_to(visitor, "process")
    conversation_id = asking.account.start(visitor, "geheim")
    parts = asking.opened(asking.export(Subject.VISITOR, visitor.visitor_id))
    assert json.loads(parts["person.json"])["contact"] is None
    assert f"conversations/{conversation_id}.json" in parts


def test_G17_a_copy_is_deleted_after_a_day(home: Home, clock: Clock) -> None:
    visitor = home.account.new_visitor()
    found = home.export(Subject.VISITOR, visitor.visitor_id)
    clock.advance(DAY)
    home.work()
    assert home.read(views.export, found.id).state is ExportState.GONE
    assert not [path for path in (home.folder / "exports").rglob("*") if path.is_file()]


def test_G17_one_copy_of_a_person_at_a_time(home: Home) -> None:
    visitor = home.account.new_visitor()
    first = home.write(actions.ask_export, home.actor, Subject.VISITOR, visitor.visitor_id)
    assert home.write(actions.ask_export, home.actor, Subject.VISITOR, visitor.visitor_id) == first
    home.work()
    second = home.write(actions.ask_export, home.actor, Subject.VISITOR, visitor.visitor_id)
    assert second.id != first.id


def test_G17_a_copy_waits_for_room_on_the_disk(
    home: Home, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none() -> int:
        return 0

    visitor = home.account.new_visitor()
    with monkeypatch.context() as full:
        full.setattr(home.kept, "free", none)
        waiting = home.export(Subject.VISITOR, visitor.visitor_id)
    assert waiting.state is ExportState.WAITING
    clock.advance(HOUR)
    home.work()
    assert home.read(views.export, waiting.id).state is ExportState.READY


def test_G17_a_copy_that_fails_again_and_again_is_given_up_and_can_be_asked_for_anew(
    home: Home, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> tuple[int, str]:
        raise OSError("no such disk")

    visitor = home.account.new_visitor()
    with monkeypatch.context() as worse:
        worse.setattr(home.kept, "publish", broken)
        asked = home.export(Subject.VISITOR, visitor.visitor_id)
        assert asked.state is ExportState.RUNNING
        for _ in range(5):
            clock.advance(HOUR)
            home.work()
    assert home.read(views.export, asked.id).state is ExportState.FAILED
    assert not [path for path in (home.folder / "exports").rglob("*") if path.is_file()]
    assert home.export(Subject.VISITOR, visitor.visitor_id).state is ExportState.READY


# Retention.


def _retain(
    home: Home, closed_days: int | None = None, idle_days: int | None = None, file_days: int | None = None
) -> list[Erasure]:
    rules = PrivacySettings(closed_days=closed_days, idle_days=idle_days, file_days=file_days)
    home.write(consent.change_settings, home.actor, rules)
    home.engine.write_and_wait(lambda unit: unit.enqueue(Job(INSTALLATION, jobs.RETAIN, jobs.RETAIN)))
    home.work()
    return list(home.read(views.erasures, 50).items)


def test_G17_nothing_is_erased_unless_somebody_said_so(home: Home, clock: Clock) -> None:
    home.account.start(home.account.new_visitor(), "geheim")
    clock.advance(5_000 * DAY)
    assert _retain(home) == []
    assert home.found("geheim")


def test_G17_conversations_closed_for_too_long_are_erased(home: Home, clock: Clock) -> None:
    account = home.account
    old, new, open_ = (account.start(account.new_visitor(), f"geheim {n}") for n in range(3))
    account.run(account.ana, "close_conversation", conversation_id=old)
    clock.advance(20 * DAY)
    account.run(account.ana, "close_conversation", conversation_id=new)
    clock.advance(10 * DAY + HOUR)
    (done,) = _retain(home, closed_days=30)
    assert (done.subject, done.subject_id, done.reason) == (
        Subject.CONVERSATION,
        old,
        Reason.RETENTION,
    )
    assert (done.asked_by, done.stage) == (None, Stage.DONE)
    assert sorted(home.found("geheim")["message.plain_text"]) == ["geheim 1", "geheim 2"]
    assert _retain(home, closed_days=30) == [done], "once"
    assert open_ != new


def test_G17_a_conversation_that_was_taken_up_again_is_not_erased(home: Home, clock: Clock) -> None:
    account = home.account
    conversation_id = account.start(account.new_visitor(), "geheim")
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    clock.advance(31 * DAY)
    home.write(actions.erase_for_age, Subject.CONVERSATION, [conversation_id])
    account.run(account.ana, "reopen_conversation", conversation_id=conversation_id)
    home.work()
    (done,) = home.read(views.erasures, 50).items
    assert (done.stage, done.counts) == (Stage.DONE, {})
    assert home.found("geheim")


def test_G17_visitors_not_seen_for_too_long_are_erased_but_not_contacts(home: Home, clock: Clock) -> None:
    account = home.account
    gone, known = account.new_visitor(device="geheim"), account.new_visitor(device="quark")
    account.start(gone, "geheim")
    conversation_id = account.start(known, "quark")
    account.run(account.ana, "associate_contact", conversation_id=conversation_id, email="q@example.org")
    clock.advance(40 * DAY)
    account.new_visitor(device="quark")
    (done,) = _retain(home, idle_days=30)
    assert (done.subject, done.subject_id) == (Subject.VISITOR, gone.visitor_id)
    assert home.found("geheim") == {}
    assert len(home.found("quark")["chat_property.value"]) == 2


def test_G17_old_files_are_deleted_and_their_messages_stay(home: Home, clock: Clock) -> None:
    account = home.account
    visitor = account.new_visitor()
    conversation_id = account.start(visitor, "geheim")
    old = home.send_file(visitor, "old.txt", b"geheim old")
    account.post(visitor, conversation_id, "", content={"blocks": [{"type": "file", "file_id": old}]})
    clock.advance(40 * DAY)
    home.send_file(visitor, "new.txt", b"quark new")
    (done,) = _retain(home, file_days=30)
    assert (done.subject, done.counts) == (Subject.FILES, {"file": 1})
    assert home.found("geheim")["message.plain_text"] == ["geheim"]
    assert "disk" not in home.found("geheim")
    assert "disk" in home.found("quark")


def test_A01_another_account_keeps_its_words(home: Home, clock: Clock) -> None:
    other = open_small_account(home.engine, account="Other")
    conversation_id = other.start(other.new_visitor(device="quark"), "quark")
    other.run(other.ana, "close_conversation", conversation_id=conversation_id)
    clock.advance(400 * DAY)
    assert _retain(home, closed_days=1, idle_days=1, file_days=1) == []
    assert set(home.found("quark")) == {
        "chat_property.value",
        "message.content",
        "message.plain_text",
    }
