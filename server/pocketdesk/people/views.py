"""What others read of visitors and contacts, and what proves who a visitor is."""

from collections.abc import Collection

from sqlalchemy import ScalarSelect, Select, and_, func, select
from sqlalchemy.sql.elements import ColumnElement

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.rules.sealing import unseal
from pocketdesk.accounts.rules.tokens import token_hash
from pocketdesk.accounts.rules.words import clean_email, color_of
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import rules, store
from pocketdesk.people.model import (
    Algorithm,
    AppCredential,
    ContactCard,
    ContactProperty,
    Device,
    Enforcement,
    FurtherAddress,
    Identity,
    IdentityDay,
    IdentityKey,
    Proof,
    PushProvider,
    PushTarget,
    VerifyingKey,
    Visitor,
    VisitorCard,
    VisitorSession,
    VisitorTraces,
)
from pocketdesk.people.rules import proof
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

_LAST = 2**62
MOST_KEYS_SHOWN = 100
MOST_DAYS_SHOWN = 5_000

# Who is there.


def visitor_of_bearer(reader: Reader, token: str, now: int) -> VisitorSession | None:
    """The session that a chat page proves with its bearer; None if it ended, or its visitor is retired."""
    row = reader.one(store.FIND_SESSION, token_hash_=token_hash(token), now=now)
    if row is None:
        return None
    return VisitorSession(*row[:7], identity=Identity(row[7]), contact_id=row[8])


def visitor_of_cookie(reader: Reader, scope: AccountScope, cookie: str | None) -> int | None:
    """The visitor whom a `messagesUtk` cookie brings back to this account."""
    if not cookie:
        return None
    row = reader.one(store.FIND_COOKIE, account_id=scope.account_id, token_hash_=token_hash(cookie))
    return row[0] if row else None


def app_of_credential(reader: Reader, word: str, now: int) -> AppCredential | None:
    """The app that a native shell proves with its credential; None if it ended."""
    row = reader.one(store.FIND_CREDENTIAL, token_hash_=token_hash(word), now=now)
    if row is None:
        return None
    id_, account_id, *rest = row
    return AppCredential(id_, accounts.open_account(reader, account_id), *rest)


def devices(reader: Reader, scope: AccountScope, visitor_id: int, now: int) -> tuple[Device, ...]:
    """The devices on which a visitor can be told something, the one used last first; at most ten."""
    rows = reader.all(
        store.DEVICES, account_id=scope.account_id, id_=visitor_id, now=now, limit=rules.MOST_DEVICES
    )
    return tuple(map(_device, rows))


def _device(row: Row) -> Device:
    id_, visitor_id, platform, app_version, sdk_version, locale, seen_at, is_bare, *push = row
    provider, token, topic, sandbox = push
    target = PushTarget(PushProvider(provider), token, topic, sandbox) if provider else None
    return Device(id_, visitor_id, platform, target, app_version, sdk_version, locale, seen_at, is_bare)


# Visitors.


def visitor(reader: Reader, scope: AccountScope, visitor_id: int) -> Visitor:
    """A visitor with what the device told; `NotFound` if the account has none such."""
    card = visitor_cards(reader, scope, [visitor_id]).get(visitor_id)
    if card is None:
        raise NotFound
    rows = reader.all(store.PROPERTIES, account_id=scope.account_id, id_=visitor_id)
    return Visitor(card, dict(rows))


def outside_key(reader: Reader, scope: AccountScope, visitor_id: int) -> str | None:
    """By which a program knows a visitor; None for who comes through an app or a page."""
    row = reader.one(store.OUTSIDE_KEY, account_id=scope.account_id, id_=visitor_id)
    return row[0] if row else None


def visitor_cards(
    reader: Reader, scope: AccountScope, visitor_ids: Collection[int]
) -> dict[int, VisitorCard]:
    """Those of the visitors that exist in the account, by id, in one query."""
    if not visitor_ids:
        return {}
    table = store.visitor
    query = store.VISITORS.where(table.c.account_id == scope.account_id, table.c.id.in_(visitor_ids))
    return {
        id_: VisitorCard(id_, color_of(id_), created_at, last_seen_at, platform, name)
        for id_, created_at, last_seen_at, platform, name in reader.all(query)
    }


