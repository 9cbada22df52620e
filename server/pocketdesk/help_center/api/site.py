"""The public help centre: pages for everybody, which need no script and set no cookie."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeAlias, cast
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import Address, Now, PathId, Storage, limiter
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.accounts.rules.rights import ForeignOrigin
from pocketdesk.chatflows.texts import best_match
from pocketdesk.files import views as files
from pocketdesk.files.api import Bytes, LinkKey
from pocketdesk.files.api import answer as file_answer
from pocketdesk.files.model import State, Upload
from pocketdesk.files.outside import Place
from pocketdesk.help_center import actions, rules
from pocketdesk.help_center.api import counting
from pocketdesk.help_center.model import Article, Found, Source, Visit
from pocketdesk.help_center.rules import Sought
from pocketdesk.help_center.views import readers
from pocketdesk.help_center.wire import pages
from pocketdesk.help_center.wire.pages import Rendered, Site
from pocketdesk.kernel.refusal import Invalid, NotFound, TooMany
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.api.questions import question_vector
from pocketdesk.knowledge.model import Base, Published
from pocketdesk.knowledge.rules import article_path, home_path
from pocketdesk.storage import Engine, Reader, UnitOfWork

router = APIRouter(include_in_schema=False)

LOOKS = Limit("help_center.looks", 600, 50)
VOTES = Limit("help_center.votes", 100, 5_000)
"""Many people may share the address of an office or of a mobile network."""
ON_A_PAGE = 50
BELOW = 5
HITS = 20
MOST_IN_SITEMAP = 5_000
IN_FEED = 30
READING = ["GET", "HEAD"]
_IMAGE_CACHING = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class _Here:
    """A request for a page of a base that is there."""

    scope: AccountScope
    visit: Visit
    site: Site


@dataclass(frozen=True, slots=True)
class _Gone:
    """The page stands elsewhere now: a path of ours."""

    path: str


_Read: TypeAlias = Callable[[Reader, _Here], Rendered | _Gone]


# Whatever has no language first: its address would be taken for one.


@router.api_route("/help/images/{account_id}/{file_id}", methods=READING)
async def show_image(
    account_id: PathId, file_id: PathId, request: Request, engine: Storage, store: Bytes
) -> Response:
    """A picture of an article that everybody may read; 404 as soon as no such article has it."""

    def read(reader: Reader) -> Upload:
        scope = accounts.open_account(reader, account_id)
        if not knowledge.is_shown(reader, scope, file_id):
            raise NotFound
        found = files.upload(reader, scope, file_id)
        if found.state is not State.READY:
            raise NotFound
        return found

    upload = await engine.read(read)
    return await file_answer(
        request, store, Place(account_id, file_id), upload, _IMAGE_CACHING, "cross-origin"
    )


@router.api_route("/robots.txt", methods=READING)
async def robots() -> Response:
    """What search engines need not read. Sitemaps are named by each help centre's pages."""
    lines = "\n".join(
        f"Disallow: {path}" for path in ("/api/", "/a/", "/conversations-visitor-embed", "/survey/")
    )
    return PlainTextResponse(f"User-agent: *\n{lines}\nDisallow: /help/*/search\n")


@router.api_route("/help/{account}/{slug}", methods=READING)
@router.api_route("/help/{account}/{slug}/", methods=READING)
async def show_base(
    account: str, slug: str, request: Request, engine: Storage, at: Now, address: Address
) -> Response:
    """Leads to the language of ours that the reader's browser likes best."""

    def read(reader: Reader) -> str | None:
        try:
            scope, base = _open(reader, account, slug)
        except NotFound:
            return None
        wanted = request.headers.get("accept-language", "")
        language = rules.best_language(base.languages, best_match(wanted)) if wanted else base.primary
        return home_path(scope.account_id, base.slug, language)

    limited = _limited(request, address, at, LOOKS)
    if limited is not None:
        return limited
    path = await engine.read(read)
    if path is None:
        return _nowhere(request)
    return RedirectResponse(path, 302, headers={"vary": "accept-language", "cache-control": "no-cache"})


@router.api_route("/help/{account}/{slug}/sitemap.xml", methods=READING)
async def show_sitemap(
    account: str, slug: str, request: Request, engine: Storage, at: Now, address: Address
) -> Response:
    """Every page of a base in every language."""

    def read(reader: Reader) -> str | None:
        try:
            scope, base = _open(reader, account, slug)
        except NotFound:
            return None
        return pages.sitemap(_origin(request), _all_pages(reader, scope, base))

    limited = _limited(request, address, at, LOOKS)
    if limited is not None:
        return limited
    found = await engine.read(read)
    return _nowhere(request) if found is None else _text(request, found, "application/xml")


