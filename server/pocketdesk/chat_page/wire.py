"""The chat page's beginning as JSON, for the page itself, for previews and for explanations."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field

from pocketdesk.accounts.rules.words import initials_of
from pocketdesk.accounts.wire import Answer, Body, Id
from pocketdesk.chat_page.model import Explanation, Heading, NotServed, Page, VisitorPage
from pocketdesk.chatflows.model import Chatflow, Display
from pocketdesk.chatflows.wire import DocumentJson
from pocketdesk.consent.model import PageTexts
from pocketdesk.consent.model import Standing as Choices
from pocketdesk.files.model import Limits
from pocketdesk.inboxes.model import Standing
from pocketdesk.inboxes.wire import FontWord
from pocketdesk.kernel import text

DisplayJson = Annotated[dict[str, Any], Field(json_schema_extra={"x-struct": Display.__name__})]


class PreviewBody(Body):
    """Settings that are not saved, to look at."""

    document: DocumentJson
    inbox_id: Id


class FaceOut(Answer):
    """Somebody who stands above the chat; `color` is one of the page's eight, `image` the path of a photo."""

    name: str
    initials: str
    color: int
    image: str | None


class HeadingOut(Answer):
    """Who one talks to: people, or a brand with an image. With `alias` the brand stands for every agent.

    `initials` are the first one's: they stand for the whole where there is no picture.
    """

    name: str
    initials: str
    people: list[FaceOut]
    image: str | None
    alias: bool


class ContentOut(Answer):
    """Words as blocks, as in messages."""

    blocks: list[dict[str, Any]]


class AttachmentsOut(Answer):
    """Which files can be sent: extensions, and the most bytes."""

    accept: str
    max_bytes: int


class StandingOut(Answer):
    """Whether somebody is there, and what is shown. `returns_at` beside `return_time`, `text` beside `message`."""

    state: Literal["open", "away", "closed"]
    show: Literal["chat", "hide", "message", "return_time"]
    text: str | None
    returns_at: int | None
    reply_time: Literal["none", "minutes", "hours", "day"]


class CookieTextOut(Answer):
    """When cookies are asked about, and how. `text_hash` goes back with the choice."""

    when: Literal["before_chat", "on_exit_intent"]
    text: str
    text_hash: str


class ProcessTextOut(Answer):
    """How words are processed: `explicit` wants a yes before the first message."""

    type: Literal["explicit", "legitimate_interest"]
    text: str
    text_hash: str


class CommunicateTextOut(Answer):
    """The box beside which a visitor may ask for mail."""

    label: str
    text_hash: str


class ConsentTextsOut(Answer):
    """What visitors are asked; null where they are not."""

    cookies: CookieTextOut | None
    process: ProcessTextOut | None
    communicate: CommunicateTextOut | None


class HelpOut(Answer):
    """The knowledge base of the Help tab."""

    name: str


class PageOut(Answer):
    """What the chat page begins with. Without id and version for unsaved settings."""

    account_id: int
    chatflow_id: int | None
    version: int | None
    mobile_tag: str
    language: str
    direction: Literal["ltr", "rtl"]
    heading: HeadingOut
    welcome: ContentOut
    close_button: bool
    attachments: AttachmentsOut | None
    availability: StandingOut
    display: DisplayJson
    consent: ConsentTextsOut
    help: HelpOut | None
    """Null without a Help tab."""
    accent: str
    accent_text: str
    font: FontWord
    texts: dict[str, str]


class ConsentChoicesOut(Answer):
    """What was chosen; null where nothing was yet."""

    cookies: bool | None
    process: bool | None
    communicate: bool | None


class VisitorPageOut(Answer):
    """What changes on the page once it knows its visitor."""

    welcome: ContentOut
    heading: HeadingOut
    consents: ConsentChoicesOut
    email_known: bool
    can_mail: bool
    """Whether a transcript can be mailed: an address is known, and mail goes out of this installation."""
    availability: StandingOut


class ExplainedOut(Answer):
    """A chatflow, as far as it matters for a tag."""

    id: int
    name: str
    mobile_tag: str
    is_on: bool
    priority: int


