"""Routes of knowledge bases, categories, articles, their drafts and versions.

Whoever holds `knowledge_edit` or `knowledge_publish` reads; the former writes, the latter says what readers get (K09).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Response

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import (
    USUAL_LIMIT,
    AgentCaller,
    Caller,
    Now,
    Origin,
    PageAfter,
    PageLimit,
    PathId,
    Storage,
    require,
)
from pocketdesk.files import views as files
from pocketdesk.files.api import LinkKey
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import actions, rules, search, views
from pocketdesk.knowledge.content import Body, image_ids, parse_body
from pocketdesk.knowledge.model import (
    EVERY_ACCESS,
    Access,
    ArticleCard,
    Base,
    BaseChanges,
    Draft,
    Filters,
    Published,
    State,
    Variant,
    Version,
)
from pocketdesk.knowledge.wire import (
    LONGEST_LANGUAGE,
    AccessWord,
    ArticleOut,
    ArticlePatch,
    ArticlesOut,
    BaseOut,
    BasePatch,
    BasesOut,
    BrokenLinksOut,
    CategoriesOut,
    CategoryOut,
    CategoryPatch,
    DifferenceOut,
    DraftBody,
    FoundsOut,
    NewArticle,
    NewBase,
    NewCategory,
    NewVariant,
    OrderBody,
    PublishBody,
    RestoreBody,
    SavedOut,
    ScheduleBody,
    StateWord,
    SynonymsBody,
    SynonymsOut,
    UntranslatedsOut,
    Users,
    VariantOut,
    VersionOut,
    VersionsOut,
    article_url,
    to_article,
    to_articles,
    to_base,
    to_broken_links,
    to_categories,
    to_category,
    to_difference,
    to_draft,
    to_found,
    to_saved,
    to_synonyms,
    to_untranslateds,
    to_variant,
    to_version,
    to_versions,
)
from pocketdesk.storage import Engine, Reader, UnitOfWork

router = APIRouter(prefix="/accounts/{account_id}/knowledge", tags=["knowledge"])

T = TypeVar("T")
Author = Annotated[AgentCaller, Depends(require("knowledge_edit", "knowledge_publish"))]
Editor = Annotated[AgentCaller, Depends(require("knowledge_edit"))]
Publisher = Annotated[AgentCaller, Depends(require("knowledge_publish"))]
PathLanguage = Annotated[str, Path(max_length=LONGEST_LANGUAGE, pattern=r"^[A-Za-z0-9-]+$")]
AskedLanguage = Annotated[str | None, Query(max_length=LONGEST_LANGUAGE, pattern=r"^[A-Za-z0-9-]*$")]
Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
Number = Annotated[int, Path(ge=1, lt=2**31)]

MOST_FOUND = 20


def _names(reader: Reader, scope: AccountScope, user_ids: Iterable[int]) -> Users:
    cards = accounts.user_cards(reader, scope, set(user_ids))
    return {id_: card.name for id_, card in cards.items()}


# Knowledge bases.


def _base(reader: Reader, caller: AgentCaller, base: Base, origin: str) -> BaseOut:
    counts = views.article_counts(reader, caller.scope)
    names = _names(reader, caller.scope, [base.created_by])
    return to_base(caller.scope.account_id, base, counts.get(base.id, 0), names, origin)


@router.get("/bases")
async def get_bases(caller: Caller, engine: Storage, origin: Origin) -> BasesOut:
    """All knowledge bases, archived ones too, oldest first. Every user may know them."""

    def read(reader: Reader) -> BasesOut:
        found = views.bases(reader, caller.scope)
        counts = views.article_counts(reader, caller.scope)
        names = _names(reader, caller.scope, (each.created_by for each in found))
        account_id = caller.scope.account_id
        return BasesOut(
            items=[to_base(account_id, each, counts.get(each.id, 0), names, origin) for each in found]
        )

    return await engine.read(read)


@router.post("/bases", status_code=201)
async def post_base(body: NewBase, caller: Publisher, engine: Storage, origin: Origin) -> BaseOut:
    """Makes a knowledge base. Its address follows its name unless it is given."""

    def make(unit: UnitOfWork) -> BaseOut:
        made = actions.create_base(
            unit,
            caller.scope,
            caller.actor,
            body.name,
            body.languages,
            body.slug,
            body.accent,
            is_public=body.is_public,
        )
        return _base(unit, caller, made, origin)

    return await engine.write(make)


@router.get("/bases/{base_id}")
async def get_base(base_id: PathId, caller: Caller, engine: Storage, origin: Origin) -> BaseOut:
    """One knowledge base. Every user may know it."""
    return await engine.read(
        lambda reader: _base(reader, caller, views.base(reader, caller.scope, base_id), origin)
    )


async def _change_base(
    engine: Engine, caller: AgentCaller, base_id: int, changes: BaseChanges, origin: str
) -> BaseOut:
    return await engine.write(
        lambda unit: _base(
            unit, caller, actions.change_base(unit, caller.scope, caller.actor, base_id, changes), origin
        )
    )


@router.patch("/bases/{base_id}")
async def patch_base(
    base_id: PathId, body: BasePatch, caller: Publisher, engine: Storage, origin: Origin
) -> BaseOut:
    """Renames a knowledge base, gives it other languages or another look, opens or closes its help centre."""
    changes = BaseChanges(
        name=body.name,
        slug=body.slug,
        languages=None if body.languages is None else tuple(body.languages),
        accent=body.accent,
        logo_id=body.logo_id,
        is_public=body.is_public,
    )
    return await _change_base(engine, caller, base_id, changes, origin)


@router.post("/bases/{base_id}/archive")
async def archive_base(base_id: PathId, caller: Publisher, engine: Storage, origin: Origin) -> BaseOut:
    """Takes a knowledge base away from readers and authors. It can be restored as it was."""
    return await _change_base(engine, caller, base_id, BaseChanges(archived=True), origin)


@router.post("/bases/{base_id}/restore")
async def restore_base(base_id: PathId, caller: Publisher, engine: Storage, origin: Origin) -> BaseOut:
    """Brings an archived knowledge base back."""
    return await _change_base(engine, caller, base_id, BaseChanges(archived=False), origin)


# Categories.


@router.get("/bases/{base_id}/categories")
async def get_categories(base_id: PathId, caller: Author, engine: Storage) -> CategoriesOut:
    """The categories of a base as a tree, with how many articles they have, drafts too."""

    def read(reader: Reader) -> CategoriesOut:
        views.base(reader, caller.scope, base_id)
        return to_categories(*views.shelves(reader, caller.scope, base_id))

    return await engine.read(read)


@router.post("/bases/{base_id}/categories", status_code=201)
async def post_category(base_id: PathId, body: NewCategory, caller: Editor, engine: Storage) -> CategoryOut:
    """Makes a category, the last among its siblings. 409 `base_archived`."""
    return to_category(
        await engine.write(
            lambda unit: actions.create_category(
                unit, caller.scope, caller.actor, base_id, body.names, body.parent_id, body.slug
            )
        )
    )


@router.post("/bases/{base_id}/categories/order", status_code=204)
async def order_categories(base_id: PathId, body: OrderBody, caller: Editor, engine: Storage) -> Response:
    """Puts all categories into an order, and below each other. 409 `categories_changed` if these are others now."""
    order = [(each.id, tuple(each.children)) for each in body.order]
    await engine.write(
        lambda unit: actions.order_categories(unit, caller.scope, caller.actor, base_id, order)
    )
    return Response(status_code=204)


@router.patch("/categories/{category_id}")
async def patch_category(
    category_id: PathId, body: CategoryPatch, caller: Editor, engine: Storage
) -> CategoryOut:
    """Renames a category, or gives it another address."""
    return to_category(
        await engine.write(
            lambda unit: actions.change_category(
                unit, caller.scope, caller.actor, category_id, body.names, body.slug
            )
        )
    )


@router.delete("/categories/{category_id}", status_code=204)
async def delete_category(category_id: PathId, caller: Editor, engine: Storage) -> Response:
    """Removes an empty category. 409 `category_not_empty`."""
    await engine.write(lambda unit: actions.delete_category(unit, caller.scope, caller.actor, category_id))
    return Response(status_code=204)


# Articles.


def _article(reader: Reader, scope: AccountScope, card: ArticleCard) -> ArticleOut:
    base = views.base(reader, scope, card.article.base_id)
    return to_article(card, base.languages, _names(reader, scope, [card.article.created_by]))


@router.get("/articles/find")
async def find_articles(
    caller: Caller,
    engine: Storage,
    origin: Origin,
    q: Words = "",
    base_id: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
    language: AskedLanguage = None,
    limit: Annotated[int, Query(ge=1, le=MOST_FOUND)] = 10,
) -> FoundsOut:
    """Published articles about something, best first, or without words the newest ones; for every user to send."""

    def read(reader: Reader) -> FoundsOut:
        bases = {
            each.id: each
            for each in views.bases(reader, caller.scope)
            if each.archived_at is None and base_id in {None, each.id}
        }
        found: list[tuple[float, Published]] = []
        for base in bases.values():
            found += _found(reader, caller.scope, base, language or base.primary, q, limit)
        found.sort(key=lambda each: -each[0])
        return to_found(caller.scope.account_id, bases, [card for _, card in found[:limit]], origin)

    return await engine.read(read)


def _found(
    reader: Reader, scope: AccountScope, base: Base, language: str, q: str, limit: int
) -> list[tuple[float, Published]]:
    if not q.strip():
        page = views.published(reader, scope, base.id, language, base.primary, EVERY_ACCESS, limit)
        return [(card.first_published_at, card) for card in page.items]
    hits = search.find(reader, scope, base.id, language, q, EVERY_ACCESS, limit).hits
    ids = [hit.article_id for hit in hits]
    cards = views.published_cards(reader, scope, ids, language, base.primary, EVERY_ACCESS)
    return [(hit.score, cards[hit.article_id]) for hit in hits if hit.article_id in cards]


@router.get("/bases/{base_id}/articles")
async def get_articles(
    base_id: PathId,
    caller: Author,
    engine: Storage,
    search: Annotated[Words, Query(description="Part of a draft's title.")] = "",
    category_id: Annotated[
        int | None, Query(ge=0, lt=2**53, description="With those below it; 0: those in none.")
    ] = None,
    state: StateWord | None = None,
    language: AskedLanguage = None,
    access: AccessWord | None = None,
    deleted: bool = False,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> ArticlesOut:
    """Articles of a base, last changed first. Filters combine with AND."""
    filters = Filters(
        search,
        category_id,
        None if state is None else State(state),
        language or None,
        None if access is None else Access(access),
        deleted,
    )

    def read(reader: Reader) -> ArticlesOut:
        base = views.base(reader, caller.scope, base_id)
        page = views.articles(reader, caller.scope, base_id, filters, limit, after)
        by = {each.draft_by for card in page.items for each in card.variants}
        return to_articles(page, base.languages, language, _names(reader, caller.scope, by))

    return await engine.read(read)


@router.post("/bases/{base_id}/articles", status_code=201)
async def post_article(base_id: PathId, body: NewArticle, caller: Editor, engine: Storage) -> ArticleOut:
    """Begins an article in one language. 409 `base_archived`."""
    return await engine.write(
        lambda unit: _article(
            unit,
            caller.scope,
            actions.create_article(
                unit,
                caller.scope,
                caller.actor,
                base_id,
                body.language,
                body.title,
                body.category_id,
                Access(body.access),
            ),
        )
    )


@router.get("/articles/{article_id}")
async def get_article(article_id: PathId, caller: Author, engine: Storage) -> ArticleOut:
    """What all languages of an article share, deleted or not."""
    return await engine.read(
        lambda reader: _article(reader, caller.scope, views.article_card(reader, caller.scope, article_id))
    )


@router.patch("/articles/{article_id}")
async def patch_article(
    article_id: PathId, body: ArticlePatch, caller: Editor, engine: Storage
) -> ArticleOut:
    """Moves an article to a category, or says who may read it; the latter needs the right to publish once it is
    published. 409 `article_deleted`, `base_archived`.
    """
    category_id = (body.category_id or 0) if "category_id" in body.model_fields_set else None
    return await engine.write(
        lambda unit: _article(
            unit,
            caller.scope,
            actions.change_article(
                unit,
                caller.scope,
                caller.actor,
                article_id,
                category_id=category_id,
                access=None if body.access is None else Access(body.access),
            ),
        )
    )


@router.delete("/articles/{article_id}", status_code=204)
async def delete_article(article_id: PathId, caller: Editor, engine: Storage) -> Response:
    """Takes an article away in all languages; one that readers get needs the right to publish, too."""
    await engine.write(lambda unit: actions.delete_article(unit, caller.scope, caller.actor, article_id))
    return Response(status_code=204)


@router.post("/articles/{article_id}/restore")
async def restore_article(article_id: PathId, caller: Editor, engine: Storage) -> ArticleOut:
    """Brings a deleted article back, published where it was."""
    return await engine.write(
        lambda unit: _article(
            unit, caller.scope, actions.restore_article(unit, caller.scope, caller.actor, article_id)
        )
    )


# Drafts.


def _links(reader: Reader, scope: AccountScope, key: bytes, at: int, *bodies: Body | None) -> dict[int, str]:
    """Links to the images of some bodies that are there."""
    ids = {file_id for body in bodies if body is not None for file_id in image_ids(body)}
    there = files.article_images(reader, scope, ids)
    return {file_id: files.link(key, scope, file_id, at) for file_id in there}


@dataclass(frozen=True, slots=True)
class Links:
    """What links in an answer are made with: the key of those to images, the time, and where this server is."""

    key: bytes
    at: int
    origin: str


async def links(key: LinkKey, at: Now, origin: Origin) -> Links:
    """What makes links in this request."""
    return Links(key, at, origin)


Showing = Annotated[Links, Depends(links)]


def _variant(reader: Reader, caller: AgentCaller, found: Variant, showing: Links) -> VariantOut:
    scope = caller.scope
    base = views.base(reader, scope, found.article.base_id)
    language = found.standing.language
    cards = views.published_cards(reader, scope, [found.article.id], language, language, EVERY_ACCESS)
    card = cards.get(found.article.id)
    return to_variant(
        found,
        _names(reader, scope, [found.draft.by]),
        _links(reader, scope, showing.key, showing.at, found.draft.writing.body),
        None if card is None else article_url(scope.account_id, base, card, showing.origin),
    )


async def _with_draft(engine: Engine, scope: AccountScope, write: Callable[[UnitOfWork], T]) -> T:
    """Does something that builds on a draft. If that has changed, the refusal brings what it says now."""
    try:
        return await engine.write(write)
    except rules.DraftChanged as changed:
        draft: Draft = changed.draft
        names = await engine.read(lambda reader: _names(reader, scope, [draft.by]))
        changed.enclosed = {"draft": to_draft(draft, names).model_dump()}
        raise


@router.post("/articles/{article_id}/variants", status_code=201)
async def post_variant(
    article_id: PathId,
    body: NewVariant,
    caller: Editor,
    engine: Storage,
    showing: Showing,
) -> VariantOut:
    """Begins an article in another language of its base. 409 `already_written`."""
    return await engine.write(
        lambda unit: _variant(
            unit,
            caller,
            actions.create_variant(
                unit, caller.scope, caller.actor, article_id, body.language, body.copy_from
            ),
            showing,
        )
    )


@router.get("/articles/{article_id}/variants/{language}")
async def get_variant(
    article_id: PathId,
    language: PathLanguage,
    caller: Author,
    engine: Storage,
    showing: Showing,
) -> VariantOut:
    """An article's draft in a language, and how far it is."""
    return await engine.read(
        lambda reader: _variant(
            reader, caller, views.variant(reader, caller.scope, article_id, language), showing
        )
    )


