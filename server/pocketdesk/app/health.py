"""Whether the process lives, whether it can serve, and what it has done."""

import hmac
import ipaddress
from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from pocketdesk.kernel.refusal import Unauthenticated
from pocketdesk.storage import Engine, StorageFailure, migrations

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> PlainTextResponse:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
async def ready(request: Request) -> PlainTextResponse:
    """The database answers, and its schema is this version's."""
    try:
        found = await request.app.state.engine.read(migrations.seen_by)
    except StorageFailure as failure:
        return PlainTextResponse(f"database: {failure}\n", 503)
    if found != migrations.head():
        return PlainTextResponse(f"schema is at {found}, not at {migrations.head()}\n", 503)
    return PlainTextResponse("ready\n")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Figures in Prometheus' text format, for this machine or the holder of the token."""
    token = request.app.state.settings.metrics_token.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    allowed = hmac.compare_digest(given.encode(), token.encode()) if token else _is_local(request)
    if not allowed:
        raise Unauthenticated
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(request))
    return Response(generate_latest(REGISTRY) + generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _is_local(request: Request) -> bool:
    """Behind a proxy on the same machine everybody seems local, so a forwarded request never is."""
    if "x-forwarded-for" in request.headers or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


class _Figures(Collector):
    """What the parts of this process count."""

    def __init__(self, request: Request) -> None:
        self._state = request.app.state

    def collect(self) -> Iterable[Metric]:
        engine: Engine = self._state.engine
        yield GaugeMetricFamily(
            "pocketdesk_viewers", "Viewers connected to this process.", self._state.realtime.viewers
        )
        yield CounterMetricFamily("pocketdesk_commits", "Transactions committed.", engine.commits)
        yield CounterMetricFamily("pocketdesk_actions", "Actions that ran in them.", engine.actions)
        yield CounterMetricFamily("pocketdesk_events", "Events recorded.", engine.recorded)
