"""Contacts, tickets and their pipeline, answers to surveys, and owners."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, TypeAlias

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import AgentCaller, Now, Storage
from pocketdesk.accounts.model import Actor, Permission
from pocketdesk.hubspot import actions, rules, views
from pocketdesk.hubspot.api.routes import HubspotCaller, hubspot_router, need
from pocketdesk.hubspot.model import PIPELINE, TIES, CrmObject, Filter, Link, ObjectKind, Question
from pocketdesk.hubspot.wire.objects import to_object, to_owner, to_pipeline
from pocketdesk.hubspot.wire.pages import missing, to_batch, to_list
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.privacy import actions as privacy
from pocketdesk.privacy.model import Subject
from pocketdesk.storage import Reader, UnitOfWork
from pocketdesk.tickets import actions as tickets

VERSIONS = ("2025-09", "2026-03", "2026-09")
PREFIXES = ("/crm/v3/objects", *(f"/crm/objects/{version}" for version in VERSIONS))
OWNERS = ("/crm/v3/owners", *(f"/crm/owners/{version}" for version in VERSIONS))
PIPELINES = ("/crm/v3/pipelines/tickets", *(f"/crm/pipelines/{version}/tickets" for version in VERSIONS))
ALIASES = {
    ObjectKind.CONTACTS: ("contacts", "contact", "0-1"),
    ObjectKind.TICKETS: ("tickets", "ticket", "0-5"),
    ObjectKind.FEEDBACK_SUBMISSIONS: ("feedback_submissions", "feedback_submission", "0-19"),
}
READ_ONLY = "answers to surveys are read-only"

router = hubspot_router()

Word: TypeAlias = Annotated[str, Path(max_length=320)]
After: TypeAlias = Annotated[str | None, Query(max_length=1_000)]
Names: TypeAlias = Annotated[list[str], Query(max_length=200)]
IdProperty: TypeAlias = Annotated[str | None, Query(alias="idProperty", max_length=100)]
Properties: TypeAlias = Annotated[dict[str, str | None], Field(max_length=rules.MOST_PROPERTIES)]
_Word = Annotated[str, Field(max_length=320)]
_Names = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=200)]
_Value = Annotated[str, Field(max_length=rules.LONGEST_VALUE)]


class _Body(BaseModel):
    """What HubSpot sends besides changes nothing here."""

    model_config = ConfigDict(extra="ignore")


class _Filter(_Body):
    propertyName: Annotated[str, Field(max_length=100)]  # noqa: N815
    operator: Annotated[str, Field(max_length=30)]
    value: _Value | None = None
    highValue: _Value | None = None  # noqa: N815
    values: Annotated[list[_Value], Field(max_length=100)] | None = None


class _Group(_Body):
    filters: Annotated[list[_Filter], Field(max_length=18)]


class _Sort(_Body):
    propertyName: Annotated[str, Field(max_length=100)]  # noqa: N815
    direction: Annotated[str, Field(max_length=20)] = "ASCENDING"


class _Search(_Body):
    filterGroups: Annotated[list[_Group], Field(max_length=5)] = []  # noqa: N815
    sorts: Annotated[list[_Sort | str], Field(max_length=1)] = []
    query: Annotated[str, Field(max_length=3_000)] | None = None
    properties: _Names = []
    limit: Annotated[int, Field(ge=0, le=200)] = 10
    after: Annotated[str | int, Field(union_mode="left_to_right")] | None = None


class _Input(_Body):
    id: _Word


class _Read(_Body):
    inputs: Annotated[list[_Input], Field(max_length=100)]
    properties: _Names = []
    propertiesWithHistory: _Names = []  # noqa: N815
    idProperty: Annotated[str, Field(max_length=100)] | None = None  # noqa: N815


class _Ids(_Body):
    inputs: Annotated[list[_Input], Field(max_length=100)]


class _Tie(_Body):
    associationTypeId: int  # noqa: N815


class _To(_Body):
    id: Annotated[str | int, Field(union_mode="left_to_right")]


class _Association(_Body):
    to: _To
    types: Annotated[list[_Tie], Field(max_length=10)]


class _New(_Body):
    properties: Properties
    associations: Annotated[list[_Association], Field(max_length=10)] = []


class _Changed(_Body):
    id: _Word
    idProperty: Annotated[str, Field(max_length=100)] | None = None  # noqa: N815
    properties: Properties


class _NewOnes(_Body):
    inputs: Annotated[list[_New], Field(max_length=100)]


class _ChangedOnes(_Body):
    inputs: Annotated[list[_Changed], Field(max_length=100)]


class _Merge(_Body):
    primaryObjectId: _Word  # noqa: N815
    objectIdToMerge: _Word  # noqa: N815


class _Erase(_Body):
    objectId: _Word  # noqa: N815
    idProperty: Annotated[str, Field(max_length=100)] | None = None  # noqa: N815


def _reading(kind: ObjectKind) -> None:
    """The routes that read objects of one kind."""
    room = hubspot_router()

    @room.get("")
    async def get_objects(
        caller: HubspotCaller,
        engine: Storage,
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
        after: After = None,
        properties: Names = [],  # noqa: B006
        with_history: Annotated[Names, Query(alias="propertiesWithHistory")] = [],  # noqa: B006
        archived: bool = False,
    ) -> dict[str, Any]:
        def read(reader: Reader) -> dict[str, Any]:
            page = views.objects(reader, caller.scope, kind, limit, after, archived=archived)
            shown = _shower(reader, caller, kind, properties, with_history)
            return to_list([shown(each) for each in page.items], page.after)

        return await engine.read(read)

    @room.post("/search")
    async def search(body: _Search, caller: HubspotCaller, engine: Storage) -> dict[str, Any]:
        question = _question(body)
        start = int(str(body.after or 0)) if str(body.after or 0).isdigit() else -1
        if not 0 <= start <= views.MOST_SEARCHED:
            raise Invalid({"after": "is the place of the next page"})

        def read(reader: Reader) -> dict[str, Any]:
            found = views.search(reader, caller.scope, kind, question)
            shown = _shower(reader, caller, kind, body.properties, [])
            end = start + body.limit
            after = str(end) if body.limit and end < len(found) else None
            return to_list([shown(each) for each in found[start:end]], after, len(found))

        return await engine.read(read)

    @room.post("/batch/read")
    async def read_batch(
        body: _Read,
        response: Response,
        caller: HubspotCaller,
        engine: Storage,
        at: Now,
        *,
        archived: bool = False,
    ) -> dict[str, Any]:
        words = list(dict.fromkeys(each.id for each in body.inputs))

        def read(reader: Reader) -> dict[str, Any]:
            found = views.objects_by_ids(
                reader, caller.scope, kind, words, body.idProperty, archived=archived
            )
            shown = _shower(reader, caller, kind, body.properties, body.propertiesWithHistory)
            lost = [word for word in words if word not in found]
            errors = [missing("object", lost)] if lost else []
            there = {found[word].id: found[word] for word in words if word in found}
            return to_batch([shown(each) for each in there.values()], errors, at, at)

        answer = await engine.read(read)
        response.status_code = 207 if "errors" in answer else 200
        return answer

    @room.get("/{word}")
    async def get_object(
        word: Word,
        caller: HubspotCaller,
        engine: Storage,
        id_property: IdProperty = None,
        properties: Names = [],  # noqa: B006
        with_history: Annotated[Names, Query(alias="propertiesWithHistory")] = [],  # noqa: B006
        archived: bool = False,
    ) -> dict[str, Any]:
        def read(reader: Reader) -> dict[str, Any]:
            found = views.object_of(reader, caller.scope, kind, word, id_property, archived=archived)
            return _shower(reader, caller, kind, properties, with_history)(found)

        return await engine.read(read)

    _include(kind, room)


def _include(kind: ObjectKind, room: APIRouter) -> None:
    for prefix in PREFIXES:
        for alias in ALIASES[kind]:
            router.include_router(room, prefix=f"{prefix}/{alias}")


def _refusing(kind: ObjectKind, why: str, paths: tuple[str, ...], methods: tuple[str, ...] = ()) -> None:
    """The routes that would change objects of a kind, and cannot: posting to `paths`, `methods` of one object."""
    room = hubspot_router()

    async def refuse(_caller: HubspotCaller) -> None:
        raise rules.NotHere(why)

    for path in paths:
        room.add_api_route(path, refuse, methods=["POST"])
    if methods:
        room.add_api_route("/{word}", refuse, methods=list(methods))
    _include(kind, room)


class _Writing(NamedTuple):
    """How objects of a kind are made, changed, put and archived."""

    create: Callable[..., CrmObject]
    change: Callable[..., CrmObject]
    put: Callable[..., tuple[CrmObject, bool]]
    archive: Callable[[UnitOfWork, AccountScope, Actor, int], object]
    merge: Callable[[UnitOfWork, AccountScope, Actor, int, int, str], object]
    right: Permission | None
    """What merging needs besides; it stands for HubSpot's scope of writing."""
    links: Callable[[_New, str], tuple[Link, ...]] | None = None
    """What a body ties a new object to; None: such words change nothing."""


