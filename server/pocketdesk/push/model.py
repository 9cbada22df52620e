"""Pushes, the keys with which they are sent, and how sending one can end."""

from dataclasses import dataclass, field
from typing import TypeAlias

from pocketdesk.people.model import PushProvider


@dataclass(frozen=True, slots=True)
class Provider:
    """That an account can push by a service. `name` says with what: a team and key, a project, a public key.

    `sent_at` and `failed_at` are when it last worked and last did not, `failure` is why not.
    """

    kind: PushProvider
    name: str
    created_at: int
    created_by: int
    sent_at: int | None
    failed_at: int | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class ApnsKey:
    """A token key of Apple's: PKCS#8 PEM of an EC key, with its id and the team's."""

    key_id: str
    team_id: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FcmKey:
    """A service account of a Firebase project: PKCS#8 PEM of an RSA key."""

    project_id: str
    client_email: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebPushKey:
    """A VAPID key of ours: PKCS#8 PEM of an EC key. `subject` is whom a push service can write to."""

    subject: str
    private_key: str = field(repr=False)


Key: TypeAlias = ApnsKey | FcmKey | WebPushKey


@dataclass(frozen=True, slots=True)
class Push:
    """What a device is to show: new words in one conversation. `badge` is how many messages are unread in all.

    A later push for the same conversation replaces an earlier one.
    """

    title: str
    body: str
    badge: int
    account_id: int
    conversation_id: int
    chatflow_id: int
    mobile_tag: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """The service has taken it."""


@dataclass(frozen=True, slots=True)
class Unregistered:
    """The app is gone from there: nothing is to be pushed to this device any more."""
