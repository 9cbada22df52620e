"""What authors do: articles, their languages and drafts. Readers get nothing of it before it is published."""

from dataclasses import replace

from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.files import views as files
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import rules, search, store, views
from pocketdesk.knowledge.actions.publishing import index_version, put_images
from pocketdesk.knowledge.content import EMPTY, image_ids
from pocketdesk.knowledge.model import Access, Article, ArticleCard, Base, Draft, Variant, Writing
from pocketdesk.knowledge.views.rows import body_to_text, to_text
from pocketdesk.storage import UnitOfWork

_BLANK = Writing("", "", "", (), EMPTY)

# Articles.


def create_article(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    base_id: int,
    language: str,
    title: str,
    category_id: int | None = None,
    access: Access = Access.PUBLIC,
) -> ArticleCard:
    """Begins an article in one language of a base that is not archived."""
    rules.check_writes(actor)
    base = views.base(unit, scope, base_id)
    rules.check_open(base)
    rules.check_language(language, base.languages)
    _check_category(unit, scope, base, category_id)
    article_id = unit.new_id()
    unit.run(
        store.ADD_ARTICLE,
        account_id=scope.account_id,
        id=article_id,
        knowledge_base_id=base_id,
        category_id=category_id,
        access=access.value,
        created_at=unit.now,
        created_by=actor.user_id,
        modified_at=unit.now,
        deleted_at=None,
    )
    _add_variant(
        unit, scope, actor, base_id, article_id, language, rules.clean_writing(title, "", "", (), EMPTY)
    )
    record_audit(unit, scope, actor.user_id, "created", "article", article_id)
    return views.article_card(unit, scope, article_id)


def change_article(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    article_id: int,
    *,
    category_id: int | None = None,
    access: Access | None = None,
) -> ArticleCard:
    """Moves an article to a category (0: to none), or says who may read it; None leaves it as it is.

    Who may read what is published needs the right to publish (K09).
    """
    rules.check_writes(actor)
    before, base = _open_article(unit, scope, article_id)
    after = before.article
    if category_id is not None:
        _check_category(unit, scope, base, category_id or None)
        after = replace(after, category_id=category_id or None)
    if access is not None and access is not after.access:
        if rules.is_for_readers(each.standing for each in before.variants):
            rules.check_publishes(actor)
        after = replace(after, access=access)
    if after != before.article:
        _put_article(unit, scope, replace(after, modified_at=unit.now))
        if after.access is not before.article.access:
            search.admit(unit, scope, base.id, article_id, after.access)
        record_audit(
            unit,
            scope,
            actor.user_id,
            "changed",
            "article",
            article_id,
            {"category_id": after.category_id, "access": after.access.value},
        )
    return views.article_card(unit, scope, article_id)


def delete_article(unit: UnitOfWork, scope: AccountScope, actor: Actor, article_id: int) -> None:
    """Takes an article away in all languages; it can be restored as it was. One that readers get needs the right to
    publish.
    """
    rules.check_writes(actor)
    unit.lock("article", scope.account_id, article_id)
    card = views.article_card(unit, scope, article_id)
    if card.article.deleted_at is not None:
        return
    if rules.is_for_readers(each.standing for each in card.variants):
        rules.check_publishes(actor)
    _put_article(unit, scope, replace(card.article, deleted_at=unit.now, modified_at=unit.now))
    search.drop(unit, scope, card.article.base_id, article_id)
    record_audit(unit, scope, actor.user_id, "deleted", "article", article_id)


def restore_article(unit: UnitOfWork, scope: AccountScope, actor: Actor, article_id: int) -> ArticleCard:
    """Brings a deleted article back, published where it was."""
    rules.check_writes(actor)
    unit.lock("article", scope.account_id, article_id)
    card = views.article_card(unit, scope, article_id)
    if card.article.deleted_at is None:
        return card
    rules.check_open(views.base(unit, scope, card.article.base_id))
    if rules.is_for_readers(each.standing for each in card.variants):
        rules.check_publishes(actor)
    _put_article(unit, scope, replace(card.article, deleted_at=None, modified_at=unit.now))
    for each in card.variants:
        number = each.standing.published_version
        if number is not None:
            version = views.version(unit, scope, article_id, each.standing.language, number)
            index_version(unit, scope, card.article, version)
    record_audit(unit, scope, actor.user_id, "restored", "article", article_id)
    return views.article_card(unit, scope, article_id)


# Languages and drafts.


def create_variant(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    article_id: int,
    language: str,
    copy_from: str | None = None,
) -> Variant:
    """Begins an article in another language, blank or with what the draft in `copy_from` says."""
    rules.check_writes(actor)
    card, base = _open_article(unit, scope, article_id)
    rules.check_language(language, base.languages)
    written = {each.standing.language for each in card.variants}
    if language in written:
        raise rules.AlreadyWritten
    writing = _BLANK
    if copy_from is not None:
        if copy_from not in written:
            raise Invalid({"copy_from": "the article is not written in this language"})
        writing = replace(views.variant(unit, scope, article_id, copy_from).draft.writing, slug="")
    _add_variant(unit, scope, actor, base.id, article_id, language, writing)
    _put_article(unit, scope, replace(card.article, modified_at=unit.now))
    put_images(unit, scope, article_id, language, draft=image_ids(writing.body))
    return views.variant(unit, scope, article_id, language)


