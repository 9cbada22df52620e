"""The words of the public help centre, one JSON file per language: flat keys, `articles.*` by plural form.

A knowledge base may be written in a language that we do not speak: its pages then have the words of the nearest.
"""

import json
from functools import cache
from pathlib import Path
from typing import Literal

from babel import Locale, UnknownLocaleError

from pocketdesk.chatflows import texts as chat

_FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that the help centre speaks, in order: those of the chat page."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@cache
def of(language: str) -> dict[str, str]:
    """All texts of a language, or of the one of ours that is nearest to it; English where none is near."""
    spoken = language if language in languages() else chat.best_match(language)
    return json.loads((_FOLDER / f"{spoken}.json").read_text(encoding="utf-8"))


def articles(language: str, count: int) -> str:
    """How many articles there are, in the plural form that the number takes."""
    words = of(language)
    text = words.get(f"articles.{locale(language).plural_form(count)}", words["articles.other"])
    return text.replace("{count}", str(count))


def name(language: str) -> str:
    """What speakers of a language call it; its code where that is unknown."""
    if language in chat.languages():
        return chat.of(language)["language.name"]
    return locale(language).get_display_name() or language if _known(language) else language


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way a language is written."""
    return "rtl" if locale(language).text_direction == "rtl" else "ltr"


def locale(language: str) -> Locale:
    """How a language counts and dates; English where that is unknown."""
    return _known(language) or Locale("en")


@cache
def _known(language: str) -> Locale | None:
    for tag in (language, language.partition("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return None
