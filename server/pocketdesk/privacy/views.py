"""What others read of copies and erasures, of consents with the names that go with them, and whole persons."""

import json
from typing import cast

from pocketdesk.chatflows import views as chatflows
from pocketdesk.consent import views as consent
from pocketdesk.consent.model import Subscription
from pocketdesk.conversations.views import whole
from pocketdesk.help_center.views.insights import votes_of_people
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.page import Page, from_cursor, to_page
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.privacy import store
from pocketdesk.privacy.model import (
    Erasure,
    Export,
    ExportState,
    NamedConsent,
    Profile,
    Reason,
    Stage,
    Subject,
)
from pocketdesk.privacy.rules import AT_ONCE
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row
from pocketdesk.surveys import views as surveys
from pocketdesk.tickets import views as tickets

VISITORS_AT_ONCE = 100
_LAST = 2**62


def id_of_person(reader: Reader, scope: AccountScope, subject: Subject, subject_id: int) -> int:
    """The id of a contact or visitor; of a merged contact that of who is left. `NotFound` if there is none such."""
    if subject is Subject.CONTACT:
        return people.contact_card(reader, scope, subject_id).id
    if not people.visitor_cards(reader, scope, [subject_id]):
        raise NotFound
    return subject_id


# Persons.


def person_ids(reader: Reader, scope: AccountScope, subject: Subject, subject_id: int) -> tuple[int, ...]:
    """A visitor, or a contact with those merged into it, their visitors by proof, and those known as nobody else.

    `NotFound` if there is no such contact.
    """
    if subject is not Subject.CONTACT:
        return (subject_id,)
    contacts = people.ids_of_contact(reader, scope, people.contact_card(reader, scope, subject_id).id)
    identified = [people.visitor_of_contact(reader, scope, each) for each in contacts]
    found = [*contacts, *(each for each in identified if each is not None)]
    after = 0
    while True:
        visitors = whole.visitors_of_contacts(reader, scope, contacts, after, VISITORS_AT_ONCE)
        known_as = whole.contacts_of_visitors(reader, scope, visitors)
        own = (each for each in visitors if known_as[each] <= frozenset(contacts))
        found += [each for each in own if each not in found]
        if len(visitors) < VISITORS_AT_ONCE:
            break
        after = visitors[-1]
    return tuple(found)


def profile(reader: Reader, scope: AccountScope, subject: Subject, ids: tuple[int, ...]) -> Profile:
    """Everything about a person but conversations and files. `ids` of `person_ids`; `NotFound`."""
    contact, properties, subscriptions, further = None, (), (), ()
    visitors = ids
    if subject is Subject.CONTACT:
        contact_id, *_ = ids
        further = people.further(reader, scope, [contact_id]).get(contact_id, ())
        visitors = ids[1 + len(further) :]
        contact = people.contact_card(reader, scope, contact_id)
        properties = people.contact_properties(reader, scope, contact_id)
        subscriptions = consent.subscriptions(reader, scope, contact_id)
    return Profile(
        contact,
        properties,
        tuple(people.visitor_traces(reader, scope, each) for each in visitors),
        tuple(record for each in ids for record in consent.records(reader, scope, each)),
        subscriptions,
        tuple(surveys.of_people(reader, scope, ids)),
        votes_of_people(reader, scope, ids),
        tickets.of_people(reader, scope, ids),
        further,
    )


def consents_of_contact(
    reader: Reader, scope: AccountScope, contact_id: int
) -> tuple[tuple[NamedConsent, ...], tuple[Subscription, ...]]:
    """A contact's consents, newest first, and subscriptions; `NotFound` if there is no such contact."""
    contact_id = people.contact_card(reader, scope, contact_id).id
    records = consent.records(reader, scope, contact_id)
    flows = chatflows.names(reader, scope, {record.chatflow_id for record in records})
    channels = inboxes.channel_cards(reader, scope, {record.channel_account_id for record in records})
    types = {found.id: found.name for found in consent.subscription_types(reader, scope)}
    return tuple(
        NamedConsent(
            record,
            flows.get(record.chatflow_id),
            channels[record.channel_account_id].name if record.channel_account_id in channels else None,
            types.get(record.subscription_type_id or 0),
        )
        for record in records
    ), consent.subscriptions(reader, scope, contact_id)


