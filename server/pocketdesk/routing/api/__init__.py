"""Routes of routing."""

from fastapi import APIRouter

from pocketdesk.routing.api import settings, simulator

router = APIRouter(prefix="/accounts/{account_id}/routing", tags=["routing"])
router.include_router(settings.router)
router.include_router(simulator.router)

__all__ = ["router"]
