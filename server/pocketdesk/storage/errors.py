"""What can go wrong between us and the database. None of these is a `Refusal`: callers translate those they expect."""

from pocketdesk.kernel.refusal import Refusal


class StorageFailure(Exception):
    """The database refused a statement or could not be reached."""


class Violated(StorageFailure):
    """A constraint of the schema does not allow it.

    `kind` is `unique`, `foreign_key`, `check` or `not_null`; `constraint` is its name where the engine tells it.
    """

    def __init__(self, kind: str, constraint: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.constraint = constraint


class Contended(StorageFailure):
    """Somebody else holds what this needs (deadlock, lock timeout, serialization): running it again may help."""


class Lost(StorageFailure):
    """The connection broke, or there is none."""


class Unavailable(StorageFailure):
    """The database could not be reached for longer than the engine's patience. Nothing was written."""


class CommitUnknown(StorageFailure):
    """The connection broke while committing: the work is either stored as a whole or not at all; ask again."""


class Trimmed(Refusal):
    """The events asked for are older than the ledger keeps; take a fresh snapshot."""

    code = "trimmed"
    status = 410
