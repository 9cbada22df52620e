"""Site search, in HubSpot's shape."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pocketdesk.hubspot.model import SiteArticle, SiteResults
from pocketdesk.knowledge.model import Reading

ARTICLE = "KNOWLEDGE_ARTICLE"
SHORT = 128
"""Characters of a short description."""


def to_results(
    found: SiteResults, *, origin: str, search_term: str, offset: int, limit: int, is_long: bool
) -> dict[str, object]:
    """A page of results."""
    return {
        "total": found.total,
        "offset": offset,
        "limit": limit,
        "page": offset // limit,
        "searchTerm": search_term,
        "results": [_result(article, origin, is_long=is_long) for article in found.articles],
    }


def _result(article: SiteArticle, origin: str, *, is_long: bool) -> dict[str, object]:
    short = (article.subtitle or article.excerpt)[:SHORT]
    result = {
        "id": article.id,
        "combinedId": f"{ARTICLE}-{article.id}",
        "type": ARTICLE,
        "score": article.score,
        "language": article.language.lower(),
        "domain": urlsplit(origin).netloc,
        "url": origin + article.path,
        "title": article.title,
        "description": article.excerpt if is_long else short,
        "tags": list(article.tags),
        "category": article.category,
        "subcategory": article.subcategory,
        "publishedDate": article.published_at,
    }
    return {name: value for name, value in result.items() if value is not None}


def to_indexed(reading: Reading) -> dict[str, object]:
    """What is indexed of an article."""
    fields: Mapping[str, object] = {
        "title": reading.card.title,
        "description": reading.card.subtitle,
        "language": reading.card.language.lower(),
        "tags": list(reading.tags),
        "html": reading.plain_text,
    }
    return {
        "id": str(reading.card.article_id),
        "type": ARTICLE,
        "fields": {
            name: {
                "name": name,
                "value": value,
                "values": value if isinstance(value, list) else [value],
                "metadataField": False,
            }
            for name, value in fields.items()
        },
    }
