"""What programs do in conversations, in HubSpot's words: by the same actions as the console."""

from uuid import UUID

from pocketdesk.accounts.model import Permission
from pocketdesk.conversations import actions as conversations
from pocketdesk.conversations.model import AgentActor, AssignedUser, Conversation, Nobody, Posted, Status
from pocketdesk.hubspot import views
from pocketdesk.hubspot.model import Draft, Thread
from pocketdesk.inboxes import views as inboxes
from pocketdesk.kernel.refusal import Conflict, Forbidden, Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork


class ThreadIsArchived(Conflict):
    """Nothing changes in an archived conversation before it is restored."""

    code = "thread_is_archived"
    status = 400


def send(
    unit: UnitOfWork,
    scope: AccountScope,
    user_id: int,
    permissions: frozenset[Permission],
    conversation_id: int,
    draft: Draft,
) -> Posted:
    """Says something in a conversation, as the token's user or as whom the draft names.

    To write as somebody else takes the right `people`, and that they see the conversation. `Invalid` at what the draft
    names in vain, `ThreadIsArchived`.
    """
    thread = _open_thread(unit, scope, user_id, conversation_id)
    actor = AgentActor(_sender(unit, scope, user_id, permissions, thread.kept.conversation, draft.sender))
    client_message_id = str(
        UUID(int=unit.random_id())
    )  # HubSpot's have none, so a repetition is another message
    if draft.is_comment:
        return conversations.post_comment(
            unit, scope, actor, conversation_id, client_message_id, draft.content
        )
    _check_way(thread, draft)
    return conversations.post_message(unit, scope, actor, conversation_id, client_message_id, draft.content)


def change(
    unit: UnitOfWork,
    scope: AccountScope,
    user_id: int,
    conversation_id: int,
    status: Status | None,
    *,
    archived: bool,
    restore: bool,
) -> Thread:
    """Opens or closes a conversation, or restores an archived one."""
    thread = views.thread(unit, scope, user_id, conversation_id, archived=archived)
    actor = AgentActor(user_id)
    if thread.kept.archived_at is not None:
        if status is not None:
            raise ThreadIsArchived(fields={"status": "an archived conversation keeps it"})
        if restore:
            conversations.restore_conversation(unit, scope, actor, conversation_id)
    elif status is Status.OPEN:
        conversations.reopen_conversation(unit, scope, actor, conversation_id)
    elif status is Status.CLOSED:
        conversations.close_conversation(unit, scope, actor, conversation_id)
    return views.thread(unit, scope, user_id, conversation_id)


def archive(unit: UnitOfWork, scope: AccountScope, user_id: int, conversation_id: int) -> None:
    """Puts a conversation away."""
    conversations.archive_conversation(unit, scope, AgentActor(user_id), conversation_id)


def give(
    unit: UnitOfWork, scope: AccountScope, user_id: int, conversation_id: int, word: str | None
) -> Thread:
    """Assigns a conversation to the user whom a word names, or (None) to nobody. `Invalid` at `actorId`."""
    _open_thread(unit, scope, user_id, conversation_id)
    to = Nobody()
    if word is not None:
        found = views.user_of_word(unit, scope, word)
        if found is None:
            raise Invalid({"actorId": "no such user"})
        to = AssignedUser(found)
    conversations.assign(unit, scope, AgentActor(user_id), conversation_id, to)
    return views.thread(unit, scope, user_id, conversation_id)


def _open_thread(unit: UnitOfWork, scope: AccountScope, user_id: int, conversation_id: int) -> Thread:
    thread = views.thread(unit, scope, user_id, conversation_id)
    if thread.kept.archived_at is not None:
        raise ThreadIsArchived
    return thread


def _sender(
    unit: UnitOfWork,
    scope: AccountScope,
    user_id: int,
    permissions: frozenset[Permission],
    found: Conversation,
    word: str | None,
) -> int:
    if word is None:
        return user_id
    sender = views.user_of_word(unit, scope, word)
    if sender == user_id:
        return user_id
    if Permission.PEOPLE not in permissions:
        raise Forbidden("senderActorId: to write as somebody else takes the right people")
    if sender is None or not inboxes.has_access(unit, scope, sender, found.inbox_id):
        raise Invalid({"senderActorId": "no such user, or one who does not see this conversation"})
    return sender


def _check_way(thread: Thread, draft: Draft) -> None:
    found = thread.kept.conversation
    if draft.channel_id not in {None, thread.channel_id}:
        raise Invalid({"channelId": "not the channel of this conversation"})
    if draft.channel_account_id not in {None, str(found.channel_account_id)}:
        raise Invalid({"channelAccountId": "not the channel account of this conversation"})
    known = {f"V-{found.visitor_id}", f"V-{found.state.contact_id}"}
    if not known.issuperset(draft.recipients):
        raise Invalid({"recipients": "not whom this conversation is with"})
