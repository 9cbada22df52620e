"""Copies, erasures and consents as JSON: for routes, and for the files inside a copy."""

import json
from collections.abc import Iterable
from typing import Any, Literal, cast

import msgspec

from pocketdesk.accounts.wire import Answer, Body, Id
from pocketdesk.consent.model import ConsentRecord, Subscription
from pocketdesk.conversations.model import Comment, Conversation, Entry, Message, Notice
from pocketdesk.files.model import Upload
from pocketdesk.kernel.moments import to_iso
from pocketdesk.kernel.page import Page
from pocketdesk.privacy.model import Erasure, Export, NamedConsent, Profile

PersonKind = Literal["contact", "visitor"]
SubjectWord = Literal["contact", "visitor", "conversation", "files"]
ReasonWord = Literal["request", "retention"]
StageWord = Literal["doors", "words", "files", "consents", "answers", "copies", "profile", "done"]
ExportStateWord = Literal["waiting", "running", "ready", "failed", "gone"]
KindWord = Literal["cookies", "process", "communicate"]
BasisWord = Literal["explicit", "legitimate_interest"]


class PersonBody(Body):
    """A contact, with the visitors who are known as this contact alone; or a visitor."""

    kind: PersonKind
    id: Id


class ErasureOut(Answer):
    """An erasure and its receipt: `counts` says how many rows were reached, by table. It is over at stage `done`."""

    id: int
    subject: SubjectWord
    subject_id: int
    reason: ReasonWord
    asked_by: int | None
    stage: StageWord
    counts: dict[str, int]
    started_at: int
    finished_at: int | None


class ErasuresOut(Answer):
    """A page of erasures."""

    items: list[ErasureOut]
    after: str | None


class ExportOut(Answer):
    """A copy. `done` of `total` parts are in it; with `ready` comes a `link` that works for half an hour at least."""

    id: int
    kind: PersonKind
    person_id: int
    asked_by: int
    state: ExportStateWord
    done: int
    total: int
    size: int | None
    created_at: int
    finished_at: int | None
    expires_at: int | None
    link: str | None


class ExportsOut(Answer):
    """A page of copies, without links."""

    items: list[ExportOut]
    after: str | None


class ConsentOut(Answer):
    """A choice, the very words that were read, and where. Names are null where the thing is gone."""

    id: int
    kind: KindWord
    choice: bool
    text: str
    text_hash: str
    language: str
    basis: BasisWord | None
    subscription_type_id: int | None
    subscription_type: str | None
    chatflow_id: int
    chatflow_version: int
    chatflow: str | None
    channel_id: int
    channel: str | None
    email: str | None
    at: int


class SubscriptionOut(Answer):
    """That an address is subscribed to a type, or no longer is; `record_id` is the visitor's consent."""

    subscription_type_id: int
    email: str
    status: Literal["subscribed", "unsubscribed"]
    source: str
    record_id: int | None
    at: int


class ConsentsOut(Answer):
    """What a contact has agreed to and declined, newest first, and is subscribed to."""

    items: list[ConsentOut]
    subscriptions: list[SubscriptionOut]


def to_erasure(found: Erasure) -> ErasureOut:
    """An erasure."""
    return ErasureOut(
        id=found.id,
        subject=found.subject.value,
        subject_id=found.subject_id,
        reason=found.reason.value,
        asked_by=found.asked_by,
        stage=found.stage.value,
        counts=dict(found.counts),
        started_at=found.started_at,
        finished_at=found.finished_at,
    )


def to_erasures(page: Page[Erasure]) -> ErasuresOut:
    """A page of erasures."""
    return ErasuresOut(items=[to_erasure(found) for found in page.items], after=page.after)


def to_export(found: Export, link: str | None = None) -> ExportOut:
    """A copy."""
    return ExportOut(
        id=found.id,
        kind=cast("PersonKind", found.subject.value),
        person_id=found.subject_id,
        asked_by=found.asked_by,
        state=found.state.value,
        done=found.done,
        total=found.total,
        size=found.size,
        created_at=found.created_at,
        finished_at=found.finished_at,
        expires_at=found.expires_at,
        link=link,
    )


def to_exports(page: Page[Export]) -> ExportsOut:
    """A page of copies."""
    return ExportsOut(items=[to_export(found) for found in page.items], after=page.after)


def to_consents(consents: Iterable[NamedConsent], subscriptions: Iterable[Subscription]) -> ConsentsOut:
    """A contact's consents and subscriptions."""
    return ConsentsOut(
        items=[_consent(each) for each in consents],
        subscriptions=[
            SubscriptionOut(
                subscription_type_id=each.subscription_type_id,
                email=each.email,
                status=each.status.value,
                source=each.source,
                record_id=each.record_id,
                at=each.at,
            )
            for each in subscriptions
        ],
    )


def _consent(named: NamedConsent) -> ConsentOut:
    record = named.record
    return ConsentOut(
        id=record.id,
        kind=record.kind.value,
        choice=record.choice,
        text=record.text,
        text_hash=record.text_hash,
        language=record.language,
        basis=record.basis.value if record.basis else None,
        subscription_type_id=record.subscription_type_id,
        subscription_type=named.subscription_type,
        chatflow_id=record.chatflow_id,
        chatflow_version=record.chatflow_version,
        chatflow=named.chatflow,
        channel_id=record.channel_account_id,
        channel=named.channel,
        email=record.email,
        at=record.at,
    )


