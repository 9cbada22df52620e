"""Reads across features, for HubSpot's shapes."""

from pocketdesk.hubspot.views.faces import faces
from pocketdesk.hubspot.views.objects import MOST_SEARCHED, history, search
from pocketdesk.hubspot.views.objects import by_ids as objects_by_ids
from pocketdesk.hubspot.views.objects import one as object_of
from pocketdesk.hubspot.views.objects import page as objects
from pocketdesk.hubspot.views.preferences import preferences
from pocketdesk.hubspot.views.site_search import indexed, site_search
from pocketdesk.hubspot.views.threads import channels, inboxes_of, message, messages, thread, user_of_word

__all__ = [
    "MOST_SEARCHED",
    "channels",
    "faces",
    "history",
    "inboxes_of",
    "indexed",
    "message",
    "messages",
    "object_of",
    "objects",
    "objects_by_ids",
    "preferences",
    "search",
    "site_search",
    "thread",
    "user_of_word",
]
