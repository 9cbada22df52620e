"""Conversations at HubSpot's paths, on a real server and both databases."""

from typing import Any
from uuid import UUID

import pytest
from hubspot import HubSpot

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import Actor, Permission
from pocketdesk.conversations import views as conversations
from pocketdesk.hubspot.api.conversations import PREFIXES
from pocketdesk.people import actions as people
from tests.api.test_hubspot_site_search import account, origin
from tests.databases import Clock
from tests.facade import Program, program
from tests.small_account import SmallAccount, open_small_account

__all__ = ["account", "origin"]

ROOT = PREFIXES[0]
THREAD = {
    "id",
    "createdAt",
    "status",
    "originalChannelId",
    "originalChannelAccountId",
    "spam",
    "inboxId",
    "associatedContactId",
    "archived",
}
MESSAGE = {
    "id",
    "conversationsThreadId",
    "createdAt",
    "createdBy",
    "client",
    "senders",
    "recipients",
    "archived",
    "type",
}


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account)


def _user(account: SmallAccount, user_id: int) -> Actor:
    user = account.engine.read_and_wait(lambda reader: accounts.user(reader, account.scope, user_id))
    return Actor(user.id, user.permissions)


def test_B3_inboxes_channels_and_channel_accounts(desk: Program, account: SmallAccount) -> None:
    inboxes = desk.good("GET", f"{ROOT}/inboxes")
    assert [each["id"] for each in inboxes["results"]] == [
        str(account.inbox_id),
        str(account.third_inbox_id),
    ]
    assert inboxes["total"] == 2
    first = inboxes["results"][0]
    assert (first["name"], first["type"], first["archived"]) == ("Support", "INBOX", False)
    assert first["createdAt"].endswith("Z")
    assert desk.good("GET", f"{ROOT}/inboxes/{account.inbox_id}") == first
    assert [each["id"] for each in desk.pages(f"{ROOT}/inboxes", limit=1)] == [
        each["id"] for each in inboxes["results"]
    ]
    backwards = desk.good("GET", f"{ROOT}/inboxes", sort="-name")["results"]
    assert [each["name"] for each in backwards] == ["Support", "Orders"]
    assert desk.good("GET", f"{ROOT}/inboxes", archived="true")["results"] == []
    assert desk.good("GET", f"{ROOT}/channels")["results"] == [{"id": "1000", "name": "Live chat"}]
    assert desk.good("GET", f"{ROOT}/channels/1000")["id"] == "1000"
    ways = desk.good("GET", f"{ROOT}/channel-accounts", inboxId=account.inbox_id)["results"]
    assert ways
    assert {each["inboxId"] for each in ways} == {str(account.inbox_id)}
    assert desk.good("GET", f"{ROOT}/channel-accounts/{ways[0]['id']}") == ways[0]
    assert desk.good("GET", f"{ROOT}/channel-accounts", channelId=1002)["results"] == []


def test_B3_threads_by_age_and_by_every_filter(desk: Program, account: SmallAccount, clock: Clock) -> None:
    ids: list[int] = []
    for number in range(5):
        clock.now += 1_000
        ids.append(account.start(account.new_visitor(), f"Number {number}"))
    threads = desk.pages(f"{ROOT}/threads", limit=2)
    assert [int(each["id"]) for each in threads] == sorted(ids)
    assert all(each.keys() >= THREAD for each in threads)
    account.run(account.ana, "close_conversation", conversation_id=ids[0])
    closed = desk.good("GET", f"{ROOT}/threads", threadStatus="CLOSED")["results"]
    assert [each["id"] for each in closed] == [str(ids[0])]
    assert closed[0]["closedAt"]
    assert desk.good("GET", f"{ROOT}/threads", inboxId=account.third_inbox_id)["results"] == []
    since = threads[0]["latestMessageTimestamp"]
    by_time = {each["id"]: each["latestMessageTimestamp"] for each in threads}
    later = desk.pages(
        f"{ROOT}/threads", sort="latestMessageTimestamp", latestMessageTimestampAfter=since, limit=1
    )
    expected = sorted((at, id_) for id_, at in by_time.items() if at > since)
    assert [each["id"] for each in later] == [id_ for _, id_ in expected]
    some = next(each for each in threads if each["id"] == str(ids[2]))
    whom = some["associatedContactId"]
    found = desk.good("GET", f"{ROOT}/threads", associatedContactId=whom, threadStatus="OPEN", sort="-id")[
        "results"
    ]
    assert [each["id"] for each in found] == [some["id"]]
    assert desk.good("GET", f"{ROOT}/threads", associatedTicketId=5)["results"] == []
    assert desk.good("GET", f"{ROOT}/threads/{ids[1]}")["id"] == str(ids[1])


