"""`python -m bench [NAME] [--only CASE ...] [--limits] [--repeat N] [--seconds S]`."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import machine, report
from bench.generator import Figures
from bench.postgres import postgres
from bench.product import Product
from bench.scenario import Case, Setting
from bench.scenarios import answers, disk, echo, idle, inbox, page, pairs, search, start

RESULTS = Path(__file__).parent / "results"
SCENARIOS = (disk, echo, pairs, inbox, idle, start, page, answers, search)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description="Measure the product beside the bare limits.")
    parser.add_argument("name", nargs="?", default="run", help="part of the result's file name")
    parser.add_argument("--only", nargs="*", default=[], metavar="CASE", help="cases that begin like this")
    parser.add_argument("--limits", action="store_true", help="the limits only, without the product")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="repetitions, in turn")
    parser.add_argument("--seconds", type=float, default=3, metavar="S", help="length of a window")
    words = parser.parse_args()
    machine.prepare()
    facts = machine.facts()
    name = f"{datetime.now(UTC):%Y-%m-%d}-{words.name}"
    measured: dict[str, dict[str, list[Figures]]] = {}
    failures: list[str] = []
    RESULTS.mkdir(exist_ok=True)
    with postgres() as database, Product(database) as product:
        setting = Setting(words.seconds, database, product)
        cases = [
            case for scenario in SCENARIOS for case in scenario.cases(setting) if wanted(case, words.only)
        ]
        for case in cases:
            if figures := run(case, words.repeat, failures, limits=words.limits):
                measured[case.name] = figures
            whole = {"machine": facts, "seconds": words.seconds, "cases": measured, "failures": failures}
            (RESULTS / f"{name}.json").write_text(json.dumps(whole, indent=1) + "\n")
    (RESULTS / "README.md").write_text(report.page(name, facts, cases, measured, failures))
    sys.exit(bool(failures))


def wanted(case: Case, only: list[str]) -> bool:
    return not only or case.name.startswith(tuple(only))


def run(case: Case, repeat: int, failures: list[str], *, limits: bool) -> dict[str, list[Figures]]:
    """The figures of each subject; they take turns, so that other work on the machine meets all alike."""
    subjects = {name: subject for name, subject in case.subjects.items() if not limits or name in case.bare}
    measured: dict[str, list[Figures]] = {}
    for _ in range(repeat):
        for name, subject in subjects.items():
            try:
                figures = subject()
            except RuntimeError as wrong:
                failures.append(f"{case.name}, {name}: {wrong}")
                print(failures[-1], flush=True)
                continue
            measured.setdefault(name, []).append(figures)
            shown = ", ".join(f"{figure} {report.short(value)}" for figure, value in figures.items())
            print(f"{case.name}: {name}: {shown}", flush=True)
    return measured


if __name__ == "__main__":
    main()
