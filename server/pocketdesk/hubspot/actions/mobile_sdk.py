"""What apps with HubSpot's SDKs tell of a conversation. They hold no bearer: a token is proof; without one, the
visitor's own activity a moment ago must do.
"""

from collections.abc import Mapping
from contextlib import suppress

from pocketdesk.conversations import views as conversations
from pocketdesk.conversations.model import Conversation
from pocketdesk.kernel.moments import MINUTE
from pocketdesk.kernel.refusal import Invalid, NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import actions as people
from pocketdesk.people import rules
from pocketdesk.people import views as visitors
from pocketdesk.people.model import Proof, PushProvider
from pocketdesk.storage import UnitOfWork

LATELY_MS = 10 * MINUTE
"""For so long after its visitor did something an anonymous conversation believes who has no proof."""
PROVIDERS = {"android": PushProvider.FCM, "ios": PushProvider.APNS}


def tell_of_conversation(
    unit: UnitOfWork,
    scope: AccountScope,
    conversation_id: int,
    token: str,
    email: str | None,
    properties: Mapping[str, str],
    sealing_key: bytes,
) -> None:
    """Keeps an app's chat properties, and pushes news of its conversation to the token among them.

    With a token it must hold and be that of the conversation's visitor. Whoever may not, or names a conversation that
    is not there, changes nothing and learns nothing. `Invalid` at what no app may tell, whatever the conversation.
    """
    told = rules.clean_properties(properties)
    push_token = told.pop("push_token", "")
    if push_token:
        rules.check_push_token(push_token, "metadata.push_token")
    try:
        found = conversations.of_account(unit, scope, conversation_id)
    except NotFound:
        return
    proof = visitors.proof_of(unit, scope, token, email, sealing_key, unit.now) if token else None
    if not _may_tell(unit, scope, found, proof, has_token=bool(token)):
        return
    try:
        people.keep_visitor(unit, scope, found.visitor_id)
    except NotFound:  # a retired one
        return
    with suppress(Invalid):  # too many, together with what is known: the caller shall not learn of it
        people.put_properties(unit, scope, found.visitor_id, told)
    platform = told.get("platform", "")
    provider = PROVIDERS.get(platform)
    if push_token and provider:
        people.bind_push_token(
            unit, scope, provider, push_token, platform, found.visitor_id, is_bare=proof is None
        )


def _may_tell(
    unit: UnitOfWork, scope: AccountScope, found: Conversation, proof: Proof | None, *, has_token: bool
) -> bool:
    contact_id = visitors.identified_as(unit, scope, found.visitor_id)
    if has_token or contact_id is not None:
        whom = visitors.identity_of_email(unit, scope, proof.email) if proof else None
        return whom is not None and whom[0] == contact_id
    seen_at = visitors.visitor(unit, scope, found.visitor_id).card.last_seen_at
    did_at = max(seen_at, found.created_at, found.state.last_received_at or 0)
    return unit.now - did_at <= LATELY_MS
