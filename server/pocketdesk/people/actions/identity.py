"""What is done to prove who a visitor is: keys of customers' servers, tokens of ours, sessions that either opens."""

import secrets
from collections.abc import Callable, Mapping
from typing import TypeAlias

from pocketdesk.accounts.actions import new_secret, record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.sealing import NONCE_BYTES, seal
from pocketdesk.accounts.rules.words import clean_email, clean_name
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import rules, store, views
from pocketdesk.people.actions.contacts import contact_of_proof
from pocketdesk.people.actions.visitors import (
    SWEPT_AT_ONCE,
    add_visitor,
    begin_session,
    end_sessions,
    open_visitor_session,
    retire_visitor,
)
from pocketdesk.people.events import IdentityKeyRevoked
from pocketdesk.people.model import (
    Algorithm,
    Enforcement,
    Identity,
    IdentityKey,
    IssuedToken,
    NewIdentityKey,
    OpenedSession,
    Proof,
)
from pocketdesk.people.rules import proof as proofs
from pocketdesk.storage import UnitOfWork

SECRET_BYTES = 32
Join: TypeAlias = Callable[[UnitOfWork, AccountScope, int, int, int], None]
"""`(unit, scope, visitor_id, to_visitor_id, contact_id)`: what one visitor said becomes that of the identified one."""

# Sessions.


def open_proven_session(
    unit: UnitOfWork,
    scope: AccountScope,
    mobile_tag: str,
    properties: Mapping[str, str],
    proof: Proof,
    cookie: str | None,
    join: Join,
) -> OpenedSession:
    """Begins a page's session of the contact whom a proof speaks of; the same visitor on every device.

    Whom the cookie remembers has shown to be that contact too: their history is joined, and nobody is them any more.
    """
    contact = contact_of_proof(unit, scope, proof)
    identity_id, known = views.identity_of_email(unit, scope, proof.email) or (contact.id, None)
    visitor_id = known if known is not None else add_visitor(unit, scope, identity_id)
    unit.run(store.SEE_VISITOR, account_id=scope.account_id, id_=visitor_id, now=unit.now)
    anonymous = views.visitor_of_cookie(unit, scope, cookie)
    if anonymous is not None and anonymous != visitor_id:
        join(unit, scope, anonymous, visitor_id, contact.id)
        retire_visitor(unit, scope, anonymous)
    if proof.key_id is not None:
        unit.run(
            store.USE_IDENTITY_KEY,
            account_id=scope.account_id,
            id_=proof.key_id,
            before=unit.now - rules.SEEN_EVERY_MS,
            now=unit.now,
        )
    return begin_session(
        unit,
        scope,
        visitor_id,
        mobile_tag,
        properties,
        known=known is not None,
        identity=Identity.VERIFIED,
        key_id=proof.key_id,
    )


def open_refused_session(
    unit: UnitOfWork, scope: AccountScope, mobile_tag: str, properties: Mapping[str, str]
) -> OpenedSession:
    """Begins a session of somebody new, after a token that does not hold: no cookie is looked at, none will be set."""
    visitor_id = add_visitor(unit, scope)
    return begin_session(
        unit, scope, visitor_id, mobile_tag, properties, known=False, identity=Identity.REFUSED
    )


def open_claiming_session(
    unit: UnitOfWork,
    scope: AccountScope,
    mobile_tag: str,
    properties: Mapping[str, str],
    cookie: str | None,
    email: str,
    enforcement: Enforcement,
) -> OpenedSession:
    """Begins an anonymous session of a page that gives an address without proof.

    Unless the account enforces proof, the address counts as if the visitor had typed it.
    """
    opened = open_visitor_session(unit, scope, mobile_tag, properties, cookie)
    if rules.takes_claim(enforcement, opened.identity):
        try:
            claimed = clean_email(email)
        except Invalid:
            return opened
        unit.run(store.CLAIM_EMAIL, account_id=scope.account_id, id_=opened.visitor_id, email_=claimed)
    return opened


