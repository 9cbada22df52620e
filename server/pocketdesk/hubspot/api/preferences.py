"""Communication preferences over subscriptions: the third version, and the family that came after it."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from pocketdesk.accounts.api import AgentCaller, Now, Storage
from pocketdesk.accounts.model import Permission
from pocketdesk.accounts.rules.words import LONGEST_EMAIL, clean_email
from pocketdesk.consent import views as consent
from pocketdesk.hubspot import actions, rules, views
from pocketdesk.hubspot.api.routes import HubspotCaller, hubspot_router, need
from pocketdesk.hubspot.model import Preference
from pocketdesk.hubspot.wire.pages import missing, to_batch
from pocketdesk.hubspot.wire.preferences import to_definition, to_old_status, to_status, to_wide
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.storage import Reader, UnitOfWork

OLD = "/communication-preferences/v3"
PREFIXES = tuple(
    f"/communication-preferences/{version}" for version in ("v4", "2025-09", "2026-03", "2026-09")
)
MOST = 100

router = hubspot_router()
old = hubspot_router()
routes = hubspot_router()

Address: TypeAlias = Annotated[str, Path(max_length=LONGEST_EMAIL)]
_Address = Annotated[str, Field(max_length=LONGEST_EMAIL)]
Change: TypeAlias = Callable[[UnitOfWork, str], list[Preference]]


async def by_mail(channel: Annotated[Literal["EMAIL"], Query()]) -> str:
    """HubSpot wants the channel to be named: there is one."""
    return channel


BY_MAIL = [Depends(by_mail)]


async def writer(caller: HubspotCaller) -> AgentCaller:
    """A token that may change subscriptions."""
    need(caller, Permission.PEOPLE, "communication_preferences.write")
    return caller


Writer: TypeAlias = Annotated[AgentCaller, Depends(writer)]


class _Body(BaseModel):
    """Legal bases are HubSpot's own words; ours stand in consent records."""

    model_config = ConfigDict(extra="ignore")


class _Old(_Body):
    emailAddress: _Address  # noqa: N815
    subscriptionId: Annotated[str | int, Field(union_mode="left_to_right")]  # noqa: N815


class _Status(_Body):
    subscriptionId: Annotated[int, Field(ge=1, lt=2**53)]  # noqa: N815
    statusState: Literal["SUBSCRIBED", "UNSUBSCRIBED"]  # noqa: N815
    channel: Literal["EMAIL"]


class _Whose(_Status):
    subscriberIdString: _Address  # noqa: N815


class _Whoses(_Body):
    inputs: Annotated[list[_Whose], Field(max_length=MOST)]


class _Addresses(_Body):
    inputs: Annotated[list[_Address], Field(max_length=MOST)]


# The third version.


@old.get("/definitions")
async def get_old_definitions(caller: HubspotCaller, engine: Storage) -> dict[str, Any]:
    """The subscription types."""
    found = await engine.read(lambda reader: consent.subscription_types(reader, caller.scope))
    return {"subscriptionDefinitions": [to_definition(each) for each in found]}


@old.get("/status/email/{email}")
async def get_old_status(email: Address, caller: HubspotCaller, engine: Storage) -> dict[str, Any]:
    """How an address stands to each of them."""
    address = _clean(email, "emailAddress")
    found = await engine.read(lambda reader: views.preferences(reader, caller.scope, address))
    return {"recipient": address, "subscriptionStatuses": [to_old_status(each) for each in found]}


@old.post("/subscribe")
async def subscribe(body: _Old, caller: Writer, engine: Storage) -> dict[str, Any]:
    """Subscribes a contact."""
    return await _change_old(body, caller, engine, subscribed=True)


@old.post("/unsubscribe")
async def unsubscribe(body: _Old, caller: Writer, engine: Storage) -> dict[str, Any]:
    """Ends a contact's subscription."""
    return await _change_old(body, caller, engine, subscribed=False)


async def _change_old(
    body: _Old, caller: AgentCaller, engine: Storage, *, subscribed: bool
) -> dict[str, Any]:
    address, word = _clean(body.emailAddress, "emailAddress"), str(body.subscriptionId)
    if not (word.isascii() and word.isdigit() and len(word) <= 15):
        raise Invalid({"subscriptionId": "no such subscription type"})
    found = await engine.write(
        lambda unit: actions.subscribe(
            unit, caller.scope, caller.actor, address, [int(word)], subscribed=subscribed
        )
    )
    return to_old_status(found[0])


# The later family.


@routes.get("/definitions")
async def get_definitions(caller: HubspotCaller, engine: Storage, at: Now) -> dict[str, Any]:
    """The subscription types."""
    found = await engine.read(lambda reader: consent.subscription_types(reader, caller.scope))
    return to_batch([to_definition(each) for each in found], [], at, at)


@routes.post("/links/generate")
async def generate_links(_caller: HubspotCaller) -> None:
    """Refuses: there are no pages on which contacts keep their preferences."""
    raise rules.NotHere("there are no preference pages here")


@routes.post("/statuses/batch/read", dependencies=BY_MAIL)
async def read_batch(body: _Addresses, caller: HubspotCaller, engine: Storage, at: Now) -> dict[str, Any]:
    """How addresses stand to all types."""
    addresses = _all_clean(body.inputs)

    def read(reader: Reader) -> list[dict[str, Any]]:
        return [_statuses(each, views.preferences(reader, caller.scope, each)) for each in addresses]

    return to_batch(await engine.read(read), [], at, at)


