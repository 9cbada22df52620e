"""What is tied to tickets, through HubSpot's own clients, with their checks of answers on."""

import json
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm.associations import BatchInputPublicObjectId
from hubspot.crm.associations.v4 import AssociationSpec, BatchInputPublicFetchAssociationsBatchRequest
from hubspot.crm.associations.v4.exceptions import ApiException
from hubspot_sdk import HubSpot as Newer

from pocketdesk.accounts.model import Actor, Permission
from tests.api.test_hubspot_site_search import account, origin
from tests.facade import Program, program
from tests.small_account import SmallAccount, open_small_account

__all__ = ["account", "origin"]

TICKETS = "/crm/v3/objects/tickets"


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account, Permission.PEOPLE)


@pytest.fixture
def v4(desk: Program) -> Any:
    shared: Any = HubSpot(access_token=desk.secret, host=desk.origin, client_side_validation=True)
    return shared.crm.associations.v4


@pytest.fixture
def newer(desk: Program) -> Any:
    return Newer(
        access_token=desk.secret, base_url=desk.origin, max_retries=0, _strict_response_validation=True
    ).crm


def _contact(desk: Program, name: str) -> str:
    return desk.good("POST", "/crm/v3/objects/contacts", {"properties": {"email": f"{name}@example.org"}})[
        "id"
    ]


def _ticket(desk: Program, subject: str = "The parcel") -> str:
    return desk.good("POST", TICKETS, {"properties": {"subject": subject, "hs_pipeline_stage": "1"}})["id"]


def _ends(page: Any) -> list[tuple[str, int]]:
    return [(each.to_object_id, each.association_types[0].type_id) for each in page.results]


def test_B6_a_ticket_is_tied_to_its_contact_and_back(v4: Any, desk: Program) -> None:
    basic = v4.basic_api
    mia, ticket, other = _contact(desk, "mia"), _ticket(desk), _ticket(desk, "Two")
    assert basic.get_page("tickets", ticket, "contacts").results == []
    made = basic.create_default("ticket", ticket, "contact", mia)
    assert made.status == "COMPLETE"
    assert [
        (each._from.id, each.to.id, each.association_spec.association_type_id) for each in made.results
    ] == [(ticket, mia, 16), (mia, ticket, 15)]
    basic.create_default("tickets", ticket, "contacts", mia)
    pair = basic.create(
        "0-1",
        mia,
        "0-5",
        other,
        [AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=15)],
    )
    assert (pair.from_object_id, pair.to_object_id, pair.labels) == (mia, other, [])
    assert _ends(basic.get_page("tickets", ticket, "contacts")) == [(mia, 16)]
    first = basic.get_page("contacts", mia, "tickets", limit=1)
    assert _ends(first) == [(other, 15)]
    rest = basic.get_page("contacts", mia, "tickets", limit=1, after=first.paging.next.after)
    assert (_ends(rest), rest.paging) == ([(ticket, 15)], None)
    plain = desk.good("GET", f"/crm/v3/objects/contacts/{mia}/associations/tickets")["results"]
    assert plain == [{"id": id_, "type": "contact_to_ticket"} for id_ in (other, ticket)]
    # Who is for somebody already is for nobody else.
    mo = _contact(desk, "mo")
    with pytest.raises(ApiException) as taken:
        basic.create_default("tickets", ticket, "contacts", mo)
    body = json.loads(taken.value.body or "")
    assert (taken.value.status, body["category"], body["errors"][0]["in"]) == (
        400,
        "VALIDATION_ERROR",
        "toObjectId",
    )
    basic.archive("tickets", ticket, "contacts", mo)
    assert _ends(basic.get_page("tickets", ticket, "contacts")) == [(mia, 16)]
    basic.archive("contacts", mia, "tickets", ticket)
    basic.archive("contacts", mia, "tickets", ticket)
    basic.archive("contacts", "1", "tickets", "1")
    assert basic.get_page("tickets", ticket, "contacts").results == []
    assert _ends(basic.get_page("contacts", mia, "tickets")) == [(other, 15)]
    desk.good("DELETE", f"/crm/v3/objects/contacts/{mia}")
    assert basic.get_page("tickets", other, "contacts").results == []
    desk.good("DELETE", f"{TICKETS}/{other}")
    for start, id_, end in (("contacts", mia, "tickets"), ("tickets", other, "contacts")):
        assert desk.call("GET", f"/crm/v4/objects/{start}/{id_}/associations/{end}").status == 404


