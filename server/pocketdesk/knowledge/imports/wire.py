"""Imports as JSON."""

from typing import Literal

from pocketdesk.accounts.wire import Answer
from pocketdesk.knowledge.imports.model import Import

KindWord = Literal["markdown", "html", "zendesk", "intercom"]


class ProblemOut(Answer):
    """Something to look at: the file or article that it is about, and what it is."""

    file: str
    problem: str


class ImportOut(Answer):
    """An import. `created`: articles that were written, or on a dry run would be, changed ones included."""

    id: int
    base_id: int
    kind: KindWord
    name: str
    dry_run: bool
    publish: bool
    state: Literal["waiting", "running", "done", "failed"]
    done: int
    total: int
    created: int
    problems: list[ProblemOut]
    created_at: int


def to_import(found: Import) -> ImportOut:
    """An import, and how far it is."""
    return ImportOut(
        id=found.id,
        base_id=found.base_id,
        kind=found.kind.value,
        name=found.name,
        dry_run=found.dry_run,
        publish=found.publish,
        state=found.state.value,
        done=found.done,
        total=found.total,
        created=found.created,
        problems=[ProblemOut(file=each.file, problem=each.problem) for each in found.problems],
        created_at=found.created_at,
    )
