"""What readers get, and when. The index of the search changes in the same commit."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.files import views as files
from pocketdesk.files.actions import erase
from pocketdesk.jobs import Job
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import rules, search, store, views
from pocketdesk.knowledge.content import image_ids, links, plain_text
from pocketdesk.knowledge.events import ArticlePublished, ArticleUnpublished
from pocketdesk.knowledge.model import Article, Standing, Variant, Version
from pocketdesk.knowledge.views.rows import body_to_text, to_text
from pocketdesk.storage import UnitOfWork

PUBLISH = "knowledge.publish"
CHECK_LINKS = "knowledge.check_links"
SWEPT_AT_ONCE = 200
CHECKED_AT_ONCE = 400
"""Articles whose links are followed anew in a night, over all accounts."""
MOST_LINKS = 300
"""Links of an article that the report knows."""


def publish(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, article_id: int, language: str, revision: int
) -> Variant:
    """Gives the draft to readers, as a new version. `DraftChanged` if it is not at `revision`.

    A schedule is forgotten: readers have the newest there is.
    """
    before = _to_publish(unit, scope, actor, article_id, language, revision)
    standing = before.standing
    if standing.published_revision == standing.draft_revision and standing.scheduled_at is None:
        return before
    if standing.published_revision != standing.draft_revision:
        number = _write_version(unit, scope, actor, before)
        standing = _published(unit, standing, number, standing.draft_revision)
    _put_standing(
        unit,
        scope,
        article_id,
        replace(standing, scheduled_version=None, scheduled_revision=None, scheduled_at=None),
    )
    _show(unit, scope, actor.user_id, article_id, language)
    return views.variant(unit, scope, article_id, language)


def unpublish(unit: UnitOfWork, scope: AccountScope, actor: Actor, article_id: int, language: str) -> Variant:
    """Takes an article back in one language; the draft stays. `NotPublished` if it is not out."""
    rules.check_publishes(actor)
    unit.lock("article", scope.account_id, article_id)
    before = views.variant(unit, scope, article_id, language)
    rules.check_there(before.article)
    if before.standing.published_version is None:
        raise rules.NotPublished
    after = replace(before.standing, published_version=None, published_revision=None, published_at=None)
    _put_standing(unit, scope, article_id, after)
    put_images(unit, scope, article_id, language, published=())
    unit.run(store.DROP_LINKS, account_id=scope.account_id, id_=article_id, language_=language)
    search.drop(unit, scope, before.article.base_id, article_id, language)
    unit.record(scope.account_id, ArticleUnpublished(article_id, language))
    record_audit(unit, scope, actor.user_id, "unpublished", "article", article_id, {"language": language})
    return views.variant(unit, scope, article_id, language)


def schedule(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    article_id: int,
    language: str,
    revision: int,
    at: int,
) -> Variant:
    """Gives the draft, as it is now, to readers at a later time (UTC milliseconds), instead of what was scheduled
    before. Writing on changes the draft only.
    """
    rules.check_schedule(at, unit.now)
    before = _to_publish(unit, scope, actor, article_id, language, revision)
    standing = before.standing
    number = standing.scheduled_version
    if number is None or standing.scheduled_revision != standing.draft_revision:
        number = _write_version(unit, scope, actor, before)
    _put_standing(
        unit,
        scope,
        article_id,
        replace(
            standing, scheduled_version=number, scheduled_revision=standing.draft_revision, scheduled_at=at
        ),
    )
    payload = {"article_id": article_id, "language": language, "at": at}
    unit.enqueue(Job(scope.account_id, PUBLISH, f"{article_id}:{language}:{at}", payload, at))
    facts = {"language": language, "at": at}
    record_audit(unit, scope, actor.user_id, "scheduled", "article", article_id, facts)
    return views.variant(unit, scope, article_id, language)


def unschedule(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, article_id: int, language: str
) -> Variant:
    """Forgets a schedule; its version stays among the versions. `NotScheduled` without one."""
    rules.check_publishes(actor)
    unit.lock("article", scope.account_id, article_id)
    before = views.variant(unit, scope, article_id, language)
    rules.check_there(before.article)
    if before.standing.scheduled_at is None:
        raise rules.NotScheduled
    _put_standing(unit, scope, article_id, _unscheduled(before.standing))
    record_audit(unit, scope, actor.user_id, "unscheduled", "article", article_id, {"language": language})
    return views.variant(unit, scope, article_id, language)


def publish_scheduled(unit: UnitOfWork, scope: AccountScope, article_id: int, language: str, at: int) -> None:
    """Publishes what was scheduled for this time, unless it was scheduled anew or taken back meanwhile.

    Of a deleted article, or in an archived base, the schedule is forgotten.
    """
    unit.lock("article", scope.account_id, article_id)
    before = views.variant(unit, scope, article_id, language)
    standing = before.standing
    number, revision = standing.scheduled_version, standing.scheduled_revision
    if number is None or revision is None or standing.scheduled_at != at:
        return
    base = views.base(unit, scope, before.article.base_id)
    if before.article.deleted_at is not None or base.archived_at is not None:
        _put_standing(unit, scope, article_id, _unscheduled(standing))
        return
    _put_standing(unit, scope, article_id, _unscheduled(_published(unit, standing, number, revision)))
    by = views.version_card(unit, scope, article_id, language, number).by
    _show(unit, scope, by, article_id, language)


# What is looked after later.


def enqueue_check(unit: UnitOfWork, account_id: int, article_id: int, language: str) -> None:
    """Lets a job follow the links of a published article to the outside."""
    payload = {"article_id": article_id, "language": language}
    unit.enqueue(Job(account_id, CHECK_LINKS, f"{article_id}:{language}", payload))


def enqueue_checks(unit: UnitOfWork) -> None:
    """The same for articles of all accounts whose links were not followed for long, the oldest ones first."""
    before = unit.now - rules.CHECKED_FOR_MS
    for account_id, article_id, language in unit.all(store.STALE_LINKS, before=before, limit=CHECKED_AT_ONCE):
        enqueue_check(unit, account_id, article_id, language)


def note_checks(
    unit: UnitOfWork,
    scope: AccountScope,
    article_id: int,
    language: str,
    found: Sequence[tuple[int, str, str | None]],
) -> None:
    """Keeps what was found at links: place, address and problem. Those that are others by now are left out."""
    unit.run_many(
        store.SET_LINK,
        [
            {
                "account_id": scope.account_id,
                "id_": article_id,
                "language_": language,
                "place_": place,
                "href_": href,
                "checked_at_": unit.now,
                "problem_": problem,
            }
            for place, href, problem in found
        ],
    )


def sweep_images(unit: UnitOfWork, scope: AccountScope, after: int) -> int | None:
    """Erases some images that no draft and no version shows, uploaded more than a day ago; where to go on, None at the
    end.
    """
    ids = files.article_image_ids(unit, scope, unit.now - DAY, after, SWEPT_AT_ONCE)
    if not ids:
        return None
    query = store.IMAGES_USED.where(store.article_image.c.file_id.in_(ids))
    used = {row[0] for row in unit.all(query, account_id=scope.account_id)}
    erase(unit, scope, [file_id for file_id in ids if file_id not in used])
    return ids[-1]


# What publishing changes.


def _to_publish(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, article_id: int, language: str, revision: int
) -> Variant:
    rules.check_publishes(actor)
    unit.lock("article", scope.account_id, article_id)
    found = views.variant(unit, scope, article_id, language)
    rules.check_there(found.article)
    rules.check_open(views.base(unit, scope, found.article.base_id))
    rules.check_revision(found.draft, revision)
    rules.check_complete(found.draft.writing)
    return found


def _write_version(unit: UnitOfWork, scope: AccountScope, actor: Actor, variant: Variant) -> int:
    """The draft as a version that never changes; its number. Its address is the article's from now on."""
    article, language, writing = variant.article, variant.standing.language, variant.draft.writing
    place = {"account_id": scope.account_id, "id_": article.id, "language_": language}
    unit.lock("article_slug", scope.account_id, article.base_id)
    newest = views.versions(unit, scope, article.id, language, 1).items
    slug = writing.slug or (newest[0].slug if newest else "")
    if not slug:
        slug = rules.free_slug(
            rules.slug_of(writing.title, otherwise=f"article-{article.id}"),
            lambda wanted: (
                views.slug_owner(unit, scope, article.base_id, language, wanted) not in {None, article.id}
            ),
        )
    number = (newest[0].number if newest else 0) + 1
    unit.run(
        store.ADD_VERSION,
        account_id=scope.account_id,
        article_id=article.id,
        language=language,
        number=number,
        at=unit.now,
        by=actor.user_id,
        title=writing.title,
        slug=slug,
        tags=to_text(writing.tags),
        subtitle=writing.subtitle,
        body=body_to_text(writing.body),
        plain_text=plain_text(writing.body),
    )
    unit.run(
        store.CLAIM_SLUG,
        account_id=scope.account_id,
        knowledge_base_id=article.base_id,
        language=language,
        slug=slug,
        article_id=article.id,
        was_published=True,
    )
    unit.run(store.FREE_SLUGS, **place, but=slug)
    put_images(unit, scope, article.id, language, version=image_ids(writing.body))
    return number


