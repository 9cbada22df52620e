"""What actions of accounts and of features above leave behind: hashes of secrets, lines of the audit log."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from pocketdesk.accounts import store
from pocketdesk.accounts.rules import tokens
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork

SWEPT_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret word that is shown once; only its hash is kept."""

    word: str
    hash: str


def new_secret(prefix: str = "") -> Secret:
    """256 random bits as a word."""
    word = prefix + tokens.to_word(secrets.token_bytes(tokens.SECRET_BYTES))
    return Secret(word, tokens.token_hash(word))


def record_audit(
    unit: UnitOfWork,
    scope: AccountScope,
    actor_user_id: int,
    verb: str,
    object_kind: str,
    object_id: int,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Writes who did what into the audit log, in the same commit: `("turned_on", "chatflow", 17)`."""
    unit.run(
        store.ADD_AUDIT_ENTRY,
        account_id=scope.account_id,
        id=unit.new_id(),
        at=unit.now,
        actor_user_id=actor_user_id,
        verb=verb,
        object_kind=object_kind,
        object_id=object_id,
        facts=json.dumps(facts or {}, separators=(",", ":")),
    )
