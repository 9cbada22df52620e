"""What is accepted from devices and how long their sessions live."""

import re
from collections.abc import Collection, Mapping

from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.kernel.moments import DAY, HOUR
from pocketdesk.kernel.refusal import Conflict, Invalid
from pocketdesk.people.model import ContactCard, ContactProperty, Enforcement, Identity

MOST_PROPERTIES = 50
LONGEST_KEY = 64
LONGEST_VALUE = 500
LONGEST_TAG = 100
LONGEST_SEARCH = 100

SESSION_MS = 7 * DAY
"""A page's session lives this long after its last use."""
PROVEN_MS = 12 * HOUR
"""One that was proven lives this long, however much it is used: then the app brings another token."""
SEEN_EVERY_MS = HOUR
"""How precisely it is kept when a page was last used."""
COOKIE_S = 180 * 24 * 3600
UNUSED_MS = 2 * DAY
"""A visitor who never wrote is forgotten after this."""
CREDENTIAL_MS = 90 * DAY
"""What an app keeps of a session lives this long after its last use."""
UNBOUND_MS = 30 * DAY
"""A push token that nobody connects with a conversation is forgotten after this."""
MOST_DEVICES = 10
"""A visitor is told on so many devices, the ones used last."""
LONGEST_PUSH_TOKEN = 4_096
COUNTED_DAYS = 90
"""For so long it is kept how visitors were identified."""
MOST_CLIENTS = 200
"""SDKs and app versions that one day tells apart; what comes beyond is counted together."""
OTHERS = ("other", "")
WEB = "web"
"""What shows a page that no SDK shows."""
_SDK = re.compile(r"\b(HubspotMobileSDK|PocketdeskSDK)(?:/([\w.-]{1,20}))?(?: \(([a-z_ ]{1,20})\))?")
LONGEST_APP_VERSION = 40


class AddressTaken(Conflict):
    """Another contact of the account has this address."""

    code = "address_taken"


def check_merge(kept: ContactCard, other: ContactCard, field: str) -> None:
    """`Invalid` at the field that names the other contact, if the two cannot become one."""
    if kept.id == other.id:
        raise Invalid({field: "is the same contact"})
    for card in (kept, other):
        if card.archived_at is not None:
            raise Invalid({field: f"contact {card.id} is archived"})


def properties_taken_over(
    kept: Collection[ContactProperty], others: Collection[ContactProperty]
) -> list[ContactProperty]:
    """What a contact takes over from one that is merged into it: what is not known of it, or blank."""
    known = {each.name for each in kept if each.value != ""}
    return [each for each in others if each.name not in known and each.value != ""]


def clean_properties(properties: Mapping[str, str]) -> dict[str, str]:
    """What an app tells of its device. `Invalid` at the property that is too long, or has no printable name."""
    check_number_of_properties(len(properties))
    cleaned: dict[str, str] = {}
    for name, value in properties.items():
        field = f"properties.{name[:LONGEST_KEY]}"
        if not name or len(name) > LONGEST_KEY or not name.isprintable():
            raise Invalid({field: f"a name has 1 to {LONGEST_KEY} printable characters"})
        if len(value) > LONGEST_VALUE:
            raise Invalid({field: f"at most {LONGEST_VALUE} characters"})
        if "\0" in value:
            raise Invalid({field: "must not contain NUL"})
        cleaned[name] = value
    return cleaned


def check_number_of_properties(number: int) -> None:
    """`Invalid` at `properties` if a device tells too many."""
    if number > MOST_PROPERTIES:
        raise Invalid({"properties": f"at most {MOST_PROPERTIES} properties"})


def clean_tag(tag: str) -> str:
    """A mobile tag as the page gave it, trimmed. `Invalid` at `mobile_tag` if it is long or not printable."""
    trimmed = tag.strip()
    if len(trimmed) > LONGEST_TAG or not trimmed.isprintable():
        raise Invalid({"mobile_tag": f"at most {LONGEST_TAG} printable characters"})
    return trimmed


def clean_contact_name(name: str | None) -> str | None:
    """A contact's name; blank means none."""
    return clean_name(name) if name and name.strip() else None


def name_key(name: str | None) -> str | None:
    """A name as it is searched: without case."""
    return name.casefold() if name else None


def search_pattern(words: str) -> str:
    """Words to search for inside names and addresses, without case; `/` escapes. `Invalid` if not printable."""
    folded = " ".join(words.split()).casefold()
    if len(words) > LONGEST_SEARCH or not folded.isprintable():
        raise Invalid({"search": f"at most {LONGEST_SEARCH} printable characters"})
    return folded.replace("/", "//").replace("%", "/%").replace("_", "/_")


def is_stale(seen_at: int, now: int) -> bool:
    """Whether it is time to write down again that a page is in use."""
    return now - seen_at >= SEEN_EVERY_MS


def session_expires(identity: Identity, created_at: int, now: int) -> int:
    """Until when a page's session lives that was used just now."""
    return created_at + PROVEN_MS if identity is Identity.VERIFIED else now + SESSION_MS


def takes_claim(enforcement: Enforcement, identity: Identity) -> bool:
    """Whether an address that came without proof counts as if the visitor had typed it."""
    return identity is Identity.NONE and enforcement is not Enforcement.ENFORCE


def client_of(user_agent: str) -> str:
    """Which SDK shows a page, with its version, by the browser's name: `PocketdeskSDK 1.2.0 (android)`; else `web`."""
    found = _SDK.search(user_agent)
    if found is None:
        return WEB
    name, version, platform = found.groups()
    return " ".join(part for part in (name, version, f"({platform})" if platform else None) if part)


def app_version_of(properties: Mapping[str, str]) -> str:
    """What an app says of its own version, shortened; blank if it says nothing."""
    return properties.get("app_version", "")[:LONGEST_APP_VERSION]


def place_of_key(account_id: int, key_id: int) -> str:
    """Where a sealed secret belongs, so that it opens nowhere else."""
    return f"identity_key:{account_id}:{key_id}"


def check_push_token(token: str, field: str) -> str:
    """A provider's word for a device; `Invalid` at the field if no provider gives such."""
    if not token or len(token) > LONGEST_PUSH_TOKEN or not token.isprintable() or not token.isascii():
        raise Invalid({field: f"must be 1 to {LONGEST_PUSH_TOKEN} printable ASCII characters"})
    return token
