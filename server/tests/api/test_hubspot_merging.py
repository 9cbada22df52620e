"""Contacts and tickets become one through HubSpot's own clients, with their checks of answers on."""

from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import PublicMergeInput
from hubspot_sdk import HubSpot as Newer
from sqlalchemy import select

from pocketdesk.accounts.model import Permission
from pocketdesk.hubspot.api.objects import ALIASES, PREFIXES
from pocketdesk.hubspot.model import ObjectKind
from pocketdesk.storage import metadata
from tests.api.test_hubspot_site_search import account, origin
from tests.facade import Program, program
from tests.small_account import SmallAccount, open_small_account

__all__ = ["account", "origin"]

CONTACTS = "/crm/v3/objects/contacts"
TICKETS = "/crm/v3/objects/tickets"


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account, Permission.PEOPLE)


@pytest.fixture
def client(desk: Program) -> Any:
    shared: Any = HubSpot(access_token=desk.secret, host=desk.origin, client_side_validation=True)
    return shared.crm


@pytest.fixture
def newer(desk: Program) -> Any:
    return Newer(
        access_token=desk.secret, base_url=desk.origin, max_retries=0, _strict_response_validation=True
    ).crm.objects


def _contact(desk: Program, word: str, **properties: str) -> str:
    return desk.good("POST", CONTACTS, {"properties": {"email": f"{word}@example.org", **properties}})["id"]


def _ticket(desk: Program, subject: str, **properties: str) -> str:
    body = {"properties": {"subject": subject, "hs_pipeline_stage": "1", **properties}}
    return desk.good("POST", TICKETS, body)["id"]


def _tie(desk: Program, ticket: str, kind: str, id_: object) -> None:
    desk.good("PUT", f"/crm/v4/objects/tickets/{ticket}/associations/default/{kind}/{id_}")


def _tied(desk: Program, kind: str, id_: object, end: str, **query: int) -> list[str]:
    path = f"/crm/v4/objects/{kind}/{id_}/associations/{end}"
    return [each["toObjectId"] for each in desk.pages(path, **query)]


def test_B6_two_contacts_are_one_and_the_old_id_leads_to_it(
    client: Any, desk: Program, account: SmallAccount
) -> None:
    mia = _contact(desk, "mia", phone="1")
    mo = _contact(desk, "mo", firstname="Mo", lastname="Sand", phone="2", town="Kiel")
    ticket = _ticket(desk, "The parcel")
    _tie(desk, ticket, "contacts", mo)
    basic = client.contacts.basic_api
    merged = basic.merge(PublicMergeInput(primary_object_id=mia, object_id_to_merge=mo))
    assert (merged.id, merged.properties["email"]) == (mia, "mia@example.org")
    assert (merged.properties["firstname"], merged.properties["lastname"]) == ("Mo", "Sand")
    names = ["email", "phone", "town", "hs_additional_emails", "hs_merged_object_ids"]
    for word, id_property in ((mo, None), (mia, None), ("mo@example.org", "email")):
        query = {"id_property": id_property} if id_property else {}
        found = basic.get_by_id(word, properties=names, **query)
        assert found.id == mia
        assert {name: found.properties[name] for name in names} == {
            "email": "mia@example.org",
            "phone": "1",
            "town": "Kiel",
            "hs_additional_emails": "mo@example.org",
            "hs_merged_object_ids": mo,
        }
    past = basic.get_by_id(mo, properties_with_history=["phone", "town"]).properties_with_history
    assert {each.value for each in past["phone"]} == {"1", "2"}
    assert past["town"][0].value == "Kiel"
    assert [each.id for each in basic.get_page().results] == [mia]
    read = desk.good("POST", f"{CONTACTS}/batch/read", {"inputs": [{"id": mia}, {"id": mo}]})
    assert [each["id"] for each in read["results"]] == [mia]
    filters = [{"propertyName": "hs_object_id", "operator": "IN", "values": [mia, mo]}]
    assert desk.good("POST", f"{CONTACTS}/search", {"filterGroups": [{"filters": filters}]})["total"] == 1
    assert _tied(desk, "tickets", ticket, "contacts") == [mia]
    assert _tied(desk, "contacts", mo, "tickets") == [ticket]
    # Changing by the old id changes who is left; taking the old id away takes nothing away.
    changed = desk.good("PATCH", f"{CONTACTS}/{mo}", {"properties": {"phone": "3"}})
    assert (changed["id"], changed["properties"]["phone"]) == (mia, "3")
    desk.good("DELETE", f"{CONTACTS}/{mo}")
    assert desk.good("GET", f"{CONTACTS}/{mia}")["archived"] is False
    taken = desk.call("POST", CONTACTS, {"properties": {"email": "mo@example.org"}})
    assert (taken.status, taken.body["message"]) == (409, f"Contact already exists. Existing ID: {mia}")
    assert desk.call("PATCH", f"{CONTACTS}/{mia}", {"properties": {"email": "mo@example.org"}}).status == 409
    # Erasing by the old id erases all of it.
    desk.good("POST", f"{CONTACTS}/gdpr-delete", {"objectId": mo})
    (erasure,) = _rows(account, "erasure")
    assert str(erasure[3]) == mia


