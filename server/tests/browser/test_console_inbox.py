"""The inbox in the console, with a visitor in a phone of their own on the other side."""

import re
from base64 import b64decode

from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.browser.desktop import (
    bubble,
    complaints,
    console,
    open_conversation,
    phone,
    row,
    start_conversation,
    visitor_writes,
)
from tests.browser.stage import until
from tests.server import Server

PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAACgAAAAeCAIAAADRv8uKAAAAKklEQVR4nO3NMQEAAAgDIDX14lvBzwcK0Enqw7ysYrFYLBaLxWKxWCw+WaatAaRf66hIAAAAAElFTkSuQmCC"
)
"""A grey rectangle of 40 by 30 pixels."""
# A second on a machine that has nothing else to do; the tests share theirs.
AT_ONCE_MS = 3_000


def test_L01_L21_F01_F13_L05_an_exchange_is_live_on_both_sides_and_comments_stay_inside(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server) as agent, phone(chromium, server) as visitor:
        expect(agent.get_by_text("No open conversations")).to_be_visible()
        visitor_writes(visitor, "Where is my order?")
        expect(row(agent, "Where is my order?")).to_be_visible()
        expect(agent.get_by_role("link", name=re.compile("^Unassigned"))).to_contain_text("1")
        expect(agent).to_have_title(re.compile(r"^\(1\)"))
        open_conversation(agent, "Where is my order?")

        visitor_writes(visitor, "It is late.")
        expect(bubble(agent, "It is late.")).to_be_visible(timeout=AT_ONCE_MS)

        agent.keyboard.press("r")
        expect(agent.locator("textarea:focus")).to_be_attached()
        agent.keyboard.type("It leaves the house today.")
        expect(visitor.get_by_text(re.compile("is typing"))).to_be_attached()
        agent.keyboard.press("Control+Enter")
        expect(visitor.get_by_text("It leaves the house today.", exact=True)).to_be_visible(
            timeout=AT_ONCE_MS
        )
        expect(agent.get_by_role("log")).to_contain_text("Ana Duarte took this conversation")
        expect(agent.get_by_role("button", name="Assigned to Ana Duarte. Change")).to_be_visible()
        expect(agent.get_by_role("log")).to_contain_text("Read")

        agent.get_by_role("tab", name="Comment").click()
        agent.get_by_label("Comment for your team").fill("A regular, be generous.")
        agent.keyboard.press("Control+Enter")
        comment = agent.locator("[data-comment]")
        expect(comment).to_contain_text("A regular, be generous.")
        expect(comment).to_contain_text("Comment, only for your team")

        visitor_writes(visitor, "Thank you!")
        expect(bubble(agent, "Thank you!")).to_be_visible()
        visitor.reload()
        expect(visitor.get_by_text("generous")).to_have_count(0)


def test_L20_what_is_written_while_the_server_is_gone_is_sent_once_when_it_is_back(
    chromium: Browser, server: Server
) -> None:
    conversation = start_conversation(server, "Are you there?")
    with console(chromium, server, f"/inbox/{conversation}") as agent:
        expect(bubble(agent, "Are you there?")).to_be_visible()
        server.kill()
        agent.get_by_label(re.compile("^Reply to")).fill("Yes, in a moment.")
        agent.keyboard.press("Control+Enter")
        expect(agent.get_by_role("log")).to_contain_text("Sending")
        expect(agent.get_by_text("Connecting again.")).to_be_visible()
        server.start()
        expect(agent.get_by_text("Connecting again.")).not_to_be_visible(timeout=20_000)
        expect(agent.get_by_role("log")).to_contain_text("Sent")
        expect(agent.get_by_role("log")).not_to_contain_text("Sending")
        expect(bubble(agent, "Yes, in a moment.")).to_have_count(1)
    words = [str(entry.get("content")) for entry in server.timeline(conversation)]
    assert sum("in a moment" in each for each in words) == 1


