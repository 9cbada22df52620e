"""Search by meaning: what is near to a question, whatever words it uses. Works beside the words, or not at all.

Each published article is cut into passages, and each passage has a vector in the database. Every process keeps the
vectors of a knowledge base as one matrix, a second behind the rows at most. It only proposes: what is shown is read
from the rows, so an article that was withdrawn meanwhile is not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pocketdesk.knowledge.search import store
from pocketdesk.knowledge.search.keeping import keep
from pocketdesk.storage import Engine, Reader, UnitOfWork, words
from pocketdesk.storage.words import Match

if TYPE_CHECKING:
    import numpy as np

EVERY_S = 1.0
LONGEST = 400
"""Characters of a passage, more or less."""
MOST_PASSAGES = 24
NEAREST = 50
LEAST = 0.25
"""Cosine below which nothing is near."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A question's vector, and whose it is."""

    model: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Unread:
    """A published text whose vectors are missing, or those of another version or model."""

    account_id: int
    base_id: int
    article_id: int
    language: str
    version: int
    title: str
    subtitle: str
    plain_text: str

    @property
    def passages(self) -> list[str]:
        """What gets a vector each: the heading, and stretches of the text below it."""
        head = ". ".join(filter(None, (self.title, self.subtitle)))
        return [head, *(f"{self.title}. {part}" for part in _cut(self.plain_text))][:MOST_PASSAGES]


def _cut(text: str) -> Iterator[str]:
    """Paragraphs, joined or cut to the length of a passage."""
    held = ""
    for paragraph in filter(None, (" ".join(line.split()) for line in text.split("\n"))):
        for start in range(0, len(paragraph), LONGEST):
            part = paragraph[start : start + LONGEST]
            if held and len(held) + len(part) > LONGEST:
                yield held
                held = ""
            held = f"{held} {part}".strip()
    if held:
        yield held


def unread(reader: Reader, model: str, limit: int) -> list[Unread]:
    """Texts of all accounts that this model has still to read."""
    return [Unread(*row) for row in reader.all(store.UNREAD, model=model, limit=limit)]


def keep_vectors(unit: UnitOfWork, text: Unread, model: str, vectors: Sequence[Sequence[float]]) -> None:
    """Stores a text's vectors in place of those that it had."""
    import numpy as np

    place = {"account_id": text.account_id, "article_id": text.article_id, "language": text.language}
    unit.run(store.DROP_VECTORS, **place)
    unit.run_many(
        store.ADD_VECTOR,
        [
            {
                **place,
                "place": number,
                "knowledge_base_id": text.base_id,
                "version": text.version,
                "model": model,
                "vector": _unit_length(np.asarray(vector, np.float32)).tobytes(),
            }
            for number, vector in enumerate(vectors)
        ],
    )
    words.touch(unit, text.account_id, text.base_id)


def _unit_length(vector: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    import numpy as np

    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


class Matrix:
    """The vectors of one knowledge base and what they belong to, as of one change."""

    def __init__(self, reader: Reader, account_id: int, base_id: int, model: str) -> None:
        import numpy as np

        rows = reader.all(store.VECTORS, account_id=account_id, base_id=base_id, model=model)
        self._texts: list[tuple[int, str, int, str]] = list(
            dict.fromkeys((row[0], row[1], row[2], row[3]) for row in rows)
        )
        numbers = {text: number for number, text in enumerate(self._texts)}
        self._owners = np.asarray([numbers[row[0], row[1], row[2], row[3]] for row in rows], np.int64)
        self._vectors = np.asarray([np.frombuffer(bytes(row[4]), np.float32) for row in rows], np.float32)

    def near(self, vector: Vector, own: str, primary: str, access: frozenset[str]) -> list[Match]:
        """The nearest articles, each in the own language or else the primary one."""
        import numpy as np

        if not self._texts or self._vectors.shape[1] != len(vector.values):
            return []
        nearness = self._vectors @ _unit_length(np.asarray(vector.values, np.float32))
        best = np.full(len(self._texts), -1.0, np.float32)
        np.maximum.at(best, self._owners, nearness)
        translated = {text[0] for text in self._texts if text[1] == own}
        found: list[Match] = []
        order: list[int] = np.argsort(-best).tolist()
        for number in order:
            article_id, language, version, who = self._texts[number]
            score = float(best[number])
            if score < LEAST or len(found) == NEAREST:
                break
            fits = language == own or (language == primary and article_id not in translated)
            if fits and who in access:
                found.append(Match(article_id, language, version, score))
        return found


_matrices: dict[tuple[int, int], tuple[int, int, str, Matrix]] = {}
"""Of this process: stamp, change, model and vectors."""


def near(
    reader: Reader,
    account_id: int,
    base_id: int,
    vector: Vector,
    own: str,
    primary: str,
    access: frozenset[str],
) -> list[Match]:
    """What is near to a question; nothing while this process has no vectors of that model."""
    kept = _matrices.get((account_id, base_id))
    if kept is None or kept[2] != vector.model:
        return []
    standing = words.standing(reader, account_id, base_id)
    if standing is None or standing.stamp != kept[0]:
        return []
    return kept[3].near(vector, own, primary, access)


async def keep_matrices(engine: Engine, model: str) -> None:
    """Keeps the matrices up, until cancelled. Nothing without numpy."""
    if find_spec("numpy") is not None:
        await keep(partial(refresh, engine, model), EVERY_S)


def refresh(engine: Engine, model: str) -> None:
    """Brings every matrix to where the database is."""

    def load(reader: Reader) -> None:
        for place, standing in words.collections_above(reader, 0).items():
            kept = _matrices.get(place)
            if kept is None or kept[:3] != (standing.stamp, standing.change, model):
                _matrices[place] = (standing.stamp, standing.change, model, Matrix(reader, *place, model))

    engine.read_and_wait(load)
