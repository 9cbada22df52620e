"""Contacts, tickets, answers to surveys, and owners. There are no tickets yet: their lists are empty."""

from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import AgentCaller, Now, Storage
from pocketdesk.accounts.model import Permission
from pocketdesk.hubspot import actions, rules, views
from pocketdesk.hubspot.api.routes import HubspotCaller, hubspot_router, need
from pocketdesk.hubspot.model import CrmObject, Filter, ObjectKind, Question
from pocketdesk.hubspot.wire.objects import to_object, to_owner
from pocketdesk.hubspot.wire.pages import missing, to_batch, to_list
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.privacy import actions as privacy
from pocketdesk.privacy.model import Subject
from pocketdesk.storage import Reader, UnitOfWork

VERSIONS = ("2025-09", "2026-03", "2026-09")
PREFIXES = ("/crm/v3/objects", *(f"/crm/objects/{version}" for version in VERSIONS))
OWNERS = ("/crm/v3/owners", *(f"/crm/owners/{version}" for version in VERSIONS))
PIPELINES = ("/crm/v3/pipelines/tickets", *(f"/crm/pipelines/{version}/tickets" for version in VERSIONS))
_ALIASES = {
    ObjectKind.CONTACTS: ("contacts", "contact", "0-1"),
    ObjectKind.TICKETS: ("tickets", "ticket", "0-5"),
    ObjectKind.FEEDBACK_SUBMISSIONS: ("feedback_submissions", "feedback_submission", "0-19"),
}
NO_MERGE = "contacts are not merged here"
NO_TICKETS = "there are no tickets here yet"
NO_ARCHIVE = "contacts are not archived here; gdpr-delete erases one for good"
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


class _New(_Body):
    properties: Properties


class _Changed(_Body):
    id: _Word
    idProperty: Annotated[str, Field(max_length=100)] | None = None  # noqa: N815
    properties: Properties


class _NewOnes(_Body):
    inputs: Annotated[list[_New], Field(max_length=100)]


class _ChangedOnes(_Body):
    inputs: Annotated[list[_Changed], Field(max_length=100)]


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
            page = views.objects(reader, caller.scope, kind, limit, after)
            shown = _shower(reader, caller, kind, properties, with_history)
            return to_list([shown(each) for each in page.items], page.after)

        return to_list([], None) if archived else await engine.read(read)

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
        body: _Read, response: Response, caller: HubspotCaller, engine: Storage, at: Now
    ) -> dict[str, Any]:
        words = list(dict.fromkeys(each.id for each in body.inputs))

        def read(reader: Reader) -> dict[str, Any]:
            found = views.objects_by_ids(reader, caller.scope, kind, words, body.idProperty)
            shown = _shower(reader, caller, kind, body.properties, body.propertiesWithHistory)
            lost = [word for word in words if word not in found]
            errors = [missing("object", lost)] if lost else []
            return to_batch([shown(found[word]) for word in words if word in found], errors, at, at)

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
            found = views.object_of(reader, caller.scope, kind, word, id_property)
            return _shower(reader, caller, kind, properties, with_history)(found)

        if archived:
            raise NotFound
        return await engine.read(read)

    for prefix in PREFIXES:
        for alias in _ALIASES[kind]:
            router.include_router(room, prefix=f"{prefix}/{alias}")


def _refusing(kind: ObjectKind, why: str) -> None:
    """The routes that would change objects of a kind, and cannot."""
    room = hubspot_router()

    async def refuse(_caller: HubspotCaller) -> None:
        raise rules.NotHere(why)

    paths = (
        "",
        "/merge",
        "/gdpr-delete",
        *(f"/batch/{verb}" for verb in ("create", "update", "upsert", "archive")),
    )
    for path in paths:
        room.add_api_route(path, refuse, methods=["POST"])
    room.add_api_route("/{word}", refuse, methods=["PATCH", "DELETE"])
    for prefix in PREFIXES:
        for alias in _ALIASES[kind]:
            router.include_router(room, prefix=f"{prefix}/{alias}")


# Contacts.

contacts = hubspot_router()


@contacts.post("", status_code=201)
async def post_contact(body: _New, caller: HubspotCaller, engine: Storage) -> dict[str, Any]:
    """Adds a contact, with an unverified address."""
    made = await engine.write(
        lambda unit: actions.create_contact(unit, caller.scope, caller.actor, body.properties)
    )
    return to_object(made, ObjectKind.CONTACTS, tuple(body.properties))


@contacts.post("/merge")
async def merge(_caller: HubspotCaller) -> None:
    """Refuses."""
    raise rules.NotHere(NO_MERGE)


