"""The documentation as pages that the product serves itself: docs/howto/*.md → static/docs/*.html.

python -m tools.docs           writes the pages
python -m tools.docs --check   says which links lead nowhere, in the pages and from the console
"""

import argparse
import html
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

TOP = Path(__file__).resolve().parents[1]
SOURCES = TOP / "docs" / "howto"
CONSOLE = TOP / "web" / "console" / "src"
STYLES = (TOP / "web" / "design" / "src" / "tokens.css", TOP / "tools" / "docs.css")
TARGET = TOP / "server" / "pocketdesk" / "app" / "static" / "docs"

ORDER = (
    "chat-in-your-app",
    "android",
    "ios",
    "priority-and-mobile-tag",
    "welcome-and-language",
    "availability-and-routing",
    "replying",
    "knowledge-base",
    "help-tab",
    "help-centre",
    "consent",
    "privacy",
    "api",
    "webhooks",
    "push",
    "run-it",
)
"""From the first step to the operator's; others come after, by name."""

_OWN = re.compile(r"^(?P<name>[a-z0-9-]+)\.md(?:#(?P<anchor>.+))?$")
_FROM_CONSOLE = re.compile(r"""["'`](?P<place>/docs/[^"'`$]*)["'`]""")


@dataclass(frozen=True)
class Page:
    """One page. `links` are those that lead to other pages of ours, as `/docs/name#anchor`."""

    name: str
    title: str
    body: str
    anchors: frozenset[str]
    links: tuple[str, ...]


def slug(words: str) -> str:
    """A heading's anchor: `Who can be chosen` is `who-can-be-chosen`."""
    return re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")


def render(name: str, source: str) -> Page:
    """A page of Markdown. Raw HTML in it is shown as text; links between the files become links between pages."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(source)
    title, anchors, links = name, set[str](), list[str]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = _plain(tokens[place + 1])
            if token.tag == "h1":
                title = words
            else:
                anchor = slug(words)
                if anchor in anchors:
                    raise ValueError(f"{name}.md: two headings are called {words!r}")
                anchors.add(anchor)
                token.attrSet("id", anchor)
        for link in (each for each in token.children or () if each.type == "link_open"):
            target = str(link.attrGet("href") or "")
            own = _OWN.match(target)
            if own or target.startswith("#"):
                page, anchor = (own["name"], own["anchor"]) if own else (name, target[1:])
                target = f"/docs/{page}" + (f"#{anchor}" if anchor else "")
                links.append(target)
                link.attrSet("href", target)
            elif not target.startswith(("https://", "/api/")):
                raise ValueError(f"{name}.md: {target} is neither a page of ours nor an address")
    body = markdown.renderer.render(tokens, markdown.options, {})
    return Page(name, title, _scrolling(body), frozenset(anchors), tuple(links))


def pages() -> dict[str, Page]:
    """All pages by name, in the order of the menu."""
    found = {path.stem: path for path in sorted(SOURCES.glob("*.md"))}
    names = [*(name for name in ORDER if name in found), *(name for name in found if name not in ORDER)]
    return {name: render(name, found[name].read_text()) for name in names}


def broken(found: Mapping[str, Page], console: Mapping[str, str]) -> Iterator[str]:
    """What leads nowhere. `console` maps file names to their text."""
    for page in found.values():
        yield from (f"docs/howto/{page.name}.md: {link}" for link in page.links if not _exists(found, link))
    for file, text in console.items():
        for match in _FROM_CONSOLE.finditer(text):
            if not _exists(found, match["place"]):
                yield f"{file}: {match['place']}"


def write(found: Mapping[str, Page], target: Path = TARGET) -> None:
    """The pages and their styles, in place of what was there."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    (target / "docs.css").write_text("\n".join(path.read_text() for path in STYLES))
    for page in found.values():
        (target / f"{page.name}.html").write_text(_whole(page, found))


def _exists(found: Mapping[str, Page], place: str) -> bool:
    name, _, anchor = place.removeprefix("/docs/").partition("#")
    return name in found and (not anchor or anchor in found[name].anchors)


def _plain(token: Token) -> str:
    return "".join(
        each.content for each in token.children or () if each.type in {"text", "code_inline", "softbreak"}
    )


def _scrolling(body: str) -> str:
    """What may be wider than a phone scrolls by itself, by keyboard too."""
    body = body.replace("<table>", '<div class="wide" tabindex="0" role="region" aria-label="Table"><table>')
    return body.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')


def _whole(page: Page, found: Mapping[str, Page]) -> str:
    menu = "".join(
        f'<li><a href="/docs/{each.name}"{" aria-current=page" if each is page else ""}>'
        f"{html.escape(each.title)}</a></li>"
        for each in found.values()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{html.escape(page.title)} · Pocketdesk</title>"
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/docs.css"></head><body>'
        '<a class="skip" href="#main">Skip to content</a>'
        '<header><a href="/docs">Pocketdesk documentation</a></header>'
        f'<nav aria-label="Pages"><ul>{menu}</ul></nav><main id="main">{page.body}</main></body></html>\n'
    )


def main() -> int:
    """Writes the pages, or checks the links; 1 when one leads nowhere."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="only say which links lead nowhere")
    found = pages()
    if not options.parse_args().check:
        write(found)
        return 0
    console = {
        str(path.relative_to(TOP)): path.read_text()
        for path in sorted(CONSOLE.rglob("*"))
        if path.suffix in {".ts", ".tsx"}
    }
    lost = list(broken(found, console))
    print(*(lost or [f"{len(found)} pages, every link leads somewhere"]), sep="\n")
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
