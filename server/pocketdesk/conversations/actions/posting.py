"""What visitors and agents write: find the conversation for whoever may, ask the rules for the turn, write it down."""

import json
from typing import NamedTuple

from msgspec.structs import replace

from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import ServedFlow
from pocketdesk.chatflows.rules import alias_of
from pocketdesk.conversations import rules, store, views
from pocketdesk.conversations.actions import asking, assigning, consenting, turn
from pocketdesk.conversations.events import CommentPosted, ConversationStarted, MessagePosted
from pocketdesk.conversations.model import (
    SYSTEM,
    AgentActor,
    Author,
    Comment,
    Conversation,
    EnclosedEntry,
    EnclosedStart,
    Nobody,
    Posted,
    State,
    Status,
    VisitorActor,
)
from pocketdesk.files import actions as files
from pocketdesk.files import views as file_views
from pocketdesk.files.model import OwnerKind
from pocketdesk.inboxes import views as inboxes
from pocketdesk.inboxes.actions import see_channel
from pocketdesk.inboxes.model import Channel
from pocketdesk.inboxes.rules import ChannelIsSilent
from pocketdesk.kernel import text
from pocketdesk.kernel.moments import HOUR
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import views as knowledge
from pocketdesk.knowledge.model import EVERY_ACCESS, Access
from pocketdesk.knowledge.rules import article_path
from pocketdesk.people import actions as people
from pocketdesk.people import views as people_views
from pocketdesk.storage import UnitOfWork
from pocketdesk.storage.statement import Row


class Words(NamedTuple):
    """Content, and how the tables keep it."""

    content: text.Content
    json: str


def start_conversation(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor,
    client_conversation_id: str,
    client_message_id: str,
    mobile_tag: str,
    content: text.Content,
) -> Posted:
    """Begins a conversation with a visitor's first words: the welcome becomes entry 1, they become entry 2.

    Then the system has its turn: routing, asking for an address. A repetition gets the first result. `NoChatflow`,
    `NoMobileTag`, `ConsentRequired`, `AttachmentsOff`, `TooMany`, `MessageIdReused`.
    """
    words = _by_visitor(content)
    first = _started(unit, scope, actor, client_conversation_id)
    if first is not None:
        return _same(first, client_message_id, words)
    flow = consenting.served(unit, scope, mobile_tag)
    return _start(unit, scope, actor, flow, client_conversation_id, client_message_id, words)


def start_plain(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor | AgentActor,
    visitor_id: int,
    channel: Channel,
    client_conversation_id: str,
    client_message_id: str,
    language: str,
    content: text.Content,
    uploader: AgentActor | None = None,
) -> Posted:
    """Begins a conversation without a chatflow, with the first words of its visitor or of an agent.

    The caller has looked whether it is there already, and whether the agent sees the channel's inbox. `uploader`: whose
    the files are, where a program writes in the visitor's place.
    """
    found = _begin_plain(unit, scope, visitor_id, channel, client_conversation_id, language)
    if isinstance(actor, VisitorActor):
        return _write_first(unit, scope, found, client_message_id, _by_visitor(content), uploader)
    return post_message(unit, scope, actor, found.id, client_message_id, content)


def post_message(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor | AgentActor,
    conversation_id: int,
    client_message_id: str,
    content: text.Content,
    uploader: AgentActor | None = None,
) -> Posted:
    """Adds the visitor's or an agent's words. A repetition gets the first result; `MessageIdReused` if they differ.

    A visitor's words soon after closing reopen the conversation, later ones begin another: see where they landed. They
    are refused with `ConsentRequired` where the visitor has to agree first, files with `AttachmentsOff`. An agent's
    articles have to be published, and for contacts only where the visitor has proven to be one.
    """
    if isinstance(actor, VisitorActor):
        words = _by_visitor(content)
        return _post_by_visitor(unit, scope, actor, conversation_id, client_message_id, words, uploader)
    words = _to_words(content)
    row = turn.there(
        unit.one(
            store.AGENT_POSTS,
            account_id=scope.account_id,
            id_=conversation_id,
            user_id=actor.user_id,
            client_message_id_=client_message_id,
        )
    )
    if row[_SEQ] is not None:
        return _first(row, "agent", actor.user_id, words)
    author = views.agent_author(scope, actor.user_id, *row[_AFTER_TWIN:])
    found = views.to_conversation(row)
    if found.chatflow_id is None and not inboxes.takes_answers(unit, scope, found.channel_account_id):
        raise ChannelIsSilent("nothing that is written here would reach anybody")
    words = _attach(unit, scope, OwnerKind.USER, actor.user_id, found.id, words)
    words = _cite(unit, scope, words, found.visitor_id)
    taken = rules.take_turn(found.state, rules.AgentWrites(actor), unit.now)
    turn.write_notices(unit, scope, found, taken, author)
    return _write_message(unit, scope, found, taken, author, client_message_id, words)


