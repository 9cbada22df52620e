"""What is done to visitors and their sessions."""

from collections.abc import Mapping
from zlib import crc32

from pocketdesk.accounts.actions import new_secret
from pocketdesk.accounts.rules.tokens import token_hash
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import rules, store, views
from pocketdesk.people.events import VisitorSessionEnded
from pocketdesk.people.model import Identity, OpenedSession, VisitorSession
from pocketdesk.storage import UnitOfWork

SWEPT_AT_ONCE = 100


def open_visitor_session(
    unit: UnitOfWork, scope: AccountScope, mobile_tag: str, properties: Mapping[str, str], cookie: str | None
) -> OpenedSession:
    """Begins an anonymous page's session: of the visitor whom the cookie remembers, or else of a new one."""
    known = views.visitor_of_cookie(unit, scope, cookie)
    if known is None:
        visitor_id = add_visitor(unit, scope)
    else:
        visitor_id = known
        unit.run(store.SEE_VISITOR, account_id=scope.account_id, id_=visitor_id, now=unit.now)
    return begin_session(unit, scope, visitor_id, mobile_tag, properties, known=known is not None)


def outside_visitor(unit: UnitOfWork, scope: AccountScope, key: str, name: str | None = None) -> int:
    """The visitor whom a program knows by this key, or a new one. Nobody can open a session as that visitor.

    `name`: what the program calls the person; None leaves the one that was told before.
    """
    unit.lock("outside_visitor", scope.account_id, crc32(key.encode()))
    row = unit.one(store.FIND_OUTSIDE, account_id=scope.account_id, outside_key_=key)
    if row is None:
        return add_visitor(unit, scope, outside_key=key, outside_name=name)
    unit.run(store.SEE_VISITOR, account_id=scope.account_id, id_=row[0], now=unit.now)
    if name is not None and name != row[1]:
        unit.run(store.NAME_OUTSIDE, account_id=scope.account_id, id_=row[0], outside_name_=name)
    return row[0]


def add_visitor(
    unit: UnitOfWork,
    scope: AccountScope,
    contact_id: int | None = None,
    claimed_email: str | None = None,
    outside_key: str | None = None,
    outside_name: str | None = None,
) -> int:
    """A new visitor's id. `contact_id`: as whom the visitor acts, by proof; `claimed_email`: an address without."""
    visitor_id = unit.new_id()
    unit.run(
        store.ADD_VISITOR,
        account_id=scope.account_id,
        id=visitor_id,
        created_at=unit.now,
        last_seen_at=unit.now,
        kept_at=None if contact_id is None else unit.now,
        retired_at=None,
        contact_id=contact_id,
        claimed_email=claimed_email,
        outside_key=outside_key,
        outside_name=outside_name,
    )
    return visitor_id


def begin_session(
    unit: UnitOfWork,
    scope: AccountScope,
    visitor_id: int,
    mobile_tag: str,
    properties: Mapping[str, str],
    *,
    known: bool,
    identity: Identity = Identity.NONE,
    key_id: int | None = None,
) -> OpenedSession:
    """A visitor's session. What the device tells replaces what it told before; telling nothing replaces nothing."""
    mobile_tag = rules.clean_tag(mobile_tag)
    properties = rules.clean_properties(properties)
    secret = new_secret()
    expires_at = rules.session_expires(identity, unit.now, unit.now)
    opened = OpenedSession(scope, unit.new_id(), visitor_id, secret.word, expires_at, known, identity)
    unit.run(
        store.ADD_SESSION,
        account_id=scope.account_id,
        id=opened.id,
        token_hash=secret.hash,
        visitor_id=visitor_id,
        created_at=unit.now,
        last_seen_at=unit.now,
        expires_at=opened.expires_at,
        mobile_tag=mobile_tag,
        identity=identity.value,
        key_id=key_id,
    )
    if properties:
        if known:
            unit.run(store.CLEAR_PROPERTIES, account_id=scope.account_id, id_=visitor_id)
        unit.run_many(
            store.ADD_PROPERTY,
            [
                {
                    "account_id": scope.account_id,
                    "visitor_id": visitor_id,
                    "name": name,
                    "value": value,
                    "set_at": unit.now,
                }
                for name, value in properties.items()
            ],
        )
    return opened


def see_visitor(unit: UnitOfWork, scope: AccountScope, session: VisitorSession) -> None:
    """Notes that a chat page is in use, which prolongs its session."""
    unit.run(
        store.SEE_SESSION,
        account_id=scope.account_id,
        id_=session.id,
        now=unit.now,
        expires=rules.session_expires(session.identity, session.created_at, unit.now),
    )
    unit.run(store.SEE_VISITOR, account_id=scope.account_id, id_=session.visitor_id, now=unit.now)


def keep_visitor(unit: UnitOfWork, scope: AccountScope, visitor_id: int) -> None:
    """Keeps a visitor from being swept: call it when one begins to write. `NotFound` if there is none such."""
    row = unit.one(store.KEEP_VISITOR, account_id=scope.account_id, id_=visitor_id, now=unit.now)
    if row is None:
        raise NotFound


