"""Words of a text as tokens: the same ones at writing and at asking, on every engine.

A word becomes its stem, folded: `Passwörter` and `Passwort` are one token. Chinese, Japanese, Korean, Thai and
their like are written without spaces or with endings glued on: there, each character and each two neighbours are
tokens. `ERR-4042` is `err`, `4042` and `err-4042`. A token has letters, marks, digits, `_` and `-`, and no capitals.

Where a language treats marks as ornaments (French, Spanish, ...) they are folded away on both sides. Where a letter
with a mark is another letter (Swedish, Turkish, ...), who types the mark means it, and who leaves it out finds both.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, cast

import Stemmer

LONGEST_WORD = 64
"""Characters of a word that count; what is longer is no word."""
MOST_TOKENS = 40_000
"""Tokens of one field that are kept: a hundred pages."""
MOST_WORDS = 10_000
"""Different words of one article that are kept."""

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "ms": "indonesian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_ORNAMENTAL = frozenset(
    {
        "ar",
        "ca",
        "de",
        "el",
        "en",
        "es",
        "eu",
        "fa",
        "fr",
        "ga",
        "gl",
        "id",
        "it",
        "ms",
        "nl",
        "pt",
        "ro",
        "ru",
        "uk",
        "ur",
    }
)
"""Languages in which a mark is no other letter, or is left out as often as not."""

# Marks that are spelling, not ornament, stay: those of Indic scripts and of Thai are vowels.
_FOLDED = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_KEPT_TOGETHER = {"й": "\0", "Й": "\0"}
_LETTERS = str.maketrans(
    {
        "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d",
        "þ": "th", "ħ": "h",
    }
)  # fmt: skip
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": None, "ی": "ي", "ک": "ك"}
)
_PERSIAN = str.maketrans(
    {"أ": "ا", "إ": "ا", "ٱ": "ا", "ي": "ی", "ى": "ی", "ك": "ک", "ۀ": "ه", "ة": "ه", "ـ": None}
)
_TURKISH = str.maketrans({"I": "ı", "İ": "i"})

# Written without spaces (or, in Korean, with particles glued on). Half-width katakana are there in their own block.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Python's \w leaves out the marks by which Indic scripts and pointed Hebrew or Arabic are written, and joiners.
_MARK = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903"
    "\u093a-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0b82\u0bbe-\u0bcd\u200c\u200d"
)
_WORD = re.compile(f"(?P<run>[{_UNSPACED}]+)|(?P<word>(?:(?![{_UNSPACED}])[\\w{_MARK}])+)")
# Numbers and names of errors, versions, orders: parts that a hyphen, full stop, colon, slash or number sign joins.
_RUN = re.compile(f"[{_UNSPACED}]+")
_CODE = re.compile(r"[^\W_][\w]*(?:[-.:/#][\w]+)+", re.ASCII)
_JOINTS = re.compile(r"[.:/#]")


class _Stems(Protocol):
    def stemWord(self, word: str, /) -> str: ...  # noqa: N802


@dataclass(frozen=True, slots=True)
class Token:
    """One token and the stretch of the text that it stands for; `text[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """One written word: how it reads without case, its token as asked for, all tokens that find it, where it stands.

    A run of characters without spaces is one word too; its `token` is "" and its `forms` are its grams.
    """

    text: str
    token: str
    forms: tuple[str, ...]
    start: int
    end: int

    @property
    def is_code(self) -> bool:
        """Whether it has a digit: nobody mistypes such a word into another one."""
        return any(map(str.isdigit, self.text))


def words(text: str, language: str) -> Iterator[Word]:
    """The words of a text in their order. Codes come as their parts and once more as a whole."""
    codes = [match for match in _CODE.finditer(text) if any(map(str.isdigit, match[0]))]
    for match in codes:
        whole = _JOINTS.sub("-", match[0].lower())
        if len(whole) <= LONGEST_WORD:
            yield Word(whole, whole, (whole,), match.start(), match.end())
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match.lastgroup == "run":
            grams = tuple(gram.text for gram in _grams(match[0], 0))
            yield Word(unicodedata.normalize("NFKC", match[0]), "", grams, start, end)
        elif end - start <= LONGEST_WORD:
            text_, forms = _word(match[0], to_rules(language))
            if forms:
                yield Word(text_, forms[0], forms, start, end)


def places(text: str, language: str, wanted: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """Where in a text some tokens stand: start, end, token. A word that is found by two of them comes once."""
    rules = to_rules(language)
    if any("-" in token for token in wanted):
        for match in _CODE.finditer(text):
            whole = _JOINTS.sub("-", match[0].lower())
            if whole in wanted:
                yield match.start(), match.end(), whole
    if not text.isascii():
        for match in _RUN.finditer(text):
            for gram in _grams(match[0], match.start()):
                if gram.text in wanted:
                    yield gram.start, gram.end, gram.text
    for match in _starts(wanted, rules).finditer(_even(text)):
        start, end = match.span()
        for form in _word(text[start:end], rules)[1]:
            if form in wanted:
                yield start, end, form
                break


_PREFIXING = frozenset({"ar", "fa", "id", "ms", "ur", "yi"})
"""Languages whose stems may begin otherwise than their words."""


@lru_cache(256)
def _starts(wanted: frozenset[str], rules: str) -> re.Pattern[str]:
    """Words that may have one of these stems: those that begin like one. Looking at each word would cost far more."""
    if rules in _PREFIXING:
        return re.compile(f"[\\w{_MARK}]+")
    starts = sorted({re.escape(_even(token[:2])) for token in wanted})
    return re.compile(f"(?<![\\w{_MARK}])(?:{'|'.join(starts) or '(?!)'})[\\w{_MARK}]*")


def _even(text: str) -> str:
    """The text without case and ornaments, each character in its place."""
    even = text.lower()
    if even.isascii():
        return even
    if len(even) != len(text):
        even = "".join(each if len(each.lower()) != 1 else each.lower() for each in text)
    return even.translate(_EVEN)


def to_tokens(text: str, language: str) -> str:
    """The tokens of a text as they are stored: one after the other, with spaces between."""
    kept: list[str] = []
    for word in words(text, language):
        kept += word.forms
        if len(kept) >= MOST_TOKENS:
            break
    return " ".join(kept[:MOST_TOKENS])


def vocabulary(text: str, language: str) -> list[tuple[str, str]]:
    """The different words of a text with their tokens; grams with "" in its place."""
    found: dict[str, str] = {}
    for word in words(text, language):
        if word.token:
            found[word.text] = word.token
        else:
            found.update(dict.fromkeys(word.forms, ""))
        if len(found) >= MOST_WORDS:
            break
    return list(found.items())[:MOST_WORDS]


def to_rules(language: str) -> str:
    """The language whose rules hold: `pt-BR` goes by those of `pt`."""
    return language.partition("-")[0].lower()


def _grams(run: str, offset: int) -> Iterator[Token]:
    """Each character (with its marks) and each two neighbours."""
    places: list[tuple[str, int, int]] = []
    for place, character in enumerate(run):
        # Voiced sound marks of half-width katakana join the character before them, as marks do.
        if places and (
            unicodedata.combining(character) or character in "\uff9e\uff9f" or _is_mark(character)
        ):
            before, start, _ = places[-1]
            places[-1] = (before + character, start, place + 1)
        else:
            places.append((character, place, place + 1))
    plain = [(unicodedata.normalize("NFKC", text).lower(), start, end) for text, start, end in places]
    for number, (text, start, end) in enumerate(plain):
        yield Token(text, offset + start, offset + end)
        if number + 1 < len(plain):
            follower, _, its_end = plain[number + 1]
            yield Token(text + follower, offset + start, offset + its_end)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


@lru_cache(65_536)
def _word(written: str, language: str) -> tuple[str, tuple[str, ...]]:
    """The word without case, and its tokens: first the one that is asked for."""
    text = unicodedata.normalize("NFKC", written.translate(_TURKISH) if language in {"tr", "az"} else written)
    text = text.lower().replace("\u200c", "").replace("\u200d", "").strip("_")
    text = "".join(
        str(unicodedata.digit(each)) if each.isdigit() and not each.isascii() else each for each in text
    )
    if not text or not any(map(str.isalnum, text)):
        return "", ()
    text = text.translate(_PERSIAN) if language in {"fa", "ur"} else text
    if any(map(str.isdigit, text)):
        return text, (_fold(text),)
    folded = _fold(text)
    asked = _stem(text, language)
    if language in _ORNAMENTAL or not asked:
        asked = _fold(asked) or folded
    other = _fold(_stem(folded, language)) or folded
    return text, (asked,) if asked == other else (asked, other)


def _fold(text: str) -> str:
    """Without ornaments: `é` is `e`, `ø` is `o`, `ё` is `е`; `й` stays, being another letter everywhere."""
    if text.isascii():
        return text
    apart = "".join(each if each in _KEPT_TOGETHER else unicodedata.normalize("NFKD", each) for each in text)
    folded = unicodedata.normalize("NFKC", _FOLDED.sub("", apart)).translate(_LETTERS)
    # After stemming, which goes by these letters.
    return folded.translate(_ARABIC) if "\u0600" <= folded[:1] <= "\u06ff" else folded


_EVEN = {
    code: folded
    for code in (*range(0xC0, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x2000))
    if len(folded := _fold(chr(code).lower())) == 1
}


class _Threads(threading.local):
    """Stemmers are no thread's but their own."""

    def __init__(self) -> None:
        self.stemmers: dict[str, _Stems] = {}


_threads = _Threads()


def _stem(text: str, language: str) -> str:
    name = _STEMMERS.get(language)
    if name is None:
        return text
    stemmer = _threads.stemmers.get(name)
    if stemmer is None:
        stemmer = _threads.stemmers[name] = cast("_Stems", Stemmer.Stemmer(name))  # pyright: ignore[reportUnknownMemberType]
    return stemmer.stemWord(text)
