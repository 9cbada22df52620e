"""Contacts, tickets and answers to surveys through HubSpot's own Python clients, with their checks of answers on."""

import json
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.contacts import BatchInputSimplePublicObjectBatchInputForCreate as NewOnes
from hubspot.crm.contacts import BatchInputSimplePublicObjectBatchInputUpsert as Upserts
from hubspot.crm.contacts import BatchReadInputSimplePublicObjectId as Read
from hubspot.crm.contacts import PublicGdprDeleteInput, PublicObjectSearchRequest
from hubspot.crm.contacts import SimplePublicObjectInput as Changes
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as New
from hubspot.crm.contacts.exceptions import ApiException
from hubspot_sdk import ConflictError, NotFoundError
from hubspot_sdk import HubSpot as Newer

from pocketdesk.accounts.model import Permission
from pocketdesk.hubspot.api.objects import PREFIXES
from pocketdesk.tickets import views as ticket_views
from tests.api.test_hubspot_site_search import account, origin
from tests.databases import Clock
from tests.facade import Program, program
from tests.small_account import SmallAccount, open_small_account

__all__ = ["account", "origin"]

ROOT = f"{PREFIXES[0]}/contacts"
THREADS = "/conversations/v3/conversations/threads"
MIA = {"email": "mia@example.org", "firstname": "Mia", "lastname": "Sand", "phone": "+49 1"}


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account, Permission.PEOPLE)


@pytest.fixture
def client(desk: Program) -> Any:
    shared: Any = HubSpot(
        access_token=desk.secret, host=desk.origin, base_url=desk.origin, client_side_validation=True
    )
    return shared.crm


@pytest.fixture
def newer(desk: Program) -> Any:
    shared = Newer(
        access_token=desk.secret,
        base_url=desk.origin,
        max_retries=0,
        _strict_response_validation=True,
    )
    return shared.crm.objects


def test_B6_a_contact_is_made_read_changed_and_erased(client: Any, desk: Program, clock: Clock) -> None:
    basic = client.contacts.basic_api
    made = basic.create(simple_public_object_input_for_create=New(properties=MIA))
    assert made.properties["email"] == "mia@example.org"
    assert made.properties["lastname"] == "Sand"
    found = basic.get_by_id("mia@example.org", id_property="email", properties=["phone", "company"])
    assert (found.id, found.properties["phone"], found.properties["company"]) == (made.id, "+49 1", None)
    clock.now += 5_000
    changed = basic.update(
        made.id, simple_public_object_input=Changes(properties={"lastname": "van der Sand", "phone": ""})
    )
    assert changed.properties["lastname"] == "van der Sand"
    assert changed.properties["phone"] is None
    assert changed.updated_at > made.updated_at
    past = basic.get_by_id(made.id, properties_with_history=["phone"]).properties_with_history["phone"]
    assert [each.value for each in past] == ["", "+49 1"]
    with pytest.raises(ApiException) as twice:
        basic.create(simple_public_object_input_for_create=New(properties=MIA))
    assert twice.value.status == 409
    body = json.loads(twice.value.body or "")
    assert body["message"] == f"Contact already exists. Existing ID: {made.id}"
    assert body["category"] == "CONFLICT"
    client.contacts.basic_api.purge(
        public_gdpr_delete_input=PublicGdprDeleteInput(id_property="email", object_id="mia@example.org")
    )


def test_B6_archived_contacts_are_in_no_list_until_the_person_is_back(
    client: Any, desk: Program, account: SmallAccount
) -> None:
    basic, batch = client.contacts.basic_api, client.contacts.batch_api
    ids = [
        basic.create(
            simple_public_object_input_for_create=New(properties={"email": f"{name}@example.org"})
        ).id
        for name in ("mia", "mo", "nea")
    ]
    basic.archive(ids[0])
    basic.archive(ids[0])
    batch.archive(batch_input_simple_public_object_id={"inputs": [{"id": ids[1]}, {"id": "1"}]})
    assert [each.id for each in basic.get_page().results] == ids[2:]
    put_away = basic.get_page(archived=True).results
    assert {each.id for each in put_away} == set(ids[:2])
    assert all(each.archived and each.archived_at for each in put_away)
    assert desk.call("GET", f"{ROOT}/{ids[0]}").status == 404
    assert basic.get_by_id(ids[0], archived=True).archived
    assert basic.get_by_id("mo@example.org", id_property="email", archived=True).id == ids[1]
    found = desk.good("POST", f"{ROOT}/search", {"query": "example.org"})
    assert [each["id"] for each in found["results"]] == ids[2:]
    read = desk.good("POST", f"{ROOT}/batch/read?archived=true", {"inputs": [{"id": ids[0]}]})
    assert [each["id"] for each in read["results"]] == ids[:1]
    # Whoever writes again is here.
    visitor = account.new_visitor()
    conversation = account.start(visitor)
    account.run(visitor, "give_email", conversation_id=conversation, email="mia@example.org")
    assert {each.id for each in basic.get_page().results} == {ids[0], ids[2]}


