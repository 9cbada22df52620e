"""The public pages. Templates escape whatever they are given; only trees of articles bring HTML of their own."""

import html
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

from babel.dates import format_date
from minijinja import Environment, Markup, load_from_path

from pocketdesk.accounts.rules.words import initials_of
from pocketdesk.help_center import rules, texts
from pocketdesk.help_center.model import Article, Found, Front, Recommended, Topic, TopicPage
from pocketdesk.inboxes.rules import accent_text
from pocketdesk.kernel.moments import to_datetime, to_iso
from pocketdesk.knowledge.content import headings, to_html
from pocketdesk.knowledge.model import Base, Published
from pocketdesk.knowledge.rules import article_path, home_path

_FOLDER = Path(__file__).parent.parent / "templates"


def _escaped(value: object) -> object:
    """Text as HTML and XML take it. The engine's own way makes five characters of every slash of an address."""
    match value:
        case Markup():
            return value
        case str(text):
            return Markup(html.escape(text))
        case None:
            return ""
        case _:
            return value


_TEMPLATES = Environment(loader=load_from_path(str(_FOLDER)), finalizer=_escaped, debug=False)
LEAST_CONTENTS = 3
"""Fewer headings need no table of contents."""
LONGEST_DESCRIPTION = 200


@dataclass(frozen=True, slots=True)
class Site:
    """A base's help centre in a language: what all of its pages need. `origin`: how the world calls this server."""

    origin: str
    account_id: int
    base: Base
    language: str
    logo: str = ""
    """Path of the base's picture, if it has one."""

    @property
    def home(self) -> str:
        """Path of the first page."""
        return self.home_in(self.language)

    def home_in(self, language: str) -> str:
        """The same in another language."""
        return home_path(self.account_id, self.base.slug, language)

    def topic(self, topic: Topic) -> str:
        """Path of a category."""
        return rules.topic_path(self.account_id, self.base.slug, self.language, topic.category.slug)

    def article(self, card: Published) -> str:
        """Path of an article; in the language of the site, whatever it is written in."""
        return article_path(self.account_id, self.base.slug, self.language, card.slug)

    def search(self, **query: str) -> str:
        """Path of a search."""
        return f"{self.home}search" + (f"?{urlencode(query)}" if query else "")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page, and the Content-Security-Policy that lets in what it has and nothing else."""

    html: str
    policy: str


# Pages.


def front_page(site: Site, front: Front) -> Rendered:
    """The first page."""
    words, base = texts.of(site.language), site.base
    page = _page(
        site,
        title=base.name,
        description=", ".join(topic.name for topic in front.topics),
        paths={language: site.home_in(language) for language in base.languages},
        structured=[
            {
                "@type": "WebSite",
                "name": base.name,
                "url": site.origin + site.home,
                "inLanguage": site.language,
                "potentialAction": {
                    "@type": "SearchAction",
                    "target": site.origin + site.search() + "?q={search_term_string}",
                    "query-input": "required name=search_term_string",
                },
            }
        ],
    )
    recommended = [
        {"id": name, "name": words[name], "cards": _cards(site, cards)}
        for name, cards in _lists(front.recommended)
        if cards
    ]
    shown = {
        "topics": [_topic(site, topic) for topic in front.topics],
        "others": _cards(site, front.others),
        "recommended": recommended,
    }
    return _render("front.html", site, {**page, "plain_top": True}, front=shown)


def topic_page(site: Site, found: TopicPage, below: Mapping[int, Sequence[Published]]) -> Rendered:
    """A category. `below`: the first articles of each category below it."""
    topic, parent = found.topic, found.parent
    trail = [_home(site), *([_step(site, parent)] if parent else [])]
    titles = [card.title for card in found.articles] or [child.name for child in topic.children]
    page = _page(
        site,
        title=f"{topic.name} · {site.base.name}",
        heading=topic.name,
        description=", ".join(titles),
        paths={
            language: rules.topic_path(site.account_id, site.base.slug, language, topic.category.slug)
            for language in site.base.languages
        },
        structured=[_trail_json(site, [*trail, _step(site, topic)])],
        trail=trail,
    )
    shown = {
        **_topic(site, topic),
        "cards": _cards(site, found.articles),
        "next": f"{site.topic(topic)}?{urlencode({'after': found.after})}" if found.after else None,
        "children": [
            {**_topic(site, child), "cards": _cards(site, below.get(child.category.id, ()))}
            for child in topic.children
        ],
    }
    return _render("topic.html", site, page, topic=shown)


def article_page(
    site: Site, found: Article, related: Sequence[Published], voted: Literal["yes", "no"] | None = None
) -> Rendered:
    """An article, or the thanks for a vote on it."""
    reading = found.reading
    card = reading.card
    foreign = card.language != site.language
    trail = [_home(site), *(_step(site, topic) for topic in found.trail)]
    paths = {
        language: article_path(site.account_id, site.base.slug, language, slug)
        for language, slug in reading.slugs.items()
    }
    image = next(iter(found.images.values()), None)
    page = _page(
        site,
        title=f"{card.title} · {site.base.name}",
        heading=card.title,
        description=card.subtitle or reading.plain_text,
        paths=paths,
        own=card.language,
        kind="article",
        image=site.origin + image if image else None,
        trail=trail,
        structured=[
            {
                "@type": "Article",
                "headline": card.title,
                "description": _shortened(card.subtitle or reading.plain_text),
                "inLanguage": card.language,
                "datePublished": to_iso(card.first_published_at),
                "dateModified": to_iso(card.published_at),
                "mainEntityOfPage": site.origin + paths[card.language],
                "publisher": {"@type": "Organization", "name": site.base.name},
            },
            _trail_json(site, trail),
        ],
    )
    sections = headings(reading.body)
    words = texts.of(site.language)
    updated = format_date(to_datetime(card.published_at), "long", locale=texts.locale(site.language))
    shown = {
        "title": card.title,
        "subtitle": card.subtitle,
        "language": card.language,
        "direction": texts.direction(card.language),
        "foreign": foreign,
        "updated": words["updated"].replace("{date}", updated),
        "updated_iso": to_iso(card.published_at),
        "contents": [
            {"level": section.level, "id": section.anchor, "text": section.title} for section in sections
        ]
        if len(sections) >= LEAST_CONTENTS
        else [],
        "html": to_html(
            reading.body,
            lambda article_id: site.article(found.links[article_id]) if article_id in found.links else None,
            found.images.get,
        ),
        "vote": f"{site.article(card)}/vote",
        "voted": voted,
        "related": _cards(site, related),
    }
    return _render("article.html", site, page, article=shown)


def search_page(
    site: Site,
    words_sought: str,
    found: Found | None,
    topics: Mapping[int, str],
    popular: Sequence[Published],
) -> Rendered:
    """The results of a search, or the page that asks for one. `topics`: names of categories by id."""
    words = texts.of(site.language)
    heading = words["search.label"]
    shown: dict[str, Any] = {"hits": [], "popular": _cards(site, popular)}
    if found is not None:
        sought = {"words": found.words, "corrected": found.corrected or ""}
        heading = _filled(words["search.for" if found.hits else "search.none"], sought)
        shown |= {
            "heading": heading,
            "corrected": _filled(words["search.corrected"], sought) if found.corrected else None,
            "count": texts.articles(site.language, found.total),
            "hits": [
                {
                    **_card(site, hit.card, q=found.words),
                    "topic": topics.get(hit.card.category_id or 0),
                    "snippet": [{"text": text, "hit": is_hit} for text, is_hit in hit.snippet],
                }
                for hit in found.hits
            ],
            "next": site.search(q=found.words, after=found.after) if found.after else None,
        }
    page = _page(site, title=f"{heading} · {site.base.name}", sought=words_sought)
    return _render("search.html", site, page, found=shown)


def missing_page(site: Site, popular: Sequence[Published]) -> Rendered:
    """What stands where a page is not, or not any more."""
    words = texts.of(site.language)
    page = _page(site, title=f"{words['missing.title']} · {site.base.name}")
    shown = {
        "title": words["missing.title"],
        "text": words["missing.text"],
        "popular": _cards(site, popular),
    }
    return _render("missing.html", site, page, missing=shown)


def plain_page(language: str, reason: Literal["missing", "limit"]) -> Rendered:
    """A page of no base: there is none, or its reader asked too often."""
    words = texts.of(language)
    page = _frame(language, title=words[f"{reason}.title"])
    shown = {"title": words[f"{reason}.title"], "text": words[f"{reason}.text"], "popular": ()}
    return _render("missing.html", None, page, missing=shown)


# Feeds.


def sitemap(origin: str, pages: Sequence[tuple[str, Mapping[str, str], int | None]]) -> str:
    """A sitemap; for each page the language it is in, its path in each language, and when it changed last."""
    shown = [
        {
            "url": origin + paths[language],
            "others": [{"language": other, "url": origin + path} for other, path in paths.items()]
            if len(paths) > 1
            else (),
            "changed_at": None if changed_at is None else to_iso(changed_at),
        }
        for language, paths, changed_at in pages
    ]
    return _TEMPLATES.render_template("sitemap.xml", pages=shown)


def feed(site: Site, cards: Sequence[Published]) -> str:
    """An Atom feed of a base's articles, in their order."""
    entries = [
        {
            **_card(site, card),
            "url": site.origin + site.article(card),
            "published_at": to_iso(card.first_published_at),
            "changed_at": to_iso(card.published_at),
        }
        for card in cards
    ]
    return _TEMPLATES.render_template(
        "feed.xml",
        language=site.language,
        name=site.base.name,
        home=site.origin + site.home,
        changed_at=to_iso(max((card.published_at for card in cards), default=0)),
        entries=entries,
    )


