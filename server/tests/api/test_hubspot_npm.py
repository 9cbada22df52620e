"""HubSpot's client for Node, `@hubspot/api-client`, against a real server and both databases."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pocketdesk.accounts.model import Permission
from pocketdesk.webhooks import actions as webhooks
from pocketdesk.webhooks.model import Format
from tests.api.test_hubspot_site_search import account, library, origin
from tests.facade import Program, program
from tests.library import Library
from tests.small_account import SmallAccount

__all__ = ["account", "library", "origin"]

NODE = Path(sys.executable).with_name("node")
SCRIPT = Path(__file__).parents[1] / "npm_client.mjs"
ROOT = "/conversations/v3/conversations"


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account, Permission.PEOPLE, Permission.IDENTITY, Permission.TOKENS)


def _ask(desk: Program, *calls: tuple[Any, ...]) -> list[Any]:
    """What the client makes of some calls, one after the other: each its name and arguments."""
    asked = {
        "origin": desk.origin,
        "secret": desk.secret,
        "calls": [{"call": name, "args": args} for name, *args in calls],
    }
    done = subprocess.run(
        [NODE, SCRIPT], input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _answers(desk: Program, *calls: tuple[Any, ...]) -> list[Any]:
    """The same, where nothing is refused."""
    return [each["answer"] for each in _ask(desk, *calls)]


def test_C_the_node_client_makes_finds_changes_and_pages_contacts(desk: Program) -> None:
    people = [{"properties": {"email": f"p{number}@example.org"}} for number in range(3)]
    made, batch, again, found, changed, first = _ask(
        desk,
        (
            "crm.contacts.basicApi.create",
            {"properties": {"email": "mia@example.org", "firstname": "Mia", "phone": "+49 1"}},
        ),
        ("crm.contacts.batchApi.create", {"inputs": people}),
        ("crm.contacts.basicApi.create", {"properties": {"email": "mia@example.org"}}),
        (
            "crm.contacts.searchApi.doSearch",
            {
                "filterGroups": [
                    {"filters": [{"propertyName": "email", "operator": "EQ", "value": "mia@example.org"}]}
                ],
                "properties": ["phone"],
                "limit": 5,
            },
        ),
        (
            "crm.contacts.basicApi.update",
            "mia@example.org",
            {"properties": {"lastname": "Sand"}},
            "email",
        ),
        ("crm.contacts.basicApi.getPage", 2),
    )
    id_ = made["answer"]["id"]
    assert [each["properties"]["email"] for each in batch["answer"]["results"]] == [
        "p0@example.org",
        "p1@example.org",
        "p2@example.org",
    ]
    assert again["refused"]["code"] == 409
    assert again["refused"]["body"]["category"] == "CONFLICT"
    assert again["refused"]["body"]["message"] == f"Contact already exists. Existing ID: {id_}"
    assert found["answer"]["total"] == 1
    assert found["answer"]["results"][0]["properties"]["phone"] == "+49 1"
    assert changed["answer"]["properties"]["lastname"] == "Sand"
    (all_of_them, rest) = _answers(
        desk,
        ("crm.contacts.getAll", 2),
        ("crm.contacts.basicApi.getPage", 2, first["answer"]["paging"]["next"]["after"]),
    )
    ids = {each["id"] for each in all_of_them}
    assert len(all_of_them) == len(ids) == 4
    assert {each["id"] for each in first["answer"]["results"] + rest["results"]} == ids
    assert "paging" not in rest


def test_C_the_node_client_reads_and_answers_threads(desk: Program, account: SmallAccount) -> None:
    threads = [account.start(account.new_visitor(), f"Number {number}") for number in range(3)]
    first, thread, sent, messages, no_thread = _ask(
        desk,
        ("apiRequest", {"path": f"{ROOT}/threads", "qs": {"limit": 2}}),
        ("apiRequest", {"path": f"{ROOT}/threads/{threads[0]}"}),
        (
            "apiRequest",
            {
                "method": "POST",
                "path": f"{ROOT}/threads/{threads[0]}/messages",
                "body": {"type": "MESSAGE", "text": "Hello from Node", "recipients": []},
            },
        ),
        ("apiRequest", {"path": f"{ROOT}/threads/{threads[0]}/messages"}),
        ("apiRequest", {"path": f"{ROOT}/threads/999999"}),
    )
    after = first["answer"]["paging"]["next"]["after"]
    (rest,) = _answers(desk, ("apiRequest", {"path": f"{ROOT}/threads", "qs": {"limit": 2, "after": after}}))
    shown = [int(each["id"]) for each in first["answer"]["results"] + rest["results"]]
    assert shown == sorted(threads)
    assert thread["answer"]["status"] == "OPEN"
    assert sent["answer"]["direction"] == "OUTGOING"
    texts = [each.get("text") for each in messages["answer"]["results"] if each["type"] == "MESSAGE"]
    assert texts == ["Hello from Node", "Number 0"]
    assert no_thread["answer"]["status"] == "error"  # a raw request is not checked by the client
    assert no_thread["answer"]["category"] == "OBJECT_NOT_FOUND"


def test_C_the_node_client_at_every_other_path(
    desk: Program, account: SmallAccount, library: Library
) -> None:
    library.publish("Reset your password", "Open the settings and choose a new password.")
    hook, _ = account.engine.write_and_wait(
        lambda unit: webhooks.create_webhook(
            unit,
            account.scope,
            account.admin,
            b"0" * 32,
            "Hook",
            "https://example.org/hook",
            [],
            Format.HUBSPOT,
        )
    )
    token, no_token, owners, definitions, settings, subscriptions, articles, tickets, answers = _ask(
        desk,
        (
            "conversations.visitorIdentification.generateApi.generateToken",
            {"email": "mia@example.org", "firstName": "Mia"},
        ),
        ("conversations.visitorIdentification.generateApi.generateToken", {"email": "nobody"}),
        ("crm.owners.ownersApi.getPage",),
        ("communicationPreferences.definitionApi.getPage",),
        ("webhooks.settingsApi.getAll", hook.id),
        ("webhooks.subscriptionsApi.getAll", hook.id),
        ("cms.siteSearch.publicApi.search", "password"),
        ("crm.tickets.basicApi.getPage",),
        ("crm.objects.feedbackSubmissions.basicApi.getPage",),
    )
    assert token["answer"]["token"]
    assert (no_token["refused"]["code"], no_token["refused"]["body"]["category"]) == (400, "VALIDATION_ERROR")
    assert str(account.admin.user_id) in {each["id"] for each in owners["answer"]["results"]}
    assert "subscriptionDefinitions" in definitions["answer"]
    assert settings["answer"]["targetUrl"] == "https://example.org/hook"
    assert len(subscriptions["answer"]["results"]) == 5
    assert [each["title"] for each in articles["answer"]["results"]] == ["Reset your password"]
    assert tickets["answer"]["results"] == answers["answer"]["results"] == []


def test_C_another_token_gets_nothing_of_the_node_client(desk: Program) -> None:
    stranger = Program(desk.origin, "no-token")
    (refused,) = _ask(stranger, ("crm.contacts.basicApi.getPage",))
    assert (refused["refused"]["code"], refused["refused"]["body"]["category"]) == (
        401,
        "INVALID_AUTHENTICATION",
    )