def save_draft(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    article_id: int,
    language: str,
    base_revision: int,
    writing: Writing,
) -> Draft:
    """Keeps what an author has written. `DraftChanged` if somebody else has saved since `base_revision`.

    Saving the same once more is no change, so that it can be repeated when an answer was lost.
    """
    rules.check_writes(actor)
    card, base = _open_article(unit, scope, article_id)
    before = views.variant(unit, scope, article_id, language)
    if writing == before.draft.writing:
        return before.draft
    rules.check_revision(before.draft, base_revision)
    shown = image_ids(writing.body)
    new = set(shown) - views.image_flags(unit, scope, article_id, language).keys()
    rules.check_images(shown, (set(shown) - new) | files.article_images(unit, scope, new).keys())
    if writing.slug != before.draft.writing.slug:
        _claim(unit, scope, base.id, article_id, language, writing.slug)
    after = Draft(writing, before.draft.revision + 1, unit.now, actor.user_id)
    unit.run(
        store.SAVE_DRAFT,
        account_id=scope.account_id,
        id_=article_id,
        language_=language,
        title_=writing.title,
        title_key_=rules.title_key(writing.title),
        subtitle_=writing.subtitle,
        slug_=writing.slug,
        tags_=to_text(writing.tags),
        body_=body_to_text(writing.body),
        revision_=after.revision,
        at_=after.at,
        by_=after.by,
        published_revision_=_published_revision(unit, scope, before, after),
    )
    put_images(unit, scope, article_id, language, draft=shown)
    _put_article(unit, scope, replace(card.article, modified_at=unit.now))
    return after


def restore_version(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    article_id: int,
    language: str,
    number: int,
    base_revision: int,
) -> Draft:
    """Puts what an old version says into the draft."""
    version = views.version(unit, scope, article_id, language, number)
    return save_draft(unit, scope, actor, article_id, language, base_revision, version.writing)


def _published_revision(unit: UnitOfWork, scope: AccountScope, before: Variant, after: Draft) -> int | None:
    """The new revision where it says what readers get anyway, else the one before."""
    standing, published = before.standing, before.published
    if published is None:
        return None
    language = standing.language
    version = views.version(unit, scope, before.article.id, language, published.number).writing
    same = replace(after.writing, slug=after.writing.slug or version.slug) == version
    return after.revision if same else min(standing.published_revision or 0, before.draft.revision)


def _claim(
    unit: UnitOfWork, scope: AccountScope, base_id: int, article_id: int, language: str, slug: str
) -> None:
    """Keeps an address for the draft; the one that it had is free, unless it was published."""
    unit.lock("article_slug", scope.account_id, base_id)
    place = {"account_id": scope.account_id, "language": language}
    if slug:
        if views.slug_owner(unit, scope, base_id, language, slug) not in {None, article_id}:
            raise Invalid({"slug": "another article has this address"})
        unit.run(
            store.CLAIM_SLUG,
            **place,
            knowledge_base_id=base_id,
            slug=slug,
            article_id=article_id,
            was_published=False,
        )
    unit.run(store.FREE_SLUGS, account_id=scope.account_id, id_=article_id, language_=language, but=slug)


def _add_variant(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    base_id: int,
    article_id: int,
    language: str,
    writing: Writing,
) -> None:
    unit.run(
        store.ADD_VARIANT,
        account_id=scope.account_id,
        article_id=article_id,
        language=language,
        knowledge_base_id=base_id,
        published_version=None,
        published_revision=None,
        published_at=None,
        first_published_at=None,
        scheduled_version=None,
        scheduled_revision=None,
        scheduled_at=None,
        draft_revision=1,
        draft_at=unit.now,
        draft_by=actor.user_id,
        draft_title=writing.title,
        draft_title_key=rules.title_key(writing.title),
        draft_slug=writing.slug,
        draft_tags=to_text(writing.tags),
        draft_subtitle=writing.subtitle,
        draft_body=body_to_text(writing.body),
    )


def _open_article(unit: UnitOfWork, scope: AccountScope, article_id: int) -> tuple[ArticleCard, Base]:
    unit.lock("article", scope.account_id, article_id)
    card = views.article_card(unit, scope, article_id)
    rules.check_there(card.article)
    base = views.base(unit, scope, card.article.base_id)
    rules.check_open(base)
    return card, base


def _check_category(unit: UnitOfWork, scope: AccountScope, base: Base, category_id: int | None) -> None:
    """`Invalid` at `category_id` for one of another base. The lock keeps it there until the end."""
    if category_id is None:
        return
    unit.lock("category", scope.account_id, base.id)
    if not any(each.id == category_id for each in views.categories(unit, scope, base.id)):
        raise Invalid({"category_id": "no such category in this knowledge base"})


def _put_article(unit: UnitOfWork, scope: AccountScope, article: Article) -> None:
    unit.run(
        store.SET_ARTICLE,
        account_id=scope.account_id,
        id_=article.id,
        category_id_=article.category_id,
        access_=article.access.value,
        modified_at_=article.modified_at,
        deleted_at_=article.deleted_at,
    )
