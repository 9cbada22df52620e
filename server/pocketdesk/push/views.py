"""What others read of push: how an account can push, and what a device is to be told of a conversation now."""

from dataclasses import dataclass

import msgspec

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.rules.sealing import unseal
from pocketdesk.chatflows import texts
from pocketdesk.chatflows import views as chatflows
from pocketdesk.conversations import views as conversations
from pocketdesk.conversations import wire
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.people.model import Device, PushProvider
from pocketdesk.push import rules, store
from pocketdesk.push.model import ApnsKey, FcmKey, Key, Provider, Push, WebPushKey
from pocketdesk.storage import Reader

_KEYS: dict[PushProvider, type[Key]] = {
    PushProvider.APNS: ApnsKey,
    PushProvider.FCM: FcmKey,
    PushProvider.WEBPUSH: WebPushKey,
}


@dataclass(frozen=True, slots=True)
class News:
    """What the devices of a conversation's visitor are to show, with words and (to those less sure) without."""

    push: Push
    bare: Push
    devices: tuple[Device, ...]

    def for_device(self, device_id: int) -> tuple[Device, Push] | None:
        """One of the devices and its push; None if it is gone."""
        for device in self.devices:
            if device.id == device_id:
                return device, self.bare if device.is_bare else self.push
        return None


def providers(reader: Reader, scope: AccountScope) -> tuple[Provider, ...]:
    """By which services the account can push."""
    rows = reader.all(store.PROVIDERS, account_id=scope.account_id)
    return tuple(Provider(PushProvider(kind), *rest) for kind, *rest in rows)


def can_push(reader: Reader, account_id: int) -> bool:
    """Whether the account has any key to push with."""
    return reader.one(store.ANY_PROVIDER, account_id=account_id) is not None


def with_content(reader: Reader, scope: AccountScope) -> bool:
    """Whether pushes carry the words of messages, where the device has proven enough."""
    row = reader.one(store.SETTINGS, account_id=scope.account_id)
    return row[0] if row else True


def position(reader: Reader, scope: AccountScope) -> int:
    """Up to where the ledger was read."""
    row = reader.one(store.SETTINGS, account_id=scope.account_id)
    return row[1] if row else 0


def key(reader: Reader, scope: AccountScope, kind: PushProvider, sealing_key: bytes) -> Key | None:
    """The key for a service; None without one, or if the installation's secret is another than the one that sealed."""
    row = reader.one(store.SEALED_KEY, account_id=scope.account_id, kind_=kind.value)
    opened = unseal(sealing_key, row[0], rules.place_of(scope.account_id, kind)) if row else None
    return msgspec.json.decode(opened, type=_KEYS[kind]) if opened is not None else None


def public_key(reader: Reader, scope: AccountScope) -> str | None:
    """What browsers subscribe with; None if the account has no web push."""
    row = reader.one(store.PUBLIC_KEY, account_id=scope.account_id, kind_=PushProvider.WEBPUSH.value)
    return row[0] if row else None


def news(reader: Reader, scope: AccountScope, conversation_id: int, now: int) -> News | None:
    """What is to be pushed about a conversation now; None if its visitor has read it, wrote last, or has no device."""
    row = conversations.rows_of(reader, scope, [conversation_id]).get(conversation_id)
    if row is None:
        return None
    found = row.conversation
    flow_id = found.chatflow_id
    if flow_id is None:
        return None  # no app of ours shows it
    unread = conversations.unread_messages(reader, scope, found)
    if not unread or unread[-1].seq != found.state.last_message_seq:
        return None
    devices = tuple(
        device for device in people.devices(reader, scope, found.visitor_id, now) if device.push is not None
    )
    if not devices:
        return None
    newest = unread[-1]
    name = wire.visitor_author_out(newest.author, found.naming)["name"]
    words, account_name = texts.of(found.language), accounts.account(reader, scope).name
    _, badge = conversations.unread_of_visitor(reader, scope, found.visitor_id)
    tag = chatflows.newest(reader, scope, flow_id).document.mobile.tag

    def push(title: str, body: str) -> Push:
        return Push(title, body, badge, scope.account_id, found.id, flow_id, tag)

    bare = push(*rules.compose(len(unread), None, name, words, account_name))
    if not with_content(reader, scope):
        return News(bare, bare, devices)
    return News(push(*rules.compose(len(unread), newest, name, words, account_name)), bare, devices)
