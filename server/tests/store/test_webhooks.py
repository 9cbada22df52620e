"""Webhooks through a real server: who is told what, in which order, once, and what becomes of failures."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import pytest

from pocketdesk.accounts.rules.sealing import sealing_key
from pocketdesk.hubspot.wire.webhooks import hubspot
from pocketdesk.jobs import Worker
from pocketdesk.kernel.moments import DAY, MINUTE, SECOND
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.outbound import Outbound, to_allowed
from pocketdesk.storage import Engine, UnitOfWork
from pocketdesk.webhooks import actions, rules, views
from pocketdesk.webhooks.jobs import SCHEDULES, Lanes, plain_dress, runs
from pocketdesk.webhooks.model import DeliveryState, Format, Webhook, WhyOff
from pocketdesk.webhooks.outside import Sender
from pocketdesk.webhooks.wire import standard
from tests.databases import Clock
from tests.receiver import Receiver, Taken, receiver
from tests.small_account import SmallAccount, open_small_account

pytestmark = pytest.mark.anyio

KEY = sealing_key(b"a secret of the installation")


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


class Hooked:
    """An account with a webhook, and the worker that tells it."""

    def __init__(
        self, account: SmallAccount, clock: Clock, url: str, *kinds: str, dress: Format = Format.STANDARD
    ) -> None:
        self.account, self.clock = account, clock
        self.made, self.secret = account.engine.write_and_wait(
            lambda unit: actions.create_webhook(
                unit, account.scope, account.admin, KEY, "Shop", url, kinds, dress
            )
        )

    @property
    def webhook(self) -> Webhook:
        return self.account.engine.read_and_wait(
            lambda reader: views.webhook(reader, self.account.scope, self.made.id)
        )

    def deliveries(self, state: DeliveryState | None = None) -> list[Any]:
        """Oldest first."""
        page = self.account.engine.read_and_wait(
            lambda reader: views.deliveries(reader, self.account.scope, self.made.id, 100, state=state)
        )
        return list(reversed(page.items))

    async def work(self, *, hears: bool = True) -> None:
        """Does what is due, and what that makes due."""
        outbound = Outbound(to_allowed(["127.0.0.1"]))
        lanes = Lanes(
            self.account.engine,
            Sender(outbound),
            lambda: KEY,
            {
                Format.STANDARD: plain_dress(standard),
                Format.HUBSPOT: plain_dress(hubspot),
                Format.HUBSPOT_V2: plain_dress(hubspot),
            },
            self.clock,
        )
        worker = Worker(self.account.engine, runs(self.account.engine, lanes), SCHEDULES, chance=lambda: 0.0)
        if hears:
            self.account.engine.write_and_wait(
                lambda unit: actions.notice(unit, self.account.scope.account_id)
            )
        await worker.run_due()
        await outbound.aclose()

    def change(self, **changes: Any) -> Webhook:
        return self.account.engine.write_and_wait(
            lambda unit: actions.change_webhook(
                unit, self.account.scope, self.account.admin, self.made.id, **changes
            )
        )


def is_signed(taken: Taken, secret: str) -> bool:
    """Checks it as the specification of Standard Webhooks says, without our code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{taken.headers['webhook-id']}.{taken.headers['webhook-timestamp']}.".encode() + taken.body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return wanted in taken.headers["webhook-signature"].split(" ")


def words(taken: Taken) -> str:
    entry = taken.json["data"]["entry"]
    return entry["content"]["blocks"][0]["runs"][0]["text"]


