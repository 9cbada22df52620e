"""Made-up help articles: as many words and as unevenly used as real ones, the same ones in each run."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate
from random import Random

VOCABULARY = 30_000
_SYLLABLES = [
    start + end
    for start in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr")
    for end in ("a", "e", "i", "o", "u", "an", "er", "il", "on")
]


def _words(chance: Random) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < VOCABULARY:
        made["".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3, 3, 4))))] = None
    return list(made)


class Corpus:
    """Articles of 30 to 800 words (160 in the middle), words used as in Zipf's law."""

    def __init__(self, articles: int) -> None:
        self.articles = articles
        self.words = _words(Random(7))
        self._sums = list(accumulate(1 / (rank + 1) ** 1.05 for rank in range(VOCABULARY)))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Title and body of each."""
        chance = Random(1)
        for _ in range(self.articles):
            length = min(800, max(30, round(chance.lognormvariate(5.07, 0.6))))
            places = [bisect(self._sums, chance.random() * self._sums[-1]) for _ in range(length)]
            words = [self.words[min(place, VOCABULARY - 1)] for place in places]
            yield " ".join(words[:5]), " ".join(words)

    def questions(self, most: int = 120) -> list[tuple[str, ...]]:
        """Words that some article has, neither the commonest nor the rarest: three, two, or one with a beginning."""
        ranks = {word: rank for rank, word in enumerate(self.words)}
        chance = Random(2)
        asked: list[tuple[str, ...]] = []
        step = max(1, self.articles // most)
        for place, (_, body) in enumerate(self):
            if place % step or len(asked) >= 3 * most:
                continue
            middling = sorted({word for word in body.split() if 40 <= ranks[word] <= 6_000})
            if len(middling) < 3:
                continue
            one, two, three = chance.sample(middling, 3)
            asked += [(one, two, three), (one, two), (one, two[:3])]
        return asked
