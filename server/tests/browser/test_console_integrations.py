"""A program is registered in the console, let in by a user in the browser, and comes for its tokens."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hubspot import HubSpot
from hubspot.utils.oauth import AUTHORIZE_URL, get_auth_url
from playwright.sync_api import Browser, Page, expect

from tests.browser.desktop import Scheme, complaints, console, sign_in, window
from tests.browser.stage import other_site
from tests.server import Server

CALLBACK = "https://shop.example/oauth-callback"
"""Where the program waits for its answer."""
SCOPES = ("crm.objects.contacts.read", "conversations.read")


def link(server: Server, client_id: str, redirect_uri: str = CALLBACK, **more: Any) -> str:
    """The address that HubSpot's client makes, at this server."""
    address = get_auth_url(client_id, redirect_uri, scope=SCOPES, **more)
    return address.replace(AUTHORIZE_URL, f"{server.origin}/oauth/authorize")


def register(server: Server) -> tuple[str, str]:
    new = {"name": "Parcel Tracker", "redirect_uris": [CALLBACK], "scopes": list(SCOPES)}
    made = server.account("POST", "/integrations", new)
    return made["integration"]["client_id"], made["secret"]


def answer_of(page: Page) -> dict[str, str]:
    """What the program gets, whose site answers."""
    page.wait_for_url(lambda url: url.startswith(CALLBACK))
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_B7_a_program_is_registered_let_in_and_removed(chromium: Browser, server: Server) -> None:
    with console(chromium, server, "/settings/integrations") as page:
        page.get_by_role("button", name="Register an integration").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Order Watch")
        dialog.get_by_label("Where answers may go").fill("http://shop.example/")
        for scope in SCOPES:
            dialog.get_by_label(scope, exact=True).check()
        dialog.get_by_role("button", name="Create").click()
        expect(dialog.get_by_role("alert")).to_contain_text("Https://, or http:// on localhost.")
        # In a form this long, what is wrong would be out of sight.
        expect(dialog.get_by_label("Where answers may go")).to_be_focused()
        dialog.get_by_label("Where answers may go").fill(CALLBACK)
        dialog.get_by_role("button", name="Create").click()
        secret = page.get_by_role("textbox", name="Client secret").input_value()
        page.get_by_role("button", name="Done").click()
        found = page.get_by_role("listitem").filter(has_text="Order Watch")
        client_id = found.locator("bdi").inner_text()

    with window(chromium, server) as page:
        page.route(f"{CALLBACK}**", lambda route: route.fulfill(body="Thank you."))
        page.goto(link(server, client_id, state="a&b=ü"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        sign_in(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Let Order Watch in?")
        expect(page.get_by_text("in Nordlicht in your name")).to_be_visible()
        expect(page.get_by_role("listitem")).to_have_text(
            ["know who you are", "read the conversations of your inboxes", "read contacts"]
        )
        expect(page.get_by_text("leads you to shop.example")).to_be_visible()
        page.get_by_role("button", name="Allow").click()
        answer = answer_of(page)
        assert (answer["state"], answer["iss"]) == ("a&b=ü", server.origin)
        program: Any = HubSpot
        oauth = program(host=server.origin).oauth
        shown = {"client_id": client_id, "client_secret": secret, "redirect_uri": CALLBACK}
        tokens = oauth.tokens_api.create(grant_type="authorization_code", code=answer["code"], **shown)
        crm = program(access_token=tokens.access_token, host=server.origin).crm
        assert crm.contacts.basic_api.get_page().results == []

    with console(chromium, server, "/settings/integrations") as page:
        page.get_by_role("button", name="More for Order Watch").click()
        page.get_by_role("menuitem", name="Who let it in").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("listitem")).to_contain_text("read contacts")
        dialog.get_by_role("button", name="End what").click()
        expect(dialog.get_by_text("Nobody has let it in.")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="More for Order Watch").click()
        page.get_by_role("menuitem", name="Remove").click()
        page.get_by_role("dialog").get_by_role("textbox").fill("Order Watch")
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        expect(page.get_by_text("No integrations yet")).to_be_visible()


def test_B7_who_declines_is_led_back_and_nobody_elsewhere(chromium: Browser, server: Server) -> None:
    client_id, _ = register(server)
    with console(chromium, server) as page:
        page.route(f"{CALLBACK}**", lambda route: route.fulfill(body="Thank you."))
        at_account = f"/oauth/{server.account_id}/authorize"
        page.goto(link(server, client_id, state="7").replace("/oauth/authorize", at_account))
        page.get_by_role("button", name="Decline").click()
        answer = answer_of(page)
        assert answer == {"error": "access_denied", "state": "7", "iss": server.origin}
        for wrong in (
            link(server, client_id, "https://evil.example/"),
            link(server, "nobody"),
            link(server, client_id) + "%20tickets",
            link(server, client_id).replace("/oauth/", "/oauth/1234567/"),
        ):
            page.goto(wrong)
            expect(page.get_by_role("heading", level=1)).to_have_text("This cannot go on")
            expect(page.get_by_role("button", name="Allow")).to_have_count(0)
            assert page.url.startswith(server.origin)


def test_B7_no_other_page_stands_around_the_question(chromium: Browser, server: Server) -> None:
    client_id, _ = register(server)
    question = link(server, client_id)
    frame = f'<iframe src="{question.replace("&", "&amp;")}"></iframe>'
    with other_site({"/": frame}) as evil, console(chromium, server) as page:
        shown = page.goto(question)
        assert shown
        assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]
        page.goto(evil)
        page.wait_for_load_state("networkidle")
        expect(page.frame_locator("iframe").get_by_role("button", name="Allow")).to_have_count(0)


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1440, "dark"), (375, "light"), (375, "dark")]
)
def test_B7_the_page_fits_and_reads_in_both_directions(
    chromium: Browser, server: Server, width: int, scheme: Scheme
) -> None:
    client_id, _ = register(server)
    with console(chromium, server, "/settings/integrations", width=width, scheme=scheme) as page:
        expect(page.get_by_role("heading", name="Integrations")).to_be_visible()
        _looks_well(page)
        page.goto(link(server, client_id))
        expect(page.get_by_role("button", name="Allow")).to_be_visible()
        for direction in ("ltr", "rtl"):
            page.evaluate(f"document.documentElement.dir = '{direction}'")
            _looks_well(page)
        page.goto(link(server, client_id, "https://evil.example/"))
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("cannot go on"))
        _looks_well(page)


def _looks_well(page: Page) -> None:
    """Nothing for axe to complain of, and nothing wider than the window."""
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
