"""Files through HubSpot's own Python clients: sent, carried by a message, fetched by the address in it."""

from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from hubspot import HubSpot
from hubspot_sdk import HubSpot as Newer

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import Actor, Permission
from pocketdesk.hubspot.api import conversations
from pocketdesk.hubspot.api.files import PREFIXES
from tests.api.test_hubspot_site_search import account, origin
from tests.facade import Program, program
from tests.pictures import still
from tests.small_account import SmallAccount, open_small_account

__all__ = ["account", "origin"]


@pytest.fixture
def desk(origin: str, account: SmallAccount) -> Program:
    return program(origin, account)


def test_B7_a_file_goes_with_a_message(desk: Program, account: SmallAccount, tmp_path: Path) -> None:
    picture = tmp_path / "bill.png"
    picture.write_bytes(still())
    shared: Any = HubSpot(access_token=desk.secret, host=desk.origin, client_side_validation=True)
    sent = shared.files.files_api.upload(
        file=str(picture), folder_path="/library", options='{"access":"PRIVATE"}'
    )
    assert (sent.name, sent.extension, sent.type, sent.access) == ("bill", "png", "IMG", "PRIVATE")
    path = f"{conversations.PREFIXES[0]}/threads/{account.start(account.new_visitor())}/messages"
    body = {"type": "MESSAGE", "text": "Your bill", "attachments": [{"type": "FILE", "fileId": sent.id}]}
    (attached,) = desk.good("POST", path, body)["attachments"]
    assert (attached["fileId"], attached["name"], attached["fileUsageType"]) == (sent.id, "bill.png", "IMAGE")
    signed = shared.files.files_api.get_signed_url(sent.id)
    for url in (attached["url"], signed.url):
        with urlopen(url, timeout=10) as answer:
            assert answer.headers["content-type"] == "image/png"
    refused = desk.call("POST", path, body)  # a message has it already
    assert refused.status == 400
    assert desk.call("DELETE", f"{PREFIXES[0]}/{sent.id}").status == 400


def test_B7_the_newer_client(desk: Program) -> None:
    shared: Any = Newer(
        access_token=desk.secret, base_url=desk.origin, max_retries=0, _strict_response_validation=True
    )
    files = shared.files.file_assets
    sent = files.upload(file=("note.txt", b"words", "text/plain"), file_name="renamed")
    assert (sent.name, sent.extension) == ("renamed", "txt")
    assert files.get(sent.id).size == 5


def test_B0_files_are_the_users_own(origin: str, desk: Program, account: SmallAccount) -> None:
    path = PREFIXES[0]
    assert _send(desk, b"words", "note.txt") == 201
    assert _send(desk, b"words", "note.exe") == 400
    assert _send(desk, b"", "note.txt") == 400
    assert _send(desk, b"no picture", "note.png") == 400
    assert _send(Program(origin, "pdk_x"), b"words", "note.txt") == 401
    assert desk.call("POST", path, {"file": "x"}).status == 400
    shared: Any = Newer(access_token=desk.secret, base_url=desk.origin, max_retries=0)
    sent = shared.files.file_assets.upload(file=("note.txt", b"words", "text/plain"))
    ben = account.engine.read_and_wait(
        lambda reader: accounts.user(reader, account.scope, account.ben.user_id)
    )
    for who in (
        program(origin, account, actor=Actor(ben.id, ben.permissions)),
        program(origin, open_small_account(account.engine, account="Other"), *Permission),
    ):
        for below in ("", "/signed-url"):
            refused = who.call("GET", f"{path}/{sent.id}{below}")
            assert (refused.status, refused.body["category"]) == (404, "OBJECT_NOT_FOUND")


def _send(who: Program, content: bytes, name: str) -> int:
    body = (
        b'--edge\r\ncontent-disposition: form-data; name="file"; filename="'
        + name.encode()
        + b'"\r\n\r\n'
        + content
        + b"\r\n--edge--\r\n"
    )
    request = Request(
        who.origin + PREFIXES[0],
        body,
        {"authorization": f"Bearer {who.secret}", "content-type": "multipart/form-data; boundary=edge"},
    )
    try:
        with urlopen(request, timeout=20) as answer:
            return answer.status
    except OSError as refused:
        return getattr(refused, "code", 0)
