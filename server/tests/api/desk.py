"""Routes of accounts, people and inboxes on a real database, called as browsers and chat pages call them."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, Self, TypeVar

from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from pocketdesk.accounts import actions
from pocketdesk.accounts import api as accounts
from pocketdesk.accounts.model import PasswordHash
from pocketdesk.accounts.rules.passwords import hash_password
from pocketdesk.accounts.rules.sealing import sealing_key
from pocketdesk.app import http
from pocketdesk.app.checks import DOCUMENT_CHECKS
from pocketdesk.chat_page import api as chat_page
from pocketdesk.chat_page.actions import see_sdk
from pocketdesk.chatflows import api as chatflows
from pocketdesk.consent import api as consent
from pocketdesk.conversations import actions as conversations
from pocketdesk.files import api as files
from pocketdesk.files.jobs import Checks
from pocketdesk.files.outside.clamd import Clamd
from pocketdesk.files.outside.images import Images
from pocketdesk.files.outside.local import LocalStore
from pocketdesk.files.rules.links import link_key
from pocketdesk.help_center import api as help_center
from pocketdesk.inboxes import api as inboxes
from pocketdesk.knowledge import api as knowledge
from pocketdesk.outbound import Outbound, to_allowed
from pocketdesk.people import api as people
from pocketdesk.privacy import api as privacy
from pocketdesk.privacy.actions import hand_over
from pocketdesk.push import api as push
from pocketdesk.routing import api as routing
from pocketdesk.storage import Engine, metadata
from pocketdesk.surveys import api as surveys
from pocketdesk.surveys import views as survey_views
from pocketdesk.tickets import api as tickets
from pocketdesk.webhooks import api as webhooks
from pocketdesk.webhooks.outside import Sender
from tests.databases import Clock

T = TypeVar("T")
ORIGIN = "http://desk.example"
PASSWORD = "correct horse battery"
HASHED: PasswordHash = hash_password(PASSWORD, b"sixteen bytes of")


@dataclass
class Somebody:
    """A signed-in user with a browser of their own."""

    browser: TestClient
    account_id: int
    user_id: int
    email: str

    def call(self, method: str, path: str, body: Any = None, **parameters: Any) -> Any:
        """A call below the account; the answer, whatever it is."""
        return self.browser.request(
            method, f"/api/v1/accounts/{self.account_id}{path}", json=body, params=parameters
        )

    def get(self, path: str, **parameters: Any) -> Any:
        return _good(self.call("GET", path, **parameters))

    def post(self, path: str, body: Any = None) -> Any:
        return _good(self.call("POST", path, body))

    def put(self, path: str, body: Any) -> Any:
        return _good(self.call("PUT", path, body))

    def patch(self, path: str, body: Any) -> Any:
        return _good(self.call("PATCH", path, body))

    def delete(self, path: str) -> Any:
        return _good(self.call("DELETE", path))


def _good(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


class Desk:
    """One installation. Browsers keep their cookies apart."""

    def __init__(
        self, engine: Engine, clock: Clock, *, secure: bool = False, clamd: Clamd | None = None
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.origin = ORIGIN.replace("http:", "https:") if secure else ORIGIN
        self.app = FastAPI()
        http.install(self.app)
        features = (
            accounts,
            people,
            files,
            inboxes,
            knowledge,
            consent,
            routing,
            surveys,
            tickets,
            help_center,
            chat_page,
            chatflows,
            privacy,
            push,
            webhooks,
        )
        for feature in features:
            self.app.include_router(feature.router, prefix="/api/v1")
        self.app.include_router(files.served)
        self.app.include_router(privacy.served)
        self.app.include_router(help_center.served)
        self.app.state.engine = engine
        self.app.state.clock = clock
        self.app.state.settings = SimpleNamespace(secure_cookies=secure, origin=self.origin)
        self.app.state.chatflow_checks = DOCUMENT_CHECKS
        self.app.state.survey_names = survey_views.names
        self.app.state.trusted_origins = frozenset({self.origin})
        self.app.state.check_remembering = lambda *_: None
        self.app.state.join_history = conversations.join_history
        self.app.state.hand_over = hand_over
        self.app.state.see_sdk = see_sdk
        self.app.state.sealing_key = sealing_key(b"the secret of a desk")
        self.app.state.sends_mail = False
        self.app.state.webhook_sender = Sender(Outbound(to_allowed(["127.0.0.1"])))
        self.app.state.survey_users = lambda *_: {}
        self.app.state.skill_uses = lambda *_: ()
        self.app.state.past_arrivals = lambda *_: ()
        self._open = ExitStack()
        self.folder = Path(self._open.enter_context(TemporaryDirectory()))
        images, self.store = Images(), LocalStore(self.folder)
        self._open.callback(images.close)
        self._open.callback(self.store.close)
        self.check = Checks(engine, self.store, images, clamd)
        self.app.state.file_store = self.store
        self.exports = LocalStore(self.folder / "exports")
        self._open.callback(self.exports.close)
        self.app.state.export_store = self.exports
        self.imports = LocalStore(self.folder / "imports")
        self._open.callback(self.imports.close)
        self.app.state.import_store = self.imports
        self.app.state.check_file = self.check
        self.app.state.file_key = link_key(b"the secret of a desk")

    def __enter__(self) -> Self:
        self._portal = self._open.enter_context(start_blocking_portal("asyncio"))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def browser(self, address: str = "192.0.2.1", **headers: str) -> TestClient:
        """A browser on a page of ours."""
        client = TestClient(
            self.app,
            base_url=self.origin,
            headers={"origin": self.origin, **headers},
            client=(address, 50_000),
        )
        client.portal = self._portal  # one event loop for all, as the engine wants it
        return client

    def found(self, name: str = "Nordlicht", email: str = "ana@example.org") -> Somebody:
        """A new account with its administrator, signed in."""
        founded = self.engine.write_and_wait(
            lambda unit: actions.create_account(unit, name, "Ana Duarte", email, HASHED)
        )
        return self.sign_in(email, founded.scope.account_id, founded.actor.user_id)

    def hire(self, admin: Somebody, email: str, *permissions: str) -> Somebody:
        """A user with exactly these permissions, signed in."""
        set_id = admin.post("/permission-sets", {"name": email, "permissions": list(permissions)})["id"]
        invited = admin.post("/users", {"name": "Ben Okri", "email": email, "permission_set_id": set_id})
        browser = self.browser()
        answer = browser.post(
            f"/api/v1/invitations/{invited['invite_path'].removeprefix('/invite/')}",
            json={"name": "Ben Okri", "password": PASSWORD},
        )
        _good(answer)
        return Somebody(browser, admin.account_id, invited["user"]["id"], email)

    def sign_in(self, email: str, account_id: int, user_id: int) -> Somebody:
        """The user with that address, in a browser of their own."""
        browser = self.browser()
        _good(browser.post("/api/v1/session", json={"email": email, "password": PASSWORD}))
        return Somebody(browser, account_id, user_id, email)

    def run(self, function: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Runs a coroutine on the desk's event loop."""
        return self._portal.call(function, *arguments)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything in the database, to compare what was before with what is after."""
        tables = [table for table in metadata.sorted_tables if table.name != "id_counter"]
        return self.engine.read_and_wait(
            lambda reader: {table.name: sorted(reader.all(select(table)), key=repr) for table in tables}
        )
