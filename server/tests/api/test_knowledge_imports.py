"""Articles from elsewhere, and all of them as a folder of Markdown, through the console's routes and the job."""

import io
import json
import os
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from PIL import Image

from pocketdesk.jobs import Leased
from pocketdesk.jobs.model import Ending
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge.imports import jobs, remote, sources, views
from pocketdesk.knowledge.imports.actions import IMPORT
from pocketdesk.outbound import Outbound, to_allowed
from tests.api.desk import Desk, Somebody
from tests.api.test_knowledge import KB, Shelf, ana
from tests.server import free_port

__all__ = ["ana"]


@pytest.fixture
def shelf(ana: Somebody) -> Shelf:
    return Shelf(ana, ("en", "de"))


def picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 60)).save(target, "PNG")
    return target.getvalue()


def packed(files: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, words in files.items():
            archive.writestr(name, words)
    return target.getvalue()


def ask(
    who: Somebody, base: int, content: bytes, kind: str = "markdown", name: str = "f.zip", **form: str
) -> Any:
    return who.browser.post(
        f"/api/v1/accounts/{who.account_id}{KB}/bases/{base}/imports",
        data={"kind": kind, **form},
        files={"file": (name, content)},
    )


def run(desk: Desk, who: Somebody, import_id: int, kind: str = IMPORT) -> Ending:
    outbound = Outbound(to_allowed(["127.0.0.1"]))
    work = jobs.runs(desk.engine, desk.imports, desk.store, desk.check, outbound)[kind]
    return desk.run(work, Leased(who.account_id, 1, kind, str(import_id), {}, 1, 1, 0))


def bring(
    desk: Desk, shelf: Shelf, content: bytes, kind: str = "markdown", name: str = "f.zip", **form: str
) -> Any:
    """Imports it; how it ended."""
    asked = ask(shelf.who, shelf.id, content, kind, name, **form)
    assert asked.status_code == 202, asked.text
    assert asked.json()["state"] == "waiting"
    assert run(desk, shelf.who, asked.json()["id"]) is None
    return shelf.who.get(f"{KB}/imports/{asked.json()['id']}")


def articles(shelf: Shelf) -> dict[str, dict[str, Any]]:
    """The articles of a base by the titles of their first languages."""
    found = shelf.who.get(f"{KB}/bases/{shelf.id}/articles", limit=100)["items"]
    return {each["variants"][0]["title"]: each for each in found}


FOLDER: dict[str, str | bytes] = {
    "help/orders/pay.md": (
        "---\ntitle: How to pay\nsubtitle: By card\nslug: pay\ntags: [card, bill]\n---\n"
        "You pay **by card**. See [returns](../returns/send-back.md#how) and ![A card](../img/card.png).\n"
    ),
    "help/orders/pay.de.md": "---\ntitle: Bezahlen\n---\nMit *Karte*.\n",
    "help/returns/send-back.md": "# Send it back\n\n> [!TIP]\n> Keep the box.\n",
    "help/img/card.png": picture(),
    "help/.git/config.md": "# No",
    "__MACOSX/help/._pay.md": "# No",
}


def test_import_of_a_folder_of_markdown_with_images_links_and_languages(desk: Desk, shelf: Shelf) -> None:
    ended = bring(desk, shelf, packed(FOLDER))
    assert (ended["state"], ended["created"], ended["problems"]) == ("done", 2, [])
    found = articles(shelf)
    pay, back = found["How to pay"], found["Send it back"]
    assert {each["language"] for each in pay["variants"]} == {"en", "de"}
    assert {each["state"] for each in pay["variants"]} == {"draft"}
    draft = shelf.draft(pay["id"])["draft"]
    assert (draft["subtitle"], draft["slug"], draft["tags"]) == ("By card", "pay", ["card", "bill"])
    blocks = draft["body"]["blocks"]
    assert {"type": "article_link", "text": "returns", "article_id": back["id"]} in blocks[0]["runs"]
    image = next(each for each in blocks if each["type"] == "image")
    assert (image["alt"], image["width"], image["height"]) == ("A card", 40, 30)
    names = {
        each["id"]: each["names"]["en"]
        for each in shelf.who.get(f"{KB}/bases/{shelf.id}/categories")["items"]
    }
    assert names[pay["category_id"]] == "Orders"
    assert shelf.draft(back["id"])["draft"]["body"]["blocks"][0]["type"] == "callout"


def test_importing_the_same_again_changes_nothing_and_a_change_here_is_kept(desk: Desk, shelf: Shelf) -> None:
    bring(desk, shelf, packed(FOLDER))
    before = desk.rows()
    again = bring(desk, shelf, packed(FOLDER))
    assert (again["state"], again["created"], again["problems"]) == ("done", 0, [])
    after = desk.rows()
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"article_import", "audit_entry", "job"}, changed
    # Changed there: it comes in. Changed here meanwhile: it stays.
    there = FOLDER | {"help/returns/send-back.md": "# Send it back\n\nWithin a month.\n"}
    assert bring(desk, shelf, packed(there))["created"] == 1
    back = articles(shelf)["Send it back"]["id"]
    assert shelf.draft(back)["draft"]["body"]["blocks"][0]["runs"][0]["text"] == "Within a month."
    shelf.save(back, title="Send it back!")
    third = bring(desk, shelf, packed(FOLDER))
    assert third["created"] == 0
    assert "changed here" in third["problems"][0]["problem"]
    assert shelf.draft(back)["draft"]["title"] == "Send it back!"


