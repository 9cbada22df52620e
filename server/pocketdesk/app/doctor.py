"""`pocketdesk doctor`: what could go wrong with this installation, and what to do about it."""

import asyncio
import os
import resource
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pocketdesk.app import clock
from pocketdesk.app.pages import STATIC
from pocketdesk.app.secret import installation_secret, path_of
from pocketdesk.app.settings import Settings
from pocketdesk.files.outside.clamd import Clamd, Clean
from pocketdesk.kernel.moments import SECOND, to_iso
from pocketdesk.storage import migrations
from pocketdesk.storage.engine import Engine

ROOM_BYTES = 1 << 30
OPEN_FILES = 4096
EARLIEST = 1_764_000_000_000
"""No honest clock shows less: this code was written after it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: whether it holds, what was seen, and what to do if it does not."""

    check: str
    holds: bool
    seen: str
    remedy: str = ""


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings) -> list[Finding]:
    """Runs every check; one that crashes is a finding too."""
    findings: list[Finding] = []
    for check in (_configuration, _folder, _pages, _database, _limits, _clock, _secrets, _malware, _mail):
        try:
            findings.extend(check(settings))
        except Exception as wrong:  # noqa: BLE001 - a doctor reports, whatever it is
            findings.append(Finding(check.__name__.strip("_"), False, f"{type(wrong).__name__}: {wrong}"))
    return findings


def _configuration(settings: Settings) -> Iterator[Finding]:
    public = bool(settings.public_url)
    yield Finding(
        "configuration",
        public or settings.host in {"127.0.0.1", "localhost", "::1"},
        f"listens on {settings.host}:{settings.port}, reached as {settings.origin}",
        "Set POCKETDESK_PUBLIC_URL to the https address that browsers and apps use.",
    )


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    there = folder.is_dir() and os.access(folder, os.W_OK)
    yield Finding(
        "data folder",
        there,
        str(folder.resolve()),
        "Create it, or set POCKETDESK_DATA_DIR to a folder we can write to.",
    )
    if there:
        free = shutil.disk_usage(folder).free
        yield Finding(
            "disk",
            free > ROOM_BYTES,
            f"{free / (1 << 30):.1f} GiB free",
            "Make room: SQLite stops when it is full.",
        )


def _pages(_settings: Settings) -> Iterator[Finding]:
    missing = [name for name in ("chat", "console") if not (STATIC / name / "manifest.json").exists()]
    yield Finding(
        "pages",
        not missing,
        f"{', '.join(missing)} not built" if missing else "built",
        "Run `make build-web`.",
    )


def _database(settings: Settings) -> Iterator[Finding]:
    if not settings.database_url and not settings.data_dir.is_dir():
        yield Finding("database", False, "none yet", "Run `pocketdesk migrate`.")
        return
    engine = Engine.open(settings.database, clock=clock.now)
    try:
        yield Finding("database", True, f"{engine.dialect} answers")
        now, head = migrations.current(settings.database), migrations.head()
        yield Finding(
            "schema", now == head, f"at {now or 'nothing'}, newest is {head}", "Run `pocketdesk migrate`."
        )
    finally:
        engine.close()


def _limits(_settings: Settings) -> Iterator[Finding]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield Finding(
        "open files",
        hard >= OPEN_FILES,
        f"{soft} (at most {hard})",
        "Each connected phone takes one: raise LimitNOFILE in the service unit, or `ulimit -n`.",
    )


def _clock(settings: Settings) -> Iterator[Finding]:
    now = clock.now()
    yield Finding("clock", now > EARLIEST, to_iso(now), "Set the time and run an NTP client.")
    if settings.data_dir.is_dir():
        probe = settings.data_dir / f".doctor-{os.getpid()}"
        probe.touch()
        skew = abs(probe.stat().st_mtime * 1000 - clock.now())
        probe.unlink()
        yield Finding(
            "clock of the disk", skew < 5 * SECOND, f"{skew:.0f} ms apart", "The file server's clock is off."
        )


def _secrets(settings: Settings) -> Iterator[Finding]:
    yield Finding(
        "cookies",
        settings.secure_cookies or settings.demo or settings.plain_http or not settings.public_url,
        "Secure" if settings.secure_cookies else "plain http: readable on the way",
        "Put a reverse proxy with a certificate in front and set POCKETDESK_PUBLIC_URL to https.",
    )
    yield from _private("data folder's rights", settings.data_dir)
    if not settings.secret.get_secret_value() and path_of(settings).exists():
        installation_secret(settings)
        yield from _private("secret", path_of(settings))
    yield Finding("demo", not (settings.demo and settings.public_url), f"demo is {'on' if settings.demo else 'off'}",
                  "Anybody becomes the demo agent: unset POCKETDESK_DEMO on a public address.")  # fmt: skip


def _private(check: str, path: Path) -> Iterator[Finding]:
    if path.exists():
        mode = stat.S_IMODE(path.stat().st_mode)
        yield Finding(
            check,
            not mode & 0o077,
            oct(mode),
            f"For nobody else to read: chmod {700 if path.is_dir() else 600} {path}",
        )


def _malware(settings: Settings) -> Iterator[Finding]:
    if not settings.clamd:
        yield Finding("malware scanner", True, "none: files are passed on unscanned (POCKETDESK_CLAMD)")
        return
    answer = asyncio.run(Clamd(settings.clamd, patience_s=5).ping())
    yield Finding(
        "malware scanner",
        isinstance(answer, Clean),
        f"clamd at {settings.clamd} answers" if isinstance(answer, Clean) else answer.reason,
        "Start clamd, or mend POCKETDESK_CLAMD: until it answers, no file gets through.",
    )


def _mail(settings: Settings) -> Iterator[Finding]:
    smtp = settings.smtp
    if smtp is None:
        yield Finding(
            "mail",
            True,
            "none is sent (set POCKETDESK_SMTP_URL and POCKETDESK_MAIL_FROM to invite, notify and send)",
        )
        return
    trouble = asyncio.run(smtp.check())
    yield Finding(
        "mail",
        trouble is None,
        trouble or f"the server lets us in; mails come from {settings.mail_from}",
        "Start the SMTP server, or mend POCKETDESK_SMTP_URL: mails wait for it, but not for days.",
    )
