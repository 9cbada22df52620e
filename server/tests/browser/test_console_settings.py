"""The settings in the console: status of users, privacy and consent, routing with its simulator, surveys."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.desktop import complaints, console, window
from tests.server import PASSWORD, Server


def join(server: Server, name: str, email: str) -> tuple[int, str]:
    """A new user who can receive conversations and has accepted the invitation; id and session cookie."""
    sets = server.account("GET", "/permission-sets")["items"]
    agent = next(each["id"] for each in sets if not each["permissions"])
    body = {"name": name, "email": email, "permission_set_id": agent, "can_receive": True}
    made = server.account("POST", "/users", body)
    mine, server.cookie = server.cookie, ""
    word = made["invite_path"].rpartition("/")[2]
    server.call("POST", f"/invitations/{word}", {"name": name, "password": PASSWORD})
    theirs, server.cookie = server.cookie, mine
    return made["user"]["id"], theirs


@pytest.fixture(scope="module")
def ben(server: Server) -> tuple[int, str]:
    """Ben Okafor, who works in the inbox beside the administrator."""
    user_id, cookie = join(server, "Ben Okafor", "ben@example.org")
    me = server.call("GET", "/session")["accounts"][0]["user"]["id"]
    server.account("PATCH", f"/inboxes/{server.inbox_id}", {"member_user_ids": [me, user_id]})
    return user_id, cookie


def item(page: Page, words: str) -> Locator:
    """The row of a list that shows these words."""
    return page.get_by_role("listitem").filter(has_text=words)


def choose(page: Page, name: str, verb: str) -> None:
    """From the menu of a row."""
    page.get_by_role("button", name=f"More for {name}").click()
    page.get_by_role("menuitem", name=verb, exact=True).click()


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()


def toggle(page: Page, name: str) -> None:
    page.get_by_role("switch", name=name).press("Space")


def test_E09_E10_F06_a_colleague_is_set_away_is_told_and_comes_back(
    chromium: Browser, server: Server, ben: tuple[int, str]
) -> None:
    user_id, cookie = ben

    def status() -> tuple[str, bool]:
        user = server.account("GET", f"/users/{user_id}")
        return user["status"], user["status_set_by"] is not None

    with console(chromium, server, "/settings/users") as page:
        row = item(page, "ben@example.org")
        expect(row).to_contain_text("receives conversations")
        choose(page, "Ben Okafor", "Set away")
        expect(row).to_contain_text("Away, set by Ana Duarte")
        undo(page)
        expect(row).to_contain_text("Available")
        choose(page, "Ben Okafor", "Set away")
        expect(row).to_contain_text("Away, set by Ana Duarte")
    assert status() == ("away", True)
    with window(chromium, server) as page:
        name, _, value = cookie.partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": server.origin}])
        page.goto(f"/a/{server.account_id}/inbox")
        told = page.get_by_text("Ana Duarte set you away.")
        expect(told).to_be_visible()
        page.get_by_role("button", name="Set me available").click()
        expect(told).to_be_hidden()
        expect(page.get_by_role("button", name="You are Available.")).to_be_visible()
    assert status() == ("available", False)


def test_G17_G18_G19_G20_privacy_and_consent(chromium: Browser, server: Server) -> None:
    def settings() -> Mapping[str, Any]:
        return server.account("GET", "/privacy/settings")

    contact = server.account("POST", "/contacts", {"email": "lea@example.org", "name": "Léa Moreau"})
    gone = server.account("POST", "/contacts", {"email": "gone@example.org", "name": "Mia Voss"})
    server.account("POST", "/privacy/exports", {"kind": "contact", "id": contact["id"]})
    server.account("POST", "/privacy/erasures", {"kind": "contact", "id": gone["id"]})
    with console(chromium, server, "/settings/privacy") as page:
        toggle(page, "This account uses marketing contacts")
        expect(page.get_by_text("can now set new contacts as marketing")).to_be_visible()
        assert settings()["marketing_contacts"] is True
        toggle(page, "Data privacy")
        expect(page.get_by_role("switch", name="Cookie consent")).to_be_disabled()
        assert settings()["data_privacy"] is False
        page.get_by_role("alert").filter(has_text="Data privacy is off").get_by_role(
            "button", name="Undo"
        ).click()
        expect(page.get_by_role("switch", name="Cookie consent")).to_be_enabled()
        assert settings()["data_privacy"] is True

        toggle(page, "Erase closed conversations")
        days = page.get_by_label("Days that closed conversations stay")
        days.fill("0")
        page.get_by_role("button", name="Save how long things stay").click()
        expect(page.get_by_text("Enter a number of days from 1 to 3,650.")).to_be_visible()
        days.fill("90")
        days.press("Enter")
        expect(page.get_by_text("It takes effect in the next night.")).to_be_visible()
        assert settings()["closed_days"] == 90

        page.get_by_role("button", name="Create a subscription type").click()
        page.get_by_label("Name").fill("Product news")
        page.keyboard.press("Enter")
        row = item(page, "Product news")
        expect(row).to_be_visible()
        choose(page, "Product news", "Archive")
        expect(row).to_contain_text("Archived")
        choose(page, "Product news", "Bring back")
        expect(row).not_to_contain_text("Archived")
        page.get_by_role("button", name="More for News and offers").click()
        expect(page.get_by_role("menuitem", name="Archive")).to_have_count(0)
        page.keyboard.press("Escape")

        with page.expect_download() as download:
            item(page, "Léa Moreau").get_by_role("button", name="Download").click()
        assert download.value.suggested_filename.endswith(".zip")
        page.get_by_text(f"Receipt: Contact {gone['id']}").click()
        expect(page.get_by_role("row", name=re.compile("^contact email 1"))).to_be_visible()
        assert complaints(page) == []


def test_F08_F11_F12_users_take_so_much_and_have_skills(
    chromium: Browser, server: Server, ben: tuple[int, str]
) -> None:
    def place() -> Mapping[str, Any]:
        found = server.account("GET", "/routing/users")["items"]
        return next(each for each in found if each["user_id"] == ben[0])

    carla, _ = join(server, "Carla Weiss", "carla@example.org")
    server.account("PATCH", f"/users/{carla}", {"can_receive": False})
    dan, _ = join(server, "Dan Gone", "dan@example.org")
    server.account("PATCH", f"/users/{dan}", {"deactivated": True})
    with console(chromium, server, "/settings/routing") as page:
        expect(page.get_by_role("row", name=re.compile("^Carla Weiss"))).to_contain_text(
            "Receives no conversations"
        )
        expect(page.get_by_text("Dan Gone")).to_have_count(0)
        page.get_by_role("button", name="Create a skill").click()
        page.get_by_label("Name").fill("Billing")
        page.get_by_role("combobox", name="Category").fill("Topics")
        page.get_by_role("button", name="Create", exact=True).click()
        expect(page.get_by_role("heading", name="Topics")).to_be_visible()
        usual = page.get_by_label("Open conversations at a time")
        usual.fill("5")
        usual.press("Enter")
        expect(page.get_by_text("Everybody takes 5 at a time.")).to_be_visible()

        page.get_by_label("Open conversations that Ana Duarte takes").focus()
        page.keyboard.press("ArrowDown")
        mine = page.get_by_label("Open conversations that Ben Okafor takes")
        expect(mine).to_be_focused()
        page.keyboard.type("1001")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Enter a number from 0 to 1,000, or nothing.")).to_be_visible()
        mine.fill("3")
        mine.press("Enter")
        expect(page.get_by_text("Ben Okafor takes 3 at a time.")).to_be_visible()

        held = page.get_by_role("button", name=re.compile("^Change the skills of Ben Okafor"))
        held.press("Enter")
        expect(page.get_by_role("combobox", name="Main skills")).to_be_focused()
        for letters in ("bill", "germ"):
            page.keyboard.type(letters)
            page.keyboard.press("Enter")
        page.keyboard.press("Control+Enter")
        expect(held).to_contain_text("Billing")
        expect(held).to_contain_text("German")
        assert (place()["capacity"], len(place()["skills"])) == (3, 2)
        expect(held).to_be_focused()

        choose(page, "Billing", "Delete")
        dialog = page.get_by_role("dialog", name="Billing is in use")
        expect(dialog).to_contain_text("Ben Okafor")
        dialog.get_by_role("button", name="Close").last.click()
        expect(item(page, "Billing")).to_be_visible()
        assert complaints(page) == []


def test_F08_two_policies_are_compared_over_the_same_conversations(
    chromium: Browser, server: Server, ben: tuple[int, str]
) -> None:
    with console(chromium, server, "/settings/simulator") as page:
        page.get_by_role("radio", name="Made-up ones").check()
        page.get_by_label("Per hour").fill("")
        page.get_by_role("button", name="Compare").click()
        expect(page.get_by_text("Enter a number.")).to_be_visible()
        page.get_by_label("Per hour").fill("40")
        page.get_by_label("Everybody takes").first.fill("1")
        page.keyboard.press("Control+Enter")
        found = page.get_by_role("row", name=re.compile("^Unassigned when they begin"))
        expect(found).to_be_visible()
        strict, lavish = [int(cell.rstrip("%")) for cell in found.get_by_role("cell").all_inner_texts()]
        assert strict > lavish
        expect(page.get_by_role("row", name=re.compile("^Ben Okafor.*at most 1 open"))).to_be_visible()
        assert complaints(page) == []


def test_H02_H06_H07_H11_a_survey_is_made_on_the_way_from_a_chatflow_and_back(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, f"/chatflows/{server.chatflow_id}/chat") as page:
        page.get_by_label("Welcome message", exact=True).fill("Ask us anything.")
        page.get_by_role("tab", name="Options").click()
        page.get_by_role("button", name="Create a survey").click()
        expect(page.get_by_role("heading", level=1, name="Create a survey")).to_be_visible()
        expect(page.get_by_role("radiogroup", name="How does it reach people?")).to_have_count(0)
        page.get_by_role("button", name="Create and connect").click()
        name = page.get_by_label("Name")
        expect(page.get_by_text("Enter a name.")).to_be_visible()
        expect(name).to_be_focused()
        name.fill("After the chat")
        page.get_by_role("textbox", name="Thank you").last.fill("You made our day.")
        page.get_by_role("switch", name="Ask for a few words").last.press("Space")
        preview = page.get_by_role("region", name="Preview")
        preview.get_by_role("radio", name="Satisfied", exact=True).check(force=True)
        expect(preview.get_by_role("textbox")).to_have_count(0)
        preview.get_by_role("button", name="Send").click()
        expect(preview).to_contain_text("You made our day.")
        page.get_by_role("button", name="Create and connect").click()

        expect(page.get_by_role("combobox", name="Survey")).to_have_value("After the chat")
        expect(page.get_by_text("2 unsaved changes")).to_be_visible()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("2 unsaved changes")).to_be_hidden()
    (survey,) = server.account("GET", "/surveys?delivery=chat")["items"]
    assert survey["delivery"] == "chat"
    assert (survey["follow_ups"][2], survey["thank_yous"][2]) == (None, "You made our day.")
    document = server.account("GET", f"/chatflows/{server.chatflow_id}")["document"]
    assert document["options"]["survey_id"] == survey["id"]
    assert document["chat"]["welcome"] == "Ask us anything."


def answer(server: Server, path: str, rating: int, words: str = "") -> None:
    """As somebody who followed the link."""
    body = urlencode({"rating": rating, f"answer_{rating}": words}).encode()
    with urlopen(Request(server.origin + path, data=body, headers={"Origin": server.origin})):
        pass


def test_H04_H05_H08_H09_H12_a_survey_by_link_from_creation_to_results(
    chromium: Browser, server: Server
) -> None:
    with console(chromium, server, "/settings/surveys/new") as page:
        page.get_by_label("Name").fill("Service")
        page.get_by_role("radio", name="By link").click()
        expect(page.get_by_role("textbox", name="Question", exact=True)).to_have_value(
            "How satisfied are you with our service?"
        )
        expect(page.get_by_label("Name")).to_have_value("Service")
        page.get_by_role("combobox", name="Language").fill("Deut")
        page.get_by_role("option", name="Deutsch").click()
        expect(page.get_by_role("textbox", name="Question", exact=True)).to_have_value(
            re.compile("zufrieden")
        )
        page.get_by_role("button", name="Create survey").click()
        expect(page.get_by_role("link", name=re.compile("^Open its page"))).to_be_visible()
        (survey,) = server.account("GET", "/surveys?delivery=link")["items"]
        for rating, words in ((2, "So quick"), (0, "Too slow"), (2, "")):
            answer(server, survey["public_path"], rating, words)

        page.get_by_role("link", name="Results").click()
        promoters = item(page, "Promoters")
        expect(promoters).to_contain_text("67%")
        expect(promoters).to_contain_text("2 answers")
        expect(item(page, "Too slow")).to_be_visible()
        page.get_by_role("combobox", name="Rating").click()
        page.get_by_role("option", name=survey["labels"][2], exact=True).click()
        expect(item(page, "Too slow")).to_be_hidden()
        page.get_by_text("Show as a table").click()
        expect(page.get_by_role("cell", name="3", exact=True)).to_be_visible()
        page.get_by_role("combobox", name="Time").click()
        page.get_by_role("option", name="Other dates").click()
        page.get_by_label("To", exact=True).fill("2020-01-01")
        expect(page.get_by_text("The first day must not be after the last.")).to_be_visible()
        page.get_by_label("From", exact=True).fill("2019-12-01")
        expect(page.get_by_role("heading", name="No answers in this time")).to_be_visible()
        assert complaints(page) == []

        page.get_by_role("link", name="All surveys").click()
        expect(page.get_by_role("row", name=re.compile("^Service"))).to_contain_text("67%")
        choose(page, "Service", "Archive")
        expect(page.get_by_text("1 archived survey")).to_be_visible()
        undo(page)
        expect(page.get_by_text("1 archived survey")).to_be_hidden()
        assert complaints(page) == []