def test_a_dry_run_writes_nothing_and_says_what_would_come(desk: Desk, shelf: Shelf) -> None:
    before = desk.rows()
    ended = bring(desk, shelf, packed(FOLDER | {"help/a.md": "![x](gone.png)"}), dry_run="true")
    assert (ended["state"], ended["created"], ended["total"]) == ("done", 3, 3)
    assert "not in the file" in ended["problems"][0]["problem"]
    after = desk.rows()
    assert {name for name in after if after[name] != before[name]} <= {"article_import", "audit_entry", "job"}


def test_K09_publishing_an_import_needs_the_right_and_leaves_drafts(
    desk: Desk, shelf: Shelf, ana: Somebody
) -> None:
    ben = desk.hire(ana, "ben@example.org", "knowledge_edit")
    files = packed(
        {"a.md": "# Open\n\nWords.", "b.md": "---\ndraft: true\n---\n# Half\n\nWords.", "c.md": "# Bare\n"}
    )
    refused = ask(ben, shelf.id, files, publish="true")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    ended = bring(desk, shelf, files, publish="true")
    assert {each["problem"] for each in ended["problems"]} == {
        "it has no words",
        "it stays a draft: body: must not be empty",
    }
    states = {title: each["variants"][0]["state"] for title, each in articles(shelf).items()}
    assert states == {"Open": "published", "Half": "draft", "Bare": "draft"}
    assert shelf.found("words") == ["Open"]


def test_import_of_html_pages_leaves_nothing_that_runs(desk: Desk, shelf: Shelf) -> None:
    page = (
        "<!doctype html><![<![a><html lang='de-AT'><head><title>Shop | Zahlen</title>"
        "<script>alert(1)</script></head><body>"
        "<h1>Zahlen</h1><p onclick=alert(1)>Mit <b>Karte</b>.<img src=x onerror=alert(1)></p>"
        "<a href='javascript:alert(1)'>hier</a></body></html>"
    )
    ended = bring(desk, shelf, page.encode(), "html", "zahlen.html")
    assert ended["created"] == 1
    draft = shelf.draft(articles(shelf)["Zahlen"]["id"], "de")["draft"]
    assert "alert" not in json.dumps(draft)
    assert draft["body"]["blocks"][0]["runs"][1] == {"type": "text", "text": "Karte", "bold": True}


ZENDESK = {
    "articles": [
        {
            "id": 360001,
            "html_url": "https://shop.zendesk.example/hc/en-us/articles/360001-Pay",
            "title": "Pay",
            "body": '<p>See <a href="https://shop.zendesk.example/hc/en-us/articles/360002-Back">back</a>.</p>',
            "locale": "en-us",
            "draft": False,
            "label_names": ["card"],
            "section_id": 20,
            "user_segment_id": None,
            "translations": [{"locale": "de", "title": "Zahlen", "body": "<p>Karte.</p>", "draft": False}],
        },
        {
            "id": 360002,
            "title": "Back",
            "body": "<p>Send it.</p>",
            "locale": "en-us",
            "draft": True,
            "label_names": [],
            "section_id": 20,
            "user_segment_id": 7,
        },
        {"id": 360003, "title": "Inconnu", "body": "<p>x</p>", "locale": "fr", "section_id": None},
    ],
    "sections": [{"id": 20, "name": "Orders", "category_id": 10, "parent_section_id": None}],
    "categories": [{"id": 10, "name": "Shop"}],
}


