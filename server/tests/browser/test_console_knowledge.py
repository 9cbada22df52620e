"""Writing, arranging and publishing articles in the console."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from struct import pack
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.browser.desktop import Scheme, complaints, console, lend_session, window
from tests.server import PASSWORD, Server

TITLE = "Send something back"


def png(width: int = 40, height: int = 20) -> bytes:
    """A small red picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))

    rows = (b"\0" + b"\xc8\x20\x20" * width) * height
    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def make_base(server: Server, *languages: str, **fields: Any) -> dict[str, Any]:
    """A knowledge base of the test's own."""
    body = {"name": f"Help {uuid4().hex[:6]}", "languages": list(languages or ("en",)), **fields}
    return server.account("POST", "/knowledge/bases", body)


def paragraph(words: str) -> dict[str, Any]:
    return {"type": "paragraph", "runs": [{"type": "text", "text": words}]}


def make_article(
    server: Server, base: dict[str, Any], title: str = TITLE, *words: str, published: bool = False
) -> int:
    """An article with a paragraph for each line of words; its id."""
    language = base["languages"][0]
    path = f"/knowledge/bases/{base['id']}/articles"
    article: int = server.account("POST", path, {"language": language, "title": title})["id"]
    save(server, article, [paragraph(line) for line in words], title=title, language=language)
    if published:
        publish(server, article, language)
    return article


def variant(server: Server, article: int, language: str = "en") -> dict[str, Any]:
    return server.account("GET", f"/knowledge/articles/{article}/variants/{language}")


def save(
    server: Server, article: int, blocks: list[dict[str, Any]], *, language: str = "en", **fields: Any
) -> None:
    """Puts a draft in, as somebody else would."""
    draft = variant(server, article, language)["draft"]
    kept = {name: draft[name] for name in ("title", "subtitle", "slug", "tags")}
    body = {"base_revision": draft["revision"], **kept, "body": {"blocks": blocks}, **fields}
    server.account("PUT", f"/knowledge/articles/{article}/variants/{language}/draft", body)


def publish(server: Server, article: int, language: str = "en") -> None:
    revision = variant(server, article, language)["draft"]["revision"]
    path = f"/knowledge/articles/{article}/variants/{language}/publish"
    server.account("POST", path, {"revision": revision})


def paper(page: Page) -> Locator:
    """Where an article is written."""
    return page.get_by_role("textbox", name="Article", exact=True)


def saved(page: Page) -> None:
    """Waits until everything written is with the server."""
    expect(page.locator(".save-state")).to_have_attribute("data-status", "saved")


@contextmanager
def writing(
    browser: Browser, server: Server, article: int, *, language: str = "en", **options: Any
) -> Iterator[Page]:
    path = f"/knowledge/articles/{article}/{language}"
    with console(browser, server, path, **options) as page:
        expect(paper(page)).to_be_visible()
        yield page


def blocks(server: Server, article: int, language: str = "en") -> list[dict[str, Any]]:
    return variant(server, article, language)["draft"]["body"]["blocks"]


def words(server: Server, article: int) -> list[str]:
    """The draft's paragraphs and headings."""
    return ["".join(run.get("text", "") for run in block["runs"]) for block in blocks(server, article)]


