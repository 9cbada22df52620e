"""The public page of a survey: what it shows, keeps, and refuses."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.app import survey_page
from pocketdesk.kernel.moments import DAY
from pocketdesk.surveys import texts
from tests.api.desk import Desk, Somebody


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    desk.app.include_router(survey_page.router)
    return desk.found("Nordlicht & Söhne")


@pytest.fixture
def survey(ana: Somebody) -> dict[str, Any]:
    return ana.post("/surveys", {"name": "Service", "delivery": "link"})


def form_of(page: Any) -> str:
    found = re.search(r'name="form" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def reply(browser: TestClient, path: str, rating: str | None = "2", **fields: str) -> Any:
    """Opens the page and sends its form."""
    form = form_of(browser.get(path))
    given = {"form": form, **({} if rating is None else {"rating": rating}), **fields}
    return browser.post(path, data=given)


def answers(ana: Somebody, survey: dict[str, Any]) -> list[tuple[int, str | None]]:
    items = ana.get(f"/surveys/{survey['id']}/submissions")["items"]
    return [(each["rating"], each["answer"]) for each in items][::-1]


def test_H12_the_page_asks_in_its_language_and_sets_nothing(desk: Desk, ana: Somebody) -> None:
    survey = ana.post(
        "/surveys",
        {"name": "S", "delivery": "link", "language": "ar", "question": "<script>alert(1)</script>"},
    )
    page = desk.browser().get(survey["public_path"])
    assert page.status_code == 200
    assert '<html lang="ar" dir="rtl">' in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script" not in page.text
    assert "Nordlicht &amp; Söhne" in page.text
    assert all(label in page.text for label in survey["labels"])
    assert "set-cookie" not in page.headers
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"


def test_H06_H07_H12_an_answer_is_kept_and_thanked_for(
    desk: Desk, ana: Somebody, survey: dict[str, Any]
) -> None:
    path = survey["public_path"]
    page = reply(desk.browser(), path, "0", answer_0=" Too\r\nslow ", answer_1="not shown")
    assert page.status_code == 200
    assert survey["thank_yous"][0] in page.text
    assert reply(desk.browser(), path, "2").status_code == 200
    assert answers(ana, survey) == [(0, "Too\nslow"), (2, None)]
    items = ana.get(f"/surveys/{survey['id']}/submissions")["items"]
    assert all(each["conversation_id"] is None and each["contact"] is None for each in items)


def test_H12_one_answer_for_each_session_of_a_browser(
    desk: Desk, ana: Somebody, survey: dict[str, Any]
) -> None:
    path, browser = survey["public_path"], desk.browser()
    form = form_of(browser.get(path))
    first = browser.post(path, data={"form": form, "rating": "2", "answer_2": "Kind"})
    cookie = first.headers["set-cookie"]
    assert f"Path={path}" in cookie
    assert "HttpOnly" in cookie
    assert "Max-Age" not in cookie
    assert "expires" not in cookie.lower()
    assert survey["thank_yous"][2] in browser.get(path).text
    other_tab = browser.post(path, data={"form": "A" * 22, "rating": "0"})
    assert survey["thank_yous"][2] in other_tab.text
    without_cookies = desk.browser().post(path, data={"form": form, "rating": "0"})
    assert survey["thank_yous"][2] in without_cookies.text
    assert answers(ana, survey) == [(2, "Kind")]
    assert reply(desk.browser(), path, "1").status_code == 200
    assert answers(ana, survey) == [(2, "Kind"), (1, None)]


@pytest.mark.parametrize(
    ("rating", "fields", "word"),
    [
        (None, {"answer_1": "kept <words>"}, "page.choose"),
        ("3", {"answer_1": "kept <words>"}, "page.choose"),
        ("-1", {"answer_1": "kept <words>"}, "page.choose"),
        ("١", {"answer_1": "kept <words>"}, "page.choose"),
        ("1", {"answer_1": "kept <words>" + "x" * 2_000}, "page.too_long"),
    ],
)
def test_H12_a_wrong_answer_is_told_on_the_form_and_kept_nowhere(
    desk: Desk, ana: Somebody, survey: dict[str, Any], rating: str | None, fields: dict[str, str], word: str
) -> None:
    browser = desk.browser()
    before = desk.rows()
    page = reply(browser, survey["public_path"], rating, **fields)
    assert page.status_code == 422
    assert texts.of("en")[word].format(count=2_000) in page.text
    assert 'role="alert"' in page.text
    assert "kept &lt;words&gt;" in page.text
    assert "set-cookie" not in page.headers
    assert desk.rows() == before
    again = browser.post(survey["public_path"], data={"form": form_of(page), "rating": "1"})
    assert again.status_code == 200
    assert answers(ana, survey) == [(1, None)]


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"&" * 500 + b"a=1", b"rating=1&rating=2" * 50, b"{}"])
def test_H12_nonsense_is_no_answer(desk: Desk, ana: Somebody, survey: dict[str, Any], body: bytes) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    page = desk.browser().post(survey["public_path"], content=body, headers=kind)
    assert page.status_code == 422
    assert answers(ana, survey) == []


def test_H12_only_link_surveys_have_a_page(desk: Desk, ana: Somebody) -> None:
    ana.post("/surveys", {"name": "Chat", "delivery": "chat"})
    browser = desk.browser(**{"accept-language": "nl"})
    for key in ("x", "A" * 22, "%00", "A" * 5_000):
        page = browser.get(f"/survey/{key}")
        assert page.status_code == 404
        assert texts.of("nl")["page.gone.title"] in page.text
        assert browser.post(f"/survey/{key}", data={"rating": "1"}).status_code == 404


def test_H12_an_archived_survey_asks_no_more_but_still_thanks(
    desk: Desk, ana: Somebody, survey: dict[str, Any]
) -> None:
    path, answered = survey["public_path"], desk.browser()
    late = desk.browser()
    form = form_of(late.get(path))
    reply(answered, path, "2")
    ana.patch(f"/surveys/{survey['id']}", {"archived": True})
    assert late.get(path).status_code == 410
    assert late.post(path, data={"form": form, "rating": "0"}).status_code == 410
    assert survey["thank_yous"][2] in answered.get(path).text
    assert answers(ana, survey) == [(2, None)]


def test_H12_answers_from_one_network_are_limited(
    desk: Desk, ana: Somebody, survey: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey_page, "ANSWERS", Limit("answers", 3, 20_000))
    monkeypatch.setattr(survey_page, "LOOKS", Limit("looks", 4, 1_000))
    path = survey["public_path"]
    given = [{"form": f"{number:022}", "rating": "1"} for number in range(4)]
    assert [desk.browser().post(path, data=each).status_code for each in given] == [200] * 3 + [429]
    limited = desk.browser().post(path, data={"rating": "1"})
    assert texts.of("en")["page.limit"] in limited.text
    assert int(limited.headers["retry-after"]) > 0
    assert "content-security-policy" in limited.headers
    assert desk.browser("198.51.100.7").post(path, data={"rating": "1"}).status_code == 200
    desk.clock.advance(DAY)
    assert desk.browser().post(path, data={"rating": "1"}).status_code == 200
    assert [desk.browser().get(path).status_code for _ in range(5)] == [200] * 4 + [429]
