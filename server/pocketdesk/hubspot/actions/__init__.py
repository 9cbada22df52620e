"""What HubSpot's clients do that is more than one action of another feature."""

from pocketdesk.hubspot.actions.mobile_sdk import PROVIDERS, tell_of_conversation

__all__ = ["PROVIDERS", "tell_of_conversation"]
