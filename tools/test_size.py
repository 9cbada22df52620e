"""What the chat page's budget counts."""

from tools.size import first_files

MANIFEST = {
    "src/main.tsx": {
        "file": "main.js",
        "css": ["main.css"],
        "imports": ["_shared.js"],
        "dynamicImports": ["src/emoji.tsx"],
    },
    "_shared.js": {"file": "shared.js", "css": ["shared.css"]},
    "src/emoji.tsx": {"file": "emoji.js", "css": ["emoji.css"]},
}


def test_counts_what_the_first_screen_waits_for_and_nothing_later() -> None:
    assert first_files(MANIFEST, "src/main.tsx") == {"main.js", "main.css", "shared.js", "shared.css"}
