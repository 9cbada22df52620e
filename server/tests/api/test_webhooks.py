"""Webhooks over HTTP: made, tried, told again; the secret is shown once."""

from collections.abc import Iterator

import pytest

from pocketdesk.storage import UnitOfWork
from pocketdesk.webhooks import store
from tests.api.desk import Desk, Somebody
from tests.receiver import Receiver, receiver


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    return desk.found()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def deliver(desk: Desk, ana: Somebody, webhook_id: int, position: int) -> None:
    """A delivery that has failed, without a conversation around it."""

    def add(unit: UnitOfWork) -> None:
        unit.run(
            store.ADD_DELIVERY,
            account_id=ana.account_id,
            webhook_id=webhook_id,
            position=position,
            kind="message.posted",
            conversation_id=2**40,
            at=unit.now,
            next_at=unit.now,
        )

    desk.engine.write_and_wait(add)


def test_a_secret_is_shown_once(desk: Desk, ana: Somebody) -> None:
    made = ana.post("/webhooks", {"name": "Shop", "url": " https://example.org/hook "})
    assert (made["url"], made["kinds"], made["is_on"]) == ("https://example.org/hook", [], True)
    assert made["secret"].startswith("whsec_")
    for shown in (ana.get(f"/webhooks/{made['id']}"), *ana.get("/webhooks")["items"]):
        assert "secret" not in shown
        assert shown["created_by"] == "Ana Duarte"
    renewed = ana.post(f"/webhooks/{made['id']}/secret")
    assert renewed["secret"] != made["secret"]
    assert ana.get(f"/webhooks/{made['id']}")["old_secret_until"] > desk.clock.now


def test_a_trial_says_how_it_went(ana: Somebody, there: Receiver) -> None:
    made = ana.post("/webhooks", {"name": "Shop", "url": there.origin})
    assert ana.post(f"/webhooks/{made['id']}/try")["failure"] is None
    assert there.taken[0].json["type"] == "webhook.tried"
    there.refuse(503)
    assert ana.post(f"/webhooks/{made['id']}/try")["failure"] == "status 503"
    ana.patch(f"/webhooks/{made['id']}", {"url": "http://169.254.169.254/latest/meta-data"})
    assert "may not be called" in ana.post(f"/webhooks/{made['id']}/try")["failure"]


def test_trials_are_limited(ana: Somebody, there: Receiver) -> None:
    made = ana.post("/webhooks", {"name": "Shop", "url": there.origin})
    answers = [ana.call("POST", f"/webhooks/{made['id']}/try").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_deliveries_are_listed_and_sent_again(desk: Desk, ana: Somebody) -> None:
    made = ana.post("/webhooks", {"name": "Shop", "url": "https://example.org"})
    for position in (1, 2, 3):
        deliver(desk, ana, made["id"], position)
    path = f"/webhooks/{made['id']}/deliveries"
    first = ana.get(path, limit="2")
    assert [each["position"] for each in first["items"]] == ["3", "2"]
    assert [each["position"] for each in ana.get(path, after=first["after"])["items"]] == ["1"]
    assert ana.get(path, state="failed")["items"] == []
    assert ana.post(f"{path}/2/send")["state"] == "waiting"
    assert ana.call("POST", f"{path}/9/send").status_code == 404
    agent = desk.hire(ana, "agent@example.org", "chatflows")
    assert agent.call("POST", f"{path}/2/send").status_code == 403
    eve = desk.found("Other", "eve@example.org")
    assert eve.call("POST", f"{path}/2/send").status_code == 404
    ana.patch(f"/webhooks/{made['id']}", {"is_on": False})
    assert ana.call("POST", f"{path}/2/send").json()["code"] == "webhook_off"


def test_an_account_has_at_most_fifty(ana: Somebody) -> None:
    for _ in range(50):
        ana.post("/webhooks", {"name": "Shop", "url": "https://example.org"})
    refused = ana.call("POST", "/webhooks", {"name": "Shop", "url": "https://example.org"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_webhooks")
    assert len(ana.get("/webhooks")["items"]) == 50
