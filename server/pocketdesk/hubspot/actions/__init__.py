"""What HubSpot's clients do that is more than one action of another feature."""

from pocketdesk.hubspot.actions.associations import tie, untie
from pocketdesk.hubspot.actions.contacts import change_contact, create_contact, merge_contacts, put_contact
from pocketdesk.hubspot.actions.custom_channels import BROUGHT, bring, note_status, point_webhook
from pocketdesk.hubspot.actions.mobile_sdk import PROVIDERS, tell_of_conversation
from pocketdesk.hubspot.actions.preferences import subscribe
from pocketdesk.hubspot.actions.threads import archive, change, give, send
from pocketdesk.hubspot.actions.tickets import change_ticket, create_ticket, put_ticket

__all__ = [
    "BROUGHT",
    "PROVIDERS",
    "archive",
    "bring",
    "change",
    "change_contact",
    "change_ticket",
    "create_contact",
    "create_ticket",
    "give",
    "merge_contacts",
    "note_status",
    "point_webhook",
    "put_contact",
    "put_ticket",
    "send",
    "subscribe",
    "tell_of_conversation",
    "tie",
    "untie",
]
