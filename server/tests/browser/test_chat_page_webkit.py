"""The chat page in WebKit, in a web view as an iOS app has one: a real bridge, and no DOM storage."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.shelf import Shelf, give_help
from tests.browser.stage import AXE, Agent, Line, axe_script, page_address
from tests.server import Server, free_port

pytestmark = pytest.mark.timeout(90)

SHELL = Path(__file__).with_name("webview.py")


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen that nobody sees. Without one, WebKit's driver waits for ever."""
    reading, writing = os.pipe()
    xvfb = shutil.which("Xvfb")
    assert xvfb, "install xvfb"
    screen = subprocess.Popen(
        [xvfb, "-displayfd", str(writing), "-screen", "0", "1440x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        yield f":{number.readline().strip()}"
    screen.terminate()
    screen.wait(10)


@pytest.fixture
def webview(display: str, tmp_path: Path) -> Iterator[WebKitGTK]:
    options = Options()
    options.binary_location = str(SHELL)
    options.set_capability("browserName", "webview")
    options.overlay_scrollbars_enabled = True
    environment = {**os.environ, "DISPLAY": display, "HOME": str(tmp_path), "TZ": "UTC"}
    service = Service(
        "/usr/bin/WebKitWebDriver", port=free_port(), env=environment, log_output=str(tmp_path / "driver.log")
    )
    driver = WebKitGTK(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def until(webview: WebKitGTK, script: str) -> Any:
    """Waits until a JavaScript expression is true; its value."""
    return WebDriverWait(webview, 15, poll_frequency=0.05).until(
        lambda driver: driver.execute_script(f"return {script}")
    )


def write(webview: WebKitGTK, words: str) -> None:
    webview.find_element(By.CSS_SELECTOR, "textarea").send_keys(words)
    webview.find_element(By.CSS_SELECTOR, "button.send").click()


def test_A5_the_exchange_over_a_real_bridge(server: Server, webview: WebKitGTK) -> None:
    agent = Agent(server)
    with Line(server.port) as line:
        webview.get(page_address(line.origin, server.account_id))
        until(webview, "document.querySelector('textarea')")
        assert webview.execute_script("return window.localStorage") is None  # P12
        write(webview, "From an iPhone")
        conversation = until(
            webview,
            "bridged.find(([name]) => name === 'userSelectedThread')?.[1].conversation.conversationId",
        )
        assert isinstance(conversation, int)
        line.cut()
        agent.say(conversation, "While the line was down")
        until(webview, "document.body.innerText.includes('While the line was down')")
        write(webview, "Thanks")
        until(webview, "/Sent/.test([...document.querySelectorAll('.own-state')].at(-1)?.textContent)")
        assert agent.words(conversation) == ["From an iPhone", "While the line was down", "Thanks"]
        assert webview.execute_script(AXE.read_text() + f"; return {axe_script()}") == []
        webview.find_element(By.CSS_SELECTOR, "[aria-label='Close chat']").click()
        names = [name for name, _ in until(webview, "bridged.at(-1)[0] === 'closed' && bridged")]
        assert names.count("userSelectedThread") == 1  # P7
        assert "widgetLoaded" in names


def test_C25_D23_small_and_from_right_to_left(server: Server, webview: WebKitGTK) -> None:
    Agent(server).chatflow("ar-webkit", "ar")
    webview.set_window_rect(0, 0, 320, 300)
    webview.get(page_address(server.origin, server.account_id, "ar-webkit"))
    until(webview, "document.querySelector('textarea')")
    write(webview, "مرحبًا")
    until(webview, "document.querySelector('.own-state')")
    box = webview.execute_script(
        "return document.querySelector('button.send').getBoundingClientRect().toJSON()"
    )
    inside = webview.execute_script("return [innerWidth, innerHeight]")
    assert 0 <= box["left"] < inside[0] / 2  # the end of the line is left
    assert box["bottom"] <= inside[1]
    assert webview.execute_script("return document.scrollingElement.scrollWidth <= innerWidth")


@pytest.fixture
def asking(server: Server) -> Iterator[None]:
    """The account asks about cookies."""
    server.account("PATCH", "/privacy/settings", {"cookie_consent": True})
    yield
    server.account("PATCH", "/privacy/settings", {"cookie_consent": False})


@pytest.mark.usefixtures("asking")
def test_A9_G02_D17_consent_and_a_file_from_the_chooser_of_a_web_view(
    server: Server, webview: WebKitGTK, tmp_path: Path
) -> None:
    agent = Agent(server)
    webview.get(page_address(server.origin, server.account_id))
    until(webview, "document.querySelector('.gate-choices')")
    assert webview.execute_script("return document.querySelector('textarea').disabled")
    assert webview.execute_script(AXE.read_text() + f"; return {axe_script()}") == []
    webview.find_elements(By.CSS_SELECTOR, ".gate-choices button")[1].click()
    until(webview, "!document.querySelector('textarea').disabled")
    picture = tmp_path / "tree.png"
    Image.new("RGB", (600, 400), "#2a7").save(picture)
    webview.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(picture))
    until(webview, "document.querySelector('.chip') && !document.querySelector('.chip .progress')")
    write(webview, "From the camera roll")
    until(webview, "/Sent/.test([...document.querySelectorAll('.own-state')].at(-1)?.textContent)")
    until(webview, "document.querySelector('a.picture img')?.naturalWidth > 0")
    size = webview.execute_script(
        "const box = document.querySelector('.picture-frame').getBoundingClientRect();"
        "return [box.width, box.height]"
    )
    assert size == [240, 160]
    webview.refresh()
    until(webview, "document.querySelector('a.picture img')?.naturalWidth > 0")  # the cookie holds
    assert webview.find_elements(By.CSS_SELECTOR, ".gate") == []
    conversation = until(
        webview,
        "bridged.find(([name]) => name === 'userSelectedThread')?.[1].conversation.conversationId",
    )
    assert agent.words(conversation) == ["From the camera roll"]


@pytest.mark.usefixtures("asking")
def test_G04_a_web_view_keeps_nothing_of_who_declines(server: Server, webview: WebKitGTK) -> None:
    webview.get(page_address(server.origin, server.account_id))
    until(webview, "document.querySelector('.gate-choices')")
    webview.find_elements(By.CSS_SELECTOR, ".gate-choices button")[0].click()
    write(webview, "Without a cookie")
    until(webview, "/Sent/.test([...document.querySelectorAll('.own-state')].at(-1)?.textContent)")
    webview.refresh()
    until(webview, "document.querySelector('.gate-choices')")
    assert webview.find_elements(By.CSS_SELECTOR, ".from-me") == []


def test_K02_K05_help_in_a_web_view_without_storage(server: Server, webview: WebKitGTK) -> None:
    agent, shelf = Agent(server), Shelf(server)
    topic = shelf.category("Orders")
    shelf.publish("Change an order", *["Open the app and choose the order."] * 40, category_id=topic)
    give_help(server, agent.chatflow("help-webkit"), shelf.id)
    pane = ".pane:not(.is-behind)"

    def press(css: str) -> None:
        until(webview, f"document.querySelector({css!r})")
        webview.find_element(By.CSS_SELECTOR, css).click()

    def headed(words: str) -> None:
        until(webview, f"document.querySelector({pane + ' h1'!r})?.textContent === {words!r}")

    with Line(server.port) as line:
        webview.get(page_address(line.origin, server.account_id, "help-webkit"))
        until(webview, "document.querySelector('textarea')")
        write(webview, "From an iPhone")
        until(webview, "/Sent/.test([...document.querySelectorAll('.own-state')].at(-1)?.textContent)")
        webview.find_element(By.CSS_SELECTOR, "textarea").send_keys("Half")
        press(".tab:last-of-type")
        headed("Acme Help")
        press(f"{pane} [data-row=category-{topic}]")
        headed("Orders")
        press(f"{pane} .row")
        headed("Change an order")
        assert webview.execute_script(AXE.read_text() + f"; return {axe_script()}") == []
        scrolled = f"document.querySelector({pane + ' .help'!r}).scrollTop"
        webview.execute_script(f"{scrolled} = 300")
        press(".tab")
        until(webview, "document.querySelector('textarea').value === 'Half'")
        webview.back()
        headed("Change an order")
        assert webview.execute_script(f"return {scrolled}") == 300
        webview.back()
        headed("Orders")
        with line.down():
            until(webview, f"document.querySelector({pane + ' .status-bar'!r})?.textContent.length > 0")
            press(f"{pane} .row")
            headed("Change an order")
    assert webview.execute_script("return document.scrollingElement.scrollWidth <= innerWidth")


def test_A5_P10_a_whole_chat_never_leaves_the_page(
    server: Server, webview: WebKitGTK, tmp_path: Path
) -> None:
    """iOS' SDK has no way back from another page. It injects into every frame, at the end of the document (A12)."""
    agent, shelf = Agent(server), Shelf(server)
    shelf.publish("Change an order", "Open the app.", category_id=shelf.category("Orders"))
    give_help(server, agent.chatflow("whole-webkit"), shelf.id)
    address = page_address(server.origin, server.account_id, "whole-webkit")
    pane = ".pane:not(.is-behind)"

    def press(css: str) -> None:
        until(webview, f"document.querySelector({css!r})")
        webview.find_element(By.CSS_SELECTOR, css).click()

    webview.get(address)
    until(webview, "document.querySelector('textarea')")
    webview.execute_script(
        "window.isSame = true; window.dialogs = [];"
        "for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { dialogs.push(name); };"
    )
    write(webview, "Where is my order?")
    conversation = until(
        webview, "bridged.find(([name]) => name === 'userSelectedThread')?.[1].conversation.conversationId"
    )
    agent.say(conversation, "Here")
    until(webview, "document.body.innerText.includes('Here')")
    picture = tmp_path / "tree.png"
    Image.new("RGB", (60, 40), "#2a7").save(picture)
    webview.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(picture))
    until(webview, "document.querySelector('.chip') && !document.querySelector('.chip .progress')")
    write(webview, "A picture")
    until(webview, "document.querySelector('a.picture img')?.naturalWidth > 0")
    press(".tab:last-of-type")
    press(f"{pane} [data-row^=category]")
    press(f"{pane} .row")
    until(webview, f"document.querySelector({pane + ' h1'!r})?.textContent === 'Change an order'")
    press(".tab")
    webview.execute_script("HubSpotConversations.clear()")
    until(webview, "!document.querySelector('.from-me')")
    same, navigations, dialogs, storage = webview.execute_script(
        "return [window.isSame, performance.getEntriesByType('navigation').length, dialogs, localStorage]"
    )
    assert (same, navigations, dialogs, storage) == (True, 1, [], None)
    assert webview.current_url == address.replace("&email=&identificationToken=", "")
