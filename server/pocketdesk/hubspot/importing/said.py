"""What was said in a conversation at HubSpot, as it is kept here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pocketdesk.conversations.model import AgentActor, SystemActor
from pocketdesk.hubspot.importing.page import line
from pocketdesk.hubspot.importing.source import Sender, ThreadMessage
from pocketdesk.hubspot.wire.rich_text import LONGEST_HTML, from_html
from pocketdesk.kernel import text
from pocketdesk.kernel.moments import from_iso
from pocketdesk.kernel.refusal import Invalid

LONGEST_NAME = 200
NO_USER = "said by somebody who is no active user here"
FILE = "a file, of which only the name comes"
NO_FORM = "words in a form that cannot be kept"
NO_MOMENT = "words without a moment"
_AGENT = "A-"


@dataclass(frozen=True, slots=True)
class Said:
    """Words at a moment (UTC ms). `by` is None for whoever wrote from outside; `word` is known again by another run."""

    at: int
    by: AgentActor | SystemActor | None
    content: text.Content
    word: str
    is_comment: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """An agent as a user here, if it is one, and under what name."""

    user_id: int | None
    name: str


def said_in(
    message: ThreadMessage, voice_of: Callable[[str], Voice], stand_in: int
) -> tuple[list[Said], list[str]]:
    """The words of a message, several for one that is too long; and why something of it is lost.

    Who is no user here stands with a name before the words; a comment is then the user's who brings it (`stand_in`).
    """
    if message.type not in {"MESSAGE", "COMMENT", "WELCOME_MESSAGE"}:
        return [], []
    at = moment_of(message.createdAt)
    if at is None:
        return [], [NO_MOMENT]
    by, name = _author(message, voice_of, stand_in)
    files = [line(each.name or "") for each in message.attachments if each.type == "FILE"]
    lost = ([NO_USER] if name else []) + [FILE] * len(files)
    try:
        contents = _contents(f"{name}:" if name else "", message.text or "", message.richText, files)
    except Invalid:
        return [], [NO_FORM]
    is_comment = message.type == "COMMENT"
    said = [
        Said(at, by, each, message.id if place == 1 else f"{message.id}#{place}", is_comment)
        for place, each in enumerate(contents, 1)
    ]
    return said, lost


def agents_in(messages: Sequence[ThreadMessage]) -> set[str]:
    """HubSpot's ids of the agents who wrote something."""
    return {id_ for each in messages if (id_ := _wrote(each)).startswith(_AGENT)}


def visitor_in(messages: Sequence[ThreadMessage]) -> Sender | None:
    """Who wrote from outside, as their last message tells."""
    return next((each.senders[0] for each in reversed(messages) if _comes_in(each) and each.senders), None)


def moment_of(words: str | None) -> int | None:
    """A moment in UTC milliseconds; None if it is none."""
    try:
        return max(0, from_iso(words)) if words else None
    except ValueError:
        return None


def _author(
    message: ThreadMessage, voice_of: Callable[[str], Voice], stand_in: int
) -> tuple[AgentActor | SystemActor | None, str]:
    """Who said it, and the name to put before it if that is no user here."""
    if _comes_in(message):
        return None, ""
    is_comment = message.type == "COMMENT"
    wrote = _wrote(message)
    if not wrote.startswith(_AGENT) and not is_comment:
        return SystemActor(), ""
    voice = voice_of(wrote)
    if voice.user_id is not None:
        return AgentActor(voice.user_id), ""
    name = voice.name or next((each.name for each in message.senders if each.name), "") or wrote
    return (AgentActor(stand_in) if is_comment else SystemActor()), line(name)[:LONGEST_NAME]


def _comes_in(message: ThreadMessage) -> bool:
    return message.type == "MESSAGE" and message.direction == "INCOMING"


def _wrote(message: ThreadMessage) -> str:
    return next((each.actorId for each in message.senders if each.actorId), None) or message.createdBy or ""


def _contents(head: str, words: str, html: str | None, files: Sequence[str]) -> list[text.Content]:
    if html and len(html) <= LONGEST_HTML:
        blocks = [
            *([_paragraph(head)] if head else []),
            *from_html(text.clean(html)),
            *map(_paragraph, filter(None, files)),
        ]
        try:
            return [text.parse_content({"blocks": blocks})]
        except Invalid:
            pass
    whole = "\n\n".join(part for part in (head, words, *files) if part.strip())
    return [text.from_plain(piece) for piece in _pieces(whole)]


def _paragraph(words: str) -> dict[str, Any]:
    return {"type": "paragraph", "runs": [{"type": "text", "text": words}]}


def _pieces(words: str) -> list[str]:
    """The words in stretches that a message holds, parted between lines or words where there are any."""
    pieces: list[str] = []
    while words := words.strip():
        end = len(words)
        if end > text.LONGEST:
            begun = text.LONGEST // 2
            end = max(words.rfind("\n", begun, text.LONGEST), words.rfind(" ", begun, text.LONGEST))
            end = end if end > 0 else text.LONGEST
        pieces.append(words[:end])
        words = words[end:]
    return pieces