def _rows(account: SmallAccount, name: str) -> list[tuple[Any, ...]]:
    table = metadata.tables[name]
    return account.engine.read_and_wait(lambda reader: list(reader.all(select(table).order_by(table.c.id))))


def test_B6_the_newer_client_merges_at_the_dated_paths(newer: Any, desk: Program) -> None:
    named = {"firstname": "Mia", "lastname": "Sand"}
    mia, mo, nea = (_contact(desk, word, **named) for word in ("mia", "mo", "nea"))
    merged = newer.contacts.merge(primary_object_id=mia, object_id_to_merge=mo)
    assert (merged.id, merged.properties["email"]) == (mia, "mia@example.org")
    for number, prefix in enumerate(PREFIXES):
        for alias in ALIASES[ObjectKind.CONTACTS]:
            gone = _contact(desk, f"{alias}{number}")
            body = {"primaryObjectId": nea, "objectIdToMerge": gone}
            assert desk.good("POST", f"{prefix}/{alias}/merge", body)["id"] == nea
    one, two = _ticket(desk, "One", content="Now", hs_ticket_priority="LOW"), _ticket(desk, "Two")
    kept = newer.tickets.merge(primary_object_id=one, object_id_to_merge=two)
    assert (kept.id, kept.properties["subject"]) == (one, "One")
    assert newer.tickets.get(two).id == one


def test_B6_two_tickets_are_one_with_both_conversations(
    client: Any, desk: Program, account: SmallAccount
) -> None:
    mia, mo = _contact(desk, "mia"), _contact(desk, "mo")
    first, second = (str(account.start(account.new_visitor())) for _ in range(2))
    one = _ticket(desk, "One", carrier="DHL")
    two = _ticket(desk, "Two", content="Where is it?", hs_ticket_priority="HIGH", carrier="UPS", box="7")
    _tie(desk, two, "contacts", mo)
    _tie(desk, two, "conversations", first)
    merge = client.tickets.basic_api.merge
    merged = merge({"primaryObjectId": one, "objectIdToMerge": two})
    assert (merged.id, merged.properties["subject"], merged.properties["content"]) == (
        one,
        "One",
        "Where is it?",
    )
    names = ["hs_ticket_priority", "carrier", "box", "subject"]
    found = client.tickets.basic_api.get_by_id(two, properties=names)
    assert [found.id, *(found.properties[name] for name in names)] == [one, "HIGH", "DHL", "7", "One"]
    assert (_tied(desk, "tickets", two, "contacts"), _tied(desk, "contacts", mo, "tickets")) == ([mo], [one])
    assert _tied(desk, "conversations", first, "tickets") == [one]
    # What has both keeps its own; the other's conversation leads to it all the same.
    three = _ticket(desk, "Three")
    _tie(desk, three, "contacts", mia)
    _tie(desk, three, "conversations", second)
    merge({"primaryObjectId": three, "objectIdToMerge": two})
    for each in (one, two, three):
        assert client.tickets.basic_api.get_by_id(each).id == three
    assert _tied(desk, "tickets", three, "contacts") == [mia]
    assert _tied(desk, "tickets", one, "conversations", limit=1) == sorted((first, second), key=int)
    for conversation in (first, second):
        assert _tied(desk, "conversations", conversation, "tickets") == [three]
    threads = desk.good("GET", "/conversations/v3/conversations/threads", associatedTicketId=two)
    assert {each["id"] for each in threads["results"]} == {first, second}
    four = f"/crm/v4/objects/tickets/{_ticket(desk, 'Four')}/associations/default"
    assert desk.call("PUT", f"{four}/conversations/{first}").status == 409, "it has a ticket"
    assert len(desk.pages(TICKETS)) == 2
    changed = desk.good("PATCH", f"{TICKETS}/{two}", {"properties": {"subject": "All"}})
    assert (changed["id"], changed["properties"]["subject"]) == (three, "All")
    desk.good("DELETE", f"{TICKETS}/{one}")
    assert desk.good("GET", f"{TICKETS}/{three}")["properties"]["subject"] == "All"


