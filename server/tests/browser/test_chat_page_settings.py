"""What a chatflow can be told, as a visitor meets it: consent, e-mail, files, availability, surveys, heading."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.stage import (
    SDK_AGENT,
    Agent,
    Line,
    begin,
    findings,
    opened,
    other_site,
    page_address,
    until,
    write,
)
from tests.server import Server

pytestmark = pytest.mark.timeout(60)

Phone = Callable[..., BrowserContext]


@pytest.fixture(scope="module", autouse=True)
def _asking(server: Server) -> None:
    """This account asks about cookies, as accounts do."""
    server.account("PATCH", "/privacy/settings", {"cookie_consent": True})


@pytest.fixture(scope="module")
def open_tag(agent: Agent) -> str:
    """A chatflow that asks about cookies only when somebody leaves, for what is not about them."""
    agent.chatflow("plain", options={"cookie_banner": {"when": "on_exit_intent"}})
    return "plain"


def unasked(agent: Agent, tag: str, options: dict[str, Any] | None = None, **chat: Any) -> str:
    """Another such chatflow, with settings of its own."""
    agent.chatflow(tag, options={"cookie_banner": {"when": "on_exit_intent"}, **(options or {})}, **chat)
    return tag


def picture(kind: str = "PNG", width: int = 600, height: int = 400) -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (width, height), colour) for colour in ("#2a7", "#27a")]
    frames[0].save(file, kind, **({"save_all": True, "append_images": frames[1:]} if kind == "GIF" else {}))
    return file.getvalue()


def is_stored(page: Page) -> bool:
    """Whether the page keeps anything on the device."""
    return bool(page.context.cookies()) or page.evaluate(
        "indexedDB.databases().then((all) => all.length + localStorage.length + sessionStorage.length > 0)"
    )


# Consent.


def test_G02_G08_the_banner_comes_first_and_nothing_is_stored_before(
    server: Server, agent: Agent, phone: Phone
) -> None:
    agent.chatflow("banner", options={"cookie_banner": {"text": "A biscuit for you?"}})
    page = opened(phone(), page_address(server.origin, server.account_id, "banner"))
    banner = page.get_by_role("region", name="Cookies")
    expect(banner).to_contain_text("A biscuit for you?")
    expect(page.locator("textarea")).to_be_disabled()
    assert findings(page) == []
    assert not is_stored(page)
    banner.get_by_role("button", name="Accept").click()
    with page.expect_response(lambda answer: answer.url.endswith("/remember")):
        begin(page, "With a cookie")
    assert [each.get("name") for each in page.context.cookies()] == ["messagesUtk"]
    page.reload()
    expect(page.locator(".from-me .bubble")).to_contain_text("With a cookie")
    expect(banner).to_have_count(0)


def test_G04_who_declines_leaves_no_trace_and_comes_back_as_somebody_else(
    server: Server, phone: Phone
) -> None:
    page = opened(phone(), page_address(server.origin, server.account_id))
    page.get_by_role("button", name="Decline").click()
    conversation = begin(page, "Without a cookie")
    expect(page.locator(".own-state")).to_contain_text("Sent")
    expect(page.locator(".log")).to_contain_text("This conversation ends when you leave")
    page.wait_for_load_state("networkidle")
    assert not is_stored(page)
    assert findings(page) == []
    page.reload()
    expect(page.get_by_role("region", name="Cookies")).to_be_visible()
    expect(page.locator(".from-me")).to_have_count(0)
    path = f"/conversations/{conversation}"
    while server.account("GET", path)["conversation"]["status"] == "open":
        page.wait_for_timeout(50)


def test_G04_a_choice_can_be_changed_and_then_everything_goes(server: Server, phone: Phone) -> None:
    page = opened(phone(), page_address(server.origin, server.account_id))
    page.get_by_role("button", name="Accept").click()
    with page.expect_response(lambda answer: answer.url.endswith("/remember")):
        begin(page, "Known for now")
    assert is_stored(page)
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Change cookie choice").click()
    page.get_by_role("button", name="Decline").click()
    expect(page.locator(".log")).to_contain_text("This conversation ends when you leave")
    page.reload()
    expect(page.get_by_role("region", name="Cookies")).to_be_visible()
    expect(page.locator(".from-me")).to_have_count(0)
    assert not is_stored(page)


@pytest.mark.parametrize("how", ["close", "background", "pointer"])
def test_G03_on_exit_intent_the_banner_comes_when_the_visitor_leaves(
    server: Server, phone: Phone, open_tag: str, how: str
) -> None:
    page = opened(phone(user_agent=SDK_AGENT), page_address(server.origin, server.account_id, open_tag))
    page.evaluate("HubSpotConversations.on('sdkCloseButtonClick', () => (window.closed_ = true))")
    begin(page)
    expect(page.locator(".own-state")).to_contain_text("Sent")
    banner = page.get_by_role("region", name="Cookies")
    expect(banner).to_have_count(0)
    assert not is_stored(page)
    if how == "close":
        page.get_by_role("button", name="Close chat").click()
    elif how == "background":
        page.evaluate("""() => {
          Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
          document.dispatchEvent(new Event('visibilitychange')); }""")
    else:
        page.evaluate("document.documentElement.dispatchEvent(new MouseEvent('mouseleave'))")
    expect(banner).to_be_visible()
    expect(page.locator("textarea")).to_be_enabled()
    assert findings(page) == []
    with page.expect_response(lambda answer: answer.url.endswith("/remember")) as remembered:
        banner.get_by_role("button", name="Accept").click()
    assert remembered.value.status == 204
    expect(banner).to_have_count(0)
    if how == "close":
        until(page, "window.closed_")


def test_G06_G10_G14_explicit_consent_comes_before_the_first_word(
    server: Server, agent: Agent, phone: Phone
) -> None:
    (kind,) = server.account("GET", "/privacy/subscription-types")["items"]
    tag = unasked(
        agent,
        "explicit",
        {
            "process_consent": {"on": True, "type": "explicit", "text": "We read what you write."},
            "communicate_consent": {"on": True, "subscription_type_id": kind["id"], "label": "Send me news"},
        },
    )
    page = opened(phone(), page_address(server.origin, server.account_id, tag))
    card = page.get_by_role("region", name="Your consent")
    expect(card).to_contain_text("We read what you write.")
    expect(page.locator("textarea")).to_be_disabled()
    tick = page.get_by_role("checkbox", name="Send me news")
    expect(tick).not_to_be_checked()
    assert findings(page) == []
    tick.check()
    card.get_by_role("button", name="I agree").click()
    expect(card).to_have_count(0)
    begin(page, "Agreed")
    expect(page.locator(".own-state")).to_contain_text("Sent")


def test_G07_a_legitimate_interest_is_told_and_blocks_nobody(
    server: Server, agent: Agent, phone: Phone
) -> None:
    tag = unasked(agent, "legitimate", {"process_consent": {"on": True, "type": "legitimate_interest"}})
    page = opened(phone(), page_address(server.origin, server.account_id, tag))
    expect(page.locator(".consent-note")).to_contain_text("We store and process what you write here")
    begin(page)
    expect(page.locator(".own-state")).to_contain_text("Sent")
    assert findings(page) == []


def test_G12_a_text_that_changed_meanwhile_is_read_again(server: Server, agent: Agent, phone: Phone) -> None:
    options = {"process_consent": {"on": True, "type": "explicit", "text": "The old text."}}
    tag = unasked(agent, "changing", options)
    page = opened(phone(), page_address(server.origin, server.account_id, tag))
    expect(page.locator(".gate")).to_contain_text("The old text.")
    items = server.account("GET", "/chatflows?search=&limit=100")["items"]
    flow = server.account(
        "GET", f"/chatflows/{next(each['id'] for each in items if each['mobile_tag'] == tag)}"
    )
    flow["document"]["options"]["process_consent"]["text"] = "The new text."
    server.account(
        "PUT",
        f"/chatflows/{flow['id']}/document",
        {"document": flow["document"]},
        **{"If-Match": f'"{flow["version"]}"'},
    )
    page.get_by_role("button", name="I agree").click()
    expect(page.locator(".gate")).to_contain_text("The new text.")
    expect(page.locator(".gate")).to_contain_text("This text has just changed")
    page.get_by_role("button", name="I agree").click()
    expect(page.locator(".gate")).to_have_count(0)


def test_G08_C25_a_long_text_leaves_the_answers_in_view(server: Server, agent: Agent, phone: Phone) -> None:
    words = "We keep what you write for as long as it takes to answer you, and then we do not. " * 24
    agent.chatflow("long", options={"cookie_banner": {"text": words}})
    small = phone(viewport={"width": 320, "height": 568})
    page = opened(small, page_address(server.origin, server.account_id, "long"))
    accept = page.get_by_role("button", name="Accept")
    expect(accept).to_be_in_viewport(ratio=1)
    expect(page.locator("textarea")).to_be_in_viewport(ratio=1)
    expect(page.locator(".from-them .bubble")).to_be_in_viewport()
    assert findings(page) == []
    page.set_viewport_size({"width": 320, "height": 300})
    expect(accept).to_be_in_viewport(ratio=1)
    expect(page.locator("textarea")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320


# E-mail capture.


def test_D02_D04_an_address_is_asked_for_and_checked_at_the_field(
    server: Server, agent: Agent, phone: Phone
) -> None:
    capture = {"ask": "after_first_message", "text": "Where can we reach you?"}
    tag = unasked(agent, "capture", email_capture=capture)
    page = opened(phone(), page_address(server.origin, server.account_id, tag))
    conversation = begin(page)
    card = page.locator("form.card")
    expect(card).to_contain_text("Where can we reach you?")
    field = page.get_by_label("Your e-mail address")
    field.fill("nobody at home")
    card.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_have_text("Write an e-mail address like name@example.com")
    expect(field).to_be_focused()
    assert findings(page) == []
    field.fill("eva@example.org")
    field.press("Enter")
    expect(page.locator(".notice")).to_have_text("We can reach you at eva@example.org")
    expect(card).to_have_count(0)
    person = server.account("GET", f"/conversations/{conversation}/person")
    assert person["contact"]["email"] == "eva@example.org"
    assert person["contact"]["verified"] is False
    page.get_by_role("button", name="Your conversations").click()
    page.get_by_role("button", name="New conversation").click()
    write(page, "Again")
    expect(page.locator(".own-state").last).to_contain_text("Sent")
    expect(card).to_have_count(0)  # D05


def test_D02_the_question_can_be_declined(server: Server, agent: Agent, phone: Phone) -> None:
    tag = unasked(agent, "capture-skip", email_capture={"ask": "after_first_message"})
    page = opened(phone(), page_address(server.origin, server.account_id, tag))
    begin(page)
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("form.card")).to_have_count(0)
    write(page, "Something else")
    expect(page.locator(".own-state").last).to_contain_text("Sent")


# Files.


def test_D17_C20_files_go_both_ways_and_nothing_jumps(
    server: Server, agent: Agent, phone: Phone, open_tag: str
) -> None:
    page = opened(phone(), page_address(server.origin, server.account_id, open_tag))
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "tree.png", "mimeType": "image/png", "buffer": picture()})
    chooser.set_input_files({"name": "bill.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 hello"})
    expect(page.locator(".chip")).to_have_count(2)
    assert findings(page) == []
    conversation = begin(page, "Both, see https://example.com/order")
    expect(page.locator(".own-state")).to_contain_text("Sent")
    expect(page.locator(".from-me .bubble a")).to_have_attribute("href", "https://example.com/order")
    link = page.get_by_role("link", name=re.compile("bill.pdf"))
    expect(link).to_have_attribute("target", "_blank")
    address = link.get_attribute("href")
    assert address is not None
    assert address.startswith(server.origin)  # P11
    answer = page.request.get(address)
    assert answer.headers["content-disposition"].startswith("attachment")
    (message,) = [
        each
        for each in server.timeline(conversation)
        if each["kind"] == "message" and each["author"]["kind"] == "visitor"
    ]
    kinds = [block["type"] for block in message["content"]["blocks"]]
    assert kinds == ["paragraph", "file", "file"]

    sent = agent.upload("answer.png", "image/png", picture(width=900, height=1_200))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/files/\d+-"), hold)
    agent.say(conversation, {"blocks": [{"type": "file", "file_id": sent}]})
    frame = page.locator(".from-them .picture-frame")
    expect(frame.locator("img")).to_be_attached()
    before = frame.bounding_box()
    for route in held:
        route.continue_()
    until(page, "document.querySelector('.from-them .picture img').naturalWidth > 0")
    after = frame.bounding_box()
    assert before
    assert after
    assert (before["width"], before["height"]) == (after["width"], after["height"]) == (225, 300)
    assert findings(page) == []


def test_D18_what_cannot_be_sent_is_said_at_once(
    server: Server, agent: Agent, phone: Phone, open_tag: str
) -> None:
    page = opened(phone(), page_address(server.origin, server.account_id, open_tag))
    chooser = page.locator("input[type=file]")
    choose = """([name, size]) => {
      const carried = new DataTransfer();
      carried.items.add(new File([new Uint8Array(size)], name));
      const chooser = document.querySelector('input[type=file]');
      chooser.files = carried.files;
      chooser.dispatchEvent(new Event('change', { bubbles: true })); }"""
    for name, size, words in (
        ("page.html", 8, "Files like page.html cannot be sent here"),
        ("empty.pdf", 0, "empty.pdf is empty"),
        ("huge.pdf", 27_000_000, "huge.pdf is too large. At most 26 MB."),
    ):
        page.evaluate(choose, [name, size])
        expect(page.get_by_role("alert")).to_have_text(words)
        expect(page.locator(".chip")).to_have_count(0)
    # The page takes the name's word for it; the server looks inside.
    chooser.set_input_files({"name": "fake.png", "mimeType": "image/png", "buffer": b"<svg onload=x>"})
    expect(page.locator(".chip.is-refused")).to_contain_text("fake.png was not accepted")
    page.fill("textarea", "Not with that")
    expect(page.locator("button.send")).to_have_attribute("aria-disabled", "true")
    assert findings(page) == []
    page.get_by_role("button", name="Remove fake.png").click()
    expect(page.locator("button.send")).to_have_attribute("aria-disabled", "false")


def test_D17_C24_an_upload_survives_a_breaking_line(
    server: Server, agent: Agent, phone: Phone, open_tag: str
) -> None:
    content = b"%PDF-1.4 " + bytes(range(256)) * 6_000
    with Line(server.port) as line:
        page = opened(phone(), page_address(line.origin, server.account_id, open_tag))
        conversation = begin(page)
        expect(page.locator(".own-state")).to_contain_text("Sent")
        pieces: list[str] = []
        page.on("request", lambda each: pieces.append(each.url) if each.method == "PUT" else None)
        with page.expect_response(lambda each: "offset=262144" in each.url):
            page.locator("input[type=file]").set_input_files(
                {"name": "long.pdf", "mimeType": "application/pdf", "buffer": content}
            )
        with line.down():
            page.locator("button.send").click()  # it waits in the outbox
            expect(page.locator(".own-state").last).to_contain_text("Sending")
            write(page, "After the file")
        expect(page.locator(".is-pending")).to_have_count(0, timeout=30_000)
        link = page.get_by_role("link", name=re.compile("long.pdf"))
        assert page.request.get(link.get_attribute("href") or "").body() == content
        assert agent.words(conversation) == ["Hello", "", "After the file"]
        assert len(pieces) < 12  # not from the start again


def test_D17_dropped_and_pasted_on_a_desktop(server: Server, chromium: Browser, open_tag: str) -> None:
    context = chromium.new_context(viewport={"width": 1024, "height": 800})
    page = opened(context, page_address(server.origin, server.account_id, open_tag))
    expect(page.locator("textarea")).to_be_focused()
    carry = """(kind) => {
      const carried = new DataTransfer();
      carried.items.add(new File(['some words'], kind + '.txt', { type: 'text/plain' }));
      const field = document.querySelector('textarea');
      if (kind === 'pasted')
        field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: carried, bubbles: true }));
      else for (const name of ['dragenter', 'dragover', 'drop'].slice(0, kind === 'held' ? 1 : 3))
        field.dispatchEvent(new DragEvent(name, { dataTransfer: carried, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(carry, "held")
    expect(page.locator(".drop")).to_have_text("Drop the file here")
    page.evaluate(carry, "dropped")
    expect(page.locator(".drop")).to_have_count(0)
    page.evaluate(carry, "pasted")
    expect(page.locator(".chip")).to_have_count(2)
    page.locator("button.send").click()
    expect(page.get_by_role("link", name=re.compile("(dropped|pasted).txt"))).to_have_count(2)
    context.close()


def test_D17_attachments_can_be_off(server: Server, agent: Agent, phone: Phone) -> None:
    tag = unasked(agent, "no-files", attachments=False)
    page = opened(phone(), page_address(server.origin, server.account_id, tag))
    expect(page.get_by_role("button", name="Attach a file")).to_have_count(0)


# Who is there.


def closed(**changes: Any) -> dict[str, Any]:
    """Hours that are open for one minute a week, five days from now, at ten in UTC."""
    day = (datetime.now(UTC) + timedelta(days=5)).weekday()
    return {
        "kind": "hours",
        "time_zone": "UTC",
        "hours": [{"day": day, "opens": 600, "closes": 601}],
        "holidays": [],
        "reply_time": "none",
        "away": "message",
        "away_text": None,
        "outside": "message",
        "outside_text": None,
        **changes,
    }


def test_E04_the_reply_time_shows_while_somebody_is_there(server: Server, agent: Agent, phone: Phone) -> None:
    tag = unasked(agent, "quick", availability=closed(kind="always", reply_time="minutes"))
    page = opened(phone(), page_address(server.origin, server.account_id, tag))
    expect(page.locator(".header p")).to_have_text("We usually reply within minutes")
    expect(page.locator(".away")).to_have_count(0)


def test_E06_outside_the_hours_a_message_or_the_return_time(
    server: Server, agent: Agent, phone: Phone
) -> None:
    tag = unasked(agent, "closed", availability=closed(outside_text="We sleep."))
    page = opened(phone(), page_address(server.origin, server.account_id, tag))
    expect(page.locator(".away")).to_have_text("We sleep.")
    expect(page.locator(".header p")).to_have_text("We are not here right now")
    assert findings(page) == []
    # The day is named, and the time is that of the visitor's own zone.
    tag = unasked(agent, "weekly", availability=closed(outside="return_time"))
    in_tokyo = phone(timezone_id="Asia/Tokyo")
    page = opened(in_tokyo, page_address(server.origin, server.account_id, tag))
    expect(page.locator(".header p")).to_have_text(re.compile(r"We are back on \w+day, .* at 7:00 PM"))


def test_E05_away_says_so_and_D07_asks_in_the_usual_words(server: Server, agent: Agent, phone: Phone) -> None:
    server.account("PATCH", "/me", {"status": "away"})
    try:
        assign = {"automatic": True, "user_ids": [agent.user_id]}
        capture = {"ask": "after_first_message", "text": "We answer at once. Your address?"}
        tag = unasked(agent, "away", availability=closed(kind="users"), assign=assign, email_capture=capture)
        page = opened(phone(), page_address(server.origin, server.account_id, tag))
        expect(page.locator(".away")).to_contain_text("We are away at the moment.")
        begin(page)
        expect(page.locator("form.card")).to_contain_text("What is your e-mail address?")
    finally:
        server.account("PATCH", "/me", {"status": "available"})


# Heading and alias.


def test_D09_D10_a_brand_with_a_moving_picture_stands_for_everybody(
    server: Server, agent: Agent, phone: Phone
) -> None:
    image = agent.upload("brand.gif", "image/gif", picture("GIF", 80, 80), "brand")
    heading = {"kind": "brand", "brand_name": "Nordlicht", "brand_image_id": image, "alias": True}
    tag = unasked(agent, "brand", heading=heading)
    page = opened(phone(), page_address(server.origin, server.account_id, tag))
    expect(page.get_by_role("heading", name="Nordlicht")).to_be_visible()
    until(page, "document.querySelector('.header .photo').naturalWidth > 0")
    moving = page.request.get(page.locator(".header .photo").evaluate("(each) => each.src"))
    assert moving.headers["content-type"] == "image/gif"
    with Image.open(io.BytesIO(moving.body())) as gif:
        assert getattr(gif, "n_frames", 1) == 2
    conversation = begin(page)
    agent.say(conversation, "From a person")
    answer = page.locator(".group.from-them").last
    expect(answer).to_contain_text("Nordlicht")
    expect(answer.locator(".photo")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Ana")
    assert findings(page) == []


def test_D11_agents_have_their_photos_and_D10_under_a_brand_none(
    server: Server, agent: Agent, phone: Phone
) -> None:
    photo = agent.upload("ana.png", "image/png", picture(), "photo")
    server.account("PUT", "/me/photo", {"file_id": photo})
    try:
        tag = unasked(agent, "faces")
        page = opened(phone(), page_address(server.origin, server.account_id, tag))
        face = page.locator(".header .photo")
        expect(face).to_have_js_property("naturalWidth", 256)
        expect(face).to_have_js_property("naturalHeight", 256)
        agent.say(begin(page), "From a person")
        answer = page.locator(".group.from-them").last
        expect(answer).to_contain_text("Ana")
        expect(answer.locator(".photo")).to_have_attribute("src", f"/photos/{server.account_id}/{photo}")
        expect(page.locator(".group.from-them .photo")).to_have_count(2)  # the welcome has one, too
        assert findings(page) == []
        heading = {"kind": "brand", "brand_name": "Nordlicht", "alias": True}
        tag = unasked(agent, "faceless", heading=heading)
        page = opened(phone(), page_address(server.origin, server.account_id, tag))
        agent.say(begin(page), "From a brand")
        expect(page.locator(".group.from-them").last).to_contain_text("From a brand")
        expect(page.locator("img")).to_have_count(0)
        assert "/photos/" not in page.content()
    finally:
        server.account("PUT", "/me/photo", {"file_id": None})


# Surveys.


@pytest.fixture(scope="module")
def survey(server: Server) -> int:
    body = {
        "name": "After the chat",
        "delivery": "chat",
        "language": "en",
        "question": "How did we do?",
        "labels": ["Badly", "So so", "Well"],
        "follow_ups": ["What went wrong?", None, "What did you like?"],
        "thank_yous": ["Sorry.", "Thanks.", "Thank you."],
    }
    return server.account("POST", "/surveys", body)["id"]


def test_H03_H06_H07_a_closed_chat_ends_with_its_survey(
    server: Server, agent: Agent, chromium: Browser, survey: int
) -> None:
    tag = unasked(agent, "survey", {"survey_id": survey})
    context = chromium.new_context(viewport={"width": 375, "height": 812})
    page = opened(context, page_address(server.origin, server.account_id, tag))
    conversation = begin(page)
    expect(page.locator(".own-state")).to_contain_text("Sent")
    expect(page.locator("form.card")).to_have_count(0)
    agent.command("close_conversation", conversation_id=conversation)
    group = page.get_by_role("group", name="How did we do?")
    expect(group.get_by_role("radio")).to_have_count(3)
    assert findings(page) == []
    group.get_by_role("radio", name="Badly").focus()
    page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="So so")).to_be_checked()
    expect(page.locator("form.card textarea")).to_have_count(0)  # this one asks nothing more
    page.keyboard.press("ArrowRight")
    page.get_by_label("What did you like?").fill("The biscuits")
    expect(page.get_by_role("button", name="Send rating")).to_be_in_viewport(ratio=1)
    assert findings(page) == []
    page.get_by_role("button", name="Send rating").click()
    expect(page.locator(".notice").last).to_have_text("Thank you.")
    expect(page.locator("form.card")).to_have_count(0)
    entries = server.timeline(conversation)
    rated = next(
        each["notice"] for each in entries if (each.get("notice") or {}).get("kind") == "survey_answered"
    )
    assert rated["facts"]["rating"] == 2
    assert rated["facts"]["answer"] == "The biscuits"
    context.close()


# The menu.


def test_L15_a_conversation_can_be_kept(server: Server, chromium: Browser, open_tag: str) -> None:
    context = chromium.new_context(viewport={"width": 800, "height": 700}, accept_downloads=True)
    page = opened(context, page_address(server.origin, server.account_id, open_tag))
    begin(page, "Keep this")
    expect(page.locator(".own-state")).to_contain_text("Sent")
    more = page.get_by_role("button", name="More")
    more.click()
    item = page.get_by_role("menuitem", name="Download this conversation")
    expect(item).to_be_focused()
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    more.click()
    with page.expect_download() as download:
        item.click()
    assert "Keep this" in download.value.path().read_text()
    context.close()


# On a web page, by the loader.


def host_page(server: Server, tag: str, settings: dict[str, Any] | None = None) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>A shop</title><main><h1>A shop</h1></main>"
        f"<script>window.hsConversationsSettings = {json.dumps(settings or {})}</script>"
        f'<script src="{server.origin}/widget/{server.account_id}.js" data-chatflow="{tag}" defer></script></html>'
    )


@pytest.fixture
def host(server: Server, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of somebody else's that includes the loader."""
    with ExitStack() as stack:

        def show(tag: str, settings: dict[str, Any] | None = None, **options: Any) -> Page:
            usual: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "locale": "en"}
            context = chromium.new_context(**{**usual, **options})
            stack.callback(context.close)
            page = context.new_page()
            page.goto(stack.enter_context(other_site({"/": host_page(server, tag, settings)})))
            return page

        yield show


CONTAINER = "#hubspot-messages-iframe-container"


def test_D13_each_screen_shows_the_chat_as_it_was_told(agent: Agent, host: Callable[..., Page]) -> None:
    both = unasked(
        agent,
        "display",
        display={"desktop": {"open": "prompt", "after_s": 1}, "mobile": {"open": "launcher", "after_s": 0}},
        welcome="Can we help?",
    )
    page = host(both)
    launcher = page.get_by_role("button", name="Open chat")
    until(page, "window.HubSpotConversations?.widget.status().loaded")
    expect(launcher).to_be_hidden()
    prompt = page.locator(".pd-words")
    expect(prompt).to_contain_text("Can we help?")
    assert findings(page) == []
    page.get_by_role("button", name="Hide this message").click()
    expect(prompt).to_have_count(0)
    expect(launcher).to_be_focused()
    assert page.context.cookies() == []
    small = host(both, viewport={"width": 375, "height": 700})
    expect(small.get_by_role("button", name="Open chat")).to_be_visible()
    expect(small.locator(".pd-words")).to_have_count(0)
    at_once = unasked(agent, "at-once", display={"desktop": {"open": "chat", "after_s": 0}})
    page = host(at_once)
    field = page.frame_locator(f"{CONTAINER} iframe").locator("textarea")
    expect(field).to_be_visible()
    expect(page.locator("body")).to_be_focused()  # nobody asked for it
    page.get_by_role("button", name="Close chat").last.click()
    page.get_by_role("button", name="Open chat").click()
    expect(field).to_be_focused()


def test_E05_the_launcher_hides_while_nobody_is_there(agent: Agent, host: Callable[..., Page]) -> None:
    page = host(unasked(agent, "hidden", availability=closed(outside="hide")))
    until(page, "window.HubSpotConversations?.widget.status().loaded")
    expect(page.get_by_role("button", name="Open chat")).to_be_hidden()
    page.evaluate("HubSpotConversations.widget.open()")
    chat = page.frame_locator(f"{CONTAINER} iframe")
    expect(chat.locator("textarea")).to_be_visible()


def test_G03_C26_closing_the_panel_asks_first_and_settings_of_the_site_hold(
    host: Callable[..., Page], open_tag: str
) -> None:
    page = host(open_tag, {"disableAttachment": True})
    page.get_by_role("button", name="Open chat").click()
    chat = page.frame_locator(f"{CONTAINER} iframe")
    expect(chat.get_by_role("button", name="Attach a file")).to_have_count(0)
    chat.locator("textarea").fill("From a shop")
    chat.locator("button.send").click()
    expect(chat.locator(".own-state")).to_contain_text("Sent")
    page.get_by_role("button", name="Close chat").click()
    banner = chat.get_by_role("region", name="Cookies")
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="Decline").click()
    expect(chat.locator("textarea")).to_be_hidden()
    assert page.context.cookies() == []

    early = host(open_tag, {"enableWidgetCookieBanner": "ON_WIDGET_LOAD"})
    early.get_by_role("button", name="Open chat").click()
    chat = early.frame_locator(f"{CONTAINER} iframe")
    expect(chat.get_by_role("region", name="Cookies")).to_be_visible()
    expect(chat.locator("textarea")).to_be_disabled()


