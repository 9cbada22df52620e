"""What ends a proof closes sockets, and histories that join begin streams anew: with the product's own ports."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pocketdesk.accounts import actions as accounts
from pocketdesk.app.bootstrap import ports
from pocketdesk.app.settings import Settings
from pocketdesk.conversations import actions as conversations
from pocketdesk.people import actions as people
from pocketdesk.people.model import OpenedSession, Proof
from pocketdesk.realtime.service import Realtime
from pocketdesk.storage import Engine
from tests.databases import Clock
from tests.realtime.conftest import Memory
from tests.small_account import SmallAccount, open_small_account

pytestmark = pytest.mark.anyio

MIA = "mia@example.org"


@pytest.fixture
def engine(database_url: str, clock: Clock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock, randbelow=Random(1).randrange)
    yield engine
    engine.close()


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


@pytest.fixture
async def realtime(
    engine: Engine, account: SmallAccount, clock: Clock, tmp_path: Path
) -> AsyncIterator[Realtime]:
    started = Realtime(engine, ports(Settings.model_validate({"data_dir": tmp_path})), clock)
    await started.start()
    yield started
    await started.stop()


async def _open(
    account: SmallAccount, key_id: int | None = None, cookie: str | None = None, email: str = MIA
) -> OpenedSession:
    return await account.engine.write(
        lambda unit: people.open_proven_session(
            unit,
            account.scope,
            account.tag,
            {},
            Proof(email, None, key_id),
            cookie,
            conversations.join_history,
        )
    )


async def _connect(realtime: Realtime, token: str) -> Memory:
    client = Memory(realtime)
    client.say(type="hello", protocol=1, token=token)
    assert (await client.next())["type"] == "welcome"
    return client


async def _answers(client: Memory) -> bool:
    client.say(type="ping")
    return (await client.next("pong"))["type"] == "pong"


async def _follow(client: Memory, stream: str, **fields: Any) -> Any:
    client.say(type="subscribe", stream=stream, **fields)
    return await client.next()


async def test_revoking_a_key_closes_the_sockets_that_it_has_proven(
    account: SmallAccount, realtime: Realtime
) -> None:
    made = [
        await account.engine.write(
            lambda unit, name=name: people.add_secret_key(unit, account.scope, account.admin, name, b"0" * 32)
        )
        for name in ("Old", "New")
    ]
    old, new = (each.key.id for each in made)
    by_old = await _connect(realtime, (await _open(account, old)).token)
    by_new = await _connect(realtime, (await _open(account, new)).token)
    by_ours = await _connect(realtime, (await _open(account)).token)
    await account.engine.write(lambda unit: people.revoke_key(unit, account.scope, account.admin, old))
    assert (await by_old.until_closed())[0] == 4401
    assert await _answers(by_new)
    assert await _answers(by_ours)


async def test_C16_log_out_closes_that_sessions_socket_and_no_other(
    account: SmallAccount, realtime: Realtime
) -> None:
    phone, tablet = await _open(account), await _open(account)
    on_phone, on_tablet = await _connect(realtime, phone.token), await _connect(realtime, tablet.token)
    await account.engine.write(
        lambda unit: people.forget_visitor(unit, account.scope, phone.visitor_id, phone.id, None)
    )
    assert (await on_phone.until_closed())[0] == 4401
    assert await _answers(on_tablet)


async def test_signing_somebody_out_closes_all_their_sockets(
    account: SmallAccount, realtime: Realtime
) -> None:
    clients = [await _connect(realtime, (await _open(account)).token) for _ in range(2)]
    leo = await _connect(realtime, (await _open(account, email="leo@example.org")).token)
    await account.engine.write(
        lambda unit: people.sign_out_everywhere(unit, account.scope, account.admin, MIA)
    )
    for client in clients:
        assert (await client.until_closed())[0] == 4401
    assert await _answers(leo)


async def test_C12_a_proof_that_is_too_old_loses_its_socket(
    account: SmallAccount, realtime: Realtime, clock: Clock
) -> None:
    client = await _connect(realtime, (await _open(account)).token)
    clock.advance(12 * 3_600_000)
    for feed in tuple(realtime.gateway._feeds.values()):
        await feed.recheck_credentials()
    assert (await client.until_closed())[0] == 4401


async def test_C14_a_history_that_joins_begins_streams_anew_and_is_there_at_once(
    account: SmallAccount, realtime: Realtime
) -> None:
    write = account.engine.write
    tablet = await _open(account)
    on_tablet = await _connect(realtime, tablet.token)
    before = await _follow(on_tablet, "visitor")
    assert before["state"] == {"conversations": []}
    phone = await write(lambda unit: people.open_visitor_session(unit, account.scope, account.tag, {}, None))
    cookie = await write(lambda unit: people.remember_visitor(unit, account.scope, phone.visitor_id, None))
    on_phone = await _connect(realtime, phone.token)
    on_phone.say(
        type="start_conversation",
        command_id="c1",
        client_conversation_id="00000000-0000-4000-8000-000000000001",
        client_message_id="00000000-0000-4000-8000-000000000002",
        mobile_tag=account.tag,
        content={"text": "Before signing in"},
    )
    conversation_id = (await on_phone.next("ack"))["result"]["conversation_id"]
    word = await write(lambda unit: accounts.open_session(unit, 1, "test", ""))
    agent = Memory(realtime, f"session={word}")
    agent.say(type="hello", protocol=1, account_id=account.scope.account_id)
    assert (await agent.next())["type"] == "welcome"
    stream = f"conversation:{conversation_id}"
    assert (await _follow(agent, stream))["state"]["conversation"]["contact"] is None

    await _open(account, cookie=cookie)

    assert (await on_phone.until_closed())[0] == 4401, "nobody is the anonymous visitor any more"
    assert await on_tablet.next("reset") == {"type": "reset", "stream": "visitor", "reason": "access_changed"}
    (joined,) = (await _follow(on_tablet, "visitor"))["state"]["conversations"]
    assert joined["id"] == conversation_id
    assert (await agent.next("reset"))["stream"] == stream
    state = (await _follow(agent, stream))["state"]["conversation"]
    assert (state["visitor_id"], state["contact"]["verified"]) == (tablet.visitor_id, True)
    resumed = await _follow(on_tablet, "visitor", position=before["position"])
    assert (resumed["type"], resumed["reason"]) == ("reset", "access_changed"), "no event tells what joined"