def test_A09_K08_a_stranger_writes_a_first_article_and_publishes_it(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, "/inbox") as page:
        page.get_by_role("link", name="Knowledge base").click()
        if page.get_by_role("button", name="Knowledge bases").count():
            page.get_by_role("button", name="Knowledge bases").click()
            page.get_by_role("menuitem", name="Create a knowledge base").click()
        else:
            page.get_by_role("button", name="Create a knowledge base").first.click()
        name = page.get_by_role("textbox", name="Name")
        expect(name).to_be_focused()
        name.fill("For shoppers")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="For shoppers")).to_be_visible()
        page.get_by_role("button", name="Write an article", exact=True).click()
        title = page.get_by_role("textbox", name="Title", exact=True)
        expect(title).to_be_focused()
        page.keyboard.type(TITLE)
        page.keyboard.press("Enter")
        page.keyboard.type("In three steps")
        page.keyboard.press("Enter")
        expect(paper(page)).to_be_focused()
        page.keyboard.type("## Before you begin\nKeep the **receipt**.\n- Pack it\nBring it\n\n")
        page.keyboard.type("/tip")
        page.keyboard.press("Enter")
        page.keyboard.type("Print the label at home.")
        saved(page)
        article = int(page.url.split("/")[-2])
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_text(f"{TITLE} published.")).to_be_visible()
        expect(page.locator(".article-bar").get_by_text("Published").first).to_be_visible()

        now = variant(server, article)
        assert (now["state"], now["draft"]["subtitle"]) == ("published", "In three steps")
        assert now["slug"] == "send-something-back"
        text = lambda words, **style: {"type": "text", "text": words, **style}  # noqa: E731
        assert now["draft"]["body"]["blocks"] == [
            {"type": "heading", "level": 2, "runs": [text("Before you begin")]},
            {
                "type": "paragraph",
                "runs": [text("Keep the "), text("receipt", bold=True), text(".")],
            },
            {"type": "list", "ordered": False, "items": [[paragraph("Pack it")], [paragraph("Bring it")]]},
            {"type": "callout", "tone": "tip", "blocks": [paragraph("Print the label at home.")]},
        ]
        page.get_by_role("button", name="Undo", exact=True).last.click()
        expect(page.get_by_text("Undone.")).to_be_visible()
        assert variant(server, article)["state"] == "draft"


def test_K08_what_is_pasted_keeps_its_form_and_loses_its_scripts(chromium: Browser, server: Server) -> None:
    article = make_article(server, make_base(server))
    html = (
        "<h1 onclick='x()'>Top</h1><p>Hello <b>you</b>, <a href='https://example.org/a'>see</a>"
        " <a href='javascript:alert(1)'>bad</a> <a href='/relative'>near</a></p>"
        "<script>window.stolen = 1</script><iframe src='https://video.example/1'></iframe>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td colspan=2>C</td></tr></table>"
        "<img src='https://tracker.example/x.png' onerror='window.stolen = 1'>"
    )
    with writing(chromium, server, article) as page:
        paper(page).click()
        page.evaluate(
            """html => {
                const data = new DataTransfer();
                data.setData('text/html', html);
                const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
                document.querySelector('.writer-body').dispatchEvent(event);
            }""",
            html,
        )
        expect(paper(page)).to_contain_text("Hello you, see")
        saved(page)
        assert page.evaluate("window.stolen") is None
    found = {block["type"]: block for block in blocks(server, article)}
    assert found["heading"]["level"] == 2
    assert [(run["type"], run["text"]) for run in found["paragraph"]["runs"]] == [
        ("text", "Hello "),
        ("text", "you"),
        ("text", ", "),
        ("link", "see"),
        ("text", " bad near"),
    ]
    assert found["video"]["href"] == "https://video.example/1"
    assert (found["table"]["header"], len(found["table"]["rows"][1])) == (True, 2)
    assert "image" not in found


def test_K08_an_image_is_uploaded_and_described(chromium: Browser, server: Server) -> None:
    article = make_article(server, make_base(server))
    picture = FilePayload(name="label.png", mimeType="image/png", buffer=png())
    with writing(chromium, server, article) as page:
        paper(page).click()
        page.locator(".writer input[type=file]").set_input_files([picture])
        alt = page.get_by_role("textbox", name="What the image shows")
        alt.fill("A box with its label")
        expect(page.locator(".picture-view progress, .picture-view [role=status]")).to_have_count(0)
        saved(page)
    (image,) = blocks(server, article)
    assert (image["type"], image["alt"], image["width"]) == ("image", "A box with its label", 40)
    # It comes from the server the next time.
    with writing(chromium, server, article) as page:
        shown = page.get_by_role("img", name="A box with its label")
        expect(shown).to_have_js_property("naturalWidth", 40)


