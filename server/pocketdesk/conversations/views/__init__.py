"""What others read of conversations. Agents see those of their inboxes, visitors their own; others do not exist."""

from pocketdesk.conversations.views.lists import (
    belongs,
    conversations,
    counts,
    inbox_counts,
    list_page,
    rows_of,
)
from pocketdesk.conversations.views.nouns import (
    agent_author,
    assignee_columns,
    card_author,
    contact,
    named_assignee,
    to_conversation,
    visitor_author,
)
from pocketdesk.conversations.views.one import (
    agent_conversation,
    conversation_ids_of_visitor,
    file_ids_for_visitor,
    of_agent,
    of_visitor,
    person,
    timeline,
    unread,
    visitor_conversations,
    visitor_entries,
)
from pocketdesk.conversations.views.replay import enclose
from pocketdesk.conversations.views.told import (
    contact_id_of_visitor,
    contact_of_visitor,
    contact_to_greet,
    known_contact,
    newest_notice,
    past_arrivals,
    survey_facts,
)
from pocketdesk.conversations.views.transcripts import transcript

__all__ = [
    "agent_author",
    "agent_conversation",
    "assignee_columns",
    "belongs",
    "card_author",
    "contact",
    "contact_id_of_visitor",
    "contact_of_visitor",
    "contact_to_greet",
    "conversation_ids_of_visitor",
    "conversations",
    "counts",
    "enclose",
    "file_ids_for_visitor",
    "inbox_counts",
    "known_contact",
    "list_page",
    "named_assignee",
    "newest_notice",
    "of_agent",
    "of_visitor",
    "past_arrivals",
    "person",
    "rows_of",
    "survey_facts",
    "timeline",
    "to_conversation",
    "transcript",
    "unread",
    "visitor_author",
    "visitor_conversations",
    "visitor_entries",
]
