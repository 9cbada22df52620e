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
    MOST_CUSTOM_CHANNELS,
    MOST_REOPEN_HOURS,
    USUAL_ACCENT,
    USUAL_REOPEN_HOURS,
    ChannelIsSilent,
    InboxIsArchived,
    TooManyChannels,
    check_reopen_hours,
    clean_accent,
    is_sdk_news,
    pack_capabilities,
    sdk_config,
    takes_answers,
)
from pocketdesk.inboxes.rules.looks import accent_text, contrast, contrast_warning
from pocketdesk.inboxes.rules.parts import clean_words, parse_part

__all__ = [
    "LONGEST_TAG",
    "MOST_CUSTOM_CHANNELS",
    "MOST_REOPEN_HOURS",
    "USUAL_ACCENT",
    "USUAL_REOPEN_HOURS",
    "ChannelIsSilent",
    "InboxIsArchived",
    "TooManyChannels",
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
    "pack_capabilities",
    "parse_availability",
    "parse_part",
    "sdk_config",
    "standing",
    "takes_answers",
]
