"""Channels that programs bring, through HubSpot's own client with its checks of answers on, and by plain calls."""

import json
from typing import Any

import pytest
from hubspot_sdk import HubSpot as Newer

from pocketdesk.accounts.model import Permission
from pocketdesk.conversations import views as conversations
from pocketdesk.conversations.model import View
from pocketdesk.hubspot.api.custom_channels import PREFIXES
from pocketdesk.hubspot.jobs import channel_dress
from pocketdesk.webhooks import actions as webhooks
from pocketdesk.webhooks import views as webhook_views
from pocketdesk.webhooks.model import Format, Told
from tests.api.test_hubspot_site_search import account, origin
from tests.facade import Program, program
from tests.small_account import SmallAccount

__all__ = ["account", "origin"]

ROOT = PREFIXES[0]
PHONE = {"type": "HS_PHONE_NUMBER", "value": "+31201234567"}


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account, Permission.INBOXES)


def _connect(desk: Program, account: SmallAccount, **capabilities: Any) -> tuple[str, str]:
    made = desk.good(
        "POST",
        ROOT,
        {"name": "Telex", "capabilities": capabilities, "webhookUrl": "https://example.org/telex"},
    )
    way = {"inboxId": str(account.inbox_id), "name": "Head office", "authorized": True}
    return made["id"], desk.good("POST", f"{ROOT}/{made['id']}/channel-accounts", way)["id"]


def _words(channel_account_id: str, text: str = "Hello from outside", **more: Any) -> dict[str, Any]:
    return {
        "text": text,
        "attachments": [],
        "channelAccountId": channel_account_id,
        "messageDirection": "INCOMING",
        "senders": [{"deliveryIdentifier": PHONE, "name": "Mo"}],
        "recipients": [],
        "timestamp": "2026-11-26T08:00:00Z",
        **more,
    }


def _reply(account: SmallAccount, conversation_id: int, words: str) -> int:
    return account.run(
        account.ana,
        "post_message",
        conversation_id=conversation_id,
        client_message_id=account.uuid(),
        content={"blocks": [{"type": "paragraph", "runs": [{"type": "text", "text": words}]}]},
    )["seq"]


def test_B4_a_whole_channel_by_the_newer_client(desk: Program, account: SmallAccount) -> None:
    client = Newer(access_token=desk.secret, base_url=desk.origin, _strict_response_validation=True)
    channels: Any = client.conversations.custom_channels
    made = channels.create(
        name="Telex", capabilities={"richText": ["HYPERLINK"]}, webhook_url="https://example.org/telex"
    )
    assert (made.name, made.webhook_url) == ("Telex", "https://example.org/telex")
    assert [each.id for each in channels.list()] == [made.id]
    renamed = channels.update(
        made.id,
        name="Telex 2",
        capabilities={"richText": ["HYPERLINK"]},
        channel_account_connection_redirect_url="",
        channel_description="",
        channel_logo_url="",
        webhook_url="https://example.org/telex",
    )
    assert renamed.name == "Telex 2"
    way = channels.channel_accounts.create(
        made.id,
        authorized=True,
        inbox_id=str(account.inbox_id),
        name="Head office",
        delivery_identifier={"type": "HS_SHORT_CODE", "value": "1234"},
    )
    assert (way.authorized, way.channel_id, way.delivery_identifier.value) == (True, made.id, "1234")
    assert [each.id for each in channels.channel_accounts.list(made.id)] == [way.id]
    said = channels.messages.create(
        int(made.id),
        attachments=[],
        channel_account_id=way.id,
        message_direction="INCOMING",
        recipients=[],
        senders=[{"delivery_identifier": PHONE, "name": "Mo"}],
        text="Hello",
        timestamp="2026-11-26T08:00:00Z",
    )
    assert (said.direction, said.text, said.senders[0].delivery_identifier.value) == (
        "INCOMING",
        "Hello",
        PHONE["value"],
    )
    channels.delete(made.id)
    assert list(channels.list()) == []