def _post_by_visitor(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor,
    conversation_id: int,
    client_message_id: str,
    words: Words,
    uploader: AgentActor | None,
) -> Posted:
    row = turn.there(
        unit.one(
            store.VISITOR_POSTS,
            account_id=scope.account_id,
            id_=conversation_id,
            visitor_id_=actor.visitor_id,
            client_message_id_=client_message_id,
        )
    )
    if row[_SEQ] is not None:
        return _first(row, "visitor", actor.visitor_id, words)
    if row[_AFTER_TWIN] is not None and row[_AFTER_TWIN] != conversation_id:
        first = _started(unit, scope, actor, client_message_id)
        if first is not None and first[3] == client_message_id:
            return _same(first, client_message_id, words)
    found = views.to_conversation(row)
    hours = 0
    if found.state.status is Status.CLOSED:
        hours = inboxes.inbox_card(unit, scope, found.inbox_id).reopen_hours
    taken = rules.take_turn(found.state, rules.VisitorWrites(hours), unit.now)
    if taken.starts_anew and found.chatflow_id is None:
        channel = inboxes.channel(unit, scope, found.channel_account_id)
        begun = _begin_plain(unit, scope, actor.visitor_id, channel, client_message_id, found.language)
        return _write_first(unit, scope, begun, client_message_id, words, uploader)
    if taken.starts_anew:
        flow = views.flow_of(unit, scope, found)
        return _start(unit, scope, actor, flow, client_message_id, client_message_id, words)
    if (row[_AFTER_TWIN + 1] or 0) != found.cleared_version or words.content.file_ids:
        _admit(unit, scope, found, words)
    words = _attach(unit, scope, *_owner(actor.visitor_id, uploader), found.id, words)
    author = views.visitor_author(actor.visitor_id)
    turn.write_notices(unit, scope, found, taken, author)
    posted = _write_message(unit, scope, found, taken, author, client_message_id, words)
    if taken.notices and isinstance(taken.after.assignee, Nobody):
        flow = views.flow_of(unit, scope, found)
        assigning.seek(unit, scope, replace(found, state=taken.after), flow)
    return posted


def post_comment(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: AgentActor,
    conversation_id: int,
    client_message_id: str,
    content: text.Content,
) -> Posted:
    """Adds an agent's words for the other agents. A repetition gets the first result."""
    if content.quick_replies:
        raise Invalid({"content": "quick replies are for visitors"})
    words = _to_words(content)
    row = turn.there(
        unit.one(
            store.AGENT_COMMENTS,
            account_id=scope.account_id,
            id_=conversation_id,
            user_id=actor.user_id,
            client_message_id_=client_message_id,
        )
    )
    if row[_SEQ] is not None:
        return _first(row, "agent", actor.user_id, words)
    found = views.to_conversation(row)
    words = _attach(unit, scope, OwnerKind.USER, actor.user_id, found.id, words)
    words = _cite(unit, scope, words)
    seq = rules.take_turn(found.state, rules.AgentComments(), unit.now).after.seq
    unit.run(
        store.ADD_COMMENT,
        account_id=scope.account_id,
        conversation_id=found.id,
        seq=seq,
        author_id=actor.user_id,
        client_message_id=client_message_id,
        content=words.json,
        plain_text=words.content.plain,
        at=unit.now,
    )
    unit.run(store.SET_SEQ, account_id=scope.account_id, id_=found.id, seq_=seq)
    author = views.agent_author(scope, actor.user_id, *row[_AFTER_TWIN:])
    entry = Comment(seq, unit.now, author, client_message_id, words.json)
    unit.record(scope.account_id, CommentPosted(found.id, seq), EnclosedEntry(entry, found.naming))
    return Posted(found.id, seq, unit.now)


# Underneath.

_SEQ = len(store.COLUMNS)
"""In rows of `store.VISITOR_POSTS` and its like: where the columns of the earlier entry begin."""
_AFTER_TWIN = _SEQ + 5


def _to_words(content: text.Content) -> Words:
    return Words(content, turn.encode(text.to_json(content)).decode())


