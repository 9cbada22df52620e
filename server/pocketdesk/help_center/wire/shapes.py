"""The Help tab and the insights as JSON: what routes take and what they give."""

from typing import Annotated, Any, Literal

from pydantic import Field

from pocketdesk.accounts.wire import Answer, Body, Id
from pocketdesk.help_center.model import (
    Article,
    Counts,
    Day,
    Found,
    Front,
    Hit,
    Insights,
    Read,
    Term,
    Topic,
    TopicPage,
)
from pocketdesk.help_center.rules import LONGEST_SEARCH
from pocketdesk.knowledge.model import Published

ReaderSource = Literal["chat", "agent"]
SourceWord = Literal["chat", "help_center", "agent", "api"]

# What comes in. Every route of the Help tab takes `mobile_tag` and `language` in its query.


class VoteBody(Body):
    """Whether the article helped. The last word of a visitor counts."""

    helpful: bool


class ReadBody(Body):
    """How long an article has been read since the last call, in milliseconds; more than half an hour counts as that.

    `source` is `agent` where an agent's card in the chat opened it.
    """

    ms: Annotated[int, Field(ge=0, le=86_400_000)]
    source: ReaderSource = "chat"


class ChatBody(Body):
    """Somebody went from the article to the chat."""

    source: ReaderSource = "chat"


class ClickBody(Body):
    """A result of a search was opened. `q`: the words that were sought."""

    q: Annotated[str, Field(min_length=1, max_length=LONGEST_SEARCH)]
    article_id: Id


# What goes out to readers.


class HelpNamedOut(Answer):
    """A knowledge base or category by its name."""

    id: int
    name: str


class CardOut(Answer):
    """An article in a list, in the language in which it opens. `subtitle` may be blank."""

    article_id: int
    language: str
    title: str
    subtitle: str


class RecommendedOut(Answer):
    """What others found most helpful, what is read most now, what is new; at most five each, best first."""

    rated: list[CardOut]
    viewed: list[CardOut]
    newest: list[CardOut]


class TopicOut(Answer):
    """A category that holds something for this reader; `articles` counts those of its children too."""

    id: int
    name: str
    articles: int
    children: list["TopicOut"]


class HelpFrontOut(Answer):
    """What the Help tab begins with. `language` is the one that was found; `others` are in no category."""

    base: HelpNamedOut
    language: str
    languages: list[str]
    recommended: RecommendedOut
    categories: list[TopicOut]
    others: list[CardOut]


class TopicPageOut(Answer):
    """A category, its own articles in their order, and the categories below it."""

    id: int
    name: str
    parent: HelpNamedOut | None
    articles: list[CardOut]
    after: str | None
    children: list[TopicOut]


class PieceOut(Answer):
    """A piece of a text; `hit` tells whether it is what was sought."""

    text: str
    hit: bool


class HitOut(CardOut):
    """An article that was found, with pieces of its text around what was sought."""

    snippet: list[PieceOut]


class HelpFoundOut(Answer):
    """What a search found, best first. `corrected`: the words that were sought instead."""

    total: int
    corrected: str | None
    hits: list[HitOut]
    after: str | None


class HelpArticleOut(Answer):
    """An article to read.

    `body` is its tree: each image has its path in `src`; an `article_link` leads to an article that this reader can
    open. `languages`: those in which it is published. `vote` is the visitor's own. `url`: its public page, if the
    help centre has one.
    """

    article_id: int
    language: str
    languages: list[str]
    title: str
    subtitle: str
    body: dict[str, Any]
    category: HelpNamedOut | None
    updated_at: int
    vote: bool | None
    url: str | None


# What goes out to the console.


class ReadCountsOut(Answer):
    """What happened in the range. `average_read_ms` is null where nobody's reading was measured (the Help tab does)."""

    views: int
    average_read_ms: int | None
    helpful: int
    unhelpful: int
    chats: int


class DayOut(ReadCountsOut):
    """One day, in UTC: `2026-11-25`."""

    day: str
    searches: int
    without_result: int


class ReadOut(ReadCountsOut):
    """An article, with its title; null when it is not published any more."""

    article_id: int
    title: str | None


class SourceOut(Answer):
    """Views by where the article was opened."""

    source: SourceWord
    views: int


class TermOut(Answer):
    """Words that were sought; blank stands for all that were too rare or too many to keep."""

    term: str
    searches: int
    without_result: int
    without_click: int


class SearchesOut(Answer):
    """All searches of the range."""

    searches: int
    without_result: int
    without_click: int