def count_identity(
    unit: UnitOfWork, scope: AccountScope, client: str, app_version: str, identity: Identity
) -> None:
    """Counts a page that named its visitor; `Identity.NONE`: it did so without proof."""
    key = {"day_": unit.now // DAY, "client_": client, "app_version_": app_version}
    if unit.one(store.DAY_IS_KNOWN, account_id=scope.account_id, **key) is None:
        rows = unit.one(store.ROWS_OF_DAY, account_id=scope.account_id, day_=key["day_"])
        if rows is not None and rows[0] >= rules.MOST_CLIENTS:
            client, app_version = rules.OTHERS
    unit.run(
        store.COUNT_IDENTITY,
        account_id=scope.account_id,
        day=unit.now // DAY,
        client=client,
        app_version=app_version,
        proven=int(identity is Identity.VERIFIED),
        unproven=int(identity is Identity.NONE),
        refused=int(identity is Identity.REFUSED),
    )


def sign_out_everywhere(unit: UnitOfWork, scope: AccountScope, actor: Actor, email: str) -> None:
    """Ends every session that was proven for an address, and every token of ours for it.

    Tokens that a customer's server signed hold until they expire, or their key is revoked.
    """
    email = clean_email(email)
    unit.run(store.DROP_IDENTITY_TOKENS, account_id=scope.account_id, email_=email)
    identity = views.identity_of_email(unit, scope, email)
    if identity is None:
        return
    contact_id, visitor_id = identity
    if visitor_id is not None:
        end_sessions(unit, scope, visitor_id)
    record_audit(unit, scope, actor.user_id, "signed_out", "contact", contact_id)


# Tokens of ours.


def issue_identity_token(
    unit: UnitOfWork,
    scope: AccountScope,
    email: str,
    first_name: str | None = None,
    last_name: str | None = None,
) -> IssuedToken:
    """A token that proves an address to the chat page for 12 hours, and is good for nothing else. `Invalid` at `email`.

    Each call gives another one, also for the same address.
    """
    email = clean_email(email)
    secret = new_secret(proofs.OUR_PREFIX)
    expires_at = unit.now + proofs.LONGEST_LIFE_MS
    unit.run(
        store.ADD_IDENTITY_TOKEN,
        account_id=scope.account_id,
        token_hash=secret.hash,
        email=email,
        name=proofs.full_name(first_name, last_name),
        created_at=unit.now,
        expires_at=expires_at,
    )
    return IssuedToken(secret.word, expires_at)


def sweep_tokens(unit: UnitOfWork) -> bool:
    """Removes some of our tokens that are too old; whether there may be more."""
    rows = unit.all(store.EXPIRED_IDENTITY_TOKENS, now=unit.now, limit=SWEPT_AT_ONCE)
    unit.run_many(
        store.DROP_IDENTITY_TOKEN,
        [{"account_id": account_id, "token_hash_": hash_} for account_id, hash_ in rows],
    )
    return len(rows) == SWEPT_AT_ONCE


def sweep_days(unit: UnitOfWork) -> bool:
    """Removes counts of days that nobody looks at any more; whether there may be more."""
    rows = unit.all(store.OLD_DAYS, day_=unit.now // DAY - rules.COUNTED_DAYS, limit=SWEPT_AT_ONCE)
    unit.run_many(store.DROP_DAY, [{"account_id": account_id, "day_": day} for account_id, day in rows])
    return len(rows) == SWEPT_AT_ONCE


# Keys of customers' servers, and what the account wants.


def add_public_key(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, name: str, public_key: str, kid: str | None = None
) -> NewIdentityKey:
    """Takes tokens that the private half of a key has signed. `Invalid`, `KidTaken`, `TooManyKeys`."""
    algorithm, jwk = proofs.parse_public_key(public_key)
    return _add_key(unit, scope, actor, name, kid, algorithm, public_key=jwk)


def add_secret_key(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, name: str, sealing_key: bytes, kid: str | None = None
) -> NewIdentityKey:
    """Makes a secret that a customer's server signs with; it is shown this once and sealed where it is stored."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return _add_key(unit, scope, actor, name, kid, Algorithm.HS256, secret=secret, sealing_key=sealing_key)


def _add_key(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    name: str,
    kid: str | None,
    algorithm: Algorithm,
    *,
    public_key: str | None = None,
    secret: str | None = None,
    sealing_key: bytes = b"",
) -> NewIdentityKey:
    name = clean_name(name)
    unit.lock("identity_keys", scope.account_id, 0)
    if len(unit.all(store.VERIFYING_KEYS, account_id=scope.account_id)) >= proofs.MOST_KEYS:
        raise proofs.TooManyKeys
    key_id = unit.new_id()
    kid = proofs.clean_kid(kid) if kid is not None else f"key-{key_id}"
    if unit.one(store.KID_IS_TAKEN, account_id=scope.account_id, kid_=kid) is not None:
        raise proofs.KidTaken(fields={"kid": "another key has, or had, this id"})
    sealed = None
    if secret is not None:
        plain = proofs.secret_jwk(secret.encode()).encode()
        sealed = seal(
            sealing_key, secrets.token_bytes(NONCE_BYTES), plain, rules.place_of_key(scope.account_id, key_id)
        )
    unit.run(
        store.ADD_IDENTITY_KEY,
        account_id=scope.account_id,
        id=key_id,
        kid=kid,
        name=name,
        algorithm=algorithm.value,
        public_key=public_key,
        sealed_secret=sealed,
        created_at=unit.now,
        created_by=actor.user_id,
        last_used_at=None,
        revoked_at=None,
    )
    record_audit(unit, scope, actor.user_id, "created", "identity_key", key_id)
    return NewIdentityKey(views.identity_key(unit, scope, key_id), secret)


def revoke_key(unit: UnitOfWork, scope: AccountScope, actor: Actor, key_id: int) -> IdentityKey:
    """Takes nothing that the key signs any more, and ends the sessions that it has proven. Again changes nothing."""
    if unit.one(store.REVOKE_IDENTITY_KEY, account_id=scope.account_id, id_=key_id, now=unit.now) is not None:
        unit.record(scope.account_id, IdentityKeyRevoked(key_id))
        record_audit(unit, scope, actor.user_id, "revoked", "identity_key", key_id)
    return views.identity_key(unit, scope, key_id)


def change_enforcement(unit: UnitOfWork, scope: AccountScope, actor: Actor, enforcement: Enforcement) -> None:
    """Says what becomes of addresses that come without proof."""
    if views.enforcement(unit, scope) is enforcement:
        return
    unit.run(store.PUT_ENFORCEMENT, account_id=scope.account_id, enforcement=enforcement.value)
    facts = {"enforcement": enforcement.value}
    record_audit(unit, scope, actor.user_id, "changed", "identity_settings", scope.account_id, facts)
