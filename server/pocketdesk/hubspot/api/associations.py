"""Associations: which tickets are for which contact, and came from which conversation."""

from collections.abc import Callable, Iterable, Sequence
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
    to_name,
    to_pair,
    to_plain,
    to_plain_pair,
    to_read,
    untied,
)
from pocketdesk.hubspot.wire.pages import missing, to_batch, to_list
from pocketdesk.kernel.page import Page
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.storage import Reader, UnitOfWork

OBJECTS = ("/crm/v4/objects", *(f"/crm/objects/{version}" for version in VERSIONS))
PAIRS = ("/crm/v4/associations", *(f"/crm/associations/{version}" for version in VERSIONS))
MOST = 500
"""So many ties are shown at once."""
MOST_AT_ONCE = 100
"""So many ties are set or taken away at once."""
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


_Specs = Annotated[list[_Spec], Field(min_length=1, max_length=10)]


class _End(_Body):
    id: Annotated[str, Field(max_length=320)]


class _Pair(_Body):
    start: Annotated[_End, Field(alias="from")]
    to: _End


class _Numbered(_Pair):
    types: _Specs


class _Named(_Pair):
    type: Annotated[str, Field(max_length=100)]


class _Loose(_Body):
    start: Annotated[_End, Field(alias="from")]
    to: Annotated[list[_End], Field(max_length=MOST_AT_ONCE)]


class _Pairs(_Body):
    inputs: Annotated[list[_Pair], Field(max_length=MOST_AT_ONCE)]


class _NumberedPairs(_Body):
    inputs: Annotated[list[_Numbered], Field(max_length=MOST_AT_ONCE)]


class _NamedPairs(_Body):
    inputs: Annotated[list[_Named], Field(max_length=MOST_AT_ONCE)]


class _LoosePairs(_Body):
    inputs: Annotated[list[_Loose], Field(max_length=MOST_AT_ONCE)]


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


async def put_default(
    word: Word, end_word: Word, tie: Ends, caller: HubspotCaller, engine: Storage, at: Now
) -> dict[str, Any]:
    """Ties two objects; again changes nothing."""
    ids = await engine.write(lambda unit: _tie(unit, caller, tie, word, end_word))
    return to_batch(to_both_ways(tie, *ids), [], at, at)


async def put_association(
    word: Word,
    end_word: Word,
    body: _Specs,
    tie: Ends,
    caller: HubspotCaller,
    engine: Storage,
) -> dict[str, Any]:
    """The same, by the number of the tie."""
    _check_types(tie, body, "associationTypeId")
    ids = await engine.write(lambda unit: _tie(unit, caller, tie, word, end_word))
    return to_pair(tie, *ids)


async def delete_association(
    word: Word, end_word: Word, tie: Ends, caller: HubspotCaller, engine: Storage
) -> None:
    """Takes a tie away; what is not there is not there afterwards, either."""

    await engine.write(lambda unit: _untie(unit, caller, tie, word, end_word))


# Many at once. One that cannot be changes nothing of all; one whose ends are not there is told, beside what was done.


def _tie_all(
    unit: UnitOfWork, caller: AgentCaller, tie: Tie, pairs: Sequence[_Pair]
) -> tuple[list[tuple[int, int]], list[dict[str, Any]]]:
    """Ties what is there; the ids of both ends, and the errors of what is not."""
    done: list[tuple[int, int]] = []
    lost: list[str] = []
    for place, pair in enumerate(pairs):
        try:
            done.append(_tie(unit, caller, tie, pair.start.id, pair.to.id))
        except NotFound:
            lost += [pair.start.id, pair.to.id]
        except Invalid as wrong:
            raise Invalid({f"inputs.{place}.to": "; ".join(wrong.fields.values())}) from None
    return done, [missing("pair", lost)] if lost else []


async def create_batch(
    body: _NumberedPairs, response: Response, tie: Ends, caller: HubspotCaller, engine: Storage, at: Now
) -> dict[str, Any]:
    """Ties many, by the number of the tie."""
    for place, pair in enumerate(body.inputs):
        _check_types(tie, pair.types, f"inputs.{place}.types")
    done, errors = await engine.write(lambda unit: _tie_all(unit, caller, tie, body.inputs))
    response.status_code = 207 if errors else 201
    return to_batch([to_pair(tie, *ids) for ids in done], errors, at, at)


async def create_default_batch(
    body: _Pairs, tie: Ends, caller: HubspotCaller, engine: Storage, at: Now
) -> dict[str, Any]:
    """Ties many, by the one tie that there is. HubSpot's clients know no other good status here than 200."""
    done, errors = await engine.write(lambda unit: _tie_all(unit, caller, tie, body.inputs))
    return to_batch([each for ids in done for each in to_both_ways(tie, *ids)], errors, at, at)


