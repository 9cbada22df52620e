"""Reads across features, for HubSpot's shapes."""

from pocketdesk.hubspot.views.associations import conversations_of_ticket, end_of, tied
from pocketdesk.hubspot.views.faces import faces
from pocketdesk.hubspot.views.objects import MOST_SEARCHED, history, search
from pocketdesk.hubspot.views.objects import by_ids as objects_by_ids
from pocketdesk.hubspot.views.objects import one as object_of
from pocketdesk.hubspot.views.objects import page as objects
from pocketdesk.hubspot.views.preferences import preferences
from pocketdesk.hubspot.views.site_search import indexed, site_search
from pocketdesk.hubspot.views.threads import (
    IDENTIFIER,
    IDENTIFIER_TYPE,
    account_of,
    channel_id,
    channel_ids,
    channels,
    inboxes_of,
    message,
    message_of_channel,
    messages,
    thread,
    thread_of,
    user_of_word,
)

__all__ = [
    "IDENTIFIER",
    "IDENTIFIER_TYPE",
    "MOST_SEARCHED",
    "account_of",
    "channel_id",
    "channel_ids",
    "channels",
    "conversations_of_ticket",
    "end_of",
    "faces",
    "history",
    "inboxes_of",
    "indexed",
    "message",
    "message_of_channel",
    "messages",
    "object_of",
    "objects",
    "objects_by_ids",
    "preferences",
    "search",
    "site_search",
    "thread",
    "thread_of",
    "tied",
    "user_of_word",
]
