"""The API's description: the routes', and beside them the commands and documents that routes take as plain JSON."""

from collections.abc import Iterable
from typing import Any, cast

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from pocketdesk.realtime.ports import Command

_REF = "#/components/schemas/{name}"

STRUCT = "x-struct"
"""Where a route's own model holds a struct as plain JSON, `json_schema_extra={STRUCT: "Document"}` names it."""


def install(
    app: FastAPI,
    commands: Iterable[type[Command]],
    answers: Iterable[type[msgspec.Struct]],
    documents: Iterable[type[msgspec.Struct]],
) -> None:
    """Lets the app describe itself once, so that clients can be generated from it.

    `answers`: what routes give beside their own models (`{"$ref": "#/components/schemas/<name>"}` in `responses`).
    `documents`: what they take and give whole, every key always there (`STRUCT`).
    """

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = get_openapi(title=app.title, version=app.version, routes=app.routes)
            schemas = described.setdefault("components", {}).setdefault("schemas", {})
            _, parts = msgspec.json.schema_components((*commands, *answers), ref_template=_REF)
            _, whole = msgspec.json.schema_components(documents, ref_template=_REF)
            for each in whole.values():
                each["required"] = list(each["properties"])
            parts |= whole
            if twice := parts.keys() & schemas.keys():
                raise RuntimeError(f"two things are called {', '.join(sorted(twice))}")
            schemas.update(parts)
            app.openapi_schema = cast("dict[str, Any]", _pointed(described))
        return app.openapi_schema

    app.openapi = describe


def _pointed(part: Any) -> Any:
    """The description, with a reference wherever a struct is named."""
    if isinstance(part, list):
        return [_pointed(each) for each in cast("list[object]", part)]
    if not isinstance(part, dict):
        return part
    named = cast("dict[str, Any]", part)
    if STRUCT in named:
        return {"$ref": _REF.format(name=named[STRUCT])}
    return {key: _pointed(each) for key, each in named.items()}