def _all_pages(
    reader: Reader, scope: AccountScope, base: Base
) -> list[tuple[str, dict[str, str], int | None]]:
    homes = {each: home_path(scope.account_id, base.slug, each) for each in base.languages}
    found: list[tuple[str, dict[str, str], int | None]] = [(each, homes, None) for each in base.languages]
    for language in base.languages:
        visit = readers.visit_of_base(base, language)
        for topic in readers.every_topic(readers.topics(reader, scope, visit)):
            path = rules.topic_path(scope.account_id, base.slug, language, topic.category.slug)
            found.append((language, {language: path}, None))
        cards = [
            card
            for card in readers.all_pages(reader, scope, visit, MOST_IN_SITEMAP)
            if card.language == language
        ]
        slugs = knowledge.slugs_of(reader, scope, [card.article_id for card in cards])
        for card in cards:
            paths = {
                each: article_path(scope.account_id, base.slug, each, slugs[card.article_id][each])
                for each in base.languages
                if each in slugs[card.article_id]
            }
            found.append((language, paths, card.published_at))
    return found


@router.api_route("/help/{account}/{slug}/{language}", methods=READING)
async def show_without_slash(account: str, slug: str, language: str) -> Response:
    """The first page has a slash at its end, so that what is below it can be named from there."""
    path = "/".join(quote(each, safe="") for each in (account, slug, language))
    return RedirectResponse(f"/help/{path}/", 308)


@router.api_route("/help/{account}/{slug}/{language}/feed.xml", methods=READING)
async def show_feed(
    account: str, slug: str, language: str, request: Request, engine: Storage, at: Now, address: Address
) -> Response:
    """The last published articles, for feed readers."""

    def read(reader: Reader) -> str | None:
        try:
            here = _here(reader, request, account, slug, language)
        except NotFound:
            return None
        return pages.feed(here.site, readers.newest(reader, here.scope, here.visit, IN_FEED))

    limited = _limited(request, address, at, LOOKS)
    if limited is not None:
        return limited
    found = await engine.read(read)
    return _nowhere(request) if found is None else _text(request, found, "application/atom+xml")


# Pages.


@router.api_route("/help/{account}/{slug}/{language}/", methods=READING)
async def show_front(
    account: str, slug: str, language: str, request: Request, engine: Storage, at: Now, address: Address
) -> Response:
    """The first page: topics, and what is recommended."""
    return await _show(
        request,
        engine,
        at,
        address,
        (account, slug, language),
        lambda reader, here: pages.front_page(here.site, readers.front(reader, here.scope, here.visit)),
    )


@router.api_route("/help/{account}/{slug}/{language}/c/{category}", methods=READING)
async def show_category(
    account: str,
    slug: str,
    language: str,
    category: str,
    request: Request,
    engine: Storage,
    at: Now,
    address: Address,
    after: str | None = None,
) -> Response:
    """A category with its articles, and the first ones of each category below it."""

    def read(reader: Reader, here: _Here) -> Rendered:
        topic = readers.topic_of_slug(reader, here.scope, here.visit, category)
        try:
            page = readers.topic_page(reader, here.scope, here.visit, topic.category.id, ON_A_PAGE, after)
        except Invalid:
            raise NotFound from None
        below = readers.first_of_each(reader, here.scope, here.visit, topic.children, BELOW)
        return pages.topic_page(here.site, page, below)

    return await _show(request, engine, at, address, (account, slug, language), read)


@router.api_route("/help/{account}/{slug}/{language}/a/{article}", methods=READING)
async def show_article(
    account: str,
    slug: str,
    language: str,
    article: str,
    request: Request,
    engine: Storage,
    later: BackgroundTasks,
    at: Now,
    address: Address,
    q: str = "",
    voted: str = "",
) -> Response:
    """An article. A former address of it leads to the new one; `q`: the search that found it."""
    opened: list[tuple[_Here, Published]] = []

    def read(reader: Reader, here: _Here) -> Rendered | _Gone:
        found = _article(reader, here, article)
        card = found.reading.card
        if card.slug != article:
            return _Gone(here.site.article(card))
        opened.append((here, card))
        related = readers.related(reader, here.scope, here.visit, card)
        answer = cast("Literal['yes', 'no']", voted) if voted in {"yes", "no"} else None
        return pages.article_page(here.site, found, related, answer)

    shown = await _show(request, engine, at, address, (account, slug, language), read)
    if opened and not voted and _is_read(request):
        here, card = opened[-1]
        later.add_task(
            _count_view, request, engine, at, address, here, card, rules.term(q[: rules.LONGEST_SEARCH])
        )
        shown.background = later
    return shown


