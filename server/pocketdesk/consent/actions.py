"""What is done about consent: settings, choices, subscriptions. Changes of settings stand in the audit log."""

from dataclasses import replace

from pocketdesk.accounts.actions import record_audit
from pocketdesk.accounts.model import Actor
from pocketdesk.consent import rules, store, views
from pocketdesk.consent.model import (
    Basis,
    CommunicateText,
    Kind,
    PageTexts,
    PrivacySettings,
    ProcessText,
    SubscriptionStatus,
    SubscriptionType,
)
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.people.model import ContactCard
from pocketdesk.storage import UnitOfWork

LEGAL_BASIS = "legal_basis"
"""The contact property that says on what ground a contact's words are processed."""
SOURCE = "chat"
BY_PROGRAM = "api"


def change_settings(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, after: PrivacySettings
) -> PrivacySettings:
    """Gives the account other privacy settings. `Invalid` at a number of days that is none."""
    for field in ("closed_days", "idle_days", "file_days"):
        rules.check_days(field, getattr(after, field))
    unit.lock("privacy", scope.account_id, 0)
    if after != views.settings(unit, scope):
        unit.run(
            store.PUT_SETTINGS,
            account_id=scope.account_id,
            data_privacy=after.data_privacy,
            cookie_consent=after.cookie_consent,
            marketing_contacts=after.marketing_contacts,
            closed_days=after.closed_days,
            idle_days=after.idle_days,
            file_days=after.file_days,
        )
        record_audit(unit, scope, actor.user_id, "changed", "privacy", scope.account_id)
    return after


# Choices.


def record(
    unit: UnitOfWork,
    scope: AccountScope,
    person_id: int,
    kind: Kind,
    choice: bool,
    text_hash: str,
    texts: PageTexts,
    language: str,
    chatflow_id: int,
    version: int,
    channel_account_id: int,
) -> None:
    """Keeps what a visitor chose, with the very words that were shown. The same choice about the same words stays one.

    `ConsentTextChanged` unless `text_hash` is that of the text in `texts`, which the chatflow's newest version gives.
    Who withdraws consent to cookies is remembered nowhere any more. Where the visitor's e-mail is known already, call
    `learn_email` afterwards.
    """
    shown = rules.shown_text(texts, kind, text_hash)
    newest = unit.one(store.NEWEST, account_id=scope.account_id, id_=person_id, kind_=kind.value)
    if newest is not None and newest == (choice, text_hash):
        return
    unit.run(store.KEEP_TEXT, account_id=scope.account_id, text_hash=text_hash, text=shown.text)
    type_id = None
    if isinstance(shown, CommunicateText):
        type_id = shown.subscription_type_id or scope.account_id
        if type_id == scope.account_id:
            _store_type(unit, scope, views.subscription_types(unit, scope)[0])
    unit.run(
        store.ADD_RECORD,
        account_id=scope.account_id,
        id=unit.new_id(),
        person_id=person_id,
        kind=kind.value,
        choice=choice,
        text_hash=text_hash,
        language=language,
        basis=shown.basis.value if isinstance(shown, ProcessText) else None,
        subscription_type_id=type_id,
        chatflow_id=chatflow_id,
        chatflow_version=version,
        channel_account_id=channel_account_id,
        at=unit.now,
        email=None,
        of_record_id=None,
    )
    if kind is Kind.COOKIES and not choice:
        people.forget_cookies(unit, scope, person_id)


def give(unit: UnitOfWork, scope: AccountScope, visitor_id: int, to_visitor_id: int) -> None:
    """What a visitor chose is another visitor's choice from now on: they have shown to be the same person."""
    unit.run(store.GIVE, account_id=scope.account_id, id_=visitor_id, to=to_visitor_id)


def hand_over(unit: UnitOfWork, scope: AccountScope, contact_id: int, to_contact_id: int) -> None:
    """What a contact chose is another contact's choice from now on: they are one. Of subscriptions an end wins."""
    unit.lock("subscription", scope.account_id, to_contact_id)
    place = {"account_id": scope.account_id, "id_": contact_id, "to": to_contact_id}
    unit.run(store.TELL_COPIES_APART, **place)
    unit.run(store.GIVE, **place)
    there = {one.subscription_type_id: one for one in views.subscriptions(unit, scope, to_contact_id)}
    for one in views.subscriptions(unit, scope, contact_id):
        after = rules.merged_subscription(there.get(one.subscription_type_id), one)
        if after is not None:
            unit.run(
                store.PUT_SUBSCRIPTION,
                account_id=scope.account_id,
                contact_id=to_contact_id,
                subscription_type_id=after.subscription_type_id,
                email=after.email,
                status=after.status.value,
                source=after.source,
                record_id=after.record_id,
                at=after.at,
            )
    unit.run(store.DROP_SUBSCRIPTIONS, account_id=scope.account_id, id_=contact_id)


def learn_email(
    unit: UnitOfWork,
    scope: AccountScope,
    visitor_id: int,
    contact_id: int,
    email: str,
    basis: Basis | None = None,
) -> None:
    """Copies a visitor's consents to the contact whose address the visitor gave, and does what they say.

    The newest choice of each subscription type counts; unticked subscribes to nothing. `basis`, of the proof with
    which the visitor writes, becomes the contact's legal basis. Doing it again changes nothing.
    """
    seen = set[int]()
    for found in views.records(unit, scope, visitor_id):
        record_id = unit.new_id()
        unit.run(
            store.ADD_RECORD,
            account_id=scope.account_id,
            id=record_id,
            person_id=contact_id,
            kind=found.kind.value,
            choice=found.choice,
            text_hash=found.text_hash,
            language=found.language,
            basis=found.basis.value if found.basis else None,
            subscription_type_id=found.subscription_type_id,
            chatflow_id=found.chatflow_id,
            chatflow_version=found.chatflow_version,
            channel_account_id=found.channel_account_id,
            at=found.at,
            email=email,
            of_record_id=found.id,
        )
        type_id = found.subscription_type_id
        if type_id is not None and type_id not in seen:
            seen.add(type_id)
            _subscribe(unit, scope, contact_id, type_id, email, found.id, found.at, chosen=found.choice)
    if basis is not None:
        people.set_contact_property(unit, scope, contact_id, LEGAL_BASIS, basis.value, SOURCE)