@pytest.mark.parametrize("kind", ["contacts", "tickets"])
def test_B0_what_cannot_be_merged_changes_nothing(
    origin: str, desk: Program, account: SmallAccount, kind: str, subtests: pytest.Subtests
) -> None:
    add = _contact if kind == "contacts" else _ticket
    root = f"/crm/v3/objects/{kind}"
    mia, mo, away = (add(desk, word) for word in ("mia", "mo", "away"))
    desk.good("DELETE", f"{root}/{away}")
    stranger = program(origin, open_small_account(account.engine, account="Other"), *Permission)
    theirs = add(stranger, "theirs")
    tables = ("contact", "ticket", "audit_entry")
    before = [_rows(account, name) for name in tables]
    wrong: tuple[tuple[Any, int], ...] = (
        (None, 400),
        ({}, 400),
        ([], 400),
        ({"primaryObjectId": mia}, 400),
        ({"primaryObjectId": mia, "objectIdToMerge": None}, 400),
        ({"primaryObjectId": mia, "objectIdToMerge": {"id": mo}}, 400),
        ({"primaryObjectId": mia, "objectIdToMerge": "x" * 400}, 400),
        ({"primaryObjectId": mia, "objectIdToMerge": mia}, 400),
        ({"primaryObjectId": mia, "objectIdToMerge": away}, 404),
        ({"primaryObjectId": away, "objectIdToMerge": mia}, 404),
        ({"primaryObjectId": mia, "objectIdToMerge": "1"}, 404),
        ({"primaryObjectId": "x", "objectIdToMerge": mia}, 404),
        ({"primaryObjectId": mia, "objectIdToMerge": theirs}, 404),
        ({"primaryObjectId": theirs, "objectIdToMerge": mia}, 404),
    )
    for body, status in wrong:
        with subtests.test(str(body)[:80]):
            refused = desk.call("POST", f"{root}/merge", body)
            assert (refused.status, refused.body["status"]) == (status, "error"), refused
    good = {"primaryObjectId": mia, "objectIdToMerge": mo}
    assert stranger.call("POST", f"{root}/merge", good).status == 404
    for body in (good, {}, None):
        assert Program(origin, "pdk_x").call("POST", f"{root}/merge", body).status == 401
    if kind == "contacts":
        refused = program(origin, account).call("POST", f"{root}/merge", good)
        assert (refused.status, refused.body["category"]) == (403, "MISSING_SCOPES")
        before[-1] = before[-1] + _rows(account, "audit_entry")[len(before[-1]) :]  # the token's own entry
    assert [_rows(account, name) for name in tables] == before
    desk.good("POST", f"{root}/merge", good)
    again = desk.call("POST", f"{root}/merge", good)
    assert (again.status, again.body["errors"][0]["in"]) == (400, "objectIdToMerge")


def test_B0_what_is_being_erased_is_not_merged(desk: Program) -> None:
    mia, mo = _contact(desk, "mia"), _contact(desk, "mo")
    desk.good("POST", f"{CONTACTS}/gdpr-delete", {"objectId": mo})
    for primary, other in ((mia, mo), (mo, mia)):
        body = {"primaryObjectId": primary, "objectIdToMerge": other}
        refused = desk.call("POST", f"{CONTACTS}/merge", body)
        assert (refused.status, refused.body["category"]) == (409, "CONFLICT")
