"""Search by meaning, with the model that the extra `local-ai` brings, and a server of embeddings."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import msgspec
import pytest

from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.knowledge.model import EVERY_ACCESS, Access
from pocketdesk.knowledge.outside import embeddings
from pocketdesk.knowledge.outside.embeddings import (
    LOCAL_MODEL,
    MOST_AT_ONCE,
    LocalEmbeddings,
    Questions,
    ServerEmbeddings,
)
from pocketdesk.knowledge.search import meaning
from pocketdesk.outbound import Outbound, to_allowed
from pocketdesk.storage import Engine
from tests.library import PUBLIC, Library
from tests.server import free_port
from tests.small_account import open_small_account


@pytest.fixture
def library(engine: Engine) -> Iterator[Library]:
    asyncio.run(LocalEmbeddings().embed(["It takes seconds to load, and a question waits for one."]))
    account = open_small_account(engine)
    yield Library(engine, account.scope, account.admin.user_id, ("en", "de"))
    meaning._matrices.clear()


def read_all(library: Library) -> int:
    read = 0
    model = LocalEmbeddings()
    while texts := library.engine.read_and_wait(lambda reader: meaning.unread(reader, model.model, 20)):
        for text in texts:
            vectors = asyncio.run(model.embed(text.passages))
            assert isinstance(vectors, list)
            library.do(meaning.keep_vectors, text, model.model, vectors)
            read += 1
    meaning.refresh(library.engine, model.model)
    return read


def ask(library: Library, words: str, access: frozenset[str] = PUBLIC) -> list[int]:
    vector = asyncio.run(Questions(LocalEmbeddings()).vector(words))
    assert vector is not None
    return [hit.article_id for hit in library.find(words, "en", access, vector=vector).hits]


def test_what_means_the_same_is_found(library: Library) -> None:
    password = library.publish("Reset your password", "Choose a new one on the sign-in screen.")
    library.publish("Invoices", "Download each bill as a PDF.")
    closed = library.publish("Company credentials", "Access codes of the staff", access=Access.CONTACTS)
    question = "ich habe mein Kennwort vergessen"
    assert ask(library, question) == []
    assert read_all(library) == 3
    assert read_all(library) == 0, "each text once"
    assert ask(library, question)[0] == password
    assert closed not in ask(library, "staff access codes")
    assert ask(library, "staff access codes", EVERY_ACCESS)[0] == closed
    library.publish("Invoices", "Each bill.", article_id=password)
    assert ask(library, question) == [], "of a version that is no longer published nothing is shown"
    assert read_all(library) == 1
    library.unpublish(password)
    library.admit(closed, Access.CONTACTS)
    assert password not in ask(library, question)


class Answering(BaseHTTPRequestHandler):
    answers: ClassVar[list[tuple[int, object]]] = []
    asked: ClassVar[list[tuple[str, object]]] = []

    def do_POST(self) -> None:
        body = msgspec.json.decode(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append((self.headers["authorization"], body))
        status, answer = self.answers.pop(0)
        content = msgspec.json.encode(answer)
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def test_a_server_of_embeddings() -> None:
    port = free_port()
    server = ThreadingHTTPServer(("127.0.0.1", port), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    good = {"data": [{"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1, 0]}]}
    Answering.answers = [(200, good), (503, {}), (401, {}), (200, {"data": []}), (200, {"nonsense": 1})]

    async def ask_all() -> list[object]:
        outbound = Outbound(to_allowed((f"127.0.0.1:{port}",)))
        model = ServerEmbeddings(outbound, f"http://127.0.0.1:{port}/v1/embeddings", "small", "key")
        answers: list[object] = [await model.embed(["a", "b"]) for _ in range(5)]
        await outbound.aclose()
        return answers

    first, busy, denied, short, nonsense = asyncio.run(ask_all())
    server.shutdown()
    server.server_close()
    assert first == [[1, 0], [0, 1]]
    assert isinstance(busy, Retry)
    assert all(isinstance(each, GiveUp) for each in (denied, short, nonsense))
    authorization, body = Answering.asked[0]
    assert authorization == "Bearer key"
    assert body == {"model": "small", "input": ["a", "b"], "encoding_format": "float"}
    assert LOCAL_MODEL != "small"


class Slow:
    """Answers when it may."""

    model = "slow"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may = asyncio.Event()

    async def embed(self, texts: Sequence[str], patience_s: float = 30.0) -> list[list[float]]:
        self.asked += texts
        await self.may.wait()
        return [[1.0] for _ in texts]


async def turns() -> None:
    """Lets everything go on that can."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_few_questions_are_asked_at_once_and_none_twice() -> None:
    async def ask_many() -> None:
        model = Slow()
        questions = Questions(model)
        first = [asyncio.create_task(questions.vector(f"question {one}")) for one in range(MOST_AT_ONCE)]
        again = asyncio.create_task(questions.vector("question  0"))
        await turns()
        assert await questions.vector("one more") is None, "words answer alone"
        model.may.set()
        assert all([await each for each in [*first, again]])
        assert await questions.vector("question 0") == questions.known("question 0") is not None
        assert len(model.asked) == MOST_AT_ONCE

    asyncio.run(ask_many())


def test_a_question_waits_no_longer_than_it_may_and_a_late_answer_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embeddings, "QUESTION_PATIENCE_S", 0.0)

    async def ask_late() -> None:
        model = Slow()
        questions = Questions(model)
        assert await questions.vector("how do I pay?") is None
        model.may.set()
        await turns()
        assert questions.known("how do I pay?") is not None

    asyncio.run(ask_late())
