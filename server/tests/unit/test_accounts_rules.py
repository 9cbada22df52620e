"""Names, addresses, passwords, rights, origins and limits."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.accounts.model import Actor, Builtin, PasswordHash, Permission, PermissionSet
from pocketdesk.accounts.rules import limits, passwords, rights, tokens, words
from pocketdesk.accounts.rules.limits import Limit, Limiter
from pocketdesk.kernel.refusal import Invalid, TooMany

# Words.


@given(st.text(max_size=120))
def test_a_clean_name_is_one_printable_line_and_stays_as_it_is(text: str) -> None:
    try:
        cleaned = words.clean_name(text)
    except Invalid as refusal:
        assert list(refusal.fields) == ["name"]  # noqa: PT017
        return
    assert cleaned
    assert cleaned.isprintable()
    assert len(cleaned) <= words.LONGEST_NAME
    assert words.clean_name(cleaned) == cleaned


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        ("Mia+App@Example.ORG", "mia+app@example.org"),
        (" mia@example.org ", "mia@example.org"),
        ("MIA@exämple.de", "mia@exämple.de"),
        ("o'hara@example.ie", "o'hara@example.ie"),
    ],
)
def test_an_address_is_compared_without_case_and_keeps_the_plus(given_: str, wanted: str) -> None:
    assert words.clean_email(given_) == wanted
    assert words.clean_email(wanted) == wanted


@pytest.mark.parametrize(
    "email",
    ["", "a", "a@", "@b.org", "a@b", "a b@c.org", "a@b..org", "a@b.org\n", "a\x00@b.org", "a@b.org,c@d.org"],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    if email.strip() == email:
        with pytest.raises(Invalid):
            words.clean_email(email)
    else:
        assert words.clean_email(email) == "a@b.org"


@given(st.text(max_size=60), st.integers(min_value=1))
def test_everybody_has_initials_and_a_colour(name: str, number: int) -> None:
    assert len(words.initials_of(name)) <= 3
    assert 0 <= words.color_of(number) < words.COLORS


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ana", "A"),
        ("Ana Duarte", "AD"),
        ("ana maria de souza", "AS"),
        ("山田 太郎", "山太"),
        ("(bot)", "("),
        ("", ""),
    ],
)
def test_initials(name: str, initials: str) -> None:
    assert words.initials_of(name) == initials


# Passwords and tokens.


def test_a_password_is_known_by_its_hash_only() -> None:
    stored = passwords.hash_password("correct horse battery", bytes(16))
    assert stored.encoded.startswith("$argon2id$")
    assert passwords.is_password("correct horse battery", stored)
    assert not passwords.is_password("correct horse batterz", stored)
    assert stored != passwords.hash_password("correct horse battery", bytes(15) + b"1")


def test_where_there_is_no_password_none_is_right() -> None:
    assert not passwords.is_password("nobody has this password", None)
    assert not passwords.is_password("", PasswordHash("not a hash"))


def test_secrets_are_long_and_safe_in_headers_and_paths() -> None:
    word = tokens.to_word(bytes(range(224, 256)))
    assert len(word) == 43
    assert all(character.isalnum() or character in "-_" for character in word)
    assert len(tokens.token_hash(word)) == 64
    assert tokens.token_hash("\ud800") != tokens.token_hash("")


@given(st.integers(0, 10**13), st.lists(st.integers(0, 10 * 24 * 3_600_000), max_size=20))
def test_a_session_is_prolonged_and_yet_ends(created_at: int, pauses: list[int]) -> None:
    now = created_at
    ends = [tokens.session_expires(created_at, now)]
    for pause in pauses:
        now += pause
        ends.append(tokens.session_expires(created_at, now))
    assert all(before <= after for before, after in pairwise(ends))
    assert max(ends) <= created_at + tokens.SESSION_LONGEST_MS


# Rights.

RIGHTS = st.frozensets(st.sampled_from(sorted(Permission)))


@given(RIGHTS, RIGHTS)
def test_M02_whoever_grants_holds_it(held: frozenset[Permission], wanted: frozenset[Permission]) -> None:
    actor = Actor(1, held)
    if wanted <= held:
        rights.check_grant(actor, wanted, "permissions")
        rights.check_outranks(actor, wanted)
    else:
        with pytest.raises(rights.NotHeld):
            rights.check_grant(actor, wanted, "permissions")
        with pytest.raises(rights.NotHeld):
            rights.check_outranks(actor, wanted)


@given(RIGHTS, RIGHTS)
def test_a_token_never_exceeds_its_scopes_nor_its_maker(
    scopes: frozenset[Permission], held: frozenset[Permission]
) -> None:
    allowed = rights.token_rights(scopes, held)
    assert allowed <= scopes
    assert allowed <= held


@given(RIGHTS)
def test_administrators_hold_everything(permissions: frozenset[Permission]) -> None:
    assert rights.effective(permissions, Builtin.ADMINISTRATOR) == frozenset(Permission)
    assert rights.effective(permissions, Builtin.AGENT) == permissions
    assert rights.effective(permissions, None) == permissions


@given(st.frozensets(st.integers(1, 5)), st.integers(1, 5))
def test_M02_somebody_administers_always(administrators: frozenset[int], leaving: int) -> None:
    if administrators - {leaving}:
        rights.check_administrators(administrators, leaving)
    else:
        with pytest.raises(rights.LastAdministrator):
            rights.check_administrators(administrators, leaving)


def test_M02_builtin_sets_do_not_change() -> None:
    with pytest.raises(rights.BuiltinSet):
        rights.check_changeable(PermissionSet(1, "Agent", frozenset(), Builtin.AGENT))
    rights.check_changeable(PermissionSet(1, "Agent", frozenset(), None))


@pytest.mark.parametrize(
    ("origin", "fetch_site", "ours"),
    [
        ("https://desk.example", None, True),
        ("https://desk.example", "same-origin", True),
        ("https://evil.example", "same-origin", False),
        ("null", None, False),
        ("", None, False),
        (None, "same-origin", True),
        (None, "same-site", False),
        (None, "cross-site", False),
        (None, "none", False),
        (None, None, False),
    ],
)
def test_only_our_pages_change_something(origin: str | None, fetch_site: str | None, ours: bool) -> None:
    assert rights.is_our_page(origin, fetch_site, frozenset({"https://desk.example"})) is ours


# Limits.


@given(
    st.integers(1, 10),
    st.integers(1, 1_000),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 500)), max_size=80),
)
def test_no_stretch_of_time_lets_more_through_than_the_limit(
    burst: int, every_ms: int, calls: list[tuple[str, int]]
) -> None:
    limiter = Limiter(Limit("test", burst, every_ms))
    let: dict[str, list[int]] = {"a": [], "b": []}
    now = 0
    for key, pause in calls:
        now += pause
        try:
            limiter.take(key, now)
        except TooMany as refusal:
            assert 0 < refusal.retry_after_ms <= every_ms  # noqa: PT017
        else:
            let[key].append(now)
    for times in let.values():
        for first, start in enumerate(times):
            for count, end in enumerate(times[first:], 1):
                assert count <= burst + (end - start) / every_ms


def test_waiting_as_long_as_told_is_enough_and_one_less_is_not() -> None:
    limiter = Limiter(Limit("test", 2, 100))
    limiter.take("k", 0)
    limiter.take("k", 30)
    with pytest.raises(TooMany) as refusal:
        limiter.take("k", 40)
    wait = refusal.value.retry_after_ms
    with pytest.raises(TooMany):
        limiter.take("k", 40 + wait - 1)
    limiter.take("k", 40 + wait)
    limiter.take("other", 40)
    limiter.clear("k")
    limiter.take("k", 41 + wait)


def test_a_limiter_forgets_who_has_long_been_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 3)
    limiter = Limiter(Limit("test", 1, 100))
    for key in range(3):
        limiter.take(key, 0)
    limiter.take(3, 100)
    with pytest.raises(TooMany):
        limiter.take(3, 150)
    for key in range(10, 14):
        limiter.take(key, 150)
    limiter.take(3, 151)  # pushed out: memory is bounded whatever comes


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_counts_as_its_network(address: str, network: str) -> None:
    assert limits.network_of(address) == network
