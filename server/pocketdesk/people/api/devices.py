"""Routes of the native shells around chat pages (our SDKs): what they keep, their devices, what these tell, log-out.

A shell never holds the page's bearer. The page hands it an app credential, which is good for these routes alone.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from pocketdesk.accounts.api import Now, Storage, limiter
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.kernel.refusal import Unauthenticated
from pocketdesk.people import actions, rules, views
from pocketdesk.people.api.visitors import Visitor
from pocketdesk.people.model import AppCredential
from pocketdesk.people.wire import AppCredentialOut, DeviceIn, PropertiesIn, to_push_target

CREDENTIALS_BY_VISITOR = Limit("app_credential.visitor", 20, 60_000)
CALLS_BY_APP = Limit("app.credential", 60, 1_000)

credentials = APIRouter(prefix="/visitor", tags=["visitor"])
apps = APIRouter(prefix="/app", tags=["app"])


async def app_caller(request: Request, engine: Storage, at: Now) -> AppCredential:
    """The shell of `Authorization: Bearer ...`; `Unauthenticated` without."""
    scheme, _, word = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not word:
        raise Unauthenticated
    app = await engine.read(lambda reader: views.app_of_credential(reader, word, at))
    if app is None:
        raise Unauthenticated
    limiter(request, CALLS_BY_APP).take(app.id, at)
    if rules.is_stale(app.last_seen_at, at):
        await engine.write(lambda unit: actions.see_app(unit, app))
    return app


App = Annotated[AppCredential, Depends(app_caller)]


@credentials.post("/app-credential", status_code=201)
async def post_app_credential(
    visitor: Visitor, request: Request, engine: Storage, at: Now
) -> AppCredentialOut:
    """What the native shell around this page keeps of its session: enough for its device and for what is unread."""
    limiter(request, CREDENTIALS_BY_VISITOR).take((visitor.scope.account_id, visitor.visitor_id), at)
    word, expires_at = await engine.write(
        lambda unit: actions.issue_credential(unit, visitor.scope, visitor.visitor_id, visitor.session_id)
    )
    return AppCredentialOut(credential=word, expires_at=expires_at)


@apps.put("/device", status_code=204)
async def put_device(body: DeviceIn, app: App, engine: Storage) -> None:
    """Registers the app's device, or says what changed of it; the same again changes nothing."""
    await engine.write(
        lambda unit: actions.register_device(
            unit,
            app,
            body.installation_id,
            body.platform,
            to_push_target(body.push),
            body.app_version,
            body.sdk_version,
            body.locale,
        )
    )


@apps.delete("/device/{installation_id}", status_code=204)
async def delete_device(
    installation_id: Annotated[str, Path(max_length=36)], app: App, engine: Storage
) -> None:
    """Pushes nothing to the installation any more."""
    await engine.write(lambda unit: actions.forget_device(unit, app, installation_id))


@apps.put("/properties", status_code=204)
async def put_properties(body: PropertiesIn, app: App, engine: Storage) -> None:
    """Tells what the app knows of itself and its device; agents see it beside the conversation."""
    await engine.write(lambda unit: actions.tell_properties(unit, app, body.properties))


@apps.delete("/session", status_code=204)
async def delete_app_session(app: App, engine: Storage) -> None:
    """Logs out: the page's session, the device and this credential end."""
    await engine.write(lambda unit: actions.log_out(unit, app))
