"""What is known of imports."""

import msgspec

from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import store
from pocketdesk.knowledge.imports.model import Import, Kind, Origin, Origins, Problem, State
from pocketdesk.storage import Reader

_problems = msgspec.json.Decoder(tuple[Problem, ...]).decode


def import_(reader: Reader, scope: AccountScope, import_id: int) -> Import:
    """One import; `NotFound` if the account has none such."""
    row = reader.one(store.FIND_IMPORT, account_id=scope.account_id, id_=import_id)
    if row is None:
        raise NotFound
    id_, base_id, kind, name, size, dry_run, publish, state, done, total, created, problems, *rest = row
    return Import(
        id_,
        base_id,
        Kind(kind),
        name,
        size,
        bool(dry_run),
        bool(publish),
        State(state),
        done,
        total,
        created,
        _problems(problems),
        *rest,
    )


def origins(reader: Reader, scope: AccountScope, base_id: int, source: str) -> Origins:
    """What earlier imports from a source (a `Kind`, or another name) have brought into a base."""
    rows = reader.all(store.ORIGINS, account_id=scope.account_id, base_id=base_id, kind_=str(source))
    return {(row[0], row[1]): Origin(row[2], row[3]) for row in rows}


def image_of(reader: Reader, scope: AccountScope, sha256: str) -> int | None:
    """The file that an image with these bytes became, if it has come in before."""
    row = reader.one(store.FIND_IMAGE, account_id=scope.account_id, hash=sha256)
    return row[0] if row else None
