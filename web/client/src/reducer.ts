/** What a stream holds after another frame. Pure. Law: a snapshot and the events after it equal a fresh snapshot,
 *  except that messages scrolled out of a fresh snapshot's window stay. */

import type {
  ConversationEvent,
  ConversationState,
  CountsState,
  ListState,
  Row,
  RowPatch,
  TimelineEntry,
  VisitorConversation,
  VisitorEntry,
  VisitorEvent,
  VisitorState,
} from "./protocol.ts";

// ---- visitor ----------------------------------------------------------------------------------------------------

export function reduceVisitor(state: VisitorState, event: VisitorEvent): VisitorState {
  if (event.kind === "conversation_started") {
    const others = state.conversations.filter((each) => each.id !== event.conversation.id);
    return { ...state, conversations: [event.conversation, ...others] };
  }
  return {
    ...state,
    conversations: state.conversations.map((each) =>
      each.id === event.conversation_id ? reduceOne(each, event) : each,
    ),
  };
}

function reduceOne(
  before: VisitorConversation,
  event: Exclude<VisitorEvent, { kind: "conversation_started" }>,
): VisitorConversation {
  switch (event.kind) {
    case "message_posted":
      return withEntry(before, event.message);
    case "conversation_closed":
      return { ...withEntry(before, event.message), status: "closed" };
    case "conversation_reopened":
      return { ...withEntry(before, event.message), status: "open" };
    case "conversation_assigned":
      return { ...before, assignee: event.assignee };
    case "conversation_erased":
      return {
        ...before,
        messages: before.messages.map((each) => (isWithin(each, event) ? blank(each) : each)),
      };
    case "cursor_moved":
      return event.whose === "me"
        ? {
            ...before,
            read_seq: Math.max(before.read_seq, event.read_seq),
            unread: event.unread ?? before.unread,
          }
        : {
            ...before,
            their_received_seq: Math.max(before.their_received_seq, event.received_seq),
            their_read_seq: Math.max(before.their_read_seq, event.read_seq),
          };
    default:
      return "message" in event ? withEntry(before, event.message) : before;
  }
}

function withEntry(before: VisitorConversation, entry: VisitorEntry): VisitorConversation {
  const isNews = "author" in entry && entry.author.kind === "agent" && entry.seq > before.seq;
  return {
    ...before,
    seq: Math.max(before.seq, entry.seq),
    messages: merged(before.messages, [entry]),
    unread: before.unread + (isNews ? 1 : 0),
  };
}

/** A conversation with an older page of its messages. */
export function withOlder(
  state: VisitorState,
  conversationId: number,
  older: VisitorEntry[],
  hasMore: boolean,
): VisitorState {
  return {
    ...state,
    conversations: state.conversations.map((each) =>
      each.id === conversationId
        ? { ...each, messages: merged(each.messages, older), has_more: hasMore }
        : each,
    ),
  };
}

// ---- conversation -----------------------------------------------------------------------------------------------

/** `me` is who looks, like `agent:5`: other agents' cursors are theirs. */
export function reduceConversation(
  state: ConversationState,
  event: ConversationEvent,
  me: string | null,
): ConversationState {
  if (event.kind === "cursor_moved") {
    const { cursors } = state;
    if (event.participant === "agent" && `agent:${event.user_id}` !== me) return state;
    const moved =
      event.participant === "visitor"
        ? {
            visitor_received_seq: Math.max(cursors.visitor_received_seq, event.received_seq),
            visitor_read_seq: Math.max(cursors.visitor_read_seq, event.read_seq),
          }
        : { my_read_seq: Math.max(cursors.my_read_seq, event.read_seq) };
    return { ...state, cursors: { ...cursors, ...moved } };
  }
  if (event.kind === "conversation_erased") {
    const { conversation, timeline } = state;
    return {
      ...state,
      conversation: event.whole ? { ...conversation, contact: null, visitor_name: null } : conversation,
      timeline: timeline.map((each) => (isWithin(each, event) ? blankForAgents(each) : each)),
    };
  }
  const entry = event.entry;
  if (!entry) return state;
  const conversation = { ...state.conversation, seq: Math.max(state.conversation.seq, entry.seq) };
  switch (event.kind) {
    case "message_posted":
      if (entry.author.kind === "visitor") conversation.waiting_since ??= entry.at;
      else if (entry.author.kind === "agent") conversation.waiting_since = null;
      break;
    case "conversation_assigned":
      conversation.assignee = event.assignee;
      break;
    case "conversation_closed":
      conversation.status = "closed";
      conversation.closed_at = entry.at;
      conversation.waiting_since = null;
      break;
    case "conversation_reopened":
      conversation.status = "open";
      conversation.closed_at = null;
      break;
    case "contact_associated":
      conversation.contact = event.contact;
      break;
    case "conversation_moved":
      conversation.inbox = event.inbox;
      break;
  }
  return { ...state, conversation, timeline: merged(state.timeline, [entry]) };
}

function isWithin({ seq }: { seq: number }, erased: { from_seq: number; to_seq: number }): boolean {
  return erased.from_seq <= seq && seq <= erased.to_seq;
}

/** A message or notice whose words were erased; that it was there stays. */
function blank(entry: VisitorEntry): VisitorEntry {
  if ("author" in entry) return { ...entry, content: { blocks: [] } };
  const { notice } = entry;
  if (notice.kind === "email_given") return { ...entry, notice: { ...notice, email: "" } };
  if (notice.kind === "survey_answered") return { ...entry, notice: { ...notice, answer: null } };
  return entry;
}

function blankForAgents(entry: TimelineEntry): TimelineEntry {
  const { notice } = entry;
  if (!notice) return { ...entry, content: { blocks: [] } };
  if (notice.kind === "email_given")
    return { ...entry, notice: { ...notice, facts: { ...notice.facts, email: "" } } };
  if (notice.kind === "survey_answered")
    return { ...entry, notice: { ...notice, facts: { ...notice.facts, answer: null } } };
  return entry;
}

/** A conversation with an older page of its timeline. */
export function withOlderTimeline(
  state: ConversationState,
  older: TimelineEntry[],
  hasMore: boolean,
): ConversationState {
  return { ...state, timeline: merged(state.timeline, older), has_more: hasMore };
}

/** Entries by seq, each once; what comes later replaces what was there. */
function merged<Entry extends { seq: number }>(before: Entry[], added: Entry[]): Entry[] {
  const last = before.at(-1);
  if (added.length === 1 && added[0] && (!last || last.seq < added[0].seq)) return [...before, added[0]];
  const bySeq = new Map([...before, ...added].map((each) => [each.seq, each]));
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

// ---- list and counts --------------------------------------------------------------------------------------------

/** The list after changed rows: null takes a row away, an older row than the list's last one stays outside its window. */
export function reduceList(state: ListState, patches: readonly RowPatch[]): ListState {
  const boundary = state.more ? state.rows.at(-1) : undefined;
  const changed = new Map(patches.map((each) => [each.id, each.row]));
  const rows = state.rows.filter((each) => !changed.has(each.id));
  for (const row of changed.values()) if (row && (!boundary || inOrder(row, boundary) <= 0)) rows.push(row);
  return { ...state, rows: rows.sort(inOrder) };
}

function inOrder(one: Row, other: Row): number {
  return other.last_activity_at - one.last_activity_at || other.id - one.id;
}

export function reduceCounts(
  state: CountsState,
  patches: readonly RowPatch<CountsState["counts"]>[],
): CountsState {
  const newest = patches.filter((each) => each.row !== null).at(-1)?.row;
  return newest ? { counts: newest } : state;
}
