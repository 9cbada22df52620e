"""Transcripts as files: plain text, and a page without scripts that looks the same wherever it is opened."""

from html import escape

from pocketdesk.conversations.model import Transcript
from pocketdesk.kernel.moments import to_datetime

_PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.25rem; }}
dt {{ margin-top: 1.25rem; font-weight: 600; }}
time {{ font-weight: 400; opacity: 0.75; }}
dd {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }}
</style>
<h1>{title}</h1>
<dl>
{lines}
</dl>
</html>
"""
_LINE = '<dt>{name} <time datetime="{iso}">{at}</time></dt>\n<dd dir="auto">{words}</dd>'


def transcript_text(found: Transcript, title: str, you: str) -> str:
    """As plain text. `title` stands above, `you` is the name of whoever is not one of ours."""
    lines = [f"{line.name or you}, {_at(line.at)}\n{line.words}" for line in found.lines]
    return "\n\n".join([title, *lines]) + "\n"


def transcript_html(found: Transcript, title: str, you: str, direction: str) -> str:
    """As a page. `direction`: `ltr` or `rtl`."""
    lines = [
        _LINE.format(
            name=escape(line.name or you),
            iso=to_datetime(line.at).isoformat(timespec="seconds"),
            at=_at(line.at),
            words=escape(line.words),
        )
        for line in found.lines
    ]
    return _PAGE.format(
        language=escape(found.language),
        direction=direction,
        title=escape(title),
        lines="\n".join(lines),
    )


def _at(at: int) -> str:
    return to_datetime(at).strftime("%Y-%m-%d %H:%M UTC")
