"""The `pocketdesk` command without limits per visitor and address; they still count, but refuse nothing.

A few hundred visitors write here what thousands would, all from one address.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partialmethod

from pocketdesk.accounts.rules.limits import Limit, Limiter
from pocketdesk.app.cli import main
from pocketdesk.realtime.service import Bounds, Realtime
from pocketdesk.realtime.session import Limits

limited = Limiter.__init__


def unlimited(self: Limiter, limit: Limit) -> None:
    limited(self, replace(limit, burst=1_000_000_000))


if __name__ == "__main__":
    Limiter.__init__ = unlimited
    boundless = {
        "limits": Limits(frames_per_s=1e9),
        "bounds": Bounds(per_address=1_000_000, per_viewer=1_000_000),
    }
    setattr(Realtime, "__init__", partialmethod(Realtime.__init__, **boundless))  # noqa: B010  typed as fixed
    main()
