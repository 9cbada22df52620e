"""What HubSpot's clients do that is more than one action of another feature."""

from pocketdesk.hubspot.actions.contacts import change_contact, create_contact, put_contact
from pocketdesk.hubspot.actions.mobile_sdk import PROVIDERS, tell_of_conversation
from pocketdesk.hubspot.actions.preferences import subscribe
from pocketdesk.hubspot.actions.threads import archive, change, give, send

__all__ = [
    "PROVIDERS",
    "archive",
    "change",
    "change_contact",
    "create_contact",
    "give",
    "put_contact",
    "send",
    "subscribe",
    "tell_of_conversation",
]
