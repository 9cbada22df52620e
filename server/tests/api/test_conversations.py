"""Conversations over HTTP: agents' lists and timelines, the visitor's history."""

from typing import Any

import pytest

from pocketdesk.chat_page.views import page_for_tag
from pocketdesk.conversations import api as conversations
from pocketdesk.conversations.model import AgentViewer, VisitorViewer
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from tests.api.desk import Desk, Somebody
from tests.small_account import SmallAccount


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    desk.app.include_router(conversations.router, prefix="/api/v1")
    return desk.found()


class Phone:
    """A chat page with its bearer, and the commands that it sends."""

    def __init__(self, desk: Desk, ana: Somebody, **properties: str) -> None:
        self.browser = desk.browser()
        answer = self.browser.post(
            "/api/v1/visitor/session",
            json={"account_id": ana.account_id, "mobile_tag": "support", "properties": properties},
        ).json()
        self.viewer = VisitorViewer(AccountScope(ana.account_id), answer["visitor_id"])
        self._bearer = {"authorization": f"Bearer {answer['token']}"}

    def messages(self, conversation_id: int, **parameters: int) -> Any:
        return self.get(f"/conversations/{conversation_id}/messages", **parameters)

    def get(self, path: str, **parameters: Any) -> Any:
        return self.browser.get(f"/api/v1/visitor{path}", params=parameters, headers=self._bearer)

    def post(self, path: str, body: Any) -> Any:
        return self.browser.post(f"/api/v1/visitor{path}", json=body, headers=self._bearer)

    def upload(self, name: str, content: bytes) -> int:
        """Sends a whole file; its id."""
        announced = {"name": name, "size": len(content), "media_type": ""}
        file_id = self.post("/files", announced).json()["file_id"]
        path = f"/api/v1/visitor/files/{file_id}"
        answer = self.browser.put(path, params={"offset": 0}, content=content, headers=self._bearer)
        assert answer.status_code == 200, answer.text
        return file_id


@pytest.fixture
def account(desk: Desk, ana: Somebody) -> SmallAccount:
    """The commands of Ana's account, with an inbox that she alone sees."""
    inbox_id = ana.post("/inboxes", {"name": "Support"})["id"]
    body = {"inbox_id": inbox_id, "language": "en", "mobile_tag": "support", "type": "live_agent"}
    flow_id = ana.post("/chatflows", body)["id"]
    ana.patch(f"/chatflows/{flow_id}", {"is_on": True})
    scope = AccountScope(ana.account_id)
    viewer = AgentViewer(scope, ana.user_id)
    return SmallAccount(desk.engine, scope, None, viewer, viewer, viewer, inbox_id, 0, 0, 0, flow_id)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def phone(desk: Desk, ana: Somebody, account: SmallAccount) -> Phone:
    return Phone(desk, ana, platform="Android", app_version="3.1")


def test_L21_what_one_side_writes_the_other_reads(ana: Somebody, account: SmallAccount, phone: Phone) -> None:
    conversation_id = account.start(phone.viewer, "Where is my order?")
    account.post(account.ana, conversation_id, "On its way")
    timeline = ana.get(f"/conversations/{conversation_id}/timeline")
    kinds = [entry["kind"] for entry in timeline["items"]]
    assert (kinds, timeline["has_more"]) == (["message", "message", "notice", "message"], False)
    page = phone.messages(conversation_id).json()
    assert [entry["seq"] for entry in page["items"]] == [1, 2, 4]
    assert page["items"][2]["author"]["name"] == "Ana"
    assert "client_message_id" in page["items"][1]
    assert "client_message_id" not in page["items"][2]


def test_L05_comments_are_not_in_the_visitors_history(account: SmallAccount, phone: Phone) -> None:
    conversation_id = account.start(phone.viewer)
    words = {"client_message_id": account.uuid(), "content": {"text": "Do not tell"}}
    account.run(account.ana, "post_comment", conversation_id=conversation_id, **words)
    assert "Do not tell" not in phone.messages(conversation_id).text


