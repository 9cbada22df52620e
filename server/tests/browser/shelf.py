"""What help tests read: a knowledge base with topics and articles, made through the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.server import Server


def words(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text, **style}


def paragraph(*runs: str | Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "paragraph", "runs": [words(run) if isinstance(run, str) else run for run in runs]}


class Shelf:
    """One knowledge base of the server's account."""

    def __init__(self, server: Server, name: str = "Acme Help", languages: Sequence[str] = ("en",)) -> None:
        self._server = server
        made = self._call("POST", "/bases", {"name": name, "languages": list(languages)})
        self.id: int = made["id"]
        self.name = name
        self.language = languages[0]

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return self._server.account(method, f"/knowledge{path}", body)

    def change(self, **changes: Any) -> None:
        self._call("PATCH", f"/bases/{self.id}", changes)

    def category(self, name: str, parent_id: int | None = None) -> int:
        body = {"names": {self.language: name}, "parent_id": parent_id}
        return self._call("POST", f"/bases/{self.id}/categories", body)["id"]

    def draft(
        self,
        title: str,
        *blocks: str | Mapping[str, Any],
        subtitle: str = "",
        category_id: int | None = None,
        access: str = "public",
        tags: Sequence[str] = (),
    ) -> int:
        """An article that nobody reads yet."""
        body = {"language": self.language, "title": title, "category_id": category_id}
        article_id: int = self._call("POST", f"/bases/{self.id}/articles", body)["id"]
        if access != "public":
            self._call("PATCH", f"/articles/{article_id}", {"access": access})
        self._save(article_id, self.language, title, blocks or ("Words.",), subtitle, tags)
        return article_id

    def publish(self, title: str, *blocks: str | Mapping[str, Any], **more: Any) -> int:
        """An article that can be read."""
        article_id = self.draft(title, *blocks, **more)
        self.release(article_id)
        return article_id

    def translate(self, article_id: int, language: str, title: str, *blocks: str | Mapping[str, Any]) -> None:
        """Publishes it in another language too."""
        self._call("POST", f"/articles/{article_id}/variants", {"language": language})
        self._save(article_id, language, title, blocks, "", ())
        self.release(article_id, language)

    def release(self, article_id: int, language: str | None = None) -> None:
        path = f"/articles/{article_id}/variants/{language or self.language}"
        revision = self._call("GET", path)["draft"]["revision"]
        self._call("POST", f"{path}/publish", {"revision": revision})

    def take_back(self, article_id: int) -> None:
        self._call("POST", f"/articles/{article_id}/variants/{self.language}/unpublish")

    def _save(
        self,
        article_id: int,
        language: str,
        title: str,
        blocks: Sequence[str | Mapping[str, Any]],
        subtitle: str,
        tags: Sequence[str],
    ) -> None:
        path = f"/articles/{article_id}/variants/{language}"
        tree = [paragraph(block) if isinstance(block, str) else block for block in blocks]
        body = {
            "base_revision": self._call("GET", path)["draft"]["revision"],
            "title": title,
            "subtitle": subtitle,
            "slug": "",
            "body": {"blocks": tree},
            "tags": list(tags),
        }
        self._call("PUT", f"{path}/draft", body)

    def insights(self) -> Any:
        return self._call("GET", f"/bases/{self.id}/insights")


def give_help(server: Server, chatflow_id: int, base_id: int | None) -> None:
    """Turns a chatflow's Help tab on with a base, or off."""
    flow = server.account("GET", f"/chatflows/{chatflow_id}")
    document = flow["document"]
    document["knowledge_base"] = {"enabled": base_id is not None, "knowledge_base_id": base_id}
    match = {"If-Match": f'"{flow["version"]}"'}
    server.account("PUT", f"/chatflows/{chatflow_id}/document", {"document": document}, **match)