# Parts.


def _render(template: str, site: Site | None, page: Mapping[str, Any], **more: Any) -> Rendered:
    base = site.base if site else None
    accent = base.accent if base else "#0b665c"
    style = _style(accent)
    light, dark = rules.colors(accent)
    page_html = _TEMPLATES.render_template(
        template,
        page=page,
        site=_site(site),
        words=texts.of(page["language"]),
        colors={"light": {"soft": light.soft}, "dark": {"soft": dark.soft}},
        style=style,
        **more,
    )
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'self'"
    )
    return Rendered(page_html, policy)


@cache
def _css() -> str:
    """The style sheet without its comments and line breaks."""
    css = (_FOLDER / "site.css").read_text(encoding="utf-8")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "", re.sub(r"\s*([{};,])\s+", r"\1", css)).strip()


@cache
def _style(accent: str) -> str:
    light, dark = rules.colors(accent)
    return (
        f":root{{--accent:{accent};--on-accent:{accent_text(accent)};--link:{light.link};--soft:{light.soft}}}"
        f"@media (prefers-color-scheme:dark){{:root{{--link:{dark.link};--soft:{dark.soft}}}}}{_css()}"
    )


def _site(site: Site | None) -> dict[str, Any]:
    if site is None:
        return {"name": "", "home": "", "search": "", "feed": "", "logo": ""}
    base = site.base
    return {
        "name": base.name,
        "initial": initials_of(base.name)[:1],
        "logo": site.logo,
        "home": site.home,
        "search": site.search(),
        "feed": f"{site.home}feed.xml",
    }


