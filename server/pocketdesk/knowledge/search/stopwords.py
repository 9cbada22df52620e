"""Words that ask, and say nothing of what is asked for. A question of nothing else is taken at its word."""

from collections.abc import Mapping
from importlib.resources import files

_LINES = files("pocketdesk.knowledge.search").joinpath("stopwords.txt").read_text("utf-8").splitlines()
STOPWORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words) for language, *words in map(str.split, _LINES)
}
