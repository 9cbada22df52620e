"""What a word that no article has was probably meant to be."""

from collections.abc import Iterable

from pocketdesk.storage.words import Known

SHORTEST = 4
"""Shorter words have too many neighbours to guess among."""


def most_edits(word: str) -> int:
    """How many slips a word may hold: one, from eight characters on two."""
    return 1 if len(word) < 8 else 2


def halves(word: str) -> tuple[str, str]:
    """A beginning and an end of the word. One slip (two neighbours swapped count as one) leaves one of them whole."""
    half = (len(word) - 1) // 2
    return word[:half], word[len(word) - half :]


def closest(word: str, candidates: Iterable[Known]) -> Known | None:
    """The candidate with the fewest slips between, the commonest of several; None if none is close."""
    most = most_edits(word)
    best: tuple[int, int, str] | None = None
    chosen: Known | None = None
    for each in candidates:
        if abs(len(each.word) - len(word)) > most:
            continue
        slips = distance(word, each.word, most)
        if slips is None:
            continue
        rank = (slips, -each.documents, each.word)
        if best is None or rank < best:
            best, chosen = rank, each
    return chosen


def distance(one: str, other: str, most: int) -> int | None:
    """How many characters were left out, added, changed or swapped with a neighbour; None if more than `most`."""
    earlier: list[int] = []
    before = list(range(len(other) + 1))
    for row, character in enumerate(one, 1):
        line = [row]
        for place, opposite in enumerate(other, 1):
            cost = min(before[place] + 1, line[-1] + 1, before[place - 1] + (character != opposite))
            if earlier and place > 1 and character == other[place - 2] and one[row - 2] == opposite:
                cost = min(cost, earlier[place - 2] + 1)
            line.append(cost)
        if min(line) > most and min(before) > most:
            return None
        earlier, before = before, line
    return before[-1] if before[-1] <= most else None
