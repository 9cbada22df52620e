"""What a rule is, and how a line asks to be let off."""

import ast
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

ALLOWANCE = re.compile(r"lint: allow (?P<rule>[a-z-]+)(?: because (?P<why>\S.*))?")


@dataclass(frozen=True)
class Source:
    """One file of the tree."""

    path: str
    """From the top of the repository, with slashes."""
    text: str
    exists: Callable[[str], bool]
    """Whether the repository has such a file or folder."""

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of a Python file."""
        return ast.parse(self.text)

    @cached_property
    def code(self) -> list[str]:
        """The lines of a TypeScript or HTML file, blank where they are comment."""
        blanked = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), self.text, flags=re.DOTALL)
        return [re.sub(r"(^|\s)//.*", "", line) for line in blanked.splitlines()]

    @property
    def suffix(self) -> str:
        """`.py`, `.ts` and so on."""
        return PurePosixPath(self.path).suffix

    @property
    def is_test(self) -> bool:
        """Whether it checks the product rather than being it."""
        return self.path.startswith("server/tests/") or ".test." in self.path or "/test_" in self.path


@dataclass(frozen=True)
class Finding:
    """A line that breaks a rule."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} [{self.rule}]"


Example = tuple[str, str]
"""A path and the text of a file there."""


class Rule(ABC):
    """One rule, with examples that a test runs: `good` files pass, each of the `bad` ones is found."""

    name: str
    good: Sequence[Example]
    bad: Sequence[Example]

    @abstractmethod
    def covers(self, path: str) -> bool:
        """Whether the rule holds for the file at `path`."""

    @abstractmethod
    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        """Line number and what is wrong there."""


def check(source: Source, rules: Sequence[Rule]) -> list[Finding]:
    """What is wrong with a file, less what its lines allow with a reason; idle allowances are wrong too."""
    allowances = {
        number: found
        for number, line in enumerate(source.lines, 1)
        if not source.path.startswith("tools/lint/") and (found := ALLOWANCE.search(line))
    }
    used: set[int] = set()
    findings: list[Finding] = []
    for rule in rules:
        if not rule.covers(source.path):
            continue
        for line, message in rule.breaches(source):
            lets_off = [
                number
                for number in (line, line - 1)
                if number in allowances and allowances[number]["rule"] == rule.name
            ]
            used.update(lets_off)
            if not lets_off:
                findings.append(Finding(source.path, line, rule.name, message))
    for number, found in allowances.items():
        if number not in used:
            findings.append(Finding(source.path, number, "allow", "this allowance is not needed"))
        elif not found["why"]:
            findings.append(Finding(source.path, number, "allow", "say why: lint: allow RULE because REASON"))
    return findings


def prefixed(path: str, *prefixes: str) -> bool:
    """Whether a path starts with one of `prefixes`."""
    return path.startswith(prefixes)