def test_B6_a_ticket_keeps_its_conversation(v4: Any, desk: Program, account: SmallAccount) -> None:
    basic = v4.basic_api
    conversation = str(account.start(account.new_visitor()))
    ticket, other = _ticket(desk), _ticket(desk, "Two")
    assert basic.get_page("conversations", conversation, "tickets").results == []
    made = basic.create_default("conversation", conversation, "ticket", ticket)
    assert [each.association_spec.association_type_id for each in made.results] == [31, 32]
    assert _ends(basic.get_page("tickets", ticket, "0-11")) == [(conversation, 32)]
    assert _ends(basic.get_page("conversations", conversation, "tickets")) == [(ticket, 31)]
    second = f"/crm/v4/objects/tickets/{other}/associations/default/conversations/{conversation}"
    assert desk.call("PUT", second).body["category"] == "CONFLICT"
    kept = desk.call("DELETE", f"/crm/v4/objects/tickets/{ticket}/associations/conversations/{conversation}")
    assert (kept.status, kept.body["category"]) == (400, "VALIDATION_ERROR")
    assert _ends(basic.get_page("tickets", ticket, "conversations")) == [(conversation, 32)]
    hidden = account.start(account.new_visitor())
    outside = program(desk.origin, account, actor=Actor(account.eve.user_id, frozenset()))
    assert outside.call("GET", f"/crm/v4/objects/conversations/{hidden}/associations/tickets").status == 404
    unseen = f"/crm/v4/objects/tickets/{other}/associations/default/conversations/{hidden}"
    assert outside.call("PUT", unseen).status == 404
    assert basic.get_page("tickets", other, "conversations").results == []


def test_B6_many_associations_are_read_at_once(v4: Any, newer: Any, desk: Program) -> None:
    mia, mo = _contact(desk, "mia"), _contact(desk, "mo")
    ticket, bare = _ticket(desk), _ticket(desk, "Two")
    made = newer.associations.create(
        mia, from_object_type="tickets", from_object_id=ticket, to_object_type="contacts"
    )
    assert [each.association_spec.association_type_id for each in made.results] == [16, 15]
    listed = newer.associations.list("tickets", object_type="contacts", object_id=mia)
    assert [each.to_object_id for each in listed] == [ticket]
    inputs = [{"id": mia}, {"id": mo}, {"id": "1"}]
    read = v4.batch_api.get_page(
        "contacts", "tickets", BatchInputPublicFetchAssociationsBatchRequest(inputs=inputs)
    )
    assert [(each._from.id, [end.to_object_id for end in each.to]) for each in read.results] == [
        (mia, [ticket])
    ]
    assert (read.num_errors, read.errors[0].context["fromObjectId"]) == (1, [mo, "1"])
    same = newer.associations.batch.get(
        "contacts", from_object_type="tickets", inputs=[{"id": ticket}, {"id": ticket}]
    )
    assert [each.to[0].to_object_id for each in same.results] == [mia]
    older: Any = HubSpot(access_token=desk.secret, host=desk.origin, client_side_validation=True)
    plain = older.crm.associations.batch_api.read(
        "tickets", "contacts", BatchInputPublicObjectId(inputs=[{"id": ticket}, {"id": bare}])
    )
    assert [(each.to[0].id, each.to[0].type) for each in plain.results] == [(mia, "ticket_to_contact")]
    (label,) = v4.schema.definitions_api.get_all("tickets", "contacts").results
    assert (label.type_id, label.category, label.label) == (16, "HUBSPOT_DEFINED", None)
    (newest,) = newer.associations_schema.labels.list_labels(
        "conversations", from_object_type="tickets"
    ).results
    assert newest.type_id == 32
    newer.associations.delete(mia, object_type="tickets", object_id=ticket, to_object_type="contacts")
    assert list(newer.associations.list("tickets", object_type="contacts", object_id=mia)) == []