def test_pages_of_history_join_without_gap(ana: Somebody, account: SmallAccount, phone: Phone) -> None:
    conversation_id = account.start(phone.viewer)
    for number in range(6):
        account.post(phone.viewer, conversation_id, f"Message {number}")
    seqs: list[int] = []
    before: dict[str, int] = {}
    while True:
        page = phone.messages(conversation_id, limit=3, **before).json()
        seqs = [entry["seq"] for entry in page["items"]] + seqs
        if not page["has_more"]:
            break
        before = {"before": seqs[0]}
    assert seqs == list(range(1, 9))
    path = f"/conversations/{conversation_id}/timeline"
    newest = ana.get(path, limit=5)
    older = ana.get(path, limit=5, before=newest["items"][0]["seq"])
    assert [entry["seq"] for entry in older["items"] + newest["items"]] == list(range(1, 9))
    assert (newest["has_more"], older["has_more"]) == (True, False)


def test_L10_the_sidebar_knows_device_contact_and_earlier_conversations(
    ana: Somebody, account: SmallAccount, phone: Phone
) -> None:
    first = account.start(phone.viewer, "The first time")
    second = account.start(phone.viewer, "The second time")
    given = {"email": "mia@example.org", "name": "Mia Berg"}
    account.run(account.ana, "associate_contact", conversation_id=second, **given)
    person = ana.get(f"/conversations/{second}/person")
    assert person["visitor"]["properties"] == {"platform": "Android", "app_version": "3.1"}
    assert (person["contact"]["name"], person["contact"]["verified"]) == ("Mia Berg", False)
    assert [row["id"] for row in person["earlier"]] == [first]
    whole = ana.get(f"/conversations/{second}")
    assert whole["person"] == person
    assert whole["conversation"]["contact"]["email"] == "mia@example.org"


def test_L03_the_list_takes_filters(ana: Somebody, account: SmallAccount, phone: Phone) -> None:
    conversation_id = account.start(phone.viewer, "A parcel")

    def ids(**filters: Any) -> list[int]:
        return [row["id"] for row in ana.get("/conversations", **filters)["items"]]

    at = ana.get("/conversations")["items"][0]["last_activity_at"]
    for filters in (
        {},
        {"view": "unassigned"},
        {"status": "open", "channel": "mobile", "assignee": "nobody", "search": "PARCEL"},
        {"inbox_id": account.inbox_id, "from": at, "to": at + 1},
    ):
        assert ids(**filters) == [conversation_id], filters
    for filters in (
        {"view": "mine"},
        {"assignee": "me"},
        {"to": at},
        {"search": "parrot"},
        {"channel": "web"},
    ):
        assert ids(**filters) == [], filters
    for filters, field in (
        ({"view": "all"}, "view"),
        ({"assignee": "boss"}, "assignee"),
        ({"after": "x"}, "after"),
        ({"limit": 101}, "limit"),
        ({"search": "x" * 101}, "search"),
    ):
        answer = ana.call("GET", "/conversations", **filters)
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


def test_L19_who_is_not_in_the_inbox_finds_nothing(
    desk: Desk, ana: Somebody, account: SmallAccount, phone: Phone
) -> None:
    conversation_id = account.start(phone.viewer)
    configurer = desk.hire(ana, "cy@example.org", "chatflows", "inboxes", "people")
    neighbour = desk.found("Sudwind", "bo@example.org")
    stranger = Phone(desk, ana)
    assert configurer.get("/conversations")["items"] == []
    assert configurer.call("GET", "/conversations", inbox_id=account.inbox_id).status_code == 404
    for who in (configurer, neighbour):
        for path in ("", "/timeline", "/person"):
            assert who.call("GET", f"/conversations/{conversation_id}{path}").status_code == 404
    assert stranger.messages(conversation_id).status_code == 404
    path = f"/api/v1/visitor/conversations/{conversation_id}/messages"
    assert stranger.browser.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/conversations", "/chatflows", "/contacts"])
def test_a_search_with_a_NUL_is_refused_at_its_field(ana: Somebody, path: str) -> None:
    answer = ana.call("GET", path, search="a\0b")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["search"])


@pytest.mark.parametrize("tag", ["sup\0port", "sup\u2028port"])
def test_B07_a_tag_that_cannot_be_printed_leads_nowhere(
    desk: Desk, account: SmallAccount, phone: Phone, tag: str
) -> None:
    def served(reader: Reader) -> object:
        return page_for_tag(reader, AccountScope(phone.viewer.account_id), tag, desk.clock())

    assert desk.engine.read_and_wait(served) == (None, "unknown_tag")


# Transcripts and files.