def visitor_traces(reader: Reader, scope: AccountScope, visitor_id: int) -> VisitorTraces:
    """Everything that is kept of a visitor here; `NotFound` if the account has none such."""
    place = {"account_id": scope.account_id, "id_": visitor_id}
    row = reader.one(store.TRACES, **place)
    if row is None:
        raise NotFound
    return VisitorTraces(
        *row,
        properties=dict(reader.all(store.PROPERTIES, **place)),
        sessions=tuple((one[0], one[1], one[2], one[3]) for one in reader.all(store.SESSIONS, **place)),
        cookies=tuple(one[0] for one in reader.all(store.COOKIES, **place)),
        devices=tuple((one[0], one[1], one[2], one[3]) for one in reader.all(store.KEPT_DEVICES, **place)),
    )


def idle_visitors(
    reader: Reader, scope: AccountScope, before: int, after: tuple[int, int], limit: int
) -> tuple[tuple[int, int], ...]:
    """Last seen and id of visitors not seen since a moment (UTC milliseconds), longest gone first."""
    rows = reader.all(
        store.IDLE_VISITORS,
        account_id=scope.account_id,
        before=before,
        after=after[0],
        after_id=after[1],
        limit=limit,
    )
    return tuple((row[0], row[1]) for row in rows)


# Contacts.


def contact_card(reader: Reader, scope: AccountScope, contact_id: int) -> ContactCard:
    """One contact; `NotFound` if the account has none such, or it was erased. A merged one leads to who is left."""
    row = reader.one(store.FIND_CONTACT, account_id=scope.account_id, id_=contact_id)
    if row is None:
        raise NotFound
    return _contact(row[1:])


def contact_cards(
    reader: Reader, scope: AccountScope, contact_ids: Collection[int]
) -> dict[int, ContactCard]:
    """Those of the contacts that exist in the account, by the id that was asked for, in one query.

    A merged one leads to who is left, whose card has another id then.
    """
    if not contact_ids:
        return {}
    table = store.asked
    query = store.CONTACTS.where(table.c.account_id == scope.account_id, table.c.id.in_(contact_ids))
    return {row[0]: _contact(row[1:]) for row in reader.all(query)}


def contact_of_email(reader: Reader, scope: AccountScope, email: str) -> ContactCard | None:
    """The contact with a (clean) address, be it a further one."""
    row = reader.one(store.FIND_BY_EMAIL, account_id=scope.account_id, email_=email)
    return _contact(row[1:]) if row else None


def further(
    reader: Reader, scope: AccountScope, contact_ids: Collection[int]
) -> dict[int, tuple[FurtherAddress, ...]]:
    """What was merged into contacts, by their ids, in one query; those into whom nothing was are not in it."""
    if not contact_ids:
        return {}
    query = store.FURTHER.where(store.contact.c.merged_into_id.in_(contact_ids))
    found: dict[int, tuple[FurtherAddress, ...]] = {}
    for contact_id, merged_id, email in reader.all(query, account_id=scope.account_id):
        found[contact_id] = (*found.get(contact_id, ()), FurtherAddress(merged_id, email))
    return found


def ids_of_contact(reader: Reader, scope: AccountScope, contact_id: int) -> tuple[int, ...]:
    """A contact's id and those of the contacts that were merged into it."""
    merged = further(reader, scope, [contact_id]).get(contact_id, ())
    return contact_id, *(each.contact_id for each in merged)


def owner_of_contact(reader: Reader, scope: AccountScope, contact_id: int) -> int | None:
    """The user whose contact it is, if anybody's."""
    row = reader.one(store.OWNER, account_id=scope.account_id, id_=contact_id)
    return row[0] if row else None


