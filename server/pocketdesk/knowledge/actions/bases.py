"""What is done to knowledge bases, their categories and synonyms. Every change stands in the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.files import views as files
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import rules, store, views
from pocketdesk.knowledge.model import Base, BaseChanges, Category
from pocketdesk.knowledge.views.rows import to_text
from pocketdesk.storage import UnitOfWork

# Knowledge bases.


def create_base(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    name: str,
    languages: Sequence[str],
    slug: str | None = None,
    accent: str | None = None,
    *,
    is_public: bool = False,
) -> Base:
    """Makes a knowledge base. Its address follows its name unless it is given; `Invalid` at `slug` if it is taken."""
    rules.check_publishes(actor)
    name = clean_name(name)
    unit.lock("knowledge_base", scope.account_id, 0)
    bases = views.bases(unit, scope)
    if len(bases) >= rules.MOST_BASES:
        raise rules.TooManyThere
    base_id = unit.new_id()
    taken = {each.slug for each in bases}
    made = Base(
        base_id,
        name,
        rules.free_slug(rules.slug_of(name, otherwise=f"help-{base_id}"), taken.__contains__)
        if slug is None
        else _own_slug(slug, taken),
        rules.clean_languages(languages),
        rules.clean_accent(accent or rules.USUAL_ACCENT),
        None,
        is_public,
        unit.now,
        actor.user_id,
        None,
    )
    unit.run(
        store.ADD_BASE,
        account_id=scope.account_id,
        id=made.id,
        name=made.name,
        slug=made.slug,
        languages=to_text(made.languages),
        accent=made.accent,
        logo_id=made.logo_id,
        is_public=made.is_public,
        created_at=made.created_at,
        created_by=made.created_by,
        archived_at=None,
    )
    record_audit(unit, scope, actor.user_id, "created", "knowledge_base", base_id)
    return made


def change_base(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, base_id: int, changes: BaseChanges
) -> Base:
    """Renames, archives or restores a knowledge base, gives it other languages or another look, opens or closes its
    help centre. `Invalid` at the field that cannot be so.
    """
    rules.check_publishes(actor)
    unit.lock("knowledge_base", scope.account_id, 0)
    before = views.base(unit, scope, base_id)
    after = before
    if changes.name is not None:
        after = replace(after, name=clean_name(changes.name))
    if changes.slug is not None:
        taken = {each.slug for each in views.bases(unit, scope) if each.id != base_id}
        after = replace(after, slug=_own_slug(changes.slug, taken))
    if changes.languages is not None:
        after = replace(after, languages=_languages(unit, scope, base_id, changes.languages))
    if changes.accent is not None:
        after = replace(after, accent=rules.clean_accent(changes.accent))
    if changes.logo_id is not None and changes.logo_id != before.logo_id:
        if changes.logo_id and changes.logo_id not in files.brand_images(unit, scope, [changes.logo_id]):
            raise Invalid({"logo_id": "no such brand image"})
        after = replace(after, logo_id=changes.logo_id or None)
    if changes.is_public is not None:
        after = replace(after, is_public=changes.is_public)
    if changes.archived is not None and changes.archived != (before.archived_at is not None):
        after = replace(after, archived_at=unit.now if changes.archived else None)
    if after != before:
        unit.run(
            store.SET_BASE,
            account_id=scope.account_id,
            id_=base_id,
            name_=after.name,
            slug_=after.slug,
            languages_=to_text(after.languages),
            accent_=after.accent,
            logo_id_=after.logo_id,
            is_public_=after.is_public,
            archived_at_=after.archived_at,
        )
        record_audit(unit, scope, actor.user_id, _verb(before, after), "knowledge_base", base_id)
    return after


def _own_slug(slug: str, taken: set[str]) -> str:
    cleaned = rules.clean_slug(slug)
    if cleaned in taken:
        raise Invalid({"slug": "another knowledge base has this address"})
    return cleaned


def _languages(
    unit: UnitOfWork, scope: AccountScope, base_id: int, languages: Sequence[str]
) -> tuple[str, ...]:
    cleaned = rules.clean_languages(languages)
    if left := sorted(views.languages_used(unit, scope, base_id) - set(cleaned)):
        raise Invalid({"languages": f"there are articles in {', '.join(left)}"})
    return cleaned


def _verb(before: Base, after: Base) -> str:
    if before.archived_at != after.archived_at:
        return "restored" if after.archived_at is None else "archived"
    if before.is_public != after.is_public:
        return "opened" if after.is_public else "closed"
    return "changed"


# Categories.


def create_category(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    base_id: int,
    names: Mapping[str, str],
    parent_id: int | None = None,
    slug: str | None = None,
) -> Category:
    """Makes a category, the last among its siblings. `Invalid` at `parent_id` for one that is below another."""
    rules.check_writes(actor)
    base = _open_base(unit, scope, base_id)
    found = views.categories(unit, scope, base_id)
    if len(found) >= rules.MOST_CATEGORIES:
        raise rules.TooManyThere
    if parent_id is not None and not any(each.id == parent_id and each.parent_id is None for each in found):
        raise Invalid({"parent_id": "no such category, or it is below another"})
    names = rules.clean_names(names, base.languages)
    category_id = unit.new_id()
    taken = {each.slug for each in found}
    made = Category(
        category_id,
        base_id,
        parent_id,
        1 + max((each.place for each in found if each.parent_id == parent_id), default=-1),
        rules.free_slug(
            rules.slug_of(names[base.primary], otherwise=f"category-{category_id}"), taken.__contains__
        )
        if slug is None
        else _category_slug(slug, taken),
        names,
    )
    unit.run(
        store.ADD_CATEGORY,
        account_id=scope.account_id,
        id=made.id,
        knowledge_base_id=base_id,
        parent_id=parent_id,
        place=made.place,
        slug=made.slug,
        names=to_text(names),
    )
    record_audit(unit, scope, actor.user_id, "created", "category", category_id)
    return made


def change_category(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    category_id: int,
    names: Mapping[str, str] | None = None,
    slug: str | None = None,
) -> Category:
    """Renames a category, or gives it another address. `names` replace all names before."""
    rules.check_writes(actor)
    before = views.category(unit, scope, category_id)
    base = _open_base(unit, scope, before.base_id)
    after = before
    if names is not None:
        after = replace(after, names=rules.clean_names(names, base.languages))
    if slug is not None:
        others = views.categories(unit, scope, base.id)
        after = replace(
            after, slug=_category_slug(slug, {each.slug for each in others if each.id != category_id})
        )
    if after != before:
        unit.run(
            store.SET_CATEGORY,
            account_id=scope.account_id,
            id_=category_id,
            slug_=after.slug,
            names_=to_text(after.names),
        )
        record_audit(unit, scope, actor.user_id, "changed", "category", category_id)
    return after


def delete_category(unit: UnitOfWork, scope: AccountScope, actor: Actor, category_id: int) -> None:
    """Removes an empty category; `CategoryNotEmpty` if articles or categories are in it."""
    rules.check_writes(actor)
    found = views.category(unit, scope, category_id)
    unit.lock("category", scope.account_id, found.base_id)
    shelves, _ = views.shelves(unit, scope, found.base_id)
    every = [each for shelf in shelves for each in (shelf, *shelf.children)]
    shelf = next(each for each in every if each.category.id == category_id)
    if shelf.articles or shelf.children:
        raise rules.CategoryNotEmpty
    unit.run(store.EMPTY_OF_DELETED, account_id=scope.account_id, id_=category_id)
    unit.run(store.DROP_CATEGORY, account_id=scope.account_id, id_=category_id)
    record_audit(unit, scope, actor.user_id, "deleted", "category", category_id)


def order_categories(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, base_id: int, order: rules.Order
) -> None:
    """Puts all categories of a base into an order, and below each other. `CategoriesChanged` for others than these."""
    rules.check_writes(actor)
    base = _open_base(unit, scope, base_id)
    found = views.categories(unit, scope, base.id)
    places = rules.to_places(order, found)
    moved = [each for each in found if places[each.id] != (each.parent_id, each.place)]
    unit.run_many(
        store.PUT_CATEGORY,
        [
            {
                "account_id": scope.account_id,
                "id_": each.id,
                "parent_id_": places[each.id][0],
                "place_": places[each.id][1],
            }
            for each in moved
        ],
    )
    if moved:
        record_audit(unit, scope, actor.user_id, "ordered", "knowledge_base", base_id)


def _open_base(unit: UnitOfWork, scope: AccountScope, base_id: int) -> Base:
    unit.lock("category", scope.account_id, base_id)
    base = views.base(unit, scope, base_id)
    rules.check_open(base)
    return base


def _category_slug(slug: str, taken: set[str]) -> str:
    cleaned = rules.clean_slug(slug)
    if cleaned in taken:
        raise Invalid({"slug": "another category has this address"})
    return cleaned


# Synonyms.


def set_synonyms(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, base_id: int, sets: Sequence[Sequence[str]]
) -> tuple[tuple[str, ...], ...]:
    """Says which words mean the same to who searches a base, instead of what was said before."""
    rules.check_writes(actor)
    unit.lock("synonym", scope.account_id, base_id)
    rules.check_open(views.base(unit, scope, base_id))
    cleaned = rules.clean_synonyms(sets)
    if cleaned != views.synonyms(unit, scope, base_id):
        unit.run(store.DROP_SYNONYMS, account_id=scope.account_id, base_id=base_id)
        unit.run_many(
            store.ADD_SYNONYM,
            [
                {
                    "account_id": scope.account_id,
                    "id": unit.new_id(),
                    "knowledge_base_id": base_id,
                    "words": to_text(words),
                }
                for words in cleaned
            ],
        )
        record_audit(unit, scope, actor.user_id, "changed", "synonyms", base_id)
    return cleaned
