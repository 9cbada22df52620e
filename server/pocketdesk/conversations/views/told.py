"""What conversations tell of their visitors and of the past."""

import json
from collections.abc import Mapping
from typing import Any

from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import ServedFlow
from pocketdesk.chatflows.rules import plain
from pocketdesk.conversations import store
from pocketdesk.conversations.model import (
    Arrival,
    AssignedUser,
    ContactCard,
    Conversation,
    EmailStep,
    NoticeKind,
)
from pocketdesk.conversations.views.nouns import contact, to_assignee
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from pocketdesk.surveys.model import SurveyCard

MOST_ARRIVALS = 20_000


def contact_id_of_visitor(reader: Reader, scope: AccountScope, visitor_id: int) -> int | None:
    """Who a visitor is, by proof, or turned out to be, in the newest conversation where that is known."""
    return known_contact(reader, scope, visitor_id)[0]


def known_contact(
    reader: Reader, scope: AccountScope, visitor_id: int
) -> tuple[int | None, EmailStep, str | None]:
    """Who a visitor is or turned out to be, and whether that is by an address that the visitor gave.

    Third: the address that an app gave for the visitor without proof.
    """
    row = reader.one(store.CONTACT_OF_VISITOR, account_id=scope.account_id, visitor_id_=visitor_id)
    proven, newest, email, claimed = row or (None, None, None, None)
    if proven is not None:
        return proven, EmailStep.NOT_ASKED, None
    return newest, EmailStep.GIVEN if email == EmailStep.GIVEN else EmailStep.NOT_ASKED, claimed


def contact_of_visitor(reader: Reader, scope: AccountScope, visitor_id: int) -> ContactCard | None:
    """The card of whom a visitor is or turned out to be."""
    return contact(reader, scope, contact_id_of_visitor(reader, scope, visitor_id), visitor_id)


def contact_to_greet(reader: Reader, scope: AccountScope, visitor_id: int) -> ContactCard | None:
    """Like `contact_of_visitor`, where there is proof or agents say so.

    Whoever only typed an address must not hear the name of the person to whom it belongs, nor who looks after them.
    """
    row = reader.one(store.CONTACT_TO_GREET, account_id=scope.account_id, visitor_id_=visitor_id)
    return contact(reader, scope, row[0], visitor_id) if row else None


def flow_of(reader: Reader, scope: AccountScope, found: Conversation) -> ServedFlow:
    """The newest version of the chatflow that began a conversation, or what stands in its place."""
    if found.chatflow_id is None:
        return plain(found.language, found.inbox_id, found.channel_account_id)
    return chatflows.newest(reader, scope, found.chatflow_id)


def newest_notice(
    reader: Reader, scope: AccountScope, conversation_id: int, kind: NoticeKind
) -> Mapping[str, Any] | None:
    """The facts of a conversation's newest notice of a kind."""
    row = reader.one(store.LAST_NOTICE, account_id=scope.account_id, id_=conversation_id, kind_=kind.value)
    return json.loads(row[2]) if row else None


def survey_facts(card: SurveyCard) -> dict[str, object]:
    """A survey as the visitor who is asked sees it."""
    ratings = [
        {"value": value, "label": label, "follow_up": follow_up}
        for value, (label, follow_up) in enumerate(zip(card.labels, card.follow_ups, strict=True))
    ]
    return {"question": card.question, "ratings": ratings}


def past_arrivals(
    reader: Reader, scope: AccountScope, inbox_id: int, from_: int, to: int
) -> tuple[Arrival, ...]:
    """When visitors began to write in an inbox from `from_` until before `to` (UTC ms), and what became of it.

    In that order, the first 20,000.
    """
    rows = reader.all(
        store.ARRIVALS,
        account_id=scope.account_id,
        inbox_id_=inbox_id,
        from_=from_,
        to_=to,
        limit=MOST_ARRIVALS,
    )
    return tuple(
        Arrival(at, first_reply_at, closed_at, language, _user(kind, id_))
        for at, first_reply_at, closed_at, language, kind, id_ in rows
    )


def _user(kind: str, id_: int) -> int | None:
    assignee = to_assignee(kind, id_)
    return assignee.user_id if isinstance(assignee, AssignedUser) else None
