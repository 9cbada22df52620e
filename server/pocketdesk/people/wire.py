"""Visitors and contacts as JSON: what routes take and what they give."""

from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias, cast

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Email, Id, Name
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.page import Page
from pocketdesk.people.model import (
    ContactCard,
    Enforcement,
    FurtherAddress,
    IdentityDay,
    IdentityKey,
    IssuedToken,
    NewIdentityKey,
    OpenedSession,
    PushProvider,
    PushTarget,
)
from pocketdesk.people.rules import (
    LONGEST_KEY,
    LONGEST_PUSH_TOKEN,
    LONGEST_TAG,
    LONGEST_VALUE,
    MOST_PROPERTIES,
    proof,
)

MOST_TOKEN = 16_384
"""Longer ones than can hold are refused like any other that does not."""
IdentityWord: TypeAlias = Literal["none", "verified", "refused"]
EnforcementWord: TypeAlias = Literal["off", "report", "enforce"]
AlgorithmWord: TypeAlias = Literal["HS256", "RS256", "ES256", "EdDSA"]
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
    """A chat page that opens: for which account, with which mobile tag, on what device, and for whom.

    A blank `identity_token` or `email` is none.
    """

    account_id: Id
    mobile_tag: Annotated[str, Field(max_length=LONGEST_TAG)]
    properties: Properties = Field(default={})
    identity_token: Annotated[str, Field(max_length=MOST_TOKEN)] | None = None
    email: Annotated[str, Field(max_length=MOST_TOKEN)] | None = None


class VisitorSessionOut(Answer):
    """The page's bearer, shown once; `known` tells whether an earlier visitor came back.

    `identity`: whether the token that came with the request holds; it is not said why one does not.
    """

    token: str
    visitor_id: int
    expires_at: int
    known: bool
    identity: IdentityWord


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
    archived: bool | None = None


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
    archived_at: int | None


class ContactMerge(Body):
    """Which contact becomes part of another, for good."""

    contact_id: Id


class FurtherAddressOut(Answer):
    """What is left of a contact that was merged into another: its id, which leads on, and its address."""

    contact_id: int
    email: str | None


class ContactDetailsOut(ContactOut):
    """A contact with its further addresses. Asked for by the id of a merged one, it is the one that is left."""

    further: list[FurtherAddressOut]


class ContactsOut(Answer):
    """A page of contacts."""

    items: list[ContactOut]
    after: str | None


def to_visitor_session(opened: OpenedSession) -> VisitorSessionOut:
    """A session as its own page sees it."""
    return VisitorSessionOut(
        token=opened.token,
        visitor_id=opened.visitor_id,
        expires_at=opened.expires_at,
        known=opened.known,
        identity=opened.identity.value,
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
        archived_at=card.archived_at,
    )


def to_contact_details(card: ContactCard, further: Iterable[FurtherAddress]) -> ContactDetailsOut:
    """A contact with what was merged into it."""
    return ContactDetailsOut(
        **to_contact(card).model_dump(),
        further=[FurtherAddressOut(contact_id=each.contact_id, email=each.email) for each in further],
    )


def to_contacts(page: Page[ContactCard]) -> ContactsOut:
    """A page of contacts."""
    return ContactsOut(items=[to_contact(card) for card in page.items], after=page.after)


# Identity.


class IdentityIn(Body):
    """What becomes of an address that a page gives without proof."""

    enforcement: EnforcementWord


class NewIdentityKeyBody(Body):
    """A key to add. `public_key`: PEM or JSON Web Key (RSA, P-256, Ed25519); without it a secret is made.

    `kid`: by which id tokens name it; without it, it gets one.
    """

    name: Name
    public_key: Annotated[str, Field(min_length=1, max_length=proof.LONGEST_KEY)] | None = None
    kid: Annotated[str, Field(min_length=1, max_length=proof.LONGEST_KID)] | None = None


class NewIdentityToken(Body):
    """Whom a token shall prove; names are taken over where none is known."""

    email: Email
    first_name: ContactName | None = None
    last_name: ContactName | None = None


class EmailBody(Body):
    """An address."""

    email: Email


class IdentityKeyOut(Answer):
    """A key, without its secret."""

    id: int
    kid: str
    name: str
    algorithm: AlgorithmWord
    public_key: str | None
    created_at: int
    created_by: int
    last_used_at: int | None
    revoked_at: int | None


class NewIdentityKeyOut(Answer):
    """A key that was just added; `secret` is shown this once."""

    key: IdentityKeyOut
    secret: str | None


class IdentityTokenOut(Answer):
    """A token, shown this once."""

    token: str
    expires_at: int


class IdentityDayOut(Answer):
    """Pages that named their visitor on a day that began at `day` (UTC ms), by SDK and version of the app."""

    day: int
    client: str
    app_version: str
    proven: int
    unproven: int
    refused: int


class IdentityOut(Answer):
    """What an account's settings of identity show."""

    enforcement: EnforcementWord
    keys: list[IdentityKeyOut]
    days: list[IdentityDayOut]


def to_identity(
    enforcement: Enforcement, keys: tuple[IdentityKey, ...], days: tuple[IdentityDay, ...]
) -> IdentityOut:
    """Settings of identity with their counts."""
    return IdentityOut(
        enforcement=enforcement.value,
        keys=[to_identity_key(key) for key in keys],
        days=[
            IdentityDayOut(
                day=each.day * DAY,
                client=each.client,
                app_version=each.app_version,
                proven=each.proven,
                unproven=each.unproven,
                refused=each.refused,
            )
            for each in days
        ],
    )


def to_identity_key(key: IdentityKey) -> IdentityKeyOut:
    """A key as those see it who keep them."""
    return IdentityKeyOut(
        id=key.id,
        kid=key.kid,
        name=key.name,
        algorithm=key.algorithm.value,
        public_key=key.public_key,
        created_at=key.created_at,
        created_by=key.created_by,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )


def to_new_identity_key(made: NewIdentityKey) -> NewIdentityKeyOut:
    """A new key, with what is shown once."""
    return NewIdentityKeyOut(key=to_identity_key(made.key), secret=made.secret)


def to_identity_token(issued: IssuedToken) -> IdentityTokenOut:
    """A token of ours."""
    return IdentityTokenOut(token=issued.token, expires_at=issued.expires_at)


# Apps around the page.


class AppCredentialOut(Answer):
    """What the native shell around a page keeps, shown once; until when it holds without being used (UTC ms)."""

    credential: str
    expires_at: int


class PushIn(Body):
    """Where pushes go. `topic` is the app's bundle id and `sandbox` tells a development build, both for APNs."""

    provider: Literal["apns", "fcm", "webpush"]
    token: Annotated[str, Field(min_length=1, max_length=LONGEST_PUSH_TOKEN)]
    topic: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9.-]+$")] | None = None
    sandbox: bool = False


class DeviceIn(Body):
    """An app's device as it is now. `installation_id` is the app's own UUID; without `push` it gets none."""

    installation_id: Annotated[
        str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
    ]
    platform: Literal["android", "ios", "react_native", "web"]
    push: PushIn | None = None
    app_version: Annotated[str, Field(max_length=40)] = ""
    sdk_version: Annotated[str, Field(max_length=40)] = ""
    locale: Annotated[str, Field(max_length=40)] = ""


class PropertiesIn(Body):
    """What an app knows of itself and its device, under HubSpot's names or its own."""

    properties: Properties


def to_push_target(push: PushIn | None) -> PushTarget | None:
    """Where pushes go."""
    return PushTarget(PushProvider(push.provider), push.token, push.topic, push.sandbox) if push else None
