"""Chatflows in the console: list, wizard, editor with its preview."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.browser.desktop import Scheme, complaints, console, phone, window
from tests.server import Server


def new_flow(server: Server, tag: str, name: str, *, is_on: bool = False) -> int:
    body = {
        "inbox_id": server.inbox_id,
        "language": "en",
        "mobile_tag": tag,
        "type": "live_agent",
        "name": name,
    }
    flow_id = server.account("POST", "/chatflows", body)["id"]
    if is_on:
        server.account("PATCH", f"/chatflows/{flow_id}", {"is_on": True})
    return flow_id


def document(server: Server, flow_id: int) -> dict[str, Any]:
    return server.account("GET", f"/chatflows/{flow_id}")["document"]


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d unsaved change"))).to_have_count(0)


def preview_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title=Preview]")


def toggle(page: Page, name: str) -> None:
    page.get_by_role("switch", name=re.compile(f"^{re.escape(name)}")).press("Space")


def reset(page: Page, text: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^Reset to default.*{text}$"))


def choose(page: Page, group: str, option: str) -> None:
    """Chooses one of a group of radio buttons."""
    page.get_by_role("radiogroup", name=group, exact=True).get_by_role("radio", name=option).check()


def pick(page: Page, field: str, option: str) -> None:
    """Chooses from a list, by typing."""
    page.get_by_role("combobox", name=field, exact=True).fill(option[:6])
    page.get_by_role("option", name=option).click()


def names(page: Page) -> list[str]:
    expect(page.get_by_role("table")).to_be_visible()
    return page.locator(".flow-name").all_inner_texts()


def test_A02_A03_A04_A05_A07_A10_A23_the_wizard_makes_a_chatflow_and_opens_its_chat_tab(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, "/chatflows") as page:
        before = len(names(page))
        page.get_by_role("link", name="Create chatflow").click()
        page.get_by_role("link", name="Mobile").click()
        page.get_by_role("button", name="Next").click()
        problems = page.get_by_role("alert")
        expect(problems).to_contain_text("Choose an inbox or a help desk.")
        expect(problems).to_contain_text("Choose a language.")
        expect(problems).to_contain_text("Enter a mobile tag")

        page.get_by_role("radio", name="Support").click()
        page.get_by_role("combobox", name="Language").fill("Deu")
        page.get_by_role("option", name="Deutsch").click()
        page.get_by_label("Mobile tag").fill("   ")
        page.get_by_role("button", name="Next").click()
        expect(problems).to_contain_text("Enter a mobile tag")
        page.get_by_label("Mobile tag").fill(" hilfe ")
        page.get_by_role("button", name="Next").click()

        expect(page.get_by_text("Step 2 of 3")).to_be_visible()
        page.get_by_role("button", name="Back").click()
        expect(page.get_by_role("radio", name="Support")).to_be_checked()
        expect(page.get_by_label("Mobile tag")).to_have_value(" hilfe ")
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_role("radio", name="Live agent")).to_be_checked()
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_text("Step 3 of 3")).to_be_visible()
        assert len(server.account("GET", "/chatflows")["items"]) == before
        page.get_by_role("button", name="Create").click()

        expect(page).to_have_url(re.compile(r"/chatflows/\d+/chat$"))
        expect(page.get_by_role("switch", name="Chatflow is on")).not_to_be_checked()
        flow = server.account("GET", "/chatflows")["items"][-1]
        assert (flow["mobile_tag"], flow["language"], flow["is_on"]) == ("hilfe", "de", False)


def test_A11_A12_A13_A14_A15_A20_D01_D14_the_editor_previews_saves_and_goes_live(
    chromium: Browser, server: Server
) -> None:
    flow_id = new_flow(server, "shop", "Shop")
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        expect(page.get_by_role("tab")).to_have_text(["Chat", "Knowledge base", "Options", "Mobile details"])
        preview = page.frame_locator("iframe[title=Preview]")
        expect(preview.get_by_text("How can we help you?")).to_be_visible()
        expect(preview.get_by_role("button", name="Close")).to_be_visible()

        page.get_by_label("Welcome message").fill("Welcome to the shop.")
        expect(preview.get_by_text("Welcome to the shop.")).to_be_visible()
        page.get_by_role("switch", name="Close button").press("Space")
        expect(preview.get_by_role("button", name="Close")).to_have_count(0)
        expect(page.get_by_text("2 unsaved changes: welcome message, close button")).to_be_visible()

        page.get_by_role("tab", name="Mobile details").click()
        page.get_by_label("Mobile tag").fill("")
        page.get_by_role("tab", name="Chat").click()
        expect(page.get_by_label("Welcome message")).to_have_value("Welcome to the shop.")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page).to_have_url(re.compile("/mobile$"))
        expect(page.get_by_text("Enter a mobile tag, such as support.", exact=True)).to_be_visible()
        page.get_by_label("Mobile tag").fill("boutique")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(page.get_by_text(re.compile(r"\d unsaved change"))).to_have_count(0)

        page.get_by_role("button", name="Rename").click()
        page.get_by_label("Name of the chatflow").fill("Boutique")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Boutique")
        with phone(chromium, server, "boutique") as visitor:
            expect(visitor.get_by_text("Welcome to the shop.")).to_have_count(0)
        page.get_by_role("switch", name="Chatflow is on").press("Space")
        expect(page.get_by_text("Live: your app shows it for the tag “boutique”.")).to_be_visible()
        with phone(chromium, server, "BOUTIQUE") as visitor:
            expect(visitor.get_by_text("Welcome to the shop.")).to_be_visible()

        page.reload()
        page.get_by_role("tab", name="Chat").click()
        expect(page.get_by_label("Welcome message")).to_have_value("Welcome to the shop.")
        page.get_by_role("button", name="Reset to default").click()
        expect(preview.get_by_text("How can we help you?")).to_be_visible()
        page.get_by_role("button", name="Discard").click()
        expect(page.get_by_label("Welcome message")).to_have_value("Welcome to the shop.")
    assert server.account("GET", "/conversations")["items"] == []


def test_A12_leaving_with_unsaved_changes_asks_and_a_conflict_keeps_them(
    chromium: Browser, server: Server
) -> None:
    flow_id = new_flow(server, "two", "Two hands")
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        page.get_by_label("Welcome message").fill("Mine")
        page.get_by_role("link", name="All chatflows").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("You changed: welcome message.")
        dialog.get_by_role("button", name="Stay here").click()

        flow = server.account("GET", f"/chatflows/{flow_id}")
        flow["document"]["options"]["language"] = "fr"
        version = {"If-Match": f'"{flow["version"]}"'}
        server.account("PUT", f"/chatflows/{flow_id}/document", {"document": flow["document"]}, **version)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Somebody else saved this chatflow meanwhile")
        page.get_by_role("button", name="Load the newest version").click()
        expect(page.get_by_role("alert")).to_have_count(0)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        saved = server.account("GET", f"/chatflows/{flow_id}")["document"]
        assert (saved["chat"]["welcome"], saved["options"]["language"]) == ("Mine", "fr")

        page.get_by_label("Welcome message").fill("Gone")
        page.get_by_role("link", name="All chatflows").click()
        page.get_by_role("button", name="Leave without saving").click()
        expect(page).to_have_url(re.compile("/chatflows$"))


def test_A18_A19_A24_clone_delete_undo_reorder_and_filter(chromium: Browser, server: Server) -> None:
    new_flow(server, "alpha", "Alpha")
    new_flow(server, "beta", "Beta", is_on=True)
    with console(chromium, server, "/chatflows") as page:
        before = names(page)
        more = page.get_by_role("button", name="More for Alpha")
        more.click()
        page.get_by_role("menuitem", name="Clone").click()
        page.get_by_role("dialog").get_by_role("button", name="Clone").click()
        expect(page.locator(".flow-name")).to_have_count(len(before) + 1)
        copy = server.account("GET", "/chatflows")["items"][-1]
        assert copy["name"] != "Alpha"
        assert (copy["mobile_tag"], copy["is_on"]) == ("alpha", False)

        more.click()
        page.get_by_role("menuitem", name="Delete").click()
        expect(page.get_by_role("link", name="Alpha", exact=True)).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("link", name="Alpha", exact=True)).to_be_visible()

        more.click()
        page.get_by_role("menuitem", name="Move to top").click()
        expect(page.locator(".flow-name").first).to_have_text("Alpha")
        # By keyboard: pick up, one down, drop.
        page.get_by_role("button", name=re.compile("Change the priority of Alpha")).focus()
        page.keyboard.press("Space")
        expect(page.get_by_text("Alpha is now at place 1.")).to_be_attached()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_text("Alpha is now at place 2.")).to_be_attached()
        with page.expect_response(re.compile("/move$")):
            page.keyboard.press("Space")
        expect(page.locator(".flow-name").nth(1)).to_have_text("Alpha")
        assert server.account("GET", "/chatflows")["items"][1]["name"] == "Alpha"

        page.get_by_role("searchbox").fill("bet")
        expect(page).to_have_url(re.compile("search=bet"))
        expect(page.locator(".flow-name")).to_have_text(["Beta"])
        page.reload()
        expect(page.locator(".flow-name")).to_have_text(["Beta"])
        page.get_by_role("combobox", name="Status").click()
        page.get_by_role("option", name="Off").click()
        expect(page.get_by_text("No chatflow fits these filters")).to_be_visible()
        page.get_by_role("button", name="Clear filters").click()
        expect(page.locator(".flow-name")).to_have_count(len(before) + 1)

        page.get_by_role("row", name=re.compile("Beta")).hover()
        page.get_by_role("link", name="Edit Beta").click()
        expect(page).to_have_url(re.compile(r"/chatflows/\d+/chat$"))


def test_at_375_the_preview_waits_behind_a_button(chromium: Browser, server: Server) -> None:
    with console(chromium, server, f"/chatflows/{server.chatflow_id}/chat", width=375) as page:
        expect(page.get_by_label("Welcome message")).to_be_visible()
        expect(page.locator("iframe")).to_have_count(0)
        page.get_by_role("button", name="Show preview").click()
        preview = page.frame_locator("iframe[title=Preview]")
        expect(preview.get_by_text("How can we help you?")).to_be_visible()
        page.get_by_role("button", name="Back to the settings").click()
        expect(page.get_by_label("Welcome message")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_A27_F02_F06_F07_the_picker_says_who_can_be_chosen_and_why_others_cannot(
    chromium: Browser, server: Server
) -> None:
    sets = server.account("GET", "/permission-sets")["items"]
    invited = {"name": "Ben Berg", "email": "ben@example.org", "permission_set_id": sets[0]["id"]}
    ben = server.account("POST", "/users", {**invited, "can_receive": True})["user"]["id"]
    team = {"name": "Night shift", "main_member_ids": [], "extra_member_ids": []}
    server.account("POST", "/teams", team)
    flow_id = new_flow(server, "routed", "Routed")
    ana = server.call("GET", "/session")["accounts"][0]["user"]["id"]
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        toggle(page, "Give new conversations to somebody automatically")
        page.get_by_role("button", name="Save", exact=True).click()
        problems = page.get_by_role("alert", name="One thing needs your attention")
        expect(problems).to_contain_text("Who gets new conversations: Choose at least one user or team.")
        people = page.get_by_role("combobox", name="Users and teams", exact=True)
        expect(people).to_be_focused()

        blocked = page.get_by_text("cannot be chosen, and why")
        blocked.click()
        expect(page.get_by_role("listitem").filter(has_text="Ben Berg")).to_contain_text(
            "Has not accepted the invitation yet."
        )
        expect(page.get_by_role("listitem").filter(has_text="Night shift")).to_contain_text(
            "Has no main member"
        )
        people.fill("Ben")
        expect(page.get_by_role("option", name="Ben Berg")).to_contain_text("Has not accepted the invitation")
        expect(page.get_by_role("option", name="Ben Berg")).to_have_attribute(
            "data-combobox-disabled", "true"
        )
        people.fill("Ana")
        people.press("Enter")
        choose(page, "When none of them can take it", "Anybody who is available")
        toggle(page, "Say something when nobody answers in time")
        page.get_by_label("After", exact=True).fill("7")
        page.get_by_label("Message", exact=True).fill("Still with you.")
        save(page)

        # What only the server knows comes back to the field.
        server.account("PATCH", f"/users/{ana}", {"can_receive": False})
        page.get_by_label("Message", exact=True).fill("Still here.")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(problems).to_contain_text("Who gets new conversations:")
        expect(people).to_have_attribute("aria-invalid", "true")
        server.account("PATCH", f"/users/{ana}", {"can_receive": True})
    assign = document(server, flow_id)["chat"]["assign"]
    assert assign | {"skill_ids": []} == {
        "automatic": True,
        "to": "users_and_teams",
        "user_ids": [ana],
        "team_ids": [],
        "skill_ids": [],
        "fallback": "anybody",
        "fallback_inbox_id": None,
        "wait_minutes": 7,
        "wait_text": "Still with you.",
    }
    server.account("PATCH", f"/users/{ben}", {"deactivated": True})


def test_F04_F11_F16_D22_owner_skills_and_another_inbox(chromium: Browser, server: Server) -> None:
    skill = server.account("POST", "/routing/skills", {"name": "Returns"})["id"]
    other = server.account("POST", "/inboxes", {"name": "Overflow", "type": "inbox"})["id"]
    flow_id = new_flow(server, "owned", "Owned")
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        toggle(page, "Give new conversations to somebody automatically")
        choose(page, "Give them to", "The contact's owner")
        pick(page, "Only people with these skills", "Returns")
        choose(page, "When none of them can take it", "Move it to another inbox")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Choose an inbox.")
        page.get_by_role("combobox", name="Inbox", exact=True).click()
        expect(page.get_by_role("option")).to_have_text(["Overflow"])
        page.get_by_role("option", name="Overflow").click()
        choose(page, "Show", "The contact's owner")
        expect(page.get_by_role("combobox", name="When there is no owner, show")).to_be_visible()
        save(page)
    chat = document(server, flow_id)["chat"]
    assert (chat["assign"]["to"], chat["assign"]["skill_ids"]) == ("contact_owner", [skill])
    assert (chat["assign"]["fallback"], chat["assign"]["fallback_inbox_id"]) == ("inbox", other)
    assert chat["heading"]["kind"] == "contact_owner"


def test_D01_D24_names_in_the_welcome_and_defaults_that_follow_the_language(
    chromium: Browser, server: Server
) -> None:
    flow_id = new_flow(server, "greets", "Greets")
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        welcome = page.get_by_label("Welcome message", exact=True)
        welcome.fill("Hello ")
        page.get_by_role("button", name="Insert a name").click()
        page.get_by_role("menuitem", name="First name").click()
        # The words for strangers are selected, so that typing replaces them.
        expect(welcome).to_have_value("Hello {{contact.first_name|there}}")
        page.keyboard.type("you")
        expect(welcome).to_have_value("Hello {{contact.first_name|you}}")
        expect(preview_of(page).get_by_text("Hello you")).to_be_visible()

        choose(page, "When to ask", "After the first message")
        page.get_by_role("tab", name="Options").click()
        pick(page, "Language of the chat", "Deutsch")
        page.get_by_role("tab", name="Chat").click()
        # A text of one's own stays, a default follows.
        expect(welcome).to_have_value("Hello {{contact.first_name|you}}")
        expect(page.get_by_label("Question", exact=True)).to_have_value(re.compile("E-Mail"))
        reset(page, "Welcome message").click()
        expect(welcome).to_have_value(re.compile("Wie können wir"))
        expect(
            page.get_by_text(re.compile("unsaved changes: asking for an e-mail address, language"))
        ).to_be_visible()
        welcome.fill("   ")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Write a text, or reset it to the default.")
        expect(welcome).to_be_focused()
        reset(page, "Welcome message").click()
        save(page)
    saved = document(server, flow_id)
    assert (saved["chat"]["welcome"], saved["options"]["language"]) == (None, "de")
    assert saved["chat"]["email_capture"] == {"ask": "after_first_message", "wait_s": 60, "text": None}


def test_D03_D08_D09_D10_D13_D14_D17_the_chat_tab_sets_what_visitors_see(
    chromium: Browser, server: Server
) -> None:
    flow_id = new_flow(server, "brand", "Brand")
    picture = io.BytesIO()
    frames = [Image.new("P", (64, 64), colour) for colour in (1, 9, 17)]
    frames[0].save(picture, "GIF", save_all=True, append_images=frames[1:], duration=200)
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        preview = preview_of(page)
        choose(page, "When to ask", "When nobody has answered for a while")
        page.get_by_label("Ask after", exact=True).fill("90")
        choose(page, "Show", "Your brand")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Enter the name of the brand.")
        page.get_by_role("button", name="Who visitors see: Enter the name of the brand.").click()
        expect(page.get_by_label("Name of the brand")).to_be_focused()
        page.keyboard.type("Acme Shoes")
        expect(preview.get_by_role("banner").get_by_text("Acme Shoes")).to_be_visible()
        choosing = page.locator("input[type=file]")
        choosing.set_input_files({"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
        expect(page.get_by_text("Use a PNG, JPEG, WebP or GIF file.")).to_be_visible()
        choosing.set_input_files({"name": "logo.gif", "mimeType": "image/gif", "buffer": picture.getvalue()})
        shown = page.get_by_role("group", name="Image").locator("img")
        expect(shown).to_have_js_property("naturalWidth", 64)
        expect(preview.get_by_role("banner").locator("img")).to_have_js_property("naturalWidth", 64)
        toggle(page, "Answer as the brand")
        page.get_by_role("combobox", name="On wide screens", exact=True).click()
        page.get_by_role("option", name="Open the chat").click()
        page.get_by_label("After, on wide screens").fill("3")
        toggle(page, "Attachments")
        expect(preview.get_by_role("button", name="Attach a file")).to_have_count(0)
        save(page)
    chat = document(server, flow_id)["chat"]
    assert chat["email_capture"] == {"ask": "after_wait", "wait_s": 90, "text": None}
    image_id = chat["heading"]["brand_image_id"]
    assert chat["heading"] | {"user_ids": []} == {
        "kind": "brand",
        "user_ids": [],
        "team_ids": [],
        "brand_name": "Acme Shoes",
        "brand_image_id": image_id,
        "alias": True,
    }
    assert image_id
    assert chat["display"]["desktop"] == {"open": "chat", "after_s": 3}
    assert not chat["attachments"]


def test_E02_E04_E06_E11_a_chatflow_has_its_own_hours_set_by_keyboard(
    chromium: Browser, server: Server
) -> None:
    flow_id = new_flow(server, "hours", "Hours")
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        choose(page, "Hours and replies", "This chatflow has its own")
        choose(page, "When are you there?", "By operating hours")
        pick(page, "Time zone", "Europe/Amsterdam")
        expect(page.get_by_label("Monday: opens")).to_have_value("09:00")
        page.get_by_role("button", name="Copy the hours of Friday").press("Enter")
        page.get_by_role("menuitem", name="To every day").press("Enter")
        expect(page.get_by_label("Sunday: closes")).to_have_value("17:00")
        page.get_by_role("button", name="Remove 09:00 to 17:00 on Sunday").press("Enter")
        page.get_by_role("button", name="Remove 09:00 to 17:00 on Saturday").press("Enter")
        page.get_by_role("button", name="Add hours on Monday").press("Enter")
        page.get_by_label("Monday: opens").nth(1).fill("16:00")
        page.get_by_label("Monday: closes").nth(1).fill("00:00")
        expect(page.get_by_text("These hours overlap others on the same day.")).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("When you are there: These hours overlap")
        page.get_by_label("Monday: opens").nth(1).fill("18:00")
        page.get_by_role("button", name="Add a holiday").press("Enter")
        page.get_by_label("Day", exact=True).fill("2026-12-25")
        page.get_by_label("Name, for you").fill("Christmas")
        page.get_by_role("combobox", name="Usual reply time").click()
        page.get_by_role("option", name="Within a few hours").click()
        expect(preview_of(page).get_by_text("We usually reply within a few hours")).to_be_visible()
        page.get_by_role("combobox", name="Who is there").click()
        page.get_by_role("option", name="Outside the hours").click()
        expect(preview_of(page).get_by_text(re.compile("We are back"))).to_be_visible()
        save(page)
    availability = document(server, flow_id)["chat"]["availability"]
    week = [{"day": day, "opens": 540, "closes": 1_020} for day in range(5)]
    late = {"day": 0, "opens": 1_080, "closes": 1_440}
    assert sorted(availability.pop("hours"), key=str) == sorted([*week, late], key=str)
    assert availability == {
        "kind": "hours",
        "time_zone": "Europe/Amsterdam",
        "holidays": [{"date": "2026-12-25", "name": "Christmas"}],
        "reply_time": "hours",
        "away": "message",
        "away_text": None,
        "outside": "return_time",
        "outside_text": None,
    }


def test_D15_E01_E05_the_channel_has_look_and_availability(chromium: Browser, server: Server) -> None:
    with console(chromium, server, f"/settings/inboxes/{server.inbox_id}") as page:
        page.get_by_role("textbox", name="Accent colour").fill("#ffe066")
        expect(page.get_by_text("This colour is hard to see on the page")).to_be_visible()
        place = page.get_by_role("region", name="When you are there")
        choose(page, "When are you there?", "While somebody is available")
        choose(page, "When nobody is available", "Show a message")
        place.get_by_label("Message when nobody is available").fill("Gone fishing.")
        place.get_by_role("button", name="Save when you are there").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(place.get_by_role("button", name="Save when you are there")).to_have_count(0)
        page.reload()
        expect(place.get_by_label("Message when nobody is available")).to_have_value("Gone fishing.")
    (channel,) = server.account("GET", f"/inboxes/{server.inbox_id}/channels")["items"]
    assert (channel["availability"]["kind"], channel["availability"]["away_text"]) == (
        "users",
        "Gone fishing.",
    )
    server.account(
        "PATCH", f"/channels/{channel['id']}", {"availability": {**channel["availability"], "kind": "always"}}
    )


def test_G01_G02_G08_G09_G14_G18_G20_the_options_ask_for_consent_and_hide_with_the_account(
    chromium: Browser, server: Server
) -> None:
    flow_id = new_flow(server, "consent", "Consent")
    server.account("PATCH", "/privacy/settings", {"cookie_consent": True})
    with console(chromium, server, f"/chatflows/{flow_id}/options") as page:
        preview = preview_of(page)
        expect(page.get_by_text("They are no legal advice")).to_be_visible()
        expect(page.get_by_role("switch", name=re.compile("marketing contacts"))).to_have_count(0)
        page.get_by_label("Question about cookies").fill("A cookie for you?")
        expect(preview.get_by_text("A cookie for you?")).to_be_visible()
        reset(page, "Question about cookies").click()
        expect(preview.get_by_text("May we store a cookie")).to_be_visible()
        choose(page, "Cookies", "Ask when they leave")
        toggle(page, "Consent to process what people write")
        choose(page, "On what ground", "Explicit consent")
        expect(preview.get_by_role("button", name="I agree")).to_be_visible()
        toggle(page, "Consent to be written to")
        page.get_by_label("Words beside the box").fill("Write me about shoes")
        box = preview.get_by_role("checkbox", name="Write me about shoes")
        expect(box).not_to_be_checked()
        save(page)

        server.account("PATCH", "/privacy/settings", {"marketing_contacts": True, "cookie_consent": False})
        page.reload()
        expect(page.get_by_text("Visitors are not asked about cookies, because that is off")).to_be_visible()
        expect(page.get_by_label("Question about cookies")).to_have_count(0)
        toggle(page, "New contacts of this chatflow are marketing contacts")
        save(page)
        server.account("PATCH", "/privacy/settings", {"data_privacy": False, "marketing_contacts": False})
        page.reload()
        expect(page.get_by_text("because data privacy is off for this account")).to_be_visible()
        expect(page.get_by_role("switch")).to_have_count(1 + 1)  # that of the chatflow, and Offline
        server.account("PATCH", "/privacy/settings", {"data_privacy": True})
    options = document(server, flow_id)["options"]
    assert options["cookie_banner"] == {"when": "on_exit_intent", "text": None}
    assert options["process_consent"] == {"on": True, "type": "explicit", "text": None}
    assert options["communicate_consent"]["label"] == "Write me about shoes"
    assert options["marketing_contacts"]


def new_survey(server: Server, name: str, delivery: str) -> int:
    return server.account("POST", "/surveys", {"name": name, "delivery": delivery, "language": "en"})["id"]


def test_H01_H11_a_survey_is_connected_and_making_one_keeps_unsaved_settings(
    chromium: Browser, server: Server
) -> None:
    flow_id = new_flow(server, "asks", "Asks")
    new_survey(server, "After the chat", "chat")
    new_survey(server, "By link", "link")
    with console(chromium, server, f"/chatflows/{flow_id}/chat") as page:
        page.get_by_label("Welcome message", exact=True).fill("Not saved yet")
        page.get_by_role("tab", name="Options").click()
        page.get_by_role("combobox", name="Survey", exact=True).click()
        expect(page.get_by_role("option")).to_have_text(["After the chat"])
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Create a survey").click()
        expect(page).to_have_url(re.compile(rf"/settings/surveys/new\?chatflow={flow_id}$"))
        page.get_by_label("Name", exact=True).fill("Made on the way")
        page.get_by_role("button", name="Create and connect").click()
        expect(page).to_have_url(re.compile(rf"/chatflows/{flow_id}/options$"))
        expect(page.get_by_role("combobox", name="Survey", exact=True)).to_have_value("Made on the way")
        expect(page.get_by_text("2 unsaved changes: welcome message, survey")).to_be_visible()
        save(page)
        page.goto(f"/a/{server.account_id}/chatflows")
        expect(page.get_by_role("row", name=re.compile("Asks"))).to_contain_text("Made on the way")
    (made,) = (
        each for each in server.account("GET", "/surveys")["items"] if each["name"] == "Made on the way"
    )
    saved = document(server, flow_id)
    assert (saved["chat"]["welcome"], saved["options"]["survey_id"]) == ("Not saved yet", made["id"])


def test_A16_A17_columns_and_filters_that_combine(chromium: Browser, server: Server) -> None:
    new_flow(server, "columns", "Columns")
    with console(chromium, server, "/chatflows?type=live_agent&search=columns") as page:
        expect(page.get_by_role("columnheader")).to_have_text(
            [
                "Priority",
                "Name",
                "Mobile tag",
                "Inbox",
                "Type",
                "Survey",
                "Changed",
                "Created by",
                "On",
                "Actions",
            ]
        )
        expect(page.locator(".flow-name")).to_have_text(["Columns"])
        expect(page.get_by_role("combobox", name="Type")).to_have_value("Live agent")
        page.goto(f"/a/{server.account_id}/chatflows?type=live_agent&search=columns&status=on")
        expect(page.get_by_text("No chatflow fits these filters")).to_be_visible()


def test_B09_a_page_explains_which_chatflow_a_tag_gets(chromium: Browser, server: Server) -> None:
    new_flow(server, "twice", "First twin", is_on=True)
    new_flow(server, "Twice", "Second twin", is_on=True)
    new_flow(server, "twice", "Third twin")
    with console(chromium, server, "/chatflows") as page:
        page.get_by_role("link", name="Explain a tag").click()
        page.get_by_label("Mobile tag").fill("TWICE")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="First twin answers")).to_be_visible()
        others = page.get_by_role("list").last.get_by_role("listitem")
        expect(others.filter(has_text="Second twin")).to_contain_text("lower in the list")
        expect(others.filter(has_text="Third twin")).to_contain_text("off")
        page.get_by_label("Visitor").fill("99999999")
        page.keyboard.press("Enter")
        expect(page.get_by_text("No such visitor.")).to_be_visible()
        page.goto(f"/a/{server.account_id}/chatflows/explain?tag=nowhere")
        expect(page.get_by_text("No chatflow answers this tag")).to_be_visible()
        assert complaints(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (375, "dark")])
def test_every_setting_on_is_axe_clean_and_fits(
    chromium: Browser, server: Server, width: int, scheme: Scheme
) -> None:
    flow_id = new_flow(server, f"all-{width}", "Everything")
    with console(chromium, server, f"/chatflows/{flow_id}/chat", width=width, scheme=scheme) as page:
        toggle(page, "Give new conversations to somebody automatically")
        toggle(page, "Say something when nobody answers in time")
        choose(page, "When to ask", "When nobody has answered for a while")
        choose(page, "Show", "Your brand")
        choose(page, "Hours and replies", "This chatflow has its own")
        choose(page, "When are you there?", "By operating hours")
        page.get_by_role("button", name="Add a holiday").click()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
        found = complaints(page)
        page.get_by_role("tab", name="Options").click()
        toggle(page, "Consent to process what people write")
        toggle(page, "Consent to be written to")
        found += complaints(page)
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_A27_each_tab_leads_to_our_own_documentation(chromium: Browser, server: Server) -> None:
    links: set[str] = set()
    for tab in ("chat", "knowledge_base", "options", "mobile"):
        with console(chromium, server, f"/chatflows/{server.chatflow_id}/{tab}") as page:
            expect(page.get_by_role("tabpanel")).to_be_visible()
            found = page.locator("a[href^='/docs/']").evaluate_all(
                "links => links.map(a => a.getAttribute('href'))"
            )
            assert found, tab
            links |= set(found)
    with window(chromium, server, width=320, height=700, scheme="dark") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for link in sorted(links):
            page.goto(link)
            if anchor := link.partition("#")[2]:
                expect(page.locator(f"[id='{anchor}']")).to_be_in_viewport()
            assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert complaints(page) == []
        assert {
            url for url in asked if not url.startswith(server.origin) and not url.startswith("data:")
        } == set()
