"""All articles of a base as a folder of Markdown with front matter, which can be imported again."""

import asyncio
import posixpath
from collections.abc import AsyncIterator, Mapping
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import yaml

from pocketdesk.files import views as files
from pocketdesk.files.model import FileCard
from pocketdesk.files.outside import Lost, Place, Store
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import rules, views
from pocketdesk.knowledge.content import image_ids, to_markdown
from pocketdesk.knowledge.model import Access, Base, Category, Filters, State, Variant
from pocketdesk.storage import Engine, Reader

ARTICLES_AT_ONCE = 100
PIECE_BYTES = 256 * 1024


class Folder:
    """The archive of a base. What is written is the newest there is: drafts, too."""

    def __init__(self, engine: Engine, store: Store, scope: AccountScope, base: Base) -> None:
        self._engine = engine
        self._store = store
        self._scope = scope
        self._base = base

    async def write(self, target: IO[bytes]) -> None:
        """Writes the zip file."""
        categories, paths = await self._engine.read(self._overview)
        shown: set[int] = set()
        with ZipFile(target, "w", ZIP_DEFLATED) as archive:
            ids = sorted({article_id for article_id, _ in paths})
            for start in range(0, len(ids), ARTICLES_AT_ONCE):
                some = {*ids[start : start + ARTICLES_AT_ONCE]}
                wanted = [key for key in paths if key[0] in some]
                variants, images = await self._engine.read(
                    lambda reader, wanted=wanted: self._variants(reader, wanted)
                )
                for each in variants:
                    path = paths[each.article.id, each.standing.language]
                    words = _page(self._base, each, categories, path, paths, images)
                    await asyncio.to_thread(archive.writestr, path, words)
                for card in images.values():
                    if card.id not in shown:
                        shown.add(card.id)
                        await self._picture(archive, card)

    def _overview(self, reader: Reader) -> tuple[dict[int, Category], dict[tuple[int, str], str]]:
        """The categories, and where each article in each language shall stand."""
        categories = {each.id: each for each in views.categories(reader, self._scope, self._base.id)}
        paths: dict[tuple[int, str], str] = {}
        after: str | None = None
        while True:
            page = views.articles(reader, self._scope, self._base.id, Filters(), ARTICLES_AT_ONCE, after)
            for card in page.items:
                folders = [each.slug for each in _chain(categories, card.article.category_id)]
                for each in card.variants:
                    stem = rules.slug_of(each.slug or each.title, otherwise="article")
                    language = each.standing.language
                    paths[card.article.id, language] = "/".join(
                        [language, *folders, f"{stem}-{card.article.id}.md"]
                    )
            after = page.after
            if after is None:
                return categories, paths

    def _variants(
        self, reader: Reader, keys: list[tuple[int, str]]
    ) -> tuple[list[Variant], dict[int, FileCard]]:
        found = [views.variant(reader, self._scope, article_id, language) for article_id, language in keys]
        shown = {file_id for each in found for file_id in image_ids(each.draft.writing.body)}
        return found, files.article_images(reader, self._scope, shown)

    async def _picture(self, archive: ZipFile, card: FileCard) -> None:
        try:
            pieces = await self._store.read(Place(self._scope.account_id, card.id), 0, card.size)
        except Lost:
            return
        content = b"".join([piece async for piece in pieces])
        await asyncio.to_thread(archive.writestr, _image_path(card), content, ZIP_STORED)


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    """The file from its beginning, which is gone afterwards."""
    with file:
        file.seek(0)
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece


def _page(
    base: Base,
    variant: Variant,
    categories: Mapping[int, Category],
    path: str,
    paths: Mapping[tuple[int, str], str],
    images: Mapping[int, FileCard],
) -> str:
    writing, article = variant.draft.writing, variant.article
    language = variant.standing.language
    here = posixpath.dirname(path)

    def link_of(article_id: int) -> str | None:
        for each in (language, base.primary, *base.languages):
            if (article_id, each) in paths:
                return posixpath.relpath(paths[article_id, each], here)
        return None

    def image_of(file_id: int) -> str | None:
        card = images.get(file_id)
        return None if card is None else posixpath.relpath(_image_path(card), here)

    front: dict[str, object] = {"article": article.id, "title": writing.title, "language": language}
    if writing.subtitle:
        front["subtitle"] = writing.subtitle
    if writing.slug:
        front["slug"] = writing.slug
    names = [each.name_in(base.primary, base.primary) for each in _chain(categories, article.category_id)]
    if names:
        front["category"] = names
    if writing.tags:
        front["tags"] = list(writing.tags)
    if article.access is Access.CONTACTS:
        front["access"] = Access.CONTACTS.value
    if variant.standing.state is not State.PUBLISHED:
        front["draft"] = True
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1_000)
    return f"---\n{head}---\n\n{to_markdown(writing.body, link_of, image_of)}"


def _image_path(card: FileCard) -> str:
    stem = rules.slug_of(posixpath.splitext(card.name)[0], otherwise="image")
    return f"images/{card.id}-{stem}{posixpath.splitext(card.name)[1].lower()}"


def _chain(categories: Mapping[int, Category], category_id: int | None) -> list[Category]:
    """A category and the one that it is below, from the top down."""
    found = categories.get(category_id or 0)
    if found is None:
        return []
    return [*_chain(categories, found.parent_id), found]
