"""Privacy settings, subscription types, consents of contacts, copies and erasures, as the console asks for them."""

from typing import Any
from zipfile import ZipFile

import pytest

from pocketdesk.consent import actions as consent
from pocketdesk.consent import rules, views
from pocketdesk.consent.model import Basis, Kind, PageTexts, ProcessText
from pocketdesk.jobs import Worker
from pocketdesk.kernel.moments import HOUR
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.privacy import jobs
from tests.api.desk import Desk, Somebody
from tests.databases import Clock

WORDS = "Do you agree?"
SHOWN = PageTexts(process=ProcessText(Basis.EXPLICIT, WORDS, rules.text_hash(WORDS)))


def _agree(desk: Desk, ana: Somebody, person_id: int, kind: Kind = Kind.PROCESS) -> None:
    scope = AccountScope(ana.account_id)
    inbox = ana.post("/inboxes", {"name": "Support"})["id"]
    channel = ana.post(f"/inboxes/{inbox}/channels", {"kind": "mobile", "name": "App"})["id"]
    desk.engine.write_and_wait(
        lambda unit: consent.record(
            unit, scope, person_id, kind, True, rules.text_hash(WORDS), SHOWN, "en", 17, 2, channel
        )
    )


def _work(desk: Desk) -> None:
    copies = jobs.Copies(desk.engine, desk.store, desk.exports, desk.folder / "exports" / "drafts")
    worker = Worker(desk.engine, jobs.runs(desk.engine, copies, desk.exports), chance=lambda: 0.5)
    desk.run(worker.run_due)


def test_G18_G20_settings_have_defaults_and_change_one_by_one(desk: Desk) -> None:
    ana = desk.found()
    assert ana.get("/privacy/settings") == {
        "data_privacy": True,
        "cookie_consent": True,
        "marketing_contacts": False,
        "closed_days": None,
        "idle_days": None,
        "file_days": None,
    }
    ana.patch("/privacy/settings", {"closed_days": 90, "marketing_contacts": True})
    changed = ana.patch("/privacy/settings", {"data_privacy": False})
    assert (changed["closed_days"], changed["marketing_contacts"], changed["data_privacy"]) == (
        90,
        True,
        False,
    )
    assert ana.patch("/privacy/settings", {"closed_days": None})["closed_days"] is None
    assert ana.get("/audit")["items"][0]["object_kind"] == "privacy"


