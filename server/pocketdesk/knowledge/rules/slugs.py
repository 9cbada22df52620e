"""The last part of an article's address: small ASCII letters, digits and hyphens, whatever script the title is in."""

import re
from collections.abc import Callable

from anyascii import anyascii

from pocketdesk.kernel.refusal import Invalid

LONGEST_SLUG = 80
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SIGNS = re.compile(r"[^a-z0-9]+")
_QUOTES = re.compile(r"['`\u2018\u2019\u02bb\u02bc]")


def slug_of(title: str, *, otherwise: str) -> str:
    """A slug that reads like the title: `Wie ändere ich das?` is `wie-andere-ich-das`; cut between words.

    `otherwise` where the title has no letter or digit.
    """
    # Each sign of a script without spaces becomes a word that begins with a capital.
    ascii_ = _FOREIGN.sub(lambda found: _HUMP.sub("-", anyascii(found[0])), title)
    slug = _SIGNS.sub("-", _QUOTES.sub("", ascii_).lower()).strip("-")
    if len(slug) > LONGEST_SLUG:
        slug = slug[:LONGEST_SLUG].rpartition("-")[0] or slug[:LONGEST_SLUG]
    return slug or otherwise


def clean_slug(slug: str, field: str = "slug") -> str:
    """A slug that somebody wrote. `Invalid` at `field` for anything but letters, digits and single hyphens."""
    cleaned = slug.strip().lower()
    if len(cleaned) > LONGEST_SLUG:
        raise Invalid({field: f"at most {LONGEST_SLUG} characters"})
    if not _SLUG.fullmatch(cleaned):
        raise Invalid({field: "must be letters a to z, digits, and single hyphens between them"})
    return cleaned


def free_slug(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """The slug, or the first of `slug-2`, `slug-3`, ... that nobody has."""
    slug, number = wanted, 1
    while is_taken(slug):
        number += 1
        end = f"-{number}"
        slug = wanted[: LONGEST_SLUG - len(end)].rstrip("-") + end
    return slug
