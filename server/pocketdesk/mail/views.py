"""Which mails have gone out, and what is to be told in one."""

import json
from collections.abc import Sequence

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.model import Status
from pocketdesk.conversations import views as conversations
from pocketdesk.conversations.model import Entry, Message
from pocketdesk.kernel import text
from pocketdesk.kernel.refusal import NotFound
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.mail import rules, store, texts
from pocketdesk.mail.model import Mail, Quote
from pocketdesk.people import views as people
from pocketdesk.storage import Reader


def was_sent(reader: Reader, scope: AccountScope, word: str) -> bool:
    """Whether the mail of this word has gone out in the last month."""
    return reader.one(store.FIND, account_id=scope.account_id, word_=word) is not None


def owner_away(
    reader: Reader, scope: AccountScope, origin: str, user_id: int, conversation_id: int, now: int
) -> Mail | None:
    """What a contact's owner is told of a conversation; None if there is nothing (more) to tell.

    So it is when the owner is back or gone, does not see the conversation, or knows of its newest words already.
    """
    try:
        owner = accounts.user(reader, scope, user_id)
        if not owner.is_active or owner.status is not Status.AWAY:
            return None
        seen = conversations.agent_conversation(reader, scope, user_id, conversation_id)
    except NotFound:
        return None
    said = _unanswered(seen.entries)
    if not said:
        return None
    word = f"owner-{conversation_id}-{said[-1].seq}"
    if was_sent(reader, scope, word):
        return None
    return rules.owner_away(
        texts.of(texts.FALLBACK),
        owner.email,
        (seen.contact.name or seen.contact.email) if seen.contact else None,
        accounts.account(reader, scope).name,
        [plain(message.content) for message in said],
        f"{origin}/a/{scope.account_id}/inbox/{conversation_id}",
        word,
        now,
    )


def known_address(reader: Reader, scope: AccountScope, contact_id: int | None) -> str:
    """The address of a contact; `NoAddress` if nobody has told one."""
    contact = people.contact_cards(reader, scope, [contact_id]).get(contact_id) if contact_id else None
    if contact is None or contact.email is None:
        raise rules.NoAddress
    return contact.email


def transcript(
    reader: Reader,
    scope: AccountScope,
    origin: str,
    conversation_id: int,
    contact_id: int,
    seq: int,
    now: int,
) -> Mail | None:
    """A conversation for whom it is with, under the names that its visitor sees (L15).

    None if it or the address is gone, or it went out already as it was at message `seq`.
    """
    word = f"transcript-{conversation_id}-{seq}"
    if was_sent(reader, scope, word):
        return None
    try:
        to = known_address(reader, scope, contact_id)
        found = conversations.transcript(reader, scope, conversation_id, origin)
    except (NotFound, rules.NoAddress):
        return None
    words = texts.of(found.language)
    said = [
        Quote(line.name or words["transcript.you"], line.words, rules.to_when(line.at))
        for line in found.lines
    ]
    return rules.transcript(words, to, found.name, said, word, now)


def invitation_word(reader: Reader, scope: AccountScope, user_id: int, now: int) -> str | None:
    """The word of the mail that invites a user; None if it went out, or nobody is invited (any more)."""
    until = accounts.invited_until(reader, scope, user_id, now)
    if until is None:
        return None
    word = f"invitation-{user_id}-{until}"
    return None if was_sent(reader, scope, word) else word


def plain(content: str) -> str:
    """The words of stored content."""
    return text.from_json(json.loads(content)).plain


def _unanswered(entries: Sequence[Entry]) -> list[Message]:
    """What the visitor has written since an agent wrote."""
    found: list[Message] = []
    for entry in entries:
        if isinstance(entry, Message):
            if entry.author.kind == "visitor":
                found.append(entry)
            elif entry.author.kind == "agent":
                found.clear()
    return found
