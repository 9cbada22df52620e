"""Routes of knowledge bases, for those who write and publish, and the articles that every agent may send."""

from fastapi import APIRouter

from pocketdesk.knowledge.api import authoring

router = APIRouter()
router.include_router(authoring.router)
