"""What is done to the apps around chat pages: what they keep of a session, their devices, what these tell."""

from collections.abc import Mapping

from pocketdesk.accounts.actions import new_secret
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import rules, store
from pocketdesk.people.actions.visitors import (
    SWEPT_AT_ONCE,
    drop_credential,
    forget_cookies,
    forget_visitor,
    keep_visitor,
)
from pocketdesk.people.model import AppCredential, PushProvider, PushTarget
from pocketdesk.storage import UnitOfWork


def issue_credential(
    unit: UnitOfWork, scope: AccountScope, visitor_id: int, session_id: int
) -> tuple[str, int]:
    """What the native shell around a page keeps of its session, shown once, and until when it holds (UTC ms).

    It outlives the session, and ends with log-out, with the visitor, and with the key of the session's proof.
    """
    secret, expires_at = new_secret(), unit.now + rules.CREDENTIAL_MS
    row = unit.one(store.KEY_OF_SESSION, account_id=scope.account_id, id_=session_id)
    unit.run(
        store.ADD_CREDENTIAL,
        account_id=scope.account_id,
        id=unit.new_id(),
        token_hash=secret.hash,
        visitor_id=visitor_id,
        session_id=session_id,
        key_id=row[0] if row else None,
        last_seen_at=unit.now,
        expires_at=expires_at,
    )
    return secret.word, expires_at


def see_app(unit: UnitOfWork, app: AppCredential) -> None:
    """Notes that an app is in use, which prolongs what it keeps."""
    unit.run(
        store.SEE_CREDENTIAL,
        account_id=app.scope.account_id,
        id_=app.id,
        now=unit.now,
        expires=unit.now + rules.CREDENTIAL_MS,
    )
    unit.run(store.SEE_VISITOR, account_id=app.scope.account_id, id_=app.visitor_id, now=unit.now)


def register_device(
    unit: UnitOfWork,
    app: AppCredential,
    installation_id: str,
    platform: str,
    push: PushTarget | None,
    app_version: str,
    sdk_version: str,
    locale: str,
) -> None:
    """The app's device as it is now; again changes nothing. A push token belongs to the last device that had it."""
    if push is not None:
        rules.check_push_token(push.token, "push.token")
        _drop_token(unit, app.scope, push.provider, push.token)
    keep_visitor(unit, app.scope, app.visitor_id)
    unit.run(store.DROP_INSTALLATION, account_id=app.scope.account_id, installation_id_=installation_id)
    _add(
        unit,
        app.scope,
        push,
        installation_id=installation_id,
        credential_id=app.id,
        visitor_id=app.visitor_id,
        platform=platform,
        app_version=app_version,
        sdk_version=sdk_version,
        locale=locale,
    )


def forget_device(unit: UnitOfWork, app: AppCredential, installation_id: str) -> None:
    """Nothing is pushed to the visitor's installation any more; again changes nothing."""
    unit.run(
        store.DROP_OWN_INSTALLATION,
        account_id=app.scope.account_id,
        installation_id_=installation_id,
        id_=app.visitor_id,
    )


def tell_properties(unit: UnitOfWork, app: AppCredential, properties: Mapping[str, str]) -> None:
    """What the app knows of itself and its device; it replaces what was told before under these names."""
    put_properties(unit, app.scope, app.visitor_id, properties)


def put_properties(
    unit: UnitOfWork, scope: AccountScope, visitor_id: int, properties: Mapping[str, str]
) -> None:
    """Chat properties of a visitor, by name; others stay. `Invalid` at one that is too long, or one too many."""
    told = rules.clean_properties(properties)
    known = {name for name, _ in unit.all(store.PROPERTIES, account_id=scope.account_id, id_=visitor_id)}
    rules.check_number_of_properties(len(known | told.keys()))
    unit.run_many(
        store.PUT_PROPERTY,
        [
            {
                "account_id": scope.account_id,
                "visitor_id": visitor_id,
                "name": name,
                "value": value,
                "set_at": unit.now,
            }
            for name, value in told.items()
        ],
    )


