"""What storage promises when things break: an acknowledged action is stored, and no false word about the others."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select, text

from pocketdesk.storage import CommitUnknown, Engine, StorageFailure, Unavailable, UnitOfWork
from pocketdesk.storage import engine as engine_module
from tests.databases import Clock
from tests.store import load
from tests.store.notes import FIND_PAD, NOTES, add_pad, note, pad, write_note
from tests.store.submitting import submit_all


@pytest.fixture
def engine(notes_url: str, clock: Clock) -> Iterator[Engine]:
    engine = Engine.open(notes_url, clock=clock)
    engine.write_and_wait(lambda unit: [add_pad(unit, 1, number) for number in range(1, 9)])
    yield engine
    engine.close()


on_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def client_ids(engine: Engine, pad_id: int = 1) -> list[str]:
    return [
        row[1] for row in engine.read_and_wait(lambda reader: reader.all(NOTES, account_id=1, pad_id=pad_id))
    ]


def terminate(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = %s AND datname = current_database()",
            [f"pocketdesk {name}"],
        )


def test_kill_9_loses_nothing_that_was_acknowledged(engine: Engine, notes_url: str) -> None:
    for pad_id in (1, 2, 3):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.store.load", notes_url, str(pad_id), "1000000"],
            env=load.ENVIRONMENT,
            stdout=subprocess.PIPE,
        )
        assert child.stdout
        acknowledged = [child.stdout.readline() for _ in range(150 * pad_id)]
        os.kill(child.pid, signal.SIGKILL)
        acknowledged += [line for line in child.stdout.readlines() if line.endswith(b"\n")]
        child.wait()
        stored = client_ids(engine, pad_id)
        assert {f"{pad_id}:{int(line)}" for line in acknowledged} <= set(stored)
        assert stored == [f"{pad_id}:{number}" for number in range(1, len(stored) + 1)]
    events = engine.read_and_wait(lambda reader: reader.events(1, 0, 100_000))
    count = select(func.count()).select_from(note)
    assert engine.read_and_wait(lambda reader: reader.one(count)) == (len(events),)


@on_postgres
def test_an_action_survives_the_loss_of_its_connection(engine: Engine, notes_url: str) -> None:
    runs: list[int] = []

    def act(unit: UnitOfWork) -> int:
        runs.append(1)
        unit.one(FIND_PAD, account_id=1, id=1)
        if len(runs) == 1:
            terminate(notes_url, "writer")
        return write_note(unit, 1, 1, "a")

    assert engine.write_and_wait(act) == 1
    assert len(runs) == 2
    assert client_ids(engine) == ["a"]


@on_postgres
def test_a_connection_lost_in_idle_times_is_made_anew_before_it_matters(
    engine: Engine, notes_url: str
) -> None:
    terminate(notes_url, "writer")
    engine.write_and_wait(lambda unit: add_pad(unit, 1, 99))


@on_postgres
def test_reading_survives_the_loss_of_its_connection(engine: Engine, notes_url: str) -> None:
    assert client_ids(engine) == []
    terminate(notes_url, "reader")
    assert client_ids(engine) == []


class Proxy:
    """A TCP relay to PostgreSQL that cuts the line at the next COMMIT, before or after passing it on."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.cut: str | None = None
        self._swallow_answer = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._to))
            threading.Thread(target=self._relay, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._relay, args=(server, client, False), daemon=True).start()

    def _relay(self, source: socket.socket, to: socket.socket, watch: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(65_536):
                if watch and self.cut == "before" and b"COMMIT\0" in chunk:
                    break
                if watch and self.cut == "after" and b"COMMIT\0" in chunk:
                    self._swallow_answer = True
                elif not watch and self._swallow_answer:
                    break
                to.sendall(chunk)
        self.cut, self._swallow_answer = None, False
        for end in (source, to):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.close()


@on_postgres
@pytest.mark.parametrize(("cut", "stored"), [("before", []), ("after", ["a"])])
def test_a_line_cut_at_the_commit_is_never_called_success(
    engine: Engine, notes_url: str, clock: Clock, cut: str, stored: list[str]
) -> None:
    port = int(notes_url.rsplit(":", 1)[1].split("/", maxsplit=1)[0])
    proxy = Proxy(port)
    far = Engine.open(notes_url.replace(f":{port}/", f":{proxy.port}/"), clock=clock)
    heard: list[Any] = []
    far.on_committed = heard.append
    try:
        far.write_and_wait(lambda _: None)
        proxy.cut = cut
        with pytest.raises(CommitUnknown):
            far.write_and_wait(lambda unit: write_note(unit, 1, 1, "a"))
        assert heard == []
        assert client_ids(engine) == stored
        assert far.write_and_wait(lambda unit: write_note(unit, 1, 1, "b")) == len(stored) + 1
        assert client_ids(engine) == [*stored, "b"]
    finally:
        far.close()
        proxy.close()


def test_a_database_that_is_not_there_is_named_so(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch, notes_url: str
) -> None:
    monkeypatch.setattr(engine_module, "PATIENCE_S", 0.1)
    gone = (
        "/nonexistent/pocketdesk.db"
        if engine.dialect == "sqlite"
        else "postgresql://postgres@127.0.0.1:1/none"
    )
    absent = Engine.open(gone, clock=clock)
    try:
        with pytest.raises(Unavailable):
            absent.write_and_wait(lambda _: None)
        with pytest.raises(StorageFailure):
            absent.read_and_wait(lambda reader: reader.position(1))
    finally:
        absent.close()
    with pytest.raises(Unavailable):
        absent.write_and_wait(lambda _: None)


@on_sqlite
def test_closing_tidies_the_log_away(engine: Engine, notes_url: str) -> None:
    assert client_ids(engine) == []
    log = Path(notes_url.removeprefix("sqlite:///") + "-wal")
    assert log.exists()
    engine.close()
    assert not log.exists()


@on_sqlite
def test_a_full_disk_fails_actions_and_leaves_the_rest(engine: Engine) -> None:
    def limit(pages: int) -> Callable[[UnitOfWork], object]:
        return lambda unit: unit.one(text(f"PRAGMA max_page_count = {pages}"))

    engine.write_and_wait(lambda unit: write_note(unit, 1, 1, "a"))
    engine.write_and_wait(limit(1))  # as many as there are
    with pytest.raises(StorageFailure, match="full"):
        engine.write_and_wait(lambda unit: write_note(unit, 1, 1, "b", "x" * 100_000))
    assert client_ids(engine) == ["a"]
    engine.write_and_wait(limit(1_000_000))
    engine.write_and_wait(lambda unit: write_note(unit, 1, 1, "c", "x" * 100_000))
    assert client_ids(engine) == ["a", "c"]


@on_postgres
def test_groups_that_wait_for_each_other_in_a_circle_all_succeed(
    engine: Engine, notes_url: str, clock: Clock
) -> None:
    other = Engine.open(notes_url, clock=clock)
    both_hold_one = threading.Barrier(2)

    def act(first: int, second: int, name: str) -> Callable[[UnitOfWork], None]:
        first_run = [True]

        def run(unit: UnitOfWork) -> None:
            write_note(unit, 1, first, name)
            unit.one(FIND_PAD, account_id=1, id=first)
            if first_run:
                first_run.clear()
                both_hold_one.wait(5)
            write_note(unit, 1, second, name)

        return run

    try:
        outcomes = submit_all((engine, act(1, 2, "12")), (other, act(2, 1, "21")))
    finally:
        other.close()
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert sorted(client_ids(engine, 1)) == sorted(client_ids(engine, 2)) == ["12", "21"]


def test_two_processes_share_the_last_capacity(engine: Engine, notes_url: str, clock: Clock) -> None:
    """Counts before it takes, so only the lock keeps two from taking the same last place."""
    other = Engine.open(notes_url, clock=clock)
    taken = select(note.c.seq).where(note.c.account_id == 1, note.c.pad_id == 3)

    def take(name: str) -> Callable[[UnitOfWork], bool]:
        def run(unit: UnitOfWork) -> bool:
            unit.lock("routing", 1, 3)
            if len(unit.all(taken)) >= 5:
                return False
            write_note(unit, 1, 3, name)
            return True

        return run

    try:
        outcomes = submit_all(
            *((one, take(f"{one is other}{number}")) for number in range(30) for one in (engine, other))
        )
    finally:
        other.close()
    assert [outcome.result() for outcome in outcomes].count(True) == 5
    assert len(client_ids(engine, 3)) == 5


def test_two_processes_claim_one_thing_once(engine: Engine, notes_url: str, clock: Clock) -> None:
    other = Engine.open(notes_url, clock=clock)
    claim = (
        pad.update()
        .where(pad.c.account_id == 1, pad.c.id == 4, pad.c.seq == 0)
        .values(seq=1)
        .returning(pad.c.id)
    )
    try:
        outcomes = submit_all(
            *((one, lambda unit: unit.one(claim) is not None) for _ in range(20) for one in (engine, other))
        )
    finally:
        other.close()
    assert [outcome.result() for outcome in outcomes].count(True) == 1
