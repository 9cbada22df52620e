"""Knowledge bases as JSON: what the console's routes take and what they give."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Id, Name
from pocketdesk.kernel.page import Page
from pocketdesk.knowledge.content import to_json
from pocketdesk.knowledge.content.tree import Block, Paragraph, Run
from pocketdesk.knowledge.content.tree import Body as Tree
from pocketdesk.knowledge.model import (
    ArticleCard,
    Base,
    BrokenLink,
    Category,
    Draft,
    Published,
    Shelf,
    Untranslated,
    Variant,
    VariantCard,
    Version,
    VersionCard,
)
from pocketdesk.knowledge.rules import (
    LONGEST_SLUG,
    LONGEST_SUBTITLE,
    LONGEST_TAG,
    LONGEST_TITLE,
    LONGEST_WORD,
    MOST_CATEGORIES,
    MOST_LANGUAGES,
    MOST_SYNONYMS,
    MOST_TAGS,
    MOST_WORDS,
    BlockChange,
    FieldChange,
    article_path,
    home_path,
)

StateWord = Literal["draft", "published", "changed", "scheduled"]
AccessWord = Literal["public", "contacts"]
LONGEST_LANGUAGE = 12
Language = Annotated[str, Field(min_length=2, max_length=LONGEST_LANGUAGE)]
Languages = Annotated[list[Language], Field(min_length=1, max_length=MOST_LANGUAGES)]
Slug = Annotated[str, Field(max_length=LONGEST_SLUG)]
Accent = Annotated[str, Field(min_length=7, max_length=7)]
Revision = Annotated[int, Field(ge=1, lt=2**31)]
Names = Annotated[dict[Language, Annotated[str, Field(max_length=100)]], Field(max_length=MOST_LANGUAGES)]
Moment = Annotated[int, Field(ge=0, lt=2**53)]
TreeJson = Annotated[dict[str, Any], Field(json_schema_extra={"x-tree": "article"})]

# What comes in.


class NewBase(Body):
    """A knowledge base to make; the first language is the one of what is not translated."""

    name: Name
    languages: Languages
    slug: Slug | None = None
    accent: Accent | None = None
    is_public: bool = False


class BasePatch(Body):
    """What changes of a knowledge base. `logo_id` 0 takes the logo away."""

    name: Name | None = None
    slug: Slug | None = None
    languages: Languages | None = None
    accent: Accent | None = None
    logo_id: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    is_public: bool | None = None


class NewCategory(Body):
    """A category to make, below another if `parent_id` says so. Names by language; the first one is needed."""

    names: Names
    parent_id: Id | None = None
    slug: Slug | None = None


class CategoryPatch(Body):
    """What changes of a category; `names` replace all names before."""

    names: Names | None = None
    slug: Slug | None = None


class Place(Body):
    """A category and those below it, in their order."""

    id: Id
    children: Annotated[list[Id], Field(max_length=MOST_CATEGORIES)] = Field(default=[])


class OrderBody(Body):
    """All categories of a base, each once, in their order."""

    order: Annotated[list[Place], Field(max_length=MOST_CATEGORIES)]


class NewArticle(Body):
    """An article to begin. A title may come later."""

    language: Language
    title: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    category_id: Id | None = None
    access: AccessWord = "public"


class ArticlePatch(Body):
    """What changes of an article in all languages; `category_id` null: it is in none."""

    category_id: Id | None = None
    access: AccessWord | None = None


class NewVariant(Body):
    """A language to begin, blank or with what another one says."""

    language: Language
    copy_from: Language | None = None


class DraftBody(Body):
    """What an author has written, on top of revision `base_revision`. A blank slug follows the title."""

    base_revision: Revision
    title: Annotated[str, Field(max_length=LONGEST_TITLE)]
    subtitle: Annotated[str, Field(max_length=LONGEST_SUBTITLE)]
    slug: Slug
    body: TreeJson
    tags: Annotated[list[Annotated[str, Field(max_length=LONGEST_TAG)]], Field(max_length=MOST_TAGS)]


class PublishBody(Body):
    """The revision of the draft that readers shall get."""

    revision: Revision


class ScheduleBody(PublishBody):
    """The same, from a time on (UTC milliseconds)."""

    at: Moment


class RestoreBody(Body):
    """The revision of the draft that an old version replaces."""

    base_revision: Revision


class WordsBody(Body):
    """Words that mean the same."""

    words: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=LONGEST_WORD)]],
        Field(min_length=1, max_length=MOST_WORDS),
    ]


class SynonymsBody(Body):
    """All lists of words that mean the same."""

    items: Annotated[list[WordsBody], Field(max_length=MOST_SYNONYMS)]


# What goes out.


class NamedOut(Answer):
    """Something with an id and a name."""

    id: int
    name: str


class BaseOut(Answer):
    """A knowledge base. `url` is its help centre's, null where that is closed; `articles` counts drafts too."""

    id: int
    name: str
    slug: str
    languages: list[str]
    accent: str
    logo_id: int | None
    is_public: bool
    url: str | None
    articles: int
    created_at: int
    created_by: NamedOut
    archived_at: int | None


