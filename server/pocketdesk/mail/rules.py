"""How mails look: plain text, and the same as HTML. What people wrote is escaped, never trusted."""

import html
from collections.abc import Mapping, Sequence

from pocketdesk.kernel.moments import to_datetime
from pocketdesk.kernel.refusal import Conflict
from pocketdesk.mail.model import Link, Mail, Quote

LONGEST_SUBJECT = 150
LONGEST_QUOTE = 2_000
MOST_QUOTES = 10


class MailOff(Conflict):
    """No mail goes out of this installation."""

    code = "mail_off"


class NoAddress(Conflict):
    """Nobody has told an address to write to."""

    code = "no_address"


def owner_away(
    words: Mapping[str, str],
    to: str,
    name: str | None,
    account_name: str,
    said: Sequence[str],
    url: str,
    word: str,
    at: int,
) -> Mail:
    """Tells a contact's owner what the contact wrote while the owner was away (F05)."""
    who = name or words["owner.nobody"]
    quotes = [Quote(who, _short(text)) for text in said[-MOST_QUOTES:]]
    return _mail(
        words,
        to,
        words["owner.subject"].format(name=who),
        words["owner.line"].format(name=who),
        quotes,
        Link(words["owner.open"], url),
        words["owner.why"].format(account=account_name),
        word,
        at,
    )


def transcript(
    words: Mapping[str, str], to: str, account_name: str, said: Sequence[Quote], word: str, at: int
) -> Mail:
    """Everything public that stands in a conversation, for its visitor (L15)."""
    return _mail(
        words,
        to,
        words["transcript.subject"].format(account=account_name),
        words["transcript.line"].format(account=account_name),
        said,
        None,
        words["transcript.why"],
        word,
        at,
    )


def invitation(
    words: Mapping[str, str], to: str, name: str, account_name: str, url: str, word: str, at: int
) -> Mail:
    """Invites somebody to become a user of an account."""
    return _mail(
        words,
        to,
        words["invitation.subject"].format(account=account_name),
        words["invitation.line"].format(name=name, account=account_name),
        (),
        Link(words["invitation.open"], url),
        words["invitation.why"].format(account=account_name),
        word,
        at,
    )


def to_when(at: int) -> str:
    """A moment as mails tell it: in UTC, because nobody knows where they are read."""
    return to_datetime(at).strftime("%Y-%m-%d %H:%M UTC")


def _mail(
    words: Mapping[str, str],
    to: str,
    subject: str,
    line: str,
    quotes: Sequence[Quote],
    link: Link | None,
    why: str,
    word: str,
    at: int,
) -> Mail:
    return Mail(
        to,
        _one_line(subject),
        _text(line, quotes, link, why),
        _html(words["language"], words["direction"], line, quotes, link, why),
        word,
        at,
    )


def _text(line: str, quotes: Sequence[Quote], link: Link | None, why: str) -> str:
    parts = [line]
    for quote in quotes:
        head = f"{quote.author}, {quote.when}" if quote.when else quote.author
        said = "\n".join(f"> {each}".rstrip() for each in quote.text.split("\n"))
        parts.append(f"{head}:\n{said}")
    if link:
        parts.append(f"{link.text}:\n{link.url}")
    parts.append(f"-- \n{why}")
    return "\n\n".join(parts) + "\n"


_FONT = "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif"
_QUOTE = "margin:0 0 16px;padding:10px 14px;background:#e9eeef;color:#161b1d;border-radius:10px;white-space:pre-wrap"
_LINK = (
    "display:inline-block;padding:10px 18px;background:#0b665c;color:#ffffff;border-radius:6px;text-decoration:none;"
    "font-weight:600"
)


def _html(
    language: str, direction: str, line: str, quotes: Sequence[Quote], link: Link | None, why: str
) -> str:
    parts = [f'<p style="margin:0 0 16px" dir="auto">{_escaped(line)}</p>']
    for quote in quotes:
        head = f"<bdi>{_escaped(quote.author)}</bdi>"
        if quote.when:
            head += f" · <bdi>{_escaped(quote.when)}</bdi>"
        parts.append(
            f'<p style="margin:0 0 4px;color:#566267;font-size:14px">{head}</p>'
            f'<div style="{_QUOTE}" dir="auto">{_escaped(quote.text)}</div>'
        )
    if link:
        parts.append(
            f'<p style="margin:24px 0"><a href="{_escaped(link.url)}" style="{_LINK}">{_escaped(link.text)}</a></p>'
        )
    parts.append(f'<p style="margin:24px 0 0;color:#566267;font-size:14px" dir="auto">{_escaped(why)}</p>')
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"></head>'
        f'<body style="margin:0;padding:24px;background:#ffffff;color:#161b1d;{_FONT}">'
        f'<div style="max-width:560px;margin:0 auto">{"".join(parts)}</div></body></html>'
    )


def _escaped(text: str) -> str:
    return html.escape(text)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rstrip() + " …"


def _one_line(text: str) -> str:
    """A subject: nothing in it can end its line and begin another header."""
    words = "".join(character if character.isprintable() else " " for character in text).split()
    line = " ".join(words)
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"
