"""`make check`: every fast check, two at a time, a line each; what a failed one said comes after.

With `--static` it leaves out the tests, which `make test` runs in full.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
MOST_LINES = 60


@dataclass(frozen=True)
class Check:
    """One command; `says` shows the last line of its output when it passes."""

    name: str
    command: Sequence[str]
    folder: str = "."
    says: bool = False


# The long ones first, so that two cores end together.
STATIC = [
    Check("types (Python)", ["basedpyright"]),
    Check("types (TypeScript)", ["npm", "run", "--silent", "typecheck"], "web"),
    Check("storeys and rooms", ["lint-imports", "--no-logo"]),
    Check("format (Python)", ["ruff", "format", "--check", "--output-format=concise"]),
    Check("lint (Python)", ["ruff", "check", "--output-format=concise"]),
    Check("lint (web)", ["npm", "run", "--silent", "lint"], "web"),
    Check("house rules", ["python", "-m", "tools.lint"]),
    Check("links to the documentation", ["python", "-m", "tools.docs", "--check"], says=True),
    Check("size of the chat page", ["python", "tools/size.py"], says=True),
]
TESTS = [
    Check("unit tests (web)", ["npm", "run", "--silent", "test"], "web"),
    Check("unit tests (Python)", ["pytest", "-q", "server/tests/unit", "tools"], says=True),
]


def run(check: Check) -> tuple[Check, float, subprocess.CompletedProcess[str]]:
    """Run one check to its end."""
    started = time.perf_counter()
    environment = os.environ | {"NO_COLOR": "1", "PYTHONPATH": str(TOP)}
    done = subprocess.run(
        check.command,
        cwd=TOP / check.folder,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return check, time.perf_counter() - started, done


def main() -> int:
    """Run all; 1 when any failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--static", action="store_true", help="leave out the tests")
    checks = STATIC if options.parse_args().static else [*STATIC[:2], *TESTS, *STATIC[2:]]
    failed: list[tuple[Check, str]] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for ended in as_completed([pool.submit(run, check) for check in checks]):
            check, seconds, done = ended.result()
            output = done.stdout.strip()
            note = f"  {output.splitlines()[-1].strip('= ')}" if check.says and output else ""
            print(f"{'✗' if done.returncode else '✓'} {check.name:24}{seconds:6.1f} s{note}", flush=True)
            if done.returncode:
                failed.append((check, output))
    for check, output in failed:
        lines = output.splitlines()
        print(f"\n── {check.name}: {' '.join(check.command)}", *lines[:MOST_LINES], sep="\n")
        if len(lines) > MOST_LINES:
            print(f"… and {len(lines) - MOST_LINES} lines more")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