def test_B0_bad_associations_change_nothing(
    origin: str, desk: Program, account: SmallAccount, subtests: pytest.Subtests
) -> None:
    mia, ticket = _contact(desk, "mia"), _ticket(desk)
    one = f"/crm/v4/objects/tickets/{ticket}/associations"
    wrong: tuple[tuple[str, str, Any, int], ...] = (
        ("GET", f"{one}/companies", None, 400),
        ("GET", f"{one}/tickets", None, 400),
        ("GET", f"/crm/v4/objects/contacts/{mia}/associations/conversations", None, 400),
        ("GET", f"{one}/contacts?limit=0", None, 400),
        ("GET", f"{one}/contacts?limit=501", None, 400),
        ("GET", f"/crm/v4/objects/contacts/{mia}/associations/tickets?after=x", None, 400),
        ("GET", "/crm/v4/objects/tickets/x/associations/contacts", None, 404),
        ("GET", "/crm/v4/objects/conversations/x/associations/tickets", None, 404),
        ("GET", "/crm/v3/objects/tickets/1/associations/contacts", None, 404),
        ("PUT", f"{one}/default/contacts/1", None, 404),
        ("PUT", f"{one}/default/contacts/x", None, 404),
        ("PUT", f"{one}/default/conversations/1", None, 404),
        ("PUT", f"{one}/contacts/{mia}", [], 400),
        ("PUT", f"{one}/contacts/{mia}", {}, 400),
        (
            "PUT",
            f"{one}/contacts/{mia}",
            [{"associationCategory": "USER_DEFINED", "associationTypeId": 16}],
            400,
        ),
        (
            "PUT",
            f"{one}/contacts/{mia}",
            [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 15}],
            400,
        ),
        ("POST", "/crm/v4/associations/tickets/contacts/batch/read", {}, 400),
        (
            "POST",
            "/crm/v4/associations/tickets/contacts/batch/read",
            {"inputs": [{"id": ticket}] * 101},
            400,
        ),
        ("POST", "/crm/v3/associations/deals/contacts/batch/read", {"inputs": []}, 400),
        ("GET", "/crm/v4/associations/contacts/conversations/labels", None, 400),
    )
    for method, path, body, status in wrong:
        with subtests.test(f"{method} {path[-60:]} {body}"):
            refused = desk.call(method, path, body)
            assert (refused.status, refused.body["status"]) == (status, "error"), refused
    assert desk.good("GET", f"{one}/contacts")["results"] == []
    desk.good("PUT", f"{one}/default/contacts/{mia}")
    stranger = program(origin, open_small_account(account.engine, account="Other"), *Permission)
    for method, path in (
        ("GET", f"{one}/contacts"),
        ("PUT", f"{one}/default/contacts/{mia}"),
        ("GET", f"/crm/v4/objects/contacts/{mia}/associations/tickets"),
    ):
        assert stranger.call(method, path).status == 404
        assert Program(origin, "pdk_x").call(method, path).status == 401
    assert stranger.call("DELETE", f"{one}/contacts/{mia}").status == 204
    read = stranger.call(
        "POST", "/crm/v4/associations/tickets/contacts/batch/read", {"inputs": [{"id": ticket}]}
    )
    assert (read.status, read.body["results"]) == (207, [])
    assert [each["toObjectId"] for each in desk.good("GET", f"{one}/contacts")["results"]] == [mia]


