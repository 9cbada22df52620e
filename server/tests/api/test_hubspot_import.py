"""Moving from HubSpot: one server speaks as HubSpot, and another account is where everything goes."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pocketdesk.accounts.model import Permission
from pocketdesk.consent import actions as consent
from pocketdesk.hubspot.importing.asking import Asking, outbound_to
from pocketdesk.hubspot.importing.model import Outcome, Report
from pocketdesk.hubspot.importing.source import Source, check_base_url
from pocketdesk.hubspot.importing.telling import to_json, to_lines
from pocketdesk.hubspot.importing.work import (
    CONTACTS,
    SUBSCRIPTIONS,
    UNKNOWN_OWNER,
    Work,
)
from pocketdesk.hubspot.importing.writing import ARCHIVED
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.people import actions as people
from pocketdesk.people import views as contacts
from pocketdesk.storage import Engine
from tests.api.test_hubspot_site_search import account, origin
from tests.databases import Clock
from tests.facade import Program, program
from tests.loopback import Door, serving
from tests.small_account import SmallAccount, open_small_account

__all__ = ["account", "origin"]


@dataclass
class Wall:
    """Stands before the source: answers as the test says (`429`, `cut`), and else passes everything on."""

    behind: str
    troubles: list[str] = field(default_factory=list[str])
    """The next answers; blank: passed on."""
    replaced: dict[str, Any] = field(default_factory=dict[str, Any])
    """Answers by path."""
    paths: list[str] = field(default_factory=list[str])
    origin: str = ""


@pytest.fixture
def wall(origin: str) -> Iterator[Wall]:
    wall = Wall(origin)

    class Passing(Door):
        def do_GET(self) -> None:
            self._pass()

        def do_POST(self) -> None:
            self._pass()

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)) or None
            wall.paths.append(self.path)
            trouble = wall.troubles.pop(0) if wall.troubles else ""
            if trouble == "cut":
                self.close_connection = True
                self.connection.close()
                return
            if trouble == "429":
                self.say(429, b"{}", {"Retry-After": "7"})
                return
            replaced = wall.replaced.get(self.path.partition("?")[0])
            if replaced is not None:
                self.say(200, json.dumps(replaced).encode(), {})
                return
            headers = {"authorization": self.headers["authorization"], "content-type": "application/json"}
            try:
                request = Request(f"{wall.behind}{self.path}", body, headers, method=self.command)
                with urlopen(request, timeout=20) as answer:
                    self.say(answer.status, answer.read(), {})
            except HTTPError as refused:
                self.say(refused.code, refused.read(), {})

    with serving(Passing) as wall.origin:
        yield wall


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account, Permission.PEOPLE)


@pytest.fixture
def target(database_url: str, engine: Engine, clock: Clock) -> Iterator[SmallAccount]:
    """Another account, on an engine of its own: the command runs beside the server."""
    own = Engine.open(database_url, clock=clock, randbelow=Random(2).randrange)
    yield open_small_account(own, account="Abendrot")
    own.close()


def bring(
    target: SmallAccount,
    origin: str,
    secret: str,
    *,
    dry_run: bool = False,
    inbox: str | None = None,
    sleep: Callable[[float], Awaitable[object]] | None = None,
    tell: Callable[[str], object] = lambda _line: None,
) -> Report:
    async def run() -> Report:
        outbound = outbound_to(check_base_url(origin))
        try:
            source = Source(origin, secret, Asking(outbound, tell, sleep or _no_sleep))
            account_id = target.scope.account_id
            return await Work(target.engine, account_id, source, tell, inbox=inbox, dry_run=dry_run).run()
        finally:
            await outbound.aclose()

    return asyncio.run(run())


async def _no_sleep(_seconds: float) -> None:
    pass


def fill(desk: Program, count: int) -> None:
    """So many contacts at the source."""
    for start in range(0, count, 100):
        inputs = [
            {"properties": {"email": f"c{number}@example.org", "firstname": "C", "lastname": f"No {number}"}}
            for number in range(start, min(start + 100, count))
        ]
        desk.good("POST", "/crm/v3/objects/contacts/batch/create", {"inputs": inputs})


def there(target: SmallAccount, email: str) -> dict[str, Any]:
    """A contact of the target with its properties."""

    def read(reader: Any) -> dict[str, Any]:
        card = contacts.contact_of_email(reader, target.scope, email)
        assert card is not None, email
        known = contacts.current_properties(reader, target.scope, {card.id}).get(card.id, ())
        said = {each.name: each.value for each in known}
        return {**said, "name": card.name, "owner": card.owner_user_id, "verified": card.verified}

    return target.engine.read_and_wait(read)


def test_contacts_come_once_over_pages_and_checksums_agree(
    desk: Program, account: SmallAccount, target: SmallAccount
) -> None:
    fill(desk, 230)
    looked = bring(target, desk.origin, desk.secret, dry_run=True)
    assert looked.kinds[CONTACTS].outcomes == {Outcome.BROUGHT: 230}
    with pytest.raises(AssertionError):
        there(target, "c7@example.org")
    first = bring(target, desk.origin, desk.secret)
    tally = first.kinds[CONTACTS]
    assert (first.stopped, tally.found, tally.outcomes) == (None, 230, {Outcome.BROUGHT: 230})
    assert tally.given == tally.held == looked.kinds[CONTACTS].given != 0
    assert there(target, "c229@example.org")["name"] == "C No 229"
    assert not there(target, "c229@example.org")["verified"]
    again = bring(target, desk.origin, desk.secret)
    assert again.kinds[CONTACTS].outcomes == {Outcome.ALREADY_THERE: 230}
    assert (again.kinds[CONTACTS].given, again.kinds[CONTACTS].held) == (tally.given, tally.held)


def test_what_is_known_here_stays_and_what_is_missing_is_filled_in(
    desk: Program, account: SmallAccount, target: SmallAccount
) -> None:
    eve = desk.good("GET", "/crm/v3/owners", email="eve@nordlicht.example")["results"][0]["id"]
    for email, owner in (("mia@example.org", str(account.admin.user_id)), ("tom@example.org", eve)):
        said = {
            "email": email,
            "firstname": "Mia",
            "phone": "+49 1",
            "city": "Kiel",
            "hubspot_owner_id": owner,
        }
        desk.good("POST", "/crm/v3/objects/contacts", {"properties": said})

    def know(unit: Any) -> None:
        card = people.create_contact(unit, target.scope, target.admin, "mia@example.org", "Maria")
        people.set_contact_property(unit, target.scope, card.id, "phone", "+49 2", "agent")

        old = people.create_contact(unit, target.scope, target.admin, "c0@example.org")
        people.archive_contact(unit, target.scope, target.admin, old.id)

    fill(desk, 1)
    target.engine.write_and_wait(know)
    report = bring(target, desk.origin, desk.secret)
    tally = report.kinds[CONTACTS]
    assert tally.outcomes == {Outcome.COMPLETED: 1, Outcome.BROUGHT: 1, Outcome.SKIPPED: 1}
    assert tally.skipped == {ARCHIVED: 1}
    assert tally.left_out["phone is another here"] == 1
    assert tally.left_out["firstname is another here"] == 1
    assert tally.left_out[UNKNOWN_OWNER] == 2
    assert tally.given == tally.held
    assert there(target, "mia@example.org") == {
        "name": "Maria",
        "phone": "+49 2",
        "city": "Kiel",
        "owner": None,
        "verified": False,
    }


def test_owners_are_matched_by_address(wall: Wall, desk: Program, target: SmallAccount) -> None:
    said = {"email": "mia@example.org", "hubspot_owner_id": str(_first_owner(desk))}
    desk.good("POST", "/crm/v3/objects/contacts", {"properties": said})
    wall.replaced["/crm/v3/owners"] = {
        "results": [{"id": str(_first_owner(desk)), "email": "ANA@abendrot.example"}]
    }
    report = bring(target, wall.origin, desk.secret)
    assert report.kinds[CONTACTS].given == report.kinds[CONTACTS].held
    assert there(target, "mia@example.org")["owner"] == target.admin.user_id


def test_it_waits_as_it_is_told_and_outlives_a_cut_connection(
    wall: Wall, desk: Program, target: SmallAccount
) -> None:
    fill(desk, 5)
    wall.troubles = ["", "429", "", "cut", "", "429"]
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    report = bring(target, wall.origin, desk.secret, sleep=sleep)
    assert report.stopped is None
    assert report.kinds[CONTACTS].outcomes == {Outcome.BROUGHT: 5}
    assert 7.0 in pauses


def test_an_import_that_was_cut_off_goes_on_when_started_again(
    wall: Wall, desk: Program, target: SmallAccount
) -> None:
    fill(desk, 250)
    wall.troubles = [*[""] * 6, *["cut"] * 100]
    first = bring(target, wall.origin, desk.secret)
    assert first.stopped is not None
    came = first.kinds[CONTACTS].outcomes[Outcome.BROUGHT]
    assert 0 < came < 250
    assert first.agrees
    wall.troubles = []
    second = bring(target, wall.origin, desk.secret)
    assert second.kinds[CONTACTS].outcomes == {Outcome.ALREADY_THERE: came, Outcome.BROUGHT: 250 - came}
    assert second.agrees


def test_hostile_contacts_are_cleaned_or_left_out_and_hold_nothing_up(
    wall: Wall, desk: Program, target: SmallAccount
) -> None:
    people_there: list[dict[str, Any]] = [
        {"email": None},
        {"email": "no address"},
        {"email": " Mia@Example.org ", "firstname": "<script>alert(1)</script>", "phone": "a\0b"},
        {"email": "bidi@example.org", "firstname": "A\u202eB\u0007", "city": "\ud800"},
        {"email": "long@example.org", "city": "x" * 5_000, "hubspot_owner_id": "../1", "hs_x": "1"},
        {"email": "many@example.org", **{f"p{number}": "1" for number in range(150)}},
    ]
    listed = [{"id": str(number), "properties": each} for number, each in enumerate(people_there)]
    wall.replaced["/crm/v3/objects/contacts"] = {"results": listed}
    wall.replaced["/crm/v3/objects/contacts/batch/read"] = {
        "results": [*listed, {"id": "99", "properties": {}}]
    }
    report = bring(target, wall.origin, desk.secret)
    tally = report.kinds[CONTACTS]
    assert (report.stopped, tally.found, tally.outcomes[Outcome.BROUGHT]) == (None, 6, 4)
    assert tally.outcomes[Outcome.SKIPPED] == sum(tally.skipped.values()) == 2
    assert report.agrees
    assert there(target, "mia@example.org")["name"] == "<script>alert(1)</script>"
    assert "phone" not in there(target, "mia@example.org")
    assert "city" not in there(target, "bidi@example.org")
    assert there(target, "bidi@example.org")["name"] is None
    assert "city" not in there(target, "long@example.org")
    assert all(line.isprintable() for line in to_lines(report))
    assert to_json(report)["kinds"]["contacts"]["found"] == 6


def test_an_answer_in_another_form_ends_it(wall: Wall, desk: Program, target: SmallAccount) -> None:
    answers: list[Any] = [
        [],
        {"results": 1},
        {"results": [{"id": 1}]},
        {"results": [], "paging": {"next": {}}},
    ]
    for answer in answers:
        wall.replaced["/crm/v3/objects/contacts"] = answer
        assert "form" in (bring(target, wall.origin, desk.secret).stopped or "")


def test_a_source_that_leads_in_circles_and_a_wrong_token_end_it(
    wall: Wall, desk: Program, target: SmallAccount
) -> None:
    with pytest.raises(Invalid):
        bring(target, wall.origin, "two words\r\nx: y")
    assert "401" in (bring(target, wall.origin, "pat-wrong").stopped or "")
    wall.replaced["/crm/v3/objects/contacts"] = {"results": [], "paging": {"next": {"after": "1"}}}
    assert "circles" in (bring(target, wall.origin, desk.secret).stopped or "")


def test_subscriptions_come_where_the_type_is_here_and_never_undo_an_end(
    desk: Program, account: SmallAccount, target: SmallAccount
) -> None:
    fill(desk, 3)
    for which, name in ((account, "News"), (account, "Offers"), (target, "News")):
        which.engine.write_and_wait(
            lambda unit, which=which, name=name: consent.create_subscription_type(
                unit, which.scope, which.admin, name, "what is new"
            )
        )
    listed = desk.good("GET", "/communication-preferences/v4/definitions")["results"]
    types = {each["name"]: int(each["id"]) for each in listed}
    for number, status in ((0, "SUBSCRIBED"), (1, "UNSUBSCRIBED")):
        for name in ("News", "Offers"):
            desk.good(
                "POST",
                f"/communication-preferences/v4/statuses/c{number}@example.org",
                {"subscriptionId": types[name], "statusState": status, "channel": "EMAIL"},
            )
    first = bring(target, desk.origin, desk.secret).kinds[SUBSCRIPTIONS]
    assert first.outcomes == {Outcome.BROUGHT: 2, Outcome.SKIPPED: 2}
    assert first.skipped == {"there is no subscription type 'Offers' here": 2}
    assert first.given == first.held != 0
    reader = program(desk.origin, account).secret
    again = bring(target, desk.origin, reader).kinds[SUBSCRIPTIONS]
    assert again.outcomes == {Outcome.ALREADY_THERE: 2, Outcome.SKIPPED: 2}


@pytest.mark.parametrize(
    "address",
    [
        "http://api.example.org",
        "ftp://127.0.0.1",
        "https://u:p@example.org",
        "https://example.org/x",
        "",
        "https://",
    ],
)
def test_a_token_travels_only_sealed_or_inside_this_machine(address: str) -> None:
    with pytest.raises(Invalid):
        check_base_url(address)
    assert check_base_url("https://api.example.org/") == "https://api.example.org"
    assert check_base_url("http://[::1]:8080") == "http://[::1]:8080"


def _first_owner(desk: Program) -> int:
    return int(desk.good("GET", "/crm/v3/owners")["results"][0]["id"])
