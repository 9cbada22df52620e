"""Articles on their way: HubSpot's API has none, so they are read where everybody reads them.

Sitemaps tell which pages there are, site search what HubSpot knows of each, and the page has its words. What came from
an address is kept with it, so an import that is started again goes on, and writes over nothing that was changed here.
"""

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote, urlsplit

import nh3

from pocketdesk.accounts.model import Actor
from pocketdesk.hubspot.importing import shelving
from pocketdesk.hubspot.importing.asking import Asking
from pocketdesk.hubspot.importing.checksum import added, checksum_of
from pocketdesk.hubspot.importing.help_center import (
    ELSEWHERE,
    HelpCenter,
    Listing,
    plain_address,
    whole_address,
)
from pocketdesk.hubspot.importing.model import Outcome, SourceFailed, Tally
from pocketdesk.hubspot.importing.page import ArticlePage, line, read_page, site_name
from pocketdesk.hubspot.importing.shelving import Put, Undone, facts_of, put_article
from pocketdesk.hubspot.importing.source import Absent, Entry, Source
from pocketdesk.kernel.refusal import Invalid, Refusal
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.content import Body, from_html, plain_text
from pocketdesk.knowledge.imports.model import Form, Origin, Page
from pocketdesk.storage import Engine

AT_ONCE = 4
MOST_FAILED = 3
"""Pages in a row that do not answer, until the help centre is taken to be gone."""
MOST_KEPT = 32 << 20
"""Characters of pages that are looked at once more at the end."""
LONGEST_NAME = 100
TELLING = 6
"""Words by which a piece of an article is known again."""
NOT_NAMED = "not looked for: name the help centre that they stand in"
NO_ARTICLE = "a page that is no article"
NO_WORDS = "an article without words"
IMAGE = "an image, which stays a link"
NO_NAME = "Help"


@dataclass(frozen=True, slots=True)
class HelpCenters:
    """The (checked) addresses to read, and the base that takes their articles; None: one for each, called as it is."""

    asking: Asking
    addresses: tuple[str, ...]
    base_name: str | None = None


@dataclass(slots=True)
class _Shelf:
    """The base for the articles of a help centre, as far as it is there."""

    base_id: int | None
    name: str
    origins: dict[tuple[str, str], Origin]
    ids: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self.ids = {url: each.article_id for (url, _), each in self.origins.items()}


@dataclass(frozen=True, slots=True)
class _Article:
    """A page as it shall be here. `links`: pages in the help centres that it leads to."""

    page: Page
    others: tuple[str, ...]
    links: frozenset[str]
    images: int


