"""Site search over the articles of open help centres."""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import Path, Query, Request

from pocketdesk.accounts.api import Now, Storage
from pocketdesk.hubspot import views
from pocketdesk.hubspot.api.routes import HubspotCaller, Limit, Offset, hubspot_router
from pocketdesk.hubspot.model import SiteResults
from pocketdesk.hubspot.wire.site_search import ARTICLE, to_indexed, to_results
from pocketdesk.knowledge.api.questions import question_vector

router = hubspot_router()

_Words = Annotated[list[str], Query(max_length=50)]


@router.get("/cms/v3/site-search/search")
@router.get("/cms/site-search/v3/search")
async def search(
    request: Request,
    engine: Storage,
    caller: HubspotCaller,
    at: Now,
    q: Annotated[str, Query(max_length=500)] = "",
    limit: Limit = 10,
    offset: Offset = 0,
    language: Annotated[str | None, Query(max_length=20)] = None,
    kinds: Annotated[list[str], Query(alias="type", max_length=20)] = [],  # noqa: B006
    domain: _Words = [],  # noqa: B006
    length: Literal["SHORT", "LONG"] = "SHORT",
) -> dict[str, Any]:
    """What a query finds. Other kinds of content and other domains have nothing; other parameters change nothing."""
    origin: str = request.app.state.settings.origin
    here = urlsplit(origin).netloc
    if (kinds and ARTICLE not in kinds) or (domain and here not in domain):
        found = SiteResults(0, ())
    else:
        vector = await question_vector(request, q, caller.scope, at)
        found = await engine.read(
            lambda reader: views.site_search(reader, caller.scope, q, language, offset, limit, vector)
        )
    return to_results(
        found, origin=origin, search_term=q, offset=offset, limit=limit, is_long=length == "LONG"
    )


@router.get("/cms/v3/site-search/indexed-data/{content_id}")
async def indexed_data(
    engine: Storage, caller: HubspotCaller, content_id: Annotated[int, Path(ge=1, lt=2**53)]
) -> dict[str, Any]:
    """What is known of one article."""
    return to_indexed(await engine.read(lambda reader: views.indexed(reader, caller.scope, content_id)))
