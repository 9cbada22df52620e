"""What knowledge bases may contain, who publishes, how addresses and differences are made: rules alone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketdesk.accounts.model import Actor, Permission
from pocketdesk.kernel.refusal import Forbidden, Invalid
from pocketdesk.knowledge import rules
from pocketdesk.knowledge.content import Body, parse_body
from pocketdesk.knowledge.content.tree import Paragraph, Text
from pocketdesk.knowledge.model import Category, Standing, State

STANDING = Standing("en", 3, 1, 3, 5, 5, None, None, None)


def body(*words: str) -> Body:
    return Body(tuple(Paragraph((Text(each),)) for each in words))


# Addresses.


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Wie ändere ich das?", "wie-andere-ich-das"),
        ("Don't panic!", "dont-panic"),
        ("Вернуть заказ", "vernut-zakaz"),
        ("如何付款", "ru-he-fu-kuan"),
        ("كيف أدفع", "kyf-df"),
        ("iPhone 15 Pro: 5 € off", "iphone-15-pro-5-eur-off"),
        ("???", "article-7"),
        ("", "article-7"),
    ],
)
def test_K08_slugs_read_like_titles_in_any_script(title: str, slug: str) -> None:
    assert rules.slug_of(title, otherwise="article-7") == slug


@given(st.text(max_size=300))
def test_K08_every_title_makes_an_address(title: str) -> None:
    slug = rules.slug_of(title, otherwise="article-7")
    assert rules.clean_slug(slug) == slug


@given(st.sets(st.integers(1, 12)), st.integers(60, 80))
def test_K08_a_free_slug_is_none_that_is_taken(numbers: set[int], length: int) -> None:
    wanted = "a" * length
    taken: set[str] = set()
    for _ in numbers:
        slug = rules.free_slug(wanted, taken.__contains__)
        assert slug not in taken
        assert rules.clean_slug(slug) == slug
        taken.add(slug)


@pytest.mark.parametrize("slug", ["a b", "-a", "a-", "a--b", "ä", "a/b", "a.b", "", "x" * 81])
def test_K08_bad_slugs_are_refused(slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.clean_slug(slug)
    assert list(refused.value.fields) == ["slug"]


# Languages, categories, synonyms.


def test_languages_come_in_their_usual_spelling_each_once() -> None:
    assert rules.clean_languages(["EN", "pt-br", "ZH-hant-tw"]) == ("en", "pt-BR", "zh-Hant-TW")
    for wrong in ([], ["en", "EN"], ["english"], ["e"], ["en_GB"], ["../en"]):
        with pytest.raises(Invalid):
            rules.clean_languages(wrong)


def test_names_need_the_first_language_and_leave_blank_ones_out() -> None:
    assert rules.clean_names({"nl": " ", "en": " Pay "}, ("en", "nl")) == {"en": "Pay"}
    for wrong in ({}, {"nl": "Betalen"}, {"en": " "}, {"en": "Pay", "fr": "Payer"}):
        with pytest.raises(Invalid):
            rules.clean_names(wrong, ("en", "nl"))


def test_an_order_names_every_category_once() -> None:
    three = [Category(id_, 1, None, 0, f"c{id_}", {"en": "C"}) for id_ in (1, 2, 3)]
    assert rules.to_places([(2, (1,)), (3, ())], three) == {2: (None, 0), 1: (2, 0), 3: (None, 1)}
    for wrong in ([(1, ())], [(1, (2,)), (2, ()), (3, ())], [(1, (2, 3, 4))], [(1, (1, 2, 3))]):
        with pytest.raises(rules.CategoriesChanged):
            rules.to_places(wrong, three)


def test_K03_synonyms_are_compared_without_case() -> None:
    assert rules.clean_synonyms([["Bike", "BIKE", "cycle"]]) == (("bike", "cycle"),)
    with pytest.raises(Invalid) as refused:
        rules.clean_synonyms([["a", "b"], ["x", "X"]])
    assert list(refused.value.fields) == ["items.1"]


# States and rights.


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (STANDING, State.PUBLISHED),
        (replace(STANDING, draft_revision=4), State.CHANGED),
        (replace(STANDING, published_version=None), State.DRAFT),
        (replace(STANDING, scheduled_at=9), State.SCHEDULED),
    ],
)
def test_an_article_is_in_one_state(standing: Standing, state: State) -> None:
    assert standing.state is state
    assert rules.is_for_readers([standing]) is (state is not State.DRAFT)


def test_K09_the_right_to_write_is_not_that_to_publish() -> None:
    with pytest.raises(Forbidden):
        rules.check_publishes(Actor(1, frozenset(Permission) - {Permission.KNOWLEDGE_PUBLISH}))
    rules.check_publishes(Actor(1, frozenset({Permission.KNOWLEDGE_PUBLISH})))


def test_translations_are_wanting_where_missing_or_older_than_the_first_language() -> None:
    languages = ("en", "nl", "ar")
    assert rules.wanting(languages, {"en": 5, "nl": 4}) == (("ar",), ("nl",))
    assert rules.wanting(languages, {"en": 5, "nl": 5, "ar": 6}) == ((), ())
    assert rules.wanting(languages, {"nl": 4}) == (("en", "ar"), ())


@pytest.mark.parametrize(
    ("status", "problem"), [(200, None), (301, None), (404, "404"), (410, "410"), (403, None), (500, "500")]
)
def test_links_are_broken_where_the_server_says_so(status: int, problem: str | None) -> None:
    assert rules.problem_of(status) == problem


# Differences.


def test_a_changed_paragraph_is_told_word_by_word() -> None:
    (change,) = rules.difference(body("You pay by card."), body("You may pay by card!"))
    assert change.runs is not None
    assert [(each.change, each.run) for each in change.runs] == [
        ("same", Text("You")),
        ("added", Text(" may")),
        ("same", Text(" pay by card")),
        ("removed", Text(".")),
        ("added", Text("!")),
    ]


def test_other_paragraphs_are_added_and_removed() -> None:
    changes = rules.difference(body("Alpha beta", "Stays"), body("Quite something else here", "Stays"))
    assert [each.change for each in changes] == ["added", "removed", "same"]


_words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=6).map(" ".join)
_bodies = st.lists(_words, max_size=8).map(lambda words: body(*words))


@given(_bodies, _bodies)
def test_a_difference_holds_both_versions_whole(before: Body, after: Body) -> None:
    changes = rules.difference(before, after)
    assert tuple(each.block for each in changes if each.change != "removed") == after.blocks
    old = [each.before or each.block for each in changes if each.change != "added"]
    assert tuple(old) == before.blocks
    for change in changes:
        for kind, whole in (("added", change.block), ("removed", change.before)):
            if change.runs is not None and isinstance(whole, Paragraph):
                words = "".join(
                    each.run.text
                    for each in change.runs
                    if each.change in {"same", kind} and isinstance(each.run, Text)
                )
                assert words == "".join(run.text for run in whole.runs if isinstance(run, Text))


def test_what_cannot_be_in_a_draft_is_refused_by_field() -> None:
    empty = parse_body({"blocks": []})
    for changes, field in (
        ({"title": "a\x00"}, "title"),
        ({"subtitle": "x" * 301}, "subtitle"),
        ({"slug": "a b"}, "slug"),
        ({"tags": ["a", " "]}, "tags.1"),
        ({"tags": ["a"] * 31}, "tags"),
    ):
        fields = {"title": "", "subtitle": "", "slug": "", "tags": [], "body": empty, **changes}
        with pytest.raises(Invalid) as refused:
            rules.clean_writing(**fields)  # pyright: ignore[reportArgumentType]
        assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid) as refused:
        rules.check_complete(rules.clean_writing("", "", "", [], empty))
    assert sorted(refused.value.fields) == ["body", "title"]
