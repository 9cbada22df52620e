"""What is done to visitors and contacts."""

from collections.abc import Mapping

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.actions import new_secret, record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.tokens import token_hash
from pocketdesk.accounts.rules.words import clean_email
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import rules, store, views
from pocketdesk.people.events import VisitorSessionEnded
from pocketdesk.people.model import ContactCard, OpenedSession, VisitorSession
from pocketdesk.storage import UnitOfWork

SWEPT_AT_ONCE = 100

# Visitors and their sessions.


def open_visitor_session(
    unit: UnitOfWork, scope: AccountScope, mobile_tag: str, properties: Mapping[str, str], cookie: str | None
) -> OpenedSession:
    """Begins a chat page's session: of the visitor whom the cookie remembers, or else of a new one.

    What the device tells replaces what it told before; telling nothing replaces nothing.
    """
    mobile_tag = rules.clean_tag(mobile_tag)
    properties = rules.clean_properties(properties)
    known = views.visitor_of_cookie(unit, scope, cookie)
    if known is None:
        visitor_id = unit.new_id()
        unit.run(
            store.ADD_VISITOR,
            account_id=scope.account_id,
            id=visitor_id,
            created_at=unit.now,
            last_seen_at=unit.now,
            kept_at=None,
            retired_at=None,
        )
    else:
        visitor_id = known
        unit.run(store.SEE_VISITOR, account_id=scope.account_id, id_=visitor_id, now=unit.now)
    secret = new_secret()
    opened = OpenedSession(
        scope, unit.new_id(), visitor_id, secret.word, unit.now + rules.SESSION_MS, known is not None
    )
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
    )
    if properties:
        if known is not None:
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
        expires=unit.now + rules.SESSION_MS,
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
    """Ends a chat page's session, and what its cookie could bring back."""
    unit.run(store.END_SESSION, account_id=scope.account_id, id_=session_id)
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


def retire_visitor(unit: UnitOfWork, scope: AccountScope, visitor_id: int) -> dict[str, int]:
    """Lets nobody be this visitor any more, and forgets devices and pages; how many rows went, by table.

    What the visitor said stays where it is: it belongs to others.
    """
    place = {"account_id": scope.account_id, "id_": visitor_id}
    unit.run(store.RETIRE_VISITOR, **place, now=unit.now)
    counts = {
        "visitor_session": len(unit.all(store.DROP_SESSIONS, **place)),
        "visitor_cookie": len(unit.all(store.DROP_COOKIES, **place)),
        "chat_property": len(unit.all(store.CLEAR_PROPERTIES, **place)),
        "visitor": 1,
    }
    unit.record(scope.account_id, VisitorSessionEnded(visitor_id, 0))
    return counts


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


# Contacts.


def create_contact(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, email: str, name: str | None = None
) -> ContactCard:
    """Adds a contact with an unverified address. `AddressTaken` if another has it."""
    email = clean_email(email)
    name = rules.clean_contact_name(name)
    unit.lock("contacts", scope.account_id, 0)
    if views.contact_of_email(unit, scope, email) is not None:
        raise rules.AddressTaken(fields={"email": "another contact has this address"})
    card = _add_contact(unit, scope, email, name)
    record_audit(unit, scope, actor.user_id, "created", "contact", card.id)
    return card


def change_contact(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    contact_id: int,
    name: str | None = None,
    email: str | None = None,
    marketing: bool | None = None,
) -> ContactCard:
    """Gives a contact another name (blank: none) or address, which is unverified then, or makes it a marketing contact.

    None leaves it as it is.
    """
    cleaned = None if email is None else clean_email(email)
    new_name = rules.clean_contact_name(name)
    unit.lock("contacts", scope.account_id, 0)
    before = views.contact_card(unit, scope, contact_id)
    if cleaned is not None and cleaned != before.email:
        if views.contact_of_email(unit, scope, cleaned) is not None:
            raise rules.AddressTaken(fields={"email": "another contact has this address"})
        unit.run(store.DROP_EMAIL, account_id=scope.account_id, id_=contact_id)
        _add_email(unit, scope, contact_id, cleaned)
    if name is not None and new_name != before.name:
        _name(unit, scope, contact_id, new_name)
    if marketing is not None and marketing != before.marketing:
        unit.run(store.MARK_MARKETING, account_id=scope.account_id, id_=contact_id, marketing_=marketing)
    after = views.contact_card(unit, scope, contact_id)
    if after != before:
        record_audit(unit, scope, actor.user_id, "changed", "contact", contact_id)
    return after