def _subscribe(
    unit: UnitOfWork,
    scope: AccountScope,
    contact_id: int,
    type_id: int,
    email: str,
    record_id: int,
    at: int,
    *,
    chosen: bool,
) -> None:
    """Subscribes, or ends a subscription: who never ticked anything has none to end."""
    there = any(one.subscription_type_id == type_id for one in views.subscriptions(unit, scope, contact_id))
    if chosen or there:
        status = SubscriptionStatus.SUBSCRIBED if chosen else SubscriptionStatus.UNSUBSCRIBED
        unit.run(
            store.PUT_SUBSCRIPTION,
            account_id=scope.account_id,
            contact_id=contact_id,
            subscription_type_id=type_id,
            email=email,
            status=status.value,
            source=SOURCE,
            record_id=record_id,
            at=at,
        )


def set_subscription(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    card: ContactCard,
    type_id: int,
    *,
    subscribed: bool,
) -> None:
    """Subscribes a contact by a program's word, or ends the subscription; without a consent record of ours.

    `NotFound` for a type that is not there, `Invalid` at `subscription_type_id` for an archived one, `HasUnsubscribed`
    where the contact has ended it before.
    """
    found = views.subscription_type(unit, scope, type_id)
    wrong = rules.check_choosable(found)
    if subscribed and wrong:
        raise Invalid({"subscription_type_id": wrong})
    unit.lock("subscription", scope.account_id, card.id)
    there = {one.subscription_type_id: one for one in views.subscriptions(unit, scope, card.id)}
    before = there.get(type_id)
    status = SubscriptionStatus.SUBSCRIBED if subscribed else SubscriptionStatus.UNSUBSCRIBED
    if before is not None and before.status is status:
        return
    if subscribed and before is not None:
        raise rules.HasUnsubscribed
    if card.email is None:
        raise Invalid({"email": "the contact has none"})
    if found.is_default:
        _store_type(unit, scope, found)
    unit.run(
        store.PUT_SUBSCRIPTION,
        account_id=scope.account_id,
        contact_id=card.id,
        subscription_type_id=type_id,
        email=card.email,
        status=status.value,
        source=BY_PROGRAM,
        record_id=None,
        at=unit.now if before is None else max(unit.now, before.at + 1),  # the newest word holds
    )
    record_audit(unit, scope, actor.user_id, status.value, "contact", card.id, {"subscription_type": type_id})


# Subscription types.


def create_subscription_type(
    unit: UnitOfWork, scope: AccountScope, actor: Actor, name: str, description: str = ""
) -> SubscriptionType:
    """Adds a subscription type. `TooManyTypes` beyond a hundred."""
    unit.lock("subscription_types", scope.account_id, 0)
    if len(views.subscription_types(unit, scope)) >= rules.MOST_TYPES:
        raise rules.TooManyTypes
    found = SubscriptionType(
        unit.new_id(),
        rules.clean_type_name(name),
        rules.clean_description(description),
        is_default=False,
        created_at=unit.now,
        archived_at=None,
    )
    _store_type(unit, scope, found)
    record_audit(unit, scope, actor.user_id, "created", "subscription_type", found.id)
    return found


def change_subscription_type(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: Actor,
    type_id: int,
    name: str | None = None,
    description: str | None = None,
    archived: bool | None = None,
) -> SubscriptionType:
    """Renames, archives or restores a subscription type. `IsDefault` when the default one would be archived."""
    unit.lock("subscription_types", scope.account_id, 0)
    before = after = views.subscription_type(unit, scope, type_id)
    if name is not None:
        after = replace(after, name=rules.clean_type_name(name))
    if description is not None:
        after = replace(after, description=rules.clean_description(description))
    if archived is not None and archived != (before.archived_at is not None):
        if before.is_default:
            raise rules.IsDefault(fields={"archived": "the default subscription type stays"})
        after = replace(after, archived_at=unit.now if archived else None)
    if after != before:
        _store_type(unit, scope, before)
        unit.run(
            store.SET_TYPE,
            account_id=scope.account_id,
            id_=type_id,
            name_=after.name,
            description_=after.description,
            archived=after.archived_at,
        )
        verb = "changed"
        if after.archived_at != before.archived_at:
            verb = "restored" if after.archived_at is None else "archived"
        record_audit(unit, scope, actor.user_id, verb, "subscription_type", type_id)
    return after


def _store_type(unit: UnitOfWork, scope: AccountScope, found: SubscriptionType) -> None:
    unit.run(
        store.ADD_TYPE,
        account_id=scope.account_id,
        id=found.id,
        name=found.name,
        description=found.description,
        created_at=found.created_at,
        archived_at=found.archived_at,
    )


# Forgetting.


def forget_person(unit: UnitOfWork, scope: AccountScope, person_id: int) -> dict[str, int]:
    """Takes the address out of a person's consents, which stay as proof, and ends subscriptions; how many of each."""
    kept = unit.all(store.FORGET_ADDRESS, account_id=scope.account_id, id_=person_id)
    dropped = unit.all(store.DROP_SUBSCRIPTIONS, account_id=scope.account_id, id_=person_id)
    return {"consent_record": len(kept), "subscription": len(dropped)}
