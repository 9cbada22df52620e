"""A knowledge base on a real engine, with published articles written straight into its tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from bench.evaluation import Text
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import search, store
from pocketdesk.knowledge.model import EVERY_ACCESS, Access
from pocketdesk.storage import Engine, Statement, UnitOfWork, insert

PUBLIC = frozenset({"public"})
_ADD = {
    table.name: Statement(insert(table))
    for table in (store.knowledge_base, store.article, store.variant, store.article_version, store.synonym)
}


@dataclass
class Library:
    """One knowledge base of an account. `user_id` has written everything."""

    engine: Engine
    scope: AccountScope
    user_id: int
    languages: tuple[str, ...] = ("en", "de")
    base_id: int = 0
    versions: dict[tuple[int, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.base_id = self.do(UnitOfWork.new_id)
        self._add(
            "knowledge_base",
            id=self.base_id,
            name="Help",
            slug=f"help-{self.base_id}",
            languages=msgspec.json.encode(self.languages).decode(),
            accent="#2255aa",
            logo_id=None,
            is_public=True,
            created_at=0,
            created_by=self.user_id,
            archived_at=None,
        )

    def do(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return self.engine.write_and_wait(lambda unit: work(unit, *arguments, **named))

    def publish(
        self,
        title: str,
        body: str = "",
        subtitle: str = "",
        tags: Sequence[str] = (),
        *,
        language: str = "en",
        access: Access = Access.PUBLIC,
        article_id: int | None = None,
    ) -> int:
        """Publishes an article, or another language or version of one."""
        return self.do(self.write, title, body, subtitle, tags, language, access, article_id)

    def write(
        self,
        unit: UnitOfWork,
        title: str,
        body: str,
        subtitle: str = "",
        tags: Sequence[str] = (),
        language: str = "en",
        access: Access = Access.PUBLIC,
        article_id: int | None = None,
    ) -> int:
        """The same, in a unit of work."""
        if article_id is None:
            article_id = unit.new_id()
            self._put(
                unit,
                "article",
                id=article_id,
                knowledge_base_id=self.base_id,
                category_id=None,
                access=access.value,
                created_at=0,
                created_by=self.user_id,
                modified_at=0,
                deleted_at=None,
            )
        number = self.versions.get((article_id, language), 0) + 1
        self.versions[article_id, language] = number
        written = {
            "title": title,
            "slug": "slug",
            "subtitle": subtitle,
            "tags": _json(tags),
            "body": '{"blocks":[]}',
        }
        if number == 1:
            unset = ("scheduled_version", "scheduled_revision", "scheduled_at")
            self._put(
                unit,
                "variant",
                article_id=article_id,
                language=language,
                knowledge_base_id=self.base_id,
                published_version=1,
                published_revision=1,
                published_at=1_000,
                first_published_at=1_000,
                draft_revision=1,
                draft_at=0,
                draft_by=self.user_id,
                draft_title_key=title,
                **{f"draft_{name}": text for name, text in written.items()},
                **dict.fromkeys(unset),
            )
        else:
            mine = (
                store.variant.c.account_id == self.scope.account_id,
                store.variant.c.article_id == article_id,
            )
            unit.run(
                store.variant.update()
                .where(*mine, store.variant.c.language == language)
                .values(published_version=number)
            )
        self._put(
            unit,
            "article_version",
            article_id=article_id,
            language=language,
            number=number,
            at=0,
            by=self.user_id,
            plain_text=body,
            **written,
        )
        entry = search.Entry(self.base_id, article_id, language, number, access, title, subtitle, tags, body)
        search.index(unit, self.scope, entry)
        return article_id

    def fill(self, texts: Sequence[Text]) -> dict[int, str]:
        """Publishes texts, those of one key as languages of one article; returns the keys of the articles."""
        ids: dict[str, int] = {}

        def write_all(unit: UnitOfWork) -> None:
            for text in texts:
                ids[text.key] = self.write(
                    unit,
                    text.title,
                    text.body,
                    text.subtitle,
                    text.tags,
                    text.language,
                    article_id=ids.get(text.key),
                )

        self.do(write_all)
        return {article_id: key for key, article_id in ids.items()}

    def unpublish(self, article_id: int, language: str | None = None) -> None:
        self.do(search.drop, self.scope, self.base_id, article_id, language)

    def admit(self, article_id: int, access: Access) -> None:
        def change(unit: UnitOfWork) -> None:
            where = (store.article.c.account_id == self.scope.account_id, store.article.c.id == article_id)
            unit.run(store.article.update().where(*where).values(access=access.value))
            search.admit(unit, self.scope, self.base_id, article_id, access)

        self.do(change)

    def mean_the_same(self, *words: str) -> None:
        self._add(
            "synonym", id=self.do(UnitOfWork.new_id), knowledge_base_id=self.base_id, words=_json(words)
        )

    def find(
        self,
        q: str,
        language: str = "en",
        access: frozenset[str] = PUBLIC,
        limit: int = 10,
        after: int = 0,
        vector: search.Vector | None = None,
    ) -> search.Found:
        return self.engine.read_and_wait(
            lambda reader: search.find(
                reader, self.scope, self.base_id, language, q, access, limit, after, vector
            )
        )

    def ids(self, q: str, language: str = "en", access: frozenset[str] = EVERY_ACCESS) -> list[int]:
        return [hit.article_id for hit in self.find(q, language, access, 100).hits]

    def _add(self, table: str, **values: Any) -> None:
        self.do(lambda unit: self._put(unit, table, **values))

    def _put(self, unit: UnitOfWork, table: str, **values: Any) -> None:
        unit.run(_ADD[table], account_id=self.scope.account_id, **values)


def _json(words: Sequence[str]) -> str:
    return msgspec.json.encode(words).decode()
