"""Knowledge bases, their categories, and articles: drafts that authors write, versions that readers get."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pocketdesk.knowledge.content import Body


class Access(StrEnum):
    """Who may read a published article: everybody, or contacts who have proven who they are."""

    PUBLIC = "public"
    CONTACTS = "contacts"


EVERY_ACCESS = frozenset(each.value for each in Access)
"""What a contact with proof of identity, or a user, may read."""


class State(StrEnum):
    """How far an article is in one language. CHANGED: it is published, and the draft says something else."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CHANGED = "changed"
    SCHEDULED = "scheduled"


@dataclass(frozen=True, slots=True)
class Base:
    """A knowledge base. `languages`: the first is what readers get where an article is not translated.

    `is_public`: its help centre is open to everybody. `logo_id` is a brand image.
    """

    id: int
    name: str
    slug: str
    languages: tuple[str, ...]
    accent: str
    logo_id: int | None
    is_public: bool
    created_at: int
    created_by: int
    archived_at: int | None

    @property
    def primary(self) -> str:
        """The language of what is not translated."""
        return self.languages[0]


@dataclass(frozen=True, slots=True)
class BaseChanges:
    """What shall change of a knowledge base; None leaves it as it is. `logo_id` 0 takes the logo away."""

    name: str | None = None
    slug: str | None = None
    languages: tuple[str, ...] | None = None
    accent: str | None = None
    logo_id: int | None = None
    is_public: bool | None = None
    archived: bool | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A category (`parent_id` None) or one below it, in the order of `place`. Names by language."""

    id: int
    base_id: int
    parent_id: int | None
    place: int
    slug: str
    names: Mapping[str, str]

    def name_in(self, language: str, primary: str) -> str:
        """Its name in a language, or in the base's first one, or in any."""
        return self.names.get(language) or self.names.get(primary) or next(iter(self.names.values()))


@dataclass(frozen=True, slots=True)
class Article:
    """What all languages of an article share."""

    id: int
    base_id: int
    category_id: int | None
    access: Access
    created_at: int
    created_by: int
    modified_at: int
    deleted_at: int | None


@dataclass(frozen=True, slots=True)
class Writing:
    """What an author writes and a version keeps."""

    title: str
    subtitle: str
    slug: str
    tags: tuple[str, ...]
    body: Body


@dataclass(frozen=True, slots=True)
class Draft:
    """What is not published yet. `revision` grows with each saving: it says what an edit starts from."""

    writing: Writing
    revision: int
    at: int
    by: int


@dataclass(frozen=True, slots=True)
class VersionCard:
    """A version without its body."""

    number: int
    title: str
    subtitle: str
    slug: str
    tags: tuple[str, ...]
    at: int
    by: int


@dataclass(frozen=True, slots=True)
class Version:
    """What was published, or is scheduled to be: it never changes."""

    article_id: int
    language: str
    number: int
    writing: Writing
    plain_text: str
    at: int
    by: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an article is in one language. Revisions are those of the draft that the versions were made of."""

    language: str
    draft_revision: int
    published_version: int | None
    published_revision: int | None
    published_at: int | None
    first_published_at: int | None
    scheduled_version: int | None
    scheduled_revision: int | None
    scheduled_at: int | None

    @property
    def state(self) -> State:
        """In one word; a scheduled one may be published too."""
        if self.scheduled_at is not None:
            return State.SCHEDULED
        if self.published_version is None:
            return State.DRAFT
        return State.PUBLISHED if self.published_revision == self.draft_revision else State.CHANGED


@dataclass(frozen=True, slots=True)
class Variant:
    """An article in one language, as its authors see it."""

    article: Article
    standing: Standing
    draft: Draft
    published: VersionCard | None


@dataclass(frozen=True, slots=True)
class VariantCard:
    """An article's language in a list."""

    standing: Standing
    title: str
    slug: str
    draft_at: int
    draft_by: int


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """An article in the authors' list."""

    article: Article
    variants: tuple[VariantCard, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the authors' list is narrowed to; None and blank narrow nothing. `category_id` 0: those without one."""

    search: str = ""
    category_id: int | None = None
    state: State | None = None
    language: str | None = None
    access: Access | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category with how many articles it has, those below it counted too."""

    category: Category
    articles: int
    children: tuple["Shelf", ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """A published article in one language, without its body: what lists of readers show."""

    article_id: int
    base_id: int
    category_id: int | None
    access: Access
    language: str
    version: int
    slug: str
    title: str
    subtitle: str
    published_at: int
    first_published_at: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A published article to read. `slugs`: where it stands in each language in which it is published."""

    card: Published
    tags: tuple[str, ...]
    body: Body
    plain_text: str
    slugs: Mapping[str, str]
    image_ids: frozenset[int]


# Reports.


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A link in a published article that leads nowhere. `reason`: `gone`, `unpublished`, or a number or word from
    the outside.
    """

    article_id: int
    language: str
    title: str
    target: str
    reason: str
    checked_at: int


@dataclass(frozen=True, slots=True)
class Untranslated:
    """An article with the languages of its base in which it is not published, and those whose translation is older
    than the first language's newest version.
    """

    article_id: int
    title: str
    missing: tuple[str, ...]
    outdated: tuple[str, ...]