def test_import_of_a_zendesk_export(desk: Desk, shelf: Shelf) -> None:
    ended = bring(desk, shelf, json.dumps(ZENDESK).encode(), "zendesk", "export.json", publish="true")
    assert (ended["state"], ended["created"]) == ("done", 2)
    assert [each["problem"] for each in ended["problems"]] == ["the knowledge base has no language fr"]
    found = articles(shelf)
    pay, back = found["Pay"], found["Back"]
    assert (pay["access"], back["access"]) == ("public", "contacts")
    assert [each["state"] for each in pay["variants"]] == ["published", "published"]
    assert [each["state"] for each in back["variants"]] == ["draft"]
    assert shelf.draft(pay["id"])["draft"]["body"]["blocks"][0]["runs"][1]["article_id"] == back["id"]
    shop = shelf.who.get(f"{KB}/bases/{shelf.id}/categories")["items"]
    assert [each["names"]["en"] for each in shop] == ["Shop"]
    assert [each["names"]["en"] for each in shop[0]["children"]] == ["Orders"]


INTERCOM = {
    "articles.json": {
        "type": "list",
        "data": [
            {
                "type": "article",
                "id": "6871119",
                "title": "Pay",
                "description": "By card",
                "body": '<div class="intercom-interblocks-callout"><p>Mind.</p></div>',
                "state": "published",
                "parent_id": 145,
                "parent_type": "collection",
                "url": "https://help.example/en/articles/6871119-pay",
                "translated_content": {
                    "type": "article_translated_content",
                    "en": {
                        "type": "article_content",
                        "title": "Pay",
                        "body": "<p>Mind.</p>",
                        "state": "published",
                    },
                    "de": {
                        "type": "article_content",
                        "title": "Zahlen",
                        "body": "<p>Oh.</p>",
                        "state": "draft",
                    },
                },
            }
        ],
    },
    "collections.json": {
        "type": "list",
        "data": [{"type": "collection", "id": "145", "name": "Orders", "parent_id": None}],
    },
}


def test_import_of_an_intercom_export(desk: Desk, shelf: Shelf) -> None:
    content = packed({name: json.dumps(each) for name, each in INTERCOM.items()})
    ended = bring(desk, shelf, content, "intercom")
    assert (ended["created"], ended["problems"]) == (1, [])
    pay = articles(shelf)["Pay"]
    draft = shelf.draft(pay["id"])["draft"]
    assert draft["subtitle"] == "By card"
    assert draft["body"]["blocks"][0]["tone"] == "info"
    assert shelf.draft(pay["id"], "de")["draft"]["title"] == "Zahlen"