def test_G19_subscription_types_as_the_settings_show_them(desk: Desk) -> None:
    ana = desk.found()
    (default,) = ana.get("/privacy/subscription-types")["items"]
    assert (default["is_default"], default["archived_at"]) == (True, None)
    made = ana.post("/privacy/subscription-types", {"name": "Product news", "description": "Monthly"})
    renamed = ana.patch(f"/privacy/subscription-types/{made['id']}", {"name": "News of the product"})
    assert (renamed["name"], renamed["description"]) == ("News of the product", "Monthly")
    archived = ana.patch(f"/privacy/subscription-types/{made['id']}", {"archived": True})
    assert archived["archived_at"] == desk.clock.now
    refused = ana.call("PATCH", f"/privacy/subscription-types/{default['id']}", {"archived": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "is_default")
    assert [one["id"] for one in ana.get("/privacy/subscription-types")["items"]] == [
        default["id"],
        made["id"],
    ]


def test_G12_G13_a_contact_shows_what_was_agreed_to(desk: Desk) -> None:
    ana = desk.found()
    contact = ana.post("/contacts", {"email": "mia@example.org"})
    assert contact["legal_basis"] is None
    _agree(desk, ana, contact["id"])
    scope = AccountScope(ana.account_id)
    desk.engine.write_and_wait(
        lambda unit: consent.learn_email(
            unit, scope, contact["id"], contact["id"], "mia@example.org", Basis.EXPLICIT
        )
    )
    shown = ana.get(f"/contacts/{contact['id']}/consents")["items"][0]
    assert (shown["text"], shown["choice"], shown["basis"]) == (WORDS, True, "explicit")
    assert (shown["chatflow_id"], shown["chatflow"], shown["channel"]) == (17, None, "App")
    assert shown["at"] == desk.clock.now
    assert ana.get(f"/contacts/{contact['id']}")["legal_basis"] == "explicit"


def test_G16_an_agent_makes_a_contact_a_marketing_contact(desk: Desk) -> None:
    ana = desk.found()
    contact = ana.post("/contacts", {"email": "mia@example.org"})
    assert contact["marketing"] is False
    assert ana.patch(f"/contacts/{contact['id']}", {"marketing": True})["marketing"] is True


@pytest.fixture
def phone(desk: Desk) -> Any:
    return desk.browser("192.0.2.9")


def test_G04_no_cookie_before_consent_and_one_after(desk: Desk, phone: Any) -> None:
    ana = desk.found()
    desk.app.state.check_remembering = views.check_remembering
    body = {"account_id": ana.account_id, "mobile_tag": "support"}
    session = phone.post("/api/v1/visitor/session", json=body).json()
    bearer = {"authorization": f"Bearer {session['token']}"}
    refused = phone.post("/api/v1/visitor/remember", headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
    assert list(refused.json()["fields"]) == ["consent.cookies"]
    assert not phone.cookies
    ana.patch("/privacy/settings", {"cookie_consent": False})
    assert phone.post("/api/v1/visitor/remember", headers=bearer).status_code == 204
    assert "messagesUtk" in phone.cookies


def test_G17_a_copy_is_asked_for_made_and_fetched_by_a_link_that_ends(
    desk: Desk, phone: Any, clock: Clock
) -> None:
    ana = desk.found()
    contact = ana.post("/contacts", {"email": "mia@example.org"})
    asked = ana.post("/privacy/exports", {"kind": "contact", "id": contact["id"]})
    assert (asked["state"], asked["link"]) == ("waiting", None)
    _work(desk)
    ready = ana.get(f"/privacy/exports/{asked['id']}")
    assert (ready["state"], ready["done"]) == ("ready", ready["total"])
    answer = phone.get(ready["link"])
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="contact-{contact["id"]}')
    assert len(answer.content) == ready["size"]
    path = desk.folder / "copy.zip"
    path.write_bytes(answer.content)
    with ZipFile(path) as copy:
        assert b"mia@example.org" in copy.read("person.json")
    other = ready["link"].replace(f"-{asked['id']}-", f"-{asked['id'] + 1}-")
    assert phone.get(other).status_code == 404
    assert phone.get(ready["link"][:-1]).status_code == 404
    clock.advance(HOUR)
    assert phone.get(ready["link"]).status_code == 404
    assert ana.get("/privacy/exports")["items"][0]["id"] == asked["id"]
    assert "exported" in [entry["verb"] for entry in ana.get("/audit")["items"]]


def test_G17_an_erasure_leaves_a_receipt_and_ends_copies(desk: Desk, phone: Any) -> None:
    ana = desk.found()
    contact = ana.post("/contacts", {"email": "mia@example.org", "name": "Mia"})
    asked = ana.post("/privacy/exports", {"kind": "contact", "id": contact["id"]})
    _work(desk)
    link = ana.get(f"/privacy/exports/{asked['id']}")["link"]
    begun = ana.post("/privacy/erasures", {"kind": "contact", "id": contact["id"]})
    assert (begun["stage"], begun["finished_at"]) == ("doors", None)
    _work(desk)
    receipt = ana.get(f"/privacy/erasures/{begun['id']}")
    assert (receipt["stage"], receipt["finished_at"]) == ("done", desk.clock.now)
    assert receipt["counts"] == {"contact": 1, "contact_email": 1, "export": 1}
    assert receipt["asked_by"] == ana.user_id
    assert phone.get(link).status_code == 404
    assert ana.call("GET", f"/contacts/{contact['id']}").status_code == 404
    assert ana.call("GET", f"/contacts/{contact['id']}/consents").status_code == 404
    again = ana.call("POST", "/privacy/erasures", {"kind": "contact", "id": contact["id"]})
    assert again.status_code == 404
    assert ana.get("/privacy/erasures")["items"] == [receipt]


def test_G17_the_same_address_begins_anew_after_an_erasure(desk: Desk) -> None:
    ana = desk.found()
    contact = ana.post("/contacts", {"email": "mia@example.org", "name": "Mia"})
    ana.post("/privacy/erasures", {"kind": "contact", "id": contact["id"]})
    _work(desk)
    again = ana.post("/contacts", {"email": "mia@example.org"})
    assert (again["id"] != contact["id"], again["name"]) == (True, None)
