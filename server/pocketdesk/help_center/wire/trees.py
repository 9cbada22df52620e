"""The tree of an article for the chat page: with the paths of its pictures, and no link that leads nowhere."""

from typing import Any

from pocketdesk.help_center.model import Article
from pocketdesk.knowledge.content import to_json


def to_tree(article: Article) -> dict[str, Any]:
    """The article's tree. Images get their path as `src`; links to what this reader may not open become words."""
    return _mended(to_json(article.reading.body), article)


def _mended(value: Any, article: Article) -> Any:
    match value:
        case {"type": "image", "file_id": int(file_id)}:
            return {**value, "src": article.images.get(file_id)}
        case {"type": "article_link", "article_id": int(article_id)} if article_id not in article.links:
            return {
                **{name: each for name, each in value.items() if name != "article_id"},
                "type": "text",
            }
        case dict():
            return {name: _mended(each, article) for name, each in value.items()}
        case list() | tuple():
            return [_mended(each, article) for each in value]
        case _:
            return value
