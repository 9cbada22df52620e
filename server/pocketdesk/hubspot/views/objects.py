"""Contacts, tickets and answers to surveys as HubSpot's objects."""

from collections.abc import Collection, Iterable, Sequence

from pocketdesk.accounts.rules.words import clean_email
from pocketdesk.hubspot import rules
from pocketdesk.hubspot.model import Change, CrmObject, ObjectKind, Question
from pocketdesk.hubspot.views.tickets import to_crm
from pocketdesk.kernel.moments import to_iso
from pocketdesk.kernel.page import Page
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.people.model import ContactCard, ContactProperty, FurtherAddress
from pocketdesk.storage import Reader
from pocketdesk.surveys import views as surveys
from pocketdesk.surveys.model import Delivery, Sentiment, Submission
from pocketdesk.tickets import views as tickets
from pocketdesk.tickets.model import Which

MOST_SEARCHED = 10_000
"""A search looks at so many objects; HubSpot's also ends there."""
_AT_ONCE = 100
_SENTIMENTS = tuple(Sentiment)


def page(
    reader: Reader,
    scope: AccountScope,
    kind: ObjectKind,
    limit: int,
    after: str | None,
    *,
    archived: bool = False,
) -> Page[CrmObject]:
    """A stretch of all objects of a kind, or of the archived ones. Answers to surveys are never archived."""
    match kind:
        case ObjectKind.CONTACTS:
            found = people.contacts(reader, scope, limit, after, archived=archived)
            return Page(_contacts(reader, scope, found.items), found.after)
        case ObjectKind.TICKETS:
            kept = tickets.tickets(reader, scope, Which(archived), limit, after)
            return Page(tuple(map(to_crm, kept.items)), kept.after)
        case ObjectKind.FEEDBACK_SUBMISSIONS if archived:
            return Page(())
        case ObjectKind.FEEDBACK_SUBMISSIONS:
            answered = surveys.all_submissions(reader, scope, limit, after)
            return Page(_answers(reader, scope, answered.items), answered.after)


def by_ids(
    reader: Reader,
    scope: AccountScope,
    kind: ObjectKind,
    words: Iterable[str],
    id_property: str | None = None,
    *,
    archived: bool = False,
) -> dict[str, CrmObject]:
    """Those of the objects that there are, by what names them: their ids, or (of contacts) their addresses.

    What was merged leads to what is left, which has another id.

    `archived`: of those that are archived, instead of the others.
    """
    found = _named(reader, scope, kind, words, id_property)
    return {word: each for word, each in found.items() if (each.archived_at is not None) == archived}


def one(
    reader: Reader,
    scope: AccountScope,
    kind: ObjectKind,
    word: str,
    id_property: str | None = None,
    *,
    archived: bool = False,
) -> CrmObject:
    """One object; `NotFound` if there is none such, or if it is (not) archived."""
    found = by_ids(reader, scope, kind, [word], id_property, archived=archived).get(word)
    if found is None:
        raise NotFound
    return found


def search(reader: Reader, scope: AccountScope, kind: ObjectKind, question: Question) -> list[CrmObject]:
    """What a search finds among the first 10,000; addresses and ids in its filters are looked up."""
    found = [each for each in _candidates(reader, scope, kind, question) if rules.answers(each, question)]
    return sorted(found, key=lambda each: rules.sort_key(each, question), reverse=question.descending)


def history(reader: Reader, scope: AccountScope, contact_id: int) -> dict[str, list[Change]]:
    """What a contact's properties were, the newest first."""
    found: dict[str, list[Change]] = {}
    for each in reversed(people.contact_properties(reader, scope, contact_id)):
        found.setdefault(each.name, []).append(Change(str(each.value), each.source, each.set_at))
    return found


def _named(
    reader: Reader, scope: AccountScope, kind: ObjectKind, words: Iterable[str], id_property: str | None
) -> dict[str, CrmObject]:
    if id_property not in {None, "hs_object_id", "id"}:
        if kind is not ObjectKind.CONTACTS or id_property != "email":
            raise Invalid({"idProperty": "only email, of contacts"})
        return _by_email(reader, scope, words)
    ids = {int(each): each for each in words if each.isascii() and each.isdigit() and len(each) <= 15}
    match kind:
        case ObjectKind.CONTACTS:
            cards = people.contact_cards(reader, scope, ids)
            known = {each.id: each for each in _contacts(reader, scope, list(cards.values()))}
            found = {id_: known[card.id] for id_, card in cards.items()}
        case ObjectKind.FEEDBACK_SUBMISSIONS:
            given = _answers(reader, scope, list(surveys.submissions_by_id(reader, scope, ids).values()))
            found = {each.id: each for each in given}
        case ObjectKind.TICKETS:
            found = {id_: to_crm(each) for id_, each in tickets.tickets_by_id(reader, scope, ids).items()}
    return {ids[id_]: each for id_, each in found.items()}