def test_L04_L22_by_keyboard_alone_walk_open_assign_comment_close_and_undo(
    chromium: Browser, server: Server
) -> None:
    team = {"name": "Workshop", "main_member_ids": [], "extra_member_ids": []}
    team_id = server.account("POST", "/teams", team)["id"]
    server.account("PATCH", f"/inboxes/{server.inbox_id}", {"member_team_ids": [team_id]})
    start_conversation(server, "Older question")
    start_conversation(server, "Newer question")
    with console(chromium, server) as page:
        expect(row(page, "Newer question")).to_be_visible()
        page.keyboard.press("j")
        expect(row(page, "Newer question")).to_be_focused()
        page.keyboard.press("j")
        expect(row(page, "Older question")).to_be_focused()
        page.keyboard.press("Enter")
        expect(bubble(page, "Older question")).to_be_visible()

        page.keyboard.press("a")
        expect(page.get_by_label("Search people and teams")).to_be_focused()
        page.keyboard.type("work")
        page.keyboard.press("Enter")
        expect(page.get_by_role("log")).to_contain_text("Ana Duarte assigned this to Workshop")

        page.keyboard.press("c")
        expect(page.locator("textarea:focus")).to_be_attached()
        page.keyboard.type("For the workshop")
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-comment]")).to_contain_text("For the workshop")
        page.keyboard.press("Escape")
        page.keyboard.press("e")
        expect(page.get_by_role("log")).to_contain_text("closed the conversation")
        expect(row(page, "Older question")).to_have_count(0)
        page.get_by_role("button", name="Undo").press("Enter")
        expect(page.get_by_role("log")).to_contain_text("reopened the conversation")
        page.get_by_role("log").focus()
        page.keyboard.press("Escape")
        expect(page.get_by_text("Choose a conversation")).to_be_visible()

        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()
        page.keyboard.type("audit")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Audit log")).to_be_visible()
        page.keyboard.press("g")
        page.keyboard.press("i")
        expect(row(page, "Newer question")).to_be_visible()


def test_L22_enter_is_kept_for_lists_that_come_later(chromium: Browser, server: Server) -> None:
    team = {"name": "Night shift", "main_member_ids": [], "extra_member_ids": []}
    team_id = server.account("POST", "/teams", team)["id"]
    server.account("PATCH", f"/inboxes/{server.inbox_id}", {"member_team_ids": [team_id]})
    start_conversation(server, "Typed ahead")
    with console(chromium, server) as page:
        late: list[Route] = []

        def hold(route: Route) -> None:
            late.append(route)

        page.route("**/teams?*", hold)
        with page.expect_request("**/teams?*"):
            page.reload()
            row(page, "Typed ahead").click()
        expect(bubble(page, "Typed ahead")).to_be_visible()
        page.keyboard.press("a")
        expect(page.get_by_label("Search people and teams")).to_be_focused()
        page.keyboard.type("night")
        page.keyboard.press("Enter")
        for request in late:
            request.continue_()
        expect(page.get_by_role("log")).to_contain_text("Ana Duarte assigned this to Night shift")


def test_L22_several_are_assigned_and_closed_at_once(chromium: Browser, server: Server) -> None:
    for words in ("Bulk one", "Bulk two"):
        start_conversation(server, words)
    with console(chromium, server) as page:
        for words in ("Bulk one", "Bulk two"):
            row(page, words).focus()
            page.keyboard.press("x")
        bar = page.get_by_role("toolbar", name="2 selected")
        bar.get_by_role("button", name="Assign").click()
        page.get_by_role("option", name=re.compile("Ana Duarte")).click()
        expect(page.get_by_text("2 conversations assigned to Ana Duarte.")).to_be_visible()
        expect(row(page, "Bulk one")).to_contain_text("Assigned to Ana Duarte")

        page.mouse.move(700, 500)
        for words in ("Bulk one", "Bulk two"):
            row(page, words).focus()
            page.keyboard.press("x")
        page.get_by_role("toolbar").get_by_role("button", name="Close").click()
        expect(row(page, "Bulk one")).to_have_count(0)
        page.goto(f"/a/{server.account_id}/inbox?view=closed")
        expect(row(page, "Bulk two")).to_be_visible()


def test_L02_L03_views_and_filters_stand_in_the_address_and_combine(
    chromium: Browser, server: Server
) -> None:
    start_conversation(server, "Refund please")
    start_conversation(server, "Refund, now")
    with console(chromium, server, "/inbox?search=refund") as page:
        expect(row(page, "Refund please")).to_be_visible()
        expect(row(page, "Refund, now")).to_be_visible()
        page.keyboard.press("/")
        page.keyboard.press("Control+a")
        page.keyboard.type("refund, n")
        expect(row(page, "Refund please")).to_have_count(0)
        expect(row(page, "Refund, now")).to_be_visible()
        page.get_by_role("button", name="Filters").click()
        page.get_by_role("combobox", name="Status").click()
        page.get_by_role("option", name="Closed").click()
        expect(page).to_have_url(re.compile("status=closed"))
        expect(page.get_by_text("No conversation fits")).to_be_visible()
        page.reload()
        expect(page.get_by_text("No conversation fits")).to_be_visible()