def _by_visitor(content: text.Content) -> Words:
    if content.articles:
        raise Invalid({"content": "only agents send articles"})
    if content.quick_replies:
        raise Invalid({"content": "only agents offer quick replies"})
    return _to_words(content)


def _are_same(stored: str, words: Words) -> bool:
    """Whether a stored message is what the client has sent, which knows of files and articles only their ids."""
    if not (words.content.file_ids or words.content.articles):
        return stored == words.json
    return text.as_sent(json.loads(stored)) == text.as_sent(json.loads(words.json))


def _first(row: Row, kind: str, author_id: int, words: Words) -> Posted:
    """The result of the first time that this client's id came."""
    seq, at, first_kind, first_author_id, content = row[_SEQ:_AFTER_TWIN]
    posted = Posted(row[0], seq, at)
    if (first_kind, first_author_id) != (kind, author_id) or not _are_same(content, words):
        raise rules.MessageIdReused(fields=_fields(posted))
    return posted


def _started(
    unit: UnitOfWork, scope: AccountScope, actor: VisitorActor, client_conversation_id: str
) -> Row | None:
    return unit.one(
        store.FIND_STARTED,
        account_id=scope.account_id,
        visitor_id_=actor.visitor_id,
        client_conversation_id_=client_conversation_id,
    )


def _same(first: Row, client_message_id: str, words: Words) -> Posted:
    """The result of the first time that this conversation was begun."""
    conversation_id, seq, at, first_message_id, content = first
    posted = Posted(conversation_id, seq, at)
    if first_message_id != client_message_id or not _are_same(content, words):
        raise rules.MessageIdReused(fields=_fields(posted))
    return posted


def _fields(posted: Posted) -> dict[str, str]:
    return {
        "conversation_id": str(posted.conversation_id),
        "seq": str(posted.seq),
        "at": str(posted.at),
    }


def _admit(unit: UnitOfWork, scope: AccountScope, found: Conversation, words: Words) -> None:
    """Refuses words that the chatflow's newest version does not let through."""
    flow = views.flow_of(unit, scope, found)
    _check_files(flow, words)
    lasts = consenting.admit(unit, scope, flow, found.visitor_id)
    if lasts and flow.version != found.cleared_version:
        unit.run(store.SET_CLEARED, account_id=scope.account_id, id_=found.id, version_=flow.version)


def _check_files(flow: ServedFlow, words: Words) -> None:
    if words.content.file_ids and not flow.document.chat.attachments:
        raise rules.AttachmentsOff(fields={"content": "files cannot be sent here"})


def _attach(
    unit: UnitOfWork, scope: AccountScope, kind: OwnerKind, owner_id: int, conversation_id: int, words: Words
) -> Words:
    """The words with what is known of their files, which are the conversation's from now on."""
    ids = words.content.file_ids
    if not ids:
        return words
    try:
        cards = files.attach(unit, scope, kind, owner_id, conversation_id, ids)
    except Invalid as wrong:
        raise Invalid({f"content.{field}": why for field, why in wrong.fields.items()}) from None
    known = [
        text.File(card.id, card.name, card.media_type, card.size, card.width, card.height) for card in cards
    ]
    return _to_words(text.with_files(words.content, known))


def _cite(unit: UnitOfWork, scope: AccountScope, words: Words, reader_id: int | None = None) -> Words:
    """The words with what is known of their articles. `reader_id`: the visitor who shall read them; None: agents."""
    cited = words.content.articles
    if not cited:
        return words
    is_proven = reader_id is None or people_views.identified_as(unit, scope, reader_id) is not None
    access = EVERY_ACCESS if is_proven else frozenset({Access.PUBLIC.value})
    known: list[text.Article] = []
    for place, block in enumerate(words.content.blocks):
        if not isinstance(block, text.Article):
            continue
        card = knowledge.find_card(unit, scope, block.article_id, block.language, access)
        if card is None:
            field = f"content.blocks.{place}.article_id"
            raise Invalid({field: "no such article, or it is not published, or not for this visitor to read"})
        base = knowledge.base(unit, scope, card.base_id)
        url = None
        if base.is_public and base.archived_at is None and card.access is Access.PUBLIC:
            url = article_path(scope.account_id, base.slug, card.language, card.slug)
        known.append(text.Article(block.article_id, block.language, card.title, card.subtitle, url))
    return _to_words(text.with_articles(words.content, known))


