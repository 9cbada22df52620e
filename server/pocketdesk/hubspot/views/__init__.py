"""Reads across features, for HubSpot's shapes."""

from pocketdesk.hubspot.views.faces import faces
from pocketdesk.hubspot.views.site_search import indexed, site_search
from pocketdesk.hubspot.views.threads import channels, inboxes_of, message, messages, thread, user_of_word

__all__ = [
    "channels",
    "faces",
    "inboxes_of",
    "indexed",
    "message",
    "messages",
    "site_search",
    "thread",
    "user_of_word",
]
