"""Routes of the Help tab. Each takes the app's `mobile_tag`, which leads to the base, and the page's `language`."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Request

from pocketdesk.accounts.api import USUAL_LIMIT, Now, PageAfter, PageLimit, PathId, Storage, limiter
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.chatflows.rules import LONGEST_TAG
from pocketdesk.files import views as files
from pocketdesk.files.api import LinkKey
from pocketdesk.help_center import actions, rules
from pocketdesk.help_center.api import counting
from pocketdesk.help_center.model import Article, Found, Front, Source, TopicPage, Visit
from pocketdesk.help_center.rules import Sought
from pocketdesk.help_center.views import readers
from pocketdesk.help_center.wire.shapes import (
    ChatBody,
    ClickBody,
    HelpArticleOut,
    HelpFoundOut,
    HelpFrontOut,
    ReadBody,
    TopicPageOut,
    VoteBody,
    to_article,
    to_found,
    to_front,
    to_topic_page,
)
from pocketdesk.help_center.wire.trees import to_tree
from pocketdesk.knowledge.api.questions import question_vector
from pocketdesk.knowledge.model import Access, Published
from pocketdesk.knowledge.rules import article_path
from pocketdesk.people.api import Visitor
from pocketdesk.storage import Reader, UnitOfWork

ASKS = Limit("help.asks", 120, 300)
"""Somebody who types asks four times a second."""
TELLS = Limit("help.tells", 60, 2_000)

router = APIRouter(prefix="/visitor/help", tags=["help"])

Tag = Annotated[str, Query(max_length=4 * LONGEST_TAG, description="The word by which an app asks.")]
Language = Annotated[
    str, Query(max_length=20, pattern=r"^[A-Za-z0-9-]*$", description="Blank: the chatflow's.")
]
Words = Annotated[str, Query(max_length=rules.LONGEST_SEARCH)]


def _visit(reader: Reader, visitor: Visitor, tag: str, language: str) -> Visit:
    verified = visitor.verified_contact_id is not None
    return readers.visit_of_tag(reader, visitor.scope, tag, language, verified=verified)


# Reading.


@router.get("")
async def get_help(
    visitor: Visitor,
    request: Request,
    engine: Storage,
    at: Now,
    mobile_tag: Tag = "",
    language: Language = "",
) -> HelpFrontOut:
    """What the Help tab begins with. 404 where the tag's chatflow has no Help tab (K01)."""
    limiter(request, ASKS).take(visitor.visitor_id, at)

    def read(reader: Reader) -> Front:
        return readers.front(reader, visitor.scope, _visit(reader, visitor, mobile_tag, language))

    return to_front(await engine.read(read))