def test_B6_all_contacts_in_pages_and_batches(client: Any, desk: Program) -> None:
    inputs = [New(properties={"email": f"m{number}@example.org"}) for number in range(25)]
    batch = client.contacts.batch_api
    made = batch.create(batch_input_simple_public_object_batch_input_for_create=NewOnes(inputs=inputs))
    assert (made.status, len(made.results)) == ("COMPLETE", 25)
    ids = {each.id for each in made.results}
    assert {each.id for each in client.contacts.get_all()} == ids
    assert {each["id"] for each in desk.pages(ROOT, limit=7)} == ids
    some = sorted(ids)[:3]
    read = batch.read(
        batch_read_input_simple_public_object_id=Read(
            inputs=[{"id": id_} for id_ in some], properties=["email"], properties_with_history=[]
        )
    )
    assert [each.id for each in read.results] == some
    partly = desk.call("POST", f"{ROOT}/batch/read", {"inputs": [{"id": some[0]}, {"id": "1"}]})
    assert (partly.status, partly.body["numErrors"]) == (207, 1)
    both = batch.upsert(
        batch_input_simple_public_object_batch_input_upsert=Upserts(
            inputs=[
                {"id": "m1@example.org", "idProperty": "email", "properties": {"firstname": "Mo"}},
                {"id": "new@example.org", "idProperty": "email", "properties": {"firstname": "Nea"}},
            ]
        )
    )
    assert [(each.new, each.properties["firstname"]) for each in both.results] == [
        (False, "Mo"),
        (True, "Nea"),
    ]
    updated = desk.call(
        "POST",
        f"{ROOT}/batch/update",
        {"inputs": [{"id": some[0], "properties": {"city": "Kiel"}}, {"id": "1", "properties": {}}]},
    )
    assert (updated.status, updated.body["results"][0]["properties"]["city"]) == (207, "Kiel")
    wrong = desk.call(
        "POST",
        f"{ROOT}/batch/create",
        {"inputs": [{"properties": {"email": "a@example.org"}}, {"properties": {"email": "m1@example.org"}}]},
    )
    assert wrong.status == 409
    assert desk.call("GET", f"{ROOT}/a@example.org", idProperty="email").status == 404


def test_B6_search(client: Any, desk: Program) -> None:
    for number, city in enumerate(("Kiel", "Bonn", "kiel", "")):
        desk.good(
            "POST",
            ROOT,
            {
                "properties": {
                    "email": f"p{number}@{'shop' if number % 2 else 'example'}.org",
                    "firstname": f"Person {number}",
                    "city": city,
                    "age": str(number * 10),
                }
            },
        )

    def emails(*filters: dict[str, Any], **more: Any) -> list[str]:
        request = PublicObjectSearchRequest(
            filter_groups=[{"filters": list(filters)}] if filters else [],
            properties=["email"],
            limit=100,
            **more,
        )
        found = client.contacts.search_api.do_search(public_object_search_request=request)
        assert found.total == len(found.results)
        return sorted(each.properties["email"][:2] for each in found.results)

    assert emails() == ["p0", "p1", "p2", "p3"]
    assert emails({"propertyName": "city", "operator": "EQ", "value": "KIEL"}) == ["p0", "p2"]
    assert emails({"propertyName": "city", "operator": "NEQ", "value": "Kiel"}) == ["p1", "p3"]
    assert emails({"propertyName": "city", "operator": "NOT_HAS_PROPERTY"}) == ["p3"]
    assert emails({"propertyName": "age", "operator": "GT", "value": "9"}) == ["p1", "p2", "p3"]
    assert emails({"propertyName": "age", "operator": "BETWEEN", "value": "10", "highValue": "20"}) == [
        "p1",
        "p2",
    ]
    assert emails({"propertyName": "email", "operator": "CONTAINS_TOKEN", "value": "*@shop.org"}) == [
        "p1",
        "p3",
    ]
    assert emails({"propertyName": "email", "operator": "IN", "values": ["p0@example.org", "x"]}) == ["p0"]
    assert emails({"propertyName": "createdate", "operator": "GTE", "value": "0"}) == ["p0", "p1", "p2", "p3"]
    assert emails(query="person 2") == ["p2"]
    down = desk.good(
        "POST",
        f"{ROOT}/search",
        {"sorts": [{"propertyName": "age", "direction": "DESCENDING"}], "limit": 2, "properties": ["age"]},
    )
    assert [each["properties"]["age"] for each in down["results"]] == ["30", "20"]
    rest = desk.good(
        "POST",
        f"{ROOT}/search",
        {
            "sorts": ["-age"],
            "limit": 2,
            "properties": ["age"],
            "after": down["paging"]["next"]["after"],
        },
    )
    assert [each["properties"]["age"] for each in rest["results"]] == ["10", "0"]
    assert "paging" not in rest


