"""Fills an empty installation through the same actions that its users take, at times in the past."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts import views as account_views
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules import passwords
from pocketdesk.app import clock
from pocketdesk.app.demo.shelf import fill_shelf, read_shelf
from pocketdesk.app.settings import Settings
from pocketdesk.chatflows import actions as chatflows
from pocketdesk.chatflows.model import KnowledgeBase
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations.model import AgentActor, AssignedTeam, AssignedUser, VisitorActor
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.inboxes.model import InboxType
from pocketdesk.kernel.moments import DAY, MINUTE
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.kernel.text import from_plain
from pocketdesk.knowledge.model import Base
from pocketdesk.people import actions as people
from pocketdesk.storage import Engine, Reader, UnitOfWork

PASSWORD = "bicycle"  # noqa: S105 - the demo's, printed for everybody to read
PEOPLE = (
    ("Ana Duarte", "ana@demo.example"),
    ("Ben Okoro", "ben@demo.example"),
    ("Chika Sato", "chika@demo.example"),
)
LOGINS = tuple(email for _, email in PEOPLE)
LANGUAGES = ("en", "de", "fr", "nl", "es", "ar", "ja")
LINE_PAUSE_MS = 2 * MINUTE // 3


@dataclass
class _Time:
    """A clock that stands where it is put."""

    at: int

    def __call__(self) -> int:
        return self.at


@dataclass(frozen=True)
class _Shop:
    scope: AccountScope
    owner: Actor
    agents: tuple[int, ...]
    team_id: int
    account_id: int
    base: Base
    tag: str = "support"


def seed(settings: Settings) -> Iterator[str]:
    """Fills the database if it is empty, and says line by line how to get in."""
    time = _Time(clock.now() - 3 * DAY)
    engine = Engine.open(settings.database, clock=time)
    try:
        if engine.read_and_wait(account_views.needs_set_up):
            yield "→ sample data"
            _fill(engine, time)
        number = engine.read_and_wait(_first_account)
    finally:
        engine.close()
    origin = settings.origin
    yield ""
    yield f"  Both sides at once   {origin}/demo"
    yield f"  Console              {origin}/a/{number}/inbox"
    yield f"  The phone's page     {origin}/conversations-visitor-embed?portalId={number}&chatflow=support"
    yield f"  Sign in as           {', '.join(LOGINS)}   password: {PASSWORD}"
    yield ""


def _first_account(reader: Reader) -> int:
    return account_views.all_accounts(reader)[0].id


def _fill(engine: Engine, time: _Time) -> None:
    now = clock.now()
    shop = engine.write_and_wait(_found_shop)
    engine.write_and_wait(lambda unit: read_shelf(unit, shop.scope, shop.base))
    # Oldest first, so that ids and positions grow with time as they do in life.
    for talk in sorted(_talks(), key=lambda each: -each["ago"]):
        time.at = now - talk["ago"] * MINUTE - len(talk["lines"]) * LINE_PAUSE_MS
        _tell(engine, time, shop, talk)


def _talks() -> list[dict[str, Any]]:
    return json.loads((Path(__file__).parent / "talk.json").read_text(encoding="utf-8"))


def _found_shop(unit: UnitOfWork) -> _Shop:
    password = passwords.hash_password(PASSWORD, secrets.token_bytes(passwords.SALT_BYTES))
    (owner_name, owner_email), *others = PEOPLE
    founded = accounts.create_account(unit, "Nordlicht Bikes", owner_name, owner_email, password)
    scope, owner = founded.scope, founded.actor
    colleagues = tuple(
        accounts.create_user(unit, scope, owner, name, email, password=password).id for name, email in others
    )
    team = accounts.create_team(unit, scope, owner, "Workshop", colleagues, (owner.user_id,))
    everybody = (owner.user_id, *colleagues)
    members: dict[str, Any] = {"member_user_ids": everybody, "member_team_ids": (team.id,)}
    support = inboxes.create_inbox(unit, scope, owner, "Support", **members)
    inboxes.create_inbox(unit, scope, owner, "Orders", InboxType.HELP_DESK, **members)
    base = fill_shelf(unit, scope, owner)
    help_ = KnowledgeBase(enabled=True, knowledge_base_id=base.id)
    for language in LANGUAGES:
        tag = "support" if language == "en" else f"support-{language}"
        name = f"Help in the app ({language})"
        flow = chatflows.create_chatflow(unit, scope, owner, support.card.id, language, tag, name, help_)
        chatflows.change_chatflow(unit, scope, owner, flow.id, is_on=True)
    return _Shop(scope, owner, everybody, team.id, scope.account_id, base)


def _tell(engine: Engine, time: _Time, shop: _Shop, talk: dict[str, Any]) -> None:
    """One conversation, line by line: `v:` the visitor, `a:` the agent, `c:` a comment."""
    scope, language = shop.scope, talk["language"]
    tag = "support" if language == "en" else f"support-{language}"
    to: object = talk.get("to")
    agent = shop.agents[to] if isinstance(to, int) else shop.agents[0]
    opened = engine.write_and_wait(
        lambda unit: people.open_visitor_session(unit, scope, tag, talk["device"], None)
    )
    visitor, answering = VisitorActor(opened.visitor_id), AgentActor(agent)
    first, *rest = talk["lines"]
    conversation_id = engine.write_and_wait(
        lambda unit: conversations.start_conversation(
            unit, scope, visitor, str(uuid4()), str(uuid4()), tag, from_plain(first[3:])
        )
    ).conversation_id
    for line in rest:
        time.at += LINE_PAUSE_MS
        write = conversations.post_comment if line.startswith("c:") else conversations.post_message
        who: Any = visitor if line.startswith("v:") else answering
        engine.write_and_wait(
            lambda unit, who=who, write=write, line=line: write(
                unit, scope, who, conversation_id, str(uuid4()), from_plain(line[3:])
            )
        )
    time.at += LINE_PAUSE_MS

    def finish(unit: UnitOfWork) -> None:
        if talk["who"]:
            name, email = talk["who"]
            conversations.associate_contact(unit, scope, answering, conversation_id, email, name)
        if to == "team":
            conversations.assign(unit, scope, answering, conversation_id, AssignedTeam(shop.team_id))
        elif isinstance(to, int):
            conversations.assign(unit, scope, answering, conversation_id, AssignedUser(agent))
        if talk.get("closed"):
            conversations.close_conversation(unit, scope, answering, conversation_id)

    engine.write_and_wait(finish)
