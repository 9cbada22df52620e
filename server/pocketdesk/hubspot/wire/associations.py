"""What is tied to what, in HubSpot's shapes."""

from collections.abc import Sequence
from typing import Any

from pocketdesk.hubspot.model import ObjectKind, Tie
from pocketdesk.hubspot.wire.pages import to_list
from pocketdesk.kernel.page import Page

CATEGORY = "HUBSPOT_DEFINED"
_NAMES = {ObjectKind.CONTACTS: "contact", ObjectKind.TICKETS: "ticket", None: "conversation"}
_TYPES = {ObjectKind.CONTACTS: "0-1", ObjectKind.TICKETS: "0-5", None: "0-11"}


def to_label(tie: Tie) -> dict[str, Any]:
    """The one label of a tie: it has none."""
    return {"category": CATEGORY, "typeId": tie.type_id, "label": None}


def to_labelled(tie: Tie, page: Page[int]) -> dict[str, Any]:
    """What something is tied to, as version 4 has it."""
    return to_list(
        [{"toObjectId": str(each), "associationTypes": [to_label(tie)]} for each in page.items], page.after
    )


def to_name(tie: Tie) -> str:
    """What version 3 calls a tie."""
    return f"{_NAMES[tie.start]}_to_{_NAMES[tie.end]}"


def to_plain(tie: Tie, page: Page[int]) -> dict[str, Any]:
    """What something is tied to, as version 3 has it."""
    return to_list([{"id": str(each), "type": to_name(tie)} for each in page.items], page.after)


def to_plain_pair(tie: Tie, start_id: int, end_id: int) -> dict[str, Any]:
    """A tie that is there now, as version 3 has it."""
    return {"from": {"id": str(start_id)}, "to": {"id": str(end_id)}, "type": to_name(tie)}


def to_read(word: str, listed: dict[str, Any]) -> dict[str, Any]:
    """What one of many is tied to. `listed`: of `to_labelled` or `to_plain`."""
    read = {"from": {"id": word}, "to": listed["results"]}
    return read | ({"paging": listed["paging"]} if "paging" in listed else {})


def to_both_ways(tie: Tie, start_id: int, end_id: int) -> list[dict[str, Any]]:
    """A tie that is there now, from either end."""
    return [
        {
            "from": {"id": str(start)},
            "to": {"id": str(end)},
            "associationSpec": {"associationCategory": CATEGORY, "associationTypeId": each.type_id},
        }
        for each, start, end in ((tie, start_id, end_id), (tie.back, end_id, start_id))
    ]


def to_pair(tie: Tie, start_id: int, end_id: int) -> dict[str, Any]:
    """A tie with its labels, of which there are none."""
    return {
        "fromObjectTypeId": _TYPES[tie.start],
        "fromObjectId": str(start_id),
        "toObjectTypeId": _TYPES[tie.end],
        "toObjectId": str(end_id),
        "labels": [],
    }


def untied(tie: Tie, words: Sequence[str]) -> dict[str, Any]:
    """The error of a batch for what is tied to nothing, or is not there."""
    start, end = _NAMES[tie.start], _NAMES[tie.end]
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"no {end} is associated with {start} {', '.join(words)}",
        "context": {"fromObjectId": list(words), "fromObjectType": [start], "toObjectType": [end]},
        "links": {},
        "errors": [],
    }
