"""A PostgreSQL of the bench's own, on the server's core, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT

import psycopg

from bench import machine

PROGRAMS = Path("/usr/lib/postgresql/15/bin")


@dataclass
class Postgres:
    port: int
    pid: int
    databases: int = field(default=0)

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> None:
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def new_database(self, template: str = "template1") -> str:
        """The address of a fresh database, a copy of `template`."""
        self.databases += 1
        self.run(f"create database bench{self.databases} template {template}")
        return self.address(f"bench{self.databases}")


@contextmanager
def postgres() -> Generator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="bench-postgres-"))
    as_postgres: list[str] = []
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    port = machine.free_port()
    data = str(folder / "data")
    subprocess.run(
        [*as_postgres, str(PROGRAMS / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"],
        check=True, stdout=subprocess.DEVNULL, cwd=folder,
    )  # fmt: skip
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "max_connections": 50,
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        command = [*as_postgres, str(PROGRAMS / "postgres"), "-D", data, *options]
        server = subprocess.Popen(
            machine.on_core(machine.SERVER_CORE, command), stdout=log, stderr=log, cwd=folder
        )
    try:
        ready = [str(PROGRAMS / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "10"]
        while subprocess.run(ready, check=False).returncode:
            if server.poll() is not None:
                raise RuntimeError((folder / "log").read_text())
            time.sleep(0.02)
        yield Postgres(port, server.pid)
    finally:
        server.send_signal(SIGINT)  # fast: ends open sessions
        server.wait(30)
        shutil.rmtree(folder)