@router.post("/help/{account}/{slug}/{language}/a/{article}/vote")
async def post_vote(
    account: str,
    slug: str,
    language: str,
    article: str,
    request: Request,
    engine: Storage,
    at: Now,
    address: Address,
    key: LinkKey,
) -> Response:
    """Whether the article helped, from the form below it. A network and browser count once, and may change it."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise ForeignOrigin
    limited = _limited(request, address, at, VOTES)
    if limited is not None:
        return limited
    given = await _given(request)

    def vote(unit: UnitOfWork) -> str | None:
        try:
            here = _here(unit, request, account, slug, language)
            found = readers.at_address(unit, here.scope, here.visit, article)
            card = readers.card(unit, here.scope, here.visit, found)
        except NotFound:
            return None
        path = here.site.article(card)
        if given not in {"yes", "no"}:
            return f"{path}#vote"
        agent = request.headers.get("user-agent", "")
        voter = rules.reader_key(key, here.scope.account_id, card.article_id, address, agent)
        actions.vote_as_reader(
            unit,
            here.scope,
            here.visit.base.id,
            card.article_id,
            card.language,
            voter,
            helpful=given == "yes",
        )
        return f"{path}?voted={given}#vote"

    path = await engine.write(vote)
    return _nowhere(request) if path is None else RedirectResponse(path, 303)


@router.api_route("/help/{account}/{slug}/{language}/search", methods=READING)
async def show_search(
    account: str,
    slug: str,
    language: str,
    request: Request,
    engine: Storage,
    later: BackgroundTasks,
    at: Now,
    address: Address,
    q: str = "",
    after: str | None = None,
) -> Response:
    """What words find, or where to write them."""
    words = " ".join(q.split())[: rules.LONGEST_SEARCH]
    limited = _limited(request, address, at, LOOKS)
    if limited is not None:
        return limited
    vector = await question_vector(request, words, address, at)
    sought: list[Sought] = []

    def read(reader: Reader, here: _Here) -> Rendered:
        found: Found | None = None
        if words:
            try:
                found = readers.search(reader, here.scope, here.visit, words, HITS, after, vector)
            except Invalid:
                raise NotFound from None
            if after is None:
                term = rules.term(words)
                base_id = here.visit.base.id
                who = _reader(request, address)
                sought.append(
                    Sought(who, here.scope, base_id, here.visit.language, term, not found.total, at)
                )
        has_hits = found is not None and bool(found.hits)
        return pages.search_page(
            here.site,
            words,
            found,
            _names(reader, here) if has_hits else {},
            () if has_hits else readers.viewed(reader, here.scope, here.visit),
        )

    shown = await _shown(request, engine, (account, slug, language), read)
    if sought and sought[-1].term and _is_read(request):
        later.add_task(counting.count_searches, request, engine, sought[-1:], at)
        shown.background = later
    return shown


@router.api_route("/help/{rest:path}", methods=READING)
async def show_nothing(request: Request) -> Response:
    """Whatever else somebody asks for."""
    return _nowhere(request)


def _names(reader: Reader, here: _Here) -> dict[int, str]:
    """Names of categories by id."""
    topics = readers.topics(reader, here.scope, here.visit)
    return {topic.category.id: topic.name for topic in readers.every_topic(topics)}


# Where a request leads.


def _open(reader: Reader, account: str, slug: str) -> tuple[AccountScope, Base]:
    if not (account.isascii() and account.isdigit() and len(account) < 16):
        raise NotFound
    scope = accounts.open_account(reader, int(account))
    return scope, readers.open_base(reader, scope, slug)


def _here(reader: Reader, request: Request, account: str, slug: str, language: str) -> _Here:
    """`NotFound` unless there is an open help centre in this language."""
    scope, base = _open(reader, account, slug)
    visit = readers.visit_of_base(base, language)
    logo = files.brand_path(scope, base.logo_id) if base.logo_id else ""
    return _Here(scope, visit, Site(_origin(request), scope.account_id, base, language, logo))


def _article(reader: Reader, here: _Here, slug: str) -> Article:
    article_id = readers.at_address(reader, here.scope, here.visit, slug)
    account_id = here.scope.account_id
    return readers.article(
        reader,
        here.scope,
        here.visit,
        article_id,
        lambda file_id, _: rules.image_path(account_id, file_id),
    )


def _origin(request: Request) -> str:
    return request.app.state.settings.origin


async def _given(request: Request) -> str:
    try:
        fields = parse_qs((await request.body()).decode(), max_num_fields=10)
    except ValueError:
        return ""
    return fields.get("helpful", [""])[0]


# Counting.


def _is_read(request: Request) -> bool:
    """Whether a person is likely to look at the page now."""
    headers = request.headers
    fetched_ahead = "prefetch" in headers.get("sec-purpose", "") + headers.get("purpose", "")
    return request.method == "GET" and not fetched_ahead and not rules.is_robot(headers.get("user-agent", ""))


def _reader(request: Request, address: str) -> tuple[str, str]:
    """Who reads, as far as this process needs to tell readers apart for a while."""
    return address, request.headers.get("user-agent", "")[:400]


async def _count_view(
    request: Request, engine: Engine, at: int, address: str, here: _Here, card: Published, term: str
) -> None:
    who = _reader(request, address)
    base_id = here.visit.base.id
    is_view = counting.is_first(request, counting.VIEW, (who, card.article_id), at)
    is_click = bool(term) and counting.is_first(request, counting.CLICK, (who, base_id, term), at)

    def count(unit: UnitOfWork) -> None:
        if is_view:
            actions.count_view(unit, here.scope, base_id, card.article_id, card.language, Source.HELP_CENTER)
        if is_click:
            actions.count_click(unit, here.scope, base_id, here.visit.language, term)

    if is_view or is_click:
        await engine.write(count)


# Answers.


async def _show(
    request: Request,
    engine: Engine,
    at: int,
    address: str,
    place: tuple[str, str, str],
    read: _Read,
) -> Response:
    """The page that `read` gives for an account, a base and a language; what is not there says so, in its language."""
    limited = _limited(request, address, at, LOOKS)
    return await _shown(request, engine, place, read) if limited is None else limited


async def _shown(request: Request, engine: Engine, place: tuple[str, str, str], read: _Read) -> Response:
    def look(reader: Reader) -> tuple[Rendered | _Gone, int]:
        try:
            here = _here(reader, request, *place)
        except NotFound:
            return pages.plain_page(_wanted(request), "missing"), 404
        try:
            return read(reader, here), 200
        except NotFound:
            popular = readers.viewed(reader, here.scope, here.visit)
            return pages.missing_page(here.site, popular), 404

    found, status = await engine.read(look)
    if isinstance(found, _Gone):
        return RedirectResponse(found.path, 301, headers={"cache-control": "no-cache"})
    return _page(request, found, status)


def _limited(request: Request, address: str, at: int, limit: Limit) -> Response | None:
    try:
        limiter(request, limit).take(address, at)
    except TooMany as refusal:
        page = _page(request, pages.plain_page(_wanted(request), "limit"), 429)
        page.headers["retry-after"] = str(-(-refusal.retry_after_ms // 1_000))
        return page
    return None


def _nowhere(request: Request) -> Response:
    return _page(request, pages.plain_page(_wanted(request), "missing"), 404)


def _wanted(request: Request) -> str:
    return best_match(request.headers.get("accept-language", ""))


def _page(request: Request, page: Rendered, status: int) -> Response:
    answer = _text(request, page.html, "text/html", status)
    answer.headers["content-security-policy"] = page.policy
    # So that the form below an article says where it comes from, and nobody else hears of it.
    answer.headers["referrer-policy"] = "same-origin"
    return answer


def _text(request: Request, text: str, media_type: str, status: int = 200) -> Response:
    """Kept by browsers and asked for anew each time: what is not published any more is gone at once.

    Compressed where the browser takes that; nothing secret is in it, which sizes could tell of.
    """
    content = text.encode()
    tag = f'"{sha256(content).hexdigest()[:24]}"'
    headers = {"cache-control": "no-cache", "vary": "accept-encoding", "etag": tag}
    if status == 200 and tag in request.headers.get("if-none-match", "").replace("W/", "").split(", "):
        return Response(None, 304, headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, 6, mtime=0)
        headers["content-encoding"] = "gzip"
    return Response(content, status, headers, f"{media_type}; charset=utf-8")
