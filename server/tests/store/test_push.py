"""Pushes through real HTTP/2 to services that check them: who is told what, when not, and what becomes of failures."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from pocketdesk.accounts.rules.sealing import sealing_key
from pocketdesk.conversations.model import VisitorViewer
from pocketdesk.jobs import Worker
from pocketdesk.kernel.moments import DAY, HOUR, MINUTE, SECOND
from pocketdesk.outbound import Outbound, to_allowed
from pocketdesk.people import actions as people
from pocketdesk.people import views as people_views
from pocketdesk.people.model import Device, PushProvider, PushTarget
from pocketdesk.push import actions, rules, views
from pocketdesk.push.jobs import SCHEDULES, runs
from pocketdesk.push.model import Provider
from pocketdesk.push.outside import Services
from pocketdesk.storage import Engine, UnitOfWork
from tests.databases import Clock
from tests.simulators.http2 import Certificate, Said, certificate, serve
from tests.simulators.push import TOKEN, AppleDevices, Browser, GoogleDevices, pem_of
from tests.small_account import SmallAccount, open_small_account

pytestmark = pytest.mark.anyio

KEY = sealing_key(b"a secret of the installation")


@dataclass
class World:
    """An account that can push everywhere, and a visitor with a conversation."""

    account: SmallAccount
    clock: Clock
    trusted: Certificate
    apple: AppleDevices
    google: GoogleDevices
    browser: Browser
    origins: tuple[str, str]
    visitor: VisitorViewer
    conversation_id: int

    def write(self, action: Callable[..., Any], *given: Any, **named: Any) -> Any:
        return self.account.engine.write_and_wait(lambda unit: action(unit, *given, **named))

    def add_device(self, provider: PushProvider, token: str, visitor: VisitorViewer | None = None) -> None:
        """One of our SDKs registers on the visitor's phone."""
        who = visitor or self.visitor

        def add(unit: UnitOfWork) -> None:
            word, _ = people.issue_credential(unit, self.account.scope, who.visitor_id, 1)
            app = people_views.app_of_credential(unit, word, unit.now)
            assert app is not None
            topic = "com.example.shop" if provider is PushProvider.APNS else None
            target = PushTarget(provider, token, topic)
            people.register_device(unit, app, self.account.uuid(), "android", target, "3.1", "1.0", "en")

        self.account.engine.write_and_wait(add)

    @property
    def devices(self) -> tuple[Device, ...]:
        return self.account.engine.read_and_wait(
            lambda reader: people_views.devices(
                reader, self.account.scope, self.visitor.visitor_id, self.clock.now
            )
        )

    def provider(self, kind: PushProvider) -> Provider:
        found = self.account.engine.read_and_wait(lambda reader: views.providers(reader, self.account.scope))
        return next(each for each in found if each.kind is kind)

    def say(self, words: str, conversation_id: int | None = None) -> None:
        self.account.post(self.account.ana, conversation_id or self.conversation_id, words)

    async def work(self, *, waits: bool = True) -> None:
        """Hears the news, waits until who is reading has read, and does what is due."""
        outbound = Outbound(to_allowed(["localhost"]), tls=self.trusted.for_client)
        apple, google = self.origins
        services = Services(
            outbound,
            self.clock,
            apns=apple,
            apns_sandbox="https://localhost:9",
            fcm=google,
            google_tokens=f"{google}/token",
        )
        kinds = runs(self.account.engine, services, lambda: KEY, self.clock)
        worker = Worker(self.account.engine, kinds, SCHEDULES, chance=lambda: 0.0)
        self.write(actions.notice, self.account.scope.account_id)
        await worker.run_due()
        if waits:
            self.clock.advance(rules.QUIET_MS)
            await worker.run_due()
        await outbound.aclose()


@pytest.fixture(scope="module")
def trusted() -> Iterator[Certificate]:
    with certificate() as found:
        yield found


@pytest.fixture
def world(engine: Engine, clock: Clock, trusted: Certificate) -> Iterator[World]:
    account = open_small_account(engine)
    apple, google, browser = AppleDevices(clock), GoogleDevices(clock), Browser(clock)
    with ExitStack() as running:
        origins = [running.enter_context(serve(each, trusted)) for each in (apple, google, browser)]
        google.origin, browser.origin = origins[1:]
        visitor = account.new_visitor()
        made = World(
            account,
            clock,
            trusted,
            apple,
            google,
            browser,
            (origins[0], origins[1]),
            visitor,
            account.start(visitor, "where is my order?"),
        )
        keys = (
            rules.parse_apns(apple.key_id, apple.team_id, pem_of(apple.key)),
            rules.parse_fcm(google.service_account),
        )
        for key in keys:
            made.write(actions.set_key, account.scope, account.admin, KEY, key)
        made.write(actions.make_web_push_key, account.scope, account.admin, KEY, "mailto:ops@example.org")
        found = engine.read_and_wait(lambda reader: views.public_key(reader, account.scope))
        assert found is not None
        browser.server_key = found
        yield made


