"""What inboxes and channels may look like, when somebody is there, and the configuration that an app takes along."""

from pocketdesk.inboxes.rules.availability import (
    clean_availability,
    is_open,
    next_opening,
    parse_availability,
    standing,
)
from pocketdesk.inboxes.rules.channels import (
    LONGEST_TAG,
    MOST_REOPEN_HOURS,
    USUAL_ACCENT,
    USUAL_REOPEN_HOURS,
    InboxIsArchived,
    check_reopen_hours,
    clean_accent,
    is_sdk_news,
    sdk_config,
)
from pocketdesk.inboxes.rules.looks import accent_text, contrast, contrast_warning
from pocketdesk.inboxes.rules.parts import clean_words, parse_part

__all__ = [
    "LONGEST_TAG",
    "MOST_REOPEN_HOURS",
    "USUAL_ACCENT",
    "USUAL_REOPEN_HOURS",
    "InboxIsArchived",
    "accent_text",
    "check_reopen_hours",
    "clean_accent",
    "clean_availability",
    "clean_words",
    "contrast",
    "contrast_warning",
    "is_open",
    "is_sdk_news",
    "next_opening",
    "parse_availability",
    "parse_part",
    "sdk_config",
    "standing",
]