class Gallery(BaseHTTPRequestHandler):
    """Where an export's pictures are."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        kinds = {"/attachments/1": "image/png", "/2.png": "application/octet-stream", "/page": "text/html"}
        kind = kinds.get(self.path.partition("?")[0])
        content = b"<script>" if self.path == "/page" else picture()
        self.send_response(200 if kind else 404)
        self.send_header("content-type", kind or "text/plain")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        pass


@pytest.fixture
def gallery() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Gallery)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    Gallery.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def showing(*sources: str) -> bytes:
    words = "".join(f'<p><img src="{source}" alt="A card"></p>' for source in sources)
    article = {"id": 1, "title": "Pay", "body": f"<p>Pay.</p>{words}", "locale": "en", "section_id": None}
    return json.dumps({"articles": [article]}).encode()


def test_pictures_that_an_export_names_are_fetched_within_bounds(
    desk: Desk, shelf: Shelf, gallery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = [f"{gallery}{path}" for path in ("/attachments/1", "/2.png", "/gone.png", "/page")]
    sources.append("http://127.0.0.2/inside.png")
    export = showing(*sources)
    looked = bring(desk, shelf, export, "zendesk", "f.json", dry_run="true")
    assert (looked["created"], looked["problems"], Gallery.asked) == (1, [], []), "a look asks nobody"
    ended = bring(desk, shelf, export, "zendesk", "f.json")
    assert (ended["state"], ended["created"]) == ("done", 1)
    draft = shelf.draft(articles(shelf)["Pay"]["id"])["draft"]["body"]["blocks"]
    images = [(each["width"], each["height"]) for each in draft if each["type"] == "image"]
    assert images == [(40, 30)] * 2
    problems = [each["problem"] for each in ended["problems"]]
    assert {each["file"] for each in ended["problems"]} == {"Pay"}
    assert len(problems) == 3
    assert "status 404" in problems[0]
    assert "may not be called" in problems[2], "what is inside stays unreached"
    # Again: what has come is not asked for anew, and nothing changes.
    Gallery.asked.clear()
    again = bring(desk, shelf, export, "zendesk", "f.json")
    assert (again["created"], Gallery.asked) == (0, ["/gone.png", "/page"])
    monkeypatch.setattr(remote, "MOST_PICTURES", 1)
    few = bring(desk, shelf, showing(f"{gallery}/gone.png", f"{gallery}/gone.png?2"), "zendesk", "f.json")
    assert "more than 1 pictures" in few["problems"][1]["problem"]
    monkeypatch.setattr(remote, "MOST_BYTES", 10)
    large = bring(desk, shelf, showing(f"{gallery}/2.png?large"), "zendesk", "f.json")
    assert "more than 10 bytes" in large["problems"][0]["problem"]


def test_pages_of_a_folder_have_nothing_fetched(desk: Desk, shelf: Shelf, gallery: str) -> None:
    ended = bring(desk, shelf, f"# Pay\n\n![A card]({gallery}/2.png)".encode(), "markdown", "a.md")
    assert ("stays a link" in ended["problems"][0]["problem"], Gallery.asked) == (True, [])


@pytest.mark.parametrize(
    ("content", "kind", "name", "why"),
    [
        (b"PK\x03\x04 no zip at all", "zendesk", "f.zip", "not JSON"),
        (b"[" * 100_000, "intercom", "f.json", "not JSON"),
        (b"{}", "zendesk", "f.json", "no article of a Zendesk export"),
        (packed({"a.txt": "x"}), "markdown", "f.zip", "no Markdown page"),
    ],
)
def test_a_file_that_is_none_fails_and_says_why(
    desk: Desk, shelf: Shelf, content: bytes, kind: str, name: str, why: str
) -> None:
    ended = bring(desk, shelf, content, kind, name)
    assert ended["state"] == "failed"
    assert why in ended["problems"][0]["problem"]


def test_archives_cannot_lead_out_or_burst(desk: Desk, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "LARGEST_PAGE_BYTES", 1 << 20)
    bomb = packed(
        {
            "../../etc/passwd.md": "# Out",
            "/abs.md": "# Out",
            "C:\\x.md": "# Out",
            "big.md": "a" * (20 << 20),
            "fine.md": "# Fine\n\n![x](../../../secret.png) ![y](/etc/passwd.png)",
        }
    )
    assert len(bomb) < 100_000
    ended = bring(desk, shelf, bomb)
    assert ended["state"] == "done"
    assert set(articles(shelf)) == {"Fine"}
    said = {each["file"]: each["problem"] for each in ended["problems"]}
    assert "larger than 1 MB" in said["big.md"]
    assert sum("leads out" in each for each in said.values()) == 3


def test_K09_imports_are_for_those_who_write_here(desk: Desk, shelf: Shelf, ana: Somebody) -> None:
    asked = ask(ana, shelf.id, b"# A").json()["id"]
    reader = desk.hire(ana, "ben@example.org", "people")
    publisher = desk.hire(ana, "cem@example.org", "knowledge_publish")
    eve = desk.found("Other", "eve@example.org")
    stranger = Somebody(desk.browser(), ana.account_id, 0, "")
    intruder = Somebody(eve.browser, ana.account_id, eve.user_id, eve.email)
    before = desk.rows()["article_import"]
    for who, status in ((stranger, 401), (intruder, 404), (reader, 403), (publisher, 403)):
        assert ask(who, shelf.id, b"# A").status_code == status
    for who, status in ((stranger, 401), (intruder, 404), (reader, 403), (publisher, 200)):
        assert who.call("GET", f"{KB}/imports/{asked}").status_code == status
    assert eve.call("GET", f"{KB}/imports/{asked}").status_code == 404
    assert ask(eve, shelf.id, b"# A").status_code == 404
    assert desk.rows()["article_import"] == before


def test_K09_who_may_write_no_more_imports_no_more(desk: Desk, shelf: Shelf, ana: Somebody) -> None:
    ben = desk.hire(ana, "ben@example.org", "knowledge_edit")
    asked = ask(ben, shelf.id, b"# A\n\nWords.", name="a.md").json()["id"]
    ana.patch(f"/users/{ben.user_id}", {"deactivated": True})
    run(desk, ana, asked)
    ended = ana.get(f"{KB}/imports/{asked}")
    assert (ended["state"], articles(shelf)) == ("failed", {})
    assert "knowledge_edit" in ended["problems"][0]["problem"]


def test_an_import_that_broke_off_goes_on_and_writes_nothing_twice(
    desk: Desk, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(shelf.who, shelf.id, packed(FOLDER)).json()["id"]
    whole = jobs.actions.write_page
    left = 2

    def breaks(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise RuntimeError("power cut")
        return whole(*arguments, **named)

    monkeypatch.setattr(jobs.actions, "write_page", breaks)
    with pytest.raises(RuntimeError, match="power cut"):
        run(desk, shelf.who, asked)
    assert shelf.who.get(f"{KB}/imports/{asked}")["state"] == "running"
    monkeypatch.setattr(jobs.actions, "write_page", whole)
    assert run(desk, shelf.who, asked) is None
    ended = shelf.who.get(f"{KB}/imports/{asked}")
    assert (ended["state"], ended["done"], ended["problems"]) == ("done", 2, [])
    assert set(articles(shelf)) == {"How to pay", "Send it back"}
    assert bring(desk, shelf, packed(FOLDER))["created"] == 0


def test_old_imports_and_files_whose_job_never_came_are_swept(
    desk: Desk, shelf: Shelf, ana: Somebody
) -> None:
    scope = AccountScope(ana.account_id)

    def is_there(import_id: int) -> bool:
        try:
            return bool(desk.engine.read_and_wait(lambda reader: views.import_(reader, scope, import_id)))
        except NotFound:
            return False

    def left() -> set[int]:
        run(desk, ana, 0, jobs.SWEEP)
        return set(filter(is_there, (done, lost, asked)))

    def files() -> list[Path]:
        return [path for path in (desk.folder / "imports").rglob("*") if path.is_file()]

    done = bring(desk, shelf, b"# A\n\nWords.", name="a.md")["id"]
    before = desk.rows()["article"]
    lost = ask(ana, shelf.id, b"# B", name="b.md").json()["id"]
    asked = 0
    for path in files():
        os.utime(path, (desk.clock.now / 1000, desk.clock.now / 1000))
    assert left() == {done, lost}
    assert len(files()) == 1
    desk.clock.advance(8 * DAY)
    asked = ask(ana, shelf.id, b"# C", name="c.md").json()["id"]
    assert left() == {done, asked}
    assert [str(asked) in path.name for path in files()] == [True]
    assert run(desk, ana, lost) is None, "a job that comes after all finds nothing to do"
    desk.clock.advance(85 * DAY)
    assert left() == set()
    assert desk.rows()["article"] == before, "what was brought stays"


def test_bad_forms_are_refused_at_their_field(desk: Desk, shelf: Shelf) -> None:
    assert ask(shelf.who, shelf.id, b"", "markdown").json()["fields"] == {"file": "the file is empty"}
    assert "kind" in ask(shelf.who, shelf.id, b"x", "word").json()["fields"]
    assert ask(shelf.who, 999, b"x").status_code == 404


def contents(desk: Desk, shelf: Shelf) -> bytes:
    answer = shelf.who.call("GET", f"{KB}/bases/{shelf.id}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def test_an_export_comes_back_as_the_same_articles(desk: Desk, ana: Somebody, shelf: Shelf) -> None:
    bring(desk, shelf, packed(FOLDER))
    ids = {title: each["id"] for title, each in articles(shelf).items()}
    shelf.publish(ids["Send it back"])
    content = contents(desk, shelf)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert min(archive.namelist()).startswith("de/orders/bezahlen-")
    other = Shelf(ana, ("en", "de"))
    ended = bring(desk, other, content, publish="true")
    assert (ended["created"], ended["problems"]) == (2, [])
    there = {title: each["id"] for title, each in articles(other).items()}
    assert there.keys() == ids.keys()
    for title, id_ in ids.items():
        for language in ("en", "de") if title == "How to pay" else ("en",):
            one, two = shelf.draft(id_, language)["draft"], other.draft(there[title], language)["draft"]
            words = json.dumps(one["body"])
            for before, after in ids.items():
                words = words.replace(f'"article_id": {after}', f'"article_id": {there[before]}')
            assert without_files(json.loads(words)) == without_files(two["body"])
            assert [one[each] for each in ("title", "subtitle", "tags")] == [
                two[each] for each in ("title", "subtitle", "tags")
            ]
    assert articles(other)["Send it back"]["variants"][0]["state"] == "published"
    assert articles(other)["How to pay"]["variants"][0]["state"] == "draft"


def without_files(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_files(each) for name, each in value.items() if name not in {"file_id", "src"}}
    return [without_files(each) for each in value] if isinstance(value, list) else value
