"""How much may be simulated at once."""

from pocketdesk.kernel.refusal import Invalid

MOST_DAYS = 31
MOST_PLANS = 4
MOST_STAFF = 100
MOST_ARRIVALS = 5_000
MOST_STEPS = 500_000
"""Arrivals times staff times policies: a few seconds of one processor."""


def check_size(arrivals: int, staff: int, plans: int) -> None:
    """`Invalid` at what there is too much of."""
    if arrivals > MOST_ARRIVALS:
        raise Invalid({"arrivals": f"at most {MOST_ARRIVALS}, and these are {arrivals}"})
    if staff > MOST_STAFF:
        raise Invalid({"staff": f"at most {MOST_STAFF}, and these are {staff}"})
    if arrivals * staff * plans > MOST_STEPS:
        raise Invalid({"arrivals": "too many for so many users and policies"})
