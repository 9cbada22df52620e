"""Mails that carry a new secret, and what is kept of mails: that they went out."""

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.actions import mail_invitation
from pocketdesk.conversations.model import Conversation
from pocketdesk.jobs import Job
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.mail import rules, store, texts, views
from pocketdesk.mail.model import Mail
from pocketdesk.storage import UnitOfWork

TRANSCRIPT = "mail.transcript"
KEPT_MS = 30 * DAY
SWEPT_AT_ONCE = 200


def invite(unit: UnitOfWork, scope: AccountScope, origin: str, user_id: int) -> Mail | None:
    """Makes the mail that invites a user, with a link of its own; None if there is nothing to send (any more)."""
    word = views.invitation_word(unit, scope, user_id, unit.now)
    if word is None:
        return None
    user = accounts.user(unit, scope, user_id)
    if user.deactivated_at is not None:
        return None
    return rules.invitation(
        texts.of(texts.FALLBACK),
        user.email,
        user.name,
        accounts.account(unit, scope).name,
        f"{origin}/invite/{mail_invitation(unit, scope, user_id)}",
        word,
        unit.now,
    )


def mail_transcript(unit: UnitOfWork, scope: AccountScope, conversation: Conversation) -> None:
    """Has a transcript mailed to whom the conversation is with, once for what stands in it now.

    `NoAddress` if none is known. The caller has checked who may ask for it.
    """
    state = conversation.state
    views.known_address(unit, scope, state.contact_id)
    facts = {
        "conversation_id": conversation.id,
        "contact_id": state.contact_id,
        "seq": state.last_message_seq,
    }
    unit.enqueue(Job(scope.account_id, TRANSCRIPT, str(conversation.id), facts))


def note_sent(unit: UnitOfWork, scope: AccountScope, word: str) -> None:
    """Notes that the mail of this word has gone out, so that it does not go out again."""
    unit.run(store.ADD, account_id=scope.account_id, word=word, sent_at=unit.now)


def sweep(unit: UnitOfWork) -> bool:
    """Forgets some of the mails that went out more than 30 days ago; whether there may be more."""
    rows = unit.all(store.OLD, before=unit.now - KEPT_MS, limit=SWEPT_AT_ONCE)
    unit.run_many(store.DROP, [{"account_id": account_id, "word_": word} for account_id, word in rows])
    return len(rows) == SWEPT_AT_ONCE