def test_B6_the_newer_client(newer: Any) -> None:
    made = newer.contacts.create(properties=MIA, associations=[])
    assert newer.contacts.get(made.id, properties=["phone"]).properties["phone"] == "+49 1"
    assert newer.contacts.update(made.id, properties={"city": "Kiel"}).properties["city"] == "Kiel"
    assert [each.id for each in newer.contacts.list(limit=1)] == [made.id]
    with pytest.raises(ConflictError):
        newer.contacts.create(properties=MIA, associations=[])
    with pytest.raises(NotFoundError):
        newer.contacts.get("1")


def test_B6_tickets_through_the_official_clients(
    client: Any, newer: Any, desk: Program, account: SmallAccount
) -> None:
    basic = client.tickets.basic_api
    visitor = account.new_visitor()
    conversation = account.start(visitor)
    account.run(visitor, "give_email", conversation_id=conversation, email="mia@example.org")
    (contact,) = client.contacts.basic_api.get_page().results
    made = desk.good(
        "POST",
        "/crm/v3/objects/tickets",
        {
            "properties": {
                "subject": "The parcel",
                "content": "is lost",
                "hs_pipeline": "0",
                "hs_pipeline_stage": "1",
                "hs_ticket_priority": "HIGH",
                "carrier": "DHL",
            },
            "associations": [{"to": {"id": conversation}, "types": [{"associationTypeId": 32}]}],
        },
    )
    got = basic.get_by_id(made["id"], properties=["subject", "content", "hs_ticket_priority", "carrier"])
    said = got.properties
    assert (said["subject"], said["content"]) == ("The parcel", "is lost")
    assert (said["hs_ticket_priority"], said["carrier"]) == ("HIGH", "DHL")
    kept = account.engine.read_and_wait(
        lambda reader: ticket_views.ticket(reader, account.scope, int(made["id"]))
    )
    assert str(kept.draft.contact_id) == contact.id
    (thread,) = desk.good("GET", THREADS, associatedTicketId=made["id"])["results"]
    assert thread["id"] == str(conversation)
    assert desk.good("GET", THREADS, associatedTicketId=made["id"], threadStatus="CLOSED")["results"] == []

    changed = basic.update(
        made["id"], simple_public_object_input=Changes(properties={"hs_pipeline_stage": "4", "carrier": ""})
    )
    assert changed.properties["hs_pipeline_stage"] == "4"
    closed = basic.get_by_id(made["id"], properties=["closed_date", "carrier"]).properties
    assert closed["closed_date"]
    assert closed["carrier"] is None
    assert newer.tickets.get(made["id"]).id == made["id"]
    other = basic.create(
        simple_public_object_input_for_create=New(properties={"subject": "Two", "hs_pipeline_stage": "2"})
    )
    found = desk.good(
        "POST",
        "/crm/v3/objects/tickets/search",
        {"filterGroups": [{"filters": [{"propertyName": "subject", "operator": "EQ", "value": "Two"}]}]},
    )
    assert [each["id"] for each in found["results"]] == [other.id]
    basic.archive(other.id)
    assert [each.id for each in client.tickets.get_all()] == [made["id"]]
    assert [each.id for each in basic.get_page(archived=True).results] == [other.id]
    assert desk.call("GET", f"/crm/v3/objects/tickets/{other.id}").status == 404


def test_B6_the_tickets_pipeline(client: Any, desk: Program, newer: Any) -> None:
    pipelines: Any = HubSpot(access_token=desk.secret, host=desk.origin, base_url=desk.origin).crm.pipelines
    (pipeline,) = desk.good("GET", "/crm/v3/pipelines/tickets")["results"]
    assert [stage["label"] for stage in pipeline["stages"]] == [
        "New",
        "Waiting on contact",
        "Waiting on us",
        "Closed",
    ]
    assert pipelines.pipelines_api.get_by_id("tickets", "0").stages[3].metadata["ticketState"] == "CLOSED"
    assert [each.id for each in pipelines.pipeline_stages_api.get_all("tickets", "0").results] == list("1234")
    assert desk.good("GET", "/crm/v3/pipelines/tickets/0/stages/2")["id"] == "2"
    for path in ("1", "0/stages/9", "1/stages"):
        assert desk.call("GET", f"/crm/v3/pipelines/tickets/{path}").status == 404


