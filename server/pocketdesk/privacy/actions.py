"""What is done about copies and erasures. Every one that somebody asks for stands in the audit log."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.consent import actions as consent
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations.actions import erasing
from pocketdesk.conversations.views import whole
from pocketdesk.files import actions as files
from pocketdesk.files import views as uploads
from pocketdesk.files.model import Owner, OwnerKind
from pocketdesk.help_center import actions as help_center
from pocketdesk.jobs import Job
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.people import views as persons
from pocketdesk.people.events import PersonErased
from pocketdesk.privacy import rules, store, views
from pocketdesk.privacy.model import Erasure, Export, ExportState, Reason, Stage, Subject
from pocketdesk.storage import UnitOfWork
from pocketdesk.surveys import actions as surveys
from pocketdesk.tickets import actions as tickets

ERASE = "privacy.erase"
EXPORT = "privacy.export"
DROP_EXPORT = "privacy.drop_export"

Counts = Mapping[str, int]

# Erasures.


def ask_erasure(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, subject: Subject, subject_id: int
) -> Erasure:
    """Begins to erase a contact or a visitor; the erasure that goes on already, if there is one. `NotFound`."""
    unit.lock("erasure", scope.account_id, subject_id)
    subject_id = views.id_of_person(unit, scope, subject, subject_id)
    record_audit(unit, scope, actor.user_id, "erased", subject.value, subject_id)
    return begin_erasure(unit, scope, subject, subject_id, Reason.REQUEST, asked_by=actor.user_id)


def begin_erasure(
    unit: UnitOfWork,
    scope: AccountScope,
    subject: Subject,
    subject_id: int,
    reason: Reason,
    *,
    asked_by: int | None = None,
    before: int = 0,
) -> Erasure:
    """Lets a chain of jobs erase something, or go on with it. `before`: of files, when they were sent."""
    unit.lock("erasure", scope.account_id, subject_id)
    going_on = views.erasure_going_on(unit, scope, subject, subject_id)
    if going_on is not None:
        _enqueue(unit, scope, going_on.id)  # should its job have been given up
        return going_on
    erasure_id = unit.new_id()
    unit.run(
        store.ADD_ERASURE,
        account_id=scope.account_id,
        id=erasure_id,
        subject=subject.value,
        subject_id=subject_id,
        reason=reason.value,
        asked_by=asked_by,
        stage=rules.first_stage(subject).value,
        cursor=before,
        person_ids=json.dumps(_person_ids(unit, scope, subject, subject_id)),
        counts="{}",
        started_at=unit.now,
        finished_at=None,
    )
    _enqueue(unit, scope, erasure_id)
    return views.erasure(unit, scope, erasure_id)


def _person_ids(unit: UnitOfWork, scope: AccountScope, subject: Subject, subject_id: int) -> tuple[int, ...]:
    """Those whom an erasure concerns from its beginning."""
    if subject is Subject.CONTACT:
        return persons.ids_of_contact(unit, scope, subject_id)
    return (subject_id,) if subject in rules.PERSONS else ()


def erase_some(unit: UnitOfWork, scope: AccountScope, erasure_id: int) -> None:
    """One step of an erasure, at most 500 rows; the next one is enqueued with it, until it is done."""
    found = views.erasure(unit, scope, erasure_id)
    unit.lock("erasure", scope.account_id, found.subject_id)
    if found.stage is Stage.DONE:
        return
    after = _step(unit, scope, found)
    if after.stage is Stage.DONE:
        after = replace(after, finished_at=unit.now)
    unit.run(
        store.SET_ERASURE,
        account_id=scope.account_id,
        id_=erasure_id,
        stage_=after.stage.value,
        cursor_=after.cursor,
        persons=json.dumps(after.person_ids),
        counts_=json.dumps(after.counts),
        finished=after.finished_at,
    )
    if after.stage is not Stage.DONE:
        _enqueue(unit, scope, erasure_id)


def _enqueue(unit: UnitOfWork, scope: AccountScope, erasure_id: int) -> None:
    unit.enqueue(Job(scope.account_id, ERASE, str(erasure_id)))


def _step(unit: UnitOfWork, scope: AccountScope, found: Erasure) -> Erasure:
    """The erasure after one step; a step that finds nothing left moves on to the next stage."""
    match found.stage:
        case Stage.DOORS:
            return _shut_doors(unit, scope, found)
        case Stage.WORDS:
            counts = _erase_words(unit, scope, found)
        case Stage.FILES:
            counts = _erase_files(unit, scope, found)
        case Stage.CONSENTS:
            counts = _all(consent.forget_person(unit, scope, each) for each in found.person_ids)
            return _moved_on(found, counts)
        case Stage.ANSWERS:
            forgotten = {
                "submission": surveys.forget_people(unit, scope, found.person_ids),
                "article_vote": help_center.forget_people(unit, scope, found.person_ids),
                "ticket": tickets.forget_people(unit, scope, found.person_ids),
            }
            counts = {table: rows for table, rows in forgotten.items() if rows} or None
        case Stage.COPIES:
            gone = [
                drop_export(unit, scope, each) for each in views.exports_of(unit, scope, found.person_ids)
            ]
            return _moved_on(found, {"export": len(gone)})
        case Stage.PROFILE:
            return _erase_profile(unit, scope, found)
        case Stage.DONE:
            return found
    return (
        _moved_on(found, {}) if counts is None else replace(found, counts=rules.added(found.counts, counts))
    )


def _moved_on(found: Erasure, counts: Counts) -> Erasure:
    return replace(
        found,
        stage=rules.next_stage(found.subject, found.stage),
        counts=rules.added(found.counts, counts),
    )


def _shut_doors(unit: UnitOfWork, scope: AccountScope, found: Erasure) -> Erasure:
    """Retires the visitor, or the contact's: by proof, and those who are known as nobody else."""
    if found.subject is Subject.VISITOR:
        return _moved_on(found, people.retire_visitor(unit, scope, found.subject_id))
    contacts = persons.ids_of_contact(unit, scope, found.subject_id)
    for each in contacts:
        identified = persons.visitor_of_contact(unit, scope, each)
        if identified is not None:
            counts = people.retire_visitor(unit, scope, identified)
            return replace(
                found, person_ids=(*found.person_ids, identified), counts=rules.added(found.counts, counts)
            )
    visitors = whole.visitors_of_contacts(unit, scope, contacts, found.cursor, rules.VISITORS_AT_ONCE)
    if not visitors:
        return _moved_on(found, {})
    known_as = whole.contacts_of_visitors(unit, scope, visitors)
    own = tuple(
        each for each in visitors if known_as[each] <= frozenset(contacts) and each not in found.person_ids
    )
    counts = _all(people.retire_visitor(unit, scope, each) for each in own)
    return replace(
        found,
        cursor=visitors[-1],
        person_ids=found.person_ids + own,
        counts=rules.added(found.counts, counts),
    )


