"""What an import does: articles as drafts, through the same doors as everybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.jobs import Job
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import actions, rules, store
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.content import Body
from pocketdesk.knowledge.imports import views
from pocketdesk.knowledge.imports.model import Import, Kind, Origin, Page, Problem, State
from pocketdesk.knowledge.model import Access, Base, Variant, Writing
from pocketdesk.storage import UnitOfWork

IMPORT = "knowledge.import"
MOST_PROBLEMS = 500
LONGEST_NAME = 200
LONGEST_CATEGORY = 100
KEPT_DAYS = 90
"""What an import said about itself can be read so long. What it has brought stays."""
WAITING_DAYS = 7
"""Its file was never whole, or its job is lost."""
SWEPT_AT_ONCE = 200
DELETED_HERE = "the article of an earlier import was deleted here"
CHANGED_HERE = "it was changed here since the last import, and stays as it is"


def ask_import(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    base_id: int,
    kind: Kind,
    name: str,
    size: int,
    *,
    dry_run: bool,
    publish: bool,
) -> Import:
    """Notes that a file shall be imported; `begin_import` follows when its bytes are there.

    Publishing needs the right to publish.
    """
    rules.check_writes(actor)
    rules.check_open(knowledge.base(unit, scope, base_id))
    if publish:
        rules.check_publishes(actor)
    import_id = unit.new_id()
    unit.run(
        store.ADD_IMPORT,
        account_id=scope.account_id,
        id=import_id,
        knowledge_base_id=base_id,
        kind=kind.value,
        name=name[:LONGEST_NAME],
        size=size,
        dry_run=dry_run,
        publish=publish,
        state=State.WAITING.value,
        done=0,
        total=0,
        created=0,
        problems="[]",
        asked_by=actor.user_id,
        created_at=unit.now,
    )
    return views.import_(unit, scope, import_id)


def begin_import(unit: UnitOfWork, scope: AccountScope, actor: Actor, import_id: int) -> Import:
    """Lets a job do it."""
    rules.check_writes(actor)
    found = views.import_(unit, scope, import_id)
    unit.enqueue(Job(scope.account_id, IMPORT, str(import_id)))
    if not found.dry_run:
        facts = {"kind": found.kind.value, "file": found.name}
        record_audit(unit, scope, actor.user_id, "imported", "knowledge_base", found.base_id, facts)
    return found


def note(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Import,
    state: State,
    problems: Sequence[Problem],
    *,
    done: int,
    total: int,
    created: int,
) -> None:
    """Keeps how far an import is."""
    unit.run(
        store.SET_IMPORT,
        account_id=scope.account_id,
        id_=found.id,
        state_=state.value,
        done_=done,
        total_=total,
        created_=created,
        problems_=msgspec.json.encode(problems[:MOST_PROBLEMS]).decode(),
    )


def sweep_imports(unit: UnitOfWork) -> bool:
    """Forgets imports of all accounts that are old, or whose job has never come; whether there may be more."""
    old = unit.all(
        store.OLD_IMPORTS,
        before=unit.now - KEPT_DAYS * DAY,
        waiting_before=unit.now - WAITING_DAYS * DAY,
        limit=SWEPT_AT_ONCE,
    )
    unit.run_many(store.DROP_IMPORT, [{"account_id": account_id, "id_": id_} for account_id, id_ in old])
    return len(old) == SWEPT_AT_ONCE


def begin_article(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, found: Import, base: Base, pages: Mapping[str, Page]
) -> None:
    """Makes the article, and its languages that are missing, of pages by language; without words as yet."""
    first = pages.get(base.primary) or next(iter(pages.values()))
    known = views.origins(unit, scope, base.id, found.kind)
    here = {each for (key, _), each in known.items() if key == first.key}
    article_id = next(iter(here)).article_id if here else None
    for language, page in sorted(pages.items(), key=lambda each: each[1] is not first):
        if (page.key, language) not in known:
            shelved = replace(page, categories=first.categories, for_contacts=first.for_contacts)
            article_id = begin_page(
                unit, scope, actor, found.kind, base, language, shelved, article_id
            ).article_id


def begin_page(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    source: str,
    base: Base,
    language: str,
    page: Page,
    article_id: int | None,
) -> Origin:
    """Makes an article of a page in a language, or (with `article_id`) that language of it; without words as yet.

    `source`: where pages are from, a `Kind` or another name.
    """
    if article_id is None:
        category_id = _category(unit, scope, actor, base, page.categories)
        access = Access.CONTACTS if page.for_contacts else Access.PUBLIC
        title = _cut(page.title, rules.LONGEST_TITLE)
        made = actions.create_article(unit, scope, actor, base.id, language, title, category_id, access)
        article_id = made.article.id
    elif language not in {
        each.standing.language for each in knowledge.article_card(unit, scope, article_id).variants
    }:
        actions.create_variant(unit, scope, actor, article_id, language)
    revision = knowledge.variant(unit, scope, article_id, language).draft.revision
    origin = Origin(article_id, revision)
    put_origin(unit, scope, base.id, source, page.key, language, origin)
    return origin


def write_page(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    source: str,
    language: str,
    page: Page,
    body: Body,
    origin: Origin,
    *,
    publish: bool,
) -> tuple[bool, list[Problem]]:
    """Saves a page into its draft; whether that changed anything, and what should be looked at.

    Nothing that somebody has written here since the last import is written over. With `publish`, what was published
    elsewhere is published.
    """
    card = knowledge.article_card(unit, scope, origin.article_id)
    if card.article.deleted_at is not None:
        return False, [Problem(page.place, DELETED_HERE)]
    before = knowledge.variant(unit, scope, origin.article_id, language)
    writing, problems = to_writing(page, body)
    if not writing.slug:
        # An address that was given here, or by the first import, stays.
        writing = replace(writing, slug=before.draft.writing.slug)
    is_new = writing != before.draft.writing
    if is_new and before.draft.revision != origin.revision:
        return False, [Problem(page.place, CHANGED_HERE)]
    if is_new:
        revision = _save(unit, scope, actor, before, writing, page, problems)
        after = Origin(origin.article_id, revision)
        put_origin(unit, scope, card.article.base_id, source, page.key, language, after)
    if publish and page.is_published:
        problems += _publish(unit, scope, actor, origin.article_id, language, page)
    return is_new, problems


def to_writing(page: Page, body: Body) -> tuple[Writing, list[Problem]]:
    """What the page says in the form of a draft; what does not fit is cut."""
    problems: list[Problem] = []
    title, subtitle = _cut(page.title, rules.LONGEST_TITLE), _cut(page.subtitle, rules.LONGEST_SUBTITLE)
    if (title, subtitle) != (page.title, page.subtitle):
        problems.append(Problem(page.place, "its title or subtitle was too long, and was cut"))
    tags = tuple(_cut(tag, rules.LONGEST_TAG) for tag in page.tags[: rules.MOST_TAGS])
    try:
        slug = rules.clean_slug(page.slug) if page.slug else ""
    except Invalid:
        slug = ""
        problems.append(Problem(page.place, "its address has other signs than a to z, digits and hyphens"))
    return rules.clean_writing(title, subtitle, slug, tags, body), problems


def put_origin(
    unit: UnitOfWork,
    scope: AccountScope,
    base_id: int,
    source: str,
    key: str,
    language: str,
    origin: Origin,
) -> None:
    """Remembers what became of a page."""
    unit.run(
        store.PUT_ORIGIN,
        account_id=scope.account_id,
        knowledge_base_id=base_id,
        kind=str(source),
        origin=key,
        language=language,
        article_id=origin.article_id,
        revision=origin.revision,
    )


def put_image(unit: UnitOfWork, scope: AccountScope, sha256: str, file_id: int) -> None:
    """Remembers what became of an image."""
    unit.run(store.PUT_IMAGE_ORIGIN, account_id=scope.account_id, sha256=sha256, file_id=file_id)


def _save(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    before: Variant,
    writing: Writing,
    page: Page,
    problems: list[Problem],
) -> int:
    article_id, language = before.article.id, before.standing.language
    base_id = before.article.base_id
    owner = knowledge.slug_owner(unit, scope, base_id, language, writing.slug) if writing.slug else None
    if owner not in {None, article_id}:
        problems.append(Problem(page.place, f"another article has the address {writing.slug}"))
        writing = replace(writing, slug=before.draft.writing.slug)
    return actions.save_draft(
        unit, scope, actor, article_id, language, before.draft.revision, writing
    ).revision


def _publish(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, article_id: int, language: str, page: Page
) -> list[Problem]:
    now = knowledge.variant(unit, scope, article_id, language)
    try:
        actions.publish(unit, scope, actor, article_id, language, now.draft.revision)
    except Invalid as wrong:
        return [Problem(page.place, f"it stays a draft: {wrong.message}")]
    return []


def _cut(words: str, longest: int) -> str:
    words = " ".join(words.split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _category(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, base: Base, path: Sequence[str]
) -> int | None:
    """The category of this path, made where it is missing. What is below the second level is in the second."""
    parent_id: int | None = None
    for name in (_cut(each, LONGEST_CATEGORY) for each in path[:2]):
        wanted = name.casefold()
        found = next(
            (
                each
                for each in knowledge.categories(unit, scope, base.id)
                if each.parent_id == parent_id and wanted in {one.casefold() for one in each.names.values()}
            ),
            None,
        )
        if found is None:
            found = actions.create_category(unit, scope, actor, base.id, {base.primary: name}, parent_id)
        parent_id = found.id
    return parent_id
