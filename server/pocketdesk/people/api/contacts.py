"""Routes of contacts, for agents."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    AgentCaller,
    Caller,
    PageAfter,
    PageLimit,
    PathId,
    Storage,
    require,
)
from pocketdesk.people import actions, rules, views
from pocketdesk.people.model import ContactCard, FurtherAddress
from pocketdesk.people.wire import (
    ContactDetailsOut,
    ContactMerge,
    ContactOut,
    ContactPatch,
    ContactsOut,
    NewContact,
    to_contact,
    to_contact_details,
    to_contacts,
)
from pocketdesk.storage import Reader, UnitOfWork

Keeper = Annotated[AgentCaller, Depends(require("people"))]

contacts = APIRouter(prefix="/accounts/{account_id}/contacts", tags=["contacts"])


@contacts.get("")
async def get_contacts(
    caller: Caller,
    engine: Storage,
    search: Annotated[str, Query(max_length=rules.LONGEST_SEARCH)] = "",
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
    *,
    archived: bool = False,
) -> ContactsOut:
    """Contacts, newest first; with `search` those whose name or address contains the words; or the archived ones."""
    return to_contacts(
        await engine.read(
            lambda reader: views.contacts(reader, caller.scope, limit, after, search, archived=archived)
        )
    )


@contacts.post("", status_code=201)
async def post_contact(body: NewContact, caller: Caller, engine: Storage) -> ContactOut:
    """Adds a contact. 409 `address_taken` if another has the address."""
    return to_contact(
        await engine.write(
            lambda unit: actions.create_contact(unit, caller.scope, caller.actor, body.email, body.name)
        )
    )


@contacts.get("/{contact_id}")
async def get_contact(contact_id: PathId, caller: Caller, engine: Storage) -> ContactDetailsOut:
    """One contact. The id of a merged one leads to the contact that is left, which has another id."""

    def read(reader: Reader) -> tuple[ContactCard, tuple[FurtherAddress, ...]]:
        card = views.contact_card(reader, caller.scope, contact_id)
        return card, views.further(reader, caller.scope, [card.id]).get(card.id, ())

    return to_contact_details(*await engine.read(read))


@contacts.post("/{contact_id}/merge")
async def post_contact_merge(
    contact_id: PathId, body: ContactMerge, request: Request, caller: Keeper, engine: Storage
) -> ContactOut:
    """Makes this contact and another one: this one stays, and the other's id leads to it. Nothing undoes it.

    What is not known of this one (name, owner, properties) comes from the other, with its conversations, tickets,
    consents and answers; a subscription that either has ended stays ended. The other's address becomes a further one.
    Whoever has proven either address reads no more than before. 409 `being_erased`.
    """
    return to_contact(
        await engine.write(
            lambda unit: actions.merge_contacts(
                unit, caller.scope, caller.actor, contact_id, body.contact_id, request.app.state.hand_over
            )
        )
    )


@contacts.patch("/{contact_id}")
async def patch_contact(
    contact_id: PathId, body: ContactPatch, caller: Caller, engine: Storage
) -> ContactOut:
    """Changes a contact's name, address or owner, or whether it is a marketing contact; archives or restores it."""

    def change(unit: UnitOfWork) -> ContactCard:
        card = actions.change_contact(
            unit, caller.scope, caller.actor, contact_id, body.name, body.email, body.marketing
        )
        if body.archived is not None:
            put = actions.archive_contact if body.archived else actions.restore_contact
            card = put(unit, caller.scope, caller.actor, contact_id)
        if "owner_user_id" not in body.model_fields_set:
            return card
        return actions.give_to_owner(unit, caller.scope, caller.actor, contact_id, body.owner_user_id)

    return to_contact(await engine.write(change))
