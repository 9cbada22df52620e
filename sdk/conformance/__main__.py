"""`python sdk/conformance [--app] [OPTIONS] COMMAND...`: the hostile server against one client, or one app's shell.

Starts a server of this checkout in a folder that goes away again. Exits with 1 if a rule does not hold.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from app_trial import try_app
from trial import Verdict, try_client

sys.path.append(str(Path(__file__).parents[2] / "server"))
from tests.server import Server


def main() -> int:
    """Runs one trial and prints its table."""
    words = argparse.ArgumentParser(prog="python sdk/conformance", description=__doc__)
    words.add_argument("--seed", type=int, default=random.randrange(10_000), help="repeats a run")
    words.add_argument("--app", action="store_true", help="the driver is of an app's shell, not of a client")
    words.add_argument("--haste", type=float, default=20, help="with --app: how much faster its clock runs")
    words.add_argument("--texts", type=int, default=60, help="messages that the client writes")
    words.add_argument("--seconds", type=float, default=120, help="when to give up")
    words.add_argument("command", nargs=argparse.REMAINDER, help="the driver; see README.md")
    given = words.parse_args()
    if not given.command:
        words.error("name the driver's command")
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        # Consent is the page's matter; here a visitor comes back by the cookie as soon as it is asked for.
        server.account("PATCH", "/privacy/settings", {"cookie_consent": False})
        limits = {"seed": given.seed, "seconds": given.seconds}
        trial = (
            try_app(server, given.command, f"{folder}/app", haste=given.haste, **limits)
            if given.app
            else try_client(server, given.command, texts=given.texts, **limits)
        )
        verdict = asyncio.run(trial)
    print(f"seed {given.seed}")
    print("; ".join(f"{name} {count}" for name, count in sorted(verdict.troubles.items())))
    print("\n".join(_lines(verdict)))
    return 0 if verdict.passed else 1


def _lines(verdict: Verdict) -> list[str]:
    broken = dict(reversed(verdict.findings.breaches))
    lines: list[str] = []
    for rule, meaning in verdict.rules.items():
        count = verdict.findings.occasions[rule]
        state = "BROKEN" if rule in broken else f"held {count}" if count else "no occasion"
        lines.append(f"{rule:<5} {state:<12} {meaning}")
        if rule in broken:
            lines.append(f"      {broken[rule][:300]}")
    if verdict.failure:
        lines.append(f"FAILED: {verdict.failure}")
    return lines


sys.exit(main())
