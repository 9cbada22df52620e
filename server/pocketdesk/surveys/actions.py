"""What is done to surveys. Every change of one stands in the audit log; an answer is never changed."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace

from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork
from pocketdesk.surveys import rules, store, texts, views
from pocketdesk.surveys.model import Delivery, Submission, Survey, SurveyCard, SurveyChanges

KEY_BYTES = 16
MOST_FORGOTTEN = 200


def create_survey(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    name: str,
    delivery: Delivery,
    language: str,
    wording: SurveyChanges | None = None,
) -> Survey:
    """Makes a survey. What `wording` leaves out says what the language's default texts say."""
    name = clean_name(name)
    rules.check_language(language, texts.languages())
    survey_id = unit.new_id()
    card = rules.default_card(survey_id, language, texts.of(language), delivery)
    if wording is not None:
        card = rules.reword(card, wording)
    unit.run(
        store.ADD,
        account_id=scope.account_id,
        id=survey_id,
        name=name,
        delivery=delivery.value,
        public_key=secrets.token_urlsafe(KEY_BYTES) if delivery is Delivery.LINK else None,
        archived_at=None,
        created_at=unit.now,
        created_by=actor.user_id,
        modified_at=unit.now,
        modified_by=actor.user_id,
        **_wording(card),
    )
    record_audit(unit, scope, actor.user_id, "created", "survey", survey_id)
    return views.survey(unit, scope, survey_id)


def change_survey(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, survey_id: int, changes: SurveyChanges
) -> Survey:
    """Renames, rewords, archives or restores a survey. `DeliveryFixed` for another delivery (H02).

    In another language, texts that nobody edited become those of that language.
    """
    unit.lock("survey", scope.account_id, survey_id)
    before = views.survey(unit, scope, survey_id)
    rules.check_delivery(before.delivery, changes.delivery)
    after = before
    if changes.name is not None:
        after = replace(after, name=clean_name(changes.name))
    if changes.language is not None and changes.language != before.card.language:
        rules.check_language(changes.language, texts.languages())
        old, new = (
            rules.default_card(survey_id, language, texts.of(language), before.delivery)
            for language in (before.card.language, changes.language)
        )
        after = replace(after, card=rules.translate(before.card, old, new))
    after = replace(after, card=rules.reword(after.card, changes))
    if changes.archived is not None and changes.archived != (before.archived_at is not None):
        after = replace(after, archived_at=unit.now if changes.archived else None)
    if after == before:
        return before
    unit.run(
        store.SET,
        account_id=scope.account_id,
        id_=survey_id,
        name_=after.name,
        archived=after.archived_at,
        now=unit.now,
        user_id=actor.user_id,
        **{f"{name}_": value for name, value in _wording(after.card).items()},
    )
    record_audit(unit, scope, actor.user_id, _verb(before, after), "survey", survey_id)
    return views.survey(unit, scope, survey_id)


def submit(
    unit: UnitOfWork,
    scope: AccountScope,
    survey_id: int,
    conversation_id: int | None,
    person_id: int | None,
    rating: int,
    answer: str | None,
    *,
    once: str | None = None,
) -> Submission:
    """Keeps an answer as a new row; earlier ones stay (H09). `NotFound` if there is no such survey.

    `once` names what can be answered a single time (the closing of a conversation, a form): `SurveyAnswered` the
    second time, and nothing is changed (H10). Without it every call is an answer of its own.
    """
    value, words = rules.to_rating(rating), rules.clean_answer(answer)
    views.survey(unit, scope, survey_id)
    row = unit.one(
        store.ADD_SUBMISSION,
        account_id=scope.account_id,
        id=unit.new_id(),
        survey_id=survey_id,
        conversation_id=conversation_id,
        person_id=person_id,
        rating=value,
        answer=words,
        at=unit.now,
        once=once,
    )
    if row is None:
        raise rules.SurveyAnswered
    return Submission(row[0], survey_id, conversation_id, person_id, value, words, unit.now)


def give(unit: UnitOfWork, scope: AccountScope, visitor_id: int, to_visitor_id: int) -> None:
    """What a visitor answered is another visitor's answer from now on: they have shown to be the same person."""
    unit.run(store.GIVE, account_id=scope.account_id, id_=visitor_id, to=to_visitor_id)


def forget_people(unit: UnitOfWork, scope: AccountScope, person_ids: Sequence[int]) -> int:
    """Blanks who some people are and what they wrote, and keeps their ratings, which then are nobody's.

    At most 200 submissions; how many it were. Call again until it is 0.
    """
    found = views.of_people(unit, scope, person_ids)[:MOST_FORGOTTEN]
    unit.run_many(store.FORGET, [{"account_id": scope.account_id, "id_": each.id} for each in found])
    return len(found)


def _wording(card: SurveyCard) -> dict[str, str]:
    return {
        "language": card.language,
        "question": card.question,
        "labels": json.dumps(card.labels, ensure_ascii=False),
        "follow_ups": json.dumps(card.follow_ups, ensure_ascii=False),
        "thank_yous": json.dumps(card.thank_yous, ensure_ascii=False),
    }


def _verb(before: Survey, after: Survey) -> str:
    if before.archived_at == after.archived_at:
        return "changed"
    return "restored" if after.archived_at is None else "archived"