def _erase_words(unit: UnitOfWork, scope: AccountScope, found: Erasure) -> Counts | None:
    if found.subject is Subject.CONVERSATION:
        return erasing.erase_some_closed(unit, scope, found.subject_id)
    for each in found.person_ids:
        if (counts := erasing.erase_some_of_person(unit, scope, each)) is not None:
            return counts
    return None


def _erase_files(unit: UnitOfWork, scope: AccountScope, found: Erasure) -> Counts | None:
    """Also those that no message carries."""
    ids: tuple[int, ...] = ()
    if found.subject is Subject.FILES:
        ids = uploads.ids_older(unit, scope, found.cursor, rules.AT_ONCE)
    else:
        for each in found.person_ids:
            owner = Owner(OwnerKind.VISITOR, each)
            ids = tuple(one.id for one in uploads.uploads_of(unit, scope, owner, 0, rules.AT_ONCE))
            if ids:
                break
    files.erase(unit, scope, ids)
    return {"file": len(ids)} if ids else None


def _erase_profile(unit: UnitOfWork, scope: AccountScope, found: Erasure) -> Erasure:
    """Last of all, unless something was said meanwhile: then that goes first."""
    if (counts := _erase_words(unit, scope, found)) is not None:
        return replace(found, stage=Stage.WORDS, counts=rules.added(found.counts, counts))
    contacts: tuple[int, ...] = ()
    if found.subject is Subject.CONTACT:
        contacts = persons.ids_of_contact(unit, scope, found.subject_id)
    erased = _all(people.erase_contact(unit, scope, each) for each in contacts)
    for each in found.person_ids:
        unit.record(scope.account_id, PersonErased(each))
    return _moved_on(found, erased)


def _all(parts: Iterable[Counts]) -> Counts:
    total: dict[str, int] = {}
    for part in parts:
        total = rules.added(total, part)
    return total


# Merging.


