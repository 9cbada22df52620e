"""What HubSpot's shapes are made from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SiteArticle:
    """An article of a help centre, as a search found it. `path` is its public page, below the server's address."""

    id: int
    score: float
    language: str
    path: str
    title: str
    subtitle: str
    excerpt: str
    tags: tuple[str, ...]
    category: str | None
    subcategory: str | None
    published_at: int


@dataclass(frozen=True, slots=True)
class SiteResults:
    """A stretch of what a search found, and how much there is in all."""

    total: int
    articles: tuple[SiteArticle, ...]
