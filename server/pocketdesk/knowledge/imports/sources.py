"""What stands in an import's file: pages in Markdown or HTML, or what Zendesk and Intercom give out as JSON.

Nothing is unpacked to the disk, and nothing is read further than the limits, whatever an archive promises.
"""

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, cast
from urllib.parse import unquote, urlsplit
from zipfile import BadZipFile, ZipFile, ZipInfo, is_zipfile

import yaml

from pocketdesk.kernel.refusal import Invalid
from pocketdesk.knowledge.content import Head, head_of
from pocketdesk.knowledge.imports.model import Form, Kind, Page, Parcel, Problem

MOST_ENTRIES = 20_000
MOST_PAGES = 5_000
MOST_TEXT_BYTES = 128 << 20
LARGEST_TEXT_BYTES = 64 << 20
LARGEST_PAGE_BYTES = 4 << 20
LARGEST_PICTURE_BYTES = 20 << 20

_PAGES = {
    Kind.MARKDOWN: {".md": Form.MARKDOWN, ".markdown": Form.MARKDOWN},
    Kind.HTML: {".html": Form.HTML, ".htm": Form.HTML},
}
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"})

Json: TypeAlias = dict[str, Any]


class Unreadable(Exception):
    """The file is not what it should be; the message says why."""


def read(path: Path, name: str, kind: Kind) -> Parcel:
    """What is in the file at `path`, which somebody has called `name`. `Unreadable` if nothing can be made of it."""
    folder = _Zip(path) if is_zipfile(path) else _Single(path, name)
    with closing(folder):
        if kind in _PAGES:
            pages, problems = _pages_of(folder, _PAGES[kind])
            places = {each.place: each.key for each in pages}
            parcel = Parcel(
                pages, problems, _Pictures(path), lambda page, href: _linked(places, page.place, href)
            )
        else:
            pages, problems = (_zendesk if kind is Kind.ZENDESK else _intercom)(_documents(folder))
            keys = {each.key for each in pages}
            parcel = Parcel(pages, problems, _no_picture, lambda _page, href: _numbered(keys, href))
    if not pages and not problems:
        raise Unreadable(f"there is no {_WANTED[kind]} in the file")
    if len(pages) > MOST_PAGES:
        raise Unreadable(f"more than {MOST_PAGES} articles")
    return parcel


_WANTED = {
    Kind.MARKDOWN: "Markdown page",
    Kind.HTML: "HTML page",
    Kind.ZENDESK: "article of a Zendesk export",
    Kind.INTERCOM: "article of an Intercom export",
}


# Files and archives.


class _Single:
    """One file as a folder of one."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self.names = [posixpath.basename(name.replace("\\", "/")) or "file"]
        self.problems: list[Problem] = []

    def text(self, name: str, most: int) -> bytes | None:
        with self._path.open("rb") as file:
            return _bounded(file.read(most + 1), most, name, self.problems)

    def close(self) -> None:
        """Nothing is open."""


class _Zip:
    """An archive as a folder. Entries that would lead out of it, or that are locked, are left out."""

    def __init__(self, path: Path) -> None:
        self.problems: list[Problem] = []
        self._left = MOST_TEXT_BYTES
        try:
            self._zip = ZipFile(path)
        except (BadZipFile, OSError, ValueError) as wrong:
            raise Unreadable("the zip file is damaged") from wrong
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES:
            self.close()
            raise Unreadable(f"more than {MOST_ENTRIES} files in the archive")
        self._entries: dict[str, ZipInfo] = {}
        for entry in entries:
            place = _inside(entry.filename)
            if place is None:
                self.problems.append(Problem(entry.filename[:200], "its path leads out of the archive"))
            elif entry.flag_bits & 1:
                self.problems.append(Problem(place, "it is locked with a password"))
            elif not entry.is_dir() and not _is_hidden(place):
                self._entries[place] = entry
        self.names = list(self._entries)

    def text(self, name: str, most: int) -> bytes | None:
        most = min(most, self._left)
        found = _unpacked(self._zip, self._entries[name], most)
        if found is None:
            self.problems.append(Problem(name, "it is damaged"))
            return None
        self._left -= len(found)
        return _bounded(found, most, name, self.problems)

    def close(self) -> None:
        self._zip.close()


class _Pictures:
    """Images in an archive, one at a time, so that they need no room together."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, place: str) -> bytes | None:
        if posixpath.splitext(place)[1].lower() not in _PICTURES or not is_zipfile(self._path):
            return None
        with ZipFile(self._path) as archive:
            for entry in archive.infolist():
                if _inside(entry.filename) == place and not entry.flag_bits & 1:
                    found = _unpacked(archive, entry, LARGEST_PICTURE_BYTES)
                    return found if found is not None and len(found) <= LARGEST_PICTURE_BYTES else None
        return None


