"""Kill the server in the middle of uploads: they go on where they stopped, and nothing half done is ever shown."""

import json
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from time import sleep
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pocketdesk.files.rules.links import link_key, sign
from tests.pictures import still
from tests.server import Server

KILLS = int(os.environ.get("POCKETDESK_FAULT_KILLS", "5"))
NOW_MS = 4_000_000_000_000
"""A link that does not end while the test runs."""


class Phone:
    """A visitor's page, which asks how far it has come whenever something goes wrong."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._token = server.visitor_token()
        self.tries = 0
        self.stop = threading.Event()

    def call(self, method: str, path: str, body: bytes | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        url = f"{self._server.origin}/api/v1/visitor/files{path}"
        with urlopen(Request(url, method=method, data=body, headers=headers), timeout=20) as answer:
            return json.loads(answer.read())

    def send(self, name: str, content: bytes) -> int:
        """The file's id, once it is ready."""
        announced = json.dumps({"name": name, "size": len(content), "media_type": ""}).encode()
        begun = self._insist("POST", "", announced)
        file_id, chunk = begun["file_id"], begun["chunk"]
        while True:
            progress = self._insist("GET", f"/{file_id}")
            assert progress["state"] != "refused", progress
            if progress["state"] == "ready":
                return file_id
            place = progress["received"]
            if place < len(content):
                self._try("PUT", f"/{file_id}?offset={place}", content[place : place + chunk])
            else:  # its check died with the server; a job makes up for it
                self.stop.wait(0.2)

    def _insist(self, method: str, path: str, body: bytes | None = None) -> Any:
        while (answer := self._try(method, path, body)) is None:
            if self.stop.wait(0.02):
                raise TimeoutError
        return answer

    def _try(self, method: str, path: str, body: bytes | None = None) -> Any:
        try:
            return self.call(method, path, body)
        except HTTPError as refused:
            if refused.code != 409:
                raise
        except (OSError, HTTPException):
            self.tries += 1
        return None


@pytest.mark.timeout(120 + 20 * KILLS)
def test_D17_uploads_outlive_kills_and_nothing_half_done_is_shown(tmp_path: Path) -> None:
    dice = random.Random(17)
    films = [b"\0\0\0\x20ftypisom" + dice.randbytes(6_000_000) for _ in range(2)]
    photo = still("PNG", (1_500, 1_000))
    with Server(tmp_path) as server:
        phone = Phone(server)
        sent: dict[int, bytes] = {}
        photos: list[int] = []
        enough = threading.Event()

        def work() -> None:
            while not enough.is_set():
                for film in films:
                    sent[phone.send("film.mp4", film)] = film
                photos.append(phone.send("photo.png", photo))

        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(work)
            try:
                for _ in range(KILLS):
                    sleep(0.2 + dice.random())
                    server.kill()
                    server.start()
                enough.set()
                working.result(90)
            finally:
                phone.stop.set()
        assert phone.tries, "no kill met an upload"
        key = link_key((tmp_path / "data" / "secret").read_text().strip().encode())
        for file_id, film in sent.items():
            with urlopen(f"{server.origin}/files/{sign(key, server.account_id, file_id, NOW_MS)}") as shown:
                assert shown.read() == film
        # A kill between a verdict and the end of its part leaves the part to the sweep, never one without a verdict.
        parts = {
            int(each.name.partition("-")[2]) for each in (tmp_path / "data" / "files" / "parts").iterdir()
        }
        assert parts <= {*sent, *photos}
