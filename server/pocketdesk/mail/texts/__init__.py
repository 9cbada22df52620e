"""The words of mails, one JSON file per language."""

import json
from functools import cache
from pathlib import Path

FALLBACK = "en"
_FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages that mails are written in, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@cache
def of(language: str) -> dict[str, str]:
    """All words of a language with its code as `language`; those of English where there is no such language."""
    code = language if language in languages() else FALLBACK
    return {"language": code, **json.loads((_FOLDER / f"{code}.json").read_text(encoding="utf-8"))}
