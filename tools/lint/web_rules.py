"""Rules for the pages, read line by line."""

import re
from collections.abc import Iterator

from tools.lint.rule import Rule, Source, prefixed

SCRIPTS = (".ts", ".tsx", ".js", ".mjs", ".html")


class NoRawHtml(Rule):
    """Pages render trees of text, never strings of HTML, and run no string as code."""

    name = "html"
    good = (
        ("web/chat/src/message.tsx", "return <p>{text}</p>"),
        ("web/chat/src/message.tsx", "// innerHTML would be dangerous here"),
    )
    bad = (
        ("web/chat/src/message.tsx", "node.innerHTML = text"),
        ("web/console/src/main.tsx", "<p dangerouslySetInnerHTML={{ __html: text }} />"),
        ("web/chat/src/loader.ts", "document.write(tag)"),
        ("web/client/src/session.ts", "const f = new Function(text)"),
        ("web/client/src/session.ts", "eval(text)"),
        ("web/chat/src/loader.ts", "node.insertAdjacentHTML('beforeend', text)"),
    )
    pattern = re.compile(
        r"\b(innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|srcdoc|document\.write)\b"
        r"|\bnew Function\b|(?<![.\w])eval\("
    )

    def covers(self, path: str) -> bool:
        return prefixed(path, "web/") and path.endswith(SCRIPTS)

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(source.code, 1):
            if found := self.pattern.search(line):
                yield number, f"`{found[0]}` turns text into page or code"


class QuietChatPage(Rule):
    """The chat page lives in somebody's app: no dialogs, and no storage before consent allows it.

    Its loader lives in a web page, which may keep one cookie there: that the prompt was put away.
    """

    name = "chat-page"
    good = (
        ("web/chat/src/outbox.ts", "confirmed(text)"),
        ("web/chat/src/outbox.test.ts", "expect(localStorage.length).toBe(0)"),
        ("web/console/src/main.tsx", "localStorage.setItem('a', 'b')"),
        ("web/chat/src/loader.ts", "document.cookie = 'a=b'"),
    )
    bad = (
        ("web/chat/src/loader.ts", "localStorage.setItem('a', 'b')"),
        ("web/chat/src/outbox.ts", "window.alert('lost')"),
        ("web/chat/src/outbox.ts", "if (confirm('sure?')) send()"),
        ("web/chat/src/outbox.ts", "localStorage.setItem('a', 'b')"),
        ("web/chat/src/outbox.ts", "window.sessionStorage.clear()"),
        ("web/chat/src/outbox.ts", "document.cookie = 'a=b'"),
    )
    pattern = re.compile(
        r"(?<![.\w])(?:window\.)?(?:alert|confirm|prompt)\(|\b(?:localStorage|sessionStorage|document\.cookie)\b"
    )

    def covers(self, path: str) -> bool:
        return prefixed(path, "web/chat/src/") and path.endswith(SCRIPTS) and ".test." not in path

    def breaches(self, source: Source) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(source.code, 1):
            found = self.pattern.search(line)
            if found and not (source.path == "web/chat/src/loader.ts" and found[0] == "document.cookie"):
                yield number, f"`{found[0]}` is not for the chat page"


RULES: list[Rule] = [NoRawHtml(), QuietChatPage()]
