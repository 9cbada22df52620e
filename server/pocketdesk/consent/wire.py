"""Privacy settings and subscription types as JSON."""

from typing import Annotated

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Name
from pocketdesk.consent.model import PrivacySettings, SubscriptionType
from pocketdesk.consent.rules import LONGEST_DESCRIPTION, MOST_DAYS

Days = Annotated[int, Field(ge=1, le=MOST_DAYS)]
Description = Annotated[str, Field(max_length=LONGEST_DESCRIPTION)]


class PrivacyPatch(Body):
    """What changes of the privacy settings; null days keep for ever, what is left out stays as it is."""

    data_privacy: bool = Field(default=True)
    cookie_consent: bool = Field(default=True)
    marketing_contacts: bool = Field(default=False)
    closed_days: Days | None = None
    idle_days: Days | None = None
    file_days: Days | None = None


class PrivacyOut(Answer):
    """The privacy settings. Conversations closed for `closed_days`, anonymous visitors not seen for `idle_days` and
    files older than `file_days` are erased; null keeps them for ever."""

    data_privacy: bool
    cookie_consent: bool
    marketing_contacts: bool
    closed_days: int | None
    idle_days: int | None
    file_days: int | None


class NewSubscriptionType(Body):
    """A subscription type to add."""

    name: Name
    description: Description = ""


class SubscriptionTypePatch(Body):
    """What changes of a subscription type."""

    name: Name | None = None
    description: Description | None = None
    archived: bool | None = None


class SubscriptionTypeOut(Answer):
    """A subscription type. Archived ones cannot be chosen any more; the default one cannot be archived."""

    id: int
    name: str
    description: str
    is_default: bool
    created_at: int
    archived_at: int | None


class SubscriptionTypesOut(Answer):
    """All subscription types, the default one first."""

    items: list[SubscriptionTypeOut]


def to_privacy(settings: PrivacySettings) -> PrivacyOut:
    """The privacy settings."""
    return PrivacyOut(
        data_privacy=settings.data_privacy,
        cookie_consent=settings.cookie_consent,
        marketing_contacts=settings.marketing_contacts,
        closed_days=settings.closed_days,
        idle_days=settings.idle_days,
        file_days=settings.file_days,
    )


def to_subscription_type(found: SubscriptionType) -> SubscriptionTypeOut:
    """A subscription type."""
    return SubscriptionTypeOut(
        id=found.id,
        name=found.name,
        description=found.description,
        is_default=found.is_default,
        created_at=found.created_at,
        archived_at=found.archived_at,
    )
