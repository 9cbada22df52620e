"""How addresses stand to the account's subscription types."""

from pocketdesk.consent import views as consent
from pocketdesk.hubspot.model import Preference
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import Reader


def preferences(reader: Reader, scope: AccountScope, email: str) -> list[Preference]:
    """One for each subscription type that is not archived; also for a (clean) address that nobody knows."""
    card = people.contact_of_email(reader, scope, email)
    there = consent.subscriptions(reader, scope, card.id) if card else ()
    known = {each.subscription_type_id: each for each in there}
    return [
        Preference(email, each, known.get(each.id))
        for each in consent.subscription_types(reader, scope)
        if each.archived_at is None
    ]