async def test_what_happens_is_told_signed_and_in_order(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, f"{there.origin}/hook?shop=1")
    visitor = account.new_visitor()
    conversation_id = account.start(visitor, "where is my order?")
    account.post(account.ana, conversation_id, "On its way")
    account.run(
        account.ana,
        "post_comment",
        conversation_id=conversation_id,
        client_message_id=account.uuid(),
        content={"text": "a good one"},
    )
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    await hooked.work()

    assert [each.json["type"] for each in there.taken] == [
        "conversation.started",
        "conversation.assigned",
        "message.posted",
        "comment.posted",
        "conversation.closed",
    ]
    assert [int(each.json["position"]) for each in there.taken] == sorted(
        int(each.json["position"]) for each in there.taken
    )
    assert "On its way" in [words(each) for each in there.taken if each.json["type"] == "message.posted"]
    assert all(is_signed(each, hooked.secret) for each in there.taken)
    assert not any(is_signed(each, rules.to_word(b"x" * 32)) for each in there.taken)
    assert there.taken[0].path == "/hook?shop=1"
    assert all(each.json["data"]["conversation"]["id"] == conversation_id for each in there.taken)
    assert {each.state for each in hooked.deliveries()} == {DeliveryState.DELIVERED}
    assert hooked.webhook.succeeded_at == clock.now

    there.taken.clear()
    await hooked.work()
    assert there.taken == []


@pytest.mark.parametrize(("dress", "version"), [(Format.HUBSPOT, "v1"), (Format.HUBSPOT_V2, "v2")])
async def test_B8_hubspots_receivers_get_what_they_know(
    account: SmallAccount, clock: Clock, there: Receiver, dress: Format, version: str
) -> None:
    from hubspot.utils.signature import Signature  # pyright: ignore[reportMissingTypeStubs]

    hooked = Hooked(account, clock, f"{there.origin}/hook?shop=1", dress=dress)
    conversation_id = account.start(account.new_visitor(), "where is my order?")
    account.post(account.ana, conversation_id, "On its way")
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    account.run(account.ana, "reopen_conversation", conversation_id=conversation_id)
    await hooked.work()
    events = [each.json[0] for each in there.taken]
    assert all(len(each.json) == 1 for each in there.taken)
    assert [
        (each["subscriptionType"], each.get("propertyName"), each.get("propertyValue")) for each in events
    ] == [
        ("conversation.creation", None, None),
        ("conversation.propertyChange", "assignedTo", str(account.ana.user_id)),
        ("conversation.newMessage", None, None),
        ("conversation.propertyChange", "status", "CLOSED"),
        ("conversation.propertyChange", "status", "OPEN"),
    ]
    assert {each["objectId"] for each in events} == {conversation_id}
    assert events[2]["messageType"] == "MESSAGE"
    for taken in there.taken:
        told, body = taken.headers, taken.body.decode()
        older, third = (
            Signature.get_signature(
                hooked.secret,
                body,
                each,
                http_method="POST",
                http_uri=f"{there.origin}/hook?shop=1",
                timestamp=told["x-hubspot-request-timestamp"],
            )
            for each in (version, "v3")
        )
        assert (told["x-hubspot-signature-version"], told["x-hubspot-signature"]) == (version, older)
        assert told["x-hubspot-signature-v3"] == third