def test_B3_open_close_archive_and_restore(desk: Program, account: SmallAccount, clock: Clock) -> None:
    visitor = account.new_visitor()
    path = f"{ROOT}/threads/{(id_ := account.start(visitor))}"
    assert desk.good("PATCH", path, {"status": "CLOSED"})["status"] == "CLOSED"
    assert desk.good("PATCH", path, {"status": "OPEN"})["status"] == "OPEN"
    assert desk.call("DELETE", path).status == 204
    assert desk.call("DELETE", path).status == 204
    assert desk.call("GET", path).status == 404
    assert desk.good("GET", f"{ROOT}/threads")["results"] == []
    (put_away,) = desk.good("GET", f"{ROOT}/threads", archived="true")["results"]
    assert (put_away["archived"], put_away["status"]) == (True, "CLOSED")
    for method, below, body in (
        ("PATCH", "?archived=true", {"status": "OPEN"}),
        ("POST", "/messages", {"type": "COMMENT", "text": "x"}),
        ("PUT", "/assignee", {"actorId": f"A-{account.ana.user_id}"}),
    ):
        assert desk.call(method, path + below, body).status == 400
    restored = desk.good("PATCH", path, {"archived": False}, archived="true")
    assert (restored["archived"], restored["status"]) == (False, "CLOSED")
    assert desk.call("DELETE", path).status == 204
    clock.now += 1_000
    account.post(visitor, id_, "Still there?")  # the visitor takes it out of the archive, by opening it again
    assert desk.good("GET", path)["status"] == "OPEN"


def test_B3_the_assignee_by_actor_id_and_by_address(desk: Program, account: SmallAccount) -> None:
    id_ = account.start(account.new_visitor())
    for place, method in ((PREFIXES[0], "POST"), (PREFIXES[1], "PUT")):
        path = f"{place}/threads/{id_}/assignee"
        given = desk.good(method, path, {"actorId": f"A-{account.ben.user_id}"})
        assert given["assignedTo"] == f"A-{account.ben.user_id}"
        given = desk.good(method, path, {"actorId": "ana@nordlicht.example"})
        assert given["assignedTo"] == f"A-{account.ana.user_id}"
        assert desk.call("DELETE", path).status == 204
        assert "assignedTo" not in desk.good("GET", f"{place}/threads/{id_}")
        for wrong in (f"A-{account.eve.user_id}", "A-999999", "nobody@example.org", "x"):
            refused = desk.call(method, path, {"actorId": wrong})
            assert (refused.status, refused.body["category"]) == (400, "VALIDATION_ERROR")
    messages = desk.good("GET", f"{ROOT}/threads/{id_}/messages")["results"]
    assert messages[0]["type"] == "ASSIGNMENT"
    assert "assignedTo" not in messages[0]
    assert messages[1]["assignedTo"] == f"A-{account.ana.user_id}"


