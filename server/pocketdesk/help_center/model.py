"""What readers of a knowledge base meet, and what is counted of it. Article trees are those of knowledge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pocketdesk.knowledge.model import Base, Category, Published, Reading


class Source(StrEnum):
    """Where an article was opened: in the Help tab, on the public pages, from an agent's card, through the API."""

    CHAT = "chat"
    HELP_CENTER = "help_center"
    AGENT = "agent"
    API = "api"


@dataclass(frozen=True, slots=True)
class Recommended:
    """What a reader sees first, each list best first; the decision `help-centre` has the formulas."""

    rated: tuple[Published, ...]
    viewed: tuple[Published, ...]
    newest: tuple[Published, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A category that holds something this reader may see. `articles` counts those below it too."""

    category: Category
    name: str
    articles: int
    children: tuple["Topic", ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """A base as one reader may see it: in a language, with the access that the reader has proven."""

    base: Base
    language: str
    access: frozenset[str]


@dataclass(frozen=True, slots=True)
class Front:
    """What the help begins with. `others`: articles that are in no category."""

    visit: Visit
    recommended: Recommended
    topics: tuple[Topic, ...]
    others: tuple[Published, ...]


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A category with its articles, and the category above it."""

    topic: Topic
    parent: Topic | None
    articles: tuple[Published, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that a search found; `snippet`: pieces of its text, and whether each is what was sought."""

    card: Published
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. `corrected`: the words that were sought instead, because nothing had those asked for."""

    words: str
    total: int
    corrected: str | None
    hits: tuple[Hit, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Article:
    """A published article to read, with the categories that lead to it.

    `images` are the paths of its pictures and `links` its links to articles that this reader may open, by id.
    """

    reading: Reading
    trail: tuple[Topic, ...]
    images: Mapping[int, str]
    links: Mapping[int, Published]


# What is counted.


@dataclass(frozen=True, slots=True)
class Vote:
    """Whether an article helped somebody, as an export shows it."""

    article_id: int
    language: str
    helpful: bool
    at: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened to an article, or to all of them, in a range of days. Reading time in milliseconds."""

    views: int = 0
    reads: int = 0
    read_ms: int = 0
    chats: int = 0
    helpful: int = 0
    unhelpful: int = 0

    @property
    def average_read_ms(self) -> int | None:
        """How long it was read for, where that was measured."""
        return round(self.read_ms / self.reads) if self.reads else None


@dataclass(frozen=True, slots=True)
class Term:
    """Words that were sought: how often, how often in vain, and how often a result was opened."""

    term: str
    searches: int
    without_result: int
    clicks: int

    @property
    def without_click(self) -> int:
        """Searches that found something which nobody opened."""
        return max(self.searches - self.without_result - self.clicks, 0)


@dataclass(frozen=True, slots=True)
class Day:
    """One day (UTC) of a chart."""

    day: date
    counts: Counts
    searches: int
    without_result: int


@dataclass(frozen=True, slots=True)
class Read:
    """An article in a range of days; `title` is None when it is not published any more."""

    article_id: int
    title: str | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Insights:
    """How a knowledge base was used in a range of days, both ends included. Lists are the first of their order."""

    since: date
    until: date
    total: Counts
    searches: Term
    days: Sequence[Day]
    sources: Mapping[Source, int]
    read_most: Sequence[Read]
    ended_in_chat: Sequence[Read]
    least_helpful: Sequence[Read]
    top_terms: Sequence[Term]
    without_result: Sequence[Term]
    without_click: Sequence[Term]