def _writing(kind: ObjectKind, verbs: _Writing) -> None:
    """The routes that change objects of a kind."""
    room = hubspot_router()

    def made(unit: UnitOfWork, caller: AgentCaller, body: _New, field: str) -> dict[str, Any]:
        links = {"links": verbs.links(body, field.rpartition(".")[0])} if verbs.links else {}
        found = verbs.create(unit, caller.scope, caller.actor, body.properties, field, **links)
        return to_object(found, kind, tuple(body.properties))

    @room.post("", status_code=201)
    async def post_object(body: _New, caller: HubspotCaller, engine: Storage) -> dict[str, Any]:
        return await engine.write(lambda unit: made(unit, caller, body, "properties"))

    @room.post("/batch/create", status_code=201)
    async def create_batch(body: _NewOnes, caller: HubspotCaller, engine: Storage, at: Now) -> dict[str, Any]:
        def create(unit: UnitOfWork) -> list[dict[str, Any]]:
            return [
                made(unit, caller, each, f"inputs.{place}.properties")
                for place, each in enumerate(body.inputs)
            ]

        return to_batch(await engine.write(create), [], at, at)

    @room.post("/batch/update")
    async def update_batch(
        body: _ChangedOnes, response: Response, caller: HubspotCaller, engine: Storage, at: Now
    ) -> dict[str, Any]:
        def update(unit: UnitOfWork) -> dict[str, Any]:
            results: list[dict[str, Any]] = []
            lost: list[str] = []
            for place, each in enumerate(body.inputs):
                found = views.objects_by_ids(unit, caller.scope, kind, [each.id], each.idProperty).get(
                    each.id
                )
                if found is None:
                    lost.append(each.id)
                    continue
                field = f"inputs.{place}.properties"
                after = verbs.change(unit, caller.scope, caller.actor, found.id, each.properties, field)
                results.append(to_object(after, kind, tuple(each.properties)))
            return to_batch(results, [missing("object", lost)] if lost else [], at, at)

        answer = await engine.write(update)
        response.status_code = 207 if "errors" in answer else 200
        return answer

    @room.post("/batch/upsert")
    async def upsert_batch(
        body: _ChangedOnes, caller: HubspotCaller, engine: Storage, at: Now
    ) -> dict[str, Any]:
        def upsert(unit: UnitOfWork) -> list[dict[str, Any]]:
            results: list[dict[str, Any]] = []
            for place, each in enumerate(body.inputs):
                field = f"inputs.{place}.properties"
                who = unit, caller.scope, caller.actor
                found, is_new = verbs.put(*who, each.id, each.idProperty, each.properties, field)
                results.append({**to_object(found, kind, tuple(each.properties)), "new": is_new})
            return results

        return to_batch(await engine.write(upsert), [], at, at)

    def archive(unit: UnitOfWork, caller: AgentCaller, words: list[str]) -> None:
        """What is not there is not there afterwards, either; what was merged is not there any more."""
        for word, found in views.objects_by_ids(unit, caller.scope, kind, words).items():
            if int(word) == found.id:
                verbs.archive(unit, caller.scope, caller.actor, found.id)

    @room.post("/batch/archive", status_code=204)
    async def archive_batch(body: _Ids, caller: HubspotCaller, engine: Storage) -> None:
        await engine.write(lambda unit: archive(unit, caller, [each.id for each in body.inputs]))

    @room.post("/merge")
    async def merge(body: _Merge, caller: HubspotCaller, engine: Storage) -> dict[str, Any]:
        if verbs.right is not None:
            need(caller, verbs.right, f"crm.objects.{kind.value}.write")

        def merge(unit: UnitOfWork) -> CrmObject:
            kept, other = (
                views.object_of(unit, caller.scope, kind, word).id
                for word in (body.primaryObjectId, body.objectIdToMerge)
            )
            verbs.merge(unit, caller.scope, caller.actor, kept, other, "objectIdToMerge")
            return views.object_of(unit, caller.scope, kind, body.primaryObjectId)

        return to_object(await engine.write(merge), kind)

    @room.patch("/{word}")
    async def patch_object(
        word: Word, body: _New, caller: HubspotCaller, engine: Storage, id_property: IdProperty = None
    ) -> dict[str, Any]:
        def change(unit: UnitOfWork) -> CrmObject:
            found = views.object_of(unit, caller.scope, kind, word, id_property)
            return verbs.change(unit, caller.scope, caller.actor, found.id, body.properties)

        return to_object(await engine.write(change), kind, tuple(body.properties))

    @room.delete("/{word}", status_code=204)
    async def delete_object(word: Word, caller: HubspotCaller, engine: Storage) -> None:
        await engine.write(lambda unit: archive(unit, caller, [word]))

    _include(kind, room)