def test_B3_messages_of_every_kind_in_both_orders(desk: Program, account: SmallAccount) -> None:
    visitor = account.new_visitor()
    id_ = account.start(visitor, "Hello")
    path = f"{ROOT}/threads/{id_}/messages"
    channel = desk.good("GET", f"{ROOT}/threads/{id_}")["originalChannelAccountId"]
    sent = desk.good(
        "POST",
        path,
        {
            "type": "MESSAGE",
            "text": "Good morning",
            "richText": "<p>Good <strong>morning</strong></p><ul><li>one</li></ul><script>x()</script>",
            "senderActorId": f"A-{account.ana.user_id}",
            "channelId": "1000",
            "channelAccountId": channel,
            "recipients": [{"actorId": f"V-{visitor.visitor_id}", "deliveryIdentifiers": []}],
            "attachments": [],
        },
    )
    assert sent.keys() >= MESSAGE | {"text", "attachments", "direction", "channelId", "truncationStatus"}
    assert sent["richText"] == "<p>Good <strong>morning</strong></p><ul><li><p>one</p></li></ul>"
    assert (sent["direction"], sent["status"]) == ("OUTGOING", {"statusType": "SENT"})
    assert sent["createdBy"] == sent["senders"][0]["actorId"] == f"A-{account.ana.user_id}"
    assert sent["recipients"][0]["actorId"] == f"V-{visitor.visitor_id}"
    comment = desk.good("POST", path, {"type": "COMMENT", "text": "only us"})
    assert comment["type"] == "COMMENT"
    account.run(account.ana, "close_conversation", conversation_id=id_)
    account.run(visitor, "move_cursor", conversation_id=id_, read_seq=int(sent["id"].partition("-")[2]))
    down = desk.pages(path, limit=2)
    kinds = [each["type"] for each in reversed(down)]
    assert kinds == ["WELCOME_MESSAGE", "MESSAGE", "ASSIGNMENT", "MESSAGE", "COMMENT", "THREAD_STATUS_CHANGE"]
    assert down[0]["newStatus"] == "CLOSED"
    assert all(each.keys() >= MESSAGE and each["conversationsThreadId"] == str(id_) for each in down)
    assert desk.pages(path, limit=2, sort="createdAt") == list(reversed(down))
    incoming = down[4]
    assert (incoming["direction"], incoming["status"]["statusType"]) == ("INCOMING", "RECEIVED")
    assert incoming["senders"][0]["actorId"] == f"V-{visitor.visitor_id}"
    again = desk.good("GET", f"{path}/{sent['id']}")
    assert again == {**sent, "status": {"statusType": "READ"}}
    original = desk.good("GET", f"{path}/{sent['id']}/original-content")
    assert original == {"text": sent["text"], "richText": sent["richText"]}
    shown = account.engine.read_and_wait(
        lambda reader: conversations.visitor_entries(
            reader, account.scope, visitor.visitor_id, id_, None, 100
        )
    )
    assert "only us" not in repr(shown)


def test_B3_quick_replies_in_and_out_beside_the_words(desk: Program, account: SmallAccount) -> None:
    visitor = account.new_visitor()
    id_ = account.start(visitor, "Hello")
    path = f"{ROOT}/threads/{id_}/messages"
    offered = {
        "type": "QUICK_REPLIES",
        "quickReplies": [
            {"label": "Yes", "value": "yes", "valueType": "TEXT"},
            {"label": "The manual", "value": "https://example.org/manual", "valueType": "URL"},
        ],
    }
    sent = desk.good("POST", path, {"type": "MESSAGE", "text": "Did it help?", "attachments": [offered]})
    assert (sent["text"], sent["richText"]) == ("Did it help?", "<p>Did it help?</p>")
    assert sent["attachments"] == [offered]
    assert desk.good("GET", f"{path}/{sent['id']}") == sent
    hubspot: Any = HubSpot(access_token=desk.secret, host=desk.origin, base_url=desk.origin)
    assert hubspot.api_request({"path": f"{path}/{sent['id']}"}).json()["attachments"] == [offered]
    shown = account.engine.read_and_wait(
        lambda reader: conversations.visitor_entries(
            reader, account.scope, visitor.visitor_id, id_, None, 100
        )
    )
    assert '{"label":"Yes","value":"yes"}' in repr(shown)
    assert '"url":"https://example.org/manual"' in repr(shown)


