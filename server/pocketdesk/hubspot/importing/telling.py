"""The report of an import, for people and for programs."""

from typing import Any

from pocketdesk.hubspot.importing.checksum import to_words
from pocketdesk.hubspot.importing.model import Outcome, Report, Tally


def to_json(report: Report) -> dict[str, Any]:
    """As a file."""
    return {
        "dry_run": report.dry_run,
        "stopped": report.stopped,
        "agrees": report.agrees,
        "kinds": {
            name: {
                "found": each.found,
                **{outcome.value: each.outcomes[outcome] for outcome in Outcome},
                "skipped_because": dict(each.skipped.most_common()),
                "values_left_out": dict(each.left_out.most_common()),
                "checksum_given": to_words(each.given),
                "checksum_held": None if report.dry_run else to_words(each.held),
            }
            for name, each in report.kinds.items()
        },
    }


def to_lines(report: Report) -> list[str]:
    """As it stands in a terminal: reasons may quote strangers, so nothing in them moves the cursor."""
    lines = ["Nothing was written: this was a dry run." if report.dry_run else "Brought over from HubSpot:"]
    for name, each in report.kinds.items():
        lines += _lines(name, each, dry_run=report.dry_run)
    if report.stopped is not None:
        lines.append(f"It ended too early: {report.stopped}. Run it again, it goes on.")
    if not report.agrees:
        lines.append("The checksums differ: something was changed here meanwhile. Run it again.")
    return [
        "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
        for line in lines
    ]


def _lines(name: str, each: Tally, *, dry_run: bool) -> list[str]:
    counts = ", ".join(f"{each.outcomes[outcome]} {outcome.value.replace('_', ' ')}" for outcome in Outcome)
    lines = [f"{name}: {each.found} found: {counts}"]
    lines += [f"  skipped {count}: {reason}" for reason, count in each.skipped.most_common()]
    lines += [f"  left out {count}: {reason}" for reason, count in each.left_out.most_common()]
    lines.append(f"  given {to_words(each.given)}")
    if not dry_run:
        lines.append(f"  held  {to_words(each.held)}")
    return lines
