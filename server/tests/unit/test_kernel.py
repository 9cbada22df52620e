"""Pages, moments, refusals and events."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.kernel.events import Event, event_class
from pocketdesk.kernel.moments import DAY, from_iso, to_iso
from pocketdesk.kernel.page import Page, clamp_limit, from_cursor, to_cursor, to_page
from pocketdesk.kernel.refusal import Conflict, Invalid, NotFound, Refusal, TooMany


@given(st.integers(-(2**63), 2**63 - 1), st.text(alphabet=st.characters(codec="utf-8"), max_size=50))
def test_a_cursor_brings_its_key_back(number: int, word: str) -> None:
    assert from_cursor(to_cursor((number, word)), int, str) == (number, word)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "?",
        "é",
        "a" * 1_001,
        to_cursor(("1", "x")),
        to_cursor((1,)),
        to_cursor((1, "x", 2)),
        to_cursor((True, "x")),
        to_cursor((2**63, "x")),
        to_cursor((1, None)),
        urlsafe_b64encode(b'{"a":1}').decode(),
        urlsafe_b64encode(b"[1.5,2]").decode(),
        urlsafe_b64encode(b"\xff\xfe").decode(),
        urlsafe_b64encode(b"[" * 700).decode(),
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as caught:
        from_cursor(cursor, int, str)
    assert list(caught.value.fields) == ["after"]


def test_a_page_knows_whether_more_follows() -> None:
    page = to_page([3, 2, 1], 2, lambda row: (row,))
    assert page.items == (3, 2)
    assert page.after is not None
    assert from_cursor(page.after, int) == (2,)
    assert to_page([2, 1], 2, lambda row: (row,)) == Page((2, 1), None)
    assert to_page(list[int](), 2, lambda row: (row,)) == Page((), None)


@pytest.mark.parametrize(("asked", "given_"), [(None, 50), (-1, 1), (0, 1), (7, 7), (100, 100), (101, 100)])
def test_a_page_has_1_to_100_items(asked: int | None, given_: int) -> None:
    assert clamp_limit(asked) == given_


@given(st.integers(0, 200_000 * DAY // 2))
def test_moments_come_back_from_iso(at: int) -> None:
    assert from_iso(to_iso(at)) == at


def test_moments_are_utc_with_milliseconds() -> None:
    assert to_iso(1_795_600_958_005) == "2026-11-25T10:02:38.005Z"
    assert from_iso("2026-11-25T11:02:38+01:00") == 1_795_600_958_000
    for text in ("2026-11-25", "2026-11-25T11:02:38", "2026-13-25T11:02:38Z", "20261125T110238Z", "now", ""):
        with pytest.raises(ValueError, match=r"ISO|range|month"):
            from_iso(text)


def test_refusals_say_what_and_where() -> None:
    refusal = Invalid({"name": "must not be empty"})
    assert (refusal.code, refusal.status, refusal.message) == ("invalid", 422, "name: must not be empty")
    assert NotFound().message == "not_found"
    assert TooMany(1_500).retry_after_ms == 1_500

    class EditConflict(Conflict):
        code = "edit_conflict"

    assert (EditConflict("newer version").status, EditConflict().code) == (409, "edit_conflict")
    assert isinstance(EditConflict(), Refusal)


def test_event_kinds_are_registered_once() -> None:
    @dataclass(frozen=True, slots=True)
    class Happened(Event):
        kind = "test_happened"
        number: int

    assert event_class("test_happened") is Happened
    with pytest.raises(TypeError, match="belongs to"):
        type("Other", (Event,), {"kind": "test_happened", "__slots__": ()})
    with pytest.raises(TypeError, match="needs"):
        type("Nameless", (Event,), {"__slots__": ()})
