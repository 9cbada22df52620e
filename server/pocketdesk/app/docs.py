"""The documentation that the product carries: built HTML (tools/docs.py), without scripts and without third parties."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse, RedirectResponse

from pocketdesk.app.pages import STATIC
from pocketdesk.kernel.refusal import NotFound

FOLDER = STATIC / "docs"
FIRST = "chat-in-your-app"

_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "cache-control": "public, max-age=300",
}

router = APIRouter(include_in_schema=False)

Name = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,80}$")]


@router.get("/docs")
async def first_page() -> RedirectResponse:
    """Where readers begin."""
    return RedirectResponse(f"/docs/{FIRST}", 307)


@router.get("/docs/docs.css")
async def styles() -> FileResponse:
    """The styles of all pages."""
    return FileResponse(FOLDER / "docs.css", media_type="text/css", headers=_HEADERS)


@router.get("/docs/{name}")
async def page(name: Name) -> FileResponse:
    """One page."""
    file = FOLDER / f"{name}.html"
    if not file.is_file():
        raise NotFound
    return FileResponse(file, media_type="text/html", headers=_HEADERS)
