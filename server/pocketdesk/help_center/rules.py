"""What counts and how much, which language a reader gets, which colours of a base can be read."""

import hmac
import re
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from math import sqrt

from pocketdesk.inboxes.rules import contrast
from pocketdesk.kernel.moments import DAY, MINUTE
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge.rules import home_path

LONGEST_SEARCH = 200
LONGEST_TERM = 80
MOST_TERMS = 2_000
"""So many different terms of a base and language are kept a day; the others are counted together."""
MOST_DAYS = 366
MOST_RECOMMENDED = 5
MOST_RELATED = 4
LONGEST_READ_MS = 30 * MINUTE
"""What one look at an article counts for at most: longer, and nobody was looking."""
HALF_LIFE_MS = 30 * DAY
"""After so long a view counts half as much for *most read*."""
_FIRST_HALVES = 680
"""Half-lives from 1970 to 2025: heat begins small, so that it fits a float for sixty years."""
TERM_DAYS = 400
READER_DAYS = 30
"""So long one reader of the public pages has one vote on an article; then nothing tells who it was."""

# Languages.


def best_language(languages: Sequence[str], asked: str) -> str:
    """The language of a base that a reader gets: the one asked for, a close relative of it, else the first."""
    wanted = asked.casefold()
    for language in languages:
        if language.casefold() == wanted:
            return language
    stem = wanted.partition("-")[0]
    return next((each for each in languages if each.casefold().partition("-")[0] == stem), languages[0])


# What counts.


def rated(helpful: int, unhelpful: int) -> float:
    """How well an article is rated, 0 to 1: the lower end of the range in which the true share of helpful votes lies
    with 95 % certainty (Wilson). Few votes prove little, so 9 of 10 stand above 1 of 1.
    """
    total = helpful + unhelpful
    if not helpful:
        return 0.0
    share, z = helpful / total, 1.96
    middle = share + z * z / (2 * total)
    spread = z * sqrt((share * (1 - share) + z * z / (4 * total)) / total)
    return (middle - spread) / (1 + z * z / total)


def heat(now: int) -> float:
    """What a view now adds to an article's heat. Later ones add more, which is the same as that earlier ones fade."""
    return 2.0 ** (now / HALF_LIFE_MS - _FIRST_HALVES)


def day_of(at: int) -> int:
    """The day of a moment, counted in UTC from 1970."""
    return at // DAY


def to_date(day: int) -> date:
    """The date of a day."""
    return date(1970, 1, 1) + timedelta(days=day)


def range_of(since: str | None, until: str | None, now: int) -> tuple[int, int]:
    """First and last day of a range from ISO dates; the last 30 days without. `Invalid` at `from` or `to`."""
    last = _day(until, "to") if until else day_of(now)
    first = _day(since, "from") if since else last - 29
    if first > last:
        raise Invalid({"from": "must not be after the last day"})
    if last - first >= MOST_DAYS:
        raise Invalid({"from": f"at most {MOST_DAYS} days"})
    return first, last


def _day(text: str, field: str) -> int:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        try:
            found = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            pass
        else:
            if 1970 <= found.year <= 9_000:
                return (found.date() - date(1970, 1, 1)).days
    raise Invalid({field: "must be a date like 2026-11-25"})


_SPACES = re.compile(r"\s+")
_ADDRESS = re.compile(r"\S+@\S+")
_NUMBER = re.compile(r"\+?\d(?:[\s./()-]*\d){5,}")


def term(words: str) -> str:
    """Sought words as insights show them: without case, and without what may be an address or a long number."""
    plain = "".join(each for each in words if each.isprintable() or each.isspace())
    plain = _ADDRESS.sub("@", plain.casefold())
    return _SPACES.sub(" ", _NUMBER.sub("#", plain)).strip()[:LONGEST_TERM].rstrip()


def reader_key(secret: bytes, account_id: int, article_id: int, network: str, agent: str) -> str:
    """Who voted on a public page, as far as one can tell without a cookie: the same network and browser.

    Nobody without the secret can find out whose it was, and votes on two articles have nothing in common.
    """
    words = f"{account_id} {article_id} {network} {agent[:400]}".encode()
    return "reader:" + hmac.digest(secret, b"help_center.vote " + words, "sha256")[:16].hex()


