"""Programs that users let into an account: what they may ask for, where answers may go, who may have what."""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from pocketdesk.accounts.model import Asked, Integration, Permission
from pocketdesk.accounts.rules.tokens import token_hash
from pocketdesk.kernel.moments import DAY, MINUTE
from pocketdesk.kernel.refusal import Conflict, Forbidden, Invalid, NotFound, Refusal

CLIENT_PREFIX = "pds_"
ACCESS_PREFIX = "pda_"
REFRESH_PREFIX = "pdr_"
CODE_MS = 5 * MINUTE
ACCESS_MS = 30 * MINUTE
IDLE_MS = 180 * DAY
"""A connection that a program has not used for so long ends."""
MOST_INTEGRATIONS = 50
MOST_URIS = 10
LONGEST_URI = 500
MOST_SCOPES = 100
LONGEST_STATE = 2_000

IDENTITY_SCOPE = "oauth"
"""Every program has it: it knows whose tokens it holds."""
OWN_PREFIX = "pocketdesk."
SCOPES: Mapping[str, Permission | None] = {
    IDENTITY_SCOPE: None,
    "conversations.read": None,
    "conversations.write": None,
    "conversations.custom_channels.read": Permission.INBOXES,
    "conversations.custom_channels.write": Permission.INBOXES,
    "conversations.visitor_identification.tokens.create": Permission.IDENTITY,
    "crm.objects.contacts.read": None,
    "crm.objects.contacts.write": None,
    "crm.objects.owners.read": None,
    "crm.objects.feedback_submissions.read": None,
    "tickets": None,
    "communication_preferences.read": None,
    "communication_preferences.write": Permission.PEOPLE,
    "communication_preferences.read_write": Permission.PEOPLE,
    "files": None,
    "content": None,
    f"{OWN_PREFIX}api": None,
    **{f"{OWN_PREFIX}{right}": right for right in Permission if right is not Permission.TOKENS},
}
"""What a program can be allowed, under HubSpot's names where HubSpot has one, and the right that a user needs to
allow it. Those of ours open our own API. None lets a program make tokens: they would outlive it."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{43}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class UnknownClient(NotFound):
    """No account in which the user works has this integration."""

    code = "unknown_client"


class UnregisteredRedirect(Refusal):
    """Answers would go to an address that nobody has registered."""

    code = "unregistered_redirect"


class TooManyIntegrations(Conflict):
    """The account has as many as it can have."""

    code = "too_many_integrations"


class MissingRights(Forbidden):
    """The program needs what this user may not do, or not allow."""

    code = "missing_rights"


class OAuthRefusal(Refusal):
    """A no at the token endpoint, under the code that RFC 6749 gives it."""


class InvalidRequest(OAuthRefusal):
    """The request is not as it has to be."""

    code = "invalid_request"


class InvalidClient(OAuthRefusal):
    """No such integration, or another secret: nobody is told which."""

    code = "invalid_client"
    status = 401


class InvalidGrant(OAuthRefusal):
    """The code or refresh token does not hold, or not for this program."""

    code = "invalid_grant"


class InvalidScope(OAuthRefusal):
    """The program asks for what it cannot be given."""

    code = "invalid_scope"


class UnsupportedGrantType(OAuthRefusal):
    """There are codes and refresh tokens, nothing else."""

    code = "unsupported_grant_type"


# What is registered.


def clean_uris(uris: Iterable[str]) -> tuple[str, ...]:
    """Addresses that answers may go to. `Invalid` unless each is https, or http on the program's own machine."""
    cleaned = tuple(dict.fromkeys(uris))
    for place, uri in enumerate(cleaned):
        if wrong := _wrong_with(uri):
            raise Invalid({f"redirect_uris.{place}": wrong})
    if not 1 <= len(cleaned) <= MOST_URIS:
        raise Invalid({"redirect_uris": f"1 to {MOST_URIS} addresses"})
    return cleaned


