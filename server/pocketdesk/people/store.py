"""The SQL of visitors, their sessions and cookies, of contacts, and of what proves who a visitor is."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    FromClause,
    Index,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    false,
    func,
    or_,
    select,
    tuple_,
    update,
)

from pocketdesk.storage import Statement, account_key, belongs_to, insert, key, metadata

visitor = Table(
    "visitor",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    # When the visitor first wrote or was remembered: from then on the visitor is kept.
    Column("kept_at", BigInteger),
    Column("retired_at", BigInteger),
    # As whom the visitor acts, by proof. Each contact has one such visitor, on whatever device.
    Column("contact_id", BigInteger),
    # The address that an app gave without proof.
    Column("claimed_email", Text),
    # By which a program knows the person: a channel and an address there.
    Column("outside_key", Text),
    # What that program calls the person.
    Column("outside_name", Text),
    belongs_to("contact", contact_id="id"),
)
_identified = visitor.c.contact_id.is_not(None)
Index(
    "uq_visitor_contact_id",
    visitor.c.account_id,
    visitor.c.contact_id,
    unique=True,
    sqlite_where=_identified,
    postgresql_where=_identified,
)
_known_outside = visitor.c.outside_key.is_not(None)
Index(
    "uq_visitor_outside_key",
    visitor.c.account_id,
    visitor.c.outside_key,
    unique=True,
    sqlite_where=_known_outside,
    postgresql_where=_known_outside,
)
_unused = visitor.c.kept_at.is_(None)
Index(
    "ix_visitor_unused",
    visitor.c.last_seen_at,
    sqlite_where=_unused,
    postgresql_where=_unused,
)
_there = visitor.c.retired_at.is_(None)
Index(
    "ix_visitor_last_seen_at",
    visitor.c.account_id,
    visitor.c.last_seen_at,
    visitor.c.id,
    sqlite_where=_there,
    postgresql_where=_there,
)

visitor_session = Table(
    "visitor_session",
    metadata,
    account_key(),
    key("id"),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("visitor_id", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("mobile_tag", Text, nullable=False),
    Column("identity", Text, nullable=False),
    # The customer's key that the proof was signed with; None: a token of ours, or no proof.
    Column("key_id", BigInteger),
    belongs_to("visitor", visitor_id="id"),
    belongs_to("identity_key", key_id="id"),
    CheckConstraint("identity IN ('none', 'verified', 'refused')", name="identity"),
    Index("ix_visitor_session_visitor_id", "account_id", "visitor_id"),
)

identity_key = Table(
    "identity_key",
    metadata,
    account_key(),
    key("id"),
    Column("kid", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("algorithm", Text, nullable=False),
    # A JSON Web Key each: the public one as it is, the secret one sealed.
    Column("public_key", Text),
    Column("sealed_secret", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", BigInteger, nullable=False),
    Column("last_used_at", BigInteger),
    Column("revoked_at", BigInteger),
    UniqueConstraint("account_id", "kid"),
    CheckConstraint("algorithm IN ('HS256', 'RS256', 'ES256', 'EdDSA')", name="algorithm"),
    CheckConstraint("(public_key IS NULL) <> (sealed_secret IS NULL)", name="one_key"),
)
identity_token = Table(
    "identity_token",
    metadata,
    account_key(),
    Column("token_hash", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("name", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Index("ix_identity_token_email", "account_id", "email"),
)
identity_settings = Table(
    "identity_settings",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("enforcement", Text, nullable=False),
    CheckConstraint("enforcement IN ('off', 'report', 'enforce')", name="enforcement"),
)
identity_day = Table(
    "identity_day",
    metadata,
    account_key(),
    key("day"),
    Column("client", Text, primary_key=True),
    Column("app_version", Text, primary_key=True),
    Column("proven", BigInteger, nullable=False),
    Column("unproven", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
)

visitor_cookie = Table(
    "visitor_cookie",
    metadata,
    account_key(),
    Column("token_hash", Text, primary_key=True),
    Column("visitor_id", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    belongs_to("visitor", visitor_id="id"),
    Index("ix_visitor_cookie_visitor_id", "account_id", "visitor_id"),
)

app_credential = Table(
    "app_credential",
    metadata,
    account_key(),
    key("id"),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("visitor_id", BigInteger, nullable=False),
    # The session may be gone by now: the shell outlives it.
    Column("session_id", BigInteger, nullable=False),
    Column("key_id", BigInteger),
    Column("last_seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    belongs_to("visitor", visitor_id="id"),
    belongs_to("identity_key", key_id="id"),
    Index("ix_app_credential_visitor_id", "account_id", "visitor_id"),
)
device = Table(
    "device",
    metadata,
    account_key(),
    key("id"),
    # Of our SDKs; HubSpot's have none, and no credential.
    Column("installation_id", Text),
    Column("credential_id", BigInteger),
    # None: a token that nobody has connected with a conversation yet.
    Column("visitor_id", BigInteger),
    Column("platform", Text, nullable=False),
    Column("provider", Text),
    Column("push_token", Text),
    Column("topic", Text),
    Column("sandbox", Boolean, nullable=False, server_default=false()),
    Column("app_version", Text, nullable=False),
    Column("sdk_version", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("is_bare", Boolean, nullable=False, server_default=false()),
    belongs_to("visitor", visitor_id="id"),
    belongs_to("app_credential", credential_id="id"),
    UniqueConstraint("account_id", "installation_id"),
    UniqueConstraint("account_id", "provider", "push_token"),
    CheckConstraint("(provider IS NULL) = (push_token IS NULL)", name="push"),
    CheckConstraint("provider IN ('apns', 'fcm', 'webpush')", name="provider"),
    Index("ix_device_visitor_id", "account_id", "visitor_id"),
    Index("ix_device_credential_id", "account_id", "credential_id"),
)
_unbound = device.c.visitor_id.is_(None)
Index("ix_device_unbound", device.c.seen_at, sqlite_where=_unbound, postgresql_where=_unbound)

chat_property = Table(
    "chat_property",
    metadata,
    account_key(),
    key("visitor_id"),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("set_at", BigInteger, nullable=False),
    belongs_to("visitor", visitor_id="id"),
)

contact = Table(
    "contact",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    key("id"),
    Column("name", Text),
    # The name without case, for searching alike on both engines.
    Column("name_key", Text),
    Column("owner_user_id", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("erased_at", BigInteger),
    Column("marketing", Boolean, nullable=False, server_default=false()),
    Column("archived_at", BigInteger),
    # Whom it turned out to be. What is left of it is its address, as a further one of that contact, and who proved it.
    Column("merged_into_id", BigInteger),
    belongs_to("user", owner_user_id="id"),
    belongs_to("contact", merged_into_id="id"),
    CheckConstraint(
        "merged_into_id IS NULL OR (merged_into_id <> id AND name IS NULL AND owner_user_id IS NULL)",
        name="merged",
    ),
    Index("ix_contact_created_at", "account_id", "created_at", "id"),
)
_merged = contact.c.merged_into_id.is_not(None)
Index(
    "ix_contact_merged_into_id",
    contact.c.account_id,
    contact.c.merged_into_id,
    sqlite_where=_merged,
    postgresql_where=_merged,
)

contact_email = Table(
    "contact_email",
    metadata,
    account_key(),
    Column("email", Text, primary_key=True),
    Column("contact_id", BigInteger, nullable=False),
    Column("verified_at", BigInteger),
    belongs_to("contact", contact_id="id"),
    # One address a contact: its further ones are those of the contacts that were merged into it.
    UniqueConstraint("account_id", "contact_id"),
)

contact_property = Table(
    "contact_property",
    metadata,
    account_key(),
    key("id"),
    Column("contact_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text),
    Column("number", Float),
    Column("source", Text, nullable=False),
    Column("set_at", BigInteger, nullable=False),
    Column("superseded_at", BigInteger),
    belongs_to("contact", contact_id="id"),
    CheckConstraint("(text IS NULL) <> (number IS NULL)", name="one_value"),
)
_current = contact_property.c.superseded_at.is_(None)
Index(
    "uq_contact_property_current",
    contact_property.c.account_id,
    contact_property.c.contact_id,
    contact_property.c.name,
    unique=True,
    sqlite_where=_current,
    postgresql_where=_current,
)

_account_id = bindparam("account_id", type_=BigInteger)
_id = bindparam("id_", type_=BigInteger)
_now = bindparam("now", type_=BigInteger)
_token_hash = bindparam("token_hash_", type_=Text)
_email = bindparam("email_", type_=Text)

# Visitors and their sessions.

_lives = and_(visitor.c.account_id == _account_id, visitor.c.id == _id, visitor.c.retired_at.is_(None))
ADD_VISITOR = Statement(insert(visitor))
FIND_OUTSIDE = Statement(
    select(visitor.c.id, visitor.c.outside_name).where(
        visitor.c.account_id == _account_id, visitor.c.outside_key == bindparam("outside_key_", type_=Text)
    )
)
OUTSIDE_KEY = Statement(
    select(visitor.c.outside_key).where(visitor.c.account_id == _account_id, visitor.c.id == _id)
)
NAME_OUTSIDE = Statement(
    update(visitor).where(_lives).values(outside_name=bindparam("outside_name_", type_=Text))
)
KEEP_VISITOR = Statement(
    update(visitor)
    .where(_lives)
    .values(kept_at=func.coalesce(visitor.c.kept_at, _now))
    .returning(visitor.c.id)
)
SEE_VISITOR = Statement(
    update(visitor).where(visitor.c.account_id == _account_id, visitor.c.id == _id).values(last_seen_at=_now)
)
IDENTIFIED_AS = Statement(
    select(visitor.c.contact_id).where(visitor.c.account_id == _account_id, visitor.c.id == _id)
)
VISITOR_OF_CONTACT = Statement(
    select(visitor.c.id).where(
        visitor.c.account_id == _account_id, visitor.c.contact_id == _id, visitor.c.retired_at.is_(None)
    )
)
CLAIM_EMAIL = Statement(
    update(visitor)
    .where(visitor.c.account_id == _account_id, visitor.c.id == _id)
    .values(claimed_email=bindparam("email_", type_=Text))
)
VISITORS = select(
    visitor.c.id, visitor.c.created_at, visitor.c.last_seen_at, chat_property.c.value, visitor.c.outside_name
).select_from(
    visitor.outerjoin(
        chat_property,
        and_(
            chat_property.c.account_id == visitor.c.account_id,
            chat_property.c.visitor_id == visitor.c.id,
            chat_property.c.name == "platform",
        ),
    )
)
UNUSED_VISITORS = Statement(
    select(visitor.c.account_id, visitor.c.id)
    .where(visitor.c.kept_at.is_(None), visitor.c.last_seen_at < _now)
    .order_by(visitor.c.last_seen_at)
    .limit(bindparam("limit", type_=BigInteger))
)
TRACES = Statement(
    select(visitor.c.id, visitor.c.created_at, visitor.c.last_seen_at, visitor.c.outside_name).where(
        visitor.c.account_id == _account_id, visitor.c.id == _id
    )
)
RETIRE_VISITOR = Statement(
    update(visitor)
    .where(visitor.c.account_id == _account_id, visitor.c.id == _id)
    .values(
        retired_at=func.coalesce(visitor.c.retired_at, _now),
        contact_id=None,
        claimed_email=None,
        outside_key=None,
        outside_name=None,
    )
)
IDLE_VISITORS = Statement(
    select(visitor.c.last_seen_at, visitor.c.id)
    .where(
        visitor.c.account_id == _account_id,
        visitor.c.retired_at.is_(None),
        visitor.c.last_seen_at < bindparam("before", type_=BigInteger),
        tuple_(visitor.c.last_seen_at, visitor.c.id)
        > tuple_(bindparam("after", type_=BigInteger), bindparam("after_id", type_=BigInteger)),
    )
    .order_by(visitor.c.last_seen_at, visitor.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
DROP_VISITOR = Statement(delete(visitor).where(visitor.c.account_id == _account_id, visitor.c.id == _id))
_sessions = and_(visitor_session.c.account_id == _account_id, visitor_session.c.visitor_id == _id)
_cookies = and_(visitor_cookie.c.account_id == _account_id, visitor_cookie.c.visitor_id == _id)
SESSIONS = Statement(
    select(
        visitor_session.c.created_at,
        visitor_session.c.last_seen_at,
        visitor_session.c.expires_at,
        visitor_session.c.mobile_tag,
    )
    .where(_sessions)
    .order_by(visitor_session.c.created_at, visitor_session.c.id)
)
COOKIES = Statement(select(visitor_cookie.c.created_at).where(_cookies).order_by(visitor_cookie.c.created_at))
DROP_SESSIONS = Statement(delete(visitor_session).where(_sessions).returning(visitor_session.c.id))
DROP_COOKIES = Statement(delete(visitor_cookie).where(_cookies).returning(visitor_cookie.c.visitor_id))

ADD_SESSION = Statement(insert(visitor_session))
FIND_SESSION = Statement(
    select(
        visitor_session.c.id,
        visitor_session.c.account_id,
        visitor_session.c.visitor_id,
        visitor_session.c.created_at,
        visitor_session.c.last_seen_at,
        visitor_session.c.expires_at,
        visitor_session.c.mobile_tag,
        visitor_session.c.identity,
        visitor.c.contact_id,
    )
    .join(
        visitor,
        and_(
            visitor.c.account_id == visitor_session.c.account_id, visitor.c.id == visitor_session.c.visitor_id
        ),
    )
    .outerjoin(
        identity_key,
        and_(
            identity_key.c.account_id == visitor_session.c.account_id,
            identity_key.c.id == visitor_session.c.key_id,
        ),
    )
    .where(
        visitor_session.c.token_hash == _token_hash,
        visitor_session.c.expires_at > _now,
        visitor.c.retired_at.is_(None),
        identity_key.c.revoked_at.is_(None),
    )
)
"""A session ends with the key that its proof was signed with."""
SEE_SESSION = Statement(
    update(visitor_session)
    .where(visitor_session.c.account_id == _account_id, visitor_session.c.id == _id)
    .values(last_seen_at=_now, expires_at=bindparam("expires", type_=BigInteger))
)
END_SESSION = Statement(
    delete(visitor_session).where(visitor_session.c.account_id == _account_id, visitor_session.c.id == _id)
)
EXPIRED_SESSIONS = Statement(
    select(visitor_session.c.account_id, visitor_session.c.id)
    .where(visitor_session.c.expires_at <= _now)
    .order_by(visitor_session.c.expires_at)
    .limit(bindparam("limit", type_=BigInteger))
)

ADD_COOKIE = Statement(insert(visitor_cookie))
FIND_COOKIE = Statement(
    select(visitor_cookie.c.visitor_id)
    .join(
        visitor,
        and_(
            visitor.c.account_id == visitor_cookie.c.account_id, visitor.c.id == visitor_cookie.c.visitor_id
        ),
    )
    .where(
        visitor_cookie.c.account_id == _account_id,
        visitor_cookie.c.token_hash == _token_hash,
        visitor.c.retired_at.is_(None),
    )
)
DROP_COOKIE = Statement(
    delete(visitor_cookie).where(
        visitor_cookie.c.account_id == _account_id,
        visitor_cookie.c.token_hash == _token_hash,
        visitor_cookie.c.visitor_id == _id,
    )
)

# What devices tell.

PROPERTIES = Statement(
    select(chat_property.c.name, chat_property.c.value)
    .where(chat_property.c.account_id == _account_id, chat_property.c.visitor_id == _id)
    .order_by(chat_property.c.name)
)
CLEAR_PROPERTIES = Statement(
    delete(chat_property)
    .where(chat_property.c.account_id == _account_id, chat_property.c.visitor_id == _id)
    .returning(chat_property.c.name)
)
ADD_PROPERTY = Statement(insert(chat_property))

# Contacts.

_card = (
    contact.c.id,
    contact.c.name,
    contact_email.c.email,
    contact_email.c.verified_at,
    contact.c.created_at,
    contact.c.marketing,
    contact_property.c.text,
    contact.c.owner_user_id,
    visitor.c.id,
    contact.c.archived_at,
)


def _with_what_is_known(contacts: FromClause) -> FromClause:
    return (
        contacts.outerjoin(
            contact_email,
            and_(
                contact_email.c.account_id == contact.c.account_id,
                contact_email.c.contact_id == contact.c.id,
            ),
        )
        .outerjoin(
            contact_property,
            and_(
                contact_property.c.account_id == contact.c.account_id,
                contact_property.c.contact_id == contact.c.id,
                contact_property.c.name == "legal_basis",
                _current,
            ),
        )
        .outerjoin(
            visitor,
            and_(visitor.c.account_id == contact.c.account_id, visitor.c.contact_id == contact.c.id),
        )
    )


asked = contact.alias("asked")
_leads_to = and_(
    contact.c.account_id == asked.c.account_id,
    contact.c.id == func.coalesce(asked.c.merged_into_id, asked.c.id),
)
CONTACTS = (
    select(asked.c.id, *_card)
    .select_from(_with_what_is_known(asked.join(contact, _leads_to)))
    .where(contact.c.erased_at.is_(None))
)
"""By the ids that are asked for, to be narrowed by those: one that was merged leads to the contact that is left."""
FIND_CONTACT = Statement(CONTACTS.where(asked.c.account_id == _account_id, asked.c.id == _id))
OWNER = Statement(
    select(contact.c.owner_user_id).where(contact.c.account_id == _account_id, contact.c.id == _id)
)
_address = contact_email.alias("address")
_of_address = and_(_address.c.account_id == _account_id, _address.c.email == _email)
FIND_BY_EMAIL = Statement(
    CONTACTS.where(
        asked.c.account_id == _account_id,
        asked.c.id == select(_address.c.contact_id).where(_of_address).scalar_subquery(),
    )
)
IDENTITY_OF_EMAIL = Statement(
    select(_address.c.contact_id, visitor.c.id)
    .outerjoin(
        visitor,
        and_(visitor.c.account_id == _address.c.account_id, visitor.c.contact_id == _address.c.contact_id),
    )
    .where(_of_address)
)
"""Whom the address alone proves, and the visitor who has proven it: merging makes nobody somebody else."""
_before = bindparam("before", type_=BigInteger)
_page = (
    select(*_card)
    .select_from(_with_what_is_known(contact))
    .where(
        contact.c.account_id == _account_id,
        contact.c.erased_at.is_(None),
        contact.c.merged_into_id.is_(None),
        contact.c.archived_at.is_not(None) == bindparam("archived", type_=Boolean),
        or_(
            contact.c.created_at < _before,
            and_(contact.c.created_at == _before, contact.c.id < bindparam("before_id", type_=BigInteger)),
        ),
    )
    .order_by(contact.c.created_at.desc(), contact.c.id.desc())
    .limit(bindparam("limit", type_=BigInteger))
)
ALL_CONTACTS = Statement(_page)
_words = bindparam("words", type_=Text)
SEARCH_CONTACTS = Statement(
    _page.where(
        or_(
            contact.c.name_key.contains(_words, escape="/"),
            contact_email.c.email.contains(_words, escape="/"),
            contact.c.id.in_(
                select(asked.c.merged_into_id)
                .join(
                    _address,
                    and_(_address.c.account_id == asked.c.account_id, _address.c.contact_id == asked.c.id),
                )
                .where(asked.c.account_id == _account_id, _address.c.email.contains(_words, escape="/"))
            ),
        )
    )
)
FURTHER = (
    select(contact.c.merged_into_id, contact.c.id, contact_email.c.email)
    .outerjoin(
        contact_email,
        and_(contact_email.c.account_id == contact.c.account_id, contact_email.c.contact_id == contact.c.id),
    )
    .where(contact.c.account_id == _account_id, _merged)
    .order_by(contact.c.id)
)
"""What was merged into whom, with its address; to be narrowed to some contacts."""
LEAD_ON = Statement(
    update(contact)
    .where(contact.c.account_id == _account_id, or_(contact.c.id == _id, contact.c.merged_into_id == _id))
    .values(
        merged_into_id=bindparam("to", type_=BigInteger),
        name=None,
        name_key=None,
        owner_user_id=None,
        marketing=false(),
    )
)
"""Also what was merged into that contact before, so that a merged one is always one step from who is left."""
ADD_CONTACT = Statement(insert(contact))
NAME_CONTACT = Statement(
    update(contact)
    .where(contact.c.account_id == _account_id, contact.c.id == _id)
    .values(name=bindparam("name_", type_=Text), name_key=bindparam("key", type_=Text))
)
ARCHIVE_CONTACT = Statement(
    update(contact)
    .where(contact.c.account_id == _account_id, contact.c.id == _id)
    .values(archived_at=bindparam("archived_at_", type_=BigInteger))
)
ADD_EMAIL = Statement(insert(contact_email))
VERIFY_EMAIL = Statement(
    update(contact_email)
    .where(
        contact_email.c.account_id == _account_id,
        contact_email.c.email == _email,
        contact_email.c.verified_at.is_(None),
    )
    .values(verified_at=_now)
)
MARK_MARKETING = Statement(
    update(contact)
    .where(contact.c.account_id == _account_id, contact.c.id == _id)
    .values(marketing=bindparam("marketing_", type_=Boolean))
)
SET_OWNER = Statement(
    update(contact)
    .where(contact.c.account_id == _account_id, contact.c.id == _id)
    .values(owner_user_id=bindparam("owner", type_=BigInteger))
)
DROP_EMAIL = Statement(
    delete(contact_email)
    .where(contact_email.c.account_id == _account_id, contact_email.c.contact_id == _id)
    .returning(contact_email.c.contact_id)
)
ERASE_CONTACT = Statement(
    update(contact)
    .where(contact.c.account_id == _account_id, contact.c.id == _id, contact.c.erased_at.is_(None))
    .values(name=None, name_key=None, owner_user_id=None, marketing=false(), erased_at=_now)
    .returning(contact.c.id)
)

# What is known of contacts: one current row by name, those before it superseded.

_name = bindparam("name_", type_=Text)
_this_property = and_(
    contact_property.c.account_id == _account_id,
    contact_property.c.contact_id == _id,
    contact_property.c.name == _name,
    _current,
)
CONTACT_PROPERTY = Statement(select(contact_property.c.text).where(_this_property))
SUPERSEDE_PROPERTY = Statement(update(contact_property).where(_this_property).values(superseded_at=_now))
ADD_CONTACT_PROPERTY = Statement(insert(contact_property))
CONTACT_PROPERTIES = Statement(
    select(
        contact_property.c.name,
        contact_property.c.text,
        contact_property.c.number,
        contact_property.c.source,
        contact_property.c.set_at,
        contact_property.c.superseded_at,
    )
    .where(contact_property.c.account_id == _account_id, contact_property.c.contact_id == _id)
    .order_by(contact_property.c.set_at, contact_property.c.id)
)
PROPERTIES_OF_CONTACTS = select(
    contact_property.c.contact_id,
    contact_property.c.name,
    contact_property.c.text,
    contact_property.c.number,
    contact_property.c.source,
    contact_property.c.set_at,
).where(contact_property.c.account_id == _account_id, _current)
"""What holds now, to be narrowed to some contacts."""
GIVE_CONTACT_PROPERTIES = Statement(
    update(contact_property)
    .where(contact_property.c.account_id == _account_id, contact_property.c.contact_id == _id)
    .values(
        contact_id=bindparam("to", type_=BigInteger),
        superseded_at=func.coalesce(contact_property.c.superseded_at, _now),
    )
)
"""As a part of somebody's past."""
DROP_CONTACT_PROPERTIES = Statement(
    delete(contact_property)
    .where(contact_property.c.account_id == _account_id, contact_property.c.contact_id == _id)
    .returning(contact_property.c.id)
)