@router.get("/categories/{category_id}")
async def get_help_category(
    category_id: PathId,
    visitor: Visitor,
    request: Request,
    engine: Storage,
    at: Now,
    mobile_tag: Tag = "",
    language: Language = "",
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> TopicPageOut:
    """A category: its articles, the first published ones first, and the categories below it."""
    limiter(request, ASKS).take(visitor.visitor_id, at)

    def read(reader: Reader) -> TopicPage:
        visit = _visit(reader, visitor, mobile_tag, language)
        return readers.topic_page(reader, visitor.scope, visit, category_id, limit, after)

    return to_topic_page(await engine.read(read))


@router.get("/search")
async def get_help_search(
    visitor: Visitor,
    request: Request,
    engine: Storage,
    later: BackgroundTasks,
    at: Now,
    q: Words = "",
    mobile_tag: Tag = "",
    language: Language = "",
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> HelpFoundOut:
    """What words find, best first (K03). Ask as somebody types: only what they end with is counted."""
    limiter(request, ASKS).take(visitor.visitor_id, at)
    vector = await question_vector(request, q, visitor.visitor_id, at)

    def read(reader: Reader) -> tuple[Visit, Found]:
        visit = _visit(reader, visitor, mobile_tag, language)
        return visit, readers.search(reader, visitor.scope, visit, q, limit, after, vector)

    visit, found = await engine.read(read)
    term = rules.term(q)
    if term and after is None:
        sought = Sought(
            visitor.visitor_id, visitor.scope, visit.base.id, visit.language, term, not found.total, at
        )
        done = counting.typing(request).note(sought)
        later.add_task(counting.count_searches, request, engine, done, at)
    return to_found(found)


@router.get("/articles/{article_id}")
async def get_help_article(
    article_id: PathId,
    visitor: Visitor,
    request: Request,
    engine: Storage,
    key: LinkKey,
    at: Now,
    mobile_tag: Tag = "",
    language: Language = "",
) -> HelpArticleOut:
    """An article in the language, or in the base's first one (K10). Counts nothing: see `/read`."""
    limiter(request, ASKS).take(visitor.visitor_id, at)
    scope = visitor.scope

    def read(reader: Reader) -> tuple[Visit, Article, bool | None]:
        visit = _visit(reader, visitor, mobile_tag, language)

        def path_of(file_id: int, access: Access) -> str:
            if access is Access.PUBLIC:
                return rules.image_path(scope.account_id, file_id)
            return files.link(key, scope, file_id, at)

        found = readers.article(reader, scope, visit, article_id, path_of)
        voter = actions.person_voter(visitor.visitor_id)
        return visit, found, readers.vote_of(reader, scope, article_id, voter)

    visit, found, vote = await engine.read(read)
    return to_article(found, to_tree(found), vote=vote, url=_url(request, visit, visitor, found))


def _url(request: Request, visit: Visit, visitor: Visitor, found: Article) -> str | None:
    card = found.reading.card
    if not visit.base.is_public or card.access is not Access.PUBLIC:
        return None
    path = article_path(visitor.scope.account_id, visit.base.slug, card.language, card.slug)
    return request.app.state.settings.origin + path


# Telling.


@router.post("/articles/{article_id}/vote", status_code=204)
async def post_help_vote(
    article_id: PathId,
    body: VoteBody,
    visitor: Visitor,
    request: Request,
    engine: Storage,
    at: Now,
    mobile_tag: Tag = "",
    language: Language = "",
) -> None:
    """Whether the article helped; a visitor counts once, and may change it (K11)."""
    limiter(request, TELLS).take(visitor.visitor_id, at)

    def vote(unit: UnitOfWork) -> None:
        visit, card = _card(unit, visitor, mobile_tag, language, article_id)
        actions.vote_as_person(
            unit,
            visitor.scope,
            visit.base.id,
            article_id,
            card.language,
            visitor.visitor_id,
            helpful=body.helpful,
        )

    await engine.write(vote)


@router.post("/articles/{article_id}/read", status_code=204)
async def post_help_read(
    article_id: PathId,
    body: ReadBody,
    visitor: Visitor,
    request: Request,
    engine: Storage,
    at: Now,
    mobile_tag: Tag = "",
    language: Language = "",
) -> None:
    """An article was read for so long. Told once a reading: again within half an hour, it adds to the same view."""
    limiter(request, TELLS).take(visitor.visitor_id, at)
    _, card = await engine.read(lambda reader: _card(reader, visitor, mobile_tag, language, article_id))
    first = counting.is_first(request, counting.VIEW, (visitor.visitor_id, article_id), at)
    count = actions.count_view if first else actions.count_more_reading
    place = card.base_id, article_id, card.language, Source(body.source)
    await engine.write(lambda unit: count(unit, visitor.scope, *place, body.ms))


@router.post("/articles/{article_id}/chat", status_code=204)
async def post_help_chat(
    article_id: PathId,
    body: ChatBody,
    visitor: Visitor,
    request: Request,
    engine: Storage,
    at: Now,
    mobile_tag: Tag = "",
    language: Language = "",
) -> None:
    """Somebody went from the article to the chat."""
    limiter(request, TELLS).take(visitor.visitor_id, at)
    _, card = await engine.read(lambda reader: _card(reader, visitor, mobile_tag, language, article_id))
    if counting.is_first(request, counting.CHAT, (visitor.visitor_id, article_id), at):
        place = card.base_id, article_id, card.language, Source(body.source)
        await engine.write(lambda unit: actions.count_chat(unit, visitor.scope, *place))


@router.post("/search/click", status_code=204)
async def post_help_click(
    body: ClickBody,
    visitor: Visitor,
    request: Request,
    engine: Storage,
    at: Now,
    mobile_tag: Tag = "",
    language: Language = "",
) -> None:
    """A result of a search was opened."""
    limiter(request, TELLS).take(visitor.visitor_id, at)
    visit, _ = await engine.read(lambda reader: _card(reader, visitor, mobile_tag, language, body.article_id))
    term = rules.term(body.q)
    done = counting.typing(request).take(visitor.visitor_id, term)
    await counting.count_searches(request, engine, done, at)
    if term and counting.is_first(request, counting.CLICK, (visitor.visitor_id, visit.base.id, term), at):
        await engine.write(
            lambda unit: actions.count_click(unit, visitor.scope, visit.base.id, visit.language, term)
        )


def _card(
    reader: Reader, visitor: Visitor, tag: str, language: str, article_id: int
) -> tuple[Visit, Published]:
    """The article as this visitor sees it; `NotFound` unless it is published for them: nothing else is counted."""
    visit = _visit(reader, visitor, tag, language)
    return visit, readers.card(reader, visitor.scope, visit, article_id)
