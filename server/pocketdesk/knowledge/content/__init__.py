"""The body of an article: a tree of typed blocks, and its ways from and to JSON, HTML and Markdown. Pure."""

from pocketdesk.knowledge.content.head import Head, head_of
from pocketdesk.knowledge.content.html_in import (
    ArticleAt,
    ImageAt,
    check_work,
    from_html,
    no_article,
    no_image,
)
from pocketdesk.knowledge.content.html_out import AddressOf, to_html
from pocketdesk.knowledge.content.markdown_in import from_markdown
from pocketdesk.knowledge.content.markdown_out import to_markdown
from pocketdesk.knowledge.content.parsing import parse_body, to_json
from pocketdesk.knowledge.content.reading import Links, Section, headings, image_ids, links, plain_text
from pocketdesk.knowledge.content.tree import EMPTY, Body, Image

__all__ = [
    "EMPTY",
    "AddressOf",
    "ArticleAt",
    "Body",
    "Head",
    "Image",
    "ImageAt",
    "Links",
    "Section",
    "check_work",
    "from_html",
    "from_markdown",
    "head_of",
    "headings",
    "image_ids",
    "links",
    "no_article",
    "no_image",
    "parse_body",
    "plain_text",
    "to_html",
    "to_json",
    "to_markdown",
]
