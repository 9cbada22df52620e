"""Why a tag leads to one chatflow, what is shown of people, and what a page says in the flow's own language."""

from collections.abc import Sequence
from dataclasses import replace

from pocketdesk.accounts.model import UserCard
from pocketdesk.accounts.rules.words import color_of, initials_of
from pocketdesk.chat_page.model import Face, NotServed, WhyNot
from pocketdesk.chatflows.model import Chatflow, Document
from pocketdesk.chatflows.rules import shown_name, tag_key
from pocketdesk.inboxes.model import Availability, Standing

MOST_FACES = 3


def face_of(card: UserCard, language: str) -> Face:
    """A user as visitors see them."""
    name = shown_name(card.name, language)
    return Face(name, initials_of(name), color_of(card.id), card.image)


def in_force(document: Document, channel: Availability) -> Availability:
    """The chatflow's own availability, if it has one, else that of its channel."""
    return document.chat.availability or channel


def in_words(standing: Standing, away: str, outside: str) -> Standing:
    """With the language's text (`away`, `outside`) where a message is shown and nobody has written one."""
    if standing.show != "message" or standing.text is not None:
        return standing
    return replace(standing, text=away if standing.state == "away" else outside)


def why_not(chatflows: Sequence[Chatflow], tag: str) -> tuple[Chatflow | None, tuple[NotServed, ...]]:
    """The chatflow that a tag leads to, of all in order of priority, and what speaks against each of the others."""
    key = tag_key(tag)
    served: Chatflow | None = None
    others: list[NotServed] = []
    for flow in chatflows:
        against = {
            WhyNot.DELETED: flow.deleted_at is not None,
            WhyNot.OTHER_TAG: tag_key(flow.document.mobile.tag) != key,
            WhyNot.OFF: not flow.is_on,
        }
        if not any(against.values()) and served is None:
            served = flow
            continue
        reasons = [reason for reason, holds in against.items() if holds] or [WhyNot.LOWER_PRIORITY]
        others.append(NotServed(flow, tuple(reasons)))
    return served, tuple(others)
