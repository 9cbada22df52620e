"""Routes at HubSpot's paths, for programs that speak with it. They stand in no description but HubSpot's own."""

from pocketdesk.hubspot.api import (
    associations,
    conversations,
    custom_channels,
    files,
    mobile_sdk,
    oauth,
    objects,
    preferences,
    site_search,
    visitor_identification,
    webhooks,
)
from pocketdesk.hubspot.api.routes import hubspot_router

router = hubspot_router()
router.include_router(associations.router)
router.include_router(conversations.router)
router.include_router(custom_channels.router)
router.include_router(files.router)
router.include_router(mobile_sdk.router)
router.include_router(oauth.router)
router.include_router(objects.router)
router.include_router(preferences.router)
router.include_router(site_search.router)
router.include_router(visitor_identification.router)
router.include_router(webhooks.router)

__all__ = ["router"]
