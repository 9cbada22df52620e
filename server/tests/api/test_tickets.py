"""Tickets through our own API."""

from tests.api.desk import Desk


def test_a_ticket_lives_from_new_to_closed_and_archived(desk: Desk) -> None:
    ana = desk.found()
    mia = ana.post("/contacts", {"email": "mia@example.org"})
    made = ana.post("/tickets", {"subject": "The  parcel ", "content": "is lost", "contact_id": mia["id"]})
    assert (made["subject"], made["stage"], made["priority"]) == ("The parcel", "new", None)
    assert (made["created_at"], made["closed_at"]) == (desk.clock.now, None)
    path = f"/tickets/{made['id']}"
    desk.clock.now += 1_000
    closed = ana.patch(path, {"stage": "closed", "priority": "high", "owner_user_id": ana.user_id})
    assert (closed["closed_at"], closed["changed_at"]) == (desk.clock.now, desk.clock.now)
    desk.clock.now += 1_000
    assert ana.patch(path, {"subject": "Found"})["closed_at"] == closed["closed_at"]
    again = ana.patch(path, {"stage": "waiting_on_us", "priority": None, "contact_id": None})
    assert (again["closed_at"], again["priority"], again["contact_id"]) == (None, None, None)
    other = ana.post("/tickets", {"subject": "Second"})
    assert [each["id"] for each in ana.get("/tickets")["items"]] == [other["id"], made["id"]]
    assert [each["id"] for each in ana.get("/tickets", stage="new")["items"]] == [other["id"]]
    assert ana.patch(path, {"archived": True})["archived_at"] == desk.clock.now
    assert [each["id"] for each in ana.get("/tickets")["items"]] == [other["id"]]
    assert [each["id"] for each in ana.get("/tickets", archived="true")["items"]] == [made["id"]]
    assert ana.patch(path, {"archived": False})["archived_at"] is None
    verbs = [each["verb"] for each in ana.get("/audit")["items"] if each["object_kind"] == "ticket"]
    assert verbs[:2] == ["restored", "archived"]


def test_what_a_ticket_is_tied_to_has_to_be_there(desk: Desk) -> None:
    ana = desk.found()
    for field in ("owner_user_id", "contact_id", "conversation_id"):
        refused = ana.call("POST", "/tickets", {"subject": "x", field: 99_999})
        assert (refused.status_code, refused.json()["fields"].keys()) == (422, {field})
    assert ana.get("/tickets")["items"] == []