def test_B3_who_a_token_writes_as(origin: str, account: SmallAccount) -> None:
    id_ = account.start(account.new_visitor())
    path = f"{ROOT}/threads/{id_}/messages"

    def said_by(who: Program, sender: int) -> int:
        body = {"type": "MESSAGE", "text": "x", "senderActorId": f"A-{sender}"}
        return who.call("POST", path, body).status

    ben = program(origin, account, actor=_user(account, account.ben.user_id))
    assert said_by(ben, account.ben.user_id) == 201
    assert said_by(ben, account.ana.user_id) == 403
    leader = program(origin, account, Permission.PEOPLE)
    assert said_by(leader, account.ben.user_id) == 201
    assert said_by(leader, account.eve.user_id) == 400


def test_B3_actors_alone_and_in_batches(desk: Program, account: SmallAccount) -> None:
    visitor = account.new_visitor()
    contact = account.engine.write_and_wait(
        lambda unit: people.create_contact(unit, account.scope, account.admin, "mia@example.org", "Mia Sand")
    )
    there = [
        f"A-{account.ana.user_id}",
        f"V-{visitor.visitor_id}",
        f"V-{contact.id}",
        "S-hubspot",
        "E-x@example.org",
    ]
    batch = desk.call("POST", f"{ROOT}/actors/batch/read", {"inputs": there})
    assert (batch.status, batch.body["status"]) == (200, "COMPLETE")
    assert [each["id"] for each in batch.body["results"]] == there
    types = [each["type"] for each in batch.body["results"]]
    assert types == ["AGENT", "VISITOR", "VISITOR", "SYSTEM", "EMAIL"]
    assert batch.body["results"][2]["name"] == "Mia Sand"
    for id_ in there:
        assert desk.good("GET", f"{ROOT}/actors/{id_}")["id"] == id_
    partly = desk.call("POST", f"{ROOT}/actors/batch/read", {"inputs": [there[0], "A-999", "nonsense"]})
    assert (partly.status, partly.body["numErrors"], len(partly.body["results"])) == (207, 1, 1)
    assert partly.body["errors"][0]["context"]["ids"] == ["A-999", "nonsense"]
    assert desk.call("GET", f"{ROOT}/actors/A-999").status == 404


def test_B1_every_family_of_paths_answers(
    desk: Program, account: SmallAccount, subtests: pytest.Subtests
) -> None:
    id_ = account.start(account.new_visitor())
    for prefix in PREFIXES:
        with subtests.test(prefix):
            assert desk.good("GET", f"{prefix}/threads/{id_}/messages")["results"]
            assert desk.good("GET", f"{prefix}/inboxes")["results"]


def test_B1_the_official_client_reads_threads_by_raw_requests(desk: Program, account: SmallAccount) -> None:
    id_ = account.start(account.new_visitor())
    hubspot: Any = HubSpot(access_token=desk.secret, host=desk.origin, base_url=desk.origin)
    answer = hubspot.api_request({"path": f"{ROOT}/threads/{id_}/messages"})
    assert answer.json()["results"][0]["text"] == "Hello"


def test_B0_rate_limit_headers_and_the_envelope(desk: Program, account: SmallAccount) -> None:
    first, second = (desk.call("GET", f"{ROOT}/inboxes").headers for _ in range(2))
    left = "x-hubspot-ratelimit-remaining"
    assert int(first[left]) - int(second[left]) == 1
    assert int(second["x-hubspot-ratelimit-daily"]) >= int(second["x-hubspot-ratelimit-daily-remaining"])
    for _ in range(int(second[left])):
        desk.call("GET", f"{ROOT}/channels")
    refused = desk.call("GET", f"{ROOT}/channels")
    assert (refused.status, refused.body["policyName"]) == (429, "TEN_SECONDLY_ROLLING")
    assert refused.headers["retry-after"] == "1"
    UUID(refused.body["correlationId"])


