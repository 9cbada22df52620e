"""Engine (SQLite or PostgreSQL), unit of work, ledger and migrations."""

from sqlalchemy.dialects.postgresql import insert

from pocketdesk.storage import ledger, words
from pocketdesk.storage.engine import Engine, Outcome
from pocketdesk.storage.errors import CommitUnknown, StorageFailure, Trimmed, Unavailable, Violated
from pocketdesk.storage.schema import account_key, belongs_to, key, metadata
from pocketdesk.storage.statement import Statement
from pocketdesk.storage.unit import Reader, UnitOfWork

__all__ = [
    "CommitUnknown",
    "Engine",
    "Outcome",
    "Reader",
    "Statement",
    "StorageFailure",
    "Trimmed",
    "Unavailable",
    "UnitOfWork",
    "Violated",
    "account_key",
    "belongs_to",
    "insert",
    "key",
    "ledger",
    "metadata",
    "words",
]
