"""What comes in with an import, and how far it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Where a file is from."""

    MARKDOWN = "markdown"
    HTML = "html"
    ZENDESK = "zendesk"
    INTERCOM = "intercom"


class State(StrEnum):
    """How far an import is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Form(StrEnum):
    """What the words of a page are written in."""

    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that somebody should look at. `file` is the name of a file or an article in the import."""

    file: str
    problem: str


@dataclass(frozen=True, slots=True)
class Import:
    """An import of a file into a knowledge base.

    `created`: articles that were written, or on a dry run would be; those of an earlier import that have changed since
    are among them. With `publish`, what was published elsewhere is published here.
    """

    id: int
    base_id: int
    kind: Kind
    name: str
    size: int
    dry_run: bool
    publish: bool
    state: State
    done: int
    total: int
    created: int
    problems: tuple[Problem, ...]
    asked_by: int
    created_at: int


@dataclass(frozen=True, slots=True)
class Page:
    """An article in one language as it comes in. `key` names the article: its languages share it.

    `language` is "" where the file does not say. `place` is the path of a file, which its links start from.
    """

    key: str
    place: str
    language: str
    title: str
    subtitle: str
    slug: str
    tags: tuple[str, ...]
    categories: tuple[str, ...]
    for_contacts: bool
    is_published: bool
    form: Form
    words: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a file has in it. `picture` gives the bytes of an image by its path in the file."""

    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]
    picture: Callable[[str], bytes | None]
    key_at: Callable[[Page, str], str | None]
    """The key of the article that an address on a page means."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What an article of an earlier import is here, in one language, and the revision of its draft at that time."""

    article_id: int
    revision: int


Origins = Mapping[tuple[str, str], Origin]
"""By key and language."""
