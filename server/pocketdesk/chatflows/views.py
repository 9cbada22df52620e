"""What others read of chatflows: the list, the one that a tag leads to, and what it says to visitors."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias, cast

import msgspec
from sqlalchemy import ScalarSelect, select
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.chatflows import rules, store, texts
from pocketdesk.chatflows.model import (
    Chatflow,
    Document,
    Filters,
    KnowledgeBase,
    Missing,
    Resolution,
    ServedFlow,
    Unknown,
)
from pocketdesk.kernel import text
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import views as knowledge
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

_decode = msgspec.json.Decoder(Document).decode

MOST_DELETED = 20

Check: TypeAlias = Callable[[Reader, AccountScope, int, Document], Mapping[str, str]]
"""What another feature has against a document for an inbox (its id): a message per field below `document`."""

NamesOf: TypeAlias = Callable[[Reader, AccountScope, Collection[int]], Mapping[int, str]]
"""How things of another feature are called, by id."""

# For editors.


def check_references(
    reader: Reader, scope: AccountScope, inbox_id: int, document: Document, checks: Iterable[Check]
) -> None:
    """`Invalid` at each field of `document` that names something which is not there, or not for this inbox."""
    wrong = {
        f"document.{field}": message
        for field, message in check_knowledge_base(reader, scope, document.knowledge_base).items()
    }
    wrong |= {
        f"document.{field}": message
        for check in checks
        for field, message in check(reader, scope, inbox_id, document).items()
    }
    if wrong:
        raise Invalid(wrong)


def check_knowledge_base(reader: Reader, scope: AccountScope, chosen: KnowledgeBase) -> dict[str, str]:
    """What is wrong with the knowledge base that a Help tab shall show: messages by field."""
    if chosen.knowledge_base_id is None:
        return {}
    field = "knowledge_base.knowledge_base_id"
    try:
        base = knowledge.base(reader, scope, chosen.knowledge_base_id)
    except NotFound:
        return {field: "no such knowledge base"}
    if chosen.enabled and base.archived_at is not None:
        return {field: "this knowledge base is archived"}
    return {}


def chatflow(reader: Reader, scope: AccountScope, chatflow_id: int, *, deleted: bool = False) -> Chatflow:
    """One chatflow; `NotFound` if the account has none such, or (unless asked for) it is deleted."""
    row = reader.one(store.FIND, account_id=scope.account_id, id_=chatflow_id)
    if row is None or (row[-1] is not None and not deleted):
        raise NotFound
    return _chatflow(row)


def chatflows(
    reader: Reader, scope: AccountScope, filters: Filters, limit: int, after: str | None = None
) -> Page[Chatflow]:
    """Chatflows in order of priority. Filters combine with AND."""
    place = cast("int", from_cursor(after, int)[0]) if after else 0
    table, query = store.chatflow, store.LISTED
    if words := " ".join(filters.search.casefold().split()):
        query = query.where(table.c.name_key.contains(words, autoescape=True))
    if filters.inbox_id is not None:
        query = query.where(table.c.inbox_id == filters.inbox_id)
    if filters.created_by is not None:
        query = query.where(table.c.created_by == filters.created_by)
    if filters.is_on is not None:
        query = query.where(table.c.is_on if filters.is_on else ~table.c.is_on)
    rows = reader.all(query, account_id=scope.account_id, after=min(place, 2**31 - 1), limit=limit + 1)
    return to_page([_chatflow(row) for row in rows], limit, lambda found: (found.priority,))


def deleted_with_tag(reader: Reader, scope: AccountScope, tag: str) -> tuple[Chatflow, ...]:
    """Some of the deleted chatflows that had this tag, the last deleted first."""
    key = rules.tag_key(tag)
    if not key.isprintable():  # nor could PostgreSQL be asked for it
        return ()
    rows = reader.all(store.DELETED, account_id=scope.account_id, tag_key_=key, limit=MOST_DELETED)
    return tuple(map(_chatflow, rows))


def names(reader: Reader, scope: AccountScope, chatflow_ids: Collection[int]) -> dict[int, str]:
    """Names of chatflows by id, deleted ones too, in one query."""
    if not chatflow_ids:
        return {}
    table = store.chatflow
    query = store.NAMES.where(table.c.account_id == scope.account_id, table.c.id.in_(chatflow_ids))
    return dict(cast("list[tuple[int, str]]", reader.all(query)))


# For visitors.


def serve(reader: Reader, scope: AccountScope, tag: str) -> Resolution:
    """The enabled chatflow with this tag and the best priority. Availability plays no part, nor does chance."""
    key = rules.tag_key(tag)
    if not key:
        return Missing()
    if not key.isprintable():  # nor could PostgreSQL be asked for it
        return Unknown()
    row = reader.one(store.SERVED, account_id=scope.account_id, tag_key_=key)
    return _served(row) if row else Unknown()


def newest(reader: Reader, scope: AccountScope, chatflow_id: int) -> ServedFlow:
    """A chatflow's newest version, whether it is on or not: for a conversation that it began earlier."""
    row = reader.one(store.NEWEST, account_id=scope.account_id, id_=chatflow_id)
    if row is None:
        raise NotFound
    return _served(row)


def version_query(account_id: ColumnElement[int], chatflow_id: ColumnElement[int]) -> ScalarSelect[int]:
    """The number of a chatflow's newest version, as SQL to be part of another feature's statement."""
    return (
        select(store.chatflow.c.version)
        .where(store.chatflow.c.account_id == account_id, store.chatflow.c.id == chatflow_id)
        .scalar_subquery()
    )


def welcome(document: Document, contact_name: str | None = None) -> text.Content:
    """The first words: those that were written, naming the contact if one is known, or the language's."""
    words = document.chat.welcome
    if words is None:
        return text.from_plain(default_texts(document.options.language)["welcome"])
    return text.from_plain(rules.filled(words, contact_name))


def wait_text(document: Document) -> str:
    """What is said when nobody has answered for too long."""
    return document.chat.assign.wait_text or default_texts(document.options.language)["wait"]


def email_text(document: Document, *, away: bool) -> str:
    """How an address is asked for.

    While an away message is shown, in the language's own words: others may promise an answer at once.
    """
    own = None if away else document.chat.email_capture.text
    return own or default_texts(document.options.language)["email_capture"]


def default_texts(language: str) -> dict[str, str]:
    """What a chatflow says wherever nobody has written anything else."""
    words = texts.of(language)
    return {setting: words[key] for setting, key in rules.DEFAULT_TEXTS.items()}


def _chatflow(row: Row) -> Chatflow:
    *before, document, created_at, created_by, modified_at, modified_by, deleted_at = row
    return Chatflow(
        *before,
        document=_decode(document),
        created_at=created_at,
        created_by=created_by,
        modified_at=modified_at,
        modified_by=modified_by,
        deleted_at=deleted_at,
    )


def _served(row: Row) -> ServedFlow:
    return ServedFlow(*row[:4], document=_decode(row[4]))