def test_K08_the_slug_follows_the_title_until_it_is_edited_and_is_unique(
    chromium: Browser, server: Server
) -> None:
    base = make_base(server)
    make_article(server, base, "Opening hours", "All day.", published=True)
    article = make_article(server, base, "When are you there?", "Always.")
    with writing(chromium, server, article) as page:
        slug = page.get_by_role("textbox", name="Address")
        slug.fill("opening-hours")
        expect(page.locator(".save-state")).to_have_attribute("data-status", re.compile("refused|saved"))
        if variant(server, article)["draft"]["slug"] == "opening-hours":
            page.get_by_role("button", name="Publish", exact=True).click()
            expect(page.get_by_role("alert").first).to_be_visible()
        slug.fill("when-you-find-us")
        saved(page)
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_text("When are you there? published.")).to_be_visible()
    assert variant(server, article)["slug"] == "when-you-find-us"


def test_K08_two_authors_bring_their_changes_together(chromium: Browser, server: Server) -> None:
    article = make_article(server, make_base(server), TITLE, "One.", "Two.", "Three.")
    with writing(chromium, server, article) as page:
        save(server, article, [paragraph("One."), paragraph("Two."), paragraph("Three by Ben.")])
        paper(page).get_by_text("One.").click()
        page.keyboard.press("End")
        page.keyboard.type(" Mine.")
        expect(page.get_by_text("Both changes are in.")).to_be_visible()
        expect(paper(page)).to_contain_text("Three by Ben.")
        saved(page)
        # The cursor stays where somebody writes.
        page.keyboard.type(" On.")
        saved(page)
        assert words(server, article) == ["One. Mine. On.", "Two.", "Three by Ben."]

        save(server, article, [paragraph("Theirs."), paragraph("Two."), paragraph("Three by Ben.")])
        page.keyboard.type(" Again.")
        dialog = page.get_by_role("dialog", name=re.compile("changed the same place"))
        expect(dialog).to_contain_text("One. Mine. On. Again.")
        expect(dialog).to_contain_text("Theirs.")
        assert complaints(page) == []
        dialog.get_by_role("radio", name="Keep both").check()
        dialog.get_by_role("button", name="Save like this").click()
        saved(page)
    assert words(server, article) == ["One. Mine. On. Again.", "Theirs.", "Two.", "Three by Ben."]


def author(server: Server, *permissions: str) -> str:
    """A new user who may only do this; their session cookie."""
    made = server.account("POST", "/permission-sets", {"name": uuid4().hex[:8], "permissions": permissions})
    body = {"name": "Ben Berg", "email": f"{uuid4().hex[:8]}@example.org", "permission_set_id": made["id"]}
    path = server.account("POST", "/users", {**body, "can_receive": False})["invite_path"]
    own, server.cookie = server.cookie, ""
    try:
        server.call("POST", f"/invitations/{path.rpartition('/')[2]}", {"name": "Ben", "password": PASSWORD})
        return server.cookie
    finally:
        server.cookie = own


def test_K09_who_may_only_write_sees_publish_with_the_reason(chromium: Browser, server: Server) -> None:
    article = make_article(server, make_base(server), TITLE, "One.")
    cookie = author(server, "knowledge_edit")
    with window(chromium, server) as page:
        own, server.cookie = server.cookie, cookie
        try:
            lend_session(page.context, server)
        finally:
            server.cookie = own
        page.goto(f"/a/{server.account_id}/knowledge/articles/{article}/en")
        button = page.get_by_role("button", name="Publish", exact=True)
        expect(button).to_have_attribute("aria-disabled", "true")
        button.focus()
        expect(page.get_by_role("tooltip")).to_contain_text("lets you write, not publish")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="More ways to publish")).to_have_count(0)
        paper(page).click()
        page.keyboard.type("By Ben. ")
        saved(page)
        assert complaints(page) == []
    assert variant(server, article)["state"] == "draft"
    assert "By Ben." in words(server, article)[0]