@router.put("/articles/{article_id}/variants/{language}/draft")
async def put_draft(
    article_id: PathId, language: PathLanguage, body: DraftBody, caller: Editor, engine: Storage
) -> SavedOut:
    """Keeps what an author has written. 409 `draft_changed` with the current `draft` if somebody saved meanwhile."""
    writing = rules.clean_writing(body.title, body.subtitle, body.slug, body.tags, parse_body(body.body))
    return to_saved(
        await _with_draft(
            engine,
            caller.scope,
            lambda unit: actions.save_draft(
                unit, caller.scope, caller.actor, article_id, language, body.base_revision, writing
            ),
        )
    )


# Publishing.


@router.post("/articles/{article_id}/variants/{language}/publish")
async def publish(
    article_id: PathId,
    language: PathLanguage,
    body: PublishBody,
    caller: Publisher,
    engine: Storage,
    showing: Showing,
) -> VariantOut:
    """Gives the draft to readers. 409 `draft_changed` if it is not at that revision any more."""
    return await _with_draft(
        engine,
        caller.scope,
        lambda unit: _variant(
            unit,
            caller,
            actions.publish(unit, caller.scope, caller.actor, article_id, language, body.revision),
            showing,
        ),
    )


@router.post("/articles/{article_id}/variants/{language}/unpublish")
async def unpublish(
    article_id: PathId,
    language: PathLanguage,
    caller: Publisher,
    engine: Storage,
    showing: Showing,
) -> VariantOut:
    """Takes an article back in one language. 409 `not_published`."""
    return await engine.write(
        lambda unit: _variant(
            unit,
            caller,
            actions.unpublish(unit, caller.scope, caller.actor, article_id, language),
            showing,
        )
    )


