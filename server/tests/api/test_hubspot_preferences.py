"""Communication preferences through HubSpot's own Python clients, with their checks of answers on."""

from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.communication_preferences import PublicUpdateSubscriptionStatusRequest as Wanted
from hubspot.communication_preferences.exceptions import ApiException
from hubspot_sdk import HubSpot as Newer

from pocketdesk.accounts.model import Permission
from pocketdesk.consent import actions as consent
from pocketdesk.hubspot.api.preferences import OLD, PREFIXES
from pocketdesk.people import actions as people
from tests.api.test_hubspot_site_search import account, origin
from tests.facade import Program, program
from tests.small_account import SmallAccount, open_small_account

__all__ = ["account", "origin"]

MIA = "mia@example.org"


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account, Permission.PEOPLE)


@pytest.fixture
def type_id(account: SmallAccount) -> int:
    account.engine.write_and_wait(
        lambda unit: people.create_contact(unit, account.scope, account.admin, MIA, "Mia Sand")
    )
    return account.engine.write_and_wait(
        lambda unit: consent.create_subscription_type(unit, account.scope, account.admin, "Ships", "New ones")
    ).id


def test_B5_the_third_version(desk: Program, type_id: int) -> None:
    shared: Any = HubSpot(access_token=desk.secret, host=desk.origin, client_side_validation=True)
    api = shared.communication_preferences
    definitions = api.definition_api.get_page().subscription_definitions
    assert [(each.name, each.is_default) for each in definitions] == [
        ("News and offers", True),
        ("Ships", False),
    ]
    wanted = Wanted(email_address=MIA, subscription_id=str(type_id), legal_basis="CONSENT_WITH_NOTICE")
    before = api.status_api.get_email_status(MIA)
    assert [each.status for each in before.subscription_statuses] == ["NOT_SUBSCRIBED"] * 2
    assert api.status_api.subscribe(wanted).status == "SUBSCRIBED"
    assert api.status_api.unsubscribe(wanted).status == "NOT_SUBSCRIBED"
    with pytest.raises(ApiException) as again:  # who has ended it begins it again in person
        api.status_api.subscribe(wanted)
    assert again.value.status == 409


def test_B5_the_later_family(desk: Program, type_id: int) -> None:
    shared: Any = Newer(
        access_token=desk.secret, base_url=desk.origin, max_retries=0, _strict_response_validation=True
    )
    api = shared.communication_preferences
    assert [each.name for each in api.definitions.list().results] == ["News and offers", "Ships"]
    assert [each.status for each in api.get_statuses(MIA, channel="EMAIL").results] == ["NOT_SPECIFIED"] * 2
    changed = api.update_status(
        MIA, channel="EMAIL", status_state="SUBSCRIBED", subscription_id=type_id, legal_basis="NON_GDPR"
    )
    assert [(each.subscription_id, each.status) for each in changed.results] == [(type_id, "SUBSCRIBED")]
    assert api.get_unsubscribe_all_status(MIA, channel="EMAIL").results == []
    ended = api.unsubscribe_all(MIA, channel="EMAIL").results
    assert [each.status for each in ended] == ["UNSUBSCRIBED"] * 2
    (wide,) = api.get_unsubscribe_all_status(MIA, channel="EMAIL").results
    assert wide.wide_status_type == "PORTAL_WIDE"


def test_B5_batches(desk: Program, type_id: int) -> None:
    root = f"{PREFIXES[0]}/statuses/batch"
    one = {"channel": "EMAIL", "statusState": "SUBSCRIBED", "subscriptionId": type_id}
    written = desk.call(
        "POST",
        f"{root}/write",
        {
            "inputs": [
                {**one, "subscriberIdString": MIA},
                {**one, "subscriberIdString": "no@example.org"},
            ]
        },
    )
    assert (written.status, len(written.body["results"]), written.body["numErrors"]) == (207, 1, 1)
    mail = {"channel": "EMAIL"}
    both = [MIA, "no@example.org"]
    read = desk.good("POST", f"{root}/read", {"inputs": both}, **mail)["results"]
    assert [each["statuses"][1]["status"] for each in read] == ["SUBSCRIBED", "NOT_SPECIFIED"]
    ended = desk.call("POST", f"{root}/unsubscribe-all", {"inputs": both}, **mail)
    assert (ended.status, [each["subscriberIdString"] for each in ended.body["results"]]) == (207, [MIA])
    wide = desk.good("POST", f"{root}/unsubscribe-all/read", {"inputs": both}, **mail)["results"]
    assert [len(each["wideStatuses"]) for each in wide] == [1, 0]
    for prefix in PREFIXES:
        assert desk.good("GET", f"{prefix}/statuses/{MIA}", **mail)["results"]


