"""Every rule lets its good examples pass and finds each of its bad ones."""

from pathlib import Path

import pytest

from tools.lint.__main__ import RULES, TOP
from tools.lint.rule import Example, Rule, Source, check


def source(example: Example) -> Source:
    path, text = example
    return Source(path, text, lambda path: (Path(TOP) / path).exists())


@pytest.mark.parametrize(
    ("rule", "example"),
    [pytest.param(rule, good, id=f"{rule.name}-{n}") for rule in RULES for n, good in enumerate(rule.good)],
)
def test_good_examples_pass(rule: Rule, example: Example) -> None:
    assert not rule.covers(example[0]) or check(source(example), [rule]) == []


@pytest.mark.parametrize(
    ("rule", "example"),
    [pytest.param(rule, bad, id=f"{rule.name}-{n}") for rule in RULES for n, bad in enumerate(rule.bad)],
)
def test_bad_examples_are_found(rule: Rule, example: Example) -> None:
    assert rule.covers(example[0])
    assert {finding.rule for finding in check(source(example), [rule])} == {rule.name}


PATH = "server/pocketdesk/people/actions.py"


@pytest.mark.parametrize(
    "text",
    [
        "import time\nnow = time.time()  # lint: allow clock because the process has just begun",
        "import time\n# lint: allow clock because the process has just begun\nnow = time.time()",
    ],
)
def test_a_reason_lets_a_line_off(text: str) -> None:
    assert check(source((PATH, text)), RULES) == []


@pytest.mark.parametrize(
    "text",
    [
        "import time\nnow = time.time()  # lint: allow clock",
        "import time\nnow = time.time()  # lint: allow commit because that is another rule",
        "now = 5  # lint: allow clock because it once asked for the time",
    ],
)
def test_an_allowance_needs_a_reason_and_a_use(text: str) -> None:
    assert check(source((PATH, text)), RULES)
