"""Visitors and contacts as JSON: what routes take and what they give."""

from typing import Annotated, Literal, TypeAlias, cast

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Email, Id
from pocketdesk.kernel.page import Page
from pocketdesk.people.model import ContactCard, OpenedSession
from pocketdesk.people.rules import LONGEST_KEY, LONGEST_TAG, LONGEST_VALUE, MOST_PROPERTIES

Basis: TypeAlias = Literal["explicit", "legitimate_interest"]
ContactName = Annotated[str, Field(max_length=100)]
Properties = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=LONGEST_KEY)],
        Annotated[str, Field(max_length=LONGEST_VALUE)],
    ],
    Field(max_length=MOST_PROPERTIES),
]


class NewVisitorSession(Body):
    """A chat page that opens: for which account, with which mobile tag, on what device."""

    account_id: Id
    mobile_tag: Annotated[str, Field(max_length=LONGEST_TAG)]
    properties: Properties = Field(default={})


class VisitorSessionOut(Answer):
    """The page's bearer, shown once; `known` tells whether an earlier visitor came back."""

    token: str
    visitor_id: int
    expires_at: int
    known: bool


class NewContact(Body):
    """A contact to add."""

    email: Email
    name: ContactName | None = None


class ContactPatch(Body):
    """What changes of a contact; a blank name removes it, an owner that is null takes the owner away."""

    name: ContactName | None = None
    email: Email | None = None
    marketing: bool | None = None
    owner_user_id: Id | None = None


class ContactOut(Answer):
    """A contact; `verified` tells whether the address was ever proven."""

    id: int
    name: str | None
    email: str | None
    verified: bool
    created_at: int
    color: int
    marketing: bool
    legal_basis: Basis | None
    owner_user_id: int | None


class ContactsOut(Answer):
    """A page of contacts."""

    items: list[ContactOut]
    after: str | None


def to_visitor_session(opened: OpenedSession) -> VisitorSessionOut:
    """A session as its own page sees it."""
    return VisitorSessionOut(
        token=opened.token, visitor_id=opened.visitor_id, expires_at=opened.expires_at, known=opened.known
    )


def to_contact(card: ContactCard) -> ContactOut:
    """A contact as agents see it."""
    return ContactOut(
        id=card.id,
        name=card.name,
        email=card.email,
        verified=card.verified,
        created_at=card.created_at,
        color=card.color,
        marketing=card.marketing,
        legal_basis=cast("Basis | None", card.legal_basis),
        owner_user_id=card.owner_user_id,
    )


def to_contacts(page: Page[ContactCard]) -> ContactsOut:
    """A page of contacts."""
    return ContactsOut(items=[to_contact(card) for card in page.items], after=page.after)
