"""What a page of HTML that somebody else wrote says of itself. Read from what nh3 leaves of it, never as it stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

from pocketdesk.knowledge.content.html_in import check_work

LONGEST_HEAD = 200_000
"""Characters at the beginning of a page in which it says what it is."""
_LANGUAGE = re.compile(r"<html\b[^>]{0,1000}?\slang\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """A page's language, title and first heading, its `meta` by lower-case name, and addresses of its other languages.

    What a page does not say is blank.
    """

    language: str = ""
    title: str = ""
    heading: str = ""
    meta: Mapping[str, str] = field(default_factory=dict[str, str])
    others: tuple[str, ...] = ()


def head_of(html: str, name: str = "page") -> Head:
    """What the page says of itself. `Invalid` that names the field for HTML that is made to be slow."""
    beginning = html[:LONGEST_HEAD]
    check_work(beginning, name)
    language = _LANGUAGE.search(beginning)
    reader = _Reader()
    reader.feed(_CLEANER.clean(beginning))
    reader.close()
    return Head(
        language[1] if language else "",
        " ".join(reader.texts.get("title", "").split()),
        " ".join(reader.texts.get("h1", "").split()),
        reader.meta,
        tuple(reader.others),
    )


_CLEANER = nh3.Cleaner(
    tags={"h1", "link", "meta", "title"},
    clean_content_tags={"math", "noscript", "script", "style", "svg", "template", "textarea"},
    attributes={"link": {"rel", "hreflang", "href"}, "meta": {"name", "property", "content"}},
    link_rel=None,
)


class _Reader(HTMLParser):
    """The first of each. Reads only what nh3 wrote."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: dict[str, str] = {}
        self.meta: dict[str, str] = {}
        self.others: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in {"h1", "title"} and tag not in self.texts:
            self._open = tag
            self.texts[tag] = ""
        elif tag == "meta":
            named = said.get("name") or said.get("property") or ""
            self.meta.setdefault(named.lower(), said.get("content", ""))
        elif tag == "link" and said.get("rel") == "alternate" and said.get("hreflang"):
            self.others.append(said.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open] += data