def _candidates(
    reader: Reader, scope: AccountScope, kind: ObjectKind, question: Question
) -> Iterable[CrmObject]:
    groups = question.groups
    for name, id_property in (("email", "email"), ("hs_object_id", None)):
        exact = [
            [each.values for each in group if each.name == name and each.operator in {"EQ", "IN"}]
            for group in groups
        ]
        if groups and all(exact) and (kind is ObjectKind.CONTACTS or id_property is None):
            words = [word for group in exact for word in group[0]]
            found = by_ids(reader, scope, kind, dict.fromkeys(words), id_property)
            return {each.id: each for each in found.values()}.values()
    return _all(reader, scope, kind)


def _all(reader: Reader, scope: AccountScope, kind: ObjectKind) -> Iterable[CrmObject]:
    after: str | None = None
    for _ in range(MOST_SEARCHED // _AT_ONCE):
        found = page(reader, scope, kind, _AT_ONCE, after)
        yield from found.items
        if (after := found.after) is None:
            return


def _by_email(reader: Reader, scope: AccountScope, words: Iterable[str]) -> dict[str, CrmObject]:
    cards: dict[str, ContactCard] = {}
    for word in words:
        try:
            card = people.contact_of_email(reader, scope, clean_email(word))
        except Invalid:
            continue
        if card is not None:
            cards[word] = card
    found = {each.id: each for each in _contacts(reader, scope, list(cards.values()))}
    return {word: found[card.id] for word, card in cards.items()}


def _contacts(reader: Reader, scope: AccountScope, cards: Sequence[ContactCard]) -> tuple[CrmObject, ...]:
    ids = {card.id for card in cards}
    known = people.current_properties(reader, scope, ids)
    further = people.further(reader, scope, ids)
    return tuple(_contact(card, known.get(card.id, ()), further.get(card.id, ())) for card in cards)


def _contact(
    card: ContactCard, known: Sequence[ContactProperty], further: Sequence[FurtherAddress]
) -> CrmObject:
    said = {each.name: str(each.value) for each in known}
    first, last = rules.names_of(card.name, said.get("firstname", ""), said.get("lastname", ""))
    changed_at = max([card.created_at, *(each.set_at for each in known)])
    properties = {
        **{name: value or None for name, value in said.items()},
        "email": card.email,
        "firstname": first,
        "lastname": last,
        "hubspot_owner_id": str(card.owner_user_id) if card.owner_user_id is not None else None,
        "hs_marketable_status": str(card.marketing).lower(),
        "hs_additional_emails": ";".join(each.email for each in further if each.email) or None,
        "hs_merged_object_ids": ";".join(str(each.contact_id) for each in further) or None,
        "hs_object_id": str(card.id),
        "createdate": to_iso(card.created_at),
        "lastmodifieddate": to_iso(changed_at),
    }
    return CrmObject(card.id, properties, card.created_at, changed_at, card.archived_at)


def _answers(reader: Reader, scope: AccountScope, found: Collection[Submission]) -> tuple[CrmObject, ...]:
    asked = {id_: surveys.survey(reader, scope, id_) for id_ in {each.survey_id for each in found}}
    return tuple(
        CrmObject(
            each.id,
            {
                "hs_object_id": str(each.id),
                "hs_createdate": to_iso(each.at),
                "hs_lastmodifieddate": to_iso(each.at),
                "hs_submission_timestamp": to_iso(each.at),
                "hs_survey_id": str(each.survey_id),
                "hs_survey_name": asked[each.survey_id].name,
                "hs_survey_type": "CSAT",
                "hs_survey_channel": "CHAT" if asked[each.survey_id].delivery is Delivery.CHAT else "LINK",
                "hs_value": str(each.rating),
                "hs_sentiment": _SENTIMENTS[each.rating].value,
                "hs_content": each.answer,
                "hs_contact_id": str(each.person_id) if each.person_id is not None else None,
                "hs_conversation_id": str(each.conversation_id) if each.conversation_id is not None else None,
            },
            each.at,
            each.at,
        )
        for each in found
    )
