"""The index that large knowledge bases have in memory: it answers what the database answers, or not at all."""

from collections.abc import Iterator

import pytest

from bench import evaluation
from pocketdesk.knowledge.model import EVERY_ACCESS, Access
from pocketdesk.knowledge.search import large
from pocketdesk.storage import Engine, words
from tests.library import PUBLIC, Library
from tests.small_account import open_small_account


@pytest.fixture
def library(engine: Engine) -> Iterator[Library]:
    account = open_small_account(engine)
    yield Library(engine, account.scope, account.admin.user_id, evaluation.languages())
    large._indexes.clear()


def catch_up(library: Library) -> None:
    large.catch_up(library.engine, 0)


def is_ready(library: Library) -> bool:
    place = (library.scope.account_id, library.base_id)
    return library.engine.read_and_wait(lambda reader: large.large_finder(reader, *place)) is not None


def test_it_answers_only_when_it_has_seen_everything(library: Library) -> None:
    article = library.publish("Parcels", "words")
    assert not is_ready(library)
    catch_up(library)
    assert is_ready(library)
    assert library.ids("parcel") == [article]
    other = library.publish("Parcel post", "words")
    assert not is_ready(library), "the database answers until then"
    assert set(library.ids("parcel")) == {article, other}
    catch_up(library)
    assert is_ready(library)
    assert set(library.ids("parcel")) == {article, other}
    library.unpublish(article)
    assert library.ids("parcel") == [other]
    catch_up(library)
    assert library.ids("parcel") == [other]
    library.publish("Letters", "words", article_id=other)
    catch_up(library)
    assert library.ids("parcel") == []
    assert library.ids("letter") == [other]


def test_K06_K10_rights_and_languages_hold_in_it(library: Library) -> None:
    both = library.publish("Hotel", "english")
    library.publish("Hotel", "deutsch", language="de", article_id=both)
    english = library.publish("Hotel bar", "english")
    closed = library.publish("Hotel pool", "english", access=Access.CONTACTS)
    catch_up(library)
    assert is_ready(library)
    found = library.find("hotel", "de", PUBLIC)
    assert {hit.article_id: hit.language for hit in found.hits} == {both: "de", english: "en"}
    assert found.total == 2
    assert library.ids("hotel pool", access=EVERY_ACCESS)[0] == closed
    library.admit(english, Access.CONTACTS)
    catch_up(library)
    assert [hit.article_id for hit in library.find("hotel", "en", PUBLIC).hits] == [both]
    sibling = Library(library.engine, library.scope, library.user_id)
    sibling.publish("Hotel", "other base")
    catch_up(library)
    assert is_ready(sibling)
    assert library.find("hotel", "en", PUBLIC).total == 1


def test_each_process_follows_for_itself(library: Library) -> None:
    place = (library.scope.account_id, library.base_id)
    library.publish("Parcels", "words")
    standing = library.engine.read_and_wait(lambda reader: words.standing(reader, *place))
    assert standing is not None
    one, two = (large.LargeIndex(standing.stamp) for _ in range(2))
    for index in (one, two):
        library.engine.read_and_wait(
            lambda reader, index=index: index.follow(reader, *place, standing.change)
        )
        assert index.at(standing) is not None
    library.publish("Letters", "words")
    later = library.engine.read_and_wait(lambda reader: words.standing(reader, *place))
    assert later is not None
    library.engine.read_and_wait(lambda reader: one.follow(reader, *place, later.change))
    assert (one.at(later) is not None, two.at(later)) == (True, None)
    assert one.at(standing) is None, "nor does it answer somebody who has not seen that yet"


def test_it_is_let_go_when_the_base_is_large_no_more(library: Library) -> None:
    library.publish("Parcels", "words")
    catch_up(library)
    assert is_ready(library)
    large.catch_up(library.engine, 1)
    assert not is_ready(library)


def test_K03_it_answers_the_evaluation_set_like_the_database(library: Library) -> None:
    keys = library.fill(evaluation.texts())
    scores: list[evaluation.Scores] = []
    for _ in range(2):
        scores.append(
            evaluation.score(lambda each: [keys[id_] for id_ in library.ids(each.words, each.language)])
        )
        catch_up(library)
        assert is_ready(library)
    assert abs(scores[0].hit3 - scores[1].hit3) <= 0.05
