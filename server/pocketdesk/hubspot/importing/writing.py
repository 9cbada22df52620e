"""What is written of a contact that comes, through the same doors as everybody's."""

from collections.abc import Mapping

from pocketdesk.accounts.model import Actor
from pocketdesk.consent import actions as consent
from pocketdesk.consent.model import SubscriptionStatus
from pocketdesk.hubspot import actions, views
from pocketdesk.hubspot.importing.mapping import missing_of
from pocketdesk.hubspot.importing.model import Outcome, Wanted
from pocketdesk.hubspot.model import ObjectKind
from pocketdesk.kernel.refusal import Refusal
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import Reader, UnitOfWork

ARCHIVED = "it is archived here"
NO_CONTACT = "the contact did not come"
SAID_OTHERWISE = "the contact has said otherwise here"


def put_contact(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    wanted: Wanted,
    owner_id: int | None,
    *,
    dry_run: bool,
) -> tuple[Outcome | str, tuple[str, ...]]:
    """Adds a contact, or what is missing of it; why it does not come, if so; and which values stay as they are here.

    A dry run only finds out.
    """
    owner = {} if owner_id is None else {"hubspot_owner_id": str(owner_id)}
    held = held_of(unit, scope, [wanted.email]).get(wanted.email)
    if held is None:
        if people.contact_of_email(unit, scope, wanted.email) is not None:
            return ARCHIVED, ()
        if not dry_run:
            said = {"email": wanted.email, **wanted.properties, **owner}
            actions.create_contact(unit, scope, actor, said)
        return Outcome.BROUGHT, ()
    lacks, stays = missing_of(wanted, held)
    if owner and not held.get("hubspot_owner_id"):
        lacks |= owner
    elif owner and held["hubspot_owner_id"] != str(owner_id):
        stays.append("hubspot_owner_id")
    if lacks and not dry_run:
        actions.change_contact(unit, scope, actor, int(held["hs_object_id"] or 0), lacks)
    return (Outcome.COMPLETED if lacks else Outcome.ALREADY_THERE), tuple(stays)


def put_subscription(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    address: str,
    type_id: int,
    status: SubscriptionStatus,
    *,
    dry_run: bool,
) -> Outcome | str:
    """Notes how an address stands to a subscription type; why not, if so. What the contact has said here stands."""
    card = people.contact_of_email(unit, scope, address)
    if card is None:
        return Outcome.BROUGHT if dry_run else NO_CONTACT
    held = subscriptions_of(unit, scope, address).get(type_id)
    if held is not None:
        return Outcome.ALREADY_THERE if held is status else SAID_OTHERWISE
    if not dry_run:
        subscribed = status is SubscriptionStatus.SUBSCRIBED
        try:
            consent.set_subscription(unit, scope, actor, card, type_id, subscribed=subscribed)
        except Refusal as wrong:
            return wrong.message
    return Outcome.BROUGHT


def held_of(reader: Reader, scope: AccountScope, addresses: list[str]) -> dict[str, Mapping[str, str | None]]:
    """What is kept of the contacts with these addresses."""
    found = views.objects_by_ids(reader, scope, ObjectKind.CONTACTS, addresses, "email")
    return {address: each.properties for address, each in found.items()}


def subscriptions_of(reader: Reader, scope: AccountScope, address: str) -> dict[int, SubscriptionStatus]:
    """How an address stands to subscription types, as far as anybody has said."""
    return {
        each.type.id: each.subscription.status
        for each in views.preferences(reader, scope, address)
        if each.subscription is not None
    }
