"""The `pocketdesk` command without limits per visitor and address; they still count, but refuse nothing.

A few hundred visitors write here what thousands would, all from one address.
"""

from __future__ import annotations

from dataclasses import replace

from pocketdesk.accounts.rules.limits import Limit, Limiter
from pocketdesk.app.cli import main

limited = Limiter.__init__


def unlimited(self: Limiter, limit: Limit) -> None:
    limited(self, replace(limit, every_ms=0))


if __name__ == "__main__":
    Limiter.__init__ = unlimited
    main()