def hand_over(unit: UnitOfWork, scope: AccountScope, contact_id: int, to_contact_id: int) -> None:
    """What is kept of a contact becomes that of another: the same places that an erasure goes to.

    `BeingErased` if either is about to be forgotten. Files and votes are a visitor's, and stay with the visitor; copies
    that somebody has made stay the other contact's, and are found by it.
    """
    for each in sorted((contact_id, to_contact_id)):
        unit.lock("erasure", scope.account_id, each)
        if views.erasure_going_on(unit, scope, Subject.CONTACT, each) is not None:
            raise rules.BeingErased
    consent.hand_over(unit, scope, contact_id, to_contact_id)
    conversations.hand_over(unit, scope, contact_id, to_contact_id)
    surveys.give(unit, scope, contact_id, to_contact_id)
    tickets.give(unit, scope, contact_id, to_contact_id)


# Retention.


def erase_for_age(
    unit: UnitOfWork, scope: AccountScope, subject: Subject, subject_ids: Collection[int]
) -> None:
    """Begins to erase some conversations or visitors, at most 200."""
    for subject_id in subject_ids:
        begin_erasure(unit, scope, subject, subject_id, Reason.RETENTION)


def erase_old_files(unit: UnitOfWork, scope: AccountScope, before: int) -> None:
    """Begins to erase the files that were sent before a moment, if there are any."""
    if uploads.ids_older(unit, scope, before, 1):
        begin_erasure(unit, scope, Subject.FILES, scope.account_id, Reason.RETENTION, before=before)


# Copies.


def ask_export(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, subject: Subject, subject_id: int
) -> Export:
    """Begins a copy of everything about a contact or visitor; the one on its way, if there is one. `NotFound`."""
    subject_id = views.id_of_person(unit, scope, subject, subject_id)
    unit.lock("export", scope.account_id, subject_id)
    on_its_way = views.unfinished_export(unit, scope, subject_id)
    if on_its_way is not None:
        return on_its_way
    export_id = unit.new_id()
    unit.run(
        store.ADD_EXPORT,
        account_id=scope.account_id,
        id=export_id,
        subject=subject.value,
        subject_id=subject_id,
        asked_by=actor.user_id,
        state=ExportState.WAITING.value,
        done=0,
        total=0,
        size=None,
        created_at=unit.now,
        finished_at=None,
        expires_at=None,
    )
    unit.enqueue(Job(scope.account_id, EXPORT, str(export_id)))
    record_audit(unit, scope, actor.user_id, "exported", subject.value, subject_id)
    return views.export(unit, scope, export_id)


def note_progress(unit: UnitOfWork, scope: AccountScope, export_id: int, done: int, total: int) -> bool:
    """How many parts a copy has so far; whether it is still wanted."""
    found = views.export(unit, scope, export_id)
    return _set_export(unit, scope, replace(found, state=ExportState.RUNNING, done=done, total=total))


def finish_export(unit: UnitOfWork, scope: AccountScope, export_id: int, size: int) -> bool:
    """The copy can be fetched, for a day; whether it is still wanted."""
    found = views.export(unit, scope, export_id)
    expires_at = unit.now + rules.EXPORT_MS
    unit.enqueue(
        Job(scope.account_id, DROP_EXPORT, str(export_id), {"export_id": export_id}, run_at=expires_at)
    )
    return _set_export(
        unit,
        scope,
        replace(
            found,
            state=ExportState.READY,
            done=found.total,
            size=size,
            finished_at=unit.now,
            expires_at=expires_at,
        ),
    )


def fail_export(unit: UnitOfWork, scope: AccountScope, export_id: int) -> None:
    """There will be no copy: its person is gone, or making it fails again and again."""
    found = views.export(unit, scope, export_id)
    _set_export(unit, scope, replace(found, state=ExportState.FAILED, finished_at=unit.now))


def forget_export(unit: UnitOfWork, scope: AccountScope, export_id: int) -> None:
    """Notes that the file of a copy is deleted."""
    found = views.export(unit, scope, export_id)
    _set_export(unit, scope, replace(found, state=ExportState.GONE, size=None))


def drop_export(unit: UnitOfWork, scope: AccountScope, found: Export) -> None:
    """Nobody gets the copy any more; a job deletes the file."""
    _set_export(unit, scope, replace(found, state=ExportState.GONE, size=None))
    unit.enqueue(Job(scope.account_id, DROP_EXPORT, f"{found.id} at once", {"export_id": found.id}))


def _set_export(unit: UnitOfWork, scope: AccountScope, found: Export) -> bool:
    row = unit.one(
        store.SET_EXPORT,
        account_id=scope.account_id,
        id_=found.id,
        state_=found.state.value,
        done_=found.done,
        total_=found.total,
        size_=found.size,
        finished=found.finished_at,
        expires=found.expires_at,
    )
    return row is not None
