"""What HubSpot's clients do that is more than one action of another feature."""

from pocketdesk.hubspot.actions.mobile_sdk import PROVIDERS, tell_of_conversation
from pocketdesk.hubspot.actions.threads import archive, change, give, send

__all__ = ["PROVIDERS", "archive", "change", "give", "send", "tell_of_conversation"]