class BasesOut(Answer):
    """All knowledge bases, archived ones too."""

    items: list[BaseOut]
    after: str | None = None


class CategoryOut(Answer):
    """A category; `articles` counts drafts, and those below it, too."""

    id: int
    parent_id: int | None
    place: int
    slug: str
    names: dict[str, str]
    articles: int
    children: list["CategoryOut"]


class CategoriesOut(Answer):
    """The categories of a base as a tree, and how many articles are in none."""

    items: list[CategoryOut]
    uncategorised: int
    after: str | None = None


class VariantRowOut(Answer):
    """An article in one language, in a list."""

    language: str
    title: str
    state: StateWord


class ArticleRowOut(Answer):
    """An article in a list. `language`, `title` and `state` are those of the language asked for, else of the first."""

    id: int
    category_id: int | None
    access: AccessWord
    language: str
    title: str
    state: StateWord
    variants: list[VariantRowOut]
    changed_at: int
    changed_by: NamedOut
    deleted_at: int | None


class ArticlesOut(Answer):
    """A page of articles, last changed first."""

    items: list[ArticleRowOut]
    after: str | None


class ArticleOut(Answer):
    """What all languages of an article share."""

    id: int
    knowledge_base_id: int
    category_id: int | None
    access: AccessWord
    variants: list[VariantRowOut]
    created_at: int
    created_by: NamedOut
    deleted_at: int | None


class DraftOut(Answer):
    """What an author has written last."""

    revision: int
    title: str
    subtitle: str
    slug: str
    body: TreeJson
    tags: list[str]
    saved_at: int
    saved_by: NamedOut


class VariantOut(Answer):
    """An article in one language. `slug`: the draft's, or the one that it has for readers, blank before it has any.

    `images`: links to what the draft shows, by file, good for half an hour; `url`: the public page, if there is one.
    """

    article_id: int
    language: str
    state: StateWord
    slug: str
    draft: DraftOut
    published_version: int | None
    published_at: int | None
    first_published_at: int | None
    scheduled_version: int | None
    scheduled_at: int | None
    images: dict[str, str]
    url: str | None


class SavedOut(Answer):
    """A draft that is kept."""

    revision: int
    saved_at: int


class VersionRowOut(Answer):
    """A version in a list."""

    number: int
    title: str
    at: int
    by: NamedOut


class VersionsOut(Answer):
    """Versions, newest first."""

    items: list[VersionRowOut]
    after: str | None


class VersionOut(VersionRowOut):
    """A version as it was."""

    subtitle: str
    slug: str
    tags: list[str]
    body: TreeJson
    images: dict[str, str]


class FieldChangeOut(Answer):
    """A field that differs."""

    field: Literal["title", "subtitle", "slug", "tags"]
    before: str
    after: str


class RunChangeOut(Answer):
    """A stretch of words in both versions, or in one of them."""

    change: Literal["same", "added", "removed"]
    run: dict[str, Any]


class BlockChangeOut(Answer):
    """A block of the later version, or one that is gone; `before` and `runs` of those that changed."""

    change: Literal["same", "added", "removed", "changed"]
    block: dict[str, Any]
    before: dict[str, Any] | None = None
    runs: list[RunChangeOut] | None = None


class DifferenceOut(Answer):
    """What a version says otherwise than another. Images of both by file."""

    number: int
    against: int | None
    fields: list[FieldChangeOut]
    blocks: list[BlockChangeOut]
    images: dict[str, str]


class WordsOut(Answer):
    """Words that mean the same."""

    words: list[str]


class SynonymsOut(Answer):
    """All lists of words that mean the same in a base."""

    items: list[WordsOut]
    after: str | None = None


class BrokenLinkOut(Answer):
    """A link that leads nowhere: `gone`, `unpublished`, a status of HTTP, or `unreachable`."""

    article_id: int
    language: str
    title: str
    target: str
    reason: str
    checked_at: int


class BrokenLinksOut(Answer):
    """Links of published articles that lead nowhere."""

    items: list[BrokenLinkOut]
    after: str | None = None


