"""What a reader types, as what the index is asked for: stems, their synonyms, slips mended, the last word's endings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pocketdesk.knowledge.search import tokens, typos
from pocketdesk.knowledge.search.stopwords import STOPWORDS
from pocketdesk.storage.words import Group, Known, Vocabulary

LONGEST = 200
"""Characters of a question that count."""
MOST_WORDS = 12
_ENDINGS = 8
_CANDIDATES = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to one language: groups of tokens, and the question as it was meant where a word was mended."""

    groups: tuple[Group, ...]
    corrected: str | None
    is_known: bool
    """Whether a word of it is one of this language's articles."""


def understand(
    vocabulary: Vocabulary, question: str, synonyms: Sequence[Sequence[str]], *, mends: bool
) -> Asked:
    """What is asked in this language. No groups: nothing can be looked for. `mends`: slips are looked for."""
    question = question[:LONGEST]
    said = _said(question, vocabulary.language)
    plain = [word for word in said if word.token and not word.is_code]
    known = vocabulary.known([word.text for word in plain])
    unknown = [word for word in plain if word.text not in known]
    stems = vocabulary.stems([word.token for word in unknown]) if unknown else frozenset[str]()
    mended: list[tuple[tokens.Word, str]] = []
    units: list[tuple[str | None, Group]] = []
    for place, word in enumerate(said):
        if not word.token:
            units += [(gram, ((gram,),)) for gram in word.forms[1::2] or word.forms]
            continue
        if word.is_code:
            units.append((word.token, _code(word, question, vocabulary.language)))
            continue
        token = word.token
        endings: list[Known] = []
        if place == len(said) - 1 and word.end == len(question) and len(word.text) >= 2:
            endings = vocabulary.beginning(word.text, _ENDINGS)
        if word.text not in known and token not in stems and not endings:
            meant = _meant(vocabulary, word.text) if mends else None
            if meant is not None:
                token = meant.token
                mended.append((word, meant.word))
        units.append((token, ((token,), *((each.token,) for each in endings))))
    groups = tuple(group for _, group in _with_synonyms(units, synonyms, vocabulary.language))
    return Asked(groups, _rewritten(question, mended), bool(known or stems))


def _said(question: str, language: str) -> list[tokens.Word]:
    """The words that matter; all, if none of them seems to. What is part of a code does not come apart from it."""
    found = list(tokens.words(question, language))
    codes = [word for word in found if "-" in word.token]
    whole = [
        word
        for word in found
        if word in codes or not any(code.start <= word.start and word.end <= code.end for code in codes)
    ]
    whole.sort(key=lambda word: word.start)
    stopwords = STOPWORDS.get(tokens.to_rules(language), frozenset())
    telling = [word for word in whole if word.text not in stopwords]
    return (telling or whole)[:MOST_WORDS]


def _code(word: tokens.Word, question: str, language: str) -> Group:
    """A code as a whole, or its parts wherever they stand."""
    parts = tuple(
        each.token
        for each in tokens.words(question[word.start : word.end], language)
        if each.token and "-" not in each.token
    )
    return ((word.token,), parts) if len(parts) > 1 else ((word.token,),)


def _meant(vocabulary: Vocabulary, text: str) -> Known | None:
    if len(text) < typos.SHORTEST:
        return None
    start, end = typos.halves(text)
    candidates = vocabulary.beginning(start, _CANDIDATES) + vocabulary.ending(end, _CANDIDATES)
    return typos.closest(text, candidates)


def _rewritten(question: str, mended: Sequence[tuple[tokens.Word, str]]) -> str | None:
    if not mended:
        return None
    for word, text in reversed(mended):
        question = question[: word.start] + text + question[word.end :]
    return question.strip()


def _with_synonyms(
    units: list[tuple[str | None, Group]], synonyms: Sequence[Sequence[str]], language: str
) -> Iterator[tuple[str | None, Group]]:
    """The groups, where a phrase of a list of synonyms is asked for with the other phrases beside it."""
    lists = [[phrase for each in those if (phrase := _phrase(each, language))] for those in synonyms]
    starts = [(phrase, those) for those in lists for phrase in those]
    starts.sort(key=lambda pair: -len(pair[0]))
    place = 0
    while place < len(units):
        for phrase, those in starts:
            asked = tuple(token for token, _ in units[place : place + len(phrase)])
            if asked == phrase:
                own = units[place][1] if len(phrase) == 1 else ()
                yield None, (*own, *those)
                place += len(phrase)
                break
        else:
            yield units[place]
            place += 1


def _phrase(text: str, language: str) -> tuple[str, ...]:
    found: list[str] = []
    for word in _said(text, language):
        found += [word.token] if word.token else (word.forms[1::2] or word.forms)
    return tuple(found)
