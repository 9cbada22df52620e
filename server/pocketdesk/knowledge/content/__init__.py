"""The body of an article: a tree of typed blocks, and its ways from and to JSON, HTML and Markdown. Pure."""

from pocketdesk.knowledge.content.parsing import parse_body, to_json
from pocketdesk.knowledge.content.reading import Links, Section, headings, image_ids, links, plain_text
from pocketdesk.knowledge.content.tree import EMPTY, Body

__all__ = [
    "EMPTY",
    "Body",
    "Links",
    "Section",
    "headings",
    "image_ids",
    "links",
    "parse_body",
    "plain_text",
    "to_json",
]
