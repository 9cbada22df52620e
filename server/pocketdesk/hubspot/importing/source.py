"""What HubSpot's API gives to a private app's token: page after page, as slowly as it asks for."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from pocketdesk.hubspot.importing.asking import Asking, is_loopback
from pocketdesk.hubspot.importing.mapping import takes_property
from pocketdesk.hubspot.importing.model import SourceFailed
from pocketdesk.jobs.model import GiveUp
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.outbound import Request

MOST_BYTES = 32 << 20
PATIENCE_S = 60.0
AT_ONCE = 100
MOST_NAMES = 150
"""Names of properties in one request."""
CONVERSATIONS = "/conversations/v3/conversations"
MOST_FOUND = 20
"""Results of one search."""
USUAL = (
    "address",
    "city",
    "company",
    "country",
    "jobtitle",
    "mobilephone",
    "phone",
    "state",
    "website",
    "zip",
)
"""Properties that are asked for where the source does not tell which there are."""

T = TypeVar("T")
Word: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[!-~]{1,100}$")]
"""An id, as it may stand in our tables."""


class Absent(SourceFailed):
    """The source does not have this, or not for this token; asking again would not help, other things may be there."""


class Contact(msgspec.Struct):
    """A contact with the properties that were asked for."""

    id: str
    properties: dict[str, str | None]


class _Id(msgspec.Struct):
    id: str


class _Owner(msgspec.Struct):
    id: str
    email: str | None = None


class _Editing(msgspec.Struct):
    readOnlyValue: bool = False  # noqa: N815


class _Property(msgspec.Struct):
    name: str
    calculated: bool | None = False
    modificationMetadata: _Editing | None = None  # noqa: N815


class Status(msgspec.Struct):
    """How an address stands to a subscription."""

    subscriptionName: str = ""  # noqa: N815
    status: str = ""


class Statuses(msgspec.Struct):
    """How an address stands to all subscriptions."""

    subscriberIdString: str  # noqa: N815
    statuses: list[Status] = []


class Entry(msgspec.Struct):
    """What site search knows of a page. Words that were found stand in tags."""

    url: str = ""
    title: str = ""
    description: str = ""
    language: str = ""
    category: str | None = None
    subcategory: str | None = None
    tags: list[str] | None = None


class Inbox(msgspec.Struct):
    """Where conversations stand."""

    id: Word
    name: str = ""


class Thread(msgspec.Struct):
    """A conversation. Moments are words."""

    id: Word
    inboxId: str = ""  # noqa: N815
    associatedContactId: Word | None = None  # noqa: N815
    """A contact, or the visitor as long as none is known."""
    createdAt: str = ""  # noqa: N815
    closedAt: str | None = None  # noqa: N815
    latestMessageTimestamp: str | None = None  # noqa: N815
    status: str = "CLOSED"
    spam: bool | None = False


class Identifier(msgspec.Struct):
    """What somebody is reached by outside."""

    type: str = ""
    value: str = ""


class Sender(msgspec.Struct):
    """Who wrote a message."""

    actorId: Word | None = None  # noqa: N815
    name: str | None = None
    deliveryIdentifier: Identifier | None = None  # noqa: N815


class File(msgspec.Struct):
    """Something beside the words; only files have a name."""

    type: str = ""
    name: str | None = None


class ThreadMessage(msgspec.Struct):
    """What happened in a conversation; it need not be words."""

    id: Word
    type: str
    createdAt: str  # noqa: N815
    createdBy: Word | None = None  # noqa: N815
    direction: str | None = None
    senders: list[Sender] = []
    text: str | None = None
    richText: str | None = None  # noqa: N815
    truncationStatus: str | None = None  # noqa: N815
    attachments: list[File] = []


class _Original(msgspec.Struct):
    text: str | None = None
    richText: str | None = None  # noqa: N815


class Face(msgspec.Struct):
    """Somebody who wrote in conversations."""

    id: Word
    name: str | None = None
    email: str | None = None


class _Next(msgspec.Struct):
    after: str


class _Paging(msgspec.Struct):
    next: _Next | None = None


class _Page(msgspec.Struct, Generic[T]):
    results: list[T]
    paging: _Paging | None = None


def check_base_url(words: str) -> str:
    """The address of an API without a slash at its end. `Invalid` unless it is https, or this machine's."""
    parts = urlsplit(words)
    plain = parts._replace(path=parts.path.rstrip("/")).geturl()
    if (
        parts.scheme not in {"https", "http"}
        or not parts.hostname
        or parts.username is not None
        or parts.password is not None
        or plain != f"{parts.scheme}://{parts.netloc}"
    ):
        raise Invalid({"base_url": "an address such as https://api.hubapi.com"})
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Invalid({"base_url": "only https: the token would travel in the clear"})
    return plain