@router.post("/articles/{article_id}/variants/{language}/schedule")
async def schedule(
    article_id: PathId,
    language: PathLanguage,
    body: ScheduleBody,
    caller: Publisher,
    engine: Storage,
    showing: Showing,
) -> VariantOut:
    """Gives the draft, as it is now, to readers at a later time. 409 `draft_changed`."""
    return await _with_draft(
        engine,
        caller.scope,
        lambda unit: _variant(
            unit,
            caller,
            actions.schedule(unit, caller.scope, caller.actor, article_id, language, body.revision, body.at),
            showing,
        ),
    )


@router.post("/articles/{article_id}/variants/{language}/unschedule")
async def unschedule(
    article_id: PathId,
    language: PathLanguage,
    caller: Publisher,
    engine: Storage,
    showing: Showing,
) -> VariantOut:
    """Forgets a schedule. 409 `not_scheduled`."""
    return await engine.write(
        lambda unit: _variant(
            unit,
            caller,
            actions.unschedule(unit, caller.scope, caller.actor, article_id, language),
            showing,
        )
    )


# Versions.


@router.get("/articles/{article_id}/variants/{language}/versions")
async def get_versions(
    article_id: PathId,
    language: PathLanguage,
    caller: Author,
    engine: Storage,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> VersionsOut:
    """What was published or scheduled, newest first."""

    def read(reader: Reader) -> VersionsOut:
        views.variant(reader, caller.scope, article_id, language)
        page = views.versions(reader, caller.scope, article_id, language, limit, after)
        return to_versions(page, _names(reader, caller.scope, (each.by for each in page.items)))

    return await engine.read(read)


@router.get("/articles/{article_id}/variants/{language}/versions/{number}")
async def get_version(
    article_id: PathId,
    language: PathLanguage,
    number: Number,
    caller: Author,
    engine: Storage,
    key: LinkKey,
    at: Now,
) -> VersionOut:
    """A version as it was."""

    def read(reader: Reader) -> VersionOut:
        found = views.version(reader, caller.scope, article_id, language, number)
        links = _links(reader, caller.scope, key, at, found.writing.body)
        return to_version(found, _names(reader, caller.scope, [found.by]), links)

    return await engine.read(read)


@router.get("/articles/{article_id}/variants/{language}/versions/{number}/diff")
async def get_difference(
    article_id: PathId,
    language: PathLanguage,
    number: Number,
    caller: Author,
    engine: Storage,
    key: LinkKey,
    at: Now,
    against: Annotated[int | None, Query(ge=1, lt=2**31, description="The one before, if left out.")] = None,
) -> DifferenceOut:
    """What a version says otherwise than another, block by block; of the first one, everything is added."""
    other = against or (number - 1 or None)

    def read(reader: Reader) -> tuple[Version, Version | None, dict[int, str]]:
        after = views.version(reader, caller.scope, article_id, language, number)
        before = None if other is None else views.version(reader, caller.scope, article_id, language, other)
        links = _links(
            reader, caller.scope, key, at, after.writing.body, before.writing.body if before else None
        )
        return after, before, links

    after, before, links = await engine.read(read)
    fields, blocks = rules.compared(before.writing if before else None, after.writing)
    return to_difference(number, other, fields, blocks, links)


@router.post("/articles/{article_id}/variants/{language}/versions/{number}/restore")
async def restore_version(
    article_id: PathId,
    language: PathLanguage,
    number: Number,
    body: RestoreBody,
    caller: Editor,
    engine: Storage,
) -> SavedOut:
    """Puts an old version into the draft. 409 `draft_changed` with the current `draft`."""
    return to_saved(
        await _with_draft(
            engine,
            caller.scope,
            lambda unit: actions.restore_version(
                unit, caller.scope, caller.actor, article_id, language, number, body.base_revision
            ),
        )
    )


# Synonyms and reports.


@router.get("/bases/{base_id}/synonyms")
async def get_synonyms(base_id: PathId, caller: Author, engine: Storage) -> SynonymsOut:
    """Lists of words that mean the same to who searches the base."""

    def read(reader: Reader) -> SynonymsOut:
        views.base(reader, caller.scope, base_id)
        return to_synonyms(views.synonyms(reader, caller.scope, base_id))

    return await engine.read(read)


@router.put("/bases/{base_id}/synonyms")
async def put_synonyms(base_id: PathId, body: SynonymsBody, caller: Editor, engine: Storage) -> SynonymsOut:
    """Replaces all lists."""
    return to_synonyms(
        await engine.write(
            lambda unit: actions.set_synonyms(
                unit, caller.scope, caller.actor, base_id, [each.words for each in body.items]
            )
        )
    )


@router.get("/bases/{base_id}/reports/links")
async def get_broken_links(base_id: PathId, caller: Author, engine: Storage, at: Now) -> BrokenLinksOut:
    """Links of published articles that lead nowhere: those to articles as of now, those outside as last checked."""

    def read(reader: Reader) -> BrokenLinksOut:
        views.base(reader, caller.scope, base_id)
        return to_broken_links(views.broken_links(reader, caller.scope, base_id, at))

    return await engine.read(read)


@router.get("/bases/{base_id}/reports/translations")
async def get_untranslated(
    base_id: PathId,
    caller: Author,
    engine: Storage,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> UntranslatedsOut:
    """Published articles that are missing in a language of the base, or older in it than in the first one."""

    def read(reader: Reader) -> UntranslatedsOut:
        base = views.base(reader, caller.scope, base_id)
        return to_untranslateds(views.untranslated(reader, caller.scope, base, limit, after))

    return await engine.read(read)
