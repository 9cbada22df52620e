"""What is accepted from devices, and what is searched for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.kernel.refusal import Invalid
from pocketdesk.people import rules


@given(st.dictionaries(st.text(max_size=80), st.text(max_size=600), max_size=60))
def test_properties_within_the_limits_stay_as_they_are_and_others_are_refused(told: dict[str, str]) -> None:
    try:
        cleaned = rules.clean_properties(told)
    except Invalid as refusal:
        (field,) = refusal.fields
        assert field == "properties" or field.startswith("properties.")
        return
    assert cleaned == told
    assert len(cleaned) <= rules.MOST_PROPERTIES
    for name, value in cleaned.items():
        assert 0 < len(name) <= rules.LONGEST_KEY
        assert len(value) <= rules.LONGEST_VALUE


@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=50))
def test_words_are_found_inside_a_name_and_nothing_else_is(before: str, words: str, after: str) -> None:
    try:
        pattern = rules.search_pattern(words)
    except Invalid:
        return
    literal = re.sub("/(.)", r"\1", pattern)
    assert literal == " ".join(words.split()).casefold()
    assert not re.search(r"(?<!/)(//)*[%_]", pattern)


@pytest.mark.parametrize("words", ["a\x00b", "x" * 101, "\u202e"])
def test_words_that_nobody_types_are_refused(words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.search_pattern(words)
    assert list(refusal.value.fields) == ["search"]


def test_a_blank_name_is_no_name() -> None:
    assert rules.clean_contact_name(None) is None
    assert rules.clean_contact_name("  ") is None
    assert rules.clean_contact_name(" Mia  Çelik ") == "Mia Çelik"
