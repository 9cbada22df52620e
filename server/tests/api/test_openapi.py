"""Every route of the whole server against generated input: no bug, and a refusal is well formed and changes nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok
from sqlalchemy import select
from starlette.testclient import TestClient

from pocketdesk.app.bootstrap import create
from pocketdesk.app.settings import Settings
from pocketdesk.storage import Engine, metadata
from tests.databases import Clock

ORIGIN = "http://127.0.0.1:8000"
Operation = APIOperation[Any, Any, Any, Any]
SIGNS_OUT = {"DELETE /api/v1/session", "DELETE /api/v1/visitor/session"}
PARTS = 8
"""So that the routes are tried side by side."""
TWO_SIDED = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])


@dataclass
class House:
    """A whole server with one account that has one of everything, and what may stand in its paths."""

    agent: TestClient
    visitor: TestClient
    engine: Engine
    ids: dict[str, Any]

    def rows(self) -> dict[str, list[Any]]:
        # The worker goes on beside with what earlier calls have left to do.
        tables = [table for table in metadata.sorted_tables if table.name not in {"id_counter", "job"}]
        return self.engine.read_and_wait(
            lambda reader: {table.name: sorted(reader.all(select(table)), key=repr) for table in tables}
        )


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[House]:
    product = create(Settings.model_validate({"data_dir": tmp_path, "database_url": database_url}), now=clock)
    with TestClient(product.app, base_url=ORIGIN, headers={"origin": ORIGIN}) as agent:
        visitor = TestClient(product.app, base_url=ORIGIN)
        visitor.portal = agent.portal
        yield House(agent, visitor, product.engine, _furnish(agent, visitor))


def _furnish(agent: TestClient, visitor: TestClient) -> dict[str, Any]:
    def good(answer: Any) -> Any:
        assert answer.status_code < 300, answer.text
        return answer.json()

    first = {
        "account_name": "A",
        "name": "Ana",
        "email": "ana@example.org",
        "password": "correct horse battery",
    }
    session = good(agent.post("/api/v1/setup", json=first))["accounts"][0]
    base = f"/api/v1/accounts/{session['id']}"
    inbox = good(agent.get(f"{base}/inboxes"))["items"][0]
    flow = {"inbox_id": inbox["id"], "language": "en", "mobile_tag": "support", "type": "live_agent"}
    ids = {
        "account_id": session["id"],
        "user_id": good(agent.post(f"{base}/users", json={"name": "B", "email": "b@example.org"}))["user"][
            "id"
        ],
        "team_id": good(agent.post(f"{base}/teams", json={"name": "T"}))["id"],
        "set_id": good(agent.post(f"{base}/permission-sets", json={"name": "S", "permissions": []}))["id"],
        "token_id": good(agent.post(f"{base}/tokens", json={"name": "K", "scopes": []}))["token"]["id"],
        "inbox_id": inbox["id"],
        "channel_id": inbox["channels"][0]["id"],
        "contact_id": good(agent.post(f"{base}/contacts", json={"email": "c@example.org"}))["id"],
        "type_id": good(agent.post(f"{base}/privacy/subscription-types", json={"name": "N"}))["id"],
        "chatflow_id": good(agent.post(f"{base}/chatflows", json=flow))["id"],
        "skill_id": good(agent.post(f"{base}/routing/skills", json={"name": "Refunds"}))["id"],
        "survey_id": good(agent.post(f"{base}/surveys", json={"name": "S", "delivery": "chat"}))["id"],
    }
    good(agent.patch(f"{base}/chatflows/{ids['chatflow_id']}", json={"is_on": True}))
    opening = {"account_id": session["id"], "mobile_tag": "support"}
    visitor.headers["authorization"] = (
        f"Bearer {good(visitor.post('/api/v1/visitor/session', json=opening))['token']}"
    )
    film = {"name": "film.mp4", "size": 5_000_000, "media_type": "video/mp4"}
    ids["file_id"] = good(agent.post(f"{base}/files", json=film))["file_id"]
    start = {
        "type": "start_conversation",
        "command_id": "0b0d7d4c-30ac-4c6f-9d2b-0f5f6d1f3a01",
        "client_conversation_id": "0b0d7d4c-30ac-4c6f-9d2b-0f5f6d1f3a02",
        "client_message_id": "0b0d7d4c-30ac-4c6f-9d2b-0f5f6d1f3a03",
        "mobile_tag": "support",
        "content": {"text": "where is my order?"},
    }
    reply = good(visitor.post("/api/v1/realtime/commands", json={"commands": [start]}))["replies"][0]
    other = good(agent.post(f"{base}/contacts", json={"email": "d@example.org"}))["id"]
    for thing in ("export", "erasure"):
        begun = good(agent.post(f"{base}/privacy/{thing}s", json={"kind": "contact", "id": other}))
        ids[f"{thing}_id"] = begun["id"]
        while begun["finished_at"] is None:
            begun = good(agent.get(f"{base}/privacy/{thing}s/{begun['id']}"))
    agent.headers["x-account"] = str(session["id"])
    return {**ids, "conversation_id": reply["result"]["conversation_id"]}


def _operations(house: House) -> list[Operation]:
    schema = schemathesis.openapi.from_dict(house.agent.get("/api/openapi.json").json())
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    assert len(found) > 50
    return sorted(found, key=lambda operation: operation.method == "delete")


@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", range(PARTS))
def test_generated_input_finds_no_bug_and_changes_nothing_where_it_is_refused(
    part: int, house: House, subtests: pytest.Subtests
) -> None:
    for operation in _operations(house)[part::PARTS]:
        if operation.label in SIGNS_OUT or operation.path.endswith("/realtime/poll"):  # which waits for news
            continue
        with subtests.test(operation.label):
            _try(house, operation)


def _try(house: House, operation: Operation) -> None:
    ours = {name: value for name, value in house.ids.items() if f"{{{name}}}" in operation.path}

    @settings(
        max_examples=10,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(st.data(), TWO_SIDED, st.booleans())
    def attempt(data: st.DataObject, mode: GenerationMode, keep: bool) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if keep or operation.path.endswith("{account_id}"):
            case.path_parameters = {**(case.path_parameters or {}), **ours}
        elif "account_id" in ours:
            case.path_parameters = {**(case.path_parameters or {}), "account_id": ours["account_id"]}
        _check(house, case)

    attempt()


def _check(house: House, case: Case[Any]) -> None:
    browser = house.visitor if "/visitor/" in case.path else house.agent
    wire = case.as_transport_kwargs(base_url=ORIGIN, headers=dict(browser.headers))
    wire.pop("cookies", None)
    if isinstance(wire.get("data"), str | bytes):
        wire["content"] = wire.pop("data")
    before = house.rows()
    answer = browser.request(**wire)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert house.rows() == before, "refused, and yet something changed"
        refusal = json.loads(answer.text)
        assert set(refusal) == {"code", "message", "fields", "correlation_id"}
        if answer.status_code == 422:
            assert refusal["fields"], "which field?"