def test_B4_words_come_once_into_one_conversation_and_answers_go_out(
    desk: Program, account: SmallAccount
) -> None:
    channel_id, way = _connect(desk, account)
    first = desk.good("POST", f"{ROOT}/{channel_id}/messages", _words(way, integrationIdempotencyId="one"))
    again = desk.good("POST", f"{ROOT}/{channel_id}/messages", _words(way, integrationIdempotencyId="one"))
    assert again == first
    thread_id = int(first["conversationsThreadId"])
    second = desk.good("POST", f"{ROOT}/{channel_id}/messages", _words(way, "And another"))
    assert second["conversationsThreadId"] == first["conversationsThreadId"]
    thread = desk.good("GET", f"/conversations/v3/conversations/threads/{thread_id}")
    assert (thread["originalChannelId"], thread["originalChannelAccountId"]) == (channel_id, way)
    seen = account.engine.read_and_wait(
        lambda reader: conversations.agent_conversation(reader, account.scope, account.ana.user_id, thread_id)
    )
    assert (seen.chatflow, seen.conversation.channel_kind, seen.takes_answers) == (None, "custom", True)
    # It stands in the lists under the name that the program gave.
    for view in (View.OPEN, View.UNASSIGNED):
        rows, _ = account.engine.read_and_wait(
            lambda reader, view=view: conversations.list_page(
                reader, account.scope, account.ana.user_id, view
            )
        )
        assert [(row.conversation.id, row.name) for row in rows] == [(thread_id, seen.visitor_name)]

    # An agent answers: it is told to the program, and to it alone what the program itself brought is not.
    seq = _reply(account, thread_id, "Good morning")
    told = _told(account)
    assert [each["message"]["text"] for each in told] == ["Good morning"]
    (event,) = told
    assert (event["type"], event["channelId"]) == ("OUTGOING_CHANNEL_MESSAGE_CREATED", int(channel_id))
    assert event["message"]["recipients"][0]["deliveryIdentifier"] == PHONE
    assert event["channelIntegrationThreadIds"] == []

    message = f"{ROOT}/{channel_id}/messages/{thread_id}-{seq}"
    assert desk.good("GET", message)["status"] == {"statusType": "SENT"}
    failed = desk.good("PATCH", message, {"statusType": "FAILED", "errorMessage": "no paper"})
    assert failed["status"]["statusType"] == "FAILED"
    assert desk.good("PATCH", message, {"statusType": "FAILED", "errorMessage": "no paper"}) == failed
    assert desk.good("PATCH", message, {"statusType": "READ"})["status"] == {"statusType": "READ"}


def _told(account: SmallAccount) -> list[dict[str, Any]]:
    """What the program's webhook is told."""
    while account.engine.write_and_wait(lambda unit: webhooks.read_ledger(unit, account.scope)):
        pass
    dress = channel_dress("https://desk.example", lambda: b"0" * 32)
    found: list[dict[str, Any]] = []

    def read(reader: Any) -> None:
        (hook,) = webhook_views.webhooks(reader, account.scope)
        assert hook.format is Format.CHANNEL
        for delivery in reversed(webhook_views.deliveries(reader, account.scope, hook.id, 50).items):
            fact = webhook_views.fact(reader, account.scope, delivery)
            assert fact is not None
            told = Told(account.scope.account_id, hook, delivery, *fact)
            dressed = dress(reader, account.scope, told, (b"s",), 0)
            if dressed is not None:
                found.append(json.loads(dressed[1]))

    account.engine.read_and_wait(read)
    return found


def test_B4_threads_of_the_program_and_an_address_that_is_known(desk: Program, account: SmallAccount) -> None:
    channel_id, way = _connect(desk, account)
    path = f"{ROOT}/{channel_id}/messages"
    one = desk.good("POST", path, _words(way, integrationThreadId="t-1"))
    two = desk.good("POST", path, _words(way, integrationThreadId="t-2"))
    assert one["conversationsThreadId"] != two["conversationsThreadId"]
    more = desk.good("POST", path, _words(way, integrationThreadId="t-1"))
    assert more["conversationsThreadId"] == one["conversationsThreadId"]
    _reply(account, int(one["conversationsThreadId"]), "Yes")
    assert [each["channelIntegrationThreadIds"] for each in _told(account)] == [["t-1"]]
    sender = {"deliveryIdentifier": {"type": "HS_EMAIL_ADDRESS", "value": "mo@example.org"}, "name": "Mo B"}
    mail = desk.good("POST", path, _words(way, senders=[sender]))
    thread = desk.good("GET", f"/conversations/v3/conversations/threads/{mail['conversationsThreadId']}")
    person = desk.good("GET", f"/crm/v3/objects/contacts/{thread['associatedContactId']}")
    assert person["properties"]["email"] == "mo@example.org"


