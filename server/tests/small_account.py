"""A small account on a real engine: one inbox with two agents, one agent outside it, one chatflow, visitors at will."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts.model import Actor, PasswordHash
from pocketdesk.chatflows import actions as chatflows
from pocketdesk.chatflows import texts
from pocketdesk.chatflows import views as chatflow_views
from pocketdesk.chatflows.model import Document
from pocketdesk.consent import views as consents
from pocketdesk.consent.rules import page_texts
from pocketdesk.conversations.commands import COMMANDS
from pocketdesk.conversations.jobs import WORK
from pocketdesk.conversations.model import AgentViewer, VisitorViewer
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.jobs import store as job_store
from pocketdesk.kernel.moments import MINUTE
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.realtime.ports import Command
from pocketdesk.realtime.wire import Decoder
from pocketdesk.storage import Engine, Reader, UnitOfWork
from pocketdesk.surveys import actions as surveys
from pocketdesk.surveys.model import Delivery

PASSWORD = PasswordHash("not a hash")
_decode = Decoder(COMMANDS).decode


@dataclass
class SmallAccount:
    engine: Engine
    scope: AccountScope
    admin: Actor
    ana: AgentViewer
    ben: AgentViewer
    eve: AgentViewer
    """Not a member of the inbox."""
    inbox_id: int
    other_inbox_id: int
    """Of Eve alone."""
    third_inbox_id: int
    """Of Ana and Ben, too."""
    team_id: int
    chatflow_id: int
    tag: str = "support"
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def uuid(self) -> str:
        """Another client's id; the same ones in each run."""
        return str(UUID(int=next(self.numbers)))

    def new_visitor(self, **properties: str) -> VisitorViewer:
        opened = self.engine.write_and_wait(
            lambda unit: people.open_visitor_session(unit, self.scope, self.tag, properties, None)
        )
        return VisitorViewer(self.scope, opened.visitor_id)

    def configure(self, **changes: Any) -> None:
        """Saves the chatflow with other settings: `chat__assign__automatic=True`."""

        def save(unit: UnitOfWork) -> None:
            flow = chatflow_views.chatflow(unit, self.scope, self.chatflow_id)
            document = msgspec.to_builtins(flow.document)
            for path, value in changes.items():
                *parts, last = path.split("__")
                section = document
                for part in parts:
                    section = section[part]
                section[last] = value
            after = msgspec.convert(document, Document)
            chatflows.save_document(unit, self.scope, self.admin, flow.id, flow.version, after)

        self.engine.write_and_wait(save)

    def wear_photo(self, user_id: int) -> str:
        """Gives a user a photo without bytes; its path."""
        self.engine.write_and_wait(
            lambda unit: accounts.set_photo(unit, self.scope, self.admin, user_id, 7_000 + user_id)
        )
        return f"/photos/{self.scope.account_id}/{7_000 + user_id}"

    def add_survey(self) -> int:
        """A chat survey, connected to the chatflow; its id."""
        survey = self.engine.write_and_wait(
            lambda unit: surveys.create_survey(
                unit, self.scope, self.admin, "Afterwards", Delivery.CHAT, "en"
            )
        )
        self.configure(options__survey_id=survey.card.id)
        return survey.card.id

    def consent_to(self, visitor: VisitorViewer, kind: str, choice: bool = True) -> dict[str, Any]:
        """The visitor agrees to what is asked now, or declines it."""

        def text_hash(reader: Reader) -> str:
            options = chatflow_views.newest(reader, self.scope, self.chatflow_id).document.options
            settings = consents.settings(reader, self.scope)
            shown = page_texts(settings, options, texts.of(options.language))
            return getattr(shown, kind).text_hash

        fields = {"kind": kind, "choice": choice, "mobile_tag": self.tag}
        return self.run(visitor, "give_consent", **fields, text_hash=self.engine.read_and_wait(text_hash))

    def run_jobs(self) -> None:
        """Does what conversations have put off until now, and what that puts off until now."""
        due = job_store.due(WORK.keys())

        def work(unit: UnitOfWork) -> bool:
            leased = job_store.lease(unit, due, 1, 100, unit.now + MINUTE)
            for job in leased:
                WORK[job.kind](unit, job)
                job_store.finish(unit, job)
            return bool(leased)

        while self.engine.write_and_wait(work):
            pass

    def run(self, viewer: AgentViewer | VisitorViewer, type_: str, **fields: Any) -> dict[str, Any]:
        """Runs a command as it comes from the wire; its result as it goes back."""
        text = msgspec.json.encode({"type": type_, "command_id": self.uuid(), **fields})
        command = _decode(text)
        assert isinstance(command, Command)
        run = COMMANDS[type(command)]
        result = self.engine.write_and_wait(lambda unit: run(unit, viewer, command))
        return msgspec.json.decode(msgspec.json.encode(result))

    def start(self, visitor: VisitorViewer, text: str = "Hello", **fields: Any) -> int:
        """A conversation with a visitor's first words; its id."""
        given = {
            "client_conversation_id": self.uuid(),
            "client_message_id": self.uuid(),
            "mobile_tag": self.tag,
            "content": {"text": text},
            **fields,
        }
        return self.run(visitor, "start_conversation", **given)["conversation_id"]

    def post(
        self, viewer: AgentViewer | VisitorViewer, conversation_id: int, text: str, **fields: Any
    ) -> dict[str, Any]:
        given = {"client_message_id": self.uuid(), "content": {"text": text}, **fields}
        return self.run(viewer, "post_message", conversation_id=conversation_id, **given)


def open_small_account(engine: Engine, *, language: str = "en", account: str = "Nordlicht") -> SmallAccount:
    def set_up(unit: UnitOfWork) -> SmallAccount:
        domain = account.lower()
        founded = accounts.create_account(unit, account, "Ana Duarte", f"ana@{domain}.example", PASSWORD)
        scope, admin = founded.scope, founded.actor
        ben, eve = (
            accounts.create_user(
                unit, scope, admin, name, f"{name[:3].lower()}@{domain}.example", password=PASSWORD
            )
            for name in ("Ben Okoro", "Eve Lind")
        )
        team = accounts.create_team(unit, scope, admin, "Evening", [eve.id], [])
        inbox = inboxes.create_inbox(unit, scope, admin, "Support", member_user_ids=[admin.user_id, ben.id])
        other = inboxes.create_inbox(unit, scope, admin, "Sales", member_user_ids=[eve.id])
        third = inboxes.create_inbox(unit, scope, admin, "Orders", member_user_ids=[admin.user_id, ben.id])
        flow = chatflows.create_chatflow(unit, scope, admin, inbox.card.id, language, "support")
        chatflows.change_chatflow(unit, scope, admin, flow.id, is_on=True)
        return SmallAccount(
            engine,
            scope,
            admin,
            AgentViewer(scope, admin.user_id),
            AgentViewer(scope, ben.id),
            AgentViewer(scope, eve.id),
            inbox.card.id,
            other.card.id,
            third.card.id,
            team.id,
            flow.id,
        )

    return engine.write_and_wait(set_up)