# Erasures.


def erasure(reader: Reader, scope: AccountScope, erasure_id: int) -> Erasure:
    """One erasure; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_ERASURE, account_id=scope.account_id, id_=erasure_id)
    if row is None:
        raise NotFound
    return _erasure(row)


def erasure_going_on(
    reader: Reader, scope: AccountScope, subject: Subject, subject_id: int
) -> Erasure | None:
    """The erasure of something that is not done yet."""
    row = reader.one(
        store.ERASURE_GOING_ON,
        account_id=scope.account_id,
        subject_=subject.value,
        subject_id_=subject_id,
    )
    return _erasure(row) if row else None


def erasures(reader: Reader, scope: AccountScope, limit: int, after: str | None = None) -> Page[Erasure]:
    """Erasures, newest first."""
    before, before_id = from_cursor(after, int, int) if after else (_LAST, _LAST)
    rows = reader.all(
        store.ERASURE_PAGE,
        account_id=scope.account_id,
        before=before,
        before_id=before_id,
        limit=limit + 1,
    )
    return to_page([_erasure(row) for row in rows], limit, lambda found: (found.started_at, found.id))


def too_old(
    reader: Reader, scope: AccountScope, subject: Subject, before: int, after: tuple[int, int]
) -> tuple[tuple[int, ...], tuple[int, int] | None]:
    """Conversations that were closed, or visitors whom nobody knows not seen since, before a moment.

    Up to 200 ids, and where to go on (`after`), None at the end.
    """
    if subject is Subject.CONVERSATION:
        some = whole.closed_before(reader, scope, before, after, AT_ONCE)
        ids = tuple(id_ for _, id_ in some)
    else:
        some = people.idle_visitors(reader, scope, before, after, AT_ONCE)
        known = whole.contacts_of_visitors(reader, scope, [id_ for _, id_ in some])
        ids = tuple(id_ for _, id_ in some if id_ not in known)
    return ids, some[-1] if len(some) == AT_ONCE else None


# Copies.


def export(reader: Reader, scope: AccountScope, export_id: int) -> Export:
    """One copy; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_EXPORT, account_id=scope.account_id, id_=export_id)
    if row is None:
        raise NotFound
    return _export(row)


def unfinished_export(reader: Reader, scope: AccountScope, subject_id: int) -> Export | None:
    """The copy of a person that is being made."""
    row = reader.one(store.EXPORT_UNFINISHED, account_id=scope.account_id, id_=subject_id)
    return _export(row) if row else None


def exports_of(reader: Reader, scope: AccountScope, person_ids: tuple[int, ...]) -> tuple[Export, ...]:
    """The copies of some persons that are still there, or on their way."""
    query = store.EXPORTS_OF.where(store.export.c.subject_id.in_(person_ids)).limit(100)
    return tuple(map(_export, reader.all(query, account_id=scope.account_id)))


def exports(reader: Reader, scope: AccountScope, limit: int, after: str | None = None) -> Page[Export]:
    """Copies, newest first."""
    before, before_id = from_cursor(after, int, int) if after else (_LAST, _LAST)
    rows = reader.all(
        store.EXPORT_PAGE, account_id=scope.account_id, before=before, before_id=before_id, limit=limit + 1
    )
    return to_page([_export(row) for row in rows], limit, lambda found: (found.created_at, found.id))


def _erasure(row: Row) -> Erasure:
    id_, subject, subject_id, reason, asked_by, stage, cursor, person_ids, counts, *times = row
    return Erasure(
        id_,
        Subject(subject),
        subject_id,
        Reason(reason),
        asked_by,
        Stage(stage),
        cursor,
        tuple(cast("list[int]", json.loads(person_ids))),
        json.loads(counts),
        *times,
    )


def _export(row: Row) -> Export:
    id_, subject, subject_id, asked_by, state, *rest = row
    return Export(id_, Subject(subject), subject_id, asked_by, ExportState(state), *rest)
