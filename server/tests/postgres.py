"""A real PostgreSQL for one test run: made at first use, shared by all workers, thrown away at the end."""

import fcntl
import os
import pwd
import random
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

RUN_FOLDER = "POCKETDESK_TEST_POSTGRES"
"""Environment variable through which the run's first process tells its workers where the cluster is."""

SETTINGS = """
fsync = on
synchronous_commit = on
listen_addresses = '127.0.0.1'
max_connections = 200
shared_buffers = 64MB
max_wal_size = 256MB
log_min_messages = fatal
"""


@dataclass(frozen=True)
class Cluster:
    """A running server; `new_database` is how a test gets a place of its own."""

    port: int

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction, as superuser."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def new_database(self, template: str = "template0") -> str:
        """URL of a fresh database: empty, or a copy of `template` (a URL of an idle database, or a name)."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.execute(f'CREATE DATABASE {name} TEMPLATE "{template.rsplit("/", 1)[-1]}" ENCODING UTF8')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        self.execute(f"DROP DATABASE IF EXISTS {url.rsplit('/', 1)[-1]} WITH (FORCE)")


_numbers = count(1)


def prepare_run() -> Path:
    """Called once per run, by its first process: names the folder. The cluster waits for its first user."""
    folder = Path(tempfile.mkdtemp(prefix="pocketdesk-postgres-"))
    folder.chmod(0o755)
    (folder / "run").write_text(str(os.getpid()))
    os.environ[RUN_FOLDER] = str(folder)
    return folder


def finish_run(folder: Path) -> None:
    """Stops the run's server, if there is one, and removes what it wrote."""
    with suppress(FileNotFoundError, ProcessLookupError):
        postmaster = int((folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(postmaster, signal.SIGINT)
        for _ in range(200):
            os.kill(postmaster, 0)
            time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)


def shared_cluster() -> Cluster:
    """The run's cluster, started if this is the first to ask."""
    folder = Path(os.environ[RUN_FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = folder / "port"
        if not known.exists():
            known.write_text(str(_start(folder)))
        return Cluster(int(known.read_text()))


def _start(folder: Path) -> int:
    programs = _programs()
    data = folder / "data"
    data.mkdir(mode=0o700)
    owner: dict[str, Any] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        account = pwd.getpwnam("postgres")
        os.chown(data, account.pw_uid, account.pw_gid)
        owner = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    initdb = [programs / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8"]
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run([*initdb, "--locale=C.UTF-8", "--no-sync"], check=True, **quiet, **owner)
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(f"{SETTINGS}unix_socket_directories = '{data}'\n")
    for _ in range(20):
        port = random.randrange(20_000, 32_000)  # below the ports that outgoing connections take
        options = ["--wait", "--pgdata", data, "--log", data / "log", "-o", f"-p {port}"]
        start = [programs / "pg_ctl", "start", *options]
        if subprocess.run(start, check=False, stderr=subprocess.DEVNULL, **quiet, **owner).returncode == 0:
            _guard(folder)
            return port
    raise RuntimeError(f"PostgreSQL does not start: {(data / 'log').read_text()[-2000:]}")


def _guard(folder: Path) -> None:
    """However the run ends, `kill -9` included, the server ends with it."""
    first_process = (folder / "run").read_text()
    watch = (
        'tail --pid="$1" -f /dev/null; sleep 1; [ -e "$2/data/postmaster.pid" ] || exit 0;'
        ' kill -INT "$(head -n 1 "$2/data/postmaster.pid")"; sleep 2; rm -rf "$2"'
    )
    subprocess.Popen(
        ["/bin/sh", "-c", watch, "sh", first_process, folder],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _programs() -> Path:
    """Where PostgreSQL's own programs are: Debian's newest, or beside `initdb` on the path."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = max(versions, key=lambda program: int(program.parts[-3]), default=None) or shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is not installed: `make test` installs it (Debian: postgresql-15)")
    return Path(found).parent