def remember_visitor(unit: UnitOfWork, scope: AccountScope, visitor_id: int, cookie: str | None) -> str:
    """The value of the cookie that brings this visitor back; the one that is there already, if it does."""
    keep_visitor(unit, scope, visitor_id)
    if cookie and views.visitor_of_cookie(unit, scope, cookie) == visitor_id:
        return cookie
    secret = new_secret()
    unit.run(
        store.ADD_COOKIE,
        account_id=scope.account_id,
        token_hash=secret.hash,
        visitor_id=visitor_id,
        created_at=unit.now,
    )
    return secret.word


def forget_visitor(
    unit: UnitOfWork, scope: AccountScope, visitor_id: int, session_id: int, cookie: str | None
) -> None:
    """Ends a chat page's session, what its cookie could bring back, and what an app around it keeps."""
    unit.run(store.END_SESSION, account_id=scope.account_id, id_=session_id)
    place = {"account_id": scope.account_id, "id_": visitor_id}
    for (credential_id,) in unit.all(store.CREDENTIALS_OF_SESSION, **place, session_id_=session_id):
        drop_credential(unit, scope, credential_id)
    if cookie:
        unit.run(
            store.DROP_COOKIE,
            account_id=scope.account_id,
            token_hash_=token_hash(cookie),
            id_=visitor_id,
        )
    unit.record(scope.account_id, VisitorSessionEnded(visitor_id, session_id))


def forget_cookies(unit: UnitOfWork, scope: AccountScope, visitor_id: int) -> None:
    """No cookie brings the visitor back any more; open pages go on."""
    unit.run(store.DROP_COOKIES, account_id=scope.account_id, id_=visitor_id)


def end_sessions(unit: UnitOfWork, scope: AccountScope, visitor_id: int) -> None:
    """Ends all sessions of a visitor: open pages lose their line at once, apps forget whose they were."""
    unit.run(store.DROP_SESSIONS, account_id=scope.account_id, id_=visitor_id)
    _drop_devices(unit, scope, visitor_id)
    unit.record(scope.account_id, VisitorSessionEnded(visitor_id, 0))


def retire_visitor(unit: UnitOfWork, scope: AccountScope, visitor_id: int) -> dict[str, int]:
    """Lets nobody be this visitor any more, and forgets devices and pages; how many rows went, by table.

    What the visitor said stays where it is: it belongs to others.
    """
    place = {"account_id": scope.account_id, "id_": visitor_id}
    unit.run(store.RETIRE_VISITOR, **place, now=unit.now)
    devices, credentials = _drop_devices(unit, scope, visitor_id)
    counts = {
        "device": devices,
        "app_credential": credentials,
        "visitor_session": len(unit.all(store.DROP_SESSIONS, **place)),
        "visitor_cookie": len(unit.all(store.DROP_COOKIES, **place)),
        "chat_property": len(unit.all(store.CLEAR_PROPERTIES, **place)),
        "visitor": 1,
    }
    unit.record(scope.account_id, VisitorSessionEnded(visitor_id, 0))
    return counts


def drop_credential(unit: UnitOfWork, scope: AccountScope, credential_id: int) -> None:
    """Ends what an app keeps of a session, and pushes to its device."""
    place = {"account_id": scope.account_id, "id_": credential_id}
    unit.run(store.DROP_DEVICES_OF_CREDENTIAL, **place)
    unit.run(store.DROP_CREDENTIAL, **place)


def _drop_devices(unit: UnitOfWork, scope: AccountScope, visitor_id: int) -> tuple[int, int]:
    place = {"account_id": scope.account_id, "id_": visitor_id}
    devices = len(unit.all(store.DROP_DEVICES_OF_VISITOR, **place))
    credentials = unit.all(store.CREDENTIALS_OF_VISITOR, **place)
    for (credential_id,) in credentials:
        drop_credential(unit, scope, credential_id)
    return devices, len(credentials)


def sweep_sessions(unit: UnitOfWork) -> bool:
    """Removes some of the sessions that are too old to be used; whether there may be more."""
    rows = unit.all(store.EXPIRED_SESSIONS, now=unit.now, limit=SWEPT_AT_ONCE)
    unit.run_many(store.END_SESSION, [{"account_id": account_id, "id_": id_} for account_id, id_ in rows])
    return len(rows) == SWEPT_AT_ONCE


def sweep_visitors(unit: UnitOfWork) -> bool:
    """Forgets some of the visitors who never wrote and have long been gone; whether there may be more."""
    rows = unit.all(store.UNUSED_VISITORS, now=unit.now - rules.UNUSED_MS, limit=SWEPT_AT_ONCE)
    keys = [{"account_id": account_id, "id_": visitor_id} for account_id, visitor_id in rows]
    for statement in (
        store.CLEAR_PROPERTIES,
        store.DROP_COOKIES,
        store.DROP_SESSIONS,
        store.DROP_VISITOR,
    ):
        unit.run_many(statement, keys)
    return len(rows) == SWEPT_AT_ONCE
