"""What comes over from HubSpot, and what became of it."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from pocketdesk.kernel.refusal import Refusal


class SourceFailed(Refusal):
    """HubSpot does not give what is asked for; the message says why."""

    code = "source_failed"
    status = 502


class Outcome(StrEnum):
    """What became of one thing that was found."""

    BROUGHT = "brought"
    COMPLETED = "completed"
    """It was here already; what was missing of it was filled in."""
    ALREADY_THERE = "already_there"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A contact as it shall be here: a clean address, and values that are not blank. `owner_id` is HubSpot's."""

    email: str
    properties: dict[str, str]
    owner_id: str | None
    left_out: tuple[str, ...]
    """Why a value does not come."""


@dataclass(slots=True)
class Tally:
    """Counts of one kind. `found` is the sum of the outcomes; a value that is left out does not hold up its contact."""

    outcomes: Counter[Outcome] = field(default_factory=Counter[Outcome])
    skipped: Counter[str] = field(default_factory=Counter[str])
    """Things that did not come, by reason."""
    left_out: Counter[str] = field(default_factory=Counter[str])
    """Values that did not come, by reason."""
    given: int = 0
    """Checksum over what the source gave, but for what is named above."""
    held: int = 0
    """Checksum over the same things as they are read from our tables afterwards."""

    @property
    def found(self) -> int:
        return self.outcomes.total()

    def skip(self, reason: str) -> None:
        """Counts a thing that does not come."""
        self.outcomes[Outcome.SKIPPED] += 1
        self.skipped[reason] += 1


@dataclass(slots=True)
class Report:
    """What an import did. `stopped`: why it ended before its end."""

    dry_run: bool
    kinds: dict[str, Tally] = field(default_factory=dict[str, Tally])
    stopped: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether our tables hold what the source gave; a dry run has nothing to compare."""
        return self.dry_run or all(each.given == each.held for each in self.kinds.values())
