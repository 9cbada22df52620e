"""Site search through HubSpot's own Python client, with its checks of answers on, against a real server."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import uvicorn
from fastapi import FastAPI
from hubspot import HubSpot
from hubspot.cms.site_search.exceptions import ApiException

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts.model import Permission
from pocketdesk.accounts.rules.sealing import sealing_key
from pocketdesk.app import http
from pocketdesk.files import api as files
from pocketdesk.files.jobs import Checks
from pocketdesk.files.outside.images import Images
from pocketdesk.files.outside.local import LocalStore
from pocketdesk.files.rules.links import link_key
from pocketdesk.help_center import api as help_center
from pocketdesk.hubspot import api
from pocketdesk.kernel.refusal import Unauthenticated
from pocketdesk.knowledge.model import Access
from pocketdesk.storage import Engine
from tests.databases import Clock
from tests.library import Library
from tests.server import free_port
from tests.small_account import SmallAccount, open_small_account


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


@pytest.fixture
def library(engine: Engine, account: SmallAccount) -> Library:
    return Library(engine, account.scope, account.admin.user_id, ("en", "pt-BR", "zh-CN"))


@pytest.fixture
def origin(engine: Engine, clock: Clock, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    images, store = Images(), LocalStore(tmp_path)
    app = FastAPI()
    app.state.engine = engine
    app.state.clock = clock
    app.state.settings = SimpleNamespace(origin=f"http://127.0.0.1:{port}")
    app.state.file_store = store
    app.state.check_file = Checks(engine, store, images, None)
    app.state.file_key = link_key(b"the secret of a test")
    app.state.sealing_key = sealing_key(b"the secret of a test")
    http.install(app)
    app.include_router(api.router)
    app.include_router(files.served)
    app.include_router(help_center.served)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
    images.close()
    store.close()


def token(account: SmallAccount) -> str:
    _, secret = account.engine.write_and_wait(
        lambda unit: accounts.create_token(
            unit, account.scope, account.admin, "site search", [Permission.INBOXES]
        )
    )
    return secret


def client(origin: str, secret: str) -> Any:
    return HubSpot(access_token=secret, host=origin, client_side_validation=True)


def test_B7_the_official_client_searches(origin: str, account: SmallAccount, library: Library) -> None:
    shared = client(origin, token(account)).cms.site_search.public_api
    ids = {
        library.publish(f"Parcel {number}", "We ship parcels.", f"Kind {number}", ["post"])
        for number in range(5)
    }
    library.publish("Parcels for contacts", "parcels", access=Access.CONTACTS)
    first = shared.search(q="parcel", type=["KNOWLEDGE_ARTICLE"], limit=3, length="LONG")
    assert (first.total, first.offset, first.limit, first.page, first.search_term) == (5, 0, 3, 0, "parcel")
    second = shared.search(q="parcel", type=["KNOWLEDGE_ARTICLE"], limit=3, offset=3)
    assert (second.total, second.offset, second.page) == (5, 3, 1)
    assert {each.id for page in (first, second) for each in page.results} == ids
    one = first.results[0]
    assert (one.type, one.language, one.tags) == ("KNOWLEDGE_ARTICLE", "en", ["post"])
    assert one.domain == origin.removeprefix("http://")
    assert one.url.startswith(f"{origin}/help/{account.scope.account_id}/help-{library.base_id}/en/a/")
    assert one.description == "We ship parcels."
    assert second.results[0].description.startswith("Kind ")


def test_B7_languages_and_indexed_content(origin: str, account: SmallAccount, library: Library) -> None:
    shared = client(origin, token(account)).cms.site_search.public_api
    article = library.publish("重置密码", "在登录页面", language="zh-CN")
    library.publish("Alterar a senha", "texto", language="pt-BR", article_id=article)
    for language in ("pt", "pt-br"):
        (found,) = shared.search(q="senha", language=language).results
        assert (found.id, found.language) == (article, "pt-br")
    (found,) = shared.search(q="密码", language="zh-cn").results
    assert found.language == "zh-cn"
    known = shared.get_by_id(str(article))
    assert known.id == str(article)
    assert known.type == "KNOWLEDGE_ARTICLE"


def test_K06_only_public_articles_of_open_help_centres(
    origin: str, account: SmallAccount, library: Library
) -> None:
    shared = client(origin, token(account)).cms.site_search.public_api
    closed = library.publish("Parcels", "words", access=Access.CONTACTS)
    assert shared.search(q="parcels").total == 0
    with pytest.raises(ApiException) as wrong:
        shared.get_by_id(str(closed))
    assert wrong.value.status == 404
    open_ = library.publish("Parcels", "words")
    assert shared.search(q="parcels").total == 1
    assert shared.search(q="parcels", type=["BLOG_POST"]).total == 0
    assert shared.search(q="parcels", domain=["elsewhere.example"]).total == 0
    other = open_small_account(account.engine, account="Other")
    stranger = client(origin, token(other)).cms.site_search.public_api
    assert stranger.search(q="parcels").total == 0
    with pytest.raises(ApiException):
        stranger.get_by_id(str(open_))


def test_B0_the_error_envelope(origin: str, account: SmallAccount) -> None:
    with pytest.raises(ApiException) as wrong:
        client(origin, "pd_nonsense").cms.site_search.public_api.search(q="x")
    assert wrong.value.status == Unauthenticated.status
    error = msgspec.json.decode(wrong.value.body or b"")
    assert (error["status"], error["category"]) == ("error", "INVALID_AUTHENTICATION")
    assert len(error["correlationId"]) == 36
    with pytest.raises(ApiException) as wrong:
        client(origin, token(account)).cms.site_search.public_api.search(q="x", limit=101)
    assert wrong.value.status == 400
    error = msgspec.json.decode(wrong.value.body or b"")
    assert error["category"] == "VALIDATION_ERROR"
    assert error["errors"][0]["in"] == "limit"


def test_B1_both_generations_of_paths(origin: str, account: SmallAccount, library: Library) -> None:
    library.publish("Parcels", "words")
    hubspot: Any = HubSpot(access_token=token(account), base_url=origin)
    for path in ("/cms/v3/site-search/search", "/cms/site-search/v3/search"):
        answer = hubspot.api_request({"path": path, "qs": {"q": "parcels"}, "base_url": origin})
        assert answer.json()["total"] == 1