BAD_TICKETS: tuple[tuple[str, str, Any, str], ...] = (
    ("POST", "", {"properties": {"hs_pipeline_stage": "1"}}, "properties.subject"),
    ("POST", "", {"properties": {"subject": "x"}}, "properties.hs_pipeline_stage"),
    ("PATCH", "/{id}", {"properties": {"subject": " "}}, "properties.subject"),
    ("PATCH", "/{id}", {"properties": {"hs_pipeline_stage": "9"}}, "properties.hs_pipeline_stage"),
    ("PATCH", "/{id}", {"properties": {"hs_pipeline": "7"}}, "properties.hs_pipeline"),
    ("PATCH", "/{id}", {"properties": {"hs_ticket_priority": "SOON"}}, "properties.hs_ticket_priority"),
    ("PATCH", "/{id}", {"properties": {"hubspot_owner_id": "99999"}}, "properties.hubspot_owner_id"),
    ("PATCH", "/{id}", {"properties": {"content": "x" * 10_001}}, "properties.content"),
    ("PATCH", "/{id}", {"properties": {"hs_x": "1"}}, "properties.hs_x"),
    ("PATCH", "/{id}", {"properties": {"closed_date": "1"}}, "properties.closed_date"),
    ("POST", "/merge", {}, ""),
)


def test_B0_bad_input_changes_no_ticket(desk: Program, account: SmallAccount, subtests: Any) -> None:
    root = "/crm/v3/objects/tickets"
    good = {"subject": "x", "hs_pipeline_stage": "1"}
    made = desk.good("POST", root, {"properties": good})
    before = desk.good("GET", root)
    for method, below, body, field in BAD_TICKETS:
        with subtests.test(f"{method} {below} {str(body)[:60]}"):
            refused = desk.call(method, root + below.format(id=made["id"]), body)
            assert refused.status == 400
            assert field in str(refused.body)
    foreign = account.start(account.new_visitor(), "x")
    for number, id_ in ((16, 99_999), (32, 99_999), (5, foreign), (16, "x")):
        ties = [{"to": {"id": id_}, "types": [{"associationTypeId": number}]}]
        refused = desk.call("POST", root, {"properties": good, "associations": ties})
        assert (refused.status, "associations" in str(refused.body)) == (400, True)
    assert desk.good("GET", root) == before


def test_B6_answers_to_surveys(client: Any, desk: Program, newer: Any, account: SmallAccount) -> None:
    survey = account.add_survey()
    visitor = account.new_visitor()
    id_ = account.start(visitor)
    account.run(account.ana, "close_conversation", conversation_id=id_)
    account.run(visitor, "submit_survey", conversation_id=id_, rating=2, answer="Quick!")
    (found,) = client.objects.feedback_submissions.basic_api.get_page(
        properties=["hs_value", "hs_content", "hs_survey_id", "hs_sentiment", "hs_conversation_id"]
    ).results
    said = found.properties
    assert (said["hs_value"], said["hs_content"], said["hs_sentiment"]) == ("2", "Quick!", "promoter")
    assert (said["hs_survey_id"], said["hs_conversation_id"]) == (str(survey), str(id_))
    assert newer.feedback_submissions.get(found.id).id == found.id
    root = f"{PREFIXES[0]}/feedback_submissions"
    wanted = {"filterGroups": [{"filters": [{"propertyName": "hs_value", "operator": "EQ", "value": "2"}]}]}
    assert desk.good("POST", f"{root}/search", wanted)["total"] == 1
    assert desk.good("POST", f"{root}/batch/read", {"inputs": [{"id": found.id}]})["results"]
    assert desk.call("POST", root, {"properties": {}}).status == 400


def test_B6_owners(client: Any, account: SmallAccount, desk: Program) -> None:
    owners = client.owners.owners_api.get_page().results
    assert {each.email for each in owners} == {
        "ana@nordlicht.example",
        "ben@nordlicht.example",
        "eve@nordlicht.example",
    }
    made = desk.good("POST", ROOT, {"properties": {**MIA, "hubspot_owner_id": owners[0].id}})
    assert made["properties"]["hubspot_owner_id"] == owners[0].id


