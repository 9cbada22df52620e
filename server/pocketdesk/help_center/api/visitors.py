"""Routes of the Help tab. Each takes the app's `mobile_tag`, which leads to the base, and the page's `language`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request

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
from pocketdesk.people.api import Visitor, VisitorCaller
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


@dataclass(frozen=True, slots=True)
class Reading:
    """A visitor on the Help tab of an app, in one language."""

    visitor: VisitorCaller
    mobile_tag: str
    language: str

    def visit(self, reader: Reader) -> Visit:
        """The base that the tag's chatflow shows; `NotFound` where it shows none (K01)."""
        verified = self.visitor.verified_contact_id is not None
        return readers.visit_of_tag(
            reader, self.visitor.scope, self.mobile_tag, self.language, verified=verified
        )

    def card(self, reader: Reader, article_id: int) -> tuple[Visit, Published]:
        """The article as this visitor sees it; `NotFound` unless it is published for them: nothing else is counted."""
        visit = self.visit(reader)
        return visit, readers.card(reader, self.visitor.scope, visit, article_id)


async def reading(visitor: Visitor, mobile_tag: Tag = "", language: Language = "") -> Reading:
    """Who reads, and where."""
    return Reading(visitor, mobile_tag, language)


async def asking(who: Annotated[Reading, Depends(reading)], request: Request, at: Now) -> Reading:
    """Who asks for something to read, as far as the limit allows."""
    limiter(request, ASKS).take(who.visitor.visitor_id, at)
    return who


async def telling(who: Annotated[Reading, Depends(reading)], request: Request, at: Now) -> Reading:
    """Who tells what was read, as far as the limit allows."""
    limiter(request, TELLS).take(who.visitor.visitor_id, at)
    return who


Asking = Annotated[Reading, Depends(asking)]
Telling = Annotated[Reading, Depends(telling)]


# Reading.


@router.get("")
async def get_help(
    who: Asking,
    engine: Storage,
) -> HelpFrontOut:
    """What the Help tab begins with. 404 where the tag's chatflow has no Help tab (K01)."""

    def read(reader: Reader) -> Front:
        return readers.front(reader, who.visitor.scope, who.visit(reader))

    return to_front(await engine.read(read))


@router.get("/categories/{category_id}")
async def get_help_category(
    category_id: PathId,
    who: Asking,
    engine: Storage,
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> TopicPageOut:
    """A category: its articles, the first published ones first, and the categories below it."""

    def read(reader: Reader) -> TopicPage:
        visit = who.visit(reader)
        return readers.topic_page(reader, who.visitor.scope, visit, category_id, limit, after)

    return to_topic_page(await engine.read(read))


@router.get("/search")
async def get_help_search(
    who: Asking,
    request: Request,
    engine: Storage,
    later: BackgroundTasks,
    at: Now,
    q: Words = "",
    limit: PageLimit = USUAL_LIMIT,
    after: PageAfter = None,
) -> HelpFoundOut:
    """What words find, best first (K03). Ask as somebody types: only what they end with is counted."""
    vector = await question_vector(request, q, who.visitor.visitor_id, at)

    def read(reader: Reader) -> tuple[Visit, Found]:
        visit = who.visit(reader)
        return visit, readers.search(reader, who.visitor.scope, visit, q, limit, after, vector)

    visit, found = await engine.read(read)
    term = rules.term(q)
    if term and after is None:
        sought = Sought(
            who.visitor.visitor_id,
            who.visitor.scope,
            visit.base.id,
            visit.language,
            term,
            not found.total,
            at,
        )
        done = counting.typing(request).note(sought)
        later.add_task(counting.count_searches, request, engine, done, at)
    return to_found(found)


@router.get("/articles/{article_id}")
async def get_help_article(
    article_id: PathId,
    who: Asking,
    request: Request,
    engine: Storage,
    key: LinkKey,
    at: Now,
) -> HelpArticleOut:
    """An article in the language, or in the base's first one (K10). Counts nothing: see `/read`."""
    scope = who.visitor.scope

    def read(reader: Reader) -> tuple[Visit, Article, bool | None]:
        visit = who.visit(reader)

        def path_of(file_id: int, access: Access) -> str:
            if access is Access.PUBLIC:
                return rules.image_path(scope.account_id, file_id)
            return files.link(key, scope, file_id, at)

        found = readers.article(reader, scope, visit, article_id, path_of)
        voter = actions.person_voter(who.visitor.visitor_id)
        return visit, found, readers.vote_of(reader, scope, article_id, voter)

    visit, found, vote = await engine.read(read)
    return to_article(found, to_tree(found), vote=vote, url=_url(request, visit, who.visitor, found))


def _url(request: Request, visit: Visit, visitor: VisitorCaller, found: Article) -> str | None:
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
    who: Telling,
    engine: Storage,
) -> None:
    """Whether the article helped; a visitor counts once, and may change it (K11)."""

    def vote(unit: UnitOfWork) -> None:
        visit, card = who.card(unit, article_id)
        actions.vote_as_person(
            unit,
            who.visitor.scope,
            visit.base.id,
            article_id,
            card.language,
            who.visitor.visitor_id,
            helpful=body.helpful,
        )

    await engine.write(vote)


@router.post("/articles/{article_id}/read", status_code=204)
async def post_help_read(
    article_id: PathId,
    body: ReadBody,
    who: Telling,
    request: Request,
    engine: Storage,
    at: Now,
) -> None:
    """An article was read for so long. Told once a reading: again within half an hour, it adds to the same view."""
    _, card = await engine.read(lambda reader: who.card(reader, article_id))
    first = counting.is_first(request, counting.VIEW, (who.visitor.visitor_id, article_id), at)
    count = actions.count_view if first else actions.count_more_reading
    place = card.base_id, article_id, card.language, Source(body.source)
    await engine.write(lambda unit: count(unit, who.visitor.scope, *place, body.ms))


@router.post("/articles/{article_id}/chat", status_code=204)
async def post_help_chat(
    article_id: PathId,
    body: ChatBody,
    who: Telling,
    request: Request,
    engine: Storage,
    at: Now,
) -> None:
    """Somebody went from the article to the chat."""
    _, card = await engine.read(lambda reader: who.card(reader, article_id))
    if counting.is_first(request, counting.CHAT, (who.visitor.visitor_id, article_id), at):
        place = card.base_id, article_id, card.language, Source(body.source)
        await engine.write(lambda unit: actions.count_chat(unit, who.visitor.scope, *place))


@router.post("/search/click", status_code=204)
async def post_help_click(
    body: ClickBody,
    who: Telling,
    request: Request,
    engine: Storage,
    at: Now,
) -> None:
    """A result of a search was opened."""
    visit, _ = await engine.read(lambda reader: who.card(reader, body.article_id))
    term = rules.term(body.q)
    done = counting.typing(request).take(who.visitor.visitor_id, term)
    await counting.count_searches(request, engine, done, at)
    if term and counting.is_first(request, counting.CLICK, (who.visitor.visitor_id, visit.base.id, term), at):
        await engine.write(
            lambda unit: actions.count_click(unit, who.visitor.scope, visit.base.id, visit.language, term)
        )
