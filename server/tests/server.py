"""A whole server in a process of its own, as an operator starts it, with one account, one inbox and one chatflow."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import Request, urlopen

EMAIL, PASSWORD = "ana@example.org", "correct horse battery"


def free_port() -> int:
    """A port below the ephemeral range, so that no outgoing connection takes it between two starts."""
    for port in range(20_000 + os.getpid() % 5_000, 32_000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


class Server:
    """`with Server(folder) as server:` starts it, sets it up and stops it. `kill()` is kill -9."""

    def __init__(self, folder: Path, *, database_url: str = "", **environment: str) -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._log = folder / "server.log"
        self._database = folder / "data" / "pocketdesk.sqlite3"
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("POCKETDESK_")},
            "POCKETDESK_DATA_DIR": str(folder / "data"),
            "POCKETDESK_PORT": str(self.port),
            "POCKETDESK_DATABASE_URL": database_url,
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.cookie = ""
        self.account_id = self.inbox_id = self.chatflow_id = 0

    def __enter__(self) -> Self:
        self.start()
        try:
            self._set_up()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text()

    def start(self) -> None:
        """Starts it and waits until it is ready."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pocketdesk.app.cli", "serve"],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                with urlopen(f"{self.origin}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                if self._process.poll() is not None:
                    break
                time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"the server did not get ready:\n{self.log[-4000:]}")

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Asks it to end, and waits."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, how)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._process = None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call to the API as the administrator; the decoded answer. HTTPError for a refusal."""
        request = Request(
            f"{self.origin}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Origin": self.origin,
                "Cookie": self.cookie,
                **headers,
            },
        )
        with urlopen(request, timeout=20) as answer:
            cookies = answer.headers.get_all("Set-Cookie")
            # Who brings another cookie is somebody else.
            if cookies and "Cookie" not in headers:
                self.cookie = "; ".join(cookie.partition(";")[0] for cookie in cookies)
            text = answer.read()
            return json.loads(text) if text else None

    def put_bytes(self, path: str, content: bytes) -> Any:
        """Puts raw bytes as the administrator; the decoded answer."""
        headers = {"Content-Type": "application/octet-stream", "Origin": self.origin, "Cookie": self.cookie}
        request = Request(f"{self.origin}/api/v1{path}", method="PUT", data=content, headers=headers)
        with urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def _set_up(self) -> None:
        self.call(
            "POST",
            "/setup",
            {"account_name": "Nordlicht", "name": "Ana Duarte", "email": EMAIL, "password": PASSWORD},
        )
        self.account_id = self.call("GET", "/session")["accounts"][0]["id"]
        inboxes = self.account("GET", "/inboxes?scope=mine")["items"]
        self.inbox_id = (inboxes or [self.account("POST", "/inboxes", {"name": "Support", "type": "inbox"})])[
            0
        ]["id"]
        flow = self.account(
            "POST",
            "/chatflows",
            {"inbox_id": self.inbox_id, "language": "en", "mobile_tag": "support", "type": "live_agent"},
        )
        self.chatflow_id = flow["id"]
        self.account("PATCH", f"/chatflows/{self.chatflow_id}", {"is_on": True})

    def account(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A call below the account."""
        return self.call(method, f"/accounts/{self.account_id}{path}", body, **headers)

    def visitor_token(self, mobile_tag: str = "support") -> str:
        """The bearer of a new visitor."""
        body = {"account_id": self.account_id, "mobile_tag": mobile_tag, "properties": {}}
        request = Request(
            f"{self.origin}/api/v1/visitor/session",
            method="POST",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())["token"]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What is in the database, where that is SQLite."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=5)) as database:
            return database.execute(query).fetchall()

    def timeline(self, conversation_id: int) -> list[dict[str, Any]]:
        """Everything in a conversation, oldest first, as the agent's API gives it."""
        entries: list[dict[str, Any]] = []
        before = ""
        while True:
            page = self.account("GET", f"/conversations/{conversation_id}/timeline?limit=100{before}")[
                "items"
            ]
            entries = [*page, *entries]
            if len(page) < 100:
                return entries
            before = f"&before={page[0]['seq']}"