class Articles:
    """Brings the articles of help centres over."""

    def __init__(
        self,
        engine: Engine,
        scope: AccountScope,
        actor: Actor,
        source: Source,
        centers: HelpCenters | None,
        tell: Callable[[str], object],
        tally: Tally,
        *,
        dry_run: bool,
    ) -> None:
        self._engine = engine
        self._scope = scope
        self._actor = actor
        self._source = source
        self._centers = centers
        self._tell = tell
        self._tally = tally
        self._dry_run = dry_run
        self._searches = True
        self._listed: set[str] = set()
        self._again: list[tuple[_Shelf, _Article]] = []
        self._kept = 0
        self._failed = 0

    async def run(self) -> None:
        """All of them; `SourceFailed` if a help centre does not answer any more."""
        if self._centers is None or not self._centers.addresses:
            self._tally.left_out[NOT_NAMED] += 1
            return
        listings: list[tuple[HelpCenter, Listing]] = []
        for address in self._centers.addresses:
            center = HelpCenter(address, self._centers.asking)
            listing = await center.listing()
            self._listed |= listing.pages.keys()
            listings.append((center, listing))
        seen: set[str] = set()
        for center, listing in listings:
            self._tally.left_out.update(listing.problems)
            for _ in range(listing.elsewhere):
                self._tally.skip(ELSEWHERE)
            pages = {url: others for url, others in listing.pages.items() if url not in seen}
            seen |= pages.keys()
            await self._bring(center, pages, await self._shelf(center, pages, self._centers.base_name))
        await self._link()

    async def _shelf(self, center: HelpCenter, pages: Container[str], wanted: str | None) -> _Shelf:
        base_id, known = await self._engine.read(
            lambda reader: shelving.base_of(reader, self._scope, wanted, pages)
        )
        name = wanted
        if base_id is None and name is None:
            name = await self._name(center)
            base_id, known = await self._engine.read(
                lambda reader: shelving.base_of(reader, self._scope, name, pages)
            )
        return _Shelf(base_id, name or NO_NAME, dict(known))

    async def _name(self, center: HelpCenter) -> str:
        try:
            name = await asyncio.to_thread(site_name, await center.html(center.address))
        except (Absent, Invalid):
            name = ""
        return (name or center.host)[:LONGEST_NAME].strip()

    async def _bring(self, center: HelpCenter, pages: dict[str, tuple[str, ...]], shelf: _Shelf) -> None:
        listed = list(pages.items())
        for start in range(0, len(listed), AT_ONCE):
            some = listed[start : start + AT_ONCE]
            read = await asyncio.gather(*(self._article(center, *each) for each in some))
            for (url, _), found in zip(some, read, strict=True):
                if isinstance(found, _Article):
                    self._failed = 0
                    await self._put(shelf, found)
                elif isinstance(found, Absent):
                    self._failed = 0
                    self._skip(url, found.message)
                else:
                    self._failed += 1
                    if self._failed == MOST_FAILED:
                        raise found
                    self._skip(url, found.message.removeprefix(f"{url}: "))
            self._tell(f"{self._tally.found} pages of help centres seen")

    def _skip(self, url: str, reason: str) -> None:
        """Counts a page that does not come; which one, the report does not say."""
        self._tally.skip(reason)
        if reason != NO_ARTICLE:
            self._tell(f"{url}: {reason}")

    async def _article(
        self, center: HelpCenter, url: str, others: tuple[str, ...]
    ) -> _Article | SourceFailed:
        """The article at an address, or why there is none (`Absent`), or is none now."""
        try:
            html = await center.html(url)
        except SourceFailed as wrong:
            return wrong

        def absolute(href: str) -> str:
            # A place on the same page has another name here.
            whole = "" if href.startswith("#") else whole_address(url, href)
            plain = plain_address(whole)
            return plain if plain in self._listed else whole

        try:
            found = await asyncio.to_thread(read_page, html, absolute)
        except Invalid as wrong:
            return Absent(wrong.message)
        entry = await self._entry(url, found)
        if entry is None and not found.calls_itself_article:
            return Absent(NO_ARTICLE)
        more = (plain_address(whole_address(url, each)) for each in found.others)
        together = dict.fromkeys((*others, *filter(center.has, more)))
        try:
            return await asyncio.to_thread(
                self._to_article,
                url,
                tuple(each for each in together if each != url),
                found,
                entry or Entry(),
            )
        except Invalid as wrong:
            return Absent(wrong.message)

    async def _entry(self, url: str, found: ArticlePage) -> Entry | None:
        """What site search knows of the page at an address."""
        if not self._searches or not found.title:
            return None
        try:
            entries = await self._source.found_articles(found.title, found.language)
        except Absent as wrong:
            self._searches = False
            self._tally.left_out[f"not looked up in site search: {wrong.message}"] += 1
            return None
        return next((each for each in entries if plain_address(each.url) == url), None)

    def _to_article(
        self, url: str, others: tuple[str, ...], found: ArticlePage, entry: Entry
    ) -> _Article | Absent:
        links: set[str] = set()
        images = 0

        def image_at(_source: str) -> None:
            nonlocal images
            images += 1

        def article_at(href: str) -> None:
            if href in self._listed:
                links.add(href)

        body = from_html(found.body, image_at, article_at)
        if not body.blocks:
            return Absent(NO_WORDS)
        last = unquote(urlsplit(url).path.rpartition("/")[2])
        page = Page(
            key=url,
            place=url,
            language=line(entry.language) or found.language,
            title=found.title or _plain(entry.title) or line(last.replace("-", " ")) or NO_NAME,
            subtitle=_subtitle(found, entry, body),
            slug=last,
            tags=tuple(filter(None, map(_plain, entry.tags or found.keywords))),
            categories=tuple(filter(None, (_plain(entry.category or ""), _plain(entry.subcategory or "")))),
            for_contacts=False,
            is_published=True,
            form=Form.HTML,
            words=found.body,
        )
        return _Article(page, others, frozenset(links), images)

    async def _put(self, shelf: _Shelf, found: _Article) -> None:
        """Writes an article, counts it, and looks whether it is there."""
        tally, url = self._tally, found.page.key
        missing = found.links - shelf.ids.keys()
        try:
            put = await self._write(shelf, found)
        except Refusal as wrong:
            self._skip(url, wrong.message)
            return
        if not isinstance(put.outcome, Outcome) or put.wanted is None:
            self._skip(url, str(put.outcome))
            return
        tally.outcomes[put.outcome] += 1
        tally.left_out.update(put.left_out)
        for reason in put.left_out:
            self._tell(f"{url}: {reason}")
        if found.images:
            tally.left_out[IMAGE] += found.images
        if put.stays:
            return
        with_slug = bool(put.wanted.slug)
        given = facts_of(url, put.language, put.wanted, self._listed, with_slug=with_slug)
        tally.given = added(tally.given, checksum_of(given))
        if self._dry_run or put.origin is None:
            return
        article_id = put.origin.article_id
        there = await self._engine.read(
            lambda reader: knowledge.variant(reader, self._scope, article_id, put.language)
        )
        held = facts_of(url, put.language, there.draft.writing, self._listed, with_slug=with_slug)
        tally.held = added(tally.held, checksum_of(held))
        if missing and self._kept < MOST_KEPT:
            self._kept += len(found.page.words)
            self._again.append((shelf, found))

    async def _link(self) -> None:
        """Once all articles are there, links between them lead to them. What was changed here meanwhile stays."""
        for shelf, found in self._again:
            if found.links & shelf.ids.keys():
                try:
                    await self._write(shelf, found)
                except Refusal:
                    continue

    async def _write(self, shelf: _Shelf, found: _Article) -> Put:
        body = await asyncio.to_thread(from_html, found.page.words, article_at=shelf.ids.get)
        try:
            put = await self._engine.write(
                lambda unit: put_article(
                    unit,
                    self._scope,
                    self._actor,
                    (shelf.base_id, shelf.name),
                    shelf.origins,
                    found.page,
                    found.others,
                    body,
                    dry_run=self._dry_run,
                )
            )
        except Undone as undone:
            return undone.put
        shelf.base_id = put.base_id
        if put.origin is not None:
            shelf.origins[found.page.key, put.language] = put.origin
            shelf.ids[found.page.key] = put.origin.article_id
        return put


def _subtitle(found: ArticlePage, entry: Entry, body: Body) -> str:
    """What stands below the title; or a description, unless it is only a piece of the article."""
    if found.subtitle:
        return found.subtitle
    words = line(plain_text(body)).casefold()
    for said in (found.description, _plain(entry.description)):
        beginning = " ".join(said.rstrip("….").casefold().split()[:TELLING])
        if beginning and beginning not in words:
            return said
    return ""


def _plain(words: str) -> str:
    """Words of site search without the tags that show what was found."""
    return line(unescape(nh3.clean(words, tags=set())))