def _no_picture(_place: str) -> bytes | None:
    return None


def _unpacked(archive: ZipFile, entry: ZipInfo, most: int) -> bytes | None:
    """At most one byte more than `most`, however much there is; None if it is damaged."""
    try:
        with archive.open(entry) as file:
            return file.read(most + 1)
    except (BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, ArithmeticError):
        return None
    except Exception as wrong:  # zlib, lzma and bz2 each have an error of their own
        if type(wrong).__module__ in {"zlib", "_lzma", "lzma"}:
            return None
        raise


def _bounded(found: bytes, most: int, name: str, problems: list[Problem]) -> bytes | None:
    if len(found) <= most:
        return found
    problems.append(Problem(name, f"it is larger than {most >> 20} MB, or too much before it is"))
    return None


def _inside(name: str) -> str | None:
    """The path within the archive; None where it leads out of it."""
    place = posixpath.normpath(name.replace("\\", "/"))
    if (
        place.startswith(("/", "../"))
        or place in {".", ".."}
        or "\0" in name
        or re.match(r"[A-Za-z]:", place)
    ):
        return None
    return place


def _is_hidden(place: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in place.split("/"))


Folder: TypeAlias = _Single | _Zip


# Folders of pages.


def _pages_of(folder: Folder, forms: Mapping[str, Form]) -> tuple[tuple[Page, ...], tuple[Problem, ...]]:
    names = sorted(name for name in folder.names if posixpath.splitext(name)[1].lower() in forms)
    root = _root(names)
    pages: list[Page] = []
    for name in names[: MOST_PAGES + 1]:
        found = folder.text(name, LARGEST_PAGE_BYTES)
        if found is None:
            continue
        try:
            words = found.decode("utf-8-sig")
        except UnicodeDecodeError:
            folder.problems.append(Problem(name, "it is not in UTF-8; what is not was left out"))
            words = found.decode("utf-8", "ignore")
        form = forms[posixpath.splitext(name)[1].lower()]
        read_page = _markdown_page if form is Form.MARKDOWN else _html_page
        page = read_page(name, words, folder.problems)
        inner = name.removeprefix(root)
        if not page.categories:
            page = replace(page, categories=tuple(_title_of(part) for part in inner.split("/")[:-1]))
        pages.append(page)
    return tuple(pages), tuple(folder.problems)


def _root(names: Iterable[str]) -> str:
    """The folders that all pages are in: no category of theirs."""
    folders = [name.split("/")[:-1] for name in names]
    shared = posixpath.commonprefix(["/".join([*parts, ""]) if parts else "" for parts in folders])
    return shared[: shared.rfind("/") + 1]


def _markdown_page(name: str, words: str, problems: list[Problem]) -> Page:
    front, words = _front_matter(name, words.replace("\r\n", "\n"), problems)
    title = _word(front, "title")
    heading = _FIRST_HEADING.match(words)
    if heading and (not title or _same(title, heading[1])):
        title = title or _PLAIN.sub("", heading[1]).strip()
        words = words[heading.end() :]
    return _page(name, front, title, Form.MARKDOWN, words)


