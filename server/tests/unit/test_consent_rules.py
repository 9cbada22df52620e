"""What is asked of a visitor, and what is refused without consent."""

from typing import Literal

import pytest

from pocketdesk.chatflows import texts
from pocketdesk.chatflows.model import CommunicateConsent, CookieBanner, Options, ProcessConsent
from pocketdesk.consent import rules
from pocketdesk.consent.model import (
    Basis,
    PageTexts,
    PrivacySettings,
    Standing,
    Subscription,
    SubscriptionStatus,
)
from pocketdesk.kernel.refusal import Invalid

ON = PrivacySettings()
OFF = PrivacySettings(data_privacy=False)
DEFAULTS = texts.of("en")
ALL = Options(
    language="en",
    cookie_banner=CookieBanner(when="on_exit_intent"),
    process_consent=ProcessConsent(on=True, type="explicit"),
    communicate_consent=CommunicateConsent(on=True, subscription_type_id=7),
    marketing_contacts=True,
)
PLAIN = Options(language="en")
LEGITIMATE = Options(language="en", process_consent=ProcessConsent(on=True, type="legitimate_interest"))


def test_G01_the_master_switch_takes_every_block_away() -> None:
    assert rules.page_texts(OFF, ALL, DEFAULTS) == PageTexts()
    assert rules.may_write(OFF, ALL, Standing()).basis is None


def test_G01_blocks_that_are_off_are_absent() -> None:
    shown = rules.page_texts(ON, PLAIN, DEFAULTS)
    assert (shown.process, shown.communicate) == (None, None)
    assert shown.cookies is not None
    assert rules.page_texts(PrivacySettings(cookie_consent=False), PLAIN, DEFAULTS) == PageTexts()


@pytest.mark.parametrize("when", ["before_chat", "on_exit_intent"])
def test_G02_G03_the_banner_says_when_it_comes(when: Literal["before_chat", "on_exit_intent"]) -> None:
    options = Options(language="en", cookie_banner=CookieBanner(when=when))
    shown = rules.page_texts(ON, options, DEFAULTS).cookies
    assert shown is not None
    assert (shown.when, shown.text) == (when, DEFAULTS["cookies.default"])


def test_G05_identified_visitors_get_no_anonymous_cookie() -> None:
    with pytest.raises(rules.NotRemembered):
        rules.check_remembering(ON, Standing(cookies=True), identified=True)


@pytest.mark.parametrize("choice", [None, False])
def test_G04_without_a_yes_no_id_is_kept(choice: bool | None) -> None:
    with pytest.raises(rules.ConsentRequired) as refused:
        rules.check_remembering(ON, Standing(cookies=choice), identified=False)
    assert list(refused.value.fields) == ["consent.cookies"]


def test_G04_with_a_yes_or_where_nobody_asks_it_is() -> None:
    rules.check_remembering(ON, Standing(cookies=True), identified=False)
    rules.check_remembering(OFF, Standing(), identified=False)
    rules.check_remembering(PrivacySettings(cookie_consent=False), Standing(), identified=False)


@pytest.mark.parametrize("choice", [None, False])
def test_G06_explicit_consent_refuses_words_before_it_is_given(choice: bool | None) -> None:
    with pytest.raises(rules.ConsentRequired) as refused:
        rules.may_write(ON, ALL, Standing(process=choice, cookies=True, communicate=True))
    assert (refused.value.code, refused.value.status) == ("consent_required", 403)
    assert list(refused.value.fields) == ["consent.process"]


def test_G06_and_accepts_them_after() -> None:
    assert rules.may_write(ON, ALL, Standing(process=True)).basis is Basis.EXPLICIT


def test_G07_legitimate_interest_shows_a_text_and_needs_no_click() -> None:
    shown = rules.page_texts(ON, LEGITIMATE, DEFAULTS).process
    assert shown is not None
    assert (shown.basis, shown.text) == (Basis.LEGITIMATE_INTEREST, DEFAULTS["consent.legitimate"])
    assert rules.may_write(ON, LEGITIMATE, Standing()).basis is Basis.LEGITIMATE_INTEREST


