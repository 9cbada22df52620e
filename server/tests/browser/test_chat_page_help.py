"""The Help tab of the chat page: finding and reading articles, votes, the way to the chat and back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.shelf import Shelf, give_help, paragraph, words
from tests.browser.stage import Agent, Line, begin, findings, opened, page_address, until, write
from tests.pictures import still
from tests.server import Server

pytestmark = pytest.mark.timeout(90)

Phone = Callable[..., BrowserContext]

LONG = [
    f"Paragraph {number} of a long article, with enough words to fill a line or two." for number in range(60)
]


@pytest.fixture(scope="module")
def shelf(server: Server) -> Shelf:
    return Shelf(server)


@pytest.fixture(scope="module")
def orders(shelf: Shelf) -> int:
    """A topic with one below it, three articles in all."""
    topic = shelf.category("Orders")
    below = shelf.category("Returns", topic)
    shelf.publish("Change an order", *LONG, subtitle="Until it has left us", category_id=topic)
    shelf.publish("Cancel an order", category_id=topic)
    shelf.publish("Send it back", "Print the label that came by mail.", category_id=below)
    return topic


@pytest.fixture(scope="module")
def address(server: Server, agent: Agent, shelf: Shelf, orders: int) -> str:
    assert orders
    give_help(server, agent.chatflow("help"), shelf.id)
    return page_address(server.origin, server.account_id, "help")


def tab(page: Page, name: str) -> Locator:
    return page.locator(".tabs").get_by_role("button", name=name)


def pane(page: Page) -> Locator:
    """What can be seen above the tabs."""
    return page.locator(".pane:not(.is-behind)")


def row(page: Page, title: str) -> Locator:
    return pane(page).locator(".row").filter(has=page.get_by_text(title, exact=True)).first


def open_help(context: BrowserContext, address: str) -> Page:
    page = opened(context, address)
    tab(page, "Help").click()
    expect(pane(page).get_by_role("heading", name="Acme Help")).to_be_visible()
    return page


def open_article(page: Page, title: str) -> None:
    row(page, title).click()
    expect(pane(page).get_by_role("heading", name=title, level=1)).to_be_visible()


def back(page: Page) -> None:
    pane(page).get_by_role("button", name="Back").click()


# Where the tab is.


def test_K01_the_tab_is_there_only_with_a_knowledge_base(
    server: Server, agent: Agent, shelf: Shelf, phone: Phone
) -> None:
    flow = agent.chatflow("maybe")
    address = page_address(server.origin, server.account_id, "maybe")
    assert opened(phone(), address).locator(".tabs").count() == 0
    give_help(server, flow, shelf.id)
    page = open_help(phone(), address)
    give_help(server, flow, None)
    page.reload()
    expect(page.locator("textarea")).to_be_visible()
    assert page.locator(".tabs").count() == 0


def test_K02_topics_have_their_numbers_and_lead_to_articles_and_back(address: str, phone: Phone) -> None:
    page = open_help(phone(), address)
    expect(row(page, "Orders")).to_contain_text("3 articles")
    row(page, "Orders").click()
    expect(pane(page).get_by_role("heading", name="Orders")).to_be_visible()
    expect(row(page, "Returns")).to_contain_text("1 article")
    expect(row(page, "Change an order")).to_contain_text("Until it has left us")
    row(page, "Returns").click()
    open_article(page, "Send it back")
    expect(pane(page).get_by_text("Print the label")).to_be_visible()
    back(page)
    expect(pane(page).get_by_role("heading", name="Returns")).to_be_visible()
    expect(row(page, "Send it back")).to_be_focused()
    page.go_back()
    expect(pane(page).get_by_role("heading", name="Orders")).to_be_visible()
    page.go_back()
    expect(pane(page).get_by_role("heading", name="Acme Help")).to_be_visible()
    page.go_back()
    expect(page.locator("textarea")).to_be_visible()
    expect(tab(page, "Chat")).to_have_attribute("aria-current", "page")


def test_K02_nothing_of_it_leaves_the_page(address: str, phone: Phone) -> None:
    page = open_help(phone(), address)
    went: list[str] = []
    page.on("framenavigated", lambda frame: went.append(frame.url))
    page.evaluate("window.here = 1")
    row(page, "Orders").click()
    open_article(page, "Change an order")
    back(page)
    tab(page, "Chat").click()
    page.go_back()
    assert page.evaluate("window.here") == 1
    assert {each.partition("#")[0] for each in went} <= {page.url.partition("#")[0]}


def test_K02_a_long_topic_shows_what_comes_next_as_one_scrolls(
    server: Server, agent: Agent, phone: Phone
) -> None:
    many = Shelf(server, "Much Help")
    topic = many.category("Everything")
    for number in range(55):
        many.publish(f"Article {number}", category_id=topic)
    give_help(server, agent.chatflow("many"), many.id)
    page = opened(phone(), page_address(server.origin, server.account_id, "many"))
    tab(page, "Help").click()
    expect(row(page, "Everything")).to_contain_text("55 articles")
    row(page, "Everything").click()
    expect(pane(page).locator(".row").first).to_be_visible()
    for _ in range(3):
        pane(page).locator(".help").evaluate("(element) => { element.scrollTop = element.scrollHeight; }")
        page.wait_for_timeout(50)
    expect(pane(page).locator(".row")).to_have_count(55)


# Search.


def test_K03_search_finds_as_one_types_by_title_words_and_tags(
    server: Server, agent: Agent, phone: Phone
) -> None:
    shelf = Shelf(server, "Acme Help")
    shelf.publish("Pay by invoice", "For companies with an account.", tags=["billing"])
    shelf.publish("Deliveries", "A parcel takes three days to Lisbon.")
    give_help(server, agent.chatflow("search"), shelf.id)
    page = open_help(phone(), page_address(server.origin, server.account_id, "search"))
    field = page.get_by_role("searchbox")
    for typed, title in (("invo", "Pay by invoice"), ("billing", "Pay by invoice"), ("Lisbon", "Deliveries")):
        field.fill(typed)
        expect(row(page, title)).to_be_visible()
    expect(pane(page).locator("mark")).to_have_text(["Lisbon"])
    expect(pane(page).get_by_role("status").filter(has_text="1 result")).to_be_visible()
    open_article(page, "Deliveries")
    back(page)
    expect(field).to_have_value("Lisbon")
    expect(row(page, "Deliveries")).to_be_visible()
    page.get_by_role("button", name="Clear the search").click()
    expect(field).to_be_focused()
    expect(pane(page).locator("mark")).to_have_count(0)


def test_K03_without_a_result_it_offers_the_chat(address: str, phone: Phone) -> None:
    page = open_help(phone(), address)
    page.get_by_role("searchbox").fill("xyzzy")
    expect(pane(page).get_by_text("Nothing found for “xyzzy”")).to_be_visible()
    pane(page).get_by_role("button", name="Chat with us").click()
    expect(page.locator("textarea")).to_be_visible()


def test_K06_drafts_and_articles_for_contacts_are_nowhere(server: Server, agent: Agent, phone: Phone) -> None:
    shelf = Shelf(server, "Acme Help")
    topic, hidden = shelf.category("Open"), shelf.category("Internal")
    shelf.publish("Seen by all", category_id=topic)
    shelf.draft("Unfinished", category_id=topic)
    shelf.publish("Prices of friends", category_id=hidden, access="contacts")
    gone = shelf.publish("Taken back", category_id=topic)
    shelf.take_back(gone)
    give_help(server, agent.chatflow("hidden"), shelf.id)
    page = open_help(phone(), page_address(server.origin, server.account_id, "hidden"))
    expect(row(page, "Open")).to_contain_text("1 article")
    assert row(page, "Internal").count() == 0
    for typed in ("Unfinished", "Prices", "Taken"):
        page.get_by_role("searchbox").fill(typed)
        expect(pane(page).get_by_text(f"Nothing found for “{typed}”")).to_be_visible()


# Reading.


@pytest.fixture(scope="module")
def everything(server: Server, agent: Agent) -> str:
    """The address of a chat whose help has an article with every block."""
    shelf = Shelf(server)
    other = shelf.publish("The other one")
    picture = agent.upload("form.png", "image/png", still(size=(1200, 600)), purpose="article")
    cell = [words("A cell with several words in it")]
    shelf.publish(
        "Everything",
        {"type": "heading", "level": 2, "runs": [words("A heading")]},
        paragraph(
            "See ",
            {"type": "link", "text": "our shop", "href": "https://example.com/shop"},
            " or ",
            {"type": "article_link", "text": "another article", "article_id": other},
            ".",
        ),
        {"type": "list", "ordered": True, "items": [[paragraph("First")], [paragraph("Second")]]},
        {"type": "callout", "tone": "warning", "blocks": [paragraph("Hot.")]},
        {"type": "table", "header": True, "rows": [[cell] * 6, [cell] * 6]},
        {"type": "code", "text": "x = 1\n" + "y" * 200, "language": "python"},
        {"type": "quote", "blocks": [paragraph("Said.")]},
        {"type": "video", "href": "https://video.example.com/watch?v=1"},
        {"type": "image", "file_id": picture, "alt": "A form", "caption": "", "width": 1200, "height": 600},
        paragraph(words("<img src=x onerror=alert(1)>", bold=True)),
    )
    give_help(server, agent.chatflow("everything"), shelf.id)
    return page_address(server.origin, server.account_id, "everything")


def test_K13_C20_an_article_is_drawn_from_its_tree_and_fits_a_small_phone(
    everything: str, phone: Phone
) -> None:
    context = phone(viewport={"width": 320, "height": 640})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = open_help(context, everything)
    open_article(page, "Everything")
    article = pane(page).locator("article")
    expect(article.get_by_role("heading", name="A heading", level=2)).to_be_visible()
    expect(article.get_by_role("note")).to_contain_text("Caution")
    expect(article.get_by_role("img", name="A form")).to_have_attribute("loading", "lazy")
    expect(article.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    for name in ("our shop", "Watch the video on video.example.com"):
        link = article.get_by_role("link", name=name)
        expect(link).to_have_attribute("target", "_blank")
        expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert page.evaluate("document.querySelector('article').scrollWidth <= innerWidth")
    assert article.locator(".table").evaluate("(each) => each.scrollWidth > each.clientWidth")
    article.get_by_role("img", name="A form").scroll_into_view_if_needed()
    until(page, "document.querySelector('article img').naturalWidth > 0")
    article.get_by_role("link", name="another article").click()
    expect(pane(page).get_by_role("heading", name="The other one")).to_be_visible()
    back(page)
    expect(pane(page).get_by_role("heading", name="Everything", level=1)).to_be_visible()
    assert {each for each in asked if "example.com" in each} == set(), "third parties hear nothing"


def test_K05_back_on_a_list_one_is_where_one_was(address: str, phone: Phone) -> None:
    page = open_help(phone(), address)
    row(page, "Orders").click()
    open_article(page, "Change an order")
    scrolled = "document.querySelector('.pane:not(.is-behind) .help').scrollTop"
    pane(page).locator(".help").evaluate("(element) => { element.scrollTop = 700; }")
    until(page, f"{scrolled} > 600")
    tab(page, "Chat").click()
    tab(page, "Help").click()
    assert page.evaluate(scrolled) == pytest.approx(700, abs=2), "the article stays where it was read"


def test_K05_from_an_article_to_the_chat_in_one_tap_and_the_thread_is_unharmed(
    server: Server, agent: Agent, address: str, phone: Phone
) -> None:
    page = opened(phone(viewport={"width": 375, "height": 500}), address)
    conversation = begin(page, "Where is my parcel?")
    for number in range(15):
        agent.say(conversation, f"Line {number}")
    expect(page.locator(".bubble", has_text="Line 14")).to_be_visible()
    page.fill("textarea", "Half a sentence")
    page.locator(".log").evaluate("(element) => { element.scrollTop = 120; }")
    page.wait_for_timeout(100)
    before = page.evaluate("document.querySelector('.log').scrollTop")
    tab(page, "Help").click()
    row(page, "Orders").click()
    open_article(page, "Cancel an order")
    agent.say(conversation, "It arrives tomorrow")
    expect(tab(page, "Chat").get_by_role("img", name="1 new message")).to_be_visible()
    pane(page).get_by_role("button", name="Chat with us").click()
    expect(page.locator("textarea")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("Half a sentence")
    assert page.evaluate("document.querySelector('.log').scrollTop") == pytest.approx(before, abs=2)
    expect(page.get_by_role("button", name="1 new message")).to_be_visible()
    page.locator("button.send").click()
    expect(page.locator(".from-me .bubble").last).to_contain_text("Half a sentence")
    page.go_back()
    expect(pane(page).get_by_role("heading", name="Cancel an order")).to_be_visible()
    (thread,) = server.account("GET", "/conversations?view=open&limit=100")["items"][:1]
    assert thread["id"] == conversation, "it went on in the same conversation"


def test_K05_what_comes_in_behind_an_article_is_not_read(agent: Agent, address: str, phone: Phone) -> None:
    page = opened(phone(), address)
    conversation = begin(page, "Hello there")
    tab(page, "Help").click()
    expect(row(page, "Orders")).to_be_visible()
    agent.say(conversation, "Good day")
    expect(tab(page, "Chat").get_by_role("img", name="1 new message")).to_be_visible()
    tab(page, "Chat").click()
    expect(page.locator(".bubble", has_text="Good day")).to_be_visible()
    tab(page, "Help").click()
    expect(tab(page, "Chat").get_by_role("img")).to_have_count(0)


def test_K10_an_article_is_shown_in_the_language_of_the_chat_else_in_the_first_one(
    server: Server, agent: Agent, phone: Phone
) -> None:
    shelf = Shelf(server, "Hilfe", ["en", "de"])
    paid = shelf.publish("Pay")
    shelf.translate(paid, "de", "Bezahlen", "Mit der Karte.")
    shelf.publish("Only in English")
    give_help(server, agent.chatflow("hilfe", "de"), shelf.id)
    page = opened(phone(), page_address(server.origin, server.account_id, "hilfe"))
    tab(page, "Hilfe").click()
    expect(row(page, "Only in English")).to_be_visible()
    open_article(page, "Bezahlen")
    expect(pane(page).get_by_text("Mit der Karte.")).to_be_visible()
    expect(pane(page).get_by_text("War das hilfreich?")).to_be_visible()
    languages = pane(page).get_by_role("combobox", name="Sprache")
    expect(languages.locator("option")).to_have_text(["English", "Deutsch"])
    languages.select_option("English")
    expect(pane(page).get_by_role("heading", name="Pay", level=1)).to_be_visible()
    assert pane(page).locator("article").get_attribute("lang") == "en"
    assert findings(page) == []
    pane(page).get_by_role("button", name="Zurück").click()
    open_article(page, "Only in English")
    expect(languages).to_have_count(0)


def test_K11_K12_a_visitor_has_one_vote_and_may_change_it_and_reading_is_counted(
    server: Server, agent: Agent, phone: Phone
) -> None:
    shelf = Shelf(server)
    article_id = shelf.publish("Reset a password")
    give_help(server, agent.chatflow("votes"), shelf.id)
    page = open_help(phone(), page_address(server.origin, server.account_id, "votes"))
    open_article(page, "Reset a password")
    yes, no = (pane(page).get_by_role("button", name=name, exact=True) for name in ("Yes", "No"))
    with page.expect_response("**/vote?*") as told:
        yes.click()
    assert told.value.status == 204
    expect(yes).to_have_attribute("aria-pressed", "true")
    expect(pane(page).get_by_text("Thank you.")).to_be_visible()
    with page.expect_response("**/vote?*"):
        no.click()
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(yes).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(1_100)
    with page.expect_response("**/read?*") as read, page.expect_response("**/chat?*"):
        pane(page).get_by_role("button", name="Chat with us").click()
    assert json.loads(read.value.request.post_data or "")["ms"] >= 1_000
    (counted,) = shelf.insights()["articles"]
    assert counted["article_id"] == article_id
    assert (counted["views"], counted["helpful"], counted["unhelpful"], counted["chats"]) == (1, 0, 1, 1)


# Without a line.


def test_K05_what_was_read_lately_can_be_read_without_a_line(
    server: Server, address: str, phone: Phone
) -> None:
    with Line(server.port) as line:
        context = phone()
        page = open_help(context, address.replace(server.origin, line.origin))
        row(page, "Orders").click()
        open_article(page, "Cancel an order")
        until(
            page,
            "indexedDB.databases().then((all) => all.some((each) => each.name.startsWith('pocketdesk-help')))",
        )
        page.reload()
        expect(pane(page).get_by_role("heading", name="Cancel an order")).to_be_visible()
        with line.down():
            back(page)
            expect(pane(page).get_by_text("What you have read lately is still here.")).to_be_visible()
            tab(page, "Help").click()
            expect(pane(page).get_by_text("Recently read")).to_be_visible()
            open_article(page, "Cancel an order")
            expect(pane(page).get_by_text("Words.")).to_be_visible()
            back(page)
        expect(row(page, "Orders")).to_be_visible(timeout=20_000)


def test_G03_nothing_is_kept_on_the_device_of_who_declines(
    server: Server, agent: Agent, shelf: Shelf, phone: Phone
) -> None:
    server.account("PATCH", "/privacy/settings", {"cookie_consent": True})
    try:
        give_help(server, agent.chatflow("declined"), shelf.id)
        page = phone().new_page()
        page.goto(page_address(server.origin, server.account_id, "declined"))
        page.get_by_role("button", name="Decline").click()
        tab(page, "Help").click()
        row(page, "Orders").click()
        open_article(page, "Cancel an order")
        page.wait_for_timeout(200)
        assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    finally:
        server.account("PATCH", "/privacy/settings", {"cookie_consent": False})


# Articles in messages.


def _card(article_id: int) -> dict[str, Any]:
    return {"blocks": [{"type": "article", "article_id": article_id, "language": "en"}]}


def test_L08_a_card_in_a_message_opens_the_article_and_leads_back(
    agent: Agent, shelf: Shelf, address: str, phone: Phone
) -> None:
    article_id = shelf.publish("Where parcels are", subtitle="With the number of the parcel")
    page = opened(phone(), address)
    conversation = begin(page, "Where is it?")
    agent.say(conversation, _card(article_id))
    card = page.locator(".article-card")
    expect(card).to_contain_text("With the number of the parcel")
    write(page, "Thanks")
    card.click()
    expect(pane(page).get_by_role("heading", name="Where parcels are")).to_be_visible()
    expect(pane(page).get_by_role("heading", name="Where parcels are")).to_be_focused()
    back(page)
    expect(page.locator("textarea")).to_be_visible()
    assert findings(page) == []
    shelf.take_back(article_id)
    page.reload()
    card.click()
    expect(pane(page).get_by_text("This article is no longer available")).to_be_visible()


def test_L08_without_a_help_tab_a_card_leads_to_the_public_page(
    server: Server, agent: Agent, phone: Phone
) -> None:
    public = Shelf(server, "Public Help")
    public.change(is_public=True)
    article_id = public.publish("Opening hours")
    page = opened(phone(), page_address(server.origin, server.account_id))
    conversation = begin(page, "When are you there?")
    agent.say(conversation, _card(article_id))
    card = page.get_by_role("link", name="Opening hours")
    expect(card).to_have_attribute("target", "_blank")
    with page.context.expect_page() as outside:
        card.click()
    expect(outside.value.get_by_role("heading", name="Opening hours", level=1)).to_be_visible()


# For everybody.


def test_the_help_tab_works_by_keyboard_and_says_where_one_is(address: str, phone: Phone) -> None:
    page = opened(phone(viewport={"width": 900, "height": 700}, is_mobile=False, has_touch=False), address)
    tab(page, "Help").focus()
    page.keyboard.press("Enter")
    expect(row(page, "Orders")).to_be_visible()
    row(page, "Orders").focus()
    page.keyboard.press("Enter")
    expect(pane(page).get_by_role("heading", name="Orders")).to_be_focused()
    row(page, "Cancel an order").focus()
    page.keyboard.press("Enter")
    expect(pane(page).get_by_role("heading", name="Cancel an order")).to_be_focused()
    pane(page).get_by_role("button", name="Chat with us").focus()
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_be_focused()
    reached: set[str] = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.closest('.is-behind') ? 'behind' : 'here'"))
    assert reached == {"here"}, "what lies behind cannot be reached"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 900])
def test_axe_finds_nothing_in_the_help_tab(everything: str, phone: Phone, scheme: str, width: int) -> None:
    page = open_help(phone(viewport={"width": width, "height": 800}, color_scheme=scheme), everything)
    expect(row(page, "Everything")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("searchbox").fill("several")
    expect(pane(page).locator("mark").first).to_be_visible()
    assert findings(page) == []
    open_article(page, "Everything")
    expect(pane(page).get_by_text("Was this helpful?")).to_be_visible()
    assert findings(page) == []


def test_the_help_tab_reads_from_right_to_left(server: Server, agent: Agent, phone: Phone) -> None:
    shelf = Shelf(server, "مركز المساعدة", ["ar"])
    shelf.publish("الدفع بالبطاقة", "ادفع بالبطاقة.", subtitle="أو بالفاتورة")
    give_help(server, agent.chatflow("arabic", "ar"), shelf.id)
    page = opened(phone(), page_address(server.origin, server.account_id, "arabic"))
    tab(page, "المساعدة").click()
    chevron = row(page, "الدفع بالبطاقة").locator(".icon").bounding_box()
    title = row(page, "الدفع بالبطاقة").locator(".row-title").bounding_box()
    assert chevron
    assert title
    assert chevron["x"] < title["x"]
    open_article(page, "الدفع بالبطاقة")
    assert pane(page).locator("article").get_attribute("dir") == "rtl"
    assert findings(page) == []


def test_nothing_moves_for_who_wants_no_motion(address: str, phone: Phone) -> None:
    page = open_help(phone(reduced_motion="reduce"), address)
    row(page, "Orders").click()
    assert page.evaluate("document.getAnimations().length") == 0