def give_to_owner(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, contact_id: int, owner_user_id: int | None
) -> ContactCard:
    """Says which active user looks after a contact; None: nobody. `Invalid` at `owner_user_id`."""
    before = views.contact_card(unit, scope, contact_id)
    if owner_user_id is not None and owner_user_id != before.owner_user_id:
        card = accounts.user_cards(unit, scope, [owner_user_id]).get(owner_user_id)
        if card is None or not card.is_active:
            raise Invalid({"owner_user_id": "no such user"})
    if owner_user_id != before.owner_user_id:
        unit.run(store.SET_OWNER, account_id=scope.account_id, id_=contact_id, owner=owner_user_id)
        record_audit(unit, scope, actor.user_id, "changed", "contact", contact_id)
    return views.contact_card(unit, scope, contact_id)


def associate(
    unit: UnitOfWork,
    scope: AccountScope,
    visitor_id: int,
    email: str,
    name: str | None = None,
    *,
    marketing: bool = False,
) -> ContactCard:
    """The contact with this address, added unverified if there is none; a name fills in where there is none.

    Whoever typed the address has proven nothing: it opens no earlier history. The visitor is kept. `marketing`: whether
    a contact that is added is a marketing contact; one that exists stays what it is.
    """
    email = clean_email(email)
    name = rules.clean_contact_name(name)
    keep_visitor(unit, scope, visitor_id)
    unit.lock("contacts", scope.account_id, 0)
    found = views.contact_of_email(unit, scope, email)
    if found is None:
        return _add_contact(unit, scope, email, name, marketing=marketing)
    if name is not None and found.name is None:
        _name(unit, scope, found.id, name)
        return views.contact_card(unit, scope, found.id)
    return found


def set_contact_property(
    unit: UnitOfWork, scope: AccountScope, contact_id: int, name: str, text: str, source: str
) -> None:
    """What is known of a contact, from now on; what was known before stays, superseded. `source`: who says so."""
    before = unit.one(store.CONTACT_PROPERTY, account_id=scope.account_id, id_=contact_id, name_=name)
    if before is not None and before[0] == text:
        return
    unit.run(store.SUPERSEDE_PROPERTY, account_id=scope.account_id, id_=contact_id, name_=name, now=unit.now)
    unit.run(
        store.ADD_CONTACT_PROPERTY,
        account_id=scope.account_id,
        id=unit.new_id(),
        contact_id=contact_id,
        name=name,
        text=text,
        number=None,
        source=source,
        set_at=unit.now,
        superseded_at=None,
    )


def erase_contact(unit: UnitOfWork, scope: AccountScope, contact_id: int) -> dict[str, int]:
    """Blanks a contact's name, address and properties, which then do not exist; how many rows, by table."""
    place = {"account_id": scope.account_id, "id_": contact_id}
    return {
        "contact_email": len(unit.all(store.DROP_EMAIL, **place)),
        "contact_property": len(unit.all(store.DROP_CONTACT_PROPERTIES, **place)),
        "contact": len(unit.all(store.ERASE_CONTACT, **place, now=unit.now)),
    }


def _add_contact(
    unit: UnitOfWork, scope: AccountScope, email: str, name: str | None, *, marketing: bool = False
) -> ContactCard:
    contact_id = unit.new_id()
    unit.run(
        store.ADD_CONTACT,
        account_id=scope.account_id,
        id=contact_id,
        name=name,
        name_key=rules.name_key(name),
        owner_user_id=None,
        created_at=unit.now,
        erased_at=None,
        marketing=marketing,
    )
    _add_email(unit, scope, contact_id, email)
    return views.contact_card(unit, scope, contact_id)


def _add_email(unit: UnitOfWork, scope: AccountScope, contact_id: int, email: str) -> None:
    unit.run(
        store.ADD_EMAIL, account_id=scope.account_id, email=email, contact_id=contact_id, verified_at=None
    )


def _name(unit: UnitOfWork, scope: AccountScope, contact_id: int, name: str | None) -> None:
    unit.run(
        store.NAME_CONTACT,
        account_id=scope.account_id,
        id_=contact_id,
        name_=name,
        key=rules.name_key(name),
    )
