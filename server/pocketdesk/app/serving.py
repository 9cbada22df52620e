"""Starts a process: migrates, wires, listens."""

import gc
import logging
import sys
from collections.abc import Callable

import structlog
import uvicorn

from pocketdesk.app import bootstrap
from pocketdesk.app.secret import installation_secret
from pocketdesk.app.settings import Misconfigured, Settings
from pocketdesk.app.socket import Door
from pocketdesk.storage import migrations

SWITCH_INTERVAL_S = 0.001
"""How long one thread may hold the interpreter while another waits: the writer waits for it after every flush."""


def prepare(settings: Settings, tell: Callable[[str], None]) -> None:
    """Makes the data folder and brings the database to this version's schema, saying what it does."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        raise Misconfigured(f"data_dir {settings.data_dir}: {wrong.strerror}") from wrong
    installation_secret(settings)
    if migrations.current(settings.database) != migrations.head():
        tell("→ database schema")
        migrations.upgrade(settings.database)


def serve(settings: Settings) -> None:
    """Serves until it is asked to stop."""
    _log_as(settings.log_format)
    prepare(settings, tell=lambda line: structlog.get_logger().info(line))
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    product = bootstrap.create(settings)
    door = Door(
        product.realtime,
        trusted_origins=settings.trusted_origins,
        trusted_proxies=settings.trusted_proxies,
    )
    # What lives as long as the process need not be looked at by every collection.
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        product.app,
        host=settings.host,
        port=settings.port,
        http=door.http_protocol,
        ws="none",
        loop="uvloop",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run()


def _log_as(shape: str) -> None:
    shared = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    renderer = (
        structlog.processors.JSONRenderer()
        if shape == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    lines = logging.StreamHandler()
    lines.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [lines]
    root.setLevel(logging.INFO)
    # Alembic tells what it runs, which only interests those who write migrations.
    logging.getLogger("alembic").setLevel(logging.WARNING)
