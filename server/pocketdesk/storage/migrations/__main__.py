"""Writes the revision for what has changed in the tables: `python -m pocketdesk.storage.migrations "Add tickets"`.

With `--first`, which is honest only while nothing has been released, it writes the first revision anew.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from pocketdesk.storage import migrations


def main() -> None:
    """Compares the features' tables with a database at the last revision."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="First tables")
    parser.add_argument("--first", action="store_true")
    arguments = parser.parse_args()
    versions = Path(__file__).parent / "versions"
    written = sorted(versions.glob("[0-9]*.py"))
    if arguments.first:
        for path in written:
            path.unlink()
        written = []
    migrations.load_tables()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/scratch.db"
        migrations.upgrade(url)
        with migrations.to_database(url).begin() as connection:
            number = f"{len(written) + 1:04}"
            command.revision(
                migrations.to_config(connection), arguments.message, autogenerate=True, rev_id=number
            )
    new = [str(path) for path in versions.glob(f"{number}_*.py")]
    for path in map(Path, new):
        path.write_text(re.sub(r" *# ### .* ###\n", "", path.read_text()))
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", *new], check=True)  # noqa: S603
    subprocess.run([sys.executable, "-m", "ruff", "check", "--quiet", "--fix", *new], check=True)  # noqa: S603
    print(*new)  # noqa: T201


main()