def test_B6_many_are_tied_and_parted_at_once(v4: Any, newer: Any, desk: Program) -> None:
    mia, mo = _contact(desk, "mia"), _contact(desk, "mo")
    tickets = [_ticket(desk, str(number)) for number in range(4)]
    spec = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=16)
    made = v4.batch_api.create(
        "tickets",
        "contacts",
        {"inputs": [{"from": {"id": id_}, "to": {"id": mia}, "types": [spec]} for id_ in tickets[:2]]},
    )
    assert [(each.from_object_id, each.to_object_id, each.labels) for each in made.results] == [
        (id_, mia, []) for id_ in tickets[:2]
    ]
    both = newer.associations.batch.create_default(
        "tickets",
        from_object_type="contacts",
        inputs=[{"from": {"id": mo}, "to": {"id": id_}} for id_ in tickets[2:]],
    )
    assert [each.association_spec.association_type_id for each in both.results] == [15, 16, 15, 16]
    assert [id_ for id_, _ in _ends(v4.basic_api.get_page("contacts", mo, "tickets"))] == tickets[:1:-1]
    # What is not there is told, and the rest is done.
    partly = v4.batch_api.create_default(
        "tickets",
        "contacts",
        {"inputs": [{"from": {"id": id_}, "to": {"id": mia}} for id_ in ("1", tickets[0])]},
    )
    assert (len(partly.results), partly.num_errors, partly.errors[0].context["ids"]) == (2, 1, ["1", mia])
    again = newer.associations.batch.create(
        "contacts",
        from_object_type="tickets",
        inputs=[
            {
                "from": {"id": id_},
                "to": {"id": mia},
                "types": [{"association_category": "HUBSPOT_DEFINED", "association_type_id": 16}],
            }
            for id_ in tickets[:2]
        ],
    )
    assert (again.status, len(again.results)) == ("COMPLETE", 2)
    v4.batch_api.archive(
        "contacts",
        "tickets",
        {"inputs": [{"from": {"id": mia}, "to": [{"id": id_} for id_ in (*tickets, "1")]}]},
    )
    assert v4.basic_api.get_page("contacts", mia, "tickets").results == []
    assert len(v4.basic_api.get_page("contacts", mo, "tickets").results) == 2, "was never tied to her"
    newer.associations.batch.delete(
        "contacts",
        from_object_type="tickets",
        inputs=[{"from": {"id": id_}, "to": [{"id": mo}]} for id_ in tickets],
    )
    assert v4.basic_api.get_page("contacts", mo, "tickets").results == []


def test_B6_version_3_ties_and_parts_many_by_the_name_of_the_tie(desk: Program) -> None:
    older: Any = HubSpot(access_token=desk.secret, host=desk.origin, client_side_validation=True)
    batch = older.crm.associations.batch_api
    mia, one, two = _contact(desk, "mia"), _ticket(desk, "One"), _ticket(desk, "Two")
    pairs = [
        {"from": {"id": one}, "to": {"id": mia}, "type": "ticket_to_contact"},
        {"from": {"id": two}, "to": {"id": mia}, "type": "16"},
    ]
    made = batch.create("tickets", "contacts", {"inputs": pairs})
    assert [(each._from.id, each.to.id, each.type) for each in made.results] == [
        (id_, mia, "ticket_to_contact") for id_ in (one, two)
    ]
    lost = {"from": {"id": one}, "to": {"id": "1"}, "type": "ticket_to_contact"}
    partly = batch.create("tickets", "contacts", {"inputs": [pairs[0], lost]})
    assert (len(partly.results), partly.num_errors) == (1, 1)
    batch.archive("tickets", "contacts", {"inputs": [pairs[0], lost]})
    path = f"/crm/v3/objects/contacts/{mia}/associations/tickets"
    assert [each["id"] for each in desk.good("GET", path)["results"]] == [two]


