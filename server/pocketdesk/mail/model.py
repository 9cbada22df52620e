"""One mail, ready to go."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address, as text and as HTML that say the same.

    `word` names it: a repetition has the same, and so the same Message-ID. `at` is its date in UTC milliseconds.
    """

    to: str
    subject: str
    text: str
    html: str
    word: str
    at: int


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a page of ours."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Something that somebody wrote, and when, if that is told."""

    author: str
    text: str
    when: str = ""