def test_B4_what_agents_say_out_there(desk: Program, account: SmallAccount) -> None:
    channel_id, way = _connect(desk, account)
    outgoing = _words(
        way,
        "I call you back",
        messageDirection="OUTGOING",
        senders=[{"deliveryIdentifier": PHONE, "senderActorId": f"A-{account.ana.user_id}"}],
        recipients=[{"deliveryIdentifier": PHONE, "name": "Mo"}],
    )
    said = desk.good("POST", f"{ROOT}/{channel_id}/messages", outgoing)
    assert (said["direction"], said["createdBy"]) == ("OUTGOING", f"A-{account.ana.user_id}")
    assert _told(account) == []


def test_B4_nothing_goes_where_nobody_hears(desk: Program, account: SmallAccount) -> None:
    channel_id, way = _connect(desk, account)
    path = f"{ROOT}/{channel_id}/messages"
    said = desk.good("POST", path, _words(way))
    off = desk.good("PATCH", f"{ROOT}/{channel_id}/channel-accounts/{way}", {"authorized": False})
    assert (off["authorized"], off["active"]) == (False, False)
    assert desk.call("POST", path, _words(way)).status == 409
    thread = f"/conversations/v3/conversations/threads/{said['conversationsThreadId']}"
    answer = {"type": "MESSAGE", "text": "Hello?"}
    assert desk.call("POST", f"{thread}/messages", answer).status == 409
    desk.good("POST", f"{thread}/messages", {**answer, "type": "COMMENT"})
    desk.good("PATCH", f"{ROOT}/{channel_id}/channel-accounts/{way}", {"authorized": True})
    desk.good("POST", f"{thread}/messages", answer)
    desk.good("PATCH", f"{ROOT}/{channel_id}", {"capabilities": {"allowOutgoingMessages": False}})
    assert desk.call("POST", f"{thread}/messages", answer).status == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"channelAccountId": "x"}, "channelAccountId"),
        ({"messageDirection": "OUTGOING"}, "recipients"),
        ({"senders": []}, "senders"),
        ({"attachments": [{"type": "LOCATION"}]}, "attachments.0.type"),
        ({"associateWithContactId": 5}, "associateWithContactId"),
    ],
)
def test_B4_bad_words_change_nothing(
    desk: Program, account: SmallAccount, change: dict[str, Any], field: str
) -> None:
    channel_id, way = _connect(desk, account)
    refused = desk.call("POST", f"{ROOT}/{channel_id}/messages", {**_words(way), **change})
    assert refused.status == 400
    assert field in json.dumps(refused.body)
    assert desk.good("GET", "/conversations/v3/conversations/threads")["results"] == []


def test_B4_a_channel_of_somebody_elses(desk: Program, account: SmallAccount, origin: str) -> None:
    channel_id, way = _connect(desk, account)
    bare = program(origin, account)
    assert bare.call("GET", ROOT).status == 403
    assert bare.call("POST", ROOT, {"name": "X", "capabilities": {}}).status == 403
    for path in (f"{ROOT}/7", f"{ROOT}/7/channel-accounts", f"{ROOT}/{channel_id}/channel-accounts/7"):
        assert desk.call("GET", path).status == 404
    assert desk.call("POST", f"{ROOT}/7/messages", _words(way)).status == 404
    elsewhere = {"inboxId": str(account.other_inbox_id), "name": "X", "authorized": True}
    assert desk.call("POST", f"{ROOT}/{channel_id}/channel-accounts", elsewhere).status == 400


def test_B4_an_account_has_at_most_twenty(desk: Program) -> None:
    for number in range(20):
        desk.good("POST", ROOT, {"name": f"Telex {number}", "capabilities": {}})
    refused = desk.call("POST", ROOT, {"name": "One more", "capabilities": {}})
    assert (refused.status, refused.body["category"]) == (409, "CONFLICT")
    made = desk.good("GET", ROOT)["results"]
    assert len(made) == 20
    desk.good("DELETE", f"{ROOT}/{made[0]['id']}")
    desk.good("POST", ROOT, {"name": "One more", "capabilities": {}})
