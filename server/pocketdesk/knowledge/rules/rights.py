"""Writing and publishing are two rights: who only writes changes nothing that readers get (K09)."""

from pocketdesk.accounts.model import Actor, Permission
from pocketdesk.kernel.refusal import Conflict, Forbidden
from pocketdesk.knowledge.model import Article, Base, Draft


class BaseArchived(Conflict):
    """Restore the knowledge base first."""

    code = "base_archived"


class ArticleDeleted(Conflict):
    """Restore the article first."""

    code = "article_deleted"


class DraftChanged(Conflict):
    """Somebody has saved the draft meanwhile: `draft` is what it says now."""

    code = "draft_changed"

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"the draft is at revision {draft.revision}")
        self.draft = draft


def check_writes(actor: Actor) -> None:
    """`Forbidden` for those who do not write."""
    if Permission.KNOWLEDGE_EDIT not in actor.permissions:
        raise Forbidden("needs the permission knowledge_edit")


def check_publishes(actor: Actor) -> None:
    """`Forbidden` for those who only write."""
    if Permission.KNOWLEDGE_PUBLISH not in actor.permissions:
        raise Forbidden("needs the permission knowledge_publish")


def check_open(base: Base) -> None:
    """`BaseArchived` if nothing is written or published here any more."""
    if base.archived_at is not None:
        raise BaseArchived


def check_there(article: Article) -> None:
    """`ArticleDeleted` if it is."""
    if article.deleted_at is not None:
        raise ArticleDeleted


def check_revision(draft: Draft, revision: int) -> None:
    """`DraftChanged` unless the caller has seen the draft as it is."""
    if draft.revision != revision:
        raise DraftChanged(draft)
