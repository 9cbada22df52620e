/** What travels between a screen and the server: frames, commands, events and the states that streams carry.
 *  Times are UTC milliseconds; positions are opaque. The server's side of the same words: docs/spec/protocol.md. */

export const PROTOCOL = 1;

// ---- What people write ----------------------------------------------------------------------------------------

export type Run =
  | { type: "text"; text: string; bold?: true; italic?: true; code?: true }
  | { type: "link"; text: string; href: string }
  | { type: "break" };

export type Block =
  | { type: "paragraph"; runs: Run[] }
  | { type: "list"; ordered: boolean; items: Block[][] }
  | { type: "code"; text: string }
  | FileBlock
  | ArticleBlock
  | QuickRepliesBlock;

/** A file as it is shown; its bytes come from a signed link that is asked for. */
export interface FileBlock {
  type: "file";
  file_id: number;
  name: string;
  media_type: string;
  /** Bytes. */
  size: number;
  /** Pixels; null for what is no image. */
  width: number | null;
  height: number | null;
}

/** A card of an article of a knowledge base. */
export interface ArticleBlock {
  type: "article";
  article_id: number;
  language: string;
  title: string;
  /** Blank without one. */
  subtitle: string;
  /** Path of its page in the help centre; null where not everybody may read it. */
  url: string | null;
}

/** Answers to choose from, last in a message of an agent or a bot. */
export interface QuickRepliesBlock {
  type: "quick_replies";
  replies: QuickReply[];
}

export interface QuickReply {
  label: string;
  value: string;
  /** What it opens instead of answering. */
  url?: string;
}

export interface Content {
  blocks: Block[];
}

/** What a client may send: typed words, or blocks; files and (from agents) articles by their id alone. */
export type Draft =
  | { text: string }
  | {
      blocks: (
        | Block
        | { type: "file"; file_id: number }
        | { type: "article"; article_id: number; language: string }
      )[];
    };

// ---- People ---------------------------------------------------------------------------------------------------

export interface Author {
  kind: "visitor" | "agent" | "system";
  id: number;
  name: string;
  initials: string;
  color: number;
  /** Path of a photo; of the brand's picture, where a brand stands for all agents. */
  image?: string;
}

export interface Assignee {
  kind: "nobody" | "user" | "team";
  id?: number | null;
  name?: string | null;
  /** Path of the user's photo. */
  image?: string | null;
}

/** Who shall have a conversation. */
export interface AssigneeChoice {
  kind: Assignee["kind"];
  id?: number;
}

// ---- State of the stream `visitor` ----------------------------------------------------------------------------

export interface Message {
  seq: number;
  author: Author;
  content: Content;
  at: number;
  /** Only on the viewer's own messages. */
  client_message_id?: string | null;
}

export interface SurveyCard {
  question: string;
  ratings: { value: 0 | 1 | 2; label: string; follow_up?: string | null }[];
}

/** What happened, where the visitor sees it too. */
export type VisitorNoticeFacts =
  | { kind: "closed" | "reopened" | "email_skipped" }
  | { kind: "email_asked" | "wait_over"; text: string }
  | { kind: "email_given"; email: string }
  | { kind: "survey_asked"; survey: SurveyCard }
  | { kind: "survey_answered"; rating: 0 | 1 | 2; answer: string | null; thank_you: string };

export interface VisitorNotice {
  seq: number;
  notice: VisitorNoticeFacts;
  at: number;
}

export type VisitorEntry = Message | VisitorNotice;

export interface VisitorConversation {
  id: number;
  status: "open" | "closed";
  created_at: number;
  seq: number;
  assignee: Author | null;
  messages: VisitorEntry[];
  has_more: boolean;
  read_seq: number;
  their_received_seq: number;
  their_read_seq: number;
  unread: number;
}

export interface VisitorState {
  conversations: VisitorConversation[];
}

// ---- State of the stream `conversation:<id>` ------------------------------------------------------------------

