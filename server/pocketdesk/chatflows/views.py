"""What others read of chatflows: the list, the one that a tag leads to, and what the chat page begins with."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias, cast

import msgspec
from sqlalchemy import ScalarSelect, select
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import UserCard
from pocketdesk.accounts.rules.words import color_of, initials_of
from pocketdesk.chatflows import rules, store, texts
from pocketdesk.chatflows.model import (
    Chatflow,
    Document,
    Filters,
    Missing,
    Resolution,
    ServedFlow,
    Unknown,
)
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.model import ChannelKind, Font
from pocketdesk.inboxes.rules import USUAL_ACCENT, accent_text
from pocketdesk.kernel import text
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

_decode = msgspec.json.Decoder(Document).decode

Check: TypeAlias = Callable[[Reader, AccountScope, int, Document], Mapping[str, str]]
"""What another feature has against a document for an inbox (its id): a message per field below `document`."""

# For editors.


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


def page_for_tag(reader: Reader, scope: AccountScope, tag: str) -> tuple[dict[str, Any] | None, str | None]:
    """What the chat page of an account and a tag begins with, or why there is none."""
    try:
        accounts.account(reader, scope)
    except NotFound:
        return None, "unknown_account"
    match serve(reader, scope, tag):
        case Missing():
            return None, "missing_tag"
        case Unknown():
            return None, "unknown_tag"
        case ServedFlow() as flow:
            channel = inboxes.channel(reader, scope, flow.channel_account_id)
            look = channel.accent, channel.font
            return page_config(reader, scope, flow.document, look, flow.id, flow.version), None


def preview(reader: Reader, scope: AccountScope, inbox_id: int, document: Document) -> dict[str, Any]:
    """What the chat page would begin with, in the look of the inbox's mobile channel."""
    look = USUAL_ACCENT, Font.SYSTEM
    for channel in inboxes.channels(reader, scope, inbox_id):
        if channel.kind is ChannelKind.MOBILE and channel.archived_at is None:
            look = channel.accent, channel.font
            break
    return page_config(reader, scope, document, look)


def page_config(
    reader: Reader,
    scope: AccountScope,
    document: Document,
    look: tuple[str, Font],
    chatflow_id: int | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    """What the chat page begins with. `look`: accent and font. Without id and version for unsaved settings."""
    language = document.options.language
    accent, font = look
    return {
        "account_id": scope.account_id,
        "chatflow_id": chatflow_id,
        "version": version,
        "mobile_tag": document.mobile.tag,
        "language": language,
        "direction": texts.direction(language),
        "heading": _heading(reader, scope, document),
        "welcome": text.to_json(welcome(document)),
        "close_button": document.chat.close_button,
        "accent": accent,
        "accent_text": accent_text(accent),
        "font": font.value,
        "texts": texts.of(language),
    }


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


def _heading(reader: Reader, scope: AccountScope, document: Document) -> dict[str, Any]:
    chosen = document.chat.heading.user_ids
    cards = accounts.user_cards(reader, scope, chosen)
    found = [cards[user_id] for user_id in chosen if user_id in cards and cards[user_id].is_active]
    people = [_face(card, document.options.language) for card in found[: rules.MOST_FACES]]
    name = ", ".join(person["name"] for person in people) or accounts.account(reader, scope).name
    return {"name": name, "people": people}


def _face(card: UserCard, language: str) -> dict[str, Any]:
    name = rules.shown_name(card.name, language)
    return {"name": name, "initials": initials_of(name), "color": color_of(card.id)}


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