def test_L09_L10_a_visitor_becomes_a_contact_and_the_sidebar_knows(chromium: Browser, server: Server) -> None:
    conversation = start_conversation(server, "It is me", platform="ios", app_version="4.2.0")
    with console(chromium, server, f"/inbox/{conversation}") as page:
        about = page.get_by_role("complementary", name="About this person")
        expect(about).to_contain_text("4.2.0")
        about.get_by_role("button", name="Associate visitor").click()
        about.get_by_label("E-mail").fill("lea@example.org")
        expect(about).to_contain_text("Nobody has this address yet.")
        about.get_by_label("Name (optional)").fill("Léa Moreau")
        about.get_by_role("button", name="Create contact").click()
        expect(page.get_by_role("heading", level=2, name="Léa Moreau")).to_be_visible()
        expect(about).to_contain_text("not verified")
        expect(row(page, "It is me")).to_contain_text("Léa Moreau")

        # The next conversation of somebody with the same address: it matches.
        other = start_conversation(server, "Me again")
        page.goto(f"/a/{server.account_id}/inbox/{other}")
        about.get_by_role("button", name="Associate visitor").click()
        about.get_by_label("E-mail").fill("LEA@example.org")
        about.get_by_role("button", name="Associate with Léa Moreau").click()
        expect(about.get_by_role("link", name=re.compile("It is me"))).to_be_visible()
        about.get_by_role("link", name="Open contact").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Léa Moreau")
        expect(page.get_by_role("link", name=re.compile("Me again"))).to_be_visible()


def test_the_list_never_moves_under_the_pointer(chromium: Browser, server: Server) -> None:
    start_conversation(server, "Held still")
    with console(chromium, server) as page:
        expect(row(page, "Held still")).to_be_visible()
        box = row(page, "Held still").bounding_box()
        assert box
        page.mouse.move(box["x"] + 50, box["y"] + 20)
        page.mouse.move(box["x"] + 52, box["y"] + 22)
        start_conversation(server, "Pushing in")
        fresh = page.get_by_role("button", name="1 new conversation")
        expect(fresh).to_be_visible()
        assert row(page, "Held still").bounding_box() == box
        fresh.click()
        expect(row(page, "Pushing in")).to_be_visible()


