"""The installation's secret, from which keys for signing are derived. There is no default that others could know."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from pocketdesk.app.settings import LEAST_SECRET, Misconfigured, Settings


def path_of(settings: Settings) -> Path:
    """Where the secret is kept when the settings give none."""
    return settings.data_dir / "secret"


def installation_secret(settings: Settings) -> bytes:
    """The secret of the settings, or the one in the data folder, which is made at the first start.

    `Misconfigured` if it cannot be read or made, or is too short to be one.
    """
    given = settings.secret.get_secret_value()
    if given:
        return given.encode()
    path = path_of(settings)
    try:
        if not path.exists():
            _make(path)
        found = path.read_text().strip()
    except OSError as wrong:
        raise Misconfigured(f"{path}: {wrong.strerror}") from wrong
    if len(found) < LEAST_SECRET:
        raise Misconfigured(f"{path} is no secret: delete it, and the next start makes another")
    return found.encode()


def _make(path: Path) -> None:
    """Whole at once, so that of processes that start together all read the same."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
