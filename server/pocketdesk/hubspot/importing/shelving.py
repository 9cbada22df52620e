"""What is written of an article that comes: a draft, through the same doors as everybody's."""

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, cast

from pocketdesk.accounts.model import Actor
from pocketdesk.hubspot.importing.model import Outcome
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import actions, rules
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.content import Body, to_json
from pocketdesk.knowledge.imports import actions as imports
from pocketdesk.knowledge.imports import views as imported
from pocketdesk.knowledge.imports.model import Origin, Origins, Page
from pocketdesk.knowledge.imports.sources import language_of
from pocketdesk.knowledge.model import Base, BaseChanges, Writing
from pocketdesk.storage import Reader, UnitOfWork

HUBSPOT = "hubspot"
"""What the origins of articles from HubSpot are kept under."""
USUAL_LANGUAGE = "en"
SLUG_TAKEN = "its address belongs to another article here"


@dataclass(frozen=True, slots=True)
class Put:
    """What became of an article. `outcome` in words: why it does not come. `stays`: somebody has changed it here."""

    outcome: Outcome | str
    base_id: int
    language: str
    origin: Origin | None = None
    wanted: Writing | None = None
    stays: bool = False
    left_out: tuple[str, ...] = ()


class Undone(Exception):
    """A dry run does everything, and then nothing of it."""

    def __init__(self, put: Put) -> None:
        super().__init__()
        self.put = put


def base_of(
    reader: Reader, scope: AccountScope, name: str | None, pages: Container[str]
) -> tuple[int | None, Origins]:
    """The base with a name, or (without one) that into which most of these pages have come; and what came into it."""
    found: tuple[int | None, Origins] = None, {}
    most = 0
    for base in knowledge.bases(reader, scope):
        if base.archived_at is not None:
            continue
        known = imported.origins(reader, scope, base.id, HUBSPOT)
        if name is not None and base.name.casefold() == name.casefold():
            return base.id, known
        here = 0 if name is not None else sum(key in pages for key, _ in known)
        if here > most:
            found, most = (base.id, known), here
    return found


def put_article(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    base: tuple[int | None, str],
    known: Origins,
    page: Page,
    others: Sequence[str],
    body: Body,
    *,
    dry_run: bool,
) -> Put:
    """Writes a page as a draft into the base with this id, or into a new one with this name.

    `known`: what came into the base before; `others`: addresses of the page's other languages. Raises `Undone` on a dry
    run, `Invalid` for what cannot be written.
    """
    shelf = _base(unit, scope, actor, base, page.language)
    language = next((said for key, said in known if key == page.key), None)
    if language is None:
        shelf, language = _with_language(unit, scope, actor, shelf, page.language)
    put = (
        _put(unit, scope, actor, shelf, known, language, page, others, body)
        if language
        else Put(f"the knowledge base has no language {page.language[:20]}", shelf.id, "")
    )
    if dry_run:
        raise Undone(put)
    return put


def facts_of(
    url: str, language: str, writing: Writing, listed: Container[str], *, with_slug: bool
) -> dict[str, str | None]:
    """What is compared of an article. A link to another of the articles is one, in whatever way it is kept."""
    body = json.dumps(_told(to_json(writing.body), listed), sort_keys=True)
    facts: dict[str, str | None] = {
        "url": url,
        "language": language,
        "title": writing.title,
        "subtitle": writing.subtitle,
        "tags": "\n".join(writing.tags),
        "body": sha256(body.encode()).hexdigest(),
    }
    return {**facts, "slug": writing.slug} if with_slug else facts


def _put(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    base: Base,
    known: Origins,
    language: str,
    page: Page,
    others: Sequence[str],
    body: Body,
) -> Put:
    origin = known.get((page.key, language))
    is_new = origin is None
    if origin is None:
        article_id = _article_of(unit, scope, known, language, others)
        origin = imports.begin_page(unit, scope, actor, HUBSPOT, base, language, page, article_id)
    left_out: list[str] = []
    slug = imports.to_writing(page, body)[0].slug
    owner = knowledge.slug_owner(unit, scope, base.id, language, slug) if slug else None
    if owner not in {None, origin.article_id}:
        left_out.append(SLUG_TAKEN)
        page = replace(page, slug="")
    changed, problems = imports.write_page(
        unit, scope, actor, HUBSPOT, language, page, body, origin, publish=False
    )
    said = [each.problem for each in problems]
    if imports.DELETED_HERE in said:
        return Put(imports.DELETED_HERE, base.id, language)
    if changed:
        revision = knowledge.variant(unit, scope, origin.article_id, language).draft.revision
        origin = Origin(origin.article_id, revision)
    here = Outcome.COMPLETED if changed else Outcome.ALREADY_THERE
    return Put(
        Outcome.BROUGHT if is_new else here,
        base.id,
        language,
        origin,
        imports.to_writing(page, body)[0],
        imports.CHANGED_HERE in said,
        (*left_out, *said),
    )


def _base(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, base: tuple[int | None, str], language: str
) -> Base:
    base_id, name = base
    if base_id is not None:
        return knowledge.base(unit, scope, base_id)
    try:
        first = rules.clean_language(language)
    except Invalid:
        first = USUAL_LANGUAGE
    return actions.create_base(unit, scope, actor, name, [first])


def _with_language(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, base: Base, said: str
) -> tuple[Base, str | None]:
    """The base, and which of its languages is meant. One that only its authors see gets the languages that come."""
    found = language_of(base.languages, said)
    if base.is_public or (found is not None and _is_same(found, said)):
        return base, found
    try:
        language = rules.clean_language(said)
        changes = BaseChanges(languages=(*base.languages, language))
        return actions.change_base(unit, scope, actor, base.id, changes), language
    except Invalid:
        return base, found


def _is_same(one: str, other: str) -> bool:
    """Whether two tags mean one language: a country counts only against another one."""
    return one.lower() == other.lower() or "-" not in one or "-" not in other


def _article_of(
    reader: Reader, scope: AccountScope, known: Origins, language: str, others: Sequence[str]
) -> int | None:
    """The article that came in from one of these addresses, and is not there in the language."""
    wanted = set(others)
    for article_id in dict.fromkeys(each.article_id for (key, _), each in known.items() if key in wanted):
        card = knowledge.article_card(reader, scope, article_id)
        written = {each.standing.language for each in card.variants}
        if card.article.deleted_at is None and language not in written:
            return article_id
    return None


def _told(value: object, listed: Container[str]) -> object:
    match value:
        case {"type": "article_link"} | {"type": "link"}:
            run = cast("Mapping[str, Any]", value)
            is_ours = run["type"] == "article_link" or run["href"] in listed
            styles = {name: said for name, said in run.items() if name not in {"type", "href", "article_id"}}
            return {**styles, "href": "article" if is_ours else run["href"]}
        case dict():
            inner = cast("Mapping[str, object]", value)
            return {name: _told(each, listed) for name, each in inner.items()}
        case list():
            return [_told(each, listed) for each in cast("list[object]", value)]
        case _:
            return value