class NotServedOut(Answer):
    """A chatflow that the tag does not lead to, with every reason."""

    chatflow: ExplainedOut
    reasons: list[Literal["deleted", "other_tag", "off", "lower_priority"]]


class ExplanationOut(Answer):
    """Which chatflow a tag leads to (null: to none), why not to the others, and what visitors meet there."""

    served: ExplainedOut | None
    others: list[NotServedOut]
    availability: StandingOut | None
    consent: ConsentTextsOut | None
    visitor: VisitorPageOut | None


def to_page(page: Page) -> PageOut:
    """The beginning of a page."""
    return PageOut(
        account_id=page.account_id,
        chatflow_id=page.chatflow_id,
        version=page.version,
        mobile_tag=page.mobile_tag,
        language=page.language,
        direction=page.direction,
        heading=_heading(page.heading),
        welcome=_content(page.welcome),
        close_button=page.close_button,
        attachments=_attachments(page.attachments),
        availability=_standing(page.availability),
        display=msgspec.to_builtins(page.display),
        consent=_consent(page.consent),
        help=None if page.help is None else HelpOut(name=page.help),
        accent=page.accent,
        accent_text=page.accent_text,
        font=page.font.value,
        texts=dict(page.texts),
    )


def to_visitor_page(page: VisitorPage, *, sends_mail: bool) -> VisitorPageOut:
    """What a visitor's page adds."""
    return VisitorPageOut(
        welcome=_content(page.welcome),
        heading=_heading(page.heading),
        consents=_choices(page.consents),
        email_known=page.email_known,
        can_mail=page.email_known and sends_mail,
        availability=_standing(page.availability),
    )


def to_explanation(found: Explanation, *, sends_mail: bool) -> ExplanationOut:
    """Why a tag leads where it does."""
    return ExplanationOut(
        served=_explained(found.served) if found.served else None,
        others=[_not_served(each) for each in found.others],
        availability=_standing(found.page.availability) if found.page else None,
        consent=_consent(found.page.consent) if found.page else None,
        visitor=to_visitor_page(found.visitor, sends_mail=sends_mail) if found.visitor else None,
    )


def _explained(flow: Chatflow) -> ExplainedOut:
    return ExplainedOut(
        id=flow.id,
        name=flow.name,
        mobile_tag=flow.document.mobile.tag,
        is_on=flow.is_on,
        priority=flow.priority,
    )


def _not_served(found: NotServed) -> NotServedOut:
    return NotServedOut(
        chatflow=_explained(found.chatflow), reasons=[reason.value for reason in found.reasons]
    )


def _heading(heading: Heading) -> HeadingOut:
    people = [
        FaceOut(name=face.name, initials=face.initials, color=face.color, image=face.image)
        for face in heading.people
    ]
    return HeadingOut(
        name=heading.name,
        initials=people[0].initials if people else initials_of(heading.name),
        people=people,
        image=heading.image,
        alias=heading.alias,
    )


def _content(content: text.Content) -> ContentOut:
    return ContentOut.model_validate(text.to_json(content))


def _attachments(limits: Limits | None) -> AttachmentsOut | None:
    return None if limits is None else AttachmentsOut(accept=limits.accept, max_bytes=limits.max_bytes)


def _standing(standing: Standing) -> StandingOut:
    return StandingOut(
        state=standing.state,
        show=standing.show,
        text=standing.text,
        returns_at=standing.returns_at,
        reply_time=standing.reply_time,
    )


def _consent(texts: PageTexts) -> ConsentTextsOut:
    cookies, process, communicate = texts.cookies, texts.process, texts.communicate
    return ConsentTextsOut(
        cookies=cookies and CookieTextOut.model_validate(asdict(cookies)),
        process=process
        and ProcessTextOut(type=process.basis.value, text=process.text, text_hash=process.text_hash),
        communicate=communicate
        and CommunicateTextOut(label=communicate.text, text_hash=communicate.text_hash),
    )


def _choices(choices: Choices) -> ConsentChoicesOut:
    return ConsentChoicesOut(
        cookies=choices.cookies, process=choices.process, communicate=choices.communicate
    )
