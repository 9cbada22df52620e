"""Associations: which tickets are for which contact, and came from which conversation."""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts.api import AgentCaller, Now, Storage
from pocketdesk.hubspot import actions, rules, views
from pocketdesk.hubspot.api.objects import ALIASES, VERSIONS, After, Word
from pocketdesk.hubspot.api.routes import HubspotCaller, hubspot_router
from pocketdesk.hubspot.model import TIES, ObjectKind, Tie
from pocketdesk.hubspot.wire.associations import (
    CATEGORY,
    to_both_ways,
    to_label,
    to_labelled,
    to_pair,
    to_plain,
    to_read,
    untied,
)
from pocketdesk.hubspot.wire.pages import to_batch, to_list
from pocketdesk.kernel.page import Page
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.storage import Reader, UnitOfWork

OBJECTS = ("/crm/v4/objects", *(f"/crm/objects/{version}" for version in VERSIONS))
PAIRS = ("/crm/v4/associations", *(f"/crm/associations/{version}" for version in VERSIONS))
MOST = 500
"""So many ties are shown at once."""
_KINDS: dict[str, ObjectKind | None] = {
    **{alias: kind for kind, aliases in ALIASES.items() for alias in aliases},
    **dict.fromkeys(("conversations", "conversation", "0-11")),
}

router = hubspot_router()

Kind: TypeAlias = Annotated[str, Path(max_length=100)]
Most: TypeAlias = Annotated[int, Query(ge=1, le=MOST)]
Shape: TypeAlias = Callable[[Tie, Page[int]], dict[str, Any]]


def tie_of(_first: HubspotCaller, start: Kind, end: Kind) -> Tie:
    """What two words of a path can be tied by, for a caller who is somebody. `NotHere` if by nothing."""
    try:
        tie = Tie(_KINDS[start], _KINDS[end])
    except KeyError:
        raise rules.NotHere("only contacts, tickets and conversations have associations here") from None
    if (tie.start, tie.end) not in TIES:
        raise rules.NotHere(f"nothing ties {start} to {end} here, only tickets to the two others")
    return tie


Ends: TypeAlias = Annotated[Tie, Depends(tie_of)]


class _Body(BaseModel):
    """What HubSpot sends besides changes nothing here."""

    model_config = ConfigDict(extra="ignore")


class _Input(_Body):
    id: Annotated[str, Field(max_length=320)]
    after: Annotated[str, Field(max_length=1_000)] | None = None


class _Read(_Body):
    inputs: Annotated[list[_Input], Field(max_length=100)]


class _Spec(_Body):
    associationCategory: Annotated[str, Field(max_length=100)]  # noqa: N815
    associationTypeId: int  # noqa: N815


def _listing(shape: Shape) -> Callable[..., Any]:
    async def get_associations(
        word: Word,
        tie: Ends,
        caller: HubspotCaller,
        engine: Storage,
        limit: Most = MOST,
        after: After = None,
    ) -> dict[str, Any]:
        def read(reader: Reader) -> dict[str, Any]:
            return shape(tie, views.tied(reader, caller.scope, caller.actor.user_id, tie, word, limit, after))

        return await engine.read(read)

    return get_associations


def _reading(shape: Shape) -> Callable[..., Any]:
    async def read_batch(
        body: _Read, response: Response, tie: Ends, caller: HubspotCaller, engine: Storage, at: Now
    ) -> dict[str, Any]:
        asked = {each.id: each.after for each in body.inputs}

        def read(reader: Reader) -> dict[str, Any]:
            who = reader, caller.scope, caller.actor.user_id
            results: list[dict[str, Any]] = []
            lost: list[str] = []
            for word, after in asked.items():
                with suppress(NotFound):
                    page = views.tied(*who, tie, word, MOST, after)
                    if page.items:
                        results.append(to_read(word, shape(tie, page)))
                        continue
                lost.append(word)
            return to_batch(results, [untied(tie, lost)] if lost else [], at, at)

        answer = await engine.read(read)
        response.status_code = 207 if "errors" in answer else 200
        return answer

    return read_batch


async def get_labels(_caller: HubspotCaller, tie: Ends) -> dict[str, Any]:
    """By which names two kinds can be tied: by the one that has no name."""
    return to_list([to_label(tie)], None)


def _tie(unit: UnitOfWork, caller: AgentCaller, tie: Tie, word: str, end_word: str) -> tuple[int, int]:
    """Ties two things that are both there; their ids."""
    start_id, end_id = (
        views.end_of(unit, caller.scope, caller.actor.user_id, kind, each)
        for kind, each in ((tie.start, word), (tie.end, end_word))
    )
    actions.tie(unit, caller.scope, caller.actor, *tie.of_ticket(start_id, end_id))
    return start_id, end_id


async def put_default(
    word: Word, end_word: Word, tie: Ends, caller: HubspotCaller, engine: Storage, at: Now
) -> dict[str, Any]:
    """Ties two objects; again changes nothing."""
    ids = await engine.write(lambda unit: _tie(unit, caller, tie, word, end_word))
    return to_batch(to_both_ways(tie, *ids), [], at, at)


async def put_association(
    word: Word,
    end_word: Word,
    body: Annotated[list[_Spec], Field(min_length=1, max_length=10)],
    tie: Ends,
    caller: HubspotCaller,
    engine: Storage,
) -> dict[str, Any]:
    """The same, by the number of the tie."""
    for each in body:
        if (each.associationCategory, each.associationTypeId) != (CATEGORY, tie.type_id):
            raise Invalid({"associationTypeId": f"is {tie.type_id}, {CATEGORY}"})
    ids = await engine.write(lambda unit: _tie(unit, caller, tie, word, end_word))
    return to_pair(tie, *ids)


async def delete_association(
    word: Word, end_word: Word, tie: Ends, caller: HubspotCaller, engine: Storage
) -> None:
    """Takes a tie away; what is not there is not there afterwards, either."""

    def untie(unit: UnitOfWork) -> None:
        who = unit, caller.scope, caller.actor.user_id
        try:
            ids = views.end_of(*who, tie.start, word), views.end_of(*who, tie.end, end_word)
        except NotFound:
            return
        actions.untie(unit, caller.scope, caller.actor, *tie.of_ticket(*ids))

    await engine.write(untie)


_ONE = "/{start}/{word}/associations"
router.add_api_route(f"/crm/v3/objects{_ONE}/{{end}}", _listing(to_plain), methods=["GET"])
router.add_api_route("/crm/v3/associations/{start}/{end}/batch/read", _reading(to_plain), methods=["POST"])
for _path in OBJECTS:
    router.add_api_route(f"{_path}{_ONE}/{{end}}", _listing(to_labelled), methods=["GET"])
    router.add_api_route(f"{_path}{_ONE}/default/{{end}}/{{end_word}}", put_default, methods=["PUT"])
    _both = f"{_path}{_ONE}/{{end}}/{{end_word}}"
    router.add_api_route(_both, put_association, methods=["PUT"], status_code=201)
    router.add_api_route(_both, delete_association, methods=["DELETE"], status_code=204)
for _path in PAIRS:
    router.add_api_route(f"{_path}/{{start}}/{{end}}/labels", get_labels, methods=["GET"])
    router.add_api_route(f"{_path}/{{start}}/{{end}}/batch/read", _reading(to_labelled), methods=["POST"])
