"""What counts and how much, which language a reader gets, which colours of a base can be read."""

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from math import sqrt

from pocketdesk.inboxes.rules import contrast
from pocketdesk.kernel.moments import DAY, MINUTE
from pocketdesk.kernel.refusal import Invalid

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


_ROBOTS = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|preview|facebookexternalhit|headless|monitor|curl|wget|python|java/|go-http",
    re.IGNORECASE,
)


def is_robot(agent: str) -> bool:
    """Whether a browser says of itself that nobody is reading."""
    return not agent or _ROBOTS.search(agent) is not None


# Colours.

LIGHT_GROUND, DARK_GROUND = "#f5f7f7", "#171b1d"
"""The grounds of web/design on which links stand, the darker one of the light and the lighter one of the dark."""
READABLE = 4.5


def readable(accent: str, ground: str) -> str:
    """The accent, darkened or lightened as far as text in it needs to be to be read on a ground."""
    to = 0 if contrast(ground, "#000000") > contrast(ground, "#ffffff") else 255
    parts = [int(accent[place : place + 2], 16) for place in (1, 3, 5)]
    for step in range(41):
        mixed = [round(part + (to - part) * step / 40) for part in parts]
        color = "#" + "".join(f"{part:02x}" for part in mixed)
        if contrast(color, ground) >= READABLE:
            return color
    return "#000000" if to == 0 else "#ffffff"