def contacts(
    reader: Reader,
    scope: AccountScope,
    limit: int,
    after: str | None = None,
    search: str = "",
    *,
    archived: bool = False,
) -> Page[ContactCard]:
    """Contacts, newest first; with `search` those whose name or address contains the words, without case.

    `archived`: those that are archived, instead of the others.
    """
    before, before_id = from_cursor(after, int, int) if after else (_LAST, _LAST)
    pattern = rules.search_pattern(search)
    place = {
        "account_id": scope.account_id,
        "archived": archived,
        "before": before,
        "before_id": before_id,
        "limit": limit + 1,
    }
    if pattern:
        rows = reader.all(store.SEARCH_CONTACTS, **place, words=pattern)
    else:
        rows = reader.all(store.ALL_CONTACTS, **place)
    return to_page([_contact(row) for row in rows], limit, lambda card: (card.created_at, card.id))


def contact_properties(reader: Reader, scope: AccountScope, contact_id: int) -> tuple[ContactProperty, ...]:
    """What is and was known of a contact, oldest first."""
    rows = reader.all(store.CONTACT_PROPERTIES, account_id=scope.account_id, id_=contact_id)
    return tuple(
        ContactProperty(name, number if text is None else text, source, set_at, superseded_at)
        for name, text, number, source, set_at, superseded_at in rows
    )


def current_properties(
    reader: Reader, scope: AccountScope, contact_ids: Collection[int]
) -> dict[int, tuple[ContactProperty, ...]]:
    """What is known of some contacts now, by id, in one query."""
    if not contact_ids:
        return {}
    query = store.PROPERTIES_OF_CONTACTS.where(store.contact_property.c.contact_id.in_(contact_ids))
    found: dict[int, tuple[ContactProperty, ...]] = {}
    for contact_id, name, text, number, source, set_at in reader.all(query, account_id=scope.account_id):
        one = ContactProperty(name, number if text is None else text, source, set_at, None)
        found[contact_id] = (*found.get(contact_id, ()), one)
    return found


def contact_ids_query(account_id: ColumnElement[int], words: str) -> Select[tuple[int]]:
    """The ids of the contacts whose name or address contains the words, as SQL."""
    found, pattern = store.contact, rules.search_pattern(words)
    email = store.contact_email
    named = select(found.c.id).where(
        found.c.account_id == account_id, found.c.name_key.contains(pattern, escape="/")
    )
    addressed = (
        select(func.coalesce(found.c.merged_into_id, found.c.id))
        .join(email, and_(email.c.account_id == found.c.account_id, email.c.contact_id == found.c.id))
        .where(found.c.account_id == account_id, email.c.email.contains(pattern, escape="/"))
    )
    return select(named.union(addressed).subquery().c.id)


def _contact(row: Row) -> ContactCard:
    id_, name, email, verified_at, created_at, *rest = row
    return ContactCard(id_, name, email, verified_at is not None, created_at, color_of(id_), *rest)


# Proof of who a visitor is.


def identity_of_email(reader: Reader, scope: AccountScope, email: str) -> tuple[int, int | None] | None:
    """Whom proof of a (clean) address makes somebody, and the visitor who has proven it, if there is one.

    A merged contact stays who it is here: one address never proves another.
    """
    row = reader.one(store.IDENTITY_OF_EMAIL, account_id=scope.account_id, email_=email)
    return (row[0], row[1]) if row else None


def identified_as(reader: Reader, scope: AccountScope, visitor_id: int) -> int | None:
    """The contact as whom a visitor acts, by proof; as in `identity_of_email`."""
    row = reader.one(store.IDENTIFIED_AS, account_id=scope.account_id, id_=visitor_id)
    return row[0] if row else None


def visitor_of_contact(reader: Reader, scope: AccountScope, contact_id: int) -> int | None:
    """The visitor who acts as a contact, by proof; None if nobody ever proved to be that contact."""
    row = reader.one(store.VISITOR_OF_CONTACT, account_id=scope.account_id, id_=contact_id)
    return row[0] if row else None