# Searches, while they are typed.

TYPING_MS = 5_000
"""Who searches again so soon was still typing."""
LONGEST_TYPING_MS = 30_000
"""The same, while the words only grow or shrink."""
MOST_TYPING = 10_000
MOST_SETTLED = 50


@dataclass(frozen=True, slots=True)
class Sought:
    """A search as it is counted. `reader`: who searched, for this process; `in_vain`: nothing was found."""

    reader: Hashable
    scope: AccountScope
    base_id: int
    language: str
    term: str
    in_vain: bool
    at: int


class Typing:
    """The last search of each reader who may still be typing; one that nothing follows is what was sought.

    In this process; time is passed in. Whatever comes back is done with and wants to be counted.
    """

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: OrderedDict[Hashable, Sought] = OrderedDict()

    def note(self, sought: Sought) -> tuple[Sought, ...]:
        """Somebody searched; whatever was sought before, by anybody."""
        before = self._last.pop(sought.reader, None)
        self._last[sought.reader] = sought
        done = self.settled(sought.at)
        if len(self._last) > MOST_TYPING:
            done = (*done, self._last.popitem(last=False)[1])
        return done if before is None or _goes_on(before, sought) else (*done, before)

    def take(self, reader: Hashable, term: str) -> tuple[Sought, ...]:
        """A reader opened a result for a term: the search for it, if it is not done with yet."""
        last = self._last.get(reader)
        return (self._last.pop(reader),) if last is not None and last.term == term else ()

    def settled(self, now: int) -> tuple[Sought, ...]:
        """Some searches that nothing followed, the oldest first."""
        done: list[Sought] = []
        for sought in tuple(islice(self._last.values(), MOST_SETTLED)):
            if now - sought.at < LONGEST_TYPING_MS:
                break
            done.append(self._last.pop(sought.reader))
        return tuple(done)


def _goes_on(before: Sought, after: Sought) -> bool:
    if (before.scope, before.base_id) != (after.scope, after.base_id):
        return False
    passed = after.at - before.at
    grows = before.term.startswith(after.term) or after.term.startswith(before.term)
    return passed < TYPING_MS or (grows and passed < LONGEST_TYPING_MS)


# Who reads.

_ROBOTS = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|preview|facebookexternalhit|headless|monitor|curl|wget|python|java/|go-http",
    re.IGNORECASE,
)


def is_robot(agent: str) -> bool:
    """Whether a browser says of itself that nobody is reading."""
    return not agent or _ROBOTS.search(agent) is not None


# Addresses of the public pages.


def topic_path(account_id: int, base_slug: str, language: str, slug: str) -> str:
    """A category's page."""
    return f"{home_path(account_id, base_slug, language)}c/{slug}"


def image_path(account_id: int, file_id: int) -> str:
    """A picture of a public article."""
    return f"/help/images/{account_id}/{file_id}"


# Colours.

LIGHT, DARK = ("#ffffff", "#f5f7f7", "#eef2f2"), ("#0f1213", "#171b1d", "#20272a")
"""The grounds of the pages, as in their style sheet."""
READABLE = 4.5


@dataclass(frozen=True, slots=True)
class Colors:
    """What a base's accent comes to on light or on dark ground, as `#rrggbb`."""

    link: str
    """Text in the accent, as near to it as can be read on every ground."""
    soft: str
    """A ground with a breath of it."""


def colors(accent: str) -> tuple[Colors, Colors]:
    """An accent on light and on dark ground."""
    light, dark = mixed(accent, "#ffffff", 0.92), mixed(accent, "#0f1213", 0.88)
    return (
        Colors(readable(accent, (*LIGHT, light), "#000000"), light),
        Colors(readable(accent, (*DARK, dark), "#ffffff"), dark),
    )


def readable(accent: str, grounds: Sequence[str], towards: str) -> str:
    """The accent, darkened or lightened as far as it must be for text in it to be read on every ground."""
    shades = (mixed(accent, towards, step / 40) for step in range(41))
    return next(
        (shade for shade in shades if all(contrast(shade, ground) >= READABLE for ground in grounds)), towards
    )


def mixed(one: str, other: str, share: float) -> str:
    """A colour with this share of another one in it."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(mine + (theirs - mine) * share):02x}" for mine, theirs in pairs)
