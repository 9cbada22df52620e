"""Routes of the Help tab, of the insights, and of the public help centre."""

from fastapi import APIRouter

from pocketdesk.help_center.api import console, site, visitors

router = APIRouter()
router.include_router(visitors.router)
router.include_router(console.router)

served = site.router
"""Outside the API: the public pages."""

__all__ = ["router", "served"]
