"""What programs do to contacts, in HubSpot's words."""

from collections.abc import Mapping

from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.words import clean_email
from pocketdesk.hubspot import rules, views
from pocketdesk.hubspot.model import CrmObject, ObjectKind
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.people import views as contacts
from pocketdesk.privacy import actions as privacy
from pocketdesk.storage import UnitOfWork

SOURCE = "api"


def create_contact(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    properties: Mapping[str, str | None],
    field: str = "properties",
) -> CrmObject:
    """Adds a contact, who needs an address. `ContactExists`, `Invalid` at a property below `field`."""
    said = rules.check_properties(properties, field)
    email = said.pop("email", "")
    if not email:
        raise Invalid({f"{field}.email": "a contact needs one"})
    address = _clean(email, field)
    taken = contacts.contact_of_email(unit, scope, address)
    if taken is not None:
        raise rules.ContactExists(f"Contact already exists. Existing ID: {taken.id}")
    card = people.create_contact(unit, scope, actor, address)
    return _tell(unit, scope, actor, card.id, said, field)


def change_contact(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    contact_id: int,
    properties: Mapping[str, str | None],
    field: str = "properties",
) -> CrmObject:
    """Changes what is given of a contact. `NotFound`, `ContactExists`, `Invalid` at a property below `field`."""
    said = rules.check_properties(properties, field)
    contacts.contact_card(unit, scope, contact_id)
    email = said.pop("email", None)
    if email is not None:
        address = _clean(email, field)
        taken = contacts.contact_of_email(unit, scope, address)
        if taken is not None and taken.id != contact_id:
            raise rules.ContactExists(f"Contact already exists. Existing ID: {taken.id}")
        people.change_contact(unit, scope, actor, contact_id, email=address)
    return _tell(unit, scope, actor, contact_id, said, field)


def put_contact(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    word: str,
    id_property: str | None,
    properties: Mapping[str, str | None],
    field: str,
) -> tuple[CrmObject, bool]:
    """Changes the contact whom a word names, or adds one with that address; whether it is new."""
    found = views.objects_by_ids(unit, scope, ObjectKind.CONTACTS, [word], id_property).get(word)
    if found is not None:
        return change_contact(unit, scope, actor, found.id, properties, field), False
    if id_property != "email":
        raise Invalid({f"{field.rpartition('.')[0]}.id": "no such contact"})
    return create_contact(unit, scope, actor, {"email": word, **properties}, field), True


def merge_contacts(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, kept_id: int, other_id: int, field: str
) -> None:
    """Makes one contact of two, with all that is kept of them. `NotFound`, `BeingErased`, `Invalid` at `field`."""
    people.merge_contacts(unit, scope, actor, kept_id, other_id, privacy.hand_over, field)


def _tell(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    contact_id: int,
    said: Mapping[str, str],
    field: str,
) -> CrmObject:
    before = views.object_of(unit, scope, ObjectKind.CONTACTS, str(contact_id))
    if "firstname" in said or "lastname" in said:
        first = said.get("firstname", before.properties.get("firstname") or "")
        last = said.get("lastname", before.properties.get("lastname") or "")
        name = rules.full_name(first, last)
        try:
            people.change_contact(unit, scope, actor, contact_id, name=name)
        except Invalid as wrong:
            raise Invalid({f"{field}.firstname": "; ".join(wrong.fields.values())}) from None
        said = {**said, "firstname": first, "lastname": last}
    if "hubspot_owner_id" in said:
        owner = said["hubspot_owner_id"]
        if owner and not (owner.isascii() and owner.isdigit() and len(owner) <= 15):
            raise Invalid({f"{field}.hubspot_owner_id": "must be the id of a user"})
        try:
            people.give_to_owner(unit, scope, actor, contact_id, int(owner) if owner else None)
        except Invalid:
            raise Invalid({f"{field}.hubspot_owner_id": "no such user"}) from None
    for name in sorted(said.keys() - {"hubspot_owner_id"}):
        if said[name] or before.properties.get(name):
            people.set_contact_property(unit, scope, contact_id, name, said[name], SOURCE)
    return views.object_of(unit, scope, ObjectKind.CONTACTS, str(contact_id))


def _clean(email: str, field: str) -> str:
    try:
        return clean_email(email)
    except Invalid as wrong:
        raise Invalid({f"{field}.email": "; ".join(wrong.fields.values())}) from None