async def create_plain_batch(
    body: _NamedPairs, response: Response, tie: Ends, caller: HubspotCaller, engine: Storage, at: Now
) -> dict[str, Any]:
    """Ties many, as version 3 has it: by the name of the tie, or its number."""
    for place, pair in enumerate(body.inputs):
        if pair.type not in {to_name(tie), str(tie.type_id)}:
            raise Invalid({f"inputs.{place}.type": f"is {to_name(tie)}"})
    done, errors = await engine.write(lambda unit: _tie_all(unit, caller, tie, body.inputs))
    response.status_code = 207 if errors else 201
    return to_batch([to_plain_pair(tie, *ids) for ids in done], errors, at, at)


def _untie_all(
    unit: UnitOfWork, caller: AgentCaller, tie: Tie, pairs: Iterable[tuple[int, str, str]]
) -> None:
    for place, word, end_word in pairs:
        try:
            _untie(unit, caller, tie, word, end_word)
        except Invalid as wrong:
            raise Invalid({f"inputs.{place}.to": "; ".join(wrong.fields.values())}) from None


async def archive_batch(body: _LoosePairs, tie: Ends, caller: HubspotCaller, engine: Storage) -> None:
    """Takes many ties away; what is not there is not there afterwards, either."""
    pairs = [(place, each.start.id, end.id) for place, each in enumerate(body.inputs) for end in each.to]
    if len(pairs) > MOST_AT_ONCE:
        raise Invalid({"inputs": f"at most {MOST_AT_ONCE} ties at once"})
    await engine.write(lambda unit: _untie_all(unit, caller, tie, pairs))


async def archive_plain_batch(body: _Pairs, tie: Ends, caller: HubspotCaller, engine: Storage) -> None:
    """The same, as version 3 has it."""
    pairs = [(place, each.start.id, each.to.id) for place, each in enumerate(body.inputs)]
    await engine.write(lambda unit: _untie_all(unit, caller, tie, pairs))


# Underneath.


def _check_types(tie: Tie, specs: Sequence[_Spec], field: str) -> None:
    """`Invalid` at the field if one of these numbers is not that of the tie."""
    for each in specs:
        if (each.associationCategory, each.associationTypeId) != (CATEGORY, tie.type_id):
            raise Invalid({field: f"is {tie.type_id}, {CATEGORY}"})


def _ends(unit: UnitOfWork, caller: AgentCaller, tie: Tie, word: str, end_word: str) -> tuple[int, int]:
    who = unit, caller.scope, caller.actor.user_id
    return views.end_of(*who, tie.start, word), views.end_of(*who, tie.end, end_word)


def _tie(unit: UnitOfWork, caller: AgentCaller, tie: Tie, word: str, end_word: str) -> tuple[int, int]:
    """Ties two things that are both there; their ids."""
    ids = _ends(unit, caller, tie, word, end_word)
    actions.tie(unit, caller.scope, caller.actor, *tie.of_ticket(*ids))
    return ids


def _untie(unit: UnitOfWork, caller: AgentCaller, tie: Tie, word: str, end_word: str) -> None:
    with suppress(NotFound):
        ids = _ends(unit, caller, tie, word, end_word)
        actions.untie(unit, caller.scope, caller.actor, *tie.of_ticket(*ids))


_ONE = "/{start}/{word}/associations"
router.add_api_route(f"/crm/v3/objects{_ONE}/{{end}}", _listing(to_plain), methods=["GET"])
_PLAIN = "/crm/v3/associations/{start}/{end}/batch"
router.add_api_route(f"{_PLAIN}/read", _reading(to_plain), methods=["POST"])
router.add_api_route(f"{_PLAIN}/create", create_plain_batch, methods=["POST"], status_code=201)
router.add_api_route(f"{_PLAIN}/archive", archive_plain_batch, methods=["POST"], status_code=204)
for _path in OBJECTS:
    router.add_api_route(f"{_path}{_ONE}/{{end}}", _listing(to_labelled), methods=["GET"])
    router.add_api_route(f"{_path}{_ONE}/default/{{end}}/{{end_word}}", put_default, methods=["PUT"])
    _both = f"{_path}{_ONE}/{{end}}/{{end_word}}"
    router.add_api_route(_both, put_association, methods=["PUT"], status_code=201)
    router.add_api_route(_both, delete_association, methods=["DELETE"], status_code=204)
for _path in PAIRS:
    router.add_api_route(f"{_path}/{{start}}/{{end}}/labels", get_labels, methods=["GET"])
    _many = f"{_path}/{{start}}/{{end}}/batch"
    router.add_api_route(f"{_many}/read", _reading(to_labelled), methods=["POST"])
    router.add_api_route(f"{_many}/create", create_batch, methods=["POST"], status_code=201)
    router.add_api_route(f"{_many}/associate/default", create_default_batch, methods=["POST"])
    router.add_api_route(f"{_many}/archive", archive_batch, methods=["POST"], status_code=204)