def _frame(language: str, **more: Any) -> dict[str, Any]:
    """What every page has."""
    return {
        "language": language,
        "language_name": texts.name(language),
        "direction": texts.direction(language),
        "locale": str(texts.locale(language)),
        "kind": "website",
        "tongues": (),
        "canonical": None,
        "sought": "",
        **more,
    }


def _page(
    site: Site,
    *,
    title: str,
    heading: str = "",
    description: str = "",
    paths: Mapping[str, str] | None = None,
    own: str = "",
    structured: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> dict[str, Any]:
    """A page of a site. `paths`: where it is found, by language; `own`: the language of what stands there.

    Without paths search engines are asked not to keep it.
    """
    own = own or site.language
    found = paths or {}
    tongues = [
        {
            "language": language,
            "name": texts.name(language),
            "direction": texts.direction(language),
            "href": _elsewhere(site, found, language),
        }
        for language in site.base.languages
    ]
    alternates = [{"language": each, "url": site.origin + path} for each, path in found.items()]
    if site.base.primary in found:
        alternates.append({"language": "x-default", "url": site.origin + found[site.base.primary]})
    return _frame(
        site.language,
        title=title,
        heading=heading or title,
        description=_shortened(description),
        canonical=site.origin + found[own] if found else None,
        alternates=alternates if len(found) > 1 else (),
        tongues=tongues,
        structured=_json({"@context": "https://schema.org", "@graph": list(structured)}),
        **more,
    )


def _elsewhere(site: Site, paths: Mapping[str, str], language: str) -> str:
    """Where the language switch leads: the same page, one that falls back to the first language, or the start."""
    if language in paths:
        return paths[language]
    primary = site.base.primary
    if primary in paths:
        return paths[primary].replace(site.home_in(primary), site.home_in(language), 1)
    return site.home_in(language)


def _lists(recommended: Recommended) -> tuple[tuple[str, tuple[Published, ...]], ...]:
    return (
        ("viewed", recommended.viewed),
        ("rated", recommended.rated),
        ("newest", recommended.newest),
    )


def _topic(site: Site, topic: Topic) -> dict[str, Any]:
    return {
        "name": topic.name,
        "href": site.topic(topic),
        "count": texts.articles(site.language, topic.articles),
        "children": [child.name for child in topic.children],
    }


def _cards(site: Site, cards: Sequence[Published]) -> list[dict[str, Any]]:
    return [_card(site, card) for card in cards]


def _card(site: Site, card: Published, q: str = "") -> dict[str, Any]:
    return {
        "href": site.article(card) + (f"?q={quote(q, safe='')}" if q else ""),
        "title": card.title,
        "subtitle": card.subtitle,
        "language": card.language,
        "foreign": card.language != site.language,
    }


def _home(site: Site) -> dict[str, str]:
    return {"name": texts.of(site.language)["home"], "href": site.home}


def _step(site: Site, topic: Topic) -> dict[str, str]:
    return {"name": topic.name, "href": site.topic(topic)}


def _trail_json(site: Site, trail: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": step["name"], "item": site.origin + step["href"]}
            for place, step in enumerate(trail, 1)
        ],
    }


def _json(value: object) -> str:
    """JSON for a script element, which only `<` could end."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled, in one go: values may look like placeholders."""
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], text)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return text[: LONGEST_DESCRIPTION - 1].rpartition(" ")[0].rstrip(" ,.;:") + "…"
