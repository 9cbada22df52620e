"""The public API of the native SDKs, told from their sources.

Their own tests compare api.txt with what the compilers see, but need Swift and Maven; this one runs everywhere. It
compares names and labels only: enough to see that somebody changed what apps call and did not write it down.
"""

import re
from collections.abc import Iterator
from pathlib import Path

SDK = Path(__file__).parent.parent / "sdk"
SWIFT = re.compile(
    r"\bpublic (?:[a-z@]+(?:\(set\))? )*?(func|var|let|class|struct|enum|typealias) (\w+)(\()?"
)
SWIFT_DUMP = re.compile(r"^(?:[\w.]+\.)?(\w+)(\([\w:]*\))?: ", re.MULTILINE)
KOTLIN = re.compile(
    r"^\s*public (?:[a-z]+ )*?(fun|val|var|class|object|interface) (?:interface )?(\w+)", re.MULTILINE
)
KOTLIN_DUMP = re.compile(r"(?:(?:class|interface) org\.pocketdesk\.(\w+)| (\w+)\()")


def _labels(text: str, start: int) -> str:
    """The labels of the parameters whose list begins at a place, as Swift writes them: `(_:from:)`."""
    names: list[str] = []
    depth, is_name = 0, True
    for place in range(start, len(text)):
        sign = text[place]
        if is_name and (found := re.match(r"\s*(\w+)[^:()]*:", text[place:])):
            names.append(found[1])
            is_name = False
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if depth == 0:
                break
        is_name = depth == 1 and sign in "(,"
    return f"({''.join(f'{name}:' for name in names)})"


def _swift() -> Iterator[str]:
    for file in sorted((SDK / "ios/Sources").rglob("*.swift")):
        text = file.read_text()
        for found in SWIFT.finditer(text):
            yield found[2] + (_labels(text, found.start(3)) if found[1] == "func" else "")


def test_the_public_names_of_the_ios_sdk_are_those_of_its_dump() -> None:
    dump = (SDK / "ios/api.txt").read_text()
    cases = set(re.findall(r"case (\w+)$", dump, re.MULTILINE))
    released = {name + labels for name, labels in SWIFT_DUMP.findall(dump)} - cases
    assert set(_swift()) == {each for each in released if not each.startswith("init(")}


def test_the_public_names_of_the_android_sdk_are_those_of_its_dump() -> None:
    dump = (SDK / "android/api.txt").read_text()
    released = {one or other for one, other in KOTLIN_DUMP.findall(dump)}
    named: set[str] = set()
    for file in sorted((SDK / "android").glob("*/src/main/kotlin/org/pocketdesk/*.kt")):
        for kind, name in KOTLIN.findall(file.read_text()):
            getter = f"get{name[0].upper()}{name[1:]}"
            named.add(getter if kind in {"val", "var"} else name)
    own = {name for name in released if not name.startswith(("on", "set", "toString")) or name in named}
    assert named == own


def test_the_ios_sdk_is_as_large_as_its_readme_says() -> None:
    (said,) = re.findall(r"(\d+) kB of source", (SDK / "ios/README.md").read_text())
    found = sum(file.stat().st_size for file in (SDK / "ios/Sources").rglob("*.swift"))
    assert abs(found / 1000 - int(said)) < int(said) / 10


def test_the_sdks_say_the_same_in_the_same_languages() -> None:
    android = {
        (folder.name.partition("-")[2] or "en", name): text
        for folder in (SDK / "android/android/aar/res").glob("values*")
        for file in folder.glob("strings.xml")
        for name, text in re.findall(
            r'<string name="pocketdesk_(load_failed|try_again)">(.+)<', file.read_text()
        )
    }
    react = (SDK / "react-native/src/core/texts.ts").read_text()
    ios = (SDK / "ios/Sources/Pocketdesk/Words.swift").read_text()
    failed, again = "The chat could not be loaded.", "Try again"
    assert {
        (language, name): text
        for language, *texts in re.findall(r'(\w\w): \{ notLoaded: "(.+)", tryAgain: "(.+)" \}', react)
        for name, text in zip(("load_failed", "try_again"), texts, strict=True)
    } == android
    assert {
        (language, name): text
        for language, texts in [
            *re.findall(r'"(\w\w)": \[(.+?)\]', ios, re.DOTALL),
            ("en", f'"{failed}": "{failed}",\n"{again}": "{again}"'),
        ]
        for name, key in (("load_failed", failed), ("try_again", again))
        for text in re.findall(f'"{re.escape(key)}": "(.+)"', texts)
    } == android