_TIES = {type_id: end for (start, end), type_id in TIES.items() if start is ObjectKind.TICKETS}
"""What a ticket can be tied to, by HubSpot's numbers."""


def _ticket_links(body: _New, below: str) -> tuple[Link, ...]:
    """The contact and the conversation of a new ticket. `Invalid` at other ties."""
    links: list[Link] = []
    field = f"{below}.associations" if below else "associations"
    for place, each in enumerate(body.associations):
        word = str(each.to.id)
        known = {tie.associationTypeId for tie in each.types} & _TIES.keys()
        if len(known) != 1 or not (word.isascii() and word.isdigit() and len(word) <= 16):
            raise Invalid({f"{field}.{place}": "a ticket is tied to a contact (16) or a conversation (32)"})
        links.append(Link(_TIES[known.pop()], int(word)))
    if len({link.kind for link in links}) < len(links):
        raise Invalid({field: "a ticket has one contact and one conversation"})
    return tuple(links)


# Contacts alone.

contacts = hubspot_router()


@contacts.post("/gdpr-delete", status_code=204)
async def erase(body: _Erase, caller: HubspotCaller, engine: Storage) -> None:
    """Begins to erase a contact with everything that is kept of the person."""
    need(caller, Permission.PEOPLE, "crm.objects.contacts.write")

    def ask(unit: UnitOfWork) -> None:
        found = views.object_of(unit, caller.scope, ObjectKind.CONTACTS, body.objectId, body.idProperty)
        privacy.ask_erasure(unit, caller.scope, caller.actor, Subject.CONTACT, found.id)

    await engine.write(ask)


