"""The chat page's words, one JSON file per language: flat keys, plural forms as `key.one`, `key.other`, ..."""

import json
import re
from functools import cache
from pathlib import Path

FALLBACK = "en"
_FOLDER = Path(__file__).parent
_RANGE = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_#][^;,]*)?\s*(?:;\s*q=([0-9.]+))?\s*")


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that the chat page speaks, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@cache
def of(language: str) -> dict[str, str]:
    """All texts of a language; KeyError if it is not one of `languages()`."""
    if language not in languages():
        raise KeyError(language)
    return json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))


def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return of(language)["direction"]


def best_match(accept_language: str) -> str:
    """The language of ours that an Accept-Language header likes best, else English.

    Takes RFC 9110 ranges (`de-CH;q=0.8`) and the Java form that HubSpot's Android SDK sends (`zh_CN_#Hans`).
    """
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        if found := _RANGE.fullmatch(part):
            try:
                weight = float(found[2] or 1)
            except ValueError:
                continue
            wanted.append((weight, found[1].lower()))
    for _, language in sorted(wanted, key=lambda each: -each[0]):
        if language in languages():
            return language
    return FALLBACK
