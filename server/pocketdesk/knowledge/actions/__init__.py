"""What is done to knowledge bases: by those who keep them, by authors, and by those who publish."""

from pocketdesk.knowledge.actions.articles import (
    change_article,
    create_article,
    create_variant,
    delete_article,
    restore_article,
    restore_version,
    save_draft,
)
from pocketdesk.knowledge.actions.bases import (
    change_base,
    change_category,
    create_base,
    create_category,
    delete_category,
    order_categories,
    set_synonyms,
)
from pocketdesk.knowledge.actions.publishing import (
    CHECK_LINKS,
    PUBLISH,
    enqueue_checks,
    note_checks,
    publish,
    publish_scheduled,
    schedule,
    sweep_images,
    unpublish,
    unschedule,
)

__all__ = [
    "CHECK_LINKS",
    "PUBLISH",
    "change_article",
    "change_base",
    "change_category",
    "create_article",
    "create_base",
    "create_category",
    "create_variant",
    "delete_article",
    "delete_category",
    "enqueue_checks",
    "note_checks",
    "order_categories",
    "publish",
    "publish_scheduled",
    "restore_article",
    "restore_version",
    "save_draft",
    "schedule",
    "set_synonyms",
    "sweep_images",
    "unpublish",
    "unschedule",
]
