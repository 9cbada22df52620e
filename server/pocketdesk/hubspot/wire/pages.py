"""Lists and batches, in HubSpot's shapes."""

from collections.abc import Sequence
from typing import Any

from pocketdesk.kernel.moments import to_iso


def to_list(results: Sequence[Any], after: str | None, total: int | None = None) -> dict[str, Any]:
    """A page of a list; no `paging` on the last one."""
    page: dict[str, Any] = {} if total is None else {"total": total}
    page["results"] = list(results)
    if after is not None:
        page["paging"] = {"next": {"after": after}}
    return page


def to_batch(
    results: Sequence[Any], errors: Sequence[dict[str, Any]], started_at: int, ended_at: int
) -> dict[str, Any]:
    """What became of a batch; `errors` only where there are some, and the answer is a 207 then."""
    batch: dict[str, Any] = {
        "status": "COMPLETE",
        "results": list(results),
        "startedAt": to_iso(started_at),
        "completedAt": to_iso(ended_at),
    }
    if errors:
        batch |= {"numErrors": len(errors), "errors": list(errors)}
    return batch


def missing(kind: str, ids: Sequence[str]) -> dict[str, Any]:
    """The error of a batch for what is not there."""
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": f"no such {kind}",
        "context": {"ids": list(ids)},
        "links": {},
        "errors": [],
    }
