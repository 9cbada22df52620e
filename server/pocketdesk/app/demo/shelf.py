"""The demo's knowledge base: articles from the Markdown files beside this, and what readers made of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pocketdesk.accounts.model import Actor
from pocketdesk.help_center import actions as readers
from pocketdesk.help_center.model import Source
from pocketdesk.help_center.rules import Sought
from pocketdesk.kernel.moments import SECOND
from pocketdesk.kernel.page import MOST
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import actions, rules, views
from pocketdesk.knowledge.content import from_markdown
from pocketdesk.knowledge.model import EVERY_ACCESS, Access, Base
from pocketdesk.storage import UnitOfWork

LANGUAGES = ("en", "nl", "ar")
FOLDER = Path(__file__).parent / "articles"
SHELVES: tuple[tuple[str, str | None, dict[str, str]], ...] = (
    ("orders", None, {"en": "Orders and delivery", "nl": "Bestellen en bezorgen", "ar": "الطلبات والتوصيل"}),
    ("returns", None, {"en": "Returns and warranty", "nl": "Retour en garantie", "ar": "الإرجاع والضمان"}),
    ("bikes", None, {"en": "Your bike", "nl": "Je fiets", "ar": "دراجتك"}),
    ("choosing", "bikes", {"en": "Choosing one", "nl": "Kiezen", "ar": "اختيار دراجة"}),
    ("riding", "bikes", {"en": "Riding and care", "nl": "Rijden en onderhoud", "ar": "الركوب والعناية"}),
    ("account", None, {"en": "Account and payment", "nl": "Account en betalen", "ar": "الحساب والدفع"}),
)
SYNONYMS = (("bike", "bicycle", "cycle"), ("refund", "money back"), ("e-bike", "pedelec", "electric bike"))
VOTES = {
    "return-bike": (14, 2),
    "charge-battery": (11, 1),
    "frame-size": (9, 0),
    "error-codes": (4, 5),
    "pay": (3, 1),
}
READ_S = {
    "track-order": (46, 35),
    "return-bike": (38, 80),
    "frame-size": (27, 95),
    "charge-battery": (25, 70),
}
"""How often some articles were read, and for how long."""
SOUGHT = {"return": 12, "where is my order": 9, "size": 7, "err-4042": 4, "battery winter": 3}
IN_VAIN = {"gift card": 6, "trailer": 3, "test ride berlin": 2}


@dataclass(frozen=True, slots=True)
class _Page:
    key: str
    language: str
    front: dict[str, Any]
    markdown: str


def fill_shelf(unit: UnitOfWork, scope: AccountScope, owner: Actor) -> Base:
    """Makes the base with its articles, all published, and an open help centre."""
    base = actions.create_base(unit, scope, owner, "Nordlicht help", LANGUAGES, is_public=True)
    shelves: dict[str, int] = {}
    for key, parent, names in SHELVES:
        above = shelves[parent] if parent else None
        shelves[key] = actions.create_category(unit, scope, owner, base.id, names, above, key).id
    actions.set_synonyms(unit, scope, owner, base.id, SYNONYMS)
    pages = sorted(_pages(), key=lambda each: (LANGUAGES.index(each.language), each.key))
    ids: dict[str, int] = {}
    for page in pages:
        if page.language == base.primary:
            ids[page.key] = actions.create_article(
                unit,
                scope,
                owner,
                base.id,
                page.language,
                page.front["title"],
                shelves[page.front["category"]],
                Access(page.front.get("access", Access.PUBLIC)),
            ).article.id
        else:
            actions.create_variant(unit, scope, owner, ids[page.key], page.language)
    for page in pages:
        _publish(unit, scope, owner, page, ids)
    return base


def read_shelf(unit: UnitOfWork, scope: AccountScope, base: Base) -> None:
    """Views, votes and searches, as if people had been here."""
    language = base.primary
    cards = views.published(unit, scope, base.id, language, language, EVERY_ACCESS, MOST).items
    ids = {card.slug: card.article_id for card in cards}
    for key, (times, seconds) in READ_S.items():
        for turn in range(times):
            source = Source.CHAT if turn % 3 else Source.HELP_CENTER
            ms = (seconds + turn % 7 * 5) * SECOND
            readers.count_view(unit, scope, base.id, ids[key], language, source, ms)
        for _ in range(times // 9):
            readers.count_chat(unit, scope, base.id, ids[key], language, Source.CHAT)
    for key, (helpful, unhelpful) in VOTES.items():
        for turn in range(helpful + unhelpful):
            readers.vote_as_reader(
                unit, scope, base.id, ids[key], language, f"reader:demo-{turn}", helpful=turn < helpful
            )
    for words, times in {**SOUGHT, **IN_VAIN}.items():
        for turn in range(times):
            sought = Sought(turn, scope, base.id, language, words, words in IN_VAIN, unit.now)
            readers.count_search(unit, sought)
            if words in SOUGHT and turn % 3:
                readers.count_click(unit, scope, base.id, language, words)


def _pages() -> Iterator[_Page]:
    for path in sorted(FOLDER.glob("*.md")):
        key, language = path.stem.rsplit(".", 1)
        _, front, markdown = path.read_text(encoding="utf-8").split("---\n", 2)
        yield _Page(key, language, yaml.safe_load(front), markdown)


def _publish(unit: UnitOfWork, scope: AccountScope, owner: Actor, page: _Page, ids: dict[str, int]) -> None:
    article_id, front = ids[page.key], page.front
    writing = rules.clean_writing(
        front["title"],
        front["subtitle"],
        page.key,
        front["tags"],
        from_markdown(page.markdown, article_at=ids.get),
    )
    begun = views.variant(unit, scope, article_id, page.language).draft.revision
    draft = actions.save_draft(unit, scope, owner, article_id, page.language, begun, writing)
    actions.publish(unit, scope, owner, article_id, page.language, draft.revision)
