"""The words of the public help centre, one JSON file per language: flat keys, `articles.*` by plural form."""

import json
from functools import cache
from pathlib import Path

from babel import Locale

_FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that the help centre speaks, in order: those of the chat page."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@cache
def of(language: str) -> dict[str, str]:
    """All texts of a language; KeyError if it is not one of `languages()`."""
    if language not in languages():
        raise KeyError(language)
    return json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))


def articles(language: str, count: int) -> str:
    """How many articles there are, in the plural form that the number takes."""
    words = of(language)
    form = Locale.parse(language, sep="-").plural_form(count)
    return words[f"articles.{form}"].replace("{count}", str(count))
