"""The import contracts can fail: each of these imports, added to the real tree, breaks the contract it should."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
PACKAGE = TOP / "server/pocketdesk"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the package and its contracts that a test may spoil."""
    folder = tmp_path_factory.mktemp("layers")
    shutil.copytree(PACKAGE, folder / "pocketdesk", ignore=shutil.ignore_patterns("static", "__pycache__"))
    shutil.copy(TOP / ".importlinter", folder)
    yield folder
    shutil.rmtree(folder)


def broken(copy: Path, contract: str) -> bool:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [program, "--no-cache", "--no-logo", "--contract", contract],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "NO_COLOR": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "kept" in done.stdout, done.stdout + done.stderr
    return " 0 broken" not in done.stdout


@pytest.mark.parametrize(
    ("contract", "file", "line"),
    [
        ("storeys", "kernel/spoiled.py", "import pocketdesk.storage"),
        ("storeys", "storage/spoiled.py", "import pocketdesk.accounts"),
        ("storeys", "chatflows/spoiled.py", "import pocketdesk.consent"),
        ("storeys", "stray.py", ""),
        ("rooms", "people/stray.py", ""),
        ("rules", "people/rules.py", "import time"),
        ("kernel", "kernel/spoiled.py", "import uuid"),
        ("wire", "people/wire.py", "import pocketdesk.storage"),
        ("realtime", "people/actions.py", "import pocketdesk.realtime"),
    ],
)
def test_a_wrong_import_breaks_its_contract(copy: Path, contract: str, file: str, line: str) -> None:
    path = copy / "pocketdesk" / file
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n")
    try:
        assert broken(copy, contract)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)


def test_every_store_is_protected() -> None:
    contracts = ConfigParser()
    contracts.read(TOP / ".importlinter")
    stores = {
        path.parent.name for room in ("store.py", "store/__init__.py") for path in PACKAGE.glob(f"*/{room}")
    }
    assert stores <= {
        name.removeprefix("importlinter:contract:").removesuffix("-store") for name in contracts
    }
