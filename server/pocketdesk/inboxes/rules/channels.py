"""What an inbox and a channel may look like, and the configuration that an app takes along."""

import html
import json
import plistlib
import re

from pocketdesk.inboxes.model import Channel, ChannelKind, Platform, SdkConfig
from pocketdesk.kernel.refusal import Conflict, Invalid

MOST_REOPEN_HOURS = 24 * 30
USUAL_REOPEN_HOURS = 24
USUAL_ACCENT = "#0f62fe"
LONGEST_TAG = 100

_ACCENT = re.compile(r"#[0-9a-f]{6}")
_PLATFORMS = {
    ChannelKind.MOBILE: frozenset({Platform.ANDROID, Platform.IOS}),
    ChannelKind.WEB: frozenset({Platform.WEB}),
}


class InboxIsArchived(Conflict):
    """Restore the inbox first."""

    code = "inbox_archived"


def clean_accent(accent: str) -> str:
    """A colour as `#rrggbb` in lower case; `Invalid` at `accent` for anything else."""
    cleaned = accent.lower()
    if not _ACCENT.fullmatch(cleaned):
        raise Invalid({"accent": "must be a colour like #0f62fe"})
    return cleaned


def check_reopen_hours(hours: int) -> None:
    """`Invalid` unless it is 0 (never reopens) to 30 days."""
    if not 0 <= hours <= MOST_REOPEN_HOURS:
        raise Invalid({"reopen_hours": f"must be 0 to {MOST_REOPEN_HOURS}"})


def sdk_config(
    channel: Channel, platform: Platform, server_url: str, account_id: int, mobile_tag: str
) -> SdkConfig:
    """The configuration for one platform. `Invalid` if the channel does not connect that platform, or for a bad tag."""
    if platform not in _PLATFORMS[channel.kind]:
        raise Invalid({"platform": f"this is a {channel.kind.value} channel"})
    tag = mobile_tag.strip()
    if len(tag) > LONGEST_TAG or not tag.isprintable():
        raise Invalid({"mobile_tag": f"at most {LONGEST_TAG} printable characters"})
    if platform is Platform.WEB:
        url = html.escape(f"{server_url}/widget/{account_id}.js")
        content = f'<script src="{url}" data-mobile-tag="{html.escape(tag)}" async></script>\n'
        return SdkConfig("pocketdesk.html", content, "text/html")
    values = {"serverUrl": server_url, "accountId": account_id, "defaultMobileTag": tag}
    if platform is Platform.IOS:
        content = plistlib.dumps(values, sort_keys=False).decode()
        return SdkConfig("Pocketdesk-Info.plist", content, "application/x-plist")
    return SdkConfig("pocketdesk-info.json", json.dumps(values, indent=2) + "\n", "application/json")
