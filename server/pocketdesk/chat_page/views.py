"""What chat pages, their preview and their explanation read: a chatflow with everything that it names."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import UserCard
from pocketdesk.chat_page import rules
from pocketdesk.chat_page.model import Explanation, Heading, Known, Page, PageError, VisitorPage
from pocketdesk.chatflows import texts
from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import Chatflow, Document, Filters, Missing, ServedFlow, Unknown
from pocketdesk.chatflows.rules import alias_of
from pocketdesk.consent import views as consent
from pocketdesk.consent.rules import page_texts
from pocketdesk.conversations import views as conversations
from pocketdesk.files import views as files
from pocketdesk.help_center.views.readers import base_of
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.model import Availability, Channel, ChannelKind, Font, Standing
from pocketdesk.inboxes.rules import USUAL_ACCENT, accent_text, standing
from pocketdesk.kernel.page import MOST
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.routing import views as routing
from pocketdesk.routing.rules import policy_of
from pocketdesk.storage import Reader


@dataclass(frozen=True, slots=True)
class _Way:
    """How a channel looks, and when somebody is there."""

    accent: str
    font: Font
    availability: Availability


_USUAL = _Way(USUAL_ACCENT, Font.SYSTEM, Availability())


# The page.


def page_for_tag(
    reader: Reader, scope: AccountScope, tag: str, now: int
) -> tuple[Page | None, PageError | None]:
    """What the chat page of an account and a tag begins with, or why there is none. No visitor is known yet."""
    try:
        accounts.account(reader, scope)
    except NotFound:
        return None, "unknown_account"
    match chatflows.serve(reader, scope, tag):
        case Missing():
            return None, "missing_tag"
        case Unknown():
            return None, "unknown_tag"
        case ServedFlow() as flow:
            way = _way(inboxes.channel(reader, scope, flow.channel_account_id))
            return _page(reader, scope, flow.inbox_id, flow.document, way, now, flow.id, flow.version), None


def preview(reader: Reader, scope: AccountScope, inbox_id: int, document: Document, now: int) -> Page:
    """What the chat page would begin with, in the look and hours of the inbox's mobile channel.

    `NotFound` if the account has no such inbox.
    """
    inboxes.inbox_card(reader, scope, inbox_id)
    mobile = (
        found
        for found in inboxes.channels(reader, scope, inbox_id)
        if found.kind is ChannelKind.MOBILE and found.archived_at is None
    )
    channel = next(mobile, None)
    return _page(reader, scope, inbox_id, document, _way(channel) if channel else _USUAL, now)


def visitor_page(
    reader: Reader, scope: AccountScope, visitor_id: int, flow: ServedFlow, now: int
) -> VisitorPage:
    """What changes on the page for a visitor: the contact's name and owner, and what was chosen before."""
    who = _known(reader, scope, visitor_id)
    channel = inboxes.channel(reader, scope, flow.channel_account_id)
    return VisitorPage(
        chatflows.welcome(flow.document, who.name),
        _heading(reader, scope, flow.document, who.owner_user_id),
        consent.standing(reader, scope, [visitor_id]),
        who.has_email,
        _standing(reader, scope, flow.inbox_id, flow.document, channel.availability, now, who.owner_user_id),
    )


def _page(
    reader: Reader,
    scope: AccountScope,
    inbox_id: int,
    document: Document,
    way: _Way,
    now: int,
    chatflow_id: int | None = None,
    version: int | None = None,
) -> Page:
    chat, options = document.chat, document.options
    words = texts.of(options.language)
    return Page(
        account_id=scope.account_id,
        chatflow_id=chatflow_id,
        version=version,
        mobile_tag=document.mobile.tag,
        language=options.language,
        direction=_direction(options.language),
        heading=_heading(reader, scope, document),
        welcome=chatflows.welcome(document),
        close_button=chat.close_button,
        attachments=files.limits() if chat.attachments else None,
        availability=_standing(reader, scope, inbox_id, document, way.availability, now),
        display=chat.display,
        help=_help(reader, scope, document),
        consent=page_texts(consent.settings(reader, scope), options, words),
        accent=way.accent,
        accent_text=accent_text(way.accent),
        font=way.font,
        texts=words,
    )


def _way(channel: Channel) -> _Way:
    return _Way(channel.accent, channel.font, channel.availability)


def _direction(language: str) -> Literal["ltr", "rtl"]:
    return "rtl" if texts.direction(language) == "rtl" else "ltr"


def _help(reader: Reader, scope: AccountScope, document: Document) -> str | None:
    """The name of the knowledge base that the Help tab shows (K01)."""
    base = base_of(reader, scope, document)
    return base.name if base else None


def _known(reader: Reader, scope: AccountScope, visitor_id: int) -> Known:
    has_email = conversations.contact_id_of_visitor(reader, scope, visitor_id) is not None
    greeted = conversations.contact_to_greet(reader, scope, visitor_id) if has_email else None
    if greeted is None:
        return Known(has_email=has_email)
    return Known(greeted.name, people.owner_of_contact(reader, scope, greeted.id), has_email)