def test_G08_G09_own_texts_are_shown_and_none_gives_the_default_back() -> None:
    own = Options(
        language="en",
        cookie_banner=CookieBanner(text="Biscuits?"),
        process_consent=ProcessConsent(on=True, type="explicit", text="Fine with you?"),
        communicate_consent=CommunicateConsent(on=True, label="Write to me"),
    )
    shown = rules.page_texts(ON, own, DEFAULTS)
    assert shown.cookies is not None
    assert shown.process is not None
    assert shown.communicate is not None
    assert (shown.cookies.text, shown.process.text, shown.communicate.text) == (
        "Biscuits?",
        "Fine with you?",
        "Write to me",
    )
    usual = rules.page_texts(ON, ALL, DEFAULTS)
    assert usual.cookies is not None
    assert usual.process is not None
    assert usual.cookies.text == DEFAULTS["cookies.default"]
    assert usual.process.text == DEFAULTS["consent.explicit"]
    assert shown.process.text_hash != usual.process.text_hash


def test_G12_a_text_is_known_by_half_of_its_sha256() -> None:
    assert len(rules.text_hash("é")) == 32
    assert rules.text_hash("abc") == "ba7816bf8f01cfea414140de5dae2223"


def test_G14_no_text_says_that_a_box_is_ticked() -> None:
    shown = rules.page_texts(ON, ALL, DEFAULTS).communicate
    assert shown is not None
    assert set(type(shown).__slots__) == {"subscription_type_id", "text", "text_hash"}


def test_G16_G20_contacts_are_marked_only_where_account_and_chatflow_say_so() -> None:
    using = PrivacySettings(marketing_contacts=True)
    assert rules.makes_marketing_contacts(using, ALL)
    assert not rules.makes_marketing_contacts(using, PLAIN)
    assert not rules.makes_marketing_contacts(ON, ALL)


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_G17_days_of_retention_have_limits(days: int) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_days("closed_days", days)
    assert list(refused.value.fields) == ["closed_days"]
    rules.check_days("closed_days", None)
    rules.check_days("closed_days", 1)


def _subscription(contact_id: int, status: SubscriptionStatus, at: int) -> Subscription:
    return Subscription(contact_id, 7, f"{contact_id}@example.org", status, "chat", contact_id, at)


@pytest.mark.parametrize(
    ("kept", "other", "after"),
    [
        (("subscribed", 5), ("subscribed", 9), None),
        (("unsubscribed", 9), ("subscribed", 5), None),
        (("unsubscribed", 5), ("subscribed", 9), (1, 9)),
        (("subscribed", 9), ("unsubscribed", 5), (2, 10)),
        (("subscribed", 5), ("unsubscribed", 9), (2, 9)),
        (("unsubscribed", 5), ("unsubscribed", 9), (1, 9)),
    ],
)
def test_B9_when_two_contacts_become_one_an_end_wins_over_a_beginning(
    kept: tuple[str, int], other: tuple[str, int], after: tuple[int, int] | None
) -> None:
    """`after`: by whose record it ended, and from when on; never before the newest word of either."""
    first, second = (
        _subscription(contact_id, SubscriptionStatus(status), at)
        for contact_id, (status, at) in enumerate((kept, other), 1)
    )
    found = rules.merged_subscription(first, second)
    if after is None:
        assert found is None
    else:
        assert found is not None
        assert (found.status, found.email) == (SubscriptionStatus.UNSUBSCRIBED, "1@example.org")
        assert (found.record_id, found.at) == after


def test_B9_what_only_one_of_them_had_stays_as_it_is() -> None:
    for status in SubscriptionStatus:
        other = _subscription(2, status, 5)
        assert rules.merged_subscription(None, other) is other