async def test_A8_C08_an_answer_reaches_a_closed_app(world: World) -> None:
    world.add_device(PushProvider.FCM, "device-1")
    world.add_device(PushProvider.APNS, TOKEN)
    world.add_device(PushProvider.WEBPUSH, world.browser.subscription)
    world.say("It is on its way, and should be there tomorrow.")
    await world.work()

    ((_, collapse), shown), *_ = world.google.shown.items()
    assert collapse == f"pd-{world.account.scope.account_id}-{world.conversation_id}"
    wanted = {
        "hsPortalId": str(world.account.scope.account_id),
        "hsThreadId": str(world.conversation_id),
        "hsChatflowId": str(world.account.chatflow_id),
        "hsChatflowParam": "support",
        "pd_conversation": str(world.conversation_id),
    }
    assert (
        shown.items()
        >= (wanted | {"hsTitle": "Ana", "hsBody": "It is on its way, and should be there tomorrow."}).items()
    )
    (apple,) = world.apple.shown.values()
    assert apple.items() >= wanted.items()
    assert apple["aps"]["alert"] == {
        "title": "Ana",
        "body": "It is on its way, and should be there tomorrow.",
    }
    assert (apple["aps"]["badge"], apple["aps"]["thread-id"]) == (1, collapse)
    # HubSpot's SDKs read words alone: a number would be nothing to them.
    for each in (shown, {name: value for name, value in apple.items() if name.startswith("hs")}):
        assert all(isinstance(value, str) for value in each.values())
    (browser,) = world.browser.shown
    assert browser.items() >= (wanted | {"title": "Ana", "badge": 1}).items()
    assert all(world.provider(kind).sent_at == world.clock.now for kind in PushProvider)


