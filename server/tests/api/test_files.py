"""Uploads by visitors and users, what becomes of them, and how they are shown."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from pocketdesk.files import actions, jobs, views
from pocketdesk.files.api import CHUNK_BY_ADDRESS, CHUNK_BY_OWNER, UPLOAD_BY_ADDRESS, UPLOAD_BY_OWNER
from pocketdesk.files.model import Owner, OwnerKind, Upload
from pocketdesk.files.outside import Lost, Place
from pocketdesk.files.outside.clamd import Clamd
from pocketdesk.files.rules.kinds import MB
from pocketdesk.files.rules.uploads import CHUNK_BYTES, LOOSE_MS, WINDOW_MS
from pocketdesk.jobs import Leased, Retry
from pocketdesk.jobs.model import Ending
from pocketdesk.kernel.moments import HOUR
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Engine
from tests import clamd
from tests.api.desk import Desk, Somebody
from tests.databases import Clock
from tests.pictures import SECRET, animated, png_of, still

SESSION = "/api/v1/visitor/session"
CONVERSATION = 70_000_000_001
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4_000


@dataclass
class Sender:
    """Somebody who uploads: a visitor, or a user."""

    desk: Desk
    browser: TestClient
    path: str
    account_id: int
    kind: OwnerKind
    id: int
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str = "", **more: Any) -> Any:
        return self.browser.request(method, f"{self.path}{path}", headers=self.headers, **more)

    def begin(self, name: str, size: int, media_type: str = "", **more: Any) -> Any:
        return self.call("POST", json={"name": name, "size": size, "media_type": media_type, **more})

    def put(self, file_id: int, offset: int, chunk: bytes) -> Any:
        return self.call("PUT", f"/{file_id}", params={"offset": offset}, content=chunk)

    def send(self, name: str, content: bytes, **more: Any) -> Any:
        """The answer to the last bytes."""
        begun = self.begin(name, len(content), **more)
        assert begun.status_code == 201, begun.text
        file_id, chunk = begun.json()["file_id"], begun.json()["chunk"]
        *before, last = range(0, len(content), chunk)
        for offset in before:
            assert self.put(file_id, offset, content[offset : offset + chunk]).status_code == 200
        return self.put(file_id, last, content[last:])

    def sent(self, name: str, content: bytes, **more: Any) -> dict[str, Any]:
        answer = self.send(name, content, **more)
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "ready", answer.text
        return answer.json()

    def link(self, file_id: int) -> str:
        key = self.desk.app.state.file_key
        return views.link(key, AccountScope(self.account_id), file_id, self.desk.clock.now)

    def show(self, file_id: int, **headers: str) -> Any:
        """What a stranger sees who has the link."""
        return self.desk.browser().get(self.link(file_id), headers=headers)

    def attach(self, *file_ids: int) -> None:
        scope = AccountScope(self.account_id)
        self.desk.engine.write_and_wait(
            lambda unit: actions.attach(unit, scope, self.kind, self.id, CONVERSATION, file_ids)
        )


def visitor(desk: Desk, admin: Somebody, address: str = "192.0.2.7") -> Sender:
    browser = desk.browser(address)
    opened = browser.post(SESSION, json={"account_id": admin.account_id, "mobile_tag": "support"}).json()
    headers = {"authorization": f"Bearer {opened['token']}"}
    return Sender(
        desk,
        browser,
        "/api/v1/visitor/files",
        admin.account_id,
        OwnerKind.VISITOR,
        opened["visitor_id"],
        headers,
    )


def user(desk: Desk, who: Somebody) -> Sender:
    path = f"/api/v1/accounts/{who.account_id}/files"
    return Sender(desk, who.browser, path, who.account_id, OwnerKind.USER, who.user_id)


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    return desk.found()


@pytest.fixture
def mia(desk: Desk, ana: Somebody) -> Sender:
    return visitor(desk, ana)


def run(desk: Desk, kind: str, account_id: int = 0, key: str = "") -> Ending:
    """Runs a job as the worker would."""
    job = Leased(account_id, 1, kind, key or kind, {}, 1, 1, 1)
    return desk.run(jobs.runs(desk.engine, desk.store, desk.check)[kind], job)


def kept(desk: Desk) -> list[str]:
    """Every file in the folder of bytes."""
    return sorted(str(path.relative_to(desk.folder)) for path in desk.folder.rglob("*") if path.is_file())


# Uploading.


def test_D17_both_sides_send_files_in_pieces(desk: Desk, ana: Somebody, mia: Sender) -> None:
    for sender in (mia, user(desk, ana)):
        card = sender.sent("Invoice 7.pdf", PDF, media_type="application/pdf")
        assert card == {
            "received": len(PDF),
            "state": "ready",
            "reason": None,
            "file_id": card["file_id"],
            "name": "Invoice 7.pdf",
            "media_type": "application/pdf",
            "size": len(PDF),
            "width": None,
            "height": None,
        }
        assert sender.call("GET", f"/{card['file_id']}").json() == card
        assert sender.show(card["file_id"]).content == PDF
    assert [name for name in kept(desk) if not name.rpartition("/")[2].isdigit()] == []


def test_D17_an_upload_resumes_where_it_stopped(mia: Sender) -> None:
    file_id = mia.begin("a.pdf", len(PDF)).json()["file_id"]
    assert mia.put(file_id, 0, PDF[:100]).json() == {"received": 100, "state": "receiving", "reason": None}
    for offset in (0, 99, 101, 10**7):
        answer = mia.put(file_id, offset, b"other bytes")
        assert (answer.status_code, answer.json()["code"]) == (409, "offset_conflict")
        assert answer.json()["fields"] == {"received": "100"}
    assert mia.call("GET", f"/{file_id}").json()["received"] == 100
    place = 100
    while place < len(PDF):
        answer = mia.put(file_id, place, PDF[place : place + CHUNK_BYTES])
        place = answer.json()["received"]
    assert mia.show(file_id).content == PDF
    assert mia.put(file_id, len(PDF), b"x").json()["code"] == "upload_ended"


@settings(
    max_examples=8, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cuts=st.lists(st.integers(1, 40_000), min_size=1, max_size=6),
    lost=st.sets(st.integers(0, 5)),
    stale=st.booleans(),
)
def test_D17_however_often_it_breaks_off_the_same_bytes_arrive(
    mia: Sender, clock: Clock, cuts: list[int], lost: set[int], stale: bool
) -> None:
    clock.advance(WINDOW_MS)
    content = PDF[: 9 + sum(cuts)]
    file_id = mia.begin("a.pdf", len(content)).json()["file_id"]
    for number, length in enumerate([*cuts, 9]):
        place = mia.call("GET", f"/{file_id}").json()["received"]
        assert mia.put(file_id, place, content[place : place + length]).status_code == 200
        if number in lost:  # the answer got lost, and the page sends the same bytes again
            again = mia.put(file_id, place, b"?" * length if stale else content[place : place + length])
            assert again.status_code == 409
    assert mia.show(file_id).content == content


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"size": 0}, "size"),
        ({"size": 25 * MB + 1}, "size"),
        ({"size": "100"}, "size"),
        ({"name": "evil.html"}, "name"),
        ({"name": "evil.svg", "media_type": "image/svg+xml"}, "name"),
        ({"name": "../.."}, "name"),
        ({"name": "x" * 1_001}, "name"),
        ({"media_type": "text/html"}, "media_type"),
        ({"purpose": "brand"}, "purpose"),
        ({"account_id": 1}, "account_id"),
    ],
)
def test_D18_a_visitors_announcement_is_refused_at_its_field(
    desk: Desk, mia: Sender, body: dict[str, Any], name: str
) -> None:
    before = desk.rows()
    answer = mia.call("POST", json={"name": "a.pdf", "size": 100, "media_type": "", **body})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [name])
    assert desk.rows() == before


def test_D17_more_than_was_announced_is_not_taken(desk: Desk, mia: Sender) -> None:
    file_id = mia.begin("a.pdf", 100).json()["file_id"]
    before = desk.rows()
    for chunk, status, name in (
        (PDF[:101], 422, "size"),
        (b"", 422, "body"),
        (b"x" * (CHUNK_BYTES + 1), 413, None),
    ):
        answer = mia.put(file_id, 0, chunk)
        assert answer.status_code == status
        assert list(answer.json()["fields"]) == ([name] if name else [])
    assert desk.rows() == before
    assert mia.call("GET", f"/{file_id}").json()["received"] == 0


def test_D17_limits_go_by_sender_and_by_address(desk: Desk, ana: Somebody, clock: Clock) -> None:
    def until_refused(attempt: Any) -> int:
        for number in range(100_000):
            answer = attempt()
            if answer.status_code == 429:
                assert int(answer.headers["retry-after"]) >= 1
                return number
        raise AssertionError

    first, second = visitor(desk, ana), visitor(desk, ana)
    assert until_refused(lambda: first.begin("a.pdf", 100)) == UPLOAD_BY_OWNER.burst
    assert second.begin("a.pdf", 100).status_code == 201, "another phone behind the same address"
    file_id = second.begin("a.pdf", 10_000).json()["file_id"]
    assert until_refused(lambda: second.put(file_id, 5, b"x")) == CHUNK_BY_OWNER.burst
    clock.advance(HOUR)
    assert second.put(file_id, 5, b"x").status_code == 409
    # What one address may do in all is far more than a test can send: it is used up from within.
    for limit in (UPLOAD_BY_ADDRESS, CHUNK_BY_ADDRESS):
        limiter = desk.app.state.limiters[limit.name]
        for _ in range(limit.burst - 2):
            limiter.take("192.0.2.7", clock.now)
    third, elsewhere = visitor(desk, ana), visitor(desk, ana, "198.51.100.9")
    file_id = third.begin("a.pdf", 100).json()["file_id"]
    assert until_refused(lambda: visitor(desk, ana).begin("a.pdf", 100)) <= 1
    assert until_refused(lambda: third.put(file_id, 5, b"x")) <= 2
    assert elsewhere.begin("a.pdf", 100).status_code == 201


def test_D17_how_much_one_visitor_sends_in_an_hour_is_limited(
    ana: Somebody, mia: Sender, clock: Clock
) -> None:
    for _ in range(10):
        assert mia.begin("film.mp4", 25 * MB).status_code == 201
    assert mia.begin("film.mp4", 25 * MB).status_code == 429
    clock.advance(WINDOW_MS)
    assert mia.begin("film.mp4", 25 * MB).status_code == 201


def test_D17_nothing_is_taken_in_when_the_disk_is_almost_full(
    desk: Desk, mia: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full() -> int:
        return 1_000_000

    monkeypatch.setattr(desk.store, "free", full)
    answer = mia.begin("a.pdf", 100)
    assert (answer.status_code, answer.json()["code"]) == (507, "no_room")
    assert desk.rows()["file"] == []


# Who may.


def test_D18_an_upload_is_its_senders_alone(desk: Desk, ana: Somebody, mia: Sender) -> None:
    theirs = mia.begin("a.pdf", 100).json()["file_id"]
    done = mia.sent("b.pdf", PDF)["file_id"]
    eve = desk.found("Other", "eve@example.org")
    before = desk.rows()["file"], kept(desk)
    for other in (visitor(desk, ana), user(desk, ana), user(desk, eve), visitor(desk, eve)):
        for file_id in (theirs, done):
            assert other.put(file_id, 0, PDF[:100]).status_code == 404
            assert other.call("GET", f"/{file_id}").status_code == 404
    assert (desk.rows()["file"], kept(desk)) == before
    stranger = Sender(desk, desk.browser(), mia.path, ana.account_id, OwnerKind.VISITOR, mia.id)
    assert stranger.begin("a.pdf", 100).status_code == 401
    assert stranger.put(theirs, 0, b"x").status_code == 401
    assert stranger.call("GET", f"/{theirs}").status_code == 401
    console = Sender(desk, desk.browser(), user(desk, ana).path, ana.account_id, OwnerKind.USER, ana.user_id)
    assert console.put(theirs, 0, b"x").status_code == 401
    assert console.call("GET", f"/{theirs}").status_code == 401
    foreign = Sender(desk, eve.browser, user(desk, ana).path, ana.account_id, OwnerKind.USER, eve.user_id)
    assert [foreign.put(theirs, 0, b"x").status_code, foreign.begin("a.pdf", 9).status_code] == [404, 404]


def test_D09_brand_images_need_the_permission_and_are_public(desk: Desk, ana: Somebody, mia: Sender) -> None:
    ben = user(desk, desk.hire(ana, "ben@example.org", "inboxes", "people"))
    assert ben.begin("logo.png", 100, purpose="brand").status_code == 403
    eva = user(desk, desk.hire(ana, "eva@example.org", "chatflows"))
    card = eva.sent("logo.gif", animated(size=(1_024, 512)), purpose="brand")
    assert (card["width"], card["height"]) == (512, 256), "small, because every visitor loads it"
    path = views.brand_path(AccountScope(ana.account_id), card["file_id"])
    answer = desk.browser().get(path)
    assert answer.headers["cache-control"] == "public, max-age=31449600, immutable"
    assert answer.headers["content-type"] == "image/gif"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    scope = AccountScope(ana.account_id)
    found = desk.engine.read_and_wait(lambda reader: views.brand_images(reader, scope, [card["file_id"]]))
    assert list(found) == [card["file_id"]]
    other = AccountScope(desk.found("Other", "eve@example.org").account_id)
    assert (
        desk.engine.read_and_wait(lambda reader: views.brand_images(reader, other, [card["file_id"]])) == {}
    )
    message = mia.sent("photo.png", still())["file_id"]
    unfinished = eva.begin("logo.png", 100, purpose="brand").json()["file_id"]
    for wrong in (
        f"{ana.account_id}/{message}",
        f"{ana.account_id}/{unfinished}",
        f"{other.account_id}/{card['file_id']}",
    ):
        assert desk.browser().get(f"/brand/{wrong}").status_code == 404


def test_D11_a_photo_is_square_public_and_gone_with_its_user(desk: Desk, ana: Somebody) -> None:
    ben = desk.hire(ana, "ben@example.org", "chatflows")
    eva = desk.hire(ana, "eva@example.org", "people")
    card = user(desk, ben).sent("me.jpg", still("JPEG", (1_024, 512)), purpose="photo")
    assert (card["width"], card["height"]) == (256, 256)
    path, stranger = f"/photos/{ana.account_id}/{card['file_id']}", desk.browser()
    assert stranger.get(path).status_code == 404, "nobody's photo yet"
    assert ben.put("/me/photo", {"file_id": card["file_id"]})["image"] == path
    assert ben.get(f"/users/{ben.user_id}")["image"] == path
    assert ben.browser.get("/api/v1/session").json()["accounts"][0]["user"]["image"] == path
    answer = stranger.get(path)
    assert answer.headers["cache-control"] == "public, max-age=31449600, immutable"
    assert answer.headers["content-type"] == "image/jpeg"
    assert stranger.get(f"/brand/{ana.account_id}/{card['file_id']}").status_code == 404
    ana.patch(f"/users/{ben.user_id}", {"deactivated": True})
    assert ana.get(f"/users/{ben.user_id}")["image"] is None
    assert stranger.get(path).status_code == 404
    ana.patch(f"/users/{ben.user_id}", {"deactivated": False})
    assert stranger.get(path).status_code == 200
    ben = desk.sign_in(ben.email, ben.account_id, ben.user_id)
    assert ben.call("DELETE", f"/users/{ana.user_id}/photo").status_code == 403
    removed = eva.call("DELETE", f"/users/{ben.user_id}/photo")
    assert (removed.status_code, removed.json()["image"]) == (200, None)
    assert stranger.get(path).status_code == 404
    entry = ana.get("/audit")["items"][0]
    assert (entry["verb"], entry["object_id"], entry["facts"]) == ("changed", ben.user_id, {"photo": None})


def test_D18_the_head_of_a_file_says_what_the_file_would(desk: Desk, mia: Sender) -> None:
    link = mia.link(mia.sent("photo.png", still())["file_id"])
    shown, asked = desk.browser().get(link), desk.browser().head(link)
    assert (asked.status_code, asked.content) == (200, b"")
    for answer in (shown, asked):
        del answer.headers["x-correlation-id"]
    assert asked.headers == shown.headers
    assert desk.browser().head("/files/nonsense").status_code == 404


# What gets through.


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.png", still("JPEG")),
        ("photo.jpg", b"<html><script>alert(1)</script>"),
        ("photo.gif", b"GIF89a/*" + bytes(50) + b"*/=alert(1)"),
        ("photo.png", still()[:60]),
        ("photo.png", png_of(30_000, 30_000)),
        ("photo.jpg", b"\0\0\0\x18ftypheic" + bytes(100)),
        ("photo.webp", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(100)),
        ("note.txt", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("note.txt", b"MZ\x90\0\x03\0\0\0" + bytes(100)),
        ("table.csv", b"#!/bin/sh\nrm -rf /"),
        ("invoice.pdf", b"\x7fELF\x02\x01\x01" + bytes(100)),
        ("archive.zip", b"%PDF-1.7"),
        ("song.mp3", b"OggS\0\x02" + bytes(100)),
        ("empty.txt", b"\0"),
    ],
)
def test_D18_what_is_not_what_it_was_announced_as_is_refused(
    desk: Desk, mia: Sender, name: str, content: bytes
) -> None:
    answer = mia.send(name, content)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["content"])
    (row,) = desk.rows()["file"]
    progress = mia.call("GET", f"/{row[1]}").json()
    assert progress == {
        "received": len(content),
        "state": "refused",
        "reason": answer.json()["fields"]["content"],
    }
    assert mia.show(row[1]).status_code == 404
    assert kept(desk) == [], "nothing stays of it"


def test_D18_a_picture_is_shown_from_its_pixels_alone(mia: Sender) -> None:
    content = still("JPEG", comment=SECRET) + b"<script>alert(1)</script>"
    card = mia.sent("me.jpeg", content, media_type="image/jpeg")
    shown = mia.show(card["file_id"])
    assert SECRET not in shown.content
    assert b"script" not in shown.content
    assert (card["width"], card["height"], card["size"]) == (60, 40, len(shown.content))
    assert shown.headers["content-disposition"] == "inline; filename=\"me.jpeg\"; filename*=UTF-8''me.jpeg"


def test_D18_everything_is_shown_harmlessly(mia: Sender) -> None:
    card = mia.sent("Prix été.csv", "nom,prix\nété,3\n".encode(), media_type="text/csv")
    shown = mia.show(card["file_id"])
    assert shown.headers["content-type"] == "text/csv; charset=utf-8"
    assert shown.headers["content-disposition"] == (
        "attachment; filename=\"Prix ete.csv\"; filename*=UTF-8''Prix%20%C3%A9t%C3%A9.csv"
    )
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cross-origin-resource-policy"] == "same-origin"
    assert shown.headers["cache-control"].startswith("private, max-age=")
    assert "set-cookie" not in shown.headers
    tag = shown.headers["etag"]
    again = mia.show(card["file_id"], **{"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_D17_players_get_the_part_they_ask_for(mia: Sender) -> None:
    film = b"\0\0\0\x20ftypisom" + os.urandom(700_000)
    file_id = mia.sent("film.mp4", film, media_type="video/mp4")["file_id"]
    whole = mia.show(file_id)
    assert (whole.content, whole.headers["accept-ranges"]) == (film, "bytes")
    part = mia.show(file_id, range="bytes=1000-600000")
    assert (part.status_code, part.content) == (206, film[1_000:600_001])
    assert part.headers["content-range"] == f"bytes 1000-600000/{len(film)}"
    assert part.headers["content-length"] == "599001"
    assert mia.show(file_id, range="bytes=-10").content == film[-10:]
    beyond = mia.show(file_id, range=f"bytes={len(film)}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(film)}")
    tag = {"if-range": '"an older one"'}
    assert mia.show(file_id, range="bytes=5-9", **tag).status_code == 200


def test_D18_a_link_is_for_one_file_and_an_hour(desk: Desk, ana: Somebody, mia: Sender, clock: Clock) -> None:
    one, other = mia.sent("a.pdf", PDF)["file_id"], mia.sent("b.pdf", PDF)["file_id"]
    eve = desk.found("Other", "eve@example.org")
    link = mia.link(one)
    stranger = desk.browser()
    assert stranger.get(link).status_code == 200
    account = str(ana.account_id)
    for wrong in (
        link[:-1] + ("A" if link[-1] != "A" else "E"),
        link.replace(f"-{one}-", f"-{other}-"),
        link.replace(f"/{account}-", f"/{eve.account_id}-"),
        "/files/" + "x" * 5_000,
        "/files/1-2-3-",
        f"/files/{account}-{one}-99999999999999-" + "A" * 43,
    ):
        answer = stranger.get(wrong)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), wrong
    foreign = Sender(desk, stranger, "", eve.account_id, OwnerKind.VISITOR, 1)
    assert stranger.get(foreign.link(one)).status_code == 404, "signed, and yet of another account"
    clock.advance(HOUR)
    assert stranger.get(link).status_code == 404
    unfinished = mia.begin("c.pdf", 100).json()["file_id"]
    assert mia.show(unfinished).status_code == 404


def test_D18_no_log_has_a_link_in_it(desk: Desk, mia: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = mia.sent("a.pdf", PDF)["file_id"]

    async def breaks(*_: object) -> None:
        raise OSError("the disk is broken")

    monkeypatch.setattr(desk.store, "read", breaks)
    with capture_logs() as logged:
        assert mia.show(file_id).status_code == 500
    (entry,) = logged
    assert entry["path"] == "/files/{word}"
    assert mia.link(file_id).split("-", 3)[3] not in str({**entry, "exc_info": None})


# Malware.


@contextmanager
def scanned(engine: Engine, clock: Clock) -> Iterator[tuple[Desk, clamd.Clamd]]:
    """A desk whose files go through a scanner."""
    daemon = clamd.Clamd()
    with (
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(clamd.serving(daemon)),
        Desk(engine, clock, clamd=Clamd(daemon.address, patience_s=5)) as desk,
    ):
        yield desk, daemon


def test_D18_a_virus_does_not_get_through(engine: Engine, clock: Clock) -> None:
    with scanned(engine, clock) as (desk, daemon):
        mia = visitor(desk, desk.found())
        answer = mia.send("note.txt", clamd.EICAR)
        assert answer.status_code == 422
        assert answer.json()["fields"] == {"content": "the malware scanner has found Win.Test.EICAR_HDB-1"}
        assert kept(desk) == []
        assert mia.sent("a.pdf", PDF)["state"] == "ready"
        assert daemon.seen == [clamd.EICAR, PDF]


def test_D18_nothing_gets_through_while_the_scanner_does_not_answer(engine: Engine, clock: Clock) -> None:
    with scanned(engine, clock) as (desk, daemon):
        ana = desk.found()
        mia = visitor(desk, ana)
        daemon.mood = "loading"
        answer = mia.send("photo.png", still())
        assert answer.json() == {"received": len(still()), "state": "receiving", "reason": None}
        ((_, file_id, *_),) = desk.rows()["file"]
        assert mia.show(file_id).status_code == 404
        (job,) = desk.rows()["job"]
        assert (job[2], job[3]) == (actions.CHECK, str(file_id))
        ending = run(desk, actions.CHECK, ana.account_id, str(file_id))
        # It says why, unless it hangs up before it has been sent everything.
        assert isinstance(ending, Retry)
        assert mia.call("GET", f"/{file_id}").json()["state"] == "receiving"
        daemon.mood = ""
        assert run(desk, actions.CHECK, ana.account_id, str(file_id)) is None
        assert mia.call("GET", f"/{file_id}").json()["name"] == "photo.png"
        assert mia.show(file_id).status_code == 200


# What stays, and what goes.


def test_D18_a_check_that_died_is_made_up_for_by_its_job(desk: Desk, ana: Somebody, mia: Sender) -> None:
    scope, owner, content = AccountScope(ana.account_id), Owner(OwnerKind.VISITOR, mia.id), still()
    file_id = mia.begin("photo.png", len(content)).json()["file_id"]
    desk.run(desk.store.write, Place(ana.account_id, file_id), 0, content)
    desk.engine.write_and_wait(lambda unit: actions.receive(unit, scope, owner, file_id, 0, len(content)))
    assert mia.call("GET", f"/{file_id}").json()["state"] == "receiving"
    assert mia.show(file_id).status_code == 404, "nothing half done is seen"
    assert run(desk, actions.CHECK, ana.account_id, str(file_id)) is None
    assert mia.show(file_id).status_code == 200
    assert run(desk, actions.CHECK, ana.account_id, str(file_id)) is None, "and again, which changes nothing"


def test_D18_bytes_that_a_disk_has_lost_are_no_file(
    desk: Desk, ana: Somebody, mia: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def loses(account_id: int, file_id: int) -> Upload:
        await desk.store.drop(Place(account_id, file_id))
        checked = await desk.check(account_id, file_id)
        assert isinstance(checked, Upload)
        return checked

    monkeypatch.setattr(desk.app.state, "check_file", loses)
    answer = mia.send("a.pdf", PDF)
    assert answer.json()["fields"] == {"content": "the bytes were lost, please send it again"}
    assert kept(desk) == []


def test_D18_erasing_deletes_row_and_bytes(desk: Desk, ana: Somebody, mia: Sender) -> None:
    gone, stays = mia.sent("gone.pdf", PDF)["file_id"], mia.sent("stays.pdf", PDF)["file_id"]
    mia.attach(gone, stays)
    desk.engine.write_and_wait(lambda unit: actions.erase(unit, AccountScope(ana.account_id), [gone]))
    assert "gone" not in str(desk.rows()["file"])
    assert mia.show(gone).status_code == 404
    assert len(kept(desk)) == 2
    assert run(desk, actions.PURGE, ana.account_id) is None
    assert [row[1] for row in desk.rows()["file"]] == [stays]
    assert [name.rpartition("/")[2] for name in kept(desk)] == [str(stays)]
    assert run(desk, actions.PURGE, ana.account_id) is None
    assert mia.show(stays).content == PDF


def test_D18_what_is_erased_while_it_arrives_leaves_nothing(
    desk: Desk, ana: Somebody, mia: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = AccountScope(ana.account_id)
    write = desk.store.write

    async def slow(place: Place, offset: int, chunk: bytes) -> None:
        await write(place, offset, chunk)
        await desk.engine.write(lambda unit: actions.erase(unit, scope, [place.file_id]))

    monkeypatch.setattr(desk.store, "write", slow)
    assert mia.send("a.pdf", PDF[:100]).status_code == 404
    assert kept(desk) == []


def test_D18_what_was_never_sent_is_swept(desk: Desk, ana: Somebody, mia: Sender, clock: Clock) -> None:
    attached, loose = mia.sent("a.pdf", PDF)["file_id"], mia.sent("b.pdf", PDF)["file_id"]
    mia.attach(attached)
    unfinished = mia.begin("c.pdf", 100).json()["file_id"]
    mia.put(unfinished, 0, PDF[:50])
    for folder in ("drafts", "parts"):
        left = desk.folder / folder / "left-by-a-dead-process"
        left.write_bytes(b"x")
        os.utime(left, (1, 1))
    clock.advance(LOOSE_MS + 1)
    assert run(desk, jobs.SWEEP) is None
    assert mia.show(loose).status_code == 404
    assert run(desk, actions.PURGE, ana.account_id) is None
    assert [row[1] for row in desk.rows()["file"]] == [attached]
    assert [name.rpartition("/")[2] for name in kept(desk)] == [str(attached)]


def test_D18_late_writes_do_not_reach_what_was_checked(desk: Desk, ana: Somebody, mia: Sender) -> None:
    file_id = mia.begin("a.pdf", len(PDF[:1_000])).json()["file_id"]
    place = Place(ana.account_id, file_id)

    async def check_while_written() -> bytes:
        await desk.store.write(place, 0, PDF[:1_000])
        async with desk.store.draft(place, 1_000) as draft:
            await desk.store.write(place, 0, b"X" * 2_000)
            await desk.store.publish(place, draft.source)
        return b"".join([piece async for piece in await desk.store.read(place, 0, 5_000)])

    assert desk.run(check_while_written) == PDF[:1_000]
    assert [name for name in kept(desk) if not name.startswith("parts/")] == [
        f"{ana.account_id}/{file_id % 256:02x}/{file_id}"
    ]

    async def read_nothing() -> None:
        await desk.store.read(Place(ana.account_id, 1), 0, 1)

    with pytest.raises(Lost):
        desk.run(read_nothing)
