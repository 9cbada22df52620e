"""Rules for every committed file, and for the documents."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.lint.rule import Rule, Source, prefixed


class NoAddresses(Rule):
    """A clone works from any registry and in any folder: no file names one."""

    name = "addresses"
    good = (
        ("requirements/runtime.txt", "uvicorn==0.54.0 --hash=sha256:00"),
        ("docs/howto/run-it.md", "`/var/lib/pocketdesk` and https://example.com/work/"),
    )
    bad = (
        ("requirements/runtime.txt", "--index-url https://" + "pypi" + ".org/simple"),
        ("web/package-lock.json", '"resolved": "https://registry.' + "npmjs" + '.org/preact"'),
        ("tools/x.py", 'path = "/' + 'work/main"'),
        ("docs/x.md", "see /home/" + "ann/pocketdesk"),
    )
    hosts = re.compile(
        r"\b(pypi|files\.pythonhosted|npmjs|yarnpkg|crates|static\.crates|golang|goproxy|maven|repo1\.maven|debian|"
        r"docker|ghcr)\.(org|io|com|net)(?=/|\b)"
    )
    folders = re.compile(r"(?<![\w.:/-])/(work|root|tmp/brief|home/[a-z]+)/")

    def covers(self, path: str) -> bool:
        return PurePosixPath(path).suffix not in {".png", ".jpg", ".webp", ".woff2", ".ico", ".pdf"}

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(source.lines, 1):
            for found in (self.hosts.search(line), self.folders.search(line)):
                if found:
                    yield number, f"`{found[0]}` is an address of one machine or registry"


class DecisionsNameTests(Rule):
    """A decision holds as long as a test holds it."""

    name = "decisions"
    good = (("docs/decisions/0001-ids.md", "Enforced by `server/tests/conftest.py`."),)
    bad = (
        ("docs/decisions/0001-ids.md", "Everybody agrees."),
        ("docs/decisions/0001-ids.md", "Enforced by `server/tests/unit/test_gone.py`."),
    )
    test = re.compile(
        r"`((?:server/tests|web|tools|bench|sdk)/[\w./-]*(?:test|bench|conftest|lint)[\w./-]*)(?:::\w+)?`"
    )

    def covers(self, path: str) -> bool:
        return prefixed(path, "docs/decisions/") and path.endswith(".md") and not path.endswith("README.md")

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        named = self.test.findall(source.text)
        if not any(source.exists(path) for path in named):
            yield 1, "a decision names the test that enforces it: `server/tests/...`"


class DocumentsPointSomewhere(Rule):
    """Paths and links in the documents lead to something."""

    name = "documents"
    good = (
        (
            "docs/x.md",
            "See `server/tests/conftest.py`, `tests/conftest.py:12`, `text/html`, [it](../Makefile).",
        ),
        (
            "docs/x.md",
            "`/api/v1/setup` `server/tests/*.py` [web](https://example.com) [part](#part) [api](/api/x)",
        ),
    )
    bad = (
        ("docs/x.md", "See `server/tests/gone.py`."),
        ("docs/x.md", "See [it](gone.md)."),
        ("docs/x.md", "See `docs/gone/`."),
    )
    path = re.compile(r"`([\w.@-]+(?:/[\w.@-]+)+/?)(?:::?[\w.]+)*`")
    link = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
    unbuilt = ("server/pocketdesk/app/static", "web/node_modules")

    def covers(self, path: str) -> bool:
        return path.endswith(".md") and (prefixed(path, "docs/") or "/" not in path)

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(source.lines, 1):
            for path in self.path.findall(line):
                if not self._found(source, path.rstrip("/")):
                    yield number, f"`{path}` does not exist"
            for target in self.link.findall(line):
                # What begins with a slash is an address of the running product.
                if ":" not in target and not target.startswith("/") and not self._linked(source, target):
                    yield number, f"the link to {target} leads nowhere"

    def _found(self, source: Source, path: str) -> bool:
        """A path from the top or from the server's package; what starts like neither is no path."""
        if prefixed(path, *self.unbuilt):
            return True
        first = path.partition("/")[0]
        for folder in ("", "server/pocketdesk/"):
            if source.exists(folder + first):
                return source.exists(folder + path) or source.exists(f"{folder}{path}.py")
        return True

    def _linked(self, source: Source, target: str) -> bool:
        parts: list[str] = []
        for part in (PurePosixPath(source.path).parent / target).parts:
            if part == "..":
                if not parts:
                    return False
                parts.pop()
            else:
                parts.append(part)
        return source.exists("/".join(parts))


RULES: list[Rule] = [NoAddresses(), DecisionsNameTests(), DocumentsPointSomewhere()]
