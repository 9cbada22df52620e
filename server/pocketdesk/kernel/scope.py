"""The proof that a caller acts inside one account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountScope:
    """One account, as authenticated at the door. Every store and view demands one.

    Only `accounts` and `app` may construct it (a lint enforces that); everybody else receives it.
    """

    account_id: int