@contacts.post("/gdpr-delete", status_code=204)
async def erase(body: _Erase, caller: HubspotCaller, engine: Storage) -> None:
    """Begins to erase a contact with everything that is kept of the person."""
    need(caller, Permission.PEOPLE, "crm.objects.contacts.write")

    def ask(unit: UnitOfWork) -> None:
        found = views.object_of(unit, caller.scope, ObjectKind.CONTACTS, body.objectId, body.idProperty)
        privacy.ask_erasure(unit, caller.scope, caller.actor, Subject.CONTACT, found.id)

    await engine.write(ask)


@contacts.post("/batch/create", status_code=201)
async def create_batch(body: _NewOnes, caller: HubspotCaller, engine: Storage, at: Now) -> dict[str, Any]:
    """Adds contacts: all of them, or none."""

    def create(unit: UnitOfWork) -> list[dict[str, Any]]:
        return [
            to_object(
                actions.create_contact(
                    unit, caller.scope, caller.actor, each.properties, f"inputs.{place}.properties"
                ),
                ObjectKind.CONTACTS,
                tuple(each.properties),
            )
            for place, each in enumerate(body.inputs)
        ]

    return to_batch(await engine.write(create), [], at, at)


@contacts.post("/batch/update")
async def update_batch(
    body: _ChangedOnes, response: Response, caller: HubspotCaller, engine: Storage, at: Now
) -> dict[str, Any]:
    """Changes those of the contacts that there are; 207 where some are not."""

    def update(unit: UnitOfWork) -> dict[str, Any]:
        results: list[dict[str, Any]] = []
        lost: list[str] = []
        for place, each in enumerate(body.inputs):
            found = views.objects_by_ids(
                unit, caller.scope, ObjectKind.CONTACTS, [each.id], each.idProperty
            ).get(each.id)
            if found is None:
                lost.append(each.id)
                continue
            field = f"inputs.{place}.properties"
            after = actions.change_contact(unit, caller.scope, caller.actor, found.id, each.properties, field)
            results.append(to_object(after, ObjectKind.CONTACTS, tuple(each.properties)))
        return to_batch(results, [missing("object", lost)] if lost else [], at, at)

    answer = await engine.write(update)
    response.status_code = 207 if "errors" in answer else 200
    return answer


@contacts.post("/batch/upsert")
async def upsert_batch(body: _ChangedOnes, caller: HubspotCaller, engine: Storage, at: Now) -> dict[str, Any]:
    """Changes contacts by id or address, and adds those whose address nobody has: all of it, or nothing."""

    def upsert(unit: UnitOfWork) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = []
        for place, each in enumerate(body.inputs):
            found, is_new = actions.put_contact(
                unit,
                caller.scope,
                caller.actor,
                each.id,
                each.idProperty,
                each.properties,
                f"inputs.{place}.properties",
            )
            results.append({**to_object(found, ObjectKind.CONTACTS, tuple(each.properties)), "new": is_new})
        return results

    return to_batch(await engine.write(upsert), [], at, at)


@contacts.post("/batch/archive")
async def archive_batch(_caller: HubspotCaller) -> None:
    """Refuses."""
    raise rules.NotHere(NO_ARCHIVE)


@contacts.patch("/{word}")
async def patch_contact(
    word: Word, body: _New, caller: HubspotCaller, engine: Storage, id_property: IdProperty = None
) -> dict[str, Any]:
    """Changes a contact."""

    def change(unit: UnitOfWork) -> CrmObject:
        found = views.object_of(unit, caller.scope, ObjectKind.CONTACTS, word, id_property)
        return actions.change_contact(unit, caller.scope, caller.actor, found.id, body.properties)

    return to_object(await engine.write(change), ObjectKind.CONTACTS, tuple(body.properties))


@contacts.delete("/{word}")
async def delete_contact(_caller: HubspotCaller) -> None:
    """Refuses."""
    raise rules.NotHere(NO_ARCHIVE)


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


async def get_pipelines(_caller: HubspotCaller) -> dict[str, Any]:
    """None: there are no tickets."""
    return to_list([], None)


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


for _prefix in PREFIXES:
    for _alias in _ALIASES[ObjectKind.CONTACTS]:
        router.include_router(contacts, prefix=f"{_prefix}/{_alias}")
_refusing(ObjectKind.TICKETS, NO_TICKETS)
_refusing(ObjectKind.FEEDBACK_SUBMISSIONS, READ_ONLY)
for _kind in ObjectKind:
    _reading(_kind)
for _path in OWNERS:
    router.add_api_route(_path, get_owners, methods=["GET"])
    router.add_api_route(f"{_path}/", get_owners, methods=["GET"])
    router.add_api_route(f"{_path}/{{owner_id}}", get_owner, methods=["GET"])
for _path in PIPELINES:
    router.add_api_route(_path, get_pipelines, methods=["GET"])
