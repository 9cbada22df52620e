"""Help articles and questions about them in ten languages, and how well an engine answers.

`articles.txt` and `questions.txt` say for each question which article is meant. Kinds of questions: *exact* words,
*typo*, *prefix* of a word, *id* (codes and numbers), *paraphrase* (other words), *cross* (the article is there in
English only).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Text:
    """An article in one language; `key` is the same in all."""

    key: str
    language: str
    title: str
    subtitle: str
    tags: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Question:
    kind: str
    language: str
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares of the questions whose article came first, or among the first three; mean of 1 / place (up to ten)."""

    hit1: float
    hit3: float
    mrr: float


def texts() -> list[Text]:
    return [
        Text(key, language, title, subtitle, tuple(tags.split(", ")), body)
        for key, language, title, subtitle, tags, body in _rows("articles.txt", 5)
    ]


def questions() -> list[Question]:
    return [Question(*row) for row in _rows("questions.txt", 3)]


def _rows(name: str, bars: int) -> list[list[str]]:
    lines = (_FOLDER / name).read_text("utf-8").splitlines()
    return [line.split(" | ", bars) for line in lines if line and not line.startswith("#")]


def languages() -> tuple[str, ...]:
    """English first: what is not translated is found in it."""
    return tuple(dict.fromkeys(text.language for text in texts()))


def score(answer: Callable[[Question], Sequence[str]], asked: Iterable[Question] | None = None) -> Scores:
    """How well the keys that `answer` gives, best first, fit the questions."""
    places = [_place(answer(each), each.key) for each in (questions() if asked is None else asked)]
    return Scores(
        sum(place == 1 for place in places) / len(places),
        sum(0 < place <= 3 for place in places) / len(places),
        sum(1 / place for place in places if place) / len(places),
    )


def _place(keys: Sequence[str], key: str) -> int:
    return next((place for place, each in enumerate(keys[:10], 1) if each == key), 0)