@routes.post("/statuses/batch/write")
async def write_batch(
    body: _Whoses, response: Response, caller: Writer, engine: Storage, at: Now
) -> dict[str, Any]:
    """Changes subscriptions; 207 where some addresses are no contact's."""

    def write(unit: UnitOfWork) -> dict[str, Any]:
        results: list[dict[str, Any]] = []
        lost: list[str] = []
        for place, each in enumerate(body.inputs):
            address = _clean(each.subscriberIdString, f"inputs.{place}.subscriberIdString")
            try:
                found = _set(unit, caller, address, each)
            except NotFound:
                lost.append(address)
            else:
                results += map(to_status, found)
        return to_batch(results, [missing("contact", lost)] if lost else [], at, at)

    answer = await engine.write(write)
    response.status_code = 207 if "errors" in answer else 200
    return answer


@routes.post("/statuses/batch/unsubscribe-all", dependencies=BY_MAIL)
async def unsubscribe_batch(
    body: _Addresses, response: Response, caller: Writer, engine: Storage, at: Now
) -> dict[str, Any]:
    """Ends all subscriptions of contacts; 207 where some addresses are no contact's."""
    addresses = _all_clean(body.inputs)

    def end(unit: UnitOfWork) -> dict[str, Any]:
        results: list[dict[str, Any]] = []
        lost: list[str] = []
        for each in addresses:
            try:
                results.append(_statuses(each, _end_all(unit, caller, each)))
            except NotFound:
                lost.append(each)
        return to_batch(results, [missing("contact", lost)] if lost else [], at, at)

    answer = await engine.write(end)
    response.status_code = 207 if "errors" in answer else 200
    return answer


@routes.post("/statuses/batch/unsubscribe-all/read", dependencies=BY_MAIL)
async def read_ended_batch(
    body: _Addresses, caller: HubspotCaller, engine: Storage, at: Now
) -> dict[str, Any]:
    """Which addresses want nothing at all."""
    addresses = _all_clean(body.inputs)

    def read(reader: Reader) -> list[dict[str, Any]]:
        return [
            {
                "subscriberIdString": each,
                "wideStatuses": to_wide(each, views.preferences(reader, caller.scope, each)),
            }
            for each in addresses
        ]

    return to_batch(await engine.read(read), [], at, at)


@routes.get("/statuses/{email}", dependencies=BY_MAIL)
async def get_statuses(email: Address, caller: HubspotCaller, engine: Storage, at: Now) -> dict[str, Any]:
    """How an address stands to each type."""
    address = _clean(email, "subscriberIdString")
    found = await engine.read(lambda reader: views.preferences(reader, caller.scope, address))
    return to_batch([to_status(each) for each in found], [], at, at)


@routes.post("/statuses/{email}")
async def post_status(
    email: Address, body: _Status, caller: Writer, engine: Storage, at: Now
) -> dict[str, Any]:
    """Subscribes a contact to a type, or ends that."""
    address = _clean(email, "subscriberIdString")
    found = await engine.write(lambda unit: _set(unit, caller, address, body))
    return to_batch([to_status(each) for each in found], [], at, at)


@routes.get("/statuses/{email}/unsubscribe-all", dependencies=BY_MAIL)
async def get_ended(email: Address, caller: HubspotCaller, engine: Storage, at: Now) -> dict[str, Any]:
    """Whether an address wants nothing at all."""
    address = _clean(email, "subscriberIdString")
    found = await engine.read(lambda reader: views.preferences(reader, caller.scope, address))
    return to_batch(to_wide(address, found), [], at, at)


@routes.post("/statuses/{email}/unsubscribe-all", dependencies=BY_MAIL)
async def post_ended(email: Address, caller: Writer, engine: Storage, at: Now) -> dict[str, Any]:
    """Ends all subscriptions of a contact."""
    address = _clean(email, "subscriberIdString")
    found = await engine.write(lambda unit: _end_all(unit, caller, address))
    return to_batch([to_status(each) for each in found], [], at, at)


# Underneath.


def _set(unit: UnitOfWork, caller: AgentCaller, address: str, body: _Status) -> list[Preference]:
    wanted = body.statusState == "SUBSCRIBED"
    return actions.subscribe(
        unit, caller.scope, caller.actor, address, [body.subscriptionId], subscribed=wanted
    )


def _end_all(unit: UnitOfWork, caller: AgentCaller, address: str) -> list[Preference]:
    return actions.subscribe(unit, caller.scope, caller.actor, address, None, subscribed=False)


def _statuses(email: str, found: Sequence[Preference]) -> dict[str, Any]:
    return {"subscriberIdString": email, "statuses": [to_status(each) for each in found]}


def _clean(email: str, field: str) -> str:
    try:
        return clean_email(email)
    except Invalid as wrong:
        raise Invalid({field: "; ".join(wrong.fields.values())}) from None


def _all_clean(inputs: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(_clean(each, f"inputs.{place}") for place, each in enumerate(inputs)))


router.include_router(old, prefix=OLD)
for _prefix in PREFIXES:
    router.include_router(routes, prefix=_prefix)