def test_K09_who_may_only_publish_reads_everything_and_writes_nothing(
    chromium: Browser, server: Server
) -> None:
    base = make_base(server)
    server.account("POST", f"/knowledge/bases/{base['id']}/categories", {"names": {"en": "Orders"}})
    article = make_article(server, base, TITLE, "One.")
    cookie = author(server, "knowledge_publish")
    with window(chromium, server) as page:
        own, server.cookie = server.cookie, cookie
        try:
            lend_session(page.context, server)
        finally:
            server.cookie = own
        page.goto(f"/a/{server.account_id}/knowledge/{base['id']}/categories")
        expect(page.get_by_text("lets you publish, not write")).to_be_visible()
        expect(page.get_by_role("button", name="Orders", exact=True)).to_be_disabled()
        assert complaints(page) == []
        page.get_by_role("tab", name="Articles").click()
        expect(page.get_by_role("button", name="Write an article", exact=True)).to_have_count(0)
        page.get_by_role("link", name=TITLE).click()
        expect(paper(page)).to_have_attribute("contenteditable", "false")
        expect(page.get_by_role("textbox", name="Title", exact=True)).not_to_be_editable()
        assert complaints(page) == []
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_text(f"{TITLE} published.")).to_be_visible()
    assert variant(server, article)["state"] == "published"
    assert words(server, article) == ["One."]


def test_K02_categories_are_named_and_arranged_by_keyboard(chromium: Browser, server: Server) -> None:
    base = make_base(server, "en", "de")
    path = f"/knowledge/bases/{base['id']}/categories"
    with console(chromium, server, f"/knowledge/{base['id']}/categories") as page:
        for name, german in (("Orders", "Bestellungen"), ("Payments", ""), ("Returns", "")):
            page.get_by_role("button", name="Create a category").first.click()
            dialog = page.get_by_role("dialog")
            dialog.get_by_role("textbox", name="Name in English").fill(name)
            dialog.get_by_role("textbox", name="Name in Deutsch").fill(german)
            page.keyboard.press("Enter")
            expect(dialog).to_have_count(0)
        expect(page.get_by_text("No name in Deutsch")).to_have_count(2)
        page.get_by_role("button", name="Move Returns").focus()
        page.keyboard.press("Space")
        expect(page.get_by_text("Returns is at place 3.")).to_be_attached()
        page.keyboard.press("ArrowUp")
        expect(page.get_by_text("Returns is at place 2.")).to_be_attached()
        page.keyboard.press("Space")
        expect(page.locator(".category-name")).to_have_text(["Orders", "Returns", "Payments"])
        page.get_by_role("button", name="More for Returns").click()
        page.get_by_role("menuitem", name="Move below Orders").click()
        expect(page.locator("[data-depth='1'] .category-name")).to_have_text(["Returns"])
    (orders, payments) = server.account("GET", path)["items"]
    assert orders["names"] == {"en": "Orders", "de": "Bestellungen"}
    assert [each["names"]["en"] for each in orders["children"]] == ["Returns"]
    assert payments["names"] == {"en": "Payments"}


def test_K10_a_missing_translation_is_shown_and_begun_with_a_copy(chromium: Browser, server: Server) -> None:
    article = make_article(server, make_base(server, "en", "de", "ar"), TITLE, "One.")
    with writing(chromium, server, article) as page:
        expect(page.get_by_text("2 languages are missing.")).to_be_visible()
        page.get_by_role("button", name="Add Deutsch").click()
        page.get_by_role("menuitem", name="Begin with a copy of English").click()
        page.wait_for_url("**/de")
        expect(paper(page)).to_contain_text("One.")
        page.get_by_role("textbox", name="Title", exact=True).fill("Etwas zurückschicken")
        saved(page)
        page.get_by_role("button", name=re.compile("^Add العربية")).click()
        page.get_by_role("menuitem", name="Begin empty").click()
        page.wait_for_url("**/ar")
        expect(paper(page)).to_have_attribute("dir", "rtl")
        expect(page.get_by_text("languages are missing")).to_have_count(0)
    assert variant(server, article, "de")["draft"]["title"] == "Etwas zurückschicken"


