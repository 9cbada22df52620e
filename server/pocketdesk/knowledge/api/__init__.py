"""Routes of knowledge bases, for those who write and publish, and the articles that every agent may send."""

from fastapi import APIRouter

from pocketdesk.knowledge.api import authoring, imports

router = APIRouter()
router.include_router(authoring.router)
router.include_router(imports.router)
