"""How well each engine answers the evaluation set: no times, so these figures hold on any machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from bench import evaluation
from bench.generator import Figures
from bench.scenario import Case, Setting, folder
from pocketdesk.app import clock
from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.knowledge.outside.embeddings import LOCAL_MODEL, LocalEmbeddings
from pocketdesk.knowledge.search import Vector, large, meaning
from pocketdesk.storage import Engine
from tests.databases import create_tables
from tests.library import PUBLIC, Library
from tests.small_account import open_small_account

WORDS = frozenset({"exact", "typo", "prefix", "id"})


def filled(url: str) -> tuple[Library, dict[int, str]]:
    create_tables(url)
    engine = Engine.open(url, clock=clock.now)
    account = open_small_account(engine)
    library = Library(engine, account.scope, account.admin.user_id, evaluation.languages())
    return library, library.fill(evaluation.texts())


def embed(texts: list[str]) -> list[list[float]]:
    vectors = asyncio.run(LocalEmbeddings().embed(texts))
    if isinstance(vectors, Retry | GiveUp):
        raise RuntimeError(vectors.reason)  # noqa: TRY004
    return vectors


def read_all(library: Library) -> None:
    """Gives every text its vectors."""
    while texts := library.engine.read_and_wait(lambda reader: meaning.unread(reader, LOCAL_MODEL, 20)):
        for text in texts:
            library.do(meaning.keep_vectors, text, LOCAL_MODEL, embed(text.passages))
    meaning.refresh(library.engine, LOCAL_MODEL)


def figures(answer: Callable[[evaluation.Question], list[str]]) -> Figures:
    everything = evaluation.questions()
    found: Figures = {}
    for name, kinds in (
        ("all", {each.kind for each in everything}),
        ("words", WORDS),
        ("paraphrase", {"paraphrase"}),
        ("cross", {"cross"}),
    ):
        scores = evaluation.score(answer, [each for each in everything if each.kind in kinds])
        found |= {f"{name}_hit1": scores.hit1, f"{name}_hit3": scores.hit3, f"{name}_mrr": scores.mrr}
    return found


def cases(setting: Setting) -> Iterator[Case]:
    def by_words(url: str, *, in_memory: bool = False) -> Figures:
        library, keys = filled(url)
        if in_memory:
            large.catch_up(library.engine, 0)
        try:
            return figures(lambda each: [keys[id_] for id_ in library.ids(each.words, each.language)])
        finally:
            library.engine.close()

    def by_meaning(url: str, *, alone: bool) -> Figures:
        library, keys = filled(url)
        read_all(library)
        asked = evaluation.questions()
        vectors = dict(
            zip(
                (each.words for each in asked),
                (Vector(LOCAL_MODEL, vector) for vector in embed([each.words for each in asked])),
                strict=True,
            )
        )
        place = (library.scope.account_id, library.base_id)

        def near(each: evaluation.Question) -> list[str]:
            matches = library.engine.read_and_wait(
                lambda reader: meaning.near(reader, *place, vectors[each.words], each.language, "en", PUBLIC)
            )
            return [keys[match.subject_id] for match in matches]

        def fused(each: evaluation.Question) -> list[str]:
            found = library.find(each.words, each.language, vector=vectors[each.words])
            return [keys[hit.article_id] for hit in found.hits]

        try:
            return figures(near if alone else fused)
        finally:
            library.engine.close()

    def on_sqlite(measure: Callable[[str], Figures]) -> Callable[[], Figures]:
        def run() -> Figures:
            with folder() as path:
                return measure(f"sqlite:///{path / 'answers.db'}")

        return run

    yield Case(
        "answers",
        f"{len(evaluation.questions())} questions in ten languages about 42 articles",
        {
            "SQLite FTS5": on_sqlite(by_words),
            "PostgreSQL": lambda: by_words(setting.postgres.new_database()),
            "tantivy": on_sqlite(lambda url: by_words(url, in_memory=True)),
            "meaning alone": on_sqlite(lambda url: by_meaning(url, alone=True)),
            "words and meaning": on_sqlite(lambda url: by_meaning(url, alone=False)),
        },
    )