BELOW = (
    ("GET", "/inboxes/{inbox}", None),
    ("GET", "/channel-accounts/{way}", None),
    ("GET", "/threads/{thread}", None),
    ("PATCH", "/threads/{thread}", {"status": "CLOSED"}),
    ("DELETE", "/threads/{thread}", None),
    ("PUT", "/threads/{thread}/assignee", {"actorId": "A-{user}"}),
    ("POST", "/threads/{thread}/assignee", {"actorId": "A-{user}"}),
    ("DELETE", "/threads/{thread}/assignee", None),
    ("GET", "/threads/{thread}/messages", None),
    ("POST", "/threads/{thread}/messages", {"type": "MESSAGE", "text": "x"}),
    ("POST", "/threads/{thread}/messages", {"type": "COMMENT", "text": "x"}),
    ("GET", "/threads/{thread}/messages/{thread}-2", None),
    ("GET", "/threads/{thread}/messages/{thread}-2/original-content", None),
    ("GET", "/actors/A-{user}", None),
    ("GET", "/actors/V-{visitor}", None),
)


def test_B0_nobody_sees_or_changes_what_is_not_theirs(
    origin: str, account: SmallAccount, subtests: pytest.Subtests
) -> None:
    visitor = account.new_visitor()
    id_ = account.start(visitor)
    desk = program(origin, account)
    names = {
        "inbox": account.inbox_id,
        "thread": id_,
        "user": account.ana.user_id,
        "visitor": visitor.visitor_id,
        "way": desk.good("GET", f"{ROOT}/threads/{id_}")["originalChannelAccountId"],
    }
    before = desk.good("GET", f"{ROOT}/threads/{id_}/messages"), desk.good("GET", f"{ROOT}/threads/{id_}")
    stranger = program(origin, open_small_account(account.engine, account="Other"), *Permission)
    colleague = program(origin, account, actor=_user(account, account.eve.user_id))
    for method, below, fields in BELOW:
        path = ROOT + below.format(**names)
        body = fields and {name: value.format(**names) for name, value in fields.items()}
        with subtests.test(f"{method} {below}"):
            nobody = Program(origin, "pdk_" + "0" * 43).call(method, path, body)
            assert (nobody.status, nobody.body["category"]) == (401, "INVALID_AUTHENTICATION")
            refused = stranger.call(method, path, body)
            assert (refused.status, refused.body["category"]) == (404, "OBJECT_NOT_FOUND")
            if "actors" not in below:
                assert colleague.call(method, path, body).status == 404
    assert stranger.good("GET", f"{ROOT}/threads")["results"] == []
    assert colleague.good("GET", f"{ROOT}/threads")["results"] == []
    after = desk.good("GET", f"{ROOT}/threads/{id_}/messages"), desk.good("GET", f"{ROOT}/threads/{id_}")
    assert after == before


