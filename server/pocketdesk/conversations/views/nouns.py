"""From rows to nouns, with the names of those who appear on a screen."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import TeamCard, UserCard
from pocketdesk.accounts.rules.words import color_of, initials_of, photo_path
from pocketdesk.conversations.model import (
    SYSTEM,
    AssignedTeam,
    AssignedUser,
    Assignee,
    Author,
    Comment,
    ContactCard,
    Conversation,
    EmailStep,
    Entry,
    Message,
    NamedAssignee,
    Nobody,
    Notice,
    NoticeKind,
    State,
    Status,
)
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.people.model import ContactCard as PeopleCard
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row


def to_conversation(row: Row) -> Conversation:
    """From `store.COLUMNS`, whatever follows them."""
    return Conversation(
        *row[:12],
        state=State(
            Status(row[12]),
            row[13],
            to_assignee(row[14], row[15]),
            *row[16:23],
            email=EmailStep(row[23]),
            survey_id=row[24],
            queued_at=row[25],
            passed_user_id=row[26],
        ),
    )


def assignee_columns(assignee: Assignee) -> tuple[str, int]:
    """An assignee as the table keeps it: kind and id, 0 for nobody."""
    match assignee:
        case Nobody():
            return "nobody", 0
        case AssignedUser(user_id):
            return "user", user_id
        case AssignedTeam(team_id):
            return "team", team_id


def agent_author(scope: AccountScope, user_id: int, name: str, photo_id: int | None) -> Author:
    """A user as the author of an entry."""
    image = photo_path(scope.account_id, photo_id)
    return Author("agent", user_id, name, initials_of(name), color_of(user_id), image)


def card_author(card: UserCard) -> Author:
    """A user as the author of an entry, from what colleagues see."""
    return Author("agent", card.id, card.name, card.initials, card.color, card.image)


def visitor_author(visitor_id: int) -> Author:
    """A visitor as the author of an entry."""
    return Author("visitor", visitor_id, color=color_of(visitor_id))


def named_assignee(reader: Reader, scope: AccountScope, assignee: Assignee) -> NamedAssignee:
    """An assignee with its name."""
    names = Names(reader, scope)
    names.want_assignees([assignee])
    return names.assignee(assignee)


_NOBODY = Nobody()


def to_assignee(kind: str, id_: int) -> Assignee:
    """An assignee from how the table keeps it."""
    if kind == "user":
        return AssignedUser(id_)
    return AssignedTeam(id_) if kind == "team" else _NOBODY


@dataclass(slots=True)
class _Cards:
    users: dict[int, UserCard]
    teams: dict[int, TeamCard]


class Names:
    """Names of those who appear on a screen: first say who is wanted, then ask. One query for users, one for teams."""

    def __init__(self, reader: Reader, scope: AccountScope) -> None:
        self._reader = reader
        self._scope = scope
        self._users: set[int] = set()
        self._teams: set[int] = set()
        self._cards: _Cards | None = None

    def want_entries(self, rows: Iterable[Row]) -> None:
        """Authors of entries will appear."""
        self._users.update(row[5] for row in rows if row[4] == "agent")

    def want_assignees(self, assignees: Iterable[Assignee]) -> None:
        """These will appear."""
        for assignee in assignees:
            match assignee:
                case AssignedUser(user_id):
                    self._users.add(user_id)
                case AssignedTeam(team_id):
                    self._teams.add(team_id)
                case Nobody():
                    pass

    def entry(self, row: Row) -> Entry:
        """An entry from a row of `store`, with its author."""
        _, seq, at, kind, author_kind, author_id, client_message_id, content = row
        author = self._author(author_kind, author_id)
        if kind == "message":
            return Message(seq, at, author, client_message_id, content)
        if kind == "comment":
            return Comment(seq, at, author, client_message_id, content)
        return Notice(seq, at, NoticeKind(kind), author, json.loads(content))

    def assignee(self, assignee: Assignee) -> NamedAssignee:
        """An assignee with its name."""
        match assignee:
            case Nobody():
                return NamedAssignee("nobody")
            case AssignedUser(user_id):
                author = self._author("agent", user_id)
                return NamedAssignee("user", user_id, author.name, author)
            case AssignedTeam(team_id):
                return NamedAssignee("team", team_id, self._known().teams[team_id].name)

    def _author(self, kind: str, id_: int | None) -> Author:
        if kind == "agent" and id_ is not None:
            return card_author(self._known().users[id_])
        return visitor_author(id_) if kind == "visitor" and id_ is not None else SYSTEM

    def _known(self) -> _Cards:
        if self._cards is None:
            self._cards = _Cards(
                accounts.user_cards(self._reader, self._scope, self._users),
                accounts.team_cards(self._reader, self._scope, self._teams),
            )
        return self._cards


def contact(
    reader: Reader, scope: AccountScope, contact_id: int | None, visitor_id: int
) -> ContactCard | None:
    """The card of the contact of a conversation with this visitor."""
    if contact_id is None:
        return None
    return to_contact(people.contact_cards(reader, scope, [contact_id]), contact_id, visitor_id)


def to_contact(cards: dict[int, PeopleCard], contact_id: int | None, visitor_id: int) -> ContactCard | None:
    """The card of a contact, if it is among them. Verified is one whom this very visitor has proven to be."""
    card = cards.get(contact_id) if contact_id is not None else None
    return ContactCard(card.id, card.name, card.email, card.visitor_id == visitor_id) if card else None