def test_B5_subscriptions_stay_in_their_account(
    origin: str, desk: Program, account: SmallAccount, type_id: int
) -> None:
    root = PREFIXES[0]
    body = {"channel": "EMAIL", "statusState": "SUBSCRIBED", "subscriptionId": type_id}
    old = {"emailAddress": MIA, "subscriptionId": str(type_id)}
    bare = program(origin, account)
    stranger = program(origin, open_small_account(account.engine, account="Other"), *Permission)
    for path, sent in (
        (f"{root}/statuses/{MIA}", body),
        (f"{root}/statuses/{MIA}/unsubscribe-all?channel=EMAIL", {}),
        (f"{OLD}/subscribe", old),
        (f"{OLD}/unsubscribe", old),
    ):
        assert Program(origin, "pdk_x").call("POST", path, sent).status == 401
        assert bare.call("POST", path, sent).body["category"] == "MISSING_SCOPES"
        assert stranger.call("POST", path, sent).status == 404
    batch = {"inputs": [{**body, "subscriberIdString": MIA}]}
    assert bare.call("POST", f"{root}/statuses/batch/write", batch).status == 403
    assert stranger.call("POST", f"{root}/statuses/batch/write", batch).body["results"] == []
    assert len(stranger.good("GET", f"{OLD}/definitions")["subscriptionDefinitions"]) == 1
    shown = desk.good("GET", f"{root}/statuses/{MIA}", channel="EMAIL")["results"]
    assert {each["status"] for each in shown} == {"NOT_SPECIFIED"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"{OLD}/status/email/nobody", None),
        ("POST", f"{OLD}/subscribe", {"emailAddress": MIA, "subscriptionId": "x"}),
        ("POST", f"{OLD}/subscribe", {"emailAddress": MIA, "subscriptionId": "99999"}),
        ("POST", f"{OLD}/subscribe", {"emailAddress": MIA}),
        ("GET", f"{PREFIXES[0]}/statuses/{MIA}", None),
        ("GET", f"{PREFIXES[0]}/statuses/{MIA}?channel=SMS", None),
        (
            "POST",
            f"{PREFIXES[0]}/statuses/{MIA}",
            {"channel": "EMAIL", "statusState": "NOT_SPECIFIED", "subscriptionId": 1},
        ),
        (
            "POST",
            f"{PREFIXES[0]}/statuses/{MIA}",
            {"channel": "EMAIL", "statusState": "SUBSCRIBED", "subscriptionId": 99999},
        ),
        ("POST", f"{PREFIXES[0]}/statuses/batch/read?channel=EMAIL", {"inputs": ["x"]}),
        ("POST", f"{PREFIXES[0]}/statuses/batch/read?channel=EMAIL", {"inputs": [MIA] * 101}),
        ("POST", f"{PREFIXES[0]}/links/generate?channel=EMAIL", {"subscriberIdString": MIA}),
    ],
)
def test_B0_bad_input_changes_no_subscription(
    desk: Program, type_id: int, method: str, path: str, body: Any
) -> None:
    refused = desk.call(method, path, body)
    assert (refused.status, refused.body["category"]) == (400, "VALIDATION_ERROR"), (refused, type_id)
    shown = desk.good("GET", f"{PREFIXES[0]}/statuses/{MIA}", channel="EMAIL")["results"]
    assert {each["status"] for each in shown} == {"NOT_SPECIFIED"}