async def test_several_answers_become_one_push_and_the_badge_counts_them(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    for words in ("One moment.", "Found it.", "It is in Hamburg."):
        world.say(words)
    await world.work()
    assert len(world.apple.asked) == 1
    (shown,) = world.apple.shown.values()
    assert (shown["aps"]["alert"]["body"], shown["aps"]["badge"]) == ("It is in Hamburg.", 3)

    other = world.account.start(world.visitor, "something else")
    world.say("Yes?", other)
    await world.work()
    assert [each["aps"]["badge"] for each in world.apple.shown.values()] == [3, 4]


async def test_quiet_while_reading(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    world.say("You see this")
    await world.work(waits=False)
    seq = world.account.engine.read_and_wait(
        lambda reader: reader.events(world.account.scope.account_id, 0, 100)
    )[-1].event
    world.account.run(
        world.visitor,
        "move_cursor",
        conversation_id=world.conversation_id,
        received_seq=getattr(seq, "seq", 9),
        read_seq=getattr(seq, "seq", 9),
    )
    await world.work()
    assert world.apple.asked == []


async def test_nobody_is_told_of_their_own_words_or_of_comments(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    world.account.post(world.visitor, world.conversation_id, "hello?")
    world.account.run(
        world.account.ana,
        "post_comment",
        conversation_id=world.conversation_id,
        client_message_id=world.account.uuid(),
        content={"text": "a good one"},
    )
    await world.work()
    assert world.apple.asked == []


async def test_without_content_nothing_is_said_but_that_there_is_something(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    world.write(actions.set_content, world.account.scope, world.account.admin, with_content=False)
    world.say("Your salary is 4,200")
    await world.work()
    (shown,) = world.apple.shown.values()
    assert shown["aps"]["alert"] == {"title": "Nordlicht", "body": "1 new message"}
    assert "4,200" not in json.dumps(shown)


async def test_a_token_without_proof_gets_no_words(world: World) -> None:
    world.write(
        people.bind_push_token,
        world.account.scope,
        PushProvider.FCM,
        "device-1",
        "android",
        world.visitor.visitor_id,
        is_bare=True,
    )
    world.say("Your salary is 4,200")
    await world.work()
    ((_, shown),) = world.google.shown.items()
    assert (shown["hsTitle"], shown["hsBody"]) == ("Nordlicht", "1 new message")


async def test_a_token_that_no_conversation_names_gets_nothing(world: World) -> None:
    world.write(people.register_push_token, world.account.scope, PushProvider.FCM, "device-1", "android")
    world.say("Hello")
    await world.work()
    assert world.google.asked == []


@pytest.mark.parametrize(
    "refusal",
    [
        Said(410, b'{"reason":"Unregistered","timestamp":1}'),
        Said(400, b'{"reason":"BadDeviceToken"}'),
        Said(400, b'{"reason":"DeviceTokenNotForTopic"}'),
    ],
)
async def test_C07_apple_says_gone_and_the_device_is_forgotten(world: World, refusal: Said) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    world.apple.refusals.append(refusal)
    world.say("Hello")
    await world.work()
    assert world.devices == ()
    world.say("Hello again")
    await world.work()
    assert len(world.apple.asked) == 1


async def test_C07_google_and_browsers_say_gone_too(world: World) -> None:
    world.add_device(PushProvider.FCM, "uninstalled")
    world.add_device(PushProvider.WEBPUSH, world.browser.subscription)
    world.add_device(PushProvider.WEBPUSH, "no subscription")
    world.browser.gone = True
    world.say("Hello")
    await world.work()
    assert world.devices == ()


async def test_services_that_are_busy_are_asked_again_when_they_say(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    world.add_device(PushProvider.FCM, "device-1")
    world.apple.refusals.append(Said(503, b'{"reason":"ServiceUnavailable"}', {"retry-after": "120"}))
    world.google.refusals.append(Said(429, b"", {}))
    world.say("Hello")
    await world.work()
    assert world.apple.shown == {}
    assert world.google.shown == {}
    assert world.provider(PushProvider.APNS).failure == "ServiceUnavailable"
    world.clock.advance(MINUTE)
    await world.work(waits=False)
    assert (len(world.apple.shown), len(world.google.shown)) == (0, 1)
    world.clock.advance(MINUTE)
    await world.work(waits=False)
    assert len(world.apple.shown) == 1


async def test_what_was_read_meanwhile_is_not_pushed_late(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    world.apple.refusals.append(Said(503, b"{}"))
    world.say("Hello")
    await world.work()
    assert len(world.apple.asked) == 1
    world.account.post(world.visitor, world.conversation_id, "I have seen it")
    world.clock.advance(HOUR)
    await world.work(waits=False)
    assert len(world.apple.asked) == 1


async def test_signatures_are_kept_and_renewed(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    world.add_device(PushProvider.FCM, "device-1")
    for _ in range(2):
        world.say("Hello")
        await world.work()
        world.google.bearer = "ya29.second"
        world.clock.advance(2 * HOUR)
    assert len(world.apple.shown) == 1
    assert world.google.shown != {}
    assert world.provider(PushProvider.APNS).failure is None


async def test_a_bearer_that_google_takes_no_more_is_fetched_anew(world: World) -> None:
    world.add_device(PushProvider.FCM, "device-1")
    world.google.refusals.append(Said(401, b'{"error":{"status":"UNAUTHENTICATED"}}'))
    world.say("Hello")
    await world.work()
    assert world.google.shown == {}
    world.clock.advance(2 * SECOND)
    await world.work(waits=False)
    assert len(world.google.shown) == 1


async def test_nothing_goes_to_where_a_service_account_says(world: World) -> None:
    world.add_device(PushProvider.FCM, "device-1")
    world.say("Hello")
    await world.work()
    assert [each.path for each in world.google.asked] == [
        "/token",
        f"/v1/projects/{world.google.project}/messages:send",
    ]


async def test_without_a_key_nothing_is_read_or_pushed(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    for kind in PushProvider:
        world.write(actions.remove_key, world.account.scope, world.account.admin, kind)
    world.say("Hello")
    await world.work()
    assert world.apple.asked == []
    with pytest.raises(rules.NoProvider):
        world.write(actions.remove_key, world.account.scope, world.account.admin, PushProvider.APNS)


async def test_keys_are_sealed(world: World) -> None:
    def sealed(kind: PushProvider, key: bytes) -> object:
        return world.account.engine.read_and_wait(
            lambda reader: views.key(reader, world.account.scope, kind, key)
        )

    assert sealed(PushProvider.APNS, KEY) is not None
    assert sealed(PushProvider.APNS, sealing_key(b"another installation")) is None


async def test_news_that_nobody_heard_are_found_by_the_clock(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    await world.work()
    world.say("Hello")
    world.clock.advance(MINUTE)
    await world.work()
    assert len(world.apple.shown) == 1


async def test_another_accounts_devices_hear_nothing(world: World, engine: Engine) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    other = open_small_account(engine, account="Other")
    conversation_id = other.start(other.new_visitor())
    other.post(other.ana, conversation_id, "not for you")
    await world.work()
    assert world.apple.asked == []


async def test_long_words_are_cut_to_what_a_push_carries(world: World) -> None:
    world.add_device(PushProvider.APNS, TOKEN)
    world.say("ん" * 4_000)
    await world.work()
    (shown,) = world.apple.shown.values()
    assert len(shown["aps"]["alert"]["body"]) == rules.LONGEST_BODY
    world.clock.advance(DAY)