class UntranslatedOut(Answer):
    """An article, the languages that it lacks, and those published before its first language's newest version."""

    article_id: int
    title: str
    missing: list[str]
    outdated: list[str]


class UntranslatedsOut(Answer):
    """A page of published articles that want translating."""

    items: list[UntranslatedOut]
    after: str | None


class FoundOut(Answer):
    """A published article for a card in a chat."""

    article_id: int
    knowledge_base_id: int
    language: str
    title: str
    subtitle: str
    access: AccessWord
    url: str | None


class FoundsOut(Answer):
    """Published articles, best first."""

    items: list[FoundOut]
    after: str | None = None


# From nouns.

Users = Mapping[int, str]
"""Names of users by id."""


def _by(users: Users, user_id: int) -> NamedOut:
    return NamedOut(id=user_id, name=users.get(user_id, ""))


def home_url(account_id: int, base: Base, origin: str) -> str | None:
    """The address of a base's help centre, None where it is closed."""
    if not base.is_public or base.archived_at is not None:
        return None
    return origin + home_path(account_id, base.slug, base.primary)


def article_url(account_id: int, base: Base, card: Published, origin: str) -> str | None:
    """The address of an article's public page; None if it has none."""
    if card.access.value != "public" or home_url(account_id, base, origin) is None:
        return None
    return origin + article_path(account_id, base.slug, card.language, card.slug)


def to_base(account_id: int, base: Base, articles: int, users: Users, origin: str) -> BaseOut:
    """A knowledge base."""
    return BaseOut(
        id=base.id,
        name=base.name,
        slug=base.slug,
        languages=list(base.languages),
        accent=base.accent,
        logo_id=base.logo_id,
        is_public=base.is_public,
        url=home_url(account_id, base, origin),
        articles=articles,
        created_at=base.created_at,
        created_by=_by(users, base.created_by),
        archived_at=base.archived_at,
    )


def to_category(category: Category, articles: int = 0, children: Iterable[Shelf] = ()) -> CategoryOut:
    """A category."""
    return CategoryOut(
        id=category.id,
        parent_id=category.parent_id,
        place=category.place,
        slug=category.slug,
        names=dict(category.names),
        articles=articles,
        children=[to_category(each.category, each.articles, each.children) for each in children],
    )


def to_categories(shelves: Iterable[Shelf], uncategorised: int) -> CategoriesOut:
    """The tree of categories."""
    return CategoriesOut(
        items=[to_category(each.category, each.articles, each.children) for each in shelves],
        uncategorised=uncategorised,
    )


def _row(card: VariantCard) -> VariantRowOut:
    return VariantRowOut(language=card.standing.language, title=card.title, state=card.standing.state.value)


def _in_order(card: ArticleCard, languages: Sequence[str]) -> list[VariantCard]:
    """In the base's order; a deleted article may have a language that the base has no more."""
    places = {language: place for place, language in enumerate(languages)}
    return sorted(card.variants, key=lambda each: places.get(each.standing.language, len(places)))


def to_article_row(
    card: ArticleCard, languages: Sequence[str], asked: str | None, users: Users
) -> ArticleRowOut:
    """An article in a list, by the base's languages."""
    variants = _in_order(card, languages)
    shown = next((each for each in variants if each.standing.language == asked), variants[0])
    newest = max(variants, key=lambda each: each.draft_at)
    return ArticleRowOut(
        id=card.article.id,
        category_id=card.article.category_id,
        access=card.article.access.value,
        language=shown.standing.language,
        title=shown.title,
        state=shown.standing.state.value,
        variants=[_row(each) for each in variants],
        changed_at=card.article.modified_at,
        changed_by=_by(users, newest.draft_by),
        deleted_at=card.article.deleted_at,
    )


def to_articles(
    page: Page[ArticleCard], languages: Sequence[str], asked: str | None, users: Users
) -> ArticlesOut:
    """A page of articles."""
    return ArticlesOut(
        items=[to_article_row(each, languages, asked, users) for each in page.items], after=page.after
    )


def to_article(card: ArticleCard, languages: Sequence[str], users: Users) -> ArticleOut:
    """What all languages of an article share."""
    found = card.article
    return ArticleOut(
        id=found.id,
        knowledge_base_id=found.base_id,
        category_id=found.category_id,
        access=found.access.value,
        variants=[_row(each) for each in _in_order(card, languages)],
        created_at=found.created_at,
        created_by=_by(users, found.created_by),
        deleted_at=found.deleted_at,
    )


