"""What an article may say about itself, and what it needs before it is published."""

import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence

from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.refusal import Conflict, Invalid
from pocketdesk.knowledge.content import Body
from pocketdesk.knowledge.model import Standing, Writing
from pocketdesk.knowledge.rules.slugs import clean_slug

LONGEST_TITLE = 200
LONGEST_SUBTITLE = 300
MOST_TAGS = 30
LONGEST_TAG = 50
MOST_IMAGES = 200
FARTHEST_MS = 3 * 366 * DAY


class AlreadyWritten(Conflict):
    """The article is there in this language already."""

    code = "already_written"


class NotPublished(Conflict):
    """The article is not published in this language."""

    code = "not_published"


class NotScheduled(Conflict):
    """The article is not scheduled in this language."""

    code = "not_scheduled"


def clean_writing(title: str, subtitle: str, slug: str, tags: Sequence[str], body: Body) -> Writing:
    """What an author saves. Everything may be blank in a draft; a blank slug follows the title. `Invalid` by field."""
    return Writing(
        _clean_line(title, "title", LONGEST_TITLE),
        _clean_line(subtitle, "subtitle", LONGEST_SUBTITLE),
        clean_slug(slug) if slug.strip() else "",
        clean_tags(tags),
        body,
    )


def clean_tags(tags: Sequence[str], field: str = "tags") -> tuple[str, ...]:
    """Tags, each once without regard to case."""
    if len(tags) > MOST_TAGS:
        raise Invalid({field: f"at most {MOST_TAGS} tags"})
    cleaned: dict[str, str] = {}
    for place, tag in enumerate(tags):
        name = clean_name(tag, f"{field}.{place}", longest=LONGEST_TAG)
        cleaned.setdefault(name.casefold(), name)
    return tuple(cleaned.values())


def title_key(title: str) -> str:
    """What titles are searched by in lists: without case, spaces single."""
    return " ".join(unicodedata.normalize("NFC", title).casefold().split())


def check_complete(writing: Writing) -> None:
    """`Invalid` at each field without which nobody would read it."""
    wrong: dict[str, str] = {}
    if not writing.title:
        wrong["title"] = "must not be empty"
    if not writing.body.blocks:
        wrong["body"] = "must not be empty"
    if wrong:
        raise Invalid(wrong)


def check_schedule(at: int, now: int) -> None:
    """`Invalid` at `at` unless it is later than now, within three years (UTC milliseconds)."""
    if at <= now:
        raise Invalid({"at": "must be later than now"})
    if at > now + FARTHEST_MS:
        raise Invalid({"at": "at most three years from now"})


def is_for_readers(standings: Iterable[Standing]) -> bool:
    """Whether readers get something of an article, now or by itself later."""
    return any(each.published_version is not None or each.scheduled_at is not None for each in standings)


def wanting(
    languages: Sequence[str], published_at: Mapping[str, int]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of an article's times of publication by language: the base's languages that are missing, and those published
    before the first language was.
    """
    original = published_at.get(languages[0])
    missing = tuple(each for each in languages if each not in published_at)
    if original is None:
        return missing, ()
    return missing, tuple(each for each in languages[1:] if published_at.get(each, original) < original)


def check_images(image_ids: Sequence[int], known: Container[int]) -> None:
    """`Invalid` at `body` for too many images, or one that is no image for articles of this account."""
    if len(image_ids) > MOST_IMAGES:
        raise Invalid({"body": f"at most {MOST_IMAGES} images"})
    for file_id in image_ids:
        if file_id not in known:
            raise Invalid({"body": f"the image {file_id} is not there, or not ready"})


def _clean_line(words: str, field: str, longest: int) -> str:
    return clean_name(words, field, longest=longest) if words.strip() else ""