# Whether somebody is there.


def _standing(
    reader: Reader,
    scope: AccountScope,
    inbox_id: int,
    document: Document,
    channel: Availability,
    now: int,
    owner_user_id: int | None = None,
) -> Standing:
    availability = rules.in_force(document, channel)
    there = availability.kind != "users" or routing.anybody_available(
        reader, scope, inbox_id, policy_of(document.chat.assign), owner_user_id
    )
    usual = chatflows.default_texts(document.options.language)
    found = standing(availability, now, anybody_available=there)
    return rules.in_words(found, usual["away"], usual["outside"])


# Who stands above the chat.


def _heading(
    reader: Reader, scope: AccountScope, document: Document, owner_user_id: int | None = None
) -> Heading:
    heading, language = document.chat.heading, document.options.language
    if heading.kind == "brand" and heading.brand_name is not None:
        image_id = heading.brand_image_id
        there = image_id is not None and image_id in files.brand_images(reader, scope, [image_id])
        image = files.brand_path(scope, image_id) if there and image_id is not None else None
        return Heading(heading.brand_name, (), image, alias=alias_of(document) is not None)
    shown: list[UserCard] = []
    if heading.kind == "contact_owner" and owner_user_id is not None:
        shown = _active(reader, scope, [owner_user_id])
    shown = shown or _chosen(reader, scope, heading.user_ids, heading.team_ids)
    people = tuple(rules.face_of(card, language) for card in shown)
    name = ", ".join(person.name for person in people) or accounts.account(reader, scope).name
    return Heading(name, people)


def _chosen(
    reader: Reader, scope: AccountScope, user_ids: Collection[int], team_ids: Collection[int]
) -> list[UserCard]:
    """Those of the chosen who are active, at most three: the users first, then members of the teams."""
    found = {card.id: card for card in _active(reader, scope, user_ids)}
    for team_id in team_ids:
        if len(found) >= rules.MOST_FACES:
            break
        found |= {card.id: card for card in _active(reader, scope, _members(reader, scope, team_id))}
    return list(found.values())[: rules.MOST_FACES]


def _members(reader: Reader, scope: AccountScope, team_id: int) -> tuple[int, ...]:
    try:
        team = accounts.team(reader, scope, team_id)
    except NotFound:
        return ()
    return (*team.main_member_ids, *team.extra_member_ids)


def _active(reader: Reader, scope: AccountScope, user_ids: Collection[int]) -> list[UserCard]:
    cards = accounts.user_cards(reader, scope, user_ids)
    return [cards[id_] for id_ in user_ids if id_ in cards and cards[id_].is_active]


# Why.


def explain(reader: Reader, scope: AccountScope, tag: str, visitor_id: int | None, now: int) -> Explanation:
    """Which chatflow a tag leads to, why not to the others, and what visitors (or this one) meet there.

    Deleted chatflows appear if they have this tag. `NotFound` if the account has no such visitor.
    """
    if visitor_id is not None:
        people.visitor(reader, scope, visitor_id)
    served, others = rules.why_not(tuple(_all(reader, scope, tag)), tag)
    page, _ = page_for_tag(reader, scope, tag, now)
    visitor = None
    if served is not None and visitor_id is not None:
        flow = ServedFlow(
            served.id, served.version, served.inbox_id, served.channel_account_id, served.document
        )
        visitor = visitor_page(reader, scope, visitor_id, flow, now)
    return Explanation(served, others, page, visitor)


def _all(reader: Reader, scope: AccountScope, tag: str) -> Iterator[Chatflow]:
    after: str | None = None
    while True:
        page = chatflows.chatflows(reader, scope, Filters(), MOST, after)
        yield from page.items
        after = page.after
        if after is None:
            break
    yield from chatflows.deleted_with_tag(reader, scope, tag)


def check_heading(
    reader: Reader,
    scope: AccountScope,
    inbox_id: int,  # noqa: ARG001  every check of a document takes it
    document: Document,
) -> Mapping[str, str]:
    """What the heading names in vain, by field: users and teams that never were, an image that is none of ours."""
    heading = document.chat.heading
    wrong: dict[str, str] = {}
    users = accounts.user_cards(reader, scope, heading.user_ids)
    teams = accounts.team_cards(reader, scope, heading.team_ids)
    for place, user_id in enumerate(heading.user_ids):
        if user_id not in users:
            wrong[f"chat.heading.user_ids.{place}"] = "no such user"
    for place, team_id in enumerate(heading.team_ids):
        if team_id not in teams:
            wrong[f"chat.heading.team_ids.{place}"] = "no such team"
    image_id = heading.brand_image_id
    if image_id is not None and image_id not in files.brand_images(reader, scope, [image_id]):
        wrong["chat.heading.brand_image_id"] = "no such image"
    return wrong