def test_L15_both_sides_download_what_was_said_and_L05_no_comment(
    ana: Somebody, account: SmallAccount, phone: Phone
) -> None:
    conversation_id = account.start(phone.viewer, "Is <script>alert(1)</script> my order?")
    words = {"client_message_id": account.uuid(), "content": {"text": "Do not tell"}}
    account.run(account.ana, "post_comment", conversation_id=conversation_id, **words)
    account.post(account.ana, conversation_id, "No & never")
    path = f"/conversations/{conversation_id}/transcript"
    for answer in (ana.call("GET", path), phone.get(path)):
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert f'filename="conversation-{conversation_id}.txt"' in answer.headers["content-disposition"]
        title, welcome, asked, answered = answer.text.strip().split("\n\n")
        assert title == "Your conversation with Nordlicht"
        assert welcome.startswith("Nordlicht, 2023-11-14 22:13 UTC\n")
        assert asked == "You, 2023-11-14 22:13 UTC\nIs <script>alert(1)</script> my order?"
        assert answered == "Ana, 2023-11-14 22:13 UTC\nNo & never"
    for answer in (ana.call("GET", path, format="html"), phone.get(path, format="html")):
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
        assert "No &amp; never" in answer.text
        assert "Do not tell" not in answer.text
    assert ana.call("GET", path, format="pdf").status_code == 422


def test_D17_files_of_a_conversation_are_shown_to_those_who_see_it(
    desk: Desk, ana: Somebody, account: SmallAccount, phone: Phone
) -> None:
    conversation_id = account.start(phone.viewer)
    file_id = phone.upload("note.txt", b"two pairs of socks")
    loose = phone.upload("loose.txt", b"never sent")
    content = {"blocks": [{"type": "file", "file_id": file_id}]}
    account.post(phone.viewer, conversation_id, "", content=content)
    body = {"conversation_id": conversation_id, "file_ids": [file_id, loose]}
    links = phone.post("/files/links", body).json()["links"]
    assert list(links) == [str(file_id)]
    shown = desk.browser().get(links[str(file_id)])
    assert (shown.status_code, shown.content) == (200, b"two pairs of socks")
    path = f"/api/v1/accounts/{ana.account_id}/conversations/{conversation_id}/files/{file_id}"
    led = ana.browser.get(path, follow_redirects=False)
    assert led.status_code == 302
    assert desk.browser().get(led.headers["location"]).content == b"two pairs of socks"
    assert ana.browser.get(path.replace(str(file_id), str(loose))).status_code == 404
    stranger = Phone(desk, ana)
    assert stranger.post("/files/links", body).status_code == 404
    assert desk.browser().post("/api/v1/visitor/files/links", json=body).status_code == 401
    for wrong in ({}, body | {"file_ids": []}, body | {"file_ids": ["x"]}, body | {"conversation_id": 0}):
        assert phone.post("/files/links", wrong).status_code == 422


def test_L05_files_in_comments_have_no_link_for_the_visitor(
    ana: Somebody, account: SmallAccount, phone: Phone
) -> None:
    conversation_id = account.start(phone.viewer)
    announced = {"name": "secret.txt", "size": 6, "media_type": "", "purpose": "message"}
    file_id = ana.post("/files", announced)["file_id"]
    path = f"/api/v1/accounts/{ana.account_id}/files/{file_id}"
    assert ana.browser.put(path, params={"offset": 0}, content=b"secret").status_code == 200
    words: dict[str, Any] = {"client_message_id": account.uuid()}
    words["content"] = {"blocks": [{"type": "file", "file_id": file_id}]}
    account.run(account.ana, "post_comment", conversation_id=conversation_id, **words)
    body = {"conversation_id": conversation_id, "file_ids": [file_id]}
    assert phone.post("/files/links", body).json() == {"links": {}}
    shown = f"/conversations/{conversation_id}/files/{file_id}"
    assert ana.call("GET", shown).content == b"secret"


def test_L19_transcripts_and_files_are_not_for_others(
    desk: Desk, ana: Somebody, account: SmallAccount, phone: Phone
) -> None:
    conversation_id = account.start(phone.viewer)
    configurer = desk.hire(ana, "cy@example.org", "chatflows", "inboxes", "people")
    neighbour = desk.found("Sudwind", "bo@example.org")
    for who in (configurer, neighbour):
        for path in ("/transcript", "/files/5"):
            assert who.call("GET", f"/conversations/{conversation_id}{path}").status_code == 404
    assert Phone(desk, ana).get(f"/conversations/{conversation_id}/transcript").status_code == 404
