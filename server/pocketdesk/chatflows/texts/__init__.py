"""The chat page's words, one JSON file per language: flat keys, plural forms as `key.one`, `key.other`, ..."""

import json
import re
from functools import cache
from pathlib import Path

FALLBACK = "en"
_FOLDER = Path(__file__).parent
_RANGE = re.compile(r"\s*([A-Za-z]{2,3})([-_#][^;,]*)?\s*(?:;\s*q=([0-9.]+))?\s*")
_SAME = {"in": "id", "iw": "he", "nn": "nb", "no": "nb"}
"""Codes that devices also send (Java the first two) for languages of ours."""
_TRADITIONAL = {"hant", "hk", "mo", "tw"}


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
    wanted: list[tuple[float, str, set[str]]] = []
    for part in accept_language[:500].split(","):
        if found := _RANGE.fullmatch(part):
            try:
                weight = float(found[3] or 1)
            except ValueError:
                continue
            wanted.append((weight, found[1].lower(), set(re.findall(r"[a-z0-9]+", (found[2] or "").lower()))))
    for _, language, subtags in sorted(wanted, key=lambda each: -each[0]):
        if (code := _ours(language, subtags)) in languages():
            return code
    return FALLBACK


def _ours(language: str, subtags: set[str]) -> str:
    """The code under which a language would be ours, given what follows it: scripts, regions."""
    language = _SAME.get(language, language)
    if language == "zh":
        # The region tells the script where nothing else does.
        return "zh-TW" if subtags & _TRADITIONAL and "hans" not in subtags else "zh-CN"
    regional = (f"{language}-{tag.upper()}" for tag in subtags)
    return next((code for code in regional if code in languages()), language)
