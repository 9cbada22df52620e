"""What is done to contacts."""

from collections.abc import Callable
from typing import TypeAlias

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.words import clean_email
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import rules, store, views
from pocketdesk.people.actions.visitors import end_sessions, keep_visitor
from pocketdesk.people.model import ContactCard, Proof
from pocketdesk.storage import UnitOfWork

HandOver: TypeAlias = Callable[[UnitOfWork, AccountScope, int, int], None]
"""`(unit, scope, contact_id, to_contact_id)`: what other features keep of one contact becomes that of the other."""


def create_contact(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, email: str, name: str | None = None
) -> ContactCard:
    """Adds a contact with an unverified address. `AddressTaken` if another has it."""
    email = clean_email(email)
    name = rules.clean_contact_name(name)
    unit.lock("contacts", scope.account_id, 0)
    _check_free(unit, scope, email)
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
    contact_id = before.id
    if cleaned is not None and cleaned != before.email:
        _check_free(unit, scope, cleaned)
        unit.run(store.DROP_EMAIL, account_id=scope.account_id, id_=contact_id)
        _add_email(unit, scope, contact_id, cleaned)
        # Who has proven the address before has not proven this one.
        if (visitor_id := before.visitor_id) is not None:
            end_sessions(unit, scope, visitor_id)
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
    contact_id = before.id
    if owner_user_id is not None and owner_user_id != before.owner_user_id:
        card = accounts.user_cards(unit, scope, [owner_user_id]).get(owner_user_id)
        if card is None or not card.is_active:
            raise Invalid({"owner_user_id": "no such user"})
    if owner_user_id != before.owner_user_id:
        unit.run(store.SET_OWNER, account_id=scope.account_id, id_=contact_id, owner=owner_user_id)
        record_audit(unit, scope, actor.user_id, "changed", "contact", contact_id)
    return views.contact_card(unit, scope, contact_id)


def archive_contact(unit: UnitOfWork, scope: AccountScope, actor: Actor, contact_id: int) -> ContactCard:
    """Takes a contact out of all lists; nothing of it is lost."""
    return _archive(unit, scope, actor, contact_id, unit.now)


def restore_contact(unit: UnitOfWork, scope: AccountScope, actor: Actor, contact_id: int) -> ContactCard:
    """Brings an archived contact back."""
    return _archive(unit, scope, actor, contact_id, None)


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

    An archived one is back: the person is here. Whoever typed the address has proven nothing: it opens no earlier
    history. The visitor is kept. `marketing`: whether a contact that is added is a marketing contact; one that exists
    stays what it is.
    """
    email = clean_email(email)
    name = rules.clean_contact_name(name)
    keep_visitor(unit, scope, visitor_id)
    unit.lock("contacts", scope.account_id, 0)
    found = views.contact_of_email(unit, scope, email)
    if found is None:
        return _add_contact(unit, scope, email, name, marketing=marketing)
    found = _back(unit, scope, found)
    if name is not None and found.name is None:
        _name(unit, scope, found.id, name)
        return views.contact_card(unit, scope, found.id)
    return found


def merge_contacts(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    kept_id: int,
    other_id: int,
    hand_over: HandOver,
    field: str = "contact_id",
) -> ContactCard:
    """Makes one contact of two. `kept_id` stays, takes over what is not known of it, and gets what the other one has.

    The other leads to it from now on, and leaves its address as a further one. Whoever has proven either address has
    proven that one only, and reads nothing more than before. `NotFound`; `Invalid` at `field`, which names the other.
    Nothing brings them apart again.
    """
    unit.lock("contacts", scope.account_id, 0)
    kept, other = (views.contact_card(unit, scope, each) for each in (kept_id, other_id))
    rules.check_merge(kept, other, field)
    known = views.current_properties(unit, scope, {kept.id, other.id})
    hand_over(unit, scope, other.id, kept.id)
    place = {"account_id": scope.account_id, "id_": other.id, "to": kept.id}
    unit.run(store.GIVE_CONTACT_PROPERTIES, **place, now=unit.now)
    for each in rules.properties_taken_over(known.get(kept.id, ()), known.get(other.id, ())):
        set_contact_property(unit, scope, kept.id, each.name, str(each.value), each.source)
    unit.run(store.LEAD_ON, **place)
    if kept.name is None and other.name is not None:
        _name(unit, scope, kept.id, other.name)
    if kept.owner_user_id is None and other.owner_user_id is not None:
        unit.run(store.SET_OWNER, account_id=scope.account_id, id_=kept.id, owner=other.owner_user_id)
    record_audit(unit, scope, actor.user_id, "merged", "contact", kept.id, {"contact_id": other.id})
    return views.contact_card(unit, scope, kept.id)


def contact_of_proof(unit: UnitOfWork, scope: AccountScope, proof: Proof) -> ContactCard:
    """The contact whom a proof speaks of, added if there is none; the address is verified from now on.

    A name is taken over only where none is known. As whom the visitor acts says `identity_of_email`.
    """
    unit.lock("contacts", scope.account_id, 0)
    found = views.contact_of_email(unit, scope, proof.email)
    if found is None:
        found = _add_contact(unit, scope, proof.email, proof.name)
    else:
        found = _back(unit, scope, found)
        if found.name is None and proof.name is not None:
            _name(unit, scope, found.id, proof.name)
    unit.run(store.VERIFY_EMAIL, account_id=scope.account_id, email_=proof.email, now=unit.now)
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
    unit.run(store.DROP_TOKENS_OF_CONTACT, **place)
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
        archived_at=None,
        merged_into_id=None,
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


def _check_free(unit: UnitOfWork, scope: AccountScope, email: str) -> None:
    other = views.contact_of_email(unit, scope, email)
    if other is not None:
        which = "another" if other.archived_at is None else "an archived"
        if other.email != email:
            which = "a merged"
        raise rules.AddressTaken(fields={"email": f"{which} contact has this address"})


def _archive(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, contact_id: int, archived_at: int | None
) -> ContactCard:
    before = views.contact_card(unit, scope, contact_id)
    contact_id = before.id
    if (before.archived_at is None) == (archived_at is None):
        return before
    unit.run(store.ARCHIVE_CONTACT, account_id=scope.account_id, id_=contact_id, archived_at_=archived_at)
    done = "restored" if archived_at is None else "archived"
    record_audit(unit, scope, actor.user_id, done, "contact", contact_id)
    return views.contact_card(unit, scope, contact_id)


def _back(unit: UnitOfWork, scope: AccountScope, found: ContactCard) -> ContactCard:
    if found.archived_at is None:
        return found
    unit.run(store.ARCHIVE_CONTACT, account_id=scope.account_id, id_=found.id, archived_at_=None)
    return views.contact_card(unit, scope, found.id)