# In the console's editor.


def test_G03_D02_H03_F17_the_preview_shows_every_question_and_sends_nothing(
    server: Server, agent: Agent, phone: Phone
) -> None:
    flow = server.account("GET", f"/chatflows/{agent.chatflow('unsaved-questions')}")
    document = flow["document"]
    document["options"]["cookie_banner"]["when"] = "on_exit_intent"
    document["options"]["process_consent"] = {"on": True, "type": "explicit", "text": "Only in the editor."}
    preview = {"inbox_id": server.inbox_id, "document": document}
    asking = server.account("POST", "/chatflows/preview", preview)
    config = {**asking, "consent": {**asking["consent"], "process": None}}
    page = phone().new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/api/" in request.url else None)
    page.goto(f"{server.origin}/healthz")
    page.evaluate("""() => {
      const frame = document.createElement('iframe');
      frame.style.cssText = 'width: 360px; height: 700px';
      const ready = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
      frame.src = '/conversations-visitor-embed/preview';
      document.body.append(frame);
      return ready.then(() => true); }""")
    chat = page.frame_locator("iframe")

    def show(config: dict[str, Any], **options: Any) -> None:
        page.evaluate(
            "(message) => frames[0].postMessage({ type: 'pocketdesk:preview', ...message }, location.origin)",
            {"config": config, "options": options},
        )

    show(asking, scene="start")
    expect(chat.get_by_role("region", name="Your consent")).to_contain_text("Only in the editor.")
    chat.get_by_role("button", name="I agree").click()
    expect(chat.locator("textarea")).to_be_enabled()

    show(
        config, scene="capture", chat={"email_capture": {"ask": "after_wait", "wait_s": 9, "text": "Where?"}}
    )
    expect(chat.locator("form.card")).to_contain_text("Where?")
    chat.get_by_label("Your e-mail address").fill("eva@example.org")
    chat.get_by_role("button", name="Save").click()
    expect(chat.locator(".notice")).to_have_text("We can reach you at eva@example.org")

    ratings = [{"value": value, "label": f"Face {value}", "follow_up": None} for value in range(3)]
    survey = {"question": "How was it?", "ratings": ratings, "thank_yous": ["", "", "Splendid."]}
    show(config, scene="survey", survey=survey)
    chat.get_by_role("radio", name="Face 2").check(force=True)
    chat.get_by_role("button", name="Send rating").click()
    expect(chat.locator(".notice").last).to_have_text("Splendid.")

    show(config, scene="wait", chat={"assign": {"wait_text": "Still here."}})
    expect(chat.locator(".notice")).to_have_text("Still here.")

    show(config, scene="leaving")
    expect(chat.get_by_role("region", name="Cookies")).to_be_visible()
    chat.locator("input[type=file]").set_input_files(
        {"name": "tree.png", "mimeType": "image/png", "buffer": picture()}
    )
    chat.locator("button.send").click()
    expect(chat.locator(".picture img")).to_be_visible()
    assert sent == []
