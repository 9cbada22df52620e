"""Published articles into the index, in the unit of work that publishes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge.model import Access
from pocketdesk.knowledge.search import tokens
from pocketdesk.storage import UnitOfWork, words


@dataclass(frozen=True, slots=True)
class Entry:
    """A published version of an article in one language."""

    base_id: int
    article_id: int
    language: str
    version: int
    access: Access
    title: str
    subtitle: str
    tags: Sequence[str]
    plain_text: str


def index(unit: UnitOfWork, scope: AccountScope, entry: Entry) -> None:
    """Makes an entry findable, in place of what the article had in this language."""
    fields = (entry.title, " \n ".join(entry.tags), entry.subtitle, entry.plain_text)
    title, tags, subtitle, body = (tokens.to_tokens(field, entry.language) for field in fields)
    words.put(
        unit,
        scope.account_id,
        words.Document(
            entry.base_id,
            entry.article_id,
            entry.language,
            entry.version,
            entry.access.value,
            title,
            tags,
            subtitle,
            body,
            tokens.vocabulary("\n".join(fields), entry.language),
        ),
    )


def drop(
    unit: UnitOfWork, scope: AccountScope, base_id: int, article_id: int, language: str | None = None
) -> None:
    """Makes an article unfindable in a language, or in all of them."""
    words.remove(unit, scope.account_id, base_id, article_id, language)


def admit(unit: UnitOfWork, scope: AccountScope, base_id: int, article_id: int, access: Access) -> None:
    """Makes what is findable of an article findable by others."""
    words.reassign(unit, scope.account_id, base_id, article_id, access.value)