def test_K08_versions_are_compared_and_brought_back(chromium: Browser, server: Server) -> None:
    article = make_article(server, make_base(server), TITLE, "Within 14 days.", "Free.", published=True)
    save(server, article, [paragraph("Within 30 days."), paragraph("Free.")])
    publish(server, article)
    with console(chromium, server, f"/knowledge/articles/{article}/en/versions") as page:
        difference = page.locator(".difference")
        expect(difference.locator("del")).to_contain_text("14")
        expect(difference.locator("ins")).to_contain_text("30")
        assert complaints(page) == []
        page.get_by_role("link", name=re.compile("Version 1")).click()
        page.get_by_role("button", name="Bring back version 1").click()
        expect(paper(page)).to_contain_text("Within 14 days.")
        expect(page.get_by_role("button", name="Publish changes")).to_be_visible()


def test_K08_a_later_time_is_scheduled_and_taken_back(chromium: Browser, server: Server) -> None:
    article = make_article(server, make_base(server), TITLE, "One.")
    with writing(chromium, server, article) as page:
        page.get_by_role("button", name="More ways to publish").click()
        page.get_by_role("menuitem", name="Schedule").click()
        page.get_by_role("button", name="Schedule", exact=True).click()
        expect(page.get_by_text(f"{TITLE} will be published")).to_be_visible()
        expect(page.locator(".article-bar").get_by_text("Scheduled")).to_be_visible()
        assert variant(server, article)["state"] == "scheduled"
        page.get_by_role("button", name="Undo", exact=True).last.click()
        expect(page.locator(".article-bar").get_by_text("Draft")).to_be_visible()
    assert variant(server, article)["scheduled_at"] is None


