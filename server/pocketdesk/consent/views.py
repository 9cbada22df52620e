"""What others read of consent: settings, standing, records, subscription types."""

from collections.abc import Collection, Mapping

from pocketdesk.accounts import views as accounts
from pocketdesk.consent import rules, store
from pocketdesk.consent.model import (
    Basis,
    ConsentRecord,
    Kind,
    PrivacySettings,
    Standing,
    Subscription,
    SubscriptionStatus,
    SubscriptionType,
    WithOptions,
)
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader
from pocketdesk.storage.statement import Row

MOST_RECORDS = 500


def settings(reader: Reader, scope: AccountScope) -> PrivacySettings:
    """What the account decided, or the defaults."""
    row = reader.one(store.SETTINGS, account_id=scope.account_id)
    return PrivacySettings(*row) if row else PrivacySettings()


def retaining(reader: Reader, after: int, limit: int) -> list[tuple[int, int | None, int | None, int | None]]:
    """Accounts with a rule of retention, in order of their ids: id, closed_days, idle_days, file_days."""
    return [(row[0], row[1], row[2], row[3]) for row in reader.all(store.RETAINING, after=after, limit=limit)]


# Choices.


def standing(reader: Reader, scope: AccountScope, person_ids: Collection[int]) -> Standing:
    """The newest choices of somebody known by these ids (a visitor, and perhaps a contact)."""
    if not person_ids:
        return Standing()
    query = store.CHOICES.where(store.consent_record.c.person_id.in_(person_ids))
    newest = dict[str, bool](
        (kind, choice) for kind, choice in reader.all(query, account_id=scope.account_id)
    )
    return Standing(newest.get(Kind.COOKIES), newest.get(Kind.PROCESS), newest.get(Kind.COMMUNICATE))


def check_remembering(
    reader: Reader,
    scope: AccountScope,
    visitor_id: int,
    identified: bool,
) -> None:
    """Refuses to keep a visitor's id on the device: without consent, and where an app says who the visitor is."""
    found = standing(reader, scope, [visitor_id])
    rules.check_remembering(settings(reader, scope), found, identified=identified)


def records(reader: Reader, scope: AccountScope, person_id: int) -> tuple[ConsentRecord, ...]:
    """A person's choices with their texts, newest first (the newest 500)."""
    rows = reader.all(store.OF_PERSON, account_id=scope.account_id, id_=person_id, limit=MOST_RECORDS)
    return tuple(map(_record, rows))


# Subscriptions.


def subscription_types(reader: Reader, scope: AccountScope) -> tuple[SubscriptionType, ...]:
    """The account's subscription types, archived ones too; the default one comes first.

    It has the account's own id, and stands in the table only once somebody has used or changed it.
    """
    rows = reader.all(store.TYPES, account_id=scope.account_id)
    found = {
        id_: SubscriptionType(id_, name, description, id_ == scope.account_id, created_at, archived_at)
        for id_, name, description, created_at, archived_at in rows
    }
    default = found.pop(scope.account_id, None) or SubscriptionType(
        scope.account_id,
        rules.DEFAULT_TYPE,
        "",
        is_default=True,
        created_at=accounts.account(reader, scope).created_at,
        archived_at=None,
    )
    return default, *found.values()


def subscription_type(reader: Reader, scope: AccountScope, type_id: int) -> SubscriptionType:
    """One subscription type; `NotFound` if the account has none such."""
    for found in subscription_types(reader, scope):
        if found.id == type_id:
            return found
    raise NotFound


def subscriptions(reader: Reader, scope: AccountScope, contact_id: int) -> tuple[Subscription, ...]:
    """What a contact is subscribed to, or no longer is."""
    rows = reader.all(store.SUBSCRIPTIONS, account_id=scope.account_id, id_=contact_id)
    return tuple(
        Subscription(contact, type_id, email, SubscriptionStatus(status), source, record_id, at)
        for contact, type_id, email, status, source, record_id, at in rows
    )


def check_document(
    reader: Reader,
    scope: AccountScope,
    inbox_id: int,  # noqa: ARG001  every check of a document takes it
    document: WithOptions,
) -> Mapping[str, str]:
    """What a chatflow's document refers to in vain, by field: a subscription type that is archived or never was."""
    offered = document.options.communicate_consent
    type_id = offered.subscription_type_id
    if type_id is None:
        return {}
    types = {found.id: found for found in subscription_types(reader, scope)}
    wrong = rules.check_choosable(types.get(type_id))
    return {"options.communicate_consent.subscription_type_id": wrong} if wrong else {}


def _record(row: Row) -> ConsentRecord:
    id_, person_id, kind, choice, hash_, text, language, basis, *rest = row
    return ConsentRecord(
        id_, person_id, Kind(kind), choice, hash_, text, language, Basis(basis) if basis else None, *rest
    )
