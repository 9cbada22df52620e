"""The API's description: the routes', and beside them the commands that sockets and the fallback take."""

from collections.abc import Iterable
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from pocketdesk.realtime.ports import Command

_REF = "#/components/schemas/{name}"


def install(app: FastAPI, commands: Iterable[type[Command]]) -> None:
    """Lets the app describe itself once, commands included, so that clients can be generated from it."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
            _, parts = msgspec.json.schema_components(commands, ref_template=_REF)
            schema.setdefault("components", {}).setdefault("schemas", {}).update(parts)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = describe
