"""The one way to other servers: HTTP that checks where it leads. A lint forbids any other client."""

from pocketdesk.outbound.addresses import Allowed, to_allowed
from pocketdesk.outbound.client import Answer, Outbound, Request

__all__ = ["Allowed", "Answer", "Outbound", "Request", "to_allowed"]