# Owners and pipelines.


async def get_owners(
    caller: HubspotCaller,
    engine: Storage,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: After = None,
    email: Annotated[str | None, Query(max_length=320)] = None,
    archived: bool = False,
) -> dict[str, Any]:
    """The users; deactivated ones are archived."""
    page = await engine.read(lambda reader: accounts.users(reader, caller.scope, limit, after))
    shown = [
        to_owner(each) for each in page.items if each.is_active != archived and email in {None, each.email}
    ]
    return to_list(shown, page.after)


async def get_owner(
    owner_id: Annotated[int, Path(ge=1, lt=2**53)], caller: HubspotCaller, engine: Storage
) -> dict[str, Any]:
    """One user."""
    return to_owner(await engine.read(lambda reader: accounts.user(reader, caller.scope, owner_id)))


Pipeline: TypeAlias = Annotated[str, Path(max_length=100)]


async def get_pipelines(_caller: HubspotCaller) -> dict[str, Any]:
    """The one that there is."""
    return to_list([to_pipeline()], None)


async def get_pipeline(_caller: HubspotCaller, pipeline_id: Pipeline) -> dict[str, Any]:
    """One pipeline."""
    if pipeline_id != PIPELINE:
        raise NotFound
    return to_pipeline()


async def get_stages(caller: HubspotCaller, pipeline_id: Pipeline) -> dict[str, Any]:
    """The stages of a pipeline, in their order."""
    return to_list((await get_pipeline(caller, pipeline_id))["stages"], None)