export interface Person {
  id: number;
  name: string | null;
  email: string | null;
  verified: boolean;
}

export interface TimelineEntry {
  seq: number;
  at: number;
  kind: "message" | "comment" | "notice";
  author: Author;
  content?: Content;
  client_message_id?: string | null;
  notice?: { kind: string; facts: Record<string, unknown> };
}

export interface Conversation {
  id: number;
  status: "open" | "closed";
  inbox: { id: number; name: string };
  /** `takes_answers`: words of agents reach somebody; what came from elsewhere is only read. */
  channel: { id: number; kind: "web" | "mobile" | "custom"; name: string; takes_answers: boolean };
  /** Null where none began it: it came through a custom channel. */
  chatflow: { id: number; name: string } | null;
  visitor_id: number;
  /** What the program that brought the words calls the visitor. */
  visitor_name: string | null;
  contact: Person | null;
  assignee: Assignee;
  created_at: number;
  closed_at: number | null;
  waiting_since: number | null;
  language: string;
  seq: number;
}

export interface ConversationState {
  conversation: Conversation;
  timeline: TimelineEntry[];
  has_more: boolean;
  cursors: { visitor_received_seq: number; visitor_read_seq: number; my_read_seq: number };
}

// ---- State of the streams `list:<view>` and `counts` ----------------------------------------------------------

export interface Row {
  id: number;
  inbox_id: number;
  channel_kind: "web" | "mobile" | "custom";
  status: "open" | "closed";
  assignee: Assignee;
  /** `verified`: the visitor has proven to be that contact. */
  who: {
    name: string | null;
    verified: boolean;
    contact_id: number | null;
    visitor_id: number;
    color: number;
  };
  last_words: string;
  last_author: "visitor" | "agent";
  last_activity_at: number;
  waiting_since: number | null;
  unread: boolean;
  platform: string | null;
}

export interface ListState {
  rows: Row[];
  more: boolean;
}

export interface CountsState {
  counts: { unassigned: number; mine: number; open: number; inboxes: Record<string, number> };
}

export interface RowPatch<What = Row> {
  id: number;
  row: What | null;
}

// ---- Events ---------------------------------------------------------------------------------------------------

export type VisitorEvent =
  | { kind: "conversation_started"; conversation: VisitorConversation }
  | { kind: "message_posted"; conversation_id: number; message: Message }
  | { kind: "conversation_closed" | "conversation_reopened"; conversation_id: number; message: VisitorNotice }
  | { kind: "conversation_assigned"; conversation_id: number; assignee: Author | null }
  | {
      kind:
        | "email_asked"
        | "email_given"
        | "email_skipped"
        | "survey_asked"
        | "survey_answered"
        | "wait_over";
      conversation_id: number;
      message: VisitorNotice;
    }
  | { kind: "conversation_erased"; conversation_id: number; from_seq: number; to_seq: number }
  | {
      kind: "cursor_moved";
      conversation_id: number;
      whose: "me" | "them";
      received_seq: number;
      read_seq: number;
      /** With `me`: how many messages of agents come after. */
      unread?: number;
    };

export type ConversationEvent =
  | { kind: "conversation_started"; entry?: TimelineEntry }
  | { kind: "message_posted" | "comment_posted"; entry: TimelineEntry }
  | { kind: "conversation_assigned"; assignee: Assignee; entry: TimelineEntry }
  | { kind: "conversation_closed" | "conversation_reopened"; entry: TimelineEntry }
  | { kind: "contact_associated"; contact: Person | null; entry: TimelineEntry }
  | { kind: "conversation_moved"; inbox: { id: number; name: string }; entry: TimelineEntry }
  | {
      kind:
        | "email_asked"
        | "email_given"
        | "email_skipped"
        | "survey_asked"
        | "survey_answered"
        | "wait_over"
        | "consent_given"
        | "message_undelivered";
      entry: TimelineEntry;
    }
  | { kind: "conversation_erased"; from_seq: number; to_seq: number; whole: boolean }
  | {
      kind: "cursor_moved";
      participant: "visitor" | "agent";
      user_id?: number | null;
      received_seq: number;
      read_seq: number;
    };