class Source:
    """An account elsewhere. `SourceFailed` where it does not answer any more; what was given before stays good."""

    def __init__(self, base_url: str, token: str, asking: Asking) -> None:
        if not token.isascii() or not token.isprintable() or not token or " " in token:
            raise Invalid({"token": "is the one that a private app shows"})
        self._base_url = base_url
        self._token = token
        self._asking = asking

    async def owners(self) -> dict[str, str]:
        """Addresses of owners by their ids, also of those who have left."""
        found: dict[str, str] = {}
        for archived in ("false", "true"):
            query = {"limit": str(AT_ONCE), "archived": archived}
            async for page in self._pages("/crm/v3/owners", query, _Page[_Owner]):
                found |= {each.id: each.email for each in page if each.email}
        return found

    async def property_names(self) -> list[str]:
        """Names of the contacts' properties that people fill in."""
        try:
            answer = await self._ask("GET", "/crm/v3/properties/contacts", {}, None, _Page[_Property])
        except Absent:
            return list(USUAL)
        return [
            each.name
            for each in answer.results
            if not each.calculated
            and not (each.modificationMetadata and each.modificationMetadata.readOnlyValue)
            and takes_property(each.name)
        ]

    async def contacts(self, names: Sequence[str]) -> AsyncIterator[list[Contact]]:
        """All contacts that are not archived, at most a hundred at a time."""
        wanted = list(dict.fromkeys(("email", "firstname", "lastname", "hubspot_owner_id", *names)))
        path = "/crm/v3/objects/contacts"
        async for page in self._pages(path, {"limit": str(AT_ONCE)}, _Page[_Id]):
            found = {each.id: Contact(each.id, {}) for each in page}
            for start in range(0, len(wanted), MOST_NAMES):
                body = {
                    "inputs": [{"id": each.id} for each in page],
                    "properties": wanted[start : start + MOST_NAMES],
                }
                answer = await self._ask("POST", f"{path}/batch/read", {}, body, _Page[Contact])
                for each in answer.results:
                    if each.id in found:
                        found[each.id].properties.update(each.properties)
            yield list(found.values())

    async def statuses(self, addresses: Sequence[str]) -> list[Statuses]:
        """How addresses stand to subscriptions."""
        path = "/communication-preferences/v4/statuses/batch/read"
        body = {"inputs": list(addresses)}
        return (await self._ask("POST", path, {"channel": "EMAIL"}, body, _Page[Statuses])).results

    async def inboxes(self) -> list[Inbox]:
        """All inboxes that are not archived."""
        return [
            each
            async for page in self._pages(f"{CONVERSATIONS}/inboxes", {"limit": str(AT_ONCE)}, _Page[Inbox])
            for each in page
        ]

    async def threads(self) -> AsyncIterator[list[Thread]]:
        """All conversations that are not archived, at most a hundred at a time."""
        async for page in self._pages(f"{CONVERSATIONS}/threads", {"limit": str(AT_ONCE)}, _Page[Thread]):
            yield page

    async def messages(self, thread_id: str) -> list[ThreadMessage]:
        """All that happened in a conversation, with the whole words."""
        path = f"{CONVERSATIONS}/threads/{quote(thread_id, safe='')}/messages"
        query = {"limit": str(AT_ONCE), "sort": "createdAt"}
        found = [each async for page in self._pages(path, query, _Page[ThreadMessage]) for each in page]
        for each in found:
            if each.truncationStatus not in {None, "NOT_TRUNCATED"}:
                original = f"{path}/{quote(each.id, safe='')}/original-content"
                whole = await self._ask("GET", original, {}, None, _Original)
                each.text, each.richText = whole.text, whole.richText
        return found

    async def faces(self, actor_ids: Sequence[str]) -> list[Face]:
        """Who somebody is; those whom the source does not know are left out."""
        path = f"{CONVERSATIONS}/actors/batch/read"
        return (await self._ask("POST", path, {}, {"inputs": list(actor_ids)}, _Page[Face])).results

    async def found_articles(self, words: str, language: str) -> list[Entry]:
        """The articles of all help centres that site search finds first. A blank search finds none."""
        query = {"q": words, "type": "KNOWLEDGE_ARTICLE", "length": "LONG", "limit": str(MOST_FOUND)}
        if language:
            query["language"] = language.lower()
        return (await self._ask("GET", "/cms/v3/site-search/search", query, None, _Page[Entry])).results

    async def _pages(self, path: str, query: dict[str, str], shape: type[_Page[T]]) -> AsyncIterator[list[T]]:
        seen: set[str] = set()
        while True:
            answer = await self._ask("GET", path, query, None, shape)
            if answer.results:
                yield answer.results
            after = answer.paging.next.after if answer.paging and answer.paging.next else None
            if after is None:
                return
            if after in seen:
                raise SourceFailed(f"{path} leads in circles")
            seen.add(after)
            query = {**query, "after": after}

    async def _ask(self, method: Any, path: str, query: dict[str, str], body: Any, shape: type[T]) -> T:
        url = f"{self._base_url}{path}" + (f"?{urlencode(query)}" if query else "")
        request = Request(
            url,
            method,
            {
                "authorization": f"Bearer {self._token}",
                "content-type": "application/json",
                "accept": "application/json",
            },
            None if body is None else json.dumps(body).encode(),
            redirects=0,
            most_bytes=MOST_BYTES,
            patience_s=PATIENCE_S,
        )
        answer = await self._asking.ask(request, path)
        if isinstance(answer, GiveUp):
            raise SourceFailed(f"{path}: {answer.reason}")
        if answer.failure is not None:
            wrong = Absent if answer.status in {400, 403, 404} else SourceFailed
            raise wrong(f"{path}: {answer.failure.reason}")
        return _read(path, answer.content, shape)


def _read(path: str, content: bytes, shape: type[T]) -> T:
    # Not msgspec's own reading: half of a pair of surrogates in one value would refuse all of the page.
    try:
        return msgspec.convert(json.loads(content), shape)
    except (ValueError, RecursionError):
        raise SourceFailed(f"{path}: the answer is not in HubSpot's form") from None