def _start(
    unit: UnitOfWork,
    scope: AccountScope,
    actor: VisitorActor,
    flow: ServedFlow,
    client_conversation_id: str,
    client_message_id: str,
    words: Words,
) -> Posted:
    _check_files(flow, words)
    lasts = consenting.admit(unit, scope, flow, actor.visitor_id)
    lately = unit.all(
        store.STARTED_LATELY,
        account_id=scope.account_id,
        visitor_id_=actor.visitor_id,
        before=unit.now - HOUR,
        limit=rules.MOST_STARTS,
    )
    rules.check_starts([at for (at,) in lately], unit.now)
    people.keep_visitor(unit, scope, actor.visitor_id)
    channel = inboxes.channel(unit, scope, flow.channel_account_id)
    if channel.first_seen_at is None:
        see_channel(unit, scope, channel.id)
    contact_id, email, claimed = views.known_contact(unit, scope, actor.visitor_id)
    conversation_id = turn.free_id(unit, scope)
    words = _attach(unit, scope, OwnerKind.VISITOR, actor.visitor_id, conversation_id, words)
    brand = alias_of(flow.document)
    image_id = flow.document.chat.heading.brand_image_id if brand else None
    found = Conversation(
        conversation_id,
        flow.inbox_id,
        flow.channel_account_id,
        channel.kind.value,
        flow.id,
        flow.version,
        actor.visitor_id,
        flow.document.options.language,
        unit.now,
        brand,
        file_views.brand_path(scope, image_id) if image_id is not None else None,
        flow.version if lasts else 0,
        rules.first_turn(contact_id, email, unit.now),
    )
    turn.add(unit, scope, found, client_conversation_id)
    greeted = views.contact_to_greet(unit, scope, actor.visitor_id) if contact_id else None
    welcome = _to_words(chatflows.welcome(flow.document, greeted.name if greeted else None))
    author = views.visitor_author(actor.visitor_id)
    messages = (
        turn.add_message(unit, scope, found.id, 1, SYSTEM, None, *welcome),
        turn.add_message(unit, scope, found.id, 2, author, client_message_id, *words),
    )
    unit.record(
        scope.account_id,
        ConversationStarted(found.id, found.visitor_id),
        EnclosedStart(found, messages),
    )
    found = assigning.seek(unit, scope, found, flow)
    if contact_id is None and claimed is not None and consenting.takes_claims(unit, scope):
        asking.take_claim(unit, scope, found, flow, claimed)
    else:
        asking.ask_first(unit, scope, found, flow)
    return Posted(found.id, 2, unit.now)


def _begin_plain(
    unit: UnitOfWork,
    scope: AccountScope,
    visitor_id: int,
    channel: Channel,
    client_conversation_id: str,
    language: str,
) -> Conversation:
    people.keep_visitor(unit, scope, visitor_id)
    if channel.first_seen_at is None:
        see_channel(unit, scope, channel.id)
    contact_id, email, _ = views.known_contact(unit, scope, visitor_id)
    found = Conversation(
        turn.free_id(unit, scope),
        channel.inbox_id,
        channel.id,
        channel.kind.value,
        None,
        None,
        visitor_id,
        language,
        unit.now,
        None,
        None,
        0,
        State(contact_id=contact_id, email=email, last_activity_at=unit.now),
    )
    turn.add(unit, scope, found, client_conversation_id)
    unit.record(scope.account_id, ConversationStarted(found.id, visitor_id), EnclosedStart(found, ()))
    return found


def _owner(visitor_id: int, uploader: AgentActor | None) -> tuple[OwnerKind, int]:
    """Whose the files of a visitor's words are."""
    return (OwnerKind.VISITOR, visitor_id) if uploader is None else (OwnerKind.USER, uploader.user_id)


def _write_first(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    client_message_id: str,
    words: Words,
    uploader: AgentActor | None,
) -> Posted:
    words = _attach(unit, scope, *_owner(found.visitor_id, uploader), found.id, words)
    taken = rules.take_turn(found.state, rules.VisitorWrites(0), unit.now)
    author = views.visitor_author(found.visitor_id)
    return _write_message(unit, scope, found, taken, author, client_message_id, words)


def _write_message(
    unit: UnitOfWork,
    scope: AccountScope,
    found: Conversation,
    taken: rules.Turn,
    author: Author,
    client_message_id: str,
    words: Words,
) -> Posted:
    seq = taken.after.last_message_seq
    entry = turn.add_message(unit, scope, found.id, seq, author, client_message_id, *words)
    turn.save(unit, scope, found, taken.after)
    unit.record(
        scope.account_id,
        MessagePosted(found.id, found.visitor_id, seq),
        EnclosedEntry(entry, found.naming),
    )
    return Posted(found.id, seq, unit.now)
