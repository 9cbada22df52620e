"""The chat page's HTML: what it carries, whose language it speaks."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pocketdesk.app.bootstrap import create
from pocketdesk.app.settings import Settings
from pocketdesk.chatflows import texts
from tests.databases import Clock

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def agent(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    """An administrator of a whole server with one account, id 1, and a chatflow `support` in Dutch."""
    product = create(Settings.model_validate({"data_dir": tmp_path, "database_url": database_url}), now=clock)
    with TestClient(product.app, base_url=ORIGIN, headers={"origin": ORIGIN}) as agent:
        first = {
            "account_name": "A",
            "name": "Ana",
            "email": "ana@example.org",
            "password": "correct horse 1",
        }
        session = agent.post("/api/v1/setup", json=first).json()["accounts"][0]
        base = f"/api/v1/accounts/{session['id']}"
        agent.headers["x-base"] = base
        inbox_id = agent.get(f"{base}/inboxes").json()["items"][0]["id"]
        body = {"inbox_id": inbox_id, "language": "nl", "mobile_tag": "support", "type": "live_agent"}
        flow = agent.post(f"{base}/chatflows", json=body).json()
        agent.patch(f"{base}/chatflows/{flow['id']}", json={"is_on": True})
        yield agent


def _boot(agent: TestClient, tag: str, accept_language: str = "") -> dict[str, Any]:
    account_id = agent.headers["x-base"].rpartition("/")[2]
    answer = agent.get(
        "/conversations-visitor-embed",
        params={"portalId": account_id, "chatflow": tag},
        headers={"accept-language": accept_language},
    )
    assert answer.status_code == 200
    return _boot_of(answer.text)


def _boot_of(page: str) -> dict[str, Any]:
    found = re.search(r'id="pocketdesk-boot">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_C02_the_page_carries_its_beginning(agent: TestClient) -> None:
    boot = _boot(agent, "Support")
    config = boot["config"]
    assert boot["error"] is None
    assert set(config) >= {"heading", "welcome", "availability", "display", "consent", "attachments"}
    assert "texts" not in config, "they are there once"
    assert boot["texts"]["composer.send"] == texts.of("nl")["composer.send"]


def test_C23_a_chatflow_speaks_its_own_language_whatever_the_device_prefers(agent: TestClient) -> None:
    assert _boot(agent, "support", "ar,en;q=0.5")["language"] == "nl"


def test_C23_without_a_chatflow_the_device_decides(agent: TestClient) -> None:
    boot = _boot(agent, "unknown", "ja-JP;q=0.9, xx")
    assert (boot["config"], boot["error"], boot["language"]) == (None, "unknown_tag", "ja")
    assert boot["texts"] == texts.of("ja")
    assert _boot(agent, "", "tlh")["language"] == "en"


@pytest.mark.parametrize(
    "host", ["app.chat.example", "api-eu1.chat.example:8443", "127.0.0.1:8000", "xn--bcher-kva.example"]
)
def test_A2_whatever_name_the_page_is_asked_by_it_is_there(agent: TestClient, host: str) -> None:
    account_id = agent.headers["x-base"].rpartition("/")[2]
    query = f"portalId={account_id}&hublet=EU1&env=qa&chatflow=support"
    page = agent.get(f"/conversations-visitor-embed?{query}", headers={"host": host})
    assert (page.status_code, _boot_of(page.text)["error"]) == (200, None)
    # The calls of A6 come by the other name, without cookies.
    body = {"devicePushToken": "t", "platform": "ios"}
    where = f"/livechat-public/v1/mobile-sdk/device-token?portalId={account_id}"
    assert agent.post(where, json=body, headers={"host": f"api.{host}"}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        # Android: always in this order, blank where nothing is known, `+` and spaces in their own words.
        "portalId={}&hublet=na1&env=prod&email=&identificationToken=&chatflow=support",
        "portalId={}&hublet=na1&env=prod&email=a%2Bb@x.org&identificationToken=nonsense&chatflow=Support",
        # iOS: in any order, without what is not known, and with whatever stands in a value as it is.
        "chatflow=support&env=prod&hublet=na1&portalId={}",
        "email=a%2Bb@x.org&chatflow=support&identificationToken=a/b?c;d=e&portalId={}&env=prod&hublet=na1",
        "portalId={}&chatflow=support&unheard=of&hublet=",
    ],
)
def test_A3_the_addresses_of_both_sdks_lead_to_the_chatflow(agent: TestClient, query: str) -> None:
    account_id = agent.headers["x-base"].rpartition("/")[2]
    page = agent.get(f"/conversations-visitor-embed?{query.format(account_id)}")
    boot = _boot_of(page.text)
    assert (page.status_code, boot["error"], boot["language"]) == (200, None, "nl")
    assert "nonsense" not in page.text, "no page repeats a token"


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("en_US", "en"),
        ("nl_NL", "nl"),
        ("zh_CN_#Hans", "zh-CN"),
        ("zh_TW_#Hant", "zh-TW"),
        ("pt_BR", "pt-BR"),
        ("iw_IL", "he"),
    ],
)
def test_A4_languages_may_come_as_java_writes_them(
    agent: TestClient, accept_language: str, language: str
) -> None:
    assert _boot(agent, "unknown", accept_language)["language"] == language


def test_what_travels_to_a_phone_is_compressed_and_small(agent: TestClient) -> None:
    page = agent.get("/conversations-visitor-embed?portalId=1&chatflow=support")
    asset = re.search(r'src="(/static/chat/[^"]+\.js)"', page.text)
    assert asset
    for path in (str(page.url), asset[1], "/widget/1.js"):
        answer = agent.get(path)
        assert (answer.headers["content-encoding"], answer.headers["vary"].lower()) == (
            "gzip",
            "accept-encoding",
        )
        plain = agent.get(path, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == answer.content
    # The beginning of the page: its words, its settings, its look.
    assert int(page.headers["content-length"]) < 8_000