def identified_query(
    account_id: ColumnElement[int], visitor_id: ColumnElement[int]
) -> ScalarSelect[int | None]:
    """The contact as whom a visitor acts, by proof, as agents see it: a merged one leads to who is left. As SQL."""
    found, contact = store.visitor.alias("identified"), store.contact.alias("identity")
    query = (
        select(func.coalesce(contact.c.merged_into_id, contact.c.id))
        .select_from(found)
        .join(contact, and_(contact.c.account_id == found.c.account_id, contact.c.id == found.c.contact_id))
        .where(found.c.account_id == account_id, found.c.id == visitor_id)
    )
    return query.scalar_subquery()


def claimed_query(account_id: ColumnElement[int], visitor_id: ColumnElement[int]) -> ScalarSelect[str | None]:
    """The address that an app gave for a visitor without proof, as SQL."""
    found = store.visitor.alias("claiming")
    query = select(found.c.claimed_email).where(found.c.account_id == account_id, found.c.id == visitor_id)
    return query.scalar_subquery()


def proof_of(
    reader: Reader, scope: AccountScope, token: str, email: str | None, sealing_key: bytes, now: int
) -> Proof | None:
    """What a token proves; None if it does not hold, or not for the address that came with it."""
    if proof.is_ours(token):
        row = reader.one(
            store.FIND_IDENTITY_TOKEN, account_id=scope.account_id, token_hash_=token_hash(token), now=now
        )
        found = Proof(row[0], row[1]) if row else None
    else:
        keys = _verifying_keys(reader, scope, sealing_key)
        found = proof.proof_of_jwt(token, keys, scope.account_id, now)
    if found is None or not email:
        return found
    try:
        return found if clean_email(email) == found.email else None
    except Invalid:
        return None


def _verifying_keys(reader: Reader, scope: AccountScope, sealing_key: bytes) -> list[VerifyingKey]:
    keys: list[VerifyingKey] = []
    for id_, kid, algorithm, public_key, sealed in reader.all(
        store.VERIFYING_KEYS, account_id=scope.account_id
    ):
        opened = (
            None if sealed is None else unseal(sealing_key, sealed, rules.place_of_key(scope.account_id, id_))
        )
        jwk = public_key or (opened.decode() if opened is not None else None)
        if jwk is not None:
            keys.append(VerifyingKey(id_, kid, Algorithm(algorithm), jwk))
    return keys


def identity_keys(reader: Reader, scope: AccountScope) -> tuple[IdentityKey, ...]:
    """The account's keys, those that hold first, the newest first."""
    rows = reader.all(store.IDENTITY_KEYS, account_id=scope.account_id, limit=MOST_KEYS_SHOWN)
    return tuple(map(_key, rows))


def identity_key(reader: Reader, scope: AccountScope, key_id: int) -> IdentityKey:
    """One key; `NotFound` if the account has none such."""
    row = reader.one(store.IDENTITY_KEY, account_id=scope.account_id, id_=key_id)
    if row is None:
        raise NotFound
    return _key(row)


def enforcement(reader: Reader, scope: AccountScope) -> Enforcement:
    """What becomes of addresses without proof in this account."""
    row = reader.one(store.ENFORCEMENT, account_id=scope.account_id)
    return Enforcement(row[0]) if row else Enforcement.OFF


def identity_days(reader: Reader, scope: AccountScope, days: int, now: int) -> tuple[IdentityDay, ...]:
    """How visitors were identified on the last days, today among them, the newest first."""
    first = now // DAY - days + 1
    rows = reader.all(store.IDENTITY_DAYS, account_id=scope.account_id, day_=first, limit=MOST_DAYS_SHOWN)
    return tuple(IdentityDay(*row) for row in rows)


def _key(row: Row) -> IdentityKey:
    id_, kid, name, algorithm, *rest = row
    return IdentityKey(id_, kid, name, Algorithm(algorithm), *rest)