def _published(unit: UnitOfWork, standing: Standing, number: int, revision: int) -> Standing:
    return replace(
        standing,
        published_version=number,
        published_revision=revision,
        published_at=unit.now,
        first_published_at=standing.first_published_at or unit.now,
    )


def _unscheduled(standing: Standing) -> Standing:
    return replace(standing, scheduled_version=None, scheduled_revision=None, scheduled_at=None)


def _put_standing(unit: UnitOfWork, scope: AccountScope, article_id: int, standing: Standing) -> None:
    unit.run(
        store.SET_STANDING,
        account_id=scope.account_id,
        id_=article_id,
        language_=standing.language,
        published_version_=standing.published_version,
        published_revision_=standing.published_revision,
        published_at_=standing.published_at,
        first_published_at_=standing.first_published_at,
        scheduled_version_=standing.scheduled_version,
        scheduled_revision_=standing.scheduled_revision,
        scheduled_at_=standing.scheduled_at,
    )


def _show(unit: UnitOfWork, scope: AccountScope, user_id: int, article_id: int, language: str) -> None:
    """What follows from a new published version: images, links, the index, the ledger."""
    found = views.variant(unit, scope, article_id, language)
    number = found.standing.published_version
    assert number is not None  # noqa: S101 - the caller has just set it
    version = views.version(unit, scope, article_id, language, number)
    put_images(unit, scope, article_id, language, published=image_ids(version.writing.body))
    unit.run(store.DROP_LINKS, account_id=scope.account_id, id_=article_id, language_=language)
    led = links(version.writing.body)
    targets = [(id_, None) for id_ in led.article_ids]
    targets += [(None, href) for href in led.hrefs if rules.can_be_checked(href)]
    unit.run_many(
        store.ADD_LINK,
        [
            {
                "account_id": scope.account_id,
                "article_id": article_id,
                "language": language,
                "place": place,
                "target_id": target_id,
                "href": href,
                "checked_at": None,
                "problem": None,
            }
            for place, (target_id, href) in enumerate(targets[:MOST_LINKS])
        ],
    )
    if any(map(rules.can_be_checked, led.hrefs)):
        enqueue_check(unit, scope.account_id, article_id, language)
    index_version(unit, scope, found.article, version)
    unit.record(scope.account_id, ArticlePublished(article_id, language, number))
    facts = {"language": language, "version": number}
    record_audit(unit, scope, user_id, "published", "article", article_id, facts)