# Proof of who a visitor is.

KEY_COLUMNS = (
    identity_key.c.id,
    identity_key.c.kid,
    identity_key.c.name,
    identity_key.c.algorithm,
    identity_key.c.public_key,
    identity_key.c.created_at,
    identity_key.c.created_by,
    identity_key.c.last_used_at,
    identity_key.c.revoked_at,
)
IDENTITY_KEYS = Statement(
    select(*KEY_COLUMNS)
    .where(identity_key.c.account_id == _account_id)
    .order_by(identity_key.c.revoked_at.is_not(None), identity_key.c.created_at.desc(), identity_key.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
IDENTITY_KEY = Statement(
    select(*KEY_COLUMNS).where(identity_key.c.account_id == _account_id, identity_key.c.id == _id)
)
VERIFYING_KEYS = Statement(
    select(
        identity_key.c.id,
        identity_key.c.kid,
        identity_key.c.algorithm,
        identity_key.c.public_key,
        identity_key.c.sealed_secret,
    )
    .where(identity_key.c.account_id == _account_id, identity_key.c.revoked_at.is_(None))
    .order_by(identity_key.c.created_at.desc(), identity_key.c.id)
)
KID_IS_TAKEN = Statement(
    select(identity_key.c.id).where(
        identity_key.c.account_id == _account_id, identity_key.c.kid == bindparam("kid_", type_=Text)
    )
)
ADD_IDENTITY_KEY = Statement(insert(identity_key))
REVOKE_IDENTITY_KEY = Statement(
    update(identity_key)
    .where(
        identity_key.c.account_id == _account_id,
        identity_key.c.id == _id,
        identity_key.c.revoked_at.is_(None),
    )
    .values(revoked_at=_now)
    .returning(identity_key.c.id)
)
USE_IDENTITY_KEY = Statement(
    update(identity_key)
    .where(
        identity_key.c.account_id == _account_id,
        identity_key.c.id == _id,
        func.coalesce(identity_key.c.last_used_at, 0) < bindparam("before", type_=BigInteger),
    )
    .values(last_used_at=_now)
)

ADD_IDENTITY_TOKEN = Statement(insert(identity_token))
FIND_IDENTITY_TOKEN = Statement(
    select(identity_token.c.email, identity_token.c.name).where(
        identity_token.c.account_id == _account_id,
        identity_token.c.token_hash == _token_hash,
        identity_token.c.expires_at > _now,
    )
)
DROP_IDENTITY_TOKENS = Statement(
    delete(identity_token).where(identity_token.c.account_id == _account_id, identity_token.c.email == _email)
)
DROP_TOKENS_OF_CONTACT = Statement(
    delete(identity_token).where(
        identity_token.c.account_id == _account_id,
        identity_token.c.email.in_(
            select(contact_email.c.email).where(
                contact_email.c.account_id == _account_id, contact_email.c.contact_id == _id
            )
        ),
    )
)
EXPIRED_IDENTITY_TOKENS = Statement(
    select(identity_token.c.account_id, identity_token.c.token_hash)
    .where(identity_token.c.expires_at <= _now)
    .order_by(identity_token.c.expires_at)
    .limit(bindparam("limit", type_=BigInteger))
)
DROP_IDENTITY_TOKEN = Statement(
    delete(identity_token).where(
        identity_token.c.account_id == _account_id, identity_token.c.token_hash == _token_hash
    )
)

ENFORCEMENT = Statement(
    select(identity_settings.c.enforcement).where(identity_settings.c.account_id == _account_id)
)
_enforcement = insert(identity_settings)
PUT_ENFORCEMENT = Statement(
    _enforcement.on_conflict_do_update(
        index_elements=[identity_settings.c.account_id],
        set_={"enforcement": _enforcement.excluded.enforcement},
    )
)

_day = bindparam("day_", type_=BigInteger)
DAY_IS_KNOWN = Statement(
    select(identity_day.c.day).where(
        identity_day.c.account_id == _account_id,
        identity_day.c.day == _day,
        identity_day.c.client == bindparam("client_", type_=Text),
        identity_day.c.app_version == bindparam("app_version_", type_=Text),
    )
)
ROWS_OF_DAY = Statement(
    select(func.count())
    .select_from(identity_day)
    .where(identity_day.c.account_id == _account_id, identity_day.c.day == _day)
)
_count = insert(identity_day)
COUNT_IDENTITY = Statement(
    _count.on_conflict_do_update(
        index_elements=[
            identity_day.c.account_id,
            identity_day.c.day,
            identity_day.c.client,
            identity_day.c.app_version,
        ],
        set_={
            name: identity_day.c[name] + _count.excluded[name] for name in ("proven", "unproven", "refused")
        },
    )
)
IDENTITY_DAYS = Statement(
    select(
        identity_day.c.day,
        identity_day.c.client,
        identity_day.c.app_version,
        identity_day.c.proven,
        identity_day.c.unproven,
        identity_day.c.refused,
    )
    .where(identity_day.c.account_id == _account_id, identity_day.c.day >= _day)
    .order_by(identity_day.c.day.desc(), identity_day.c.client, identity_day.c.app_version)
    .limit(bindparam("limit", type_=BigInteger))
)
OLD_DAYS = Statement(
    select(identity_day.c.account_id, identity_day.c.day)
    .distinct()
    .where(identity_day.c.day < _day)
    .limit(bindparam("limit", type_=BigInteger))
)
DROP_DAY = Statement(
    delete(identity_day).where(identity_day.c.account_id == _account_id, identity_day.c.day == _day)
)

# Apps around the page.

ADD_CREDENTIAL = Statement(insert(app_credential))
FIND_CREDENTIAL = Statement(
    select(
        app_credential.c.id,
        app_credential.c.account_id,
        app_credential.c.visitor_id,
        app_credential.c.session_id,
        app_credential.c.last_seen_at,
    )
    .join(
        visitor,
        and_(
            visitor.c.account_id == app_credential.c.account_id, visitor.c.id == app_credential.c.visitor_id
        ),
    )
    .outerjoin(
        identity_key,
        and_(
            identity_key.c.account_id == app_credential.c.account_id,
            identity_key.c.id == app_credential.c.key_id,
        ),
    )
    .where(
        app_credential.c.token_hash == _token_hash,
        app_credential.c.expires_at > _now,
        visitor.c.retired_at.is_(None),
        identity_key.c.revoked_at.is_(None),
    )
)
"""Like a session, a credential ends with the key that its proof was signed with."""
SEE_CREDENTIAL = Statement(
    update(app_credential)
    .where(app_credential.c.account_id == _account_id, app_credential.c.id == _id)
    .values(last_seen_at=_now, expires_at=bindparam("expires", type_=BigInteger))
)
_of_session = and_(
    app_credential.c.account_id == _account_id,
    app_credential.c.visitor_id == _id,
    app_credential.c.session_id == bindparam("session_id_", type_=BigInteger),
)
CREDENTIALS_OF_SESSION = Statement(select(app_credential.c.id).where(_of_session))
CREDENTIALS_OF_VISITOR = Statement(
    select(app_credential.c.id).where(
        app_credential.c.account_id == _account_id, app_credential.c.visitor_id == _id
    )
)
EXPIRED_CREDENTIALS = Statement(
    select(app_credential.c.account_id, app_credential.c.id)
    .where(app_credential.c.expires_at <= _now)
    .order_by(app_credential.c.expires_at)
    .limit(bindparam("limit", type_=BigInteger))
)
DROP_DEVICES_OF_CREDENTIAL = Statement(
    delete(device)
    .where(device.c.account_id == _account_id, device.c.credential_id == _id)
    .returning(device.c.id)
)
DROP_CREDENTIAL = Statement(
    delete(app_credential)
    .where(app_credential.c.account_id == _account_id, app_credential.c.id == _id)
    .returning(app_credential.c.id)
)
KEY_OF_SESSION = Statement(
    select(visitor_session.c.key_id).where(
        visitor_session.c.account_id == _account_id, visitor_session.c.id == _id
    )
)

ADD_DEVICE = Statement(insert(device))
DROP_DEVICES_OF_VISITOR = Statement(
    delete(device)
    .where(device.c.account_id == _account_id, device.c.visitor_id == _id)
    .returning(device.c.id)
)
_installation = and_(
    device.c.account_id == _account_id, device.c.installation_id == bindparam("installation_id_", type_=Text)
)
DROP_INSTALLATION = Statement(delete(device).where(_installation))
DROP_OWN_INSTALLATION = Statement(delete(device).where(_installation, device.c.visitor_id == _id))
_of_token = and_(
    device.c.account_id == _account_id,
    device.c.provider == bindparam("provider_", type_=Text),
    device.c.push_token == bindparam("push_token_", type_=Text),
)
DROP_PUSH_TOKEN = Statement(delete(device).where(_of_token))
DROP_UNPROVEN_TOKEN = Statement(
    delete(device).where(
        device.c.account_id == _account_id,
        device.c.push_token == bindparam("push_token_", type_=Text),
        device.c.credential_id.is_(None),
    )
)
FIND_PUSH_TOKEN = Statement(select(device.c.id, device.c.visitor_id).where(_of_token))
BIND_PUSH_TOKEN = Statement(
    update(device)
    .where(_of_token, device.c.credential_id.is_(None))
    .values(visitor_id=_id, is_bare=bindparam("is_bare_", type_=Boolean), seen_at=_now)
)
DROP_DEVICE = Statement(delete(device).where(device.c.account_id == _account_id, device.c.id == _id))
DEVICES = Statement(
    select(
        device.c.id,
        device.c.visitor_id,
        device.c.platform,
        device.c.app_version,
        device.c.sdk_version,
        device.c.locale,
        device.c.seen_at,
        device.c.is_bare,
        device.c.provider,
        device.c.push_token,
        device.c.topic,
        device.c.sandbox,
    )
    .outerjoin(
        app_credential,
        and_(
            app_credential.c.account_id == device.c.account_id, app_credential.c.id == device.c.credential_id
        ),
    )
    .outerjoin(
        identity_key,
        and_(
            identity_key.c.account_id == app_credential.c.account_id,
            identity_key.c.id == app_credential.c.key_id,
        ),
    )
    .where(
        device.c.account_id == _account_id,
        device.c.visitor_id == _id,
        or_(device.c.credential_id.is_(None), app_credential.c.expires_at > _now),
        identity_key.c.revoked_at.is_(None),
    )
    .order_by(device.c.seen_at.desc(), device.c.id)
    .limit(bindparam("limit", type_=BigInteger))
)
KEPT_DEVICES = Statement(
    select(device.c.platform, device.c.app_version, device.c.locale, device.c.seen_at)
    .where(device.c.account_id == _account_id, device.c.visitor_id == _id)
    .order_by(device.c.seen_at, device.c.id)
)
OLD_UNBOUND_DEVICES = Statement(
    select(device.c.account_id, device.c.id)
    .where(device.c.visitor_id.is_(None), device.c.seen_at < _now)
    .order_by(device.c.seen_at)
    .limit(bindparam("limit", type_=BigInteger))
)
PUT_PROPERTY = Statement(
    (_property := insert(chat_property)).on_conflict_do_update(
        index_elements=[chat_property.c.account_id, chat_property.c.visitor_id, chat_property.c.name],
        set_={"value": _property.excluded.value, "set_at": _property.excluded.set_at},
    )
)