def to_draft(draft: Draft, users: Users) -> DraftOut:
    """A draft."""
    return DraftOut(
        revision=draft.revision,
        title=draft.writing.title,
        subtitle=draft.writing.subtitle,
        slug=draft.writing.slug,
        body=to_json(draft.writing.body),
        tags=list(draft.writing.tags),
        saved_at=draft.at,
        saved_by=_by(users, draft.by),
    )


def to_variant(variant: Variant, users: Users, images: Mapping[int, str], url: str | None) -> VariantOut:
    """An article in one language, for its authors."""
    standing, published = variant.standing, variant.published
    return VariantOut(
        article_id=variant.article.id,
        language=standing.language,
        state=standing.state.value,
        slug=variant.draft.writing.slug or (published.slug if published else ""),
        draft=to_draft(variant.draft, users),
        published_version=standing.published_version,
        published_at=standing.published_at,
        first_published_at=standing.first_published_at,
        scheduled_version=standing.scheduled_version,
        scheduled_at=standing.scheduled_at,
        images=to_images(images),
        url=url,
    )


def to_images(links: Mapping[int, str]) -> dict[str, str]:
    """Links of images by file."""
    return {str(file_id): link for file_id, link in links.items()}


def to_saved(draft: Draft) -> SavedOut:
    """A draft that is kept."""
    return SavedOut(revision=draft.revision, saved_at=draft.at)


def to_versions(page: Page[VersionCard], users: Users) -> VersionsOut:
    """A page of versions."""
    rows = [
        VersionRowOut(number=each.number, title=each.title, at=each.at, by=_by(users, each.by))
        for each in page.items
    ]
    return VersionsOut(items=rows, after=page.after)


def to_version(version: Version, users: Users, images: Mapping[int, str]) -> VersionOut:
    """A version as it was."""
    return VersionOut(
        number=version.number,
        title=version.writing.title,
        at=version.at,
        by=_by(users, version.by),
        subtitle=version.writing.subtitle,
        slug=version.writing.slug,
        tags=list(version.writing.tags),
        body=to_json(version.writing.body),
        images=to_images(images),
    )


def to_difference(
    number: int,
    against: int | None,
    fields: Iterable[FieldChange],
    blocks: Iterable[BlockChange],
    images: Mapping[int, str],
) -> DifferenceOut:
    """What differs between two versions."""
    return DifferenceOut(
        number=number,
        against=against,
        fields=[FieldChangeOut(field=each.field, before=each.before, after=each.after) for each in fields],
        blocks=[_block_change(each) for each in blocks],
        images=to_images(images),
    )


def _block_change(change: BlockChange) -> BlockChangeOut:
    return BlockChangeOut(
        change=change.change,
        block=_block(change.block),
        before=None if change.before is None else _block(change.before),
        runs=None
        if change.runs is None
        else [RunChangeOut(change=each.change, run=_run(each.run)) for each in change.runs],
    )


def _block(block: Block) -> dict[str, Any]:
    whole: Any = to_json(Tree((block,)))
    return whole["blocks"][0]


def _run(run: Run) -> dict[str, Any]:
    return _block(Paragraph((run,)))["runs"][0]


def to_synonyms(sets: Iterable[Sequence[str]]) -> SynonymsOut:
    """All lists of words that mean the same."""
    return SynonymsOut(items=[WordsOut(words=list(words)) for words in sets])


def to_broken_links(found: Iterable[BrokenLink]) -> BrokenLinksOut:
    """Links that lead nowhere."""
    return BrokenLinksOut(
        items=[
            BrokenLinkOut(
                article_id=each.article_id,
                language=each.language,
                title=each.title,
                target=each.target,
                reason=each.reason,
                checked_at=each.checked_at,
            )
            for each in found
        ]
    )


def to_untranslateds(page: Page[Untranslated]) -> UntranslatedsOut:
    """Articles that want translating."""
    return UntranslatedsOut(
        items=[
            UntranslatedOut(
                article_id=each.article_id,
                title=each.title,
                missing=list(each.missing),
                outdated=list(each.outdated),
            )
            for each in page.items
        ],
        after=page.after,
    )


def to_found(
    account_id: int, bases: Mapping[int, Base], cards: Iterable[Published], origin: str
) -> FoundsOut:
    """Published articles for cards."""
    return FoundsOut(
        items=[
            FoundOut(
                article_id=each.article_id,
                knowledge_base_id=each.base_id,
                language=each.language,
                title=each.title,
                subtitle=each.subtitle,
                access=each.access.value,
                url=article_url(account_id, bases[each.base_id], each, origin),
            )
            for each in cards
        ]
    )
