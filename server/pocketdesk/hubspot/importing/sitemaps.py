"""Sitemaps, which a stranger has written: nothing in them is unfolded or fetched while they are read."""

from dataclasses import dataclass, field
from xml.parsers import expat

MOST_DEEP = 20


class Unreadable(Exception):
    """It is no sitemap; the message says why."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Addresses as they stand there: of other sitemaps, and of pages with those of their other languages."""

    maps: list[str] = field(default_factory=list[str])
    pages: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def read_sitemap(content: bytes, most: int) -> Sitemap:
    """At most so many sitemaps, and so many pages; `Unreadable` for anything else."""
    reader = _Reader(most)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Unreadable("it is not in XML") from None
    if reader.root not in {"urlset", "sitemapindex"}:
        raise Unreadable("it is no sitemap")
    return reader.found


class _Reader:
    """Takes `loc` right in `url` or `sitemap`: pictures and films have some of their own further in."""

    def __init__(self, most: int) -> None:
        self.found = Sitemap()
        self.root = ""
        self._most = most
        self._open: list[str] = []
        self._words: list[str] = []
        self._others: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if len(self._open) == MOST_DEEP:
            raise Unreadable("its elements stand in each other too deep")
        if not self._open:
            self.root = tag
        self._open.append(tag)
        if tag == "url":
            self._words, self._others = [], []
        elif tag == "loc" and self._is_ours():
            self._words = []
        elif tag == "link" and attributes.get("rel") == "alternate" and attributes.get("hreflang"):
            self._others.append(attributes.get("href", "").strip())

    def words(self, words: str) -> None:
        if self._is_ours():
            self._words.append(words)

    def end(self, _name: str) -> None:
        ours = self._is_ours()
        tag = self._open.pop()
        address = "".join(self._words).strip()
        if ours and self._open[-1] == "sitemap" and len(self.found.maps) < self._most:
            self.found.maps.append(address)
        elif tag == "url" and address and len(self.found.pages) < self._most:
            self.found.pages[address] = self._others

    def _is_ours(self) -> bool:
        return self._open[-1] == "loc" and self._open[-2:-1] in (["url"], ["sitemap"])


def _no_doctype(*_said: object) -> None:
    raise Unreadable("it brings definitions of its own")
