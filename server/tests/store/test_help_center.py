"""What is counted of a help centre stays bounded, and forgets who it was; on both databases."""

import pytest
from sqlalchemy import select

from pocketdesk.help_center import actions, rules, store
from pocketdesk.help_center.rules import Sought
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Engine, UnitOfWork
from tests.databases import Clock
from tests.small_account import open_small_account

BASE, ARTICLE = 11, 12


@pytest.fixture
def scope(engine: Engine) -> AccountScope:
    return open_small_account(engine).scope


def terms(engine: Engine) -> list[tuple[str, int, int, int]]:
    table = store.search_day
    query = select(table.c.term, table.c.searches, table.c.without_result, table.c.clicks)
    return sorted(tuple(row) for row in engine.read_and_wait(lambda reader: reader.all(query)))


def seek(engine: Engine, scope: AccountScope, term: str, at: int, *, in_vain: bool = False) -> None:
    sought = Sought("somebody", scope, BASE, "en", term, in_vain, at)
    engine.write_and_wait(lambda unit: actions.count_search(unit, sought))


def test_K12_a_day_keeps_so_many_terms_and_counts_the_others_together(
    engine: Engine, clock: Clock, scope: AccountScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_TERMS", 3)
    for term in ("a", "b", "c", "d", "a", "e"):
        seek(engine, scope, term, clock.now, in_vain=term == "e")
    assert terms(engine) == [("", 2, 1, 0), ("a", 2, 0, 0), ("b", 1, 0, 0), ("c", 1, 0, 0)]
    for term in ("a", "d", "never sought"):
        engine.write_and_wait(lambda unit, term=term: actions.count_click(unit, scope, BASE, "en", term))
    assert terms(engine)[1] == ("a", 2, 0, 1)
    assert sum(row[3] for row in terms(engine)) == 1
    clock.advance(DAY)
    engine.write_and_wait(lambda unit: actions.count_click(unit, scope, BASE, "en", "b"))
    assert ("b", 1, 0, 1) in terms(engine), "a search of yesterday"


def test_old_terms_are_forgotten_and_old_readers_cannot_be_told(
    engine: Engine, clock: Clock, scope: AccountScope
) -> None:
    seek(engine, scope, "old", clock.now)
    key = rules.reader_key(b"secret", scope.account_id, ARTICLE, "192.0.2.1", "Firefox")

    def vote(unit: UnitOfWork) -> None:
        actions.vote_as_reader(unit, scope, BASE, ARTICLE, "en", key, helpful=True)

    engine.write_and_wait(vote)
    clock.advance(rules.READER_DAYS * DAY)
    assert engine.write_and_wait(actions.sweep_readers) is False
    engine.write_and_wait(vote)
    voters = select(store.article_vote.c.id, store.article_vote.c.voter)
    assert [row[1] for row in engine.read_and_wait(lambda reader: reader.all(voters))] == [key]
    clock.advance(1)
    engine.write_and_wait(actions.sweep_readers)
    ((id_, voter),) = engine.read_and_wait(lambda reader: reader.all(voters))
    assert voter == f"gone:{id_}"
    engine.write_and_wait(vote)
    assert len(engine.read_and_wait(lambda reader: reader.all(voters))) == 2, "a new vote of nobody known"
    clock.advance((rules.TERM_DAYS - rules.READER_DAYS) * DAY)
    assert engine.write_and_wait(actions.sweep_terms) is False
    assert len(terms(engine)) == 1
    seek(engine, scope, "new", clock.now)
    clock.advance(DAY)
    assert engine.write_and_wait(actions.sweep_terms) is True
    assert engine.write_and_wait(actions.sweep_terms) is False
    assert [row[0] for row in terms(engine)] == ["new"]


def test_K04_a_view_halves_in_a_month(engine: Engine, clock: Clock, scope: AccountScope) -> None:
    def view(article_id: int) -> None:
        engine.write_and_wait(
            lambda unit: actions.count_view(unit, scope, BASE, article_id, "en", rules_source)
        )

    rules_source = store.Source.CHAT
    for _ in range(3):
        view(1)
    clock.advance(rules.HALF_LIFE_MS)
    view(2)
    view(2)
    heat = select(store.article_standing.c.article_id, store.article_standing.c.heat)
    found = dict(engine.read_and_wait(lambda reader: reader.all(heat)))
    assert found[2] / found[1] == pytest.approx(2 / 1.5)