class InsightsOut(Answer):
    """How a knowledge base was used between two days (UTC, both included). Lists hold at most a hundred."""

    since: str
    until: str
    total: ReadCountsOut
    searches: SearchesOut
    days: list[DayOut]
    sources: list[SourceOut]
    articles: list[ReadOut]
    """Most views first."""
    ended_in_chat: list[ReadOut]
    """Most chats first."""
    least_helpful: list[ReadOut]
    """Those with most "no" first."""
    top_terms: list[TermOut]
    terms_without_result: list[TermOut]
    terms_without_click: list[TermOut]


# Encoding.


def to_front(front: Front) -> HelpFrontOut:
    """The beginning of the Help tab."""
    base, recommended = front.visit.base, front.recommended
    return HelpFrontOut(
        base=HelpNamedOut(id=base.id, name=base.name),
        language=front.visit.language,
        languages=list(base.languages),
        recommended=RecommendedOut(
            rated=_cards(recommended.rated),
            viewed=_cards(recommended.viewed),
            newest=_cards(recommended.newest),
        ),
        categories=list(map(_topic, front.topics)),
        others=_cards(front.others),
    )


def to_topic_page(page: TopicPage) -> TopicPageOut:
    """A category."""
    return TopicPageOut(
        id=page.topic.category.id,
        name=page.topic.name,
        parent=_named(page.parent),
        articles=_cards(page.articles),
        after=page.after,
        children=list(map(_topic, page.topic.children)),
    )


def to_found(found: Found) -> HelpFoundOut:
    """The results of a search."""
    return HelpFoundOut(
        total=found.total, corrected=found.corrected, hits=list(map(_hit, found.hits)), after=found.after
    )


def to_article(
    article: Article, body: dict[str, Any], *, vote: bool | None, url: str | None
) -> HelpArticleOut:
    """An article. `body` is its tree with paths in it."""
    reading = article.reading
    card = reading.card
    return HelpArticleOut(
        article_id=card.article_id,
        language=card.language,
        languages=list(reading.slugs),
        title=card.title,
        subtitle=card.subtitle,
        body=body,
        category=_named(article.trail[-1] if article.trail else None),
        updated_at=card.published_at,
        vote=vote,
        url=url,
    )


def to_insights(insights: Insights) -> InsightsOut:
    """How a base was used."""
    searches = insights.searches
    return InsightsOut(
        since=insights.since.isoformat(),
        until=insights.until.isoformat(),
        total=ReadCountsOut(**_counts(insights.total)),
        searches=SearchesOut(
            searches=searches.searches,
            without_result=searches.without_result,
            without_click=searches.without_click,
        ),
        days=list(map(_day, insights.days)),
        sources=[SourceOut(source=source.value, views=views) for source, views in insights.sources.items()],
        articles=list(map(_read, insights.read_most)),
        ended_in_chat=list(map(_read, insights.ended_in_chat)),
        least_helpful=list(map(_read, insights.least_helpful)),
        top_terms=list(map(_term, insights.top_terms)),
        terms_without_result=list(map(_term, insights.without_result)),
        terms_without_click=list(map(_term, insights.without_click)),
    )


def _cards(cards: tuple[Published, ...]) -> list[CardOut]:
    return [CardOut(**_card(card)) for card in cards]


def _card(card: Published) -> dict[str, Any]:
    return {
        "article_id": card.article_id,
        "language": card.language,
        "title": card.title,
        "subtitle": card.subtitle,
    }


def _topic(topic: Topic) -> TopicOut:
    return TopicOut(
        id=topic.category.id,
        name=topic.name,
        articles=topic.articles,
        children=list(map(_topic, topic.children)),
    )


def _named(topic: Topic | None) -> HelpNamedOut | None:
    return HelpNamedOut(id=topic.category.id, name=topic.name) if topic else None


def _hit(hit: Hit) -> HitOut:
    snippet = [PieceOut(text=text, hit=is_hit) for text, is_hit in hit.snippet]
    return HitOut(**_card(hit.card), snippet=snippet)


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "views": counts.views,
        "average_read_ms": counts.average_read_ms,
        "helpful": counts.helpful,
        "unhelpful": counts.unhelpful,
        "chats": counts.chats,
    }


def _day(day: Day) -> DayOut:
    return DayOut(
        **_counts(day.counts),
        day=day.day.isoformat(),
        searches=day.searches,
        without_result=day.without_result,
    )


def _read(read: Read) -> ReadOut:
    return ReadOut(**_counts(read.counts), article_id=read.article_id, title=read.title)


def _term(term: Term) -> TermOut:
    return TermOut(
        term=term.term,
        searches=term.searches,
        without_result=term.without_result,
        without_click=term.without_click,
    )
