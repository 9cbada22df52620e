"""The insights of a knowledge base, for those who write it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from pocketdesk.accounts.api import AgentCaller, Now, PathId, Storage, require
from pocketdesk.help_center import rules
from pocketdesk.help_center.api import counting
from pocketdesk.help_center.views.insights import insights
from pocketdesk.help_center.wire.shapes import InsightsOut, to_insights

router = APIRouter(prefix="/accounts/{account_id}/knowledge/bases", tags=["knowledge"])

Author = Annotated[AgentCaller, Depends(require("knowledge_edit", "knowledge_publish"))]


@router.get("/{base_id}/insights")
async def get_insights(
    base_id: PathId,
    caller: Author,
    request: Request,
    engine: Storage,
    at: Now,
    since: Annotated[str | None, Query(alias="from", max_length=10, description="First day, UTC.")] = None,
    until: Annotated[str | None, Query(alias="to", max_length=10, description="Last day, UTC.")] = None,
    language: Annotated[str | None, Query(max_length=20)] = None,
) -> InsightsOut:
    """How the base was used (K12): views, reading time, votes, searches, chats. The last 30 days without a range."""
    first, last = rules.range_of(since, until, at)
    await counting.count_searches(request, engine, counting.typing(request).settled(at), at)
    found = await engine.read(
        lambda reader: insights(reader, caller.scope, base_id, first, last, language or None)
    )
    return to_insights(found)