# Inside a copy. Times are ISO 8601, because people read it.


def profile_json(found: Profile) -> str:
    """`person.json`."""
    contact = found.contact
    return _pretty(
        {
            "contact": None
            if contact is None
            else {
                "id": contact.id,
                "name": contact.name,
                "email": contact.email,
                "email_verified": contact.verified,
                "further_emails": [each.email for each in found.further if each.email is not None],
                "marketing": contact.marketing,
                "created_at": to_iso(contact.created_at),
            },
            "properties": [
                {
                    "name": each.name,
                    "value": each.value,
                    "source": each.source,
                    "set_at": to_iso(each.set_at),
                    "superseded_at": _iso(each.superseded_at),
                }
                for each in found.properties
            ],
            "visitors": [
                {
                    "id": each.id,
                    "created_at": to_iso(each.created_at),
                    "last_seen_at": to_iso(each.last_seen_at),
                    "name": each.name,
                    "device": dict(each.properties),
                    "sessions": [
                        {
                            "created_at": to_iso(created_at),
                            "last_seen_at": to_iso(last_seen_at),
                            "expires_at": to_iso(expires_at),
                            "mobile_tag": mobile_tag,
                        }
                        for created_at, last_seen_at, expires_at, mobile_tag in each.sessions
                    ],
                    "cookies_set_at": [to_iso(at) for at in each.cookies],
                    "apps": [
                        {
                            "platform": platform,
                            "app_version": app_version,
                            "locale": locale,
                            "last_seen_at": to_iso(seen_at),
                        }
                        for platform, app_version, locale, seen_at in each.devices
                    ],
                }
                for each in found.visitors
            ],
            "consents": [_consent_json(each) for each in found.consents],
            "subscriptions": [
                {
                    "subscription_type_id": each.subscription_type_id,
                    "email": each.email,
                    "status": each.status.value,
                    "source": each.source,
                    "at": to_iso(each.at),
                }
                for each in found.subscriptions
            ],
            "survey_answers": [
                {
                    "survey_id": each.survey_id,
                    "conversation_id": each.conversation_id,
                    "rating": int(each.rating),
                    "answer": each.answer,
                    "at": to_iso(each.at),
                }
                for each in found.submissions
            ],
            "article_votes": [
                {
                    "article_id": each.article_id,
                    "language": each.language,
                    "helpful": each.helpful,
                    "at": to_iso(each.at),
                }
                for each in found.votes
            ],
            "tickets": [
                {
                    "id": each.id,
                    "subject": each.draft.subject,
                    "content": each.draft.content,
                    "stage": each.draft.stage.value,
                    "priority": each.draft.priority.value if each.draft.priority else None,
                    "conversation_id": each.draft.conversation_id,
                    "properties": dict(each.draft.properties or {}),
                    "created_at": to_iso(each.created_at),
                    "closed_at": _iso(each.closed_at),
                }
                for each in found.tickets
            ],
        }
    )


def conversation_json(found: Conversation, entries: Iterable[Entry]) -> str:
    """`conversations/<id>.json`. What agents wrote to each other is marked `internal`."""
    return _pretty(
        {
            "id": found.id,
            "created_at": to_iso(found.created_at),
            "status": found.state.status.value,
            "closed_at": _iso(found.state.closed_at),
            "language": found.language,
            "channel": found.channel_kind,
            "entries": [_entry_json(entry) for entry in entries],
        }
    )


def files_json(found: Iterable[tuple[Upload, str]]) -> str:
    """`files.json`: each file with the name that it has inside the copy."""
    return _pretty(
        [
            {
                "id": upload.id,
                "name": upload.name,
                "media_type": upload.media_type,
                "size": upload.size,
                "state": upload.state.value,
                "path": path or None,
            }
            for upload, path in found
        ]
    )


def _entry_json(entry: Entry) -> dict[str, Any]:
    line: dict[str, Any] = {
        "seq": entry.seq,
        "at": to_iso(entry.at),
        "author": {"kind": entry.author.kind, "name": entry.author.name},
    }
    match entry:
        case Message(content=content):
            return line | {"kind": "message", "content": json.loads(content)}
        case Comment(content=content):
            return line | {"kind": "comment", "internal": True, "content": json.loads(content)}
        case Notice(kind=kind, facts=facts):
            return line | {"kind": "notice", "notice": kind.value, "facts": msgspec.to_builtins(facts)}


def _consent_json(found: ConsentRecord) -> dict[str, Any]:
    return {
        "kind": found.kind.value,
        "choice": found.choice,
        "text": found.text,
        "language": found.language,
        "legal_basis": found.basis.value if found.basis else None,
        "subscription_type_id": found.subscription_type_id,
        "chatflow_id": found.chatflow_id,
        "chatflow_version": found.chatflow_version,
        "channel_id": found.channel_account_id,
        "email": found.email,
        "at": to_iso(found.at),
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else to_iso(at)


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