def zipped(**files: bytes) -> bytes:
    """A zip of these files, `folder__name` for `folder/name.md`."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name, words in files.items():
            archive.writestr(name.replace("__", "/") + ".md", words)
    return content.getvalue()


def test_K08_articles_are_brought_along_after_a_look(chromium: Browser, server: Server) -> None:
    base = make_base(server)
    file = zipped(
        Orders__returns=b"# Send something back\n\nIn 30 days. ![Label](label.png)\n", pay=b"# Pay\n\nNow.\n"
    )
    with console(chromium, server, f"/knowledge/{base['id']}/articles") as page:
        page.get_by_role("button", name="Import articles").click()
        dialog = page.get_by_role("dialog")
        dialog.locator("input[type=file]").set_input_files(
            [FilePayload(name="help.zip", mimeType="application/zip", buffer=file)]
        )
        dialog.get_by_role("button", name="Look first").click()
        expect(dialog.get_by_text("2 articles found")).to_be_visible()
        expect(dialog).to_contain_text("label.png")
        assert complaints(page) == []
        assert server.account("GET", f"/knowledge/bases/{base['id']}/articles")["items"] == []
        dialog.get_by_role("button", name="Import 2 articles").click()
        expect(dialog.get_by_text("2 articles imported.")).to_be_visible()
        dialog.get_by_role("button", name="Show the articles").click()
        expect(page.locator("tbody tr")).to_have_count(2)
        page.get_by_role("button", name="Import and export").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name="Export as Markdown").click()
        with ZipFile(download.value.path()) as archive:
            assert any("In 30 days." in archive.read(name).decode() for name in archive.namelist())


def test_K08_words_that_mean_the_same_are_kept(chromium: Browser, server: Server) -> None:
    base = make_base(server)
    with console(chromium, server, f"/knowledge/{base['id']}/search") as page:
        page.get_by_role("button", name="Add words").click()
        page.keyboard.type("bill")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Add at least one more word.")).to_be_visible()
        expect(page.get_by_role("button", name="Save")).to_be_disabled()
        page.keyboard.type("invoice")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
    found = server.account("GET", f"/knowledge/bases/{base['id']}/synonyms")["items"]
    assert found == [{"words": ["bill", "invoice"]}]


def test_K08_settings_open_the_help_centre_and_add_a_language(chromium: Browser, server: Server) -> None:
    base = make_base(server)
    with console(chromium, server, f"/knowledge/{base['id']}/settings") as page:
        page.get_by_role("switch", name="Show the help centre").check()
        page.get_by_role("combobox", name="Add a language").click()
        page.get_by_role("option", name="Deutsch").click()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("link", name="Open the help centre")).to_be_visible()
    now = server.account("GET", f"/knowledge/bases/{base['id']}")
    assert (now["is_public"], now["languages"]) == (True, ["en", "de"])


def test_K08_articles_are_found_by_words_state_and_access(chromium: Browser, server: Server) -> None:
    base = make_base(server)
    make_article(server, base, "Pay by invoice", "Net 30.", published=True)
    make_article(server, base, "Change an address", "Easy.")
    with console(chromium, server, f"/knowledge/{base['id']}/articles") as page:
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(2)
        page.keyboard.press("/")
        page.keyboard.type("invoice")
        expect(rows).to_have_count(1)
        page.get_by_role("button", name="Clear filters").click()
        page.get_by_role("combobox", name="State").click()
        page.get_by_role("option", name="Draft").click()
        expect(rows).to_contain_text(["Change an address"])
        page.reload()
        expect(rows).to_have_count(1)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (375, "dark")])
def test_axe_is_clean_on_every_screen_of_knowledge(
    chromium: Browser, server: Server, width: int, scheme: Scheme
) -> None:
    base = make_base(server, "en", "ar", is_public=True)
    names = {"names": {"en": "Orders"}}
    server.account("POST", f"/knowledge/bases/{base['id']}/categories", names)
    article = make_article(server, base, TITLE, "One.", published=True)
    everything = [
        {"type": "heading", "level": 2, "runs": [{"type": "text", "text": "Steps"}]},
        {"type": "callout", "tone": "warning", "blocks": [paragraph("Mind this.")]},
        {"type": "table", "header": True, "rows": [[[{"type": "text", "text": "A"}]], [[]]]},
        {"type": "code", "text": "x = 1", "language": "python"},
        {"type": "video", "href": "https://video.example/1"},
    ]
    save(server, article, everything)
    found: dict[str, list[str]] = {}
    with console(chromium, server, "/knowledge?all=1", width=width, scheme=scheme) as page:
        for path in (
            "/knowledge?create=1",
            *(
                f"/knowledge/{base['id']}/{tab}"
                for tab in ("articles", "categories", "checks", "search", "insights", "settings")
            ),
            f"/knowledge/articles/{article}/en/versions",
            f"/knowledge/articles/{article}/en",
        ):
            page.goto(f"/a/{server.account_id}{path}")
            expect(page.get_by_role("heading", level=1)).to_be_attached()
            expect(page.locator("[aria-busy]")).to_have_count(0)
            found[path] = complaints(page)
        expect(paper(page)).to_be_visible()
        paper(page).get_by_text("Mind this.").click()
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        page.keyboard.type("/")
        expect(page.get_by_role("listbox", name="Insert")).to_be_visible()
        found["slash menu"] = complaints(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Preview", exact=True).click()
        expect(page.get_by_role("dialog", name="Preview")).to_be_visible()
        found["preview"] = complaints(page)
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Link", exact=True).click()
        expect(page.get_by_role("dialog", name="Link")).to_be_visible()
        found["link"] = complaints(page)
    wrong = [f"{screen}: {each}" for screen, all_of_it in found.items() for each in all_of_it]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