async def get_stage(caller: HubspotCaller, pipeline_id: Pipeline, stage_id: Pipeline) -> dict[str, Any]:
    """One stage."""
    for stage in (await get_pipeline(caller, pipeline_id))["stages"]:
        if stage["id"] == stage_id:
            return stage
    raise NotFound


# Underneath.


def _shower(
    reader: Reader, caller: AgentCaller, kind: ObjectKind, names: list[str], with_history: list[str]
) -> Callable[[CrmObject], dict[str, Any]]:
    wanted = [name for word in names for name in word.split(",") if name]
    past = {name for word in with_history for name in word.split(",") if name}

    def shown(found: CrmObject) -> dict[str, Any]:
        if not past:
            return to_object(found, kind, wanted)
        known = views.history(reader, caller.scope, found.id) if kind is ObjectKind.CONTACTS else {}
        kept = {name: changes for name, changes in known.items() if name in past}
        return to_object(found, kind, (*wanted, *past), kept)

    return shown


def _question(body: _Search) -> Question:
    groups: list[tuple[Filter, ...]] = []
    for number, group in enumerate(body.filterGroups):
        filters: list[Filter] = []
        for place, each in enumerate(group.filters):
            field = f"filterGroups.{number}.filters.{place}"
            if each.operator not in rules.OPERATORS:
                raise Invalid({f"{field}.operator": "no such operator"})
            filters.append(Filter(each.propertyName, each.operator, _values(each, field)))
        groups.append(tuple(filters))
    sort = body.sorts[0] if body.sorts else None
    if isinstance(sort, str):
        return Question(tuple(groups), body.query or "", sort.removeprefix("-"), sort.startswith("-"))
    if sort is None:
        return Question(tuple(groups), body.query or "")
    return Question(tuple(groups), body.query or "", sort.propertyName, sort.direction == "DESCENDING")


def _values(each: _Filter, field: str) -> tuple[str, ...]:
    match each.operator:
        case "HAS_PROPERTY" | "NOT_HAS_PROPERTY":
            return ()
        case "IN" | "NOT_IN":
            if not each.values:
                raise Invalid({f"{field}.values": f"is needed for {each.operator}"})
            return tuple(each.values)
        case "BETWEEN":
            if each.value is None or each.highValue is None:
                raise Invalid({f"{field}.highValue": "BETWEEN needs value and highValue"})
            return each.value, each.highValue
        case _:
            if each.value is None:
                raise Invalid({f"{field}.value": f"is needed for {each.operator}"})
            return (each.value,)


_include(ObjectKind.CONTACTS, contacts)
_writing(
    ObjectKind.CONTACTS,
    _Writing(
        actions.create_contact,
        actions.change_contact,
        actions.put_contact,
        people.archive_contact,
        actions.merge_contacts,
        Permission.PEOPLE,
    ),
)
_writing(
    ObjectKind.TICKETS,
    _Writing(
        actions.create_ticket,
        actions.change_ticket,
        actions.put_ticket,
        tickets.archive_ticket,
        tickets.merge_tickets,
        None,
        _ticket_links,
    ),
)
_BATCHES = tuple(f"/batch/{verb}" for verb in ("create", "update", "upsert", "archive"))
_refusing(
    ObjectKind.FEEDBACK_SUBMISSIONS,
    READ_ONLY,
    ("", "/merge", "/gdpr-delete", *_BATCHES),
    ("PATCH", "DELETE"),
)
for _kind in ObjectKind:
    _reading(_kind)
for _path in OWNERS:
    router.add_api_route(_path, get_owners, methods=["GET"])
    router.add_api_route(f"{_path}/", get_owners, methods=["GET"])
    router.add_api_route(f"{_path}/{{owner_id}}", get_owner, methods=["GET"])
for _path in PIPELINES:
    router.add_api_route(_path, get_pipelines, methods=["GET"])
    router.add_api_route(f"{_path}/{{pipeline_id}}", get_pipeline, methods=["GET"])
    router.add_api_route(f"{_path}/{{pipeline_id}}/stages", get_stages, methods=["GET"])
    router.add_api_route(f"{_path}/{{pipeline_id}}/stages/{{stage_id}}", get_stage, methods=["GET"])