async def test_only_the_kinds_that_are_wanted_and_nothing_from_before(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    account.start(account.new_visitor(), "before")
    hooked = Hooked(account, clock, there.origin, "conversation.closed")
    conversation_id = account.start(account.new_visitor(), "after")
    account.run(account.ana, "close_conversation", conversation_id=conversation_id)
    await hooked.work()
    assert [each.json["type"] for each in there.taken] == ["conversation.closed"]


async def test_a_failure_holds_up_its_conversation_and_no_other(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin, "message.posted")
    one, other = (account.start(account.new_visitor()) for _ in range(2))
    account.post(account.ana, one, "first of one")
    account.post(account.ana, one, "second of one")
    account.post(account.ana, other, "of the other")
    there.refuses.add("first of one")
    await hooked.work()
    assert "of the other" in map(words, there.taken)
    assert "second of one" not in map(words, there.taken)
    (failed,) = (each for each in hooked.deliveries() if each.failure)
    assert (failed.status, failed.attempts, failed.state) == (500, 1, DeliveryState.WAITING)
    assert failed.next_at == clock.now + 5 * SECOND

    there.refuses.clear()
    there.taken.clear()
    await hooked.work()
    assert there.taken == []
    clock.advance(5 * SECOND)
    await hooked.work()
    assert list(map(words, there.taken)) == ["first of one", "second of one"]
    assert there.taken[0].headers["webhook-id"].startswith(f"{hooked.made.id}.")


async def test_a_server_says_when_it_wants_to_be_asked_again(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin, "conversation.started")
    account.start(account.new_visitor())
    there.refuse(429, retry_after="600")
    await hooked.work()
    (waiting,) = hooked.deliveries()
    assert waiting.next_at == clock.now + 600 * SECOND


async def test_what_never_gets_through_fails_and_switches_off(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin, "message.posted")
    conversation_id = account.start(account.new_visitor())
    clock.advance(MINUTE)
    account.post(account.ana, conversation_id, "lost")
    there.refuses.add("lost")
    began = clock.now
    await hooked.work()
    while hooked.webhook.is_on:
        clock.now = hooked.deliveries()[-1].next_at
        await hooked.work()
    assert len([each for each in there.taken if words(each) == "lost"]) == len(rules.PAUSES_MS) + 1
    assert DAY * 0.9 < clock.now - began < DAY * 1.2
    assert hooked.webhook.why_off is WhyOff.FAILING
    assert hooked.deliveries(DeliveryState.FAILED)[0].attempts == len(rules.PAUSES_MS) + 1

    account.post(account.ana, conversation_id, "meanwhile")
    await hooked.work()
    there.refuses.clear()
    there.taken.clear()
    hooked.change(is_on=True)
    await hooked.work()
    assert list(map(words, there.taken)) == ["meanwhile"]

    again = hooked.deliveries(DeliveryState.FAILED)[0]
    account.engine.write_and_wait(
        lambda unit: actions.send_again(unit, account.scope, hooked.made.id, again.position)
    )
    await hooked.work()
    assert list(map(words, there.taken)) == ["meanwhile", "lost"]


async def test_an_address_that_is_gone_is_not_asked_again(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin)
    account.start(account.new_visitor())
    there.refuse(410)
    await hooked.work()
    assert (len(there.taken), hooked.webhook.why_off) == (1, WhyOff.GONE)
    clock.advance(DAY)
    await hooked.work()
    assert len(there.taken) == 1


async def test_a_redirect_is_no_way_to_somebody_else(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    with receiver() as elsewhere:
        hooked = Hooked(account, clock, there.origin, "conversation.started")
        account.start(account.new_visitor())
        there.refuse(307, location=elsewhere.origin)
        await hooked.work()
        assert elsewhere.taken == []
    assert hooked.deliveries()[0].failure == "status 307"


async def test_replay_tells_from_any_moment_anew(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin, "message.posted")
    conversation_id = account.start(account.new_visitor())
    for number in range(6):
        clock.advance(MINUTE)
        account.post(account.ana, conversation_id, f"number {number}")
    await hooked.work()
    first = [(each.headers["webhook-id"], words(each)) for each in there.taken]
    there.taken.clear()
    account.engine.write_and_wait(
        lambda unit: actions.replay(
            unit, account.scope, account.admin, hooked.made.id, clock.now - 2 * MINUTE
        )
    )
    await hooked.work()
    assert [(each.headers["webhook-id"], words(each)) for each in there.taken] == first[-3:]


async def test_two_workers_tell_nothing_twice(account: SmallAccount, clock: Clock, there: Receiver) -> None:
    hooked = Hooked(account, clock, there.origin, "message.posted")
    conversation_id = account.start(account.new_visitor())
    for number in range(5):
        account.post(account.ana, conversation_id, f"number {number}")
    account.engine.write_and_wait(lambda unit: actions.read_ledger(unit, account.scope))
    head = hooked.deliveries(DeliveryState.WAITING)[0]

    def claim(unit: UnitOfWork) -> object:
        return actions.claim(unit, account.scope, head)

    assert account.engine.write_and_wait(claim) is not None
    assert account.engine.write_and_wait(claim) is None
    await hooked.work()
    assert there.taken == []
    clock.advance(actions.TRY_MS)
    await hooked.work()
    assert list(map(words, there.taken))[-5:] == [f"number {number}" for number in range(5)]


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin, "message.posted")
    conversation_id = account.start(account.new_visitor())
    new = account.engine.write_and_wait(
        lambda unit: actions.renew_secret(unit, account.scope, account.admin, KEY, hooked.made.id)
    )
    account.post(account.ana, conversation_id, "both")
    await hooked.work()
    assert is_signed(there.taken[-1], new)
    assert is_signed(there.taken[-1], hooked.secret)
    clock.advance(DAY + 1)
    account.post(account.ana, conversation_id, "one")
    await hooked.work()
    assert is_signed(there.taken[-1], new)
    assert not is_signed(there.taken[-1], hooked.secret)


async def test_nothing_readable_is_kept_of_a_secret(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin)
    sealed = account.engine.read_and_wait(
        lambda reader: views.secrets_of(reader, account.scope, hooked.made.id)
    )
    assert hooked.secret.removeprefix("whsec_") not in sealed.current
    other = sealing_key(b"another installation")
    opened = account.engine.read_and_wait(
        lambda reader: views.signing_secrets(reader, account.scope, hooked.made.id, other, clock.now)
    )
    assert opened == ()


async def test_news_that_nobody_heard_are_found_by_the_clock(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin, "conversation.started")
    await hooked.work()
    account.start(account.new_visitor())
    clock.advance(MINUTE)
    await hooked.work(hears=False)
    assert len(there.taken) == 1


async def test_old_deliveries_and_deleted_webhooks_are_forgotten(
    account: SmallAccount, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin, "message.posted")
    conversation_id = account.start(account.new_visitor())
    account.post(account.ana, conversation_id, "told")
    await hooked.work()
    assert hooked.deliveries()
    clock.advance(31 * DAY)
    await hooked.work()
    assert hooked.deliveries() == []
    account.post(account.ana, conversation_id, "told again")
    await hooked.work()
    account.engine.write_and_wait(
        lambda unit: actions.delete_webhook(unit, account.scope, account.admin, hooked.made.id)
    )
    clock.advance(DAY)
    await hooked.work()
    with pytest.raises(NotFound):
        _ = hooked.webhook
    assert account.engine.write_and_wait(actions.sweep) is False


async def test_another_accounts_webhooks_hear_nothing_and_do_not_exist(
    account: SmallAccount, engine: Engine, clock: Clock, there: Receiver
) -> None:
    hooked = Hooked(account, clock, there.origin)
    other = open_small_account(engine, account="Other")
    other.start(other.new_visitor(), "not for you")
    await hooked.work()
    assert there.taken == []
    with pytest.raises(NotFound):
        engine.read_and_wait(lambda reader: views.webhook(reader, other.scope, hooked.made.id))
    with pytest.raises(NotFound):
        engine.write_and_wait(
            lambda unit: actions.delete_webhook(unit, AccountScope(2**40), other.admin, hooked.made.id)
        )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/hook",
        "ftp://example.org",
        "https://",
        "https://user:word@example.org/",
        "https://example.org/#part",
        "https://exam ple.org/",
        "https://example.org:x/",
        "https://bücher.example/",
        "https://example.org/" + "x" * 2_000,
    ],
)
async def test_an_address_that_cannot_be_called_is_refused(
    account: SmallAccount, clock: Clock, url: str
) -> None:
    with pytest.raises(Invalid) as refused:
        Hooked(account, clock, url)
    assert "url" in refused.value.fields
    assert account.engine.read_and_wait(lambda reader: views.webhooks(reader, account.scope)) == []
