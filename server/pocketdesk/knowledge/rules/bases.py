"""What knowledge bases and categories may be called, in which languages, and in which order categories stand."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.kernel.refusal import Conflict, Invalid
from pocketdesk.knowledge.model import Category

MOST_BASES = 100
MOST_LANGUAGES = 60
MOST_CATEGORIES = 500
MOST_SYNONYMS = 500
MOST_WORDS = 20
LONGEST_WORD = 60
USUAL_ACCENT = "#0b6e5f"
_TAG = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?")
_ACCENT = re.compile(r"#[0-9a-f]{6}")

Order = Sequence[tuple[int, Sequence[int]]]
"""Categories in their order, each with the ids of those below it."""


class CategoryNotEmpty(Conflict):
    """Articles or categories are in it; move them first."""

    code = "category_not_empty"


class CategoriesChanged(Conflict):
    """The order does not name every category once: somebody has made or deleted one meanwhile."""

    code = "categories_changed"


class TooManyThere(Conflict):
    """As many as there can be."""

    code = "too_many_there"


def clean_languages(languages: Iterable[str], field: str = "languages") -> tuple[str, ...]:
    """Language tags like `en`, `pt-BR`, `zh-Hant`, each once. `Invalid` at `field` for none, too many or others."""
    cleaned: dict[str, None] = {}
    for place, language in enumerate(languages):
        tag = clean_language(language, f"{field}.{place}")
        if tag in cleaned:
            raise Invalid({f"{field}.{place}": "is there twice"})
        cleaned[tag] = None
    if not cleaned:
        raise Invalid({field: "must not be empty"})
    if len(cleaned) > MOST_LANGUAGES:
        raise Invalid({field: f"at most {MOST_LANGUAGES} languages"})
    return tuple(cleaned)


def clean_language(language: str, field: str = "language") -> str:
    """A tag in its usual spelling. `Invalid` at `field` if it is none."""
    found = _TAG.fullmatch(language)
    if not found:
        raise Invalid({field: "must be a language like en, pt-BR or zh-Hant"})
    stem, script, region = found.groups()
    parts = (stem.lower(), script and script.capitalize(), region and region.upper())
    return "-".join(filter(None, parts))


def check_language(language: str, languages: Collection[str], field: str = "language") -> None:
    """`Invalid` at `field` unless the knowledge base has the language."""
    if language not in languages:
        raise Invalid({field: f"must be one of {', '.join(languages)}"})


def clean_accent(accent: str, field: str = "accent") -> str:
    """A colour as `#rrggbb` in lower case; `Invalid` at `field` for anything else."""
    cleaned = accent.lower()
    if not _ACCENT.fullmatch(cleaned):
        raise Invalid({field: "must be a colour like #0b6e5f"})
    return cleaned


def clean_names(names: Mapping[str, str], languages: Sequence[str], field: str = "names") -> dict[str, str]:
    """A category's names by language. `Invalid` at `field` for other languages, or without the first one."""
    cleaned: dict[str, str] = {}
    for language, name in names.items():
        if language not in languages:
            raise Invalid({f"{field}.{language[:20]}": "not a language of this knowledge base"})
        if name.strip() or language == languages[0]:
            cleaned[language] = clean_name(name, f"{field}.{language}")
    if languages[0] not in cleaned:
        raise Invalid({f"{field}.{languages[0]}": "is missing"})
    return {language: cleaned[language] for language in languages if language in cleaned}


def to_places(order: Order, categories: Collection[Category]) -> dict[int, tuple[int | None, int]]:
    """Parent and place of each category in an order. `CategoriesChanged` unless it names each one once."""
    places: dict[int, tuple[int | None, int]] = {}
    named = 0
    for place, (category_id, children) in enumerate(order):
        places[category_id] = (None, place)
        places |= {child: (category_id, at) for at, child in enumerate(children)}
        named += 1 + len(children)
    if named != len(places) or places.keys() != {each.id for each in categories}:
        raise CategoriesChanged
    return places


def clean_synonyms(sets: Sequence[Sequence[str]], field: str = "items") -> tuple[tuple[str, ...], ...]:
    """Lists of at least two different words, without case. `Invalid` at `field` where one is none."""
    if len(sets) > MOST_SYNONYMS:
        raise Invalid({field: f"at most {MOST_SYNONYMS} lists"})
    return tuple(_clean_set(words, f"{field}.{place}") for place, words in enumerate(sets))


def _clean_set(words: Sequence[str], field: str) -> tuple[str, ...]:
    cleaned = dict.fromkeys(
        clean_name(unicodedata.normalize("NFC", word).casefold(), f"{field}.{place}", longest=LONGEST_WORD)
        for place, word in enumerate(words)
    )
    if not 2 <= len(cleaned) <= MOST_WORDS:
        raise Invalid({field: f"must be 2 to {MOST_WORDS} different words"})
    return tuple(cleaned)