def put_images(
    unit: UnitOfWork,
    scope: AccountScope,
    article_id: int,
    language: str,
    *,
    draft: Collection[int] | None = None,
    published: Collection[int] | None = None,
    version: Collection[int] = (),
) -> None:
    """Notes which images the draft shows, which readers get, and which a version has now; None: as before.

    Those of versions stay; others go when the draft shows them no more.
    """
    place = {"account_id": scope.account_id, "id_": article_id, "language_": language}
    before = views.image_flags(unit, scope, article_id, language)
    for file_id in sorted({*before, *(draft or ()), *(published or ()), *version}):
        old = before.get(file_id)
        new = (
            file_id in draft if draft is not None else bool(old and old[0]),
            file_id in published if published is not None else bool(old and old[1]),
            file_id in version or bool(old and old[2]),
        )
        if new == old:
            continue
        if any(new):
            unit.run(
                store.PUT_IMAGE,
                account_id=scope.account_id,
                file_id=file_id,
                article_id=article_id,
                language=language,
                in_draft=new[0],
                in_published=new[1],
                in_version=new[2],
            )
        else:
            unit.run(store.DROP_IMAGE, **place, file_id_=file_id)


def index_version(unit: UnitOfWork, scope: AccountScope, article: Article, version: Version) -> None:
    """Makes a published version findable, in place of the one before."""
    search.index(
        unit,
        scope,
        search.Entry(
            article.base_id,
            article.id,
            version.language,
            version.number,
            article.access,
            version.writing.title,
            version.writing.subtitle,
            version.writing.tags,
            version.plain_text,
        ),
    )
