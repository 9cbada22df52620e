"""What the visitor agrees to: nothing is accepted before, and everything is kept as proof."""

from dataclasses import dataclass

from pocketdesk.chatflows import texts
from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import Missing, Options, ServedFlow, Unknown
from pocketdesk.consent import actions as consent
from pocketdesk.consent import rules as consent_rules
from pocketdesk.consent import views as consents
from pocketdesk.consent.model import Basis, Kind, PrivacySettings, Standing
from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.actions import turn
from pocketdesk.conversations.model import ContactCard, VisitorActor
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.people.model import Enforcement
from pocketdesk.storage import UnitOfWork


@dataclass(frozen=True, slots=True)
class Terms:
    """What an account and the newest version of a chatflow say about consent."""

    settings: PrivacySettings
    options: Options

    @property
    def makes_marketing_contacts(self) -> bool:
        """Whether contacts that become known here are marketing contacts."""
        return consent_rules.makes_marketing_contacts(self.settings, self.options)


def terms(unit: UnitOfWork, scope: AccountScope, flow: ServedFlow) -> Terms:
    """The terms of a chatflow."""
    return Terms(consents.settings(unit, scope), flow.document.options)


def admit(unit: UnitOfWork, scope: AccountScope, flow: ServedFlow, visitor_id: int) -> bool:
    """Refuses a visitor's words with `ConsentRequired` where the visitor has to agree first.

    Whether that holds as long as the chatflow stays as it is and the visitor takes nothing back. Where consent is asked
    for while the account's switch is off it does not, for somebody may turn the switch on.
    """
    asked = flow.document.options.process_consent
    if not asked.on or asked.type != Basis.EXPLICIT:
        return True
    found = terms(unit, scope, flow)
    standing = consents.standing(unit, scope, [visitor_id])
    return consent_rules.may_write(found.settings, found.options, standing).basis is not None


def give_consent(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor,
    kind: Kind,
    choice: bool,
    mobile_tag: str,
    text_hash: str,
) -> Standing:
    """Keeps what a visitor agrees to or declines, by the text that was read; all choices as they stand then.

    `ConsentTextChanged` if it is not the text that is shown now; `NoChatflow`, `NoMobileTag`.
    """
    flow = served(unit, scope, mobile_tag)
    found = terms(unit, scope, flow)
    language = found.options.language
    shown = consent_rules.page_texts(found.settings, found.options, texts.of(language))
    before = consents.standing(unit, scope, [actor.visitor_id])
    consent.record(
        unit,
        scope,
        actor.visitor_id,
        kind,
        choice,
        text_hash,
        shown,
        language,
        flow.id,
        flow.version,
        flow.channel_account_id,
    )
    after = consents.standing(unit, scope, [actor.visitor_id])
    if kind is Kind.PROCESS and not choice:
        unit.run(store.UNCLEAR, account_id=scope.account_id, visitor_id_=actor.visitor_id)
    contact = views.contact_of_visitor(unit, scope, actor.visitor_id)
    if contact is not None:
        learn(unit, scope, found, actor.visitor_id, contact)
    if after != before:
        _tell(unit, scope, actor, kind, choice)
    return after


def learn(unit: UnitOfWork, scope: AccountScope, found: Terms, visitor_id: int, contact: ContactCard) -> None:
    """Takes a visitor's consents over to the contact who the visitor turned out to be."""
    if contact.email is None:
        return
    asked = found.options.process_consent
    basis = Basis(asked.type) if found.settings.data_privacy and asked.on else None
    consent.learn_email(unit, scope, visitor_id, contact.id, contact.email, basis)


def takes_claims(unit: UnitOfWork, scope: AccountScope) -> bool:
    """Whether the account still takes what an app says of its visitor without proof."""
    return people.enforcement(unit, scope) is not Enforcement.ENFORCE


def served(unit: UnitOfWork, scope: AccountScope, mobile_tag: str) -> ServedFlow:
    """The chatflow that a tag leads to. `NoChatflow`, `NoMobileTag`."""
    match chatflows.serve(unit, scope, mobile_tag):
        case Missing():
            raise rules.NoMobileTag
        case Unknown():
            raise rules.NoChatflow
        case ServedFlow() as flow:
            return flow


def _tell(unit: UnitOfWork, scope: AccountScope, actor: VisitorActor, kind: Kind, choice: bool) -> None:
    """Agents see in the conversation that goes on what the visitor chose."""
    row = unit.one(store.OPEN_OF_VISITOR, account_id=scope.account_id, visitor_id_=actor.visitor_id, limit=1)
    if row is None:
        return
    going_on = turn.take_for_visitor(unit, scope, actor, row[0])
    told = rules.Consent({"kind": kind.value, "choice": choice})
    taken = rules.take_turn(going_on.state, told, unit.now)
    turn.write(unit, scope, going_on, taken, views.visitor_author(actor.visitor_id))
