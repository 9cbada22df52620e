"""Run every rule over every file that git has or would take: `python -m tools.lint`."""

import subprocess
import sys
from pathlib import Path

from tools.lint import python_rules, tree_rules, web_rules
from tools.lint.rule import Finding, Source, check

RULES = [*python_rules.RULES, *web_rules.RULES, *tree_rules.RULES]
TOP = Path(__file__).resolve().parents[2]


def lint(top: Path) -> list[Finding]:
    """All findings in the repository at `top`."""
    listing = ["git", "-C", str(top), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0")
    findings: list[Finding] = []
    for name in sorted(filter(None, names)):
        file = top / name
        if not file.is_file():
            continue
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        source = Source(name, text, lambda path: (top / path).exists())
        try:
            findings += check(source, RULES)
        except SyntaxError as error:
            findings.append(Finding(name, error.lineno or 1, "syntax", error.msg))
    return findings


if __name__ == "__main__":
    found = lint(TOP)
    for finding in found:
        print(finding)
    sys.exit(bool(found))
