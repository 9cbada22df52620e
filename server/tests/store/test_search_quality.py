"""The evaluation set: what it is made of, and that both engines answer it alike."""

import shutil
from collections import Counter
from pathlib import Path

from bench import evaluation
from pocketdesk.storage import Engine
from tests.databases import Clock
from tests.library import Library
from tests.postgres import Cluster
from tests.small_account import open_small_account


def measure(url: str, clock: Clock, kinds: frozenset[str]) -> evaluation.Scores:
    engine = Engine.open(url, clock=clock)
    account = open_small_account(engine)
    library = Library(engine, account.scope, account.admin.user_id, evaluation.languages())
    keys = library.fill(evaluation.texts())
    asked = [each for each in evaluation.questions() if each.kind in kinds]
    scores = evaluation.score(
        lambda each: [keys[hit.article_id] for hit in library.find(each.words, each.language).hits], asked
    )
    engine.close()
    return scores


def test_the_set_is_large_and_varied() -> None:
    asked = evaluation.questions()
    assert len({(each.language, each.words) for each in asked}) >= 150
    assert len({each.language for each in asked}) >= 10
    assert min(Counter(each.kind for each in asked).values()) >= 8
    keys = {each.key for each in evaluation.texts()}
    assert 40 <= len(keys) <= 60
    assert {each.key for each in asked} <= keys


def test_K03_both_engines_answer_alike(
    sqlite_template: Path, postgres_template: str, postgres_cluster: Cluster, tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "pocketdesk.db"
    shutil.copy(sqlite_template, path)
    for kinds in (
        frozenset({"exact", "typo", "prefix", "id"}),
        frozenset({"exact", "typo", "prefix", "id", "paraphrase", "cross"}),
    ):
        url = postgres_cluster.new_database(postgres_template)
        on_sqlite, on_postgres = measure(f"sqlite:///{path}", clock, kinds), measure(url, clock, kinds)
        postgres_cluster.drop(url)
        path.unlink()
        shutil.copy(sqlite_template, path)
        print(kinds, on_sqlite, on_postgres)
        assert abs(on_sqlite.hit3 - on_postgres.hit3) <= 0.05
        if "cross" not in kinds:
            assert on_sqlite.hit3 >= 0.95