BAD: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/inboxes?limit=0", None),
    ("GET", "/inboxes?limit=501", None),
    ("GET", "/inboxes?after=x", None),
    ("GET", "/inboxes?after=Wy01XQ", None),
    ("GET", "/inboxes?sort=color", None),
    ("GET", "/inboxes/x", None),
    ("GET", "/threads?after=x", None),
    ("GET", "/threads?threadStatus=LOST", None),
    ("GET", "/threads?sort=latestMessageTimestamp", None),
    ("GET", "/threads?sort=-id", None),
    ("GET", "/threads?sort=--id&associatedContactId=1&threadStatus=OPEN", None),
    ("GET", "/threads?associatedContactId=1", None),
    ("GET", "/threads?associatedContactId=1&threadStatus=OPEN&inboxId=1", None),
    ("GET", "/threads?latestMessageTimestampAfter=yesterday", None),
    ("PATCH", "/threads/{thread}", {"status": "LOST"}),
    ("PATCH", "/threads/{thread}", {"archived": True}),
    ("PATCH", "/threads/{thread}", []),
    ("PUT", "/threads/{thread}/assignee", {}),
    ("GET", "/threads/{thread}/messages?sort=text", None),
    ("POST", "/threads/{thread}/messages", {}),
    ("POST", "/threads/{thread}/messages", {"type": "MESSAGE"}),
    ("POST", "/threads/{thread}/messages", {"type": "NOTE", "text": "x"}),
    ("POST", "/threads/{thread}/messages", {"type": "MESSAGE", "text": "x" * 6_000}),
    ("POST", "/threads/{thread}/messages", {"type": "MESSAGE", "text": 5}),
    ("POST", "/threads/{thread}/messages", {"type": "MESSAGE", "text": "x", "channelId": "1002"}),
    ("POST", "/threads/{thread}/messages", {"type": "MESSAGE", "text": "x", "channelAccountId": "1"}),
    (
        "POST",
        "/threads/{thread}/messages",
        {"type": "MESSAGE", "text": "x", "recipients": [{"actorId": "V-1"}]},
    ),
    (
        "POST",
        "/threads/{thread}/messages",
        {"type": "MESSAGE", "text": "x", "attachments": [{"fileId": "1"}]},
    ),
    (
        "POST",
        "/threads/{thread}/messages",
        {"type": "MESSAGE", "text": "x", "attachments": [{"fileId": "https://example.org/a.png"}]},
    ),
    (
        "POST",
        "/threads/{thread}/messages",
        {"type": "MESSAGE", "text": "x", "attachments": [{"type": "QUICK_REPLIES", "quickReplies": []}]},
    ),
    (
        "POST",
        "/threads/{thread}/messages",
        {
            "type": "MESSAGE",
            "text": "x",
            "attachments": [
                {
                    "type": "QUICK_REPLIES",
                    "quickReplies": [{"label": "x", "value": "ftp://x", "valueType": "URL"}],
                }
            ],
        },
    ),
    (
        "POST",
        "/threads/{thread}/messages",
        {
            "type": "COMMENT",
            "text": "x",
            "attachments": [{"type": "QUICK_REPLIES", "quickReplies": [{"label": "x", "value": "x"}]}],
        },
    ),
    ("POST", "/threads/{thread}/messages", {"type": "MESSAGE", "text": "", "richText": "<script>x</script>"}),
    (
        "POST",
        "/threads/{thread}/messages",
        {"type": "MESSAGE", "text": "x", "richText": "<ul><li>" * 40 + "x"},
    ),
    ("POST", "/actors/batch/read", {"inputs": "A-1"}),
    ("POST", "/actors/batch/read", {"inputs": ["A-1"] * 101}),
)


def test_B0_bad_input_is_refused_in_hubspots_words_and_changes_nothing(
    desk: Program, account: SmallAccount, subtests: pytest.Subtests
) -> None:
    id_ = account.start(account.new_visitor())
    before = desk.good("GET", f"{ROOT}/threads/{id_}/messages"), desk.good("GET", f"{ROOT}/threads/{id_}")
    for method, below, body in BAD:
        with subtests.test(f"{method} {below} {str(body)[:80]}"):
            refused = desk.call(method, ROOT + below.format(thread=id_), body)
            assert (refused.status, refused.body["category"]) == (400, "VALIDATION_ERROR"), refused
            assert refused.body["errors"]
    after = desk.good("GET", f"{ROOT}/threads/{id_}/messages"), desk.good("GET", f"{ROOT}/threads/{id_}")
    assert after == before