def test_at_375_one_column_at_a_time(chromium: Browser, server: Server) -> None:
    start_conversation(server, "From the train")
    with console(chromium, server, width=375) as page:
        row(page, "From the train").click()
        expect(bubble(page, "From the train")).to_be_visible()
        expect(page.get_by_role("region", name="Conversations")).not_to_be_visible()
        page.get_by_role("button", name="More", exact=True).click()
        page.get_by_role("menuitem", name="About this person").click()
        expect(page.get_by_role("dialog")).to_contain_text("Associate visitor")
        page.keyboard.press("Escape")
        page.get_by_label(re.compile("^Reply to")).fill("From the office")
        page.get_by_role("button", name="Send").click()
        expect(bubble(page, "From the office")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        page.get_by_role("link", name="Back to the list").click()
        expect(row(page, "From the office")).to_be_visible()


def waiting_in_title(page: Page) -> int:
    """How many conversations wait for an answer, as the page's title says."""
    found = re.match(r"\((\d+)\)", page.title())
    return int(found[1]) if found else 0


def test_L23_an_agent_elsewhere_is_told_by_the_browser_of_what_is_theirs_or_nobodys(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, "/inbox?view=open") as agent:
        # The permission and the notifications are Chromium's own; that the tab is behind another is not to be had
        # without a desktop around the browser.
        agent.context.grant_permissions(["notifications"], origin=server.origin)
        agent.add_init_script("""
            window.told = [];
            window.Notification = class extends Notification {
              constructor(...words) { super(...words); window.told.push(this); }
            };
            Object.defineProperty(document, 'visibilityState', { get: () => window.away ? 'hidden' : 'visible' });""")
        agent.reload()
        assert agent.evaluate("Notification.permission") == "granted"
        start_conversation(server, "Seen at once")
        expect(row(agent, "Seen at once")).to_be_visible()
        before = waiting_in_title(agent)
        assert before > 0
        assert agent.evaluate("told.length") == 0

        agent.evaluate("window.away = true; document.dispatchEvent(new Event('visibilitychange'))")
        conversation_id = start_conversation(server, "Nobody's yet")
        until(agent, "told.length === 1")
        assert agent.evaluate("told[0].body") == "Nobody's yet"
        expect(agent).to_have_title(re.compile(rf"^\({before + 1}\)"))
        agent.evaluate("told[0].onclick()")
        expect(agent).to_have_url(re.compile(f"/inbox/{conversation_id}"))

        agent.evaluate("localStorage.setItem('pocketdesk.tell', 'off')")
        start_conversation(server, "Told no more")
        expect(agent).to_have_title(re.compile(rf"^\({before + 2}\)"))
        assert agent.evaluate("told.length") == 1


def test_D17_F16_L15_files_go_with_a_reply_and_a_conversation_moves_with_its_transcript(
    chromium: Browser, server: Server
) -> None:
    server.account("POST", "/inboxes", {"name": "Orders", "type": "inbox", "reopen_hours": 24})
    words = "Do you have a picture?"
    start_conversation(server, words)
    with console(chromium, server) as agent:
        open_conversation(agent, words)
        picture: FilePayload = {"name": "bike.png", "mimeType": "image/png", "buffer": PICTURE}
        bill: FilePayload = {"name": "bill.txt", "mimeType": "text/plain", "buffer": b"89.00"}
        agent.set_input_files("input[type=file]", [picture, bill])
        expect(agent.get_by_role("listitem").filter(has_text="bike.png")).to_contain_text("kB")
        agent.get_by_label(re.compile("^Reply to")).fill("Here it is")
        expect(agent.get_by_role("button", name="Send")).to_be_enabled()
        agent.keyboard.press("Control+Enter")
        sent = bubble(agent, "Here it is")
        shown = sent.get_by_role("img", name="bike.png")
        expect(shown).to_be_visible()
        until(agent, "document.querySelector('.picture img').naturalWidth === 40")
        with agent.expect_download() as download:
            sent.get_by_role("link", name="bill.txt").click()
        assert download.value.path().read_bytes() == b"89.00"
        assert complaints(agent) == []

        agent.get_by_role("button", name="More").click()
        with agent.expect_download() as download:
            agent.get_by_role("menuitem", name="Download as text").click()
        transcript = download.value.path().read_text()
        assert words in transcript
        assert "[bike.png]" in transcript
        agent.get_by_role("button", name="More").click()
        agent.get_by_role("menuitem", name="Orders").click()
        expect(agent.get_by_role("log")).to_contain_text("Ana Duarte moved this to Orders")
        agent.get_by_role("button", name="Undo").click()
        expect(agent.get_by_role("log")).to_contain_text("Ana Duarte moved this to Support")


def test_C26_an_agent_offers_answers_to_choose_from(chromium: Browser, server: Server) -> None:
    conversation = start_conversation(server, "It does not start")
    with console(chromium, server, f"/inbox/{conversation}") as page:
        field = page.get_by_label(re.compile("^Reply to"))
        field.fill("Does the light blink?")
        page.get_by_role("button", name="Quick replies").click()
        answer = page.get_by_label("Answer to choose")
        expect(answer).to_be_focused()
        for words in ("Yes", "No", "Sometimes"):
            answer.fill(words)
            answer.press("Enter")
        answer.fill("No")
        expect(page.get_by_text("This answer is there already.")).to_be_visible()
        assert complaints(page) == []
        answer.press("Escape")
        expect(field).to_be_focused()
        page.get_by_role("button", name="Remove Sometimes").click()
        field.press("Control+Enter")
        expect(page.get_by_role("list", name="Quick replies").get_by_role("listitem")).to_have_text(
            ["Yes", "No"]
        )
        expect(page.get_by_role("button", name="Remove Yes")).to_have_count(0)
        assert complaints(page) == []
    replies = server.timeline(conversation)[-1]["content"]["blocks"][-1]
    assert replies == {
        "type": "quick_replies",
        "replies": [{"label": "Yes", "value": "Yes"}, {"label": "No", "value": "No"}],
    }
