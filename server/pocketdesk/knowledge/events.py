"""What happened to articles that others must know of."""

from dataclasses import dataclass

from pocketdesk.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ArticlePublished(Event):
    """Readers get this version of an article in a language from now on."""

    kind = "article_published"
    article_id: int
    language: str
    version: int


@dataclass(frozen=True, slots=True)
class ArticleUnpublished(Event):
    """Readers do not get the article in a language any more."""

    kind = "article_unpublished"
    article_id: int
    language: str
