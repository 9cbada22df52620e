"""What is asked, what follows from a choice, and what is refused without one."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.consent.model import (
    Basis,
    CommunicateText,
    CookieText,
    Kind,
    Options,
    PageTexts,
    PrivacySettings,
    ProcessText,
    Proof,
    Standing,
    Subscription,
    SubscriptionStatus,
    SubscriptionType,
)
from pocketdesk.kernel.refusal import Conflict, Forbidden, Invalid

LONGEST_DESCRIPTION = 500
MOST_TYPES = 100
MOST_DAYS = 3650
DEFAULT_TYPE = "News and offers"
"""The name of every account's first subscription type, until somebody gives it another."""


class ConsentRequired(Forbidden):
    """Nothing is accepted before the visitor has agreed; `fields` say to what."""

    code = "consent_required"


class ConsentTextChanged(Conflict):
    """The visitor read other words than those that are shown now; show them and ask again."""

    code = "consent_text_changed"


class NotRemembered(Forbidden):
    """Whoever has proven who they are needs no cookie."""

    code = "not_remembered"


class HasUnsubscribed(Conflict):
    """Who has ended a subscription begins it again in person, not by a program."""

    code = "has_unsubscribed"


class IsDefault(Conflict):
    """An account keeps its first subscription type."""

    code = "is_default"


class TooManyTypes(Conflict):
    """Archive some subscription types, and use others again."""

    code = "too_many_types"


# What a page shows.


def text_hash(text: str) -> str:
    """By which a shown text is known: the first 32 hexadecimal digits of its SHA-256."""
    return sha256(text.encode()).hexdigest()[:32]


def page_texts(settings: PrivacySettings, options: Options, defaults: Mapping[str, str]) -> PageTexts:
    """What a chatflow asks for. `defaults` are the texts of its language, used where nobody wrote others."""
    if not settings.data_privacy:
        return PageTexts()
    cookies = process = communicate = None
    if settings.cookie_consent:
        text = options.cookie_banner.text or defaults["cookies.default"]
        cookies = CookieText(options.cookie_banner.when, text, text_hash(text))
    if (asked := options.process_consent).on:
        basis = Basis(asked.type)
        usual = "consent.explicit" if basis is Basis.EXPLICIT else "consent.legitimate"
        text = asked.text or defaults[usual]
        process = ProcessText(basis, text, text_hash(text))
    if (offered := options.communicate_consent).on:
        text = offered.label or defaults["consent.communicate"]
        communicate = CommunicateText(offered.subscription_type_id, text, text_hash(text))
    return PageTexts(cookies, process, communicate)


def shown_text(texts: PageTexts, kind: Kind, text_hash: str) -> CookieText | ProcessText | CommunicateText:
    """The text that a choice was about. `ConsentTextChanged` if it is not what is shown now."""
    shown = {Kind.COOKIES: texts.cookies, Kind.PROCESS: texts.process, Kind.COMMUNICATE: texts.communicate}
    found = shown[kind]
    if found is None or found.text_hash != text_hash:
        raise ConsentTextChanged(fields={"text_hash": "is not that of the text shown now"})
    return found


# What follows.


def may_write(settings: PrivacySettings, options: Options, standing: Standing) -> Proof:
    """The proof with which a visitor's words are accepted. `ConsentRequired` where the visitor has to agree first."""
    asked = options.process_consent
    if not settings.data_privacy or not asked.on:
        return Proof(None)
    basis = Basis(asked.type)
    if basis is Basis.EXPLICIT and not standing.process:
        raise ConsentRequired(fields={"consent.process": "the visitor has not agreed"})
    return Proof(basis)


def check_remembering(settings: PrivacySettings, standing: Standing, *, identified: bool) -> None:
    """Refuses a cookie: `NotRemembered` to visitors who have proven who they are, `ConsentRequired` without it."""
    if identified:
        raise NotRemembered
    if settings.data_privacy and settings.cookie_consent and not standing.cookies:
        raise ConsentRequired(fields={"consent.cookies": "the visitor has not accepted cookies"})


def makes_marketing_contacts(settings: PrivacySettings, options: Options) -> bool:
    """Whether contacts that a chatflow creates are marketing contacts."""
    return settings.marketing_contacts and options.marketing_contacts


# Settings and subscription types.


def check_days(field: str, days: int | None) -> None:
    """`Invalid` at the field unless it is None or 1 to 3650 days."""
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Invalid({field: f"must be 1 to {MOST_DAYS} days"})


def clean_type_name(name: str) -> str:
    """The name of a subscription type; `Invalid` at `name`."""
    return clean_name(name)


def clean_description(description: str) -> str:
    """What a subscription type is for, on one line; may be blank. `Invalid` at `description`."""
    if not description.strip():
        return ""
    return clean_name(description, "description", longest=LONGEST_DESCRIPTION)


def check_choosable(found: SubscriptionType | None) -> str | None:
    """Why a chatflow cannot offer a subscription type; None if it can."""
    if found is None:
        return "no such subscription type"
    return None if found.archived_at is None else "this subscription type is archived"


def merged_subscription(kept: Subscription | None, other: Subscription) -> Subscription | None:
    """What two contacts' subscriptions to one type come to when they become one contact; None: `kept` as it is.

    An end wins over a beginning, whichever came first: it counts as of after both, so that no older word undoes it.
    """
    if kept is None:
        return other
    ended = next((each for each in (kept, other) if each.status is SubscriptionStatus.UNSUBSCRIBED), None)
    if ended is None or (ended is kept and kept.at >= other.at):
        return None
    return replace(ended, email=kept.email, at=max(kept.at + 1, other.at))
