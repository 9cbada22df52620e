"""What a search answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text; `hit` where it is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, in the one language in which it answers. A higher score is a better one.

    `snippet` are the words around what was looked for, out of the body.
    """

    article_id: int
    language: str
    score: float
    title: str
    subtitle: str
    snippet: tuple[Stretch, ...]
    category_id: int | None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, best first; `total` of all pages, `after` to ask for the next one.

    `corrected`: the words as they were probably meant, when they were looked for in place of what was typed.
    """

    total: int
    hits: tuple[Hit, ...]
    corrected: str | None = None
    after: int | None = None
