"""Default texts of surveys and the words of their public page, one JSON file per language."""

import json
from functools import cache
from pathlib import Path
from typing import Literal

_FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages in which surveys have texts, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@cache
def of(language: str) -> dict[str, str]:
    """All texts of a language; KeyError if it is not one of `languages()`."""
    if language not in languages():
        raise KeyError(language)
    return json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way the language is written."""
    return "rtl" if of(language)["direction"] == "rtl" else "ltr"
