"""The chat page's budget: all JavaScript and CSS that its first screen waits for, as gzip sends it."""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

LIMIT = 40_000
STATIC = Path(__file__).resolve().parents[1] / "server/pocketdesk/app/static/chat"


def first_files(manifest: dict[str, Any], entry: str) -> set[str]:
    """The entry's file, what it imports at once, and their styles; what it may load later does not count."""
    chunk = manifest[entry]
    files = {chunk["file"], *chunk.get("css", ())}
    for imported in chunk.get("imports", ()):
        files |= first_files(manifest, imported)
    return files


def main() -> int:
    """Print the number; 1 when it is over the limit."""
    manifest = json.loads((STATIC / "manifest.json").read_text())
    sizes = {
        file: len(gzip.compress((STATIC / file).read_bytes(), 9))
        for file in first_files(manifest, "src/main.tsx")
    }
    total = sum(sizes.values())
    parts = ", ".join(f"{Path(file).name} {size:,}" for file, size in sorted(sizes.items()))
    print(f"chat page: {total:,} of {LIMIT:,} bytes gzip ({parts})")
    return total > LIMIT


if __name__ == "__main__":
    sys.exit(main())
