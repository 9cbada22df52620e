"""What the demo puts into an empty installation, as its first visitors find it."""

import re
from collections.abc import Iterator
from html import escape

import pytest

from pocketdesk.app import clock as time
from pocketdesk.app.demo.seed import LANGUAGES, LOGINS, seed
from pocketdesk.app.demo.shelf import LANGUAGES as WRITTEN
from pocketdesk.app.settings import Settings
from pocketdesk.storage import Engine
from tests.api.desk import Desk
from tests.api.test_help_center import HUMAN, Phone
from tests.databases import Clock


@pytest.fixture
def demo(database_url: str) -> Iterator[tuple[Desk, int]]:
    """An installation that is seeded, as often as it starts but filled once, and its account."""
    settings = Settings.model_validate({"database_url": database_url})
    said = "\n".join(seed(settings))
    again = "\n".join(seed(settings))
    assert ("sample data" in said, "sample data" in again) == (True, False)
    assert LOGINS[0] in again
    found = re.search(r"/a/(\d+)/inbox", again)
    assert found
    clock = Clock(time.now())
    engine = Engine.open(database_url, clock=clock)
    with Desk(engine, clock) as desk:
        yield desk, int(found[1])
    engine.close()


def test_the_demo_shows_its_help_in_the_chat_and_to_everybody(demo: tuple[Desk, int]) -> None:
    desk, account_id = demo
    reader = desk.browser(**{"user-agent": HUMAN})
    for language in LANGUAGES:
        phone = Phone(desk, account_id, "support" if language == "en" else f"support-{language}")
        front = phone.get()
        assert front["base"]["name"] == "Nordlicht help"
        assert [each["articles"] > 0 for each in front["categories"]] == [True] * 4, language
        cards = [card for some in front["recommended"].values() for card in some]
        assert all(front["recommended"].values()), "read, rated and new ones"
        wanted = language if language in WRITTEN else WRITTEN[0]
        assert wanted in {card["language"] for card in cards}
        for category in front["categories"]:
            phone.get(f"/categories/{category['id']}")
        for id_ in {card["article_id"] for card in cards}:
            article = phone.get(f"/articles/{id_}")
            assert article["body"]["blocks"], article["title"]
            assert article["url"], article["title"]
            page = reader.get(article["url"])
            assert page.status_code == 200
            assert f"{escape(article['title'])}</h1>" in page.text
    english = Phone(desk, account_id)
    assert english.get("/search", q="bicycle return")["total"] > 0, "its synonyms work"
    for language in WRITTEN:
        home = reader.get(f"/help/{account_id}/nordlicht-help/{language}/")
        assert (home.status_code, f'lang="{language}"' in home.text) == (200, True)
        found = reader.get(f"/help/{account_id}/nordlicht-help/{language}/search?q=e-bike")
        assert found.status_code == 200
