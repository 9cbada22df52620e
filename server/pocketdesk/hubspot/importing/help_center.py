"""A help centre as everybody reads it: its sitemaps, and its pages. It gets no token, and leads nowhere else."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from pocketdesk.hubspot.importing.asking import Asking, is_loopback
from pocketdesk.hubspot.importing.sitemaps import Unreadable, read_sitemap
from pocketdesk.hubspot.importing.source import Absent
from pocketdesk.jobs.model import GiveUp
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.text import is_allowed_href
from pocketdesk.outbound import Answer, Request

MOST_PAGES = 5_000
MOST_SITEMAPS = 200
MOST_LEVELS = 3
"""Of sitemaps that name sitemaps."""
MOST_REDIRECTS = 5
LARGEST_SITEMAP = 16 << 20
LARGEST_PAGE = 4 << 20
PATIENCE_S = 60.0
ELSEWHERE = "its address does not stand below the help centre's"
TOO_MANY = f"pages after the first {MOST_PAGES} of a help centre"
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_PORTS = {"http": 80, "https": 443}
_CHARSET = re.compile(r"charset=\"?([\w-]{1,40})")


def check_help_center(words: str) -> str:
    """The address of a help centre without a slash at its end. `Invalid` unless it is https, or this machine's."""
    try:
        parts = urlsplit(words.strip())
        is_here = parts.scheme == "http" and is_loopback(parts.hostname or "")
    except ValueError:
        raise Invalid({"help_center": "an address such as https://help.example.com"}) from None
    if (
        not (is_here or parts.scheme == "https")
        or not is_allowed_href(words.strip())
        or parts.username is not None
        or parts.query
        or parts.fragment
    ):
        raise Invalid({"help_center": "an address such as https://help.example.com, only https"})
    return plain_address(words.strip())


def plain_address(url: str) -> str:
    """One spelling for the addresses of one page: without query, fragment and slash at its end. "" for none at all."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not host or parts.username is not None or not is_allowed_href(url):
        return ""
    host = f"[{host}]" if ":" in host else host
    place = host if port in {None, _PORTS[parts.scheme]} else f"{host}:{port}"
    return SplitResult(parts.scheme, place, parts.path.rstrip("/"), "", "").geturl()


def whole_address(start: str, href: str) -> str:
    """The address that stands on the page at `start`; "" for none at all."""
    try:
        return urljoin(start, href.strip())
    except ValueError:
        return ""


@dataclass(slots=True)
class Listing:
    """What the sitemaps of a help centre name."""

    pages: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Plain addresses, with those of their other languages."""
    elsewhere: int = 0
    problems: Counter[str] = field(default_factory=Counter[str])


class HelpCenter:
    """The help centre at a (checked) address."""

    def __init__(self, address: str, asking: Asking) -> None:
        self.address = address
        self._asking = asking
        parts = urlsplit(address)
        self._origin = f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """As it is called where it has no other name."""
        return urlsplit(self.address).netloc

    def has(self, url: str) -> bool:
        """Whether a plain address stands below the help centre's."""
        return url == self.address or url.startswith(f"{self.address}/")

    async def listing(self) -> Listing:
        """All pages that its sitemaps name. `Absent` if it has no sitemap."""
        found = Listing()
        try:
            await self._walk(f"{self.address}/sitemap.xml", found)
        except Absent:
            if self._origin == self.address:
                raise
            # A help centre in a folder of a larger site is named by the site's own.
            await self._walk(f"{self._origin}/sitemap.xml", found)
        return found

    async def html(self, url: str) -> str:
        """A page; `Absent` if it is not to be had, or is none."""
        answer = await self._get(url, LARGEST_PAGE)
        kind = answer.headers.get("content-type", "").lower()
        if kind.partition(";")[0].strip() not in _PAGES:
            raise Absent("it is no page of HTML")
        said = _CHARSET.search(kind)
        try:
            return answer.content.decode(said[1] if said else "utf-8", "replace")
        except LookupError:
            return answer.content.decode("utf-8", "replace")

    async def _walk(self, first: str, found: Listing) -> None:
        todo, seen = [(first, 1)], {first}
        for url, level in todo:
            try:
                answer = await self._get(url, LARGEST_SITEMAP)
                read = read_sitemap(answer.content, MOST_PAGES + 1)
            except (Absent, Unreadable) as wrong:
                if url == first:
                    raise Absent(f"{url}: {wrong}") from None
                found.problems[f"a sitemap that cannot be read: {wrong}"] += 1
                continue
            self._take(read.pages, found)
            for address in read.maps:
                inner = whole_address(url, address)
                if inner in seen:
                    continue
                if len(seen) == MOST_SITEMAPS or level == MOST_LEVELS:
                    found.problems["a sitemap too many, or too deep"] += 1
                elif not self._is_same_origin(inner):
                    found.problems["a sitemap that stands elsewhere"] += 1
                else:
                    seen.add(inner)
                    todo.append((inner, level + 1))

    def _take(self, pages: Mapping[str, list[str]], found: Listing) -> None:
        for address, others in pages.items():
            url = plain_address(address)
            if not self.has(url):
                found.elsewhere += 1
            elif url not in found.pages and len(found.pages) == MOST_PAGES:
                found.problems[TOO_MANY] += 1
            else:
                plain = tuple(filter(self.has, map(plain_address, others)))
                found.pages.setdefault(url, plain)

    def _is_same_origin(self, url: str) -> bool:
        plain = plain_address(url)
        return plain == self._origin or plain.startswith(f"{self._origin}/")

    async def _get(self, url: str, most: int) -> Answer:
        """What stands there, or where that leads to here; `Absent` for anything else."""
        place = url
        for _ in range(MOST_REDIRECTS + 1):
            request = Request(place, redirects=0, most_bytes=most, patience_s=PATIENCE_S)
            answer = await self._asking.ask(request, url)
            if isinstance(answer, GiveUp):
                raise Absent(answer.reason)
            if answer.failure is None:
                return answer
            target = answer.headers.get("location") if 300 <= answer.status < 400 else None
            if target is None:
                raise Absent(answer.failure.reason)
            place = whole_address(place, target)
            if not self._is_same_origin(place):
                raise Absent("it leads to another host")
        raise Absent("it leads in circles")
