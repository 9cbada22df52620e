"""The wheel carries what git does not: the built pages."""

import subprocess
import sys
import zipfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]


def test_wheel_carries_the_built_pages(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=TOP,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for file in (
        "chat/manifest.json",
        "chat/loader.js",
        "chat/worker.js",
        "console/manifest.json",
        "docs/api.html",
    ):
        assert f"pocketdesk/app/static/{file}" in names
    assert "pocketdesk/py.typed" in names
    assert not [name for name in names if "/test" in name]