def test_B0_bad_batches_of_associations_change_nothing(
    origin: str, desk: Program, account: SmallAccount, subtests: pytest.Subtests
) -> None:
    mia, mo = _contact(desk, "mia"), _contact(desk, "mo")
    ticket, other = _ticket(desk), _ticket(desk, "Two")
    conversation = str(account.start(account.new_visitor()))
    one = f"/crm/v4/objects/tickets/{ticket}/associations"
    desk.good("PUT", f"{one}/default/contacts/{mia}")
    desk.good("PUT", f"{one}/default/conversations/{conversation}")

    def pair(start: str, end: str, **fields: Any) -> dict[str, Any]:
        return {"from": {"id": start}, "to": {"id": end}, **fields}

    def typed(start: str, end: str, number: int = 16, category: str = "HUBSPOT_DEFINED") -> dict[str, Any]:
        types = [{"associationCategory": category, "associationTypeId": number}]
        return pair(start, end, types=types)

    root = "/crm/v4/associations/tickets/contacts/batch"
    plain = "/crm/v3/associations/tickets/contacts/batch"
    fresh = typed(other, mia)
    wrong: tuple[tuple[str, Any, int], ...] = (
        (f"{root}/create", {}, 400),
        (f"{root}/create", {"inputs": [{}]}, 400),
        (f"{root}/create", {"inputs": [fresh] * 101}, 400),
        (f"{root}/create", {"inputs": [fresh, pair(other, mia)]}, 400),
        (f"{root}/create", {"inputs": [fresh, typed(other, mia, 15)]}, 400),
        (f"{root}/create", {"inputs": [fresh, typed(other, mia, 16, "USER_DEFINED")]}, 400),
        (f"{root}/create", {"inputs": [fresh, typed(ticket, mo)]}, 400),
        (f"{root}/associate/default", {"inputs": "x"}, 400),
        (f"{root}/associate/default", {"inputs": [pair(other, mia), pair(ticket, mo)]}, 400),
        (
            "/crm/v4/associations/tickets/conversations/batch/associate/default",
            {"inputs": [pair(other, conversation)]},
            409,
        ),
        ("/crm/v4/associations/tickets/deals/batch/create", {"inputs": []}, 400),
        ("/crm/v4/associations/contacts/conversations/batch/associate/default", {"inputs": []}, 400),
        (f"{root}/archive", {"inputs": [{"from": {"id": ticket}, "to": {"id": mia}}]}, 400),
        (f"{root}/archive", {"inputs": [{"from": {"id": ticket}, "to": [{"id": mia}] * 60}] * 2}, 400),
        (
            "/crm/v4/associations/tickets/conversations/batch/archive",
            {"inputs": [{"from": {"id": ticket}, "to": [{"id": conversation}]}]},
            400,
        ),
        (f"{plain}/create", {"inputs": [pair(other, mia)]}, 400),
        (f"{plain}/create", {"inputs": [pair(other, mia, type="contact_to_ticket")]}, 400),
        (f"{plain}/archive", {"inputs": [{"from": {"id": ticket}}]}, 400),
        ("/crm/v3/associations/deals/contacts/batch/create", {"inputs": []}, 400),
    )
    stranger = program(origin, open_small_account(account.engine, account="Other"), *Permission)
    for path, body, status in wrong:
        with subtests.test(f"{path[-50:]} {str(body)[:60]}"):
            refused = desk.call("POST", path, body)
            assert (refused.status, refused.body["status"]) == (status, "error"), refused
            assert Program(origin, "pdk_x").call("POST", path, body).status == 401
    made = stranger.call("POST", f"{root}/create", {"inputs": [fresh]})
    assert (made.status, made.body["results"]) == (207, [])
    gone = {"inputs": [{"from": {"id": ticket}, "to": [{"id": mia}]}]}
    assert stranger.call("POST", f"{root}/archive", gone).status == 204
    tied = {end: desk.good("GET", f"{one}/{end}")["results"] for end in ("contacts", "conversations")}
    assert [each["toObjectId"] for each in tied["contacts"]] == [mia]
    assert [each["toObjectId"] for each in tied["conversations"]] == [conversation]
    assert desk.good("GET", f"/crm/v4/objects/tickets/{other}/associations/contacts")["results"] == []
