"""What bodies of messages have in common: words, files, quick replies, and who is reached where."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.hubspot.wire.rich_text import from_html
from pocketdesk.kernel import text
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.text import LONGEST_LABEL, LONGEST_VALUE, MOST_REPLIES


class Identifier(BaseModel):
    """What somebody is reached by outside."""

    model_config = ConfigDict(extra="ignore")

    type: Annotated[str, Field(min_length=1, max_length=50)]
    value: Annotated[str, Field(min_length=1, max_length=320)]


class _QuickReply(BaseModel):
    model_config = ConfigDict(extra="ignore")

    label: Annotated[str, Field(max_length=4 * LONGEST_LABEL)]
    value: Annotated[str, Field(max_length=4 * LONGEST_VALUE)]
    valueType: Literal["TEXT", "URL"] = "TEXT"  # noqa: N815


class Attachment(BaseModel):
    """A file or quick replies beside the words."""

    model_config = ConfigDict(extra="ignore")

    type: Annotated[str, Field(max_length=50)] = "FILE"
    fileId: Annotated[str | int, Field(union_mode="left_to_right")] | None = None  # noqa: N815
    quickReplies: Annotated[list[_QuickReply], Field(max_length=MOST_REPLIES)] | None = None  # noqa: N815


def content_of(words: str, html: str | None, attachments: Sequence[Attachment]) -> text.Content:
    """The words, files and quick replies of a message. `Invalid` at what we cannot send."""
    files_: list[dict[str, Any]] = []
    replies: list[dict[str, Any]] = []
    for place, each in enumerate(attachments):
        match each.type:
            case "FILE":
                files_.append({"type": "file", "file_id": _file_id(each, f"attachments.{place}.fileId")})
            case "QUICK_REPLIES" if not replies:
                replies.append(_quick_replies(each, f"attachments.{place}.quickReplies"))
            case _:
                raise Invalid({f"attachments.{place}.type": "only FILE and, once, QUICK_REPLIES can be sent"})
    blocks = from_html(html) if html else []
    if not blocks and (words or not files_):
        plain = text.from_plain(words, "text")
        if not files_ and not replies:
            return plain
        blocks = cast("list[dict[str, Any]]", text.to_json(plain)["blocks"])
    field = "richText" if html else "text"
    return text.parse_content({"blocks": [*blocks, *files_, *replies]}, field)


def _file_id(attachment: Attachment, field: str) -> int:
    word = str(attachment.fileId)
    if not (word.isascii() and word.isdigit() and len(word) <= 15):
        raise Invalid({field: "must be the id of a file that this user uploaded"})
    return int(word)


def _quick_replies(attachment: Attachment, field: str) -> dict[str, Any]:
    """Answers to choose from; what opens an address has it as its value, too."""
    if not attachment.quickReplies:
        raise Invalid({field: "must not be empty"})
    replies = [
        {"label": each.label, "value": each.value, **({"url": each.value} if each.valueType == "URL" else {})}
        for each in attachment.quickReplies
    ]
    return {"type": "quick_replies", "replies": replies}
