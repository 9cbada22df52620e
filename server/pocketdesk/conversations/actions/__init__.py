"""What is done in conversations: find it for whoever may, ask the rules for the turn, write what they say."""

from pocketdesk.conversations.actions.asking import (
    ASK_EMAIL,
    ask_email,
    associate_contact,
    give_email,
    skip_email,
    submit_survey,
)
from pocketdesk.conversations.actions.assigning import (
    END_WAIT,
    OFFER,
    assign,
    end_wait,
    move_conversation,
    offer,
    offer_in_all_accounts,
    offer_soon,
)
from pocketdesk.conversations.actions.closing import (
    archive_conversation,
    close_conversation,
    close_left,
    reopen_conversation,
    restore_conversation,
)
from pocketdesk.conversations.actions.consenting import give_consent
from pocketdesk.conversations.actions.delivering import note_undelivered
from pocketdesk.conversations.actions.joining import HAND_OVER, JOIN, hand_over, join_history
from pocketdesk.conversations.actions.many import assign_many, close_many, reopen_many
from pocketdesk.conversations.actions.posting import (
    post_comment,
    post_message,
    start_conversation,
    start_plain,
)
from pocketdesk.conversations.actions.reading import move_cursor
from pocketdesk.conversations.actions.recording import PastWords, Recording, record_conversation

__all__ = [
    "ASK_EMAIL",
    "END_WAIT",
    "HAND_OVER",
    "JOIN",
    "OFFER",
    "PastWords",
    "Recording",
    "archive_conversation",
    "ask_email",
    "assign",
    "assign_many",
    "associate_contact",
    "close_conversation",
    "close_left",
    "close_many",
    "end_wait",
    "give_consent",
    "give_email",
    "hand_over",
    "join_history",
    "move_conversation",
    "move_cursor",
    "note_undelivered",
    "offer",
    "offer_in_all_accounts",
    "offer_soon",
    "post_comment",
    "post_message",
    "record_conversation",
    "reopen_conversation",
    "reopen_many",
    "restore_conversation",
    "skip_email",
    "start_conversation",
    "start_plain",
    "submit_survey",
]