def _wrong_with(uri: str) -> str | None:
    if len(uri) > LONGEST_URI or not re.fullmatch(r"[!-~]+", uri) or "\\" in uri:
        return f"an address of at most {LONGEST_URI} plain characters"
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "not an address"
    if not host or parts.username is not None or "#" in uri:
        return "an address with a host, without a user and without #"
    if parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK):
        return None
    return "https://, or http:// on localhost"


def parse_scopes(words: Iterable[str], field: str = "scopes") -> frozenset[str]:
    """What an integration may ask for; `Invalid` at `field` for what there is not."""
    wanted = frozenset(words)
    if unknown := sorted(wanted - SCOPES.keys()):
        raise Invalid({field: f"no such scope: {unknown[0][:100]}"})
    return wanted | {IDENTITY_SCOPE}


# What is asked for.


def check_asked(integration: Integration, asked: Asked, held: frozenset[Permission]) -> frozenset[str]:
    """What a user who holds these rights can allow: all that is needed, and of the rest what can be had."""
    check_redirect(integration, asked.redirect_uri)
    if asked.response_type != "code":
        raise InvalidRequest("response_type must be code")
    if asked.challenge is not None and (
        asked.challenge_method != "S256" or not _CHALLENGE.fullmatch(asked.challenge)
    ):
        raise InvalidRequest("code_challenge must be of the method S256")
    if not asked.needed | asked.optional:
        raise InvalidScope("scope names what the program asks for")
    if unknown := sorted(asked.needed - integration.scopes):
        raise InvalidScope(f"not registered for this program: {', '.join(unknown)[:500]}")
    missing = {right for right in map(SCOPES.get, asked.needed) if right is not None and right not in held}
    if Permission.TOKENS not in held:
        missing.add(Permission.TOKENS)
    if missing:
        raise MissingRights(f"needs the rights {', '.join(sorted(missing))}")
    optional = asked.optional & integration.scopes
    return asked.needed | {IDENTITY_SCOPE} | {each for each in optional if SCOPES[each] in {None, *held}}


def check_redirect(integration: Integration, redirect_uri: str) -> None:
    """Answers go to registered addresses only, which must be the same to the letter."""
    if redirect_uri not in integration.redirect_uris:
        raise UnregisteredRedirect("redirect_uri is not registered for this program")


def answer_uri(redirect_uri: str, state: str | None, **answer: str) -> str:
    """The registered address with the answer in its query, and the program's own `state` as it came."""
    query = urlencode(answer if state is None else {**answer, "state": state})
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{query}"


# What is shown for it.


def is_client_id(word: str) -> bool:
    """Whether a word looks like one of our client ids."""
    return _CLIENT_ID.fullmatch(word) is not None


def is_secret(word: str, stored: str | None) -> bool:
    """Whether it is an integration's secret; without one it takes as long."""
    return hmac.compare_digest(token_hash(word), stored or token_hash("")) and stored is not None


def check_proof(
    redirect_uri: str, challenge: str | None, shown_redirect_uri: str, verifier: str | None
) -> None:
    """A code is worth something only to whom it was meant for: same address, and the word behind the challenge."""
    if shown_redirect_uri != redirect_uri:
        raise InvalidGrant("redirect_uri is not the one that the code went to")
    if challenge is None:
        if verifier is not None:
            raise InvalidGrant("the code was asked for without a code_challenge")
    elif verifier is None or not _VERIFIER.fullmatch(verifier) or not _matches(challenge, verifier):
        raise InvalidGrant("code_verifier does not fit")


def _matches(challenge: str, verifier: str) -> bool:
    shown = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(challenge, shown)


def own_rights(scopes: frozenset[str], held: frozenset[Permission]) -> frozenset[Permission]:
    """What a program may do at our own API: what its scopes of ours say, as far as its user still may."""
    own = {each for each in scopes if each.startswith(OWN_PREFIX)}
    if not own:
        raise Forbidden(f"needs the scope {OWN_PREFIX}api")
    return held & {SCOPES.get(each) for each in own}