// ---- Commands -------------------------------------------------------------------------------------------------

export type Command =
  | {
      type: "start_conversation";
      command_id: string;
      client_conversation_id: string;
      client_message_id: string;
      mobile_tag: string;
      content: Draft;
    }
  | {
      type: "post_message" | "post_comment";
      command_id: string;
      conversation_id: number;
      client_message_id: string;
      content: Draft;
    }
  | {
      type: "move_cursor";
      command_id: string;
      conversation_id: number;
      received_seq?: number;
      read_seq?: number;
    }
  | { type: "assign"; command_id: string; conversation_id: number; assignee: AssigneeChoice }
  | { type: "close_conversation" | "reopen_conversation"; command_id: string; conversation_id: number }
  | {
      type: "associate_contact";
      command_id: string;
      conversation_id: number;
      email: string;
      name?: string;
    }
  | { type: "move_conversation"; command_id: string; conversation_id: number; inbox_id: number }
  | {
      type: "bulk";
      command_id: string;
      /** At most 100. */
      conversation_ids: number[];
      do: { kind: "assign"; assignee: AssigneeChoice } | { kind: "close" } | { kind: "reopen" };
    }
  | {
      type: "give_consent";
      command_id: string;
      kind: ConsentKind;
      choice: boolean;
      mobile_tag: string;
      /** Of the text that was shown, so that nobody agrees to another one. */
      text_hash: string;
    }
  | { type: "give_email"; command_id: string; conversation_id: number; email: string }
  | { type: "skip_email"; command_id: string; conversation_id: number }
  | {
      type: "submit_survey";
      command_id: string;
      conversation_id: number;
      rating: 0 | 1 | 2;
      answer: string | null;
    };

export type ConsentKind = "cookies" | "process" | "communicate";

// ---- Frames ---------------------------------------------------------------------------------------------------

export type Hello = { token: string } | { account_id: number };

export type ClientFrame =
  | ({ type: "hello"; protocol: number } & Hello)
  | { type: "subscribe"; stream: string; position?: string }
  | { type: "unsubscribe"; stream: string }
  | { type: "typing"; conversation_id: number }
  | { type: "ping" }
  | Command;

export interface Ack {
  type: "ack";
  command_id: string;
  result: Record<string, unknown>;
}

export interface Refused {
  type: "refused";
  /** Null or absent when it answers no command but a `subscribe`, which `stream` then names. */
  command_id?: string | null;
  stream?: string | null;
  code: string;
  status: number;
  message: string;
  fields: Record<string, string>;
  retry_after_ms?: number | null;
}

export interface TypingFrame {
  type: "typing";
  conversation_id: number;
  author: Author;
  for_ms: number;
}

export type StreamFrame =
  | { type: "snapshot"; stream: string; position: string; state: unknown }
  | { type: "event"; stream: string; position: string; event: unknown }
  | { type: "rows"; stream: string; position: string; rows: RowPatch<unknown>[] }
  | { type: "reset"; stream: string; reason: "trimmed" | "access_changed" | "slow" | "fault" };

export interface ViewerName {
  account_id: number;
  view: "agent" | "visitor";
  /** `agent:5`, `visitor:77`. */
  key: string;
}

export type ServerFrame =
  | { type: "welcome"; protocol: number; viewer: ViewerName; now: number }
  | { type: "pong" }
  | Ack
  | Refused
  | TypingFrame
  | StreamFrame;

/** Why the server ended a socket. */
export const CLOSED = {
  restart: 1012,
  unauthenticated: 4401,
  protocolUnsupported: 4409,
  flooding: 4429,
} as const;
