"""Knowledge bases for tests: articles in every state, written and published as authors do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pocketdesk.accounts.model import Actor, Permission
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import actions, views
from pocketdesk.knowledge.content import Body, parse_body
from pocketdesk.knowledge.model import Access, BaseChanges, Writing
from pocketdesk.storage import Engine, UnitOfWork

HOURS = 3_600_000


def body_of(*paragraphs: str) -> Body:
    """A body of plain paragraphs."""
    return parse_body(
        {
            "blocks": [
                {"type": "paragraph", "runs": [{"type": "text", "text": words}]} for words in paragraphs
            ]
        },
        "body",
    )


@dataclass
class Author:
    """Somebody with every right, at work in one knowledge base."""

    engine: Engine
    scope: AccountScope
    actor: Actor
    base_id: int
    slug: str

    def category(self, name: str | Mapping[str, str], parent_id: int | None = None) -> int:
        """A category with the same name in English, or with names by language."""
        names = {"en": name} if isinstance(name, str) else name
        return self.write(
            lambda unit: actions.create_category(unit, self.scope, self.actor, self.base_id, names, parent_id)
        ).id

    def article(
        self,
        title: str,
        *words: str,
        subtitle: str = "",
        language: str = "en",
        tags: Sequence[str] = (),
        category_id: int | None = None,
        access: str = "public",
        body: Body | None = None,
        published: bool = True,
    ) -> int:
        """An article; its id."""

        def write(unit: UnitOfWork) -> int:
            card = actions.create_article(
                unit, self.scope, self.actor, self.base_id, language, title, category_id, Access(access)
            )
            return card.article.id

        article_id = self.write(write)
        self.draft(article_id, title, *words, subtitle=subtitle, language=language, tags=tags, body=body)
        if published:
            self.publish(article_id, language)
        return article_id

    def translate(
        self, article_id: int, language: str, title: str, *words: str, published: bool = True
    ) -> None:
        """The article in one more language."""
        self.write(lambda unit: actions.create_variant(unit, self.scope, self.actor, article_id, language))
        self.draft(article_id, title, *words, language=language)
        if published:
            self.publish(article_id, language)

    def draft(
        self,
        article_id: int,
        title: str,
        *words: str,
        subtitle: str = "",
        slug: str = "",
        language: str = "en",
        tags: Sequence[str] = (),
        body: Body | None = None,
    ) -> None:
        """Saves a draft."""
        writing = Writing(title, subtitle, slug, tuple(tags), body or body_of(*(words or (title,))))

        def write(unit: UnitOfWork) -> None:
            revision = views.variant(unit, self.scope, article_id, language).draft.revision
            actions.save_draft(unit, self.scope, self.actor, article_id, language, revision, writing)

        self.write(write)

    def publish(self, article_id: int, language: str = "en") -> None:
        """Gives the draft to readers."""

        def write(unit: UnitOfWork) -> None:
            revision = views.variant(unit, self.scope, article_id, language).draft.revision
            actions.publish(unit, self.scope, self.actor, article_id, language, revision)

        self.write(write)

    def schedule(self, article_id: int, language: str = "en") -> None:
        """Gives the draft to readers in an hour."""

        def write(unit: UnitOfWork) -> None:
            revision = views.variant(unit, self.scope, article_id, language).draft.revision
            actions.schedule(unit, self.scope, self.actor, article_id, language, revision, unit.now + HOURS)

        self.write(write)

    def unpublish(self, article_id: int, language: str = "en") -> None:
        self.write(lambda unit: actions.unpublish(unit, self.scope, self.actor, article_id, language))

    def delete(self, article_id: int) -> None:
        self.write(lambda unit: actions.delete_article(unit, self.scope, self.actor, article_id))

    def change(self, **changes: Any) -> None:
        """Changes the base."""
        self.write(
            lambda unit: actions.change_base(
                unit, self.scope, self.actor, self.base_id, BaseChanges(**changes)
            )
        )

    def write(self, action: Any) -> Any:
        return self.engine.write_and_wait(action)


def new_base(
    engine: Engine,
    account_id: int,
    user_id: int,
    name: str = "Nordlicht Help",
    languages: Sequence[str] = ("en", "de", "ar"),
    *,
    accent: str | None = None,
    is_public: bool = True,
) -> Author:
    """A knowledge base and somebody who writes it."""
    scope, actor = AccountScope(account_id), Actor(user_id, frozenset(Permission))
    base = engine.write_and_wait(
        lambda unit: actions.create_base(
            unit, scope, actor, name, languages, accent=accent, is_public=is_public
        )
    )
    return Author(engine, scope, actor, base.id, base.slug)
