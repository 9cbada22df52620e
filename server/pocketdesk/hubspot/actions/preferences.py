"""What programs say of subscriptions."""

from collections.abc import Collection

from pocketdesk.accounts.model import Actor
from pocketdesk.consent import actions as consent
from pocketdesk.hubspot import views
from pocketdesk.hubspot.model import Preference
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import UnitOfWork


def subscribe(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    email: str,
    type_ids: Collection[int] | None,
    *,
    subscribed: bool,
) -> list[Preference]:
    """Subscribes a contact's (clean) address to some types, or all (None), or ends that; how it stands then.

    `NotFound` if no contact has the address, `Invalid` at `subscriptionId`, `HasUnsubscribed`.
    """
    card = people.contact_of_email(unit, scope, email)
    if card is None:
        raise NotFound("no contact has this address")
    wanted = (
        [each.type.id for each in views.preferences(unit, scope, email)] if type_ids is None else type_ids
    )
    for type_id in wanted:
        try:
            consent.set_subscription(unit, scope, actor, card, type_id, subscribed=subscribed)
        except NotFound:
            raise Invalid({"subscriptionId": "no such subscription type"}) from None
        except Invalid as wrong:
            raise Invalid({"subscriptionId": "; ".join(wrong.fields.values())}) from None
    return [each for each in views.preferences(unit, scope, email) if each.type.id in wanted]