def test_B0_contacts_stay_in_their_account(origin: str, desk: Program, account: SmallAccount) -> None:
    made = desk.good("POST", ROOT, {"properties": MIA})
    stranger = program(origin, open_small_account(account.engine, account="Other"), *Permission)
    for method, path, body in (
        ("GET", f"{ROOT}/{made['id']}", None),
        ("GET", f"{ROOT}/mia@example.org?idProperty=email", None),
        ("PATCH", f"{ROOT}/{made['id']}", {"properties": {"phone": "1"}}),
        ("POST", f"{ROOT}/gdpr-delete", {"objectId": made["id"]}),
    ):
        assert Program(origin, "pdk_x").call(method, path, body).status == 401
        assert stranger.call(method, path, body).status == 404
    read = stranger.call("POST", f"{ROOT}/batch/read", {"inputs": [{"id": made["id"]}]})
    assert (read.status, read.body["results"]) == (207, [])
    assert stranger.good("GET", ROOT)["results"] == []
    assert stranger.good("POST", f"{ROOT}/search", {"query": "mia"})["total"] == 0
    bare = program(origin, account)
    refused = bare.call("POST", f"{ROOT}/gdpr-delete", {"objectId": made["id"]})
    assert (refused.status, refused.body["category"]) == (403, "MISSING_SCOPES")
    assert desk.good("GET", f"{ROOT}/{made['id']}")["properties"]["email"] == MIA["email"]


BAD: tuple[tuple[str, str, Any], ...] = (
    ("GET", "?limit=0", None),
    ("GET", "?limit=101", None),
    ("GET", "?after=x", None),
    ("GET", "/1?idProperty=phone", None),
    ("POST", "", {}),
    ("POST", "", {"properties": {}}),
    ("POST", "", {"properties": {"email": "no address"}}),
    ("POST", "", {"properties": {"email": "a@example.org", "hs_object_id": "5"}}),
    ("POST", "", {"properties": {"email": "a@example.org", "createdate": "5"}}),
    ("POST", "", {"properties": {"email": "a@example.org", "legal_basis": "explicit"}}),
    ("POST", "", {"properties": {"email": "a@example.org", "Phone": "5"}}),
    ("POST", "", {"properties": {"email": "a@example.org", "phone": "5" * 1_001}}),
    ("POST", "", {"properties": {"email": "a@example.org", "phone": 5}}),
    ("POST", "", {"properties": {"email": "a@example.org", "phone": "\0"}}),
    ("POST", "", {"properties": {"email": "a@example.org", "firstname": "a\u202eb"}}),
    ("POST", "", {"properties": {"email": "a@example.org", "hubspot_owner_id": "x"}}),
    ("POST", "", {"properties": {"email": "a@example.org", "hubspot_owner_id": "99999"}}),
    ("PATCH", "/{id}", {"properties": {"email": ""}}),
    ("PATCH", "/{id}", {"properties": {"phone": "2", "hubspot_owner_id": "99999"}}),
    ("POST", "/search", {"filterGroups": [{"filters": [{"propertyName": "a", "operator": "LIKE"}]}]}),
    ("POST", "/search", {"filterGroups": [{"filters": [{"propertyName": "a", "operator": "EQ"}]}]}),
    ("POST", "/search", {"filterGroups": [{"filters": [{"propertyName": "a", "operator": "IN"}]}]}),
    ("POST", "/search", {"limit": 201}),
    ("POST", "/search", {"after": "x"}),
    ("POST", "/batch/read", {"inputs": [{"id": "1"}] * 101}),
    ("POST", "/batch/create", {"inputs": [{"properties": {"email": "a@example.org"}}, {"properties": {}}]}),
    ("POST", "/batch/upsert", {"inputs": [{"id": "1", "properties": {}}]}),
    ("POST", "/batch/archive", {}),
    ("POST", "/gdpr-delete", {}),
)


def test_B0_bad_input_changes_no_contact(desk: Program, subtests: pytest.Subtests) -> None:
    made = desk.good("POST", ROOT, {"properties": MIA})
    seen = {"properties": ["phone", "firstname", "email", "hubspot_owner_id"]}
    before = desk.good("GET", ROOT, **seen)
    for method, below, body in BAD:
        with subtests.test(f"{method} {below} {str(body)[:90]}"):
            refused = desk.call(method, ROOT + below.format(id=made["id"]), body)
            assert (refused.status, refused.body["category"]) == (400, "VALIDATION_ERROR"), refused
    assert desk.good("GET", ROOT, **seen) == before
