"""What an inbox and a channel may look like, and the configuration that an app takes along."""

import html
import json
import plistlib
import re
from collections.abc import Mapping

from pocketdesk.inboxes.model import Channel, ChannelKind, Flavor, Platform, SdkConfig
from pocketdesk.kernel.moments import MINUTE
from pocketdesk.kernel.refusal import Conflict, Invalid

MOST_REOPEN_HOURS = 24 * 30
USUAL_REOPEN_HOURS = 24
USUAL_ACCENT = "#0f62fe"
LONGEST_TAG = 100
MOST_CUSTOM_CHANNELS = 20
LONGEST_CAPABILITIES = 10_000
SDK_EVERY_MS = 5 * MINUTE
"""How precisely it is kept when an SDK was here last."""

_ACCENT = re.compile(r"#[0-9a-f]{6}")
_PLATFORMS = {
    ChannelKind.MOBILE: frozenset({Platform.ANDROID, Platform.IOS, Platform.REACT_NATIVE}),
    ChannelKind.WEB: frozenset({Platform.WEB}),
    ChannelKind.CUSTOM: frozenset[Platform](),
}

_FILES = {
    Platform.ANDROID: "pocketdesk-info.json",
    Platform.IOS: "Pocketdesk-Info.plist",
    Platform.REACT_NATIVE: "pocketdesk-info.json",
}
_HUBSPOT_FILES = {Platform.ANDROID: "hubspot-info.json", Platform.IOS: "Hubspot-Info.plist"}


class TooManyChannels(Conflict):
    """The account has as many custom channels as it may have."""

    code = "too_many_channels"


class ChannelIsSilent(Conflict):
    """Nothing that is said on this channel would reach anybody."""

    code = "channel_is_silent"


class InboxIsArchived(Conflict):
    """Restore the inbox first."""

    code = "inbox_archived"


def pack_capabilities(capabilities: Mapping[str, object]) -> str:
    """What a program says that its channel can do, as it is kept; `Invalid` at `capabilities` if it is too much."""
    packed = json.dumps(capabilities, separators=(",", ":"))
    if len(packed) > LONGEST_CAPABILITIES:
        raise Invalid({"capabilities": f"at most {LONGEST_CAPABILITIES} characters of JSON"})
    return packed


def takes_answers(capabilities: Mapping[str, object]) -> bool:
    """Whether agents can answer there: they can, unless the program says otherwise."""
    return capabilities.get("allowOutgoingMessages") is not False


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


def is_sdk_news(seen_at: int | None, now: int) -> bool:
    """Whether it is time to write down again that an SDK was here."""
    return seen_at is None or now - seen_at >= SDK_EVERY_MS


def sdk_config(
    channel: Channel,
    platform: Platform,
    server_url: str,
    account_id: int,
    mobile_tag: str,
    flavor: Flavor = Flavor.POCKETDESK,
) -> SdkConfig:
    """The configuration for one platform, of our SDK or of HubSpot's, which reads these four keys and no others.

    `Invalid` if the channel does not connect that platform, the flavor has no SDK for it, or for a bad tag.
    """
    if platform not in _PLATFORMS[channel.kind]:
        raise Invalid({"platform": f"this is a {channel.kind.value} channel"})
    tag = mobile_tag.strip()
    if len(tag) > LONGEST_TAG or not tag.isprintable():
        raise Invalid({"mobile_tag": f"at most {LONGEST_TAG} printable characters"})
    if flavor is Flavor.HUBSPOT and platform not in _HUBSPOT_FILES:
        raise Invalid({"flavor": "HubSpot has no SDK for this platform"})
    if platform is Platform.WEB:
        url = html.escape(f"{server_url}/widget/{account_id}.js")
        content = f'<script src="{url}" data-chatflow="{html.escape(tag)}" async></script>\n'
        return SdkConfig("pocketdesk.html", content, "text/html")
    if flavor is Flavor.HUBSPOT:
        values = {"portalId": str(account_id), "hublet": "na1", "environment": "prod", "defaultChatFlow": tag}
        names = _HUBSPOT_FILES
    else:
        values = {"server_url": server_url, "account_id": account_id, "mobile_tag": tag}
        names = _FILES
    if platform is Platform.IOS:
        content = plistlib.dumps(values, sort_keys=False).decode()
        return SdkConfig(names[platform], content, "application/x-plist")
    content = json.dumps(values, indent=2, ensure_ascii=False) + "\n"
    return SdkConfig(names[platform], content, "application/json")