_FIRST_HEADING = re.compile(r"\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_PLAIN = re.compile(r"[*_`\\]")
_FENCE = re.compile(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


def _same(title: str, heading: str) -> bool:
    return title.casefold().split() == _PLAIN.sub("", heading).casefold().split()


def _front_matter(name: str, words: str, problems: list[Problem]) -> tuple[Json, str]:
    found = _FENCE.match(words)
    if not found:
        return {}, words
    try:
        front = yaml.load(found[1] or "", yaml.BaseLoader)  # noqa: S506  (BaseLoader makes words only)
    except (yaml.YAMLError, RecursionError, ValueError):
        problems.append(Problem(name, "what stands before its text is not YAML, and was left out"))
        front = None
    return cast("Json", front) if isinstance(front, dict) else {}, words[found.end() :]


def _html_page(name: str, words: str, _problems: list[Problem]) -> Page:
    try:
        head = head_of(words)
    except Invalid:
        head = Head()  # what is wrong with it is said when its body is read
    said = {each: head.meta.get(each, "") for each in ("description", "keywords")}
    title = head.heading or head.title
    front = {**said, "language": head.language}
    return _page(name, front, title, Form.HTML, _without_heading(words, title))


_HEADING = re.compile(r"<h1\b[^>]*>.*?</h1\s*>", re.DOTALL | re.IGNORECASE)


def _without_heading(words: str, title: str) -> str:
    """The page without the heading that is its title."""
    return _HEADING.sub("", words, count=1) if title else words


def _page(name: str, front: Json, title: str, form: Form, words: str) -> Page:
    stem = posixpath.splitext(name)[0]
    language = _word(front, "language", "lang", "locale")
    suffix = _LANGUAGE_SUFFIX.search(stem)
    if suffix and not language:
        language = suffix[1]
        stem = stem[: suffix.start()]
    given = _word(front, "article", "id")
    return Page(
        key=f"id:{given}" if given else f"file:{stem}",
        place=name,
        language=language,
        title=title or _title_of(posixpath.basename(stem)),
        subtitle=_word(front, "subtitle", "description", "summary", "excerpt"),
        slug=_word(front, "slug"),
        tags=_list(front, "tags", "keywords", "labels"),
        categories=_list(front, "category", "categories", separator="/"),
        for_contacts=_word(front, "access").lower() in {"contacts", "private", "internal"},
        is_published=not (
            _word(front, "draft").lower() == "true" or _word(front, "published").lower() == "false"
        ),
        form=form,
        words=words,
    )


_LANGUAGE_SUFFIX = re.compile(r"\.([a-z]{2,3}(?:[-_][A-Za-z]{2,4})?)$")


def _title_of(name: str) -> str:
    words = re.sub(r"^\d+[-_. ]+", "", name)
    words = re.sub(r"[-_]+", " ", words).strip() or name
    return words[:1].upper() + words[1:]


def _word(front: Json, *names: str) -> str:
    return next(
        (value.strip() for name in names if isinstance(value := front.get(name), str) and value.strip()), ""
    )


def _list(front: Json, *names: str, separator: str = ",") -> tuple[str, ...]:
    for name in names:
        value = front.get(name)
        if isinstance(value, str):
            value = value.split(separator)
        if isinstance(value, list):
            found = [each.strip() for each in cast("list[object]", value) if isinstance(each, str)]
            return tuple(filter(None, found))
    return ()


def place_of(start: str, href: str) -> str | None:
    """The path in the archive that an address on the page at `start` means; None for addresses elsewhere."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path:
        return None
    path = unquote(parts.path)
    return _inside(
        path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(start), path)
    )


def _linked(places: Mapping[str, str], start: str, href: str) -> str | None:
    place = place_of(start, href)
    if place is None:
        return None
    stem = posixpath.splitext(place)[0]
    endings = ("", *(end for forms in _PAGES.values() for end in forms))
    tries = [place + end for end in endings] + [stem + end for end in endings[1:]]
    tries += [f"{place}/{index}{end}" for index in ("index", "README", "_index") for end in endings[1:]]
    return next((places[each] for each in tries if each in places), None)


# Exports in JSON.


def _documents(folder: Folder) -> list[Json]:
    """The objects of all JSON files; a list alone counts as what a page of an API is."""
    documents: list[Json] = []
    for name in sorted(folder.names):
        if not name.lower().endswith((".json", ".ndjson")) and len(folder.names) > 1:
            continue
        found = folder.text(name, LARGEST_TEXT_BYTES)
        if found is None:
            raise Unreadable(folder.problems[-1].problem)
        try:
            value = json.loads(found)
        except (ValueError, RecursionError):
            raise Unreadable(f"{name} is not JSON") from None
        documents += _objects({"data": cast("list[object]", value)} if isinstance(value, list) else value)
    return documents


def _objects(*values: object) -> list[Json]:
    return [cast("Json", value) for value in values if isinstance(value, dict)]


def _all(documents: Iterable[Json], *names: str) -> Iterator[Json]:
    for document in documents:
        for name in names:
            value = document.get(name)
            if isinstance(value, list):
                yield from _objects(*cast("list[object]", value))


def _by_id(found: Iterable[Json]) -> dict[str, Json]:
    return {_id(each, "id"): each for each in found if _id(each, "id")}


def _id(found: Json, name: str) -> str:
    value = found.get(name)
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def _text(found: Json, name: str) -> str:
    value = found.get(name)
    return value.strip() if isinstance(value, str) else ""


def _zendesk(documents: list[Json]) -> tuple[tuple[Page, ...], tuple[Problem, ...]]:
    """The shapes of the Help Center API: articles, sections, categories, and translations beside or in articles."""
    articles = _by_id(_all(documents, "articles", "data"))
    sections = _by_id(_all(documents, "sections"))
    categories = _by_id(_all(documents, "categories"))
    translations: dict[str, list[Json]] = {}
    for each in _all(documents, "translations"):
        if each.get("source_type", "Article") == "Article":
            translations.setdefault(_id(each, "source_id"), []).append(each)
    pages: list[Page] = []
    for number, found in articles.items():
        section = sections.get(_id(found, "section_id"), {})
        names = _upwards(section, sections, "parent_section_id")
        outermost = (_chain(section, sections, "parent_section_id") or [section])[-1]
        top = categories.get(_id(outermost, "category_id"), {})
        path = tuple(filter(None, [_text(top, "name"), *names]))
        said = [found, *_all([found], "translations"), *translations.get(number, [])]
        seen: set[str] = set()
        for each in said:
            locale = _text(each, "locale")
            if locale in seen:
                continue
            seen.add(locale)
            pages.append(
                Page(
                    key=number,
                    place=_text(each, "title") or number,
                    language=locale,
                    title=_text(each, "title") or _text(each, "name"),
                    subtitle="",
                    slug="",
                    tags=_list(found, "label_names"),
                    categories=path,
                    for_contacts=found.get("user_segment_id") is not None,
                    is_published=each.get("draft") is not True,
                    form=Form.HTML,
                    words=_text(each, "body"),
                )
            )
    return tuple(pages), ()


def _intercom(documents: list[Json]) -> tuple[tuple[Page, ...], tuple[Problem, ...]]:
    """The shapes of the Articles API and the Help Center API: articles and collections in lists called `data`."""
    found = list(_all(documents, "data", "articles", "collections", "sections"))
    single = [each for each in documents if each.get("type") in {"article", "collection"}]
    articles = _by_id(each for each in (*found, *single) if "body" in each or each.get("type") == "article")
    collections = _by_id(each for each in (*found, *single) if each.get("type") in {"collection", "section"})
    pages: list[Page] = []
    for number, article in articles.items():
        path = _upwards(collections.get(_id(article, "parent_id"), {}), collections, "parent_id")
        default = _text(article, "default_locale") or _text(article, "locale")
        translated = article.get("translated_content")
        others = cast("Json", translated) if isinstance(translated, dict) else {}
        said = [(default, article)]
        said += [
            (locale, cast("Json", each))
            for locale, each in others.items()
            if locale != default
            and isinstance(each, dict)
            and each != article
            and _text(cast("Json", each), "title")
        ]
        if not default:
            # The default language is among the translations too: it is the one that says the same.
            same = next(
                (locale for locale, each in said[1:] if _text(each, "title") == _text(article, "title")), ""
            )
            said = [(same, article), *(each for each in said[1:] if each[0] != same)]
        pages += [
            Page(
                key=number,
                place=_text(each, "title") or number,
                language=locale,
                title=_text(each, "title"),
                subtitle=_text(each, "description"),
                slug="",
                tags=(),
                categories=path,
                for_contacts=False,
                is_published=_text(each, "state") == "published",
                form=Form.HTML,
                words=_text(each, "body"),
            )
            for locale, each in said
        ]
    return tuple(pages), ()


def _chain(start: Json, known: Mapping[str, Json], parent: str) -> list[Json]:
    chain: list[Json] = []
    each: Json | None = start or None
    while each is not None and each not in chain and len(chain) < 20:
        chain.append(each)
        each = known.get(_id(each, parent))
    return chain


def _upwards(start: Json, known: Mapping[str, Json], parent: str) -> tuple[str, ...]:
    """Names from the top down."""
    names = [_text(each, "name") for each in _chain(start, known, parent)]
    return tuple(filter(None, reversed(names)))


_ARTICLE_NUMBER = re.compile(r"/articles/(\d+)")


def _numbered(keys: set[str], href: str) -> str | None:
    found = _ARTICLE_NUMBER.search(href)
    return found[1] if found and found[1] in keys else None


def language_of(languages: tuple[str, ...], said: str) -> str | None:
    """The base's language that is meant: `de-AT` is `de` where there is no `de-at`; "" is the first. None: none."""
    if not said:
        return languages[0]
    wanted = said.replace("_", "-").lower()
    known = {each.lower(): each for each in languages}
    short = wanted.partition("-")[0]
    return (
        known.get(wanted)
        or known.get(short)
        or next((each for tag, each in known.items() if tag.partition("-")[0] == short), None)
    )
