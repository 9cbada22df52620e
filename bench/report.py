"""Figures into tables: medians with their range, ratios to the limit of the same run, goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from bench.generator import Figures
from bench.scenario import Case, Goal

Measured = Mapping[str, Sequence[Figures]]
"""Of one case: for each subject the figures of its repetitions."""

READING = """\
Median (lowest–highest) of the repetitions, which take turns. Server and database run on one core, the
generator on another. `other_cores` is what other work used meanwhile: where it is not near 0, compare
`cpu_us_per_msg` (of server and database) rather than messages a second. [bench/README.md](../README.md) says
how to read the rest.
"""


ASIDE = {"max_ms", "ack_p50_ms", "ack_p99_ms", "server_cores", "generator_cores"}
"""Figures that stand in the JSON file only."""


def middle(measured: Measured, subject: str, figure: str) -> float:
    return median(figures[figure] for figures in measured[subject])


def short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def cell(measured: Measured, subject: str, figure: str) -> str:
    values = [figures[figure] for figures in measured[subject] if figure in figures]
    if not values:
        return ""
    text = short(median(values))
    return text if len(values) == 1 else f"{text} ({short(min(values))}–{short(max(values))})"


def ratio(measured: Measured, subject: str, limit: str, figure: str) -> str:
    return f"{figure} {short(middle(measured, subject, figure) / middle(measured, limit, figure))}"


def table(case: Case, measured: Measured) -> list[str]:
    names = list(dict.fromkeys(name for runs in measured.values() for name in runs[0] if name not in ASIDE))
    compared = [names[0], *(name for name in ("cpu_us_per_msg", "p99_ms", "kb_per_socket") if name in names)]
    lines = [f"## {case.title}", "", f"| {case.name} | {' | '.join(names)} | times its limit |"]
    lines.append("|---" * (len(names) + 2) + "|")
    for subject in measured:
        cells = [cell(measured, subject, name) for name in names]
        limit = case.limits.get(subject)
        if limit and limit in measured:
            ratios = (ratio(measured, subject, limit, name) for name in dict.fromkeys(compared))
            cells.append(f"{', '.join(ratios)} ({limit})")
        else:
            cells.append("")
        lines.append(f"| {subject} | {' | '.join(cells)} |")
    return [*lines, ""]


def verdict(case: Case, goal: Goal, measured: Measured) -> str:
    value = middle(measured, goal.subject, goal.figure)
    if goal.times:
        value /= middle(measured, goal.times, goal.figure)
    above = goal.at_least is None or value >= goal.at_least
    below = goal.at_most is None or value <= goal.at_most
    bound = f"at least {goal.at_least:g}" if goal.at_least is not None else f"at most {goal.at_most:g}"
    wanted = f"{goal.figure} {bound}" + (f" times {goal.times}" if goal.times else "")
    reached = "yes" if above and below else "**no**"
    return f"| {case.name} | {goal.subject} | {wanted} | {short(value)} | {reached} |"


def page(
    name: str,
    facts: Mapping[str, Any],
    cases: Sequence[Case],
    measured: Mapping[str, Measured],
    failures: Sequence[str],
) -> str:
    """The results as Markdown."""
    versions = ", ".join(f"{package} {number}" for package, number in facts["packages"].items())
    hardware = f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gib']} GiB, {facts['file_system']}"
    system = f"Linux {facts['kernel']}, {facts['system']}, Python {facts['python']}"
    lines = [
        f"# Bench {name}",
        "",
        f"{hardware}, {system}, PostgreSQL {facts['postgresql']}, {versions}.",
        f"Commit {facts['commit']}. Load average before the run {facts['load']:.2f}.",
        "",
        READING,
        *(f"**Went wrong:** {failure}\n" for failure in failures),
    ]
    there = [case for case in cases if case.name in measured]
    goals = [(case, goal) for case in there for goal in case.goals if goal.subject in measured[case.name]]
    if goals:
        lines += ["| case | subject | goal | here | reached |", "|---|---|---|---|---|"]
        lines += [*(verdict(case, goal, measured[case.name]) for case, goal in goals), ""]
    for case in there:
        lines += table(case, measured[case.name])
    return "\n".join(lines)