def log_out(unit: UnitOfWork, app: AppCredential) -> None:
    """The app is nobody's any more: its page's session, its device and its credential end.

    A cookie that its web view still has brings nobody back.
    """
    forget_cookies(unit, app.scope, app.visitor_id)
    forget_visitor(unit, app.scope, app.visitor_id, app.session_id, None)
    drop_credential(unit, app.scope, app.id)


# Devices of apps that prove nothing (HubSpot's SDKs).


def register_push_token(
    unit: UnitOfWork, scope: AccountScope, provider: PushProvider, token: str, platform: str
) -> None:
    """A push token that belongs to nobody yet: nothing is pushed to it before a conversation names it."""
    token = rules.check_push_token(token, "devicePushToken")
    place = {"account_id": scope.account_id, "provider_": provider.value, "push_token_": token}
    if unit.one(store.FIND_PUSH_TOKEN, **place) is None:
        target = PushTarget(provider, token)
        _add(
            unit, scope, target, installation_id=None, credential_id=None, visitor_id=None, platform=platform
        )


def bind_push_token(
    unit: UnitOfWork,
    scope: AccountScope,
    provider: PushProvider,
    token: str,
    platform: str,
    visitor_id: int,
    *,
    is_bare: bool,
) -> None:
    """Pushes for a visitor go to this token from now on; `is_bare`: without words. One of our SDKs' stays its own."""
    register_push_token(unit, scope, provider, token, platform)
    unit.run(
        store.BIND_PUSH_TOKEN,
        account_id=scope.account_id,
        provider_=provider.value,
        push_token_=token,
        id_=visitor_id,
        is_bare_=is_bare,
        now=unit.now,
    )


def forget_push_token(unit: UnitOfWork, scope: AccountScope, token: str) -> None:
    """Nothing is pushed to a token any more that one of these apps has registered. One of our SDKs' stays."""
    unit.run(store.DROP_UNPROVEN_TOKEN, account_id=scope.account_id, push_token_=token)


def prune_device(unit: UnitOfWork, scope: AccountScope, device_id: int) -> None:
    """The provider says that the app is gone from there."""
    unit.run(store.DROP_DEVICE, account_id=scope.account_id, id_=device_id)


def sweep_devices(unit: UnitOfWork) -> bool:
    """Forgets some push tokens that nobody ever connected, and credentials too old to be used; whether there may be
    more.
    """
    unbound = unit.all(store.OLD_UNBOUND_DEVICES, now=unit.now - rules.UNBOUND_MS, limit=SWEPT_AT_ONCE)
    unit.run_many(store.DROP_DEVICE, [{"account_id": account_id, "id_": id_} for account_id, id_ in unbound])
    expired = unit.all(store.EXPIRED_CREDENTIALS, now=unit.now, limit=SWEPT_AT_ONCE)
    keys = [{"account_id": account_id, "id_": id_} for account_id, id_ in expired]
    unit.run_many(store.DROP_DEVICES_OF_CREDENTIAL, keys)
    unit.run_many(store.DROP_CREDENTIAL, keys)
    return SWEPT_AT_ONCE in {len(unbound), len(expired)}


def _drop_token(unit: UnitOfWork, scope: AccountScope, provider: PushProvider, token: str) -> None:
    unit.run(store.DROP_PUSH_TOKEN, account_id=scope.account_id, provider_=provider.value, push_token_=token)


def _add(
    unit: UnitOfWork,
    scope: AccountScope,
    push: PushTarget | None,
    *,
    installation_id: str | None,
    credential_id: int | None,
    visitor_id: int | None,
    platform: str,
    app_version: str = "",
    sdk_version: str = "",
    locale: str = "",
) -> None:
    unit.run(
        store.ADD_DEVICE,
        account_id=scope.account_id,
        id=unit.new_id(),
        installation_id=installation_id,
        credential_id=credential_id,
        visitor_id=visitor_id,
        platform=platform,
        provider=push.provider.value if push else None,
        push_token=push.token if push else None,
        topic=push.topic if push else None,
        sandbox=push.sandbox if push else False,
        app_version=app_version,
        sdk_version=sdk_version,
        locale=locale,
        seen_at=unit.now,
        is_bare=credential_id is None,
    )
