/** Proves to the compiler that protocol.ts says what the server's own description says; nothing here reaches a page. */

import type { components } from "./api.generated.ts";
import type {
  Assignee,
  Author,
  Command,
  Conversation,
  ConversationState,
  Message,
  Person,
  Row,
  TimelineEntry,
} from "./protocol.ts";

type Schemas = components["schemas"];
/** An error unless whatever the server gives is what the client expects, or the other way round for commands. */
type Fits<_Given extends Expected, Expected> = true;
/** Content and notices are trees of their own, which the description leaves open. */
type Bare<Entry> = Omit<Entry, "content" | "notice">;
type Of<Type extends Command["type"]> = Extract<Command, { type: Type }> & { type: Type };

export type Answers = [
  Fits<Schemas["AuthorOut"], Author>,
  Fits<Schemas["AssigneeOut"], Assignee>,
  Fits<Schemas["ContactCardOut"], Person>,
  Fits<Schemas["ConversationOut"], Conversation>,
  Fits<Bare<Schemas["EntryOut"]>, Bare<TimelineEntry>>,
  Fits<Schemas["CursorsOut"], ConversationState["cursors"]>,
  Fits<Schemas["RowOut"], Row>,
  Fits<Bare<Schemas["VisitorEntryOut"]>, Partial<Bare<Message>>>,
];

export type Commands = [
  Fits<Of<"start_conversation">, Schemas["StartConversation"]>,
  Fits<Of<"post_message">, Schemas["PostMessage"]>,
  Fits<Of<"post_comment">, Schemas["PostComment"]>,
  Fits<Of<"move_cursor">, Schemas["MoveCursor"]>,
  Fits<Of<"assign">, Schemas["AssignConversation"]>,
  Fits<Of<"close_conversation">, Schemas["CloseConversation"]>,
  Fits<Of<"reopen_conversation">, Schemas["ReopenConversation"]>,
  Fits<Of<"associate_contact">, Schemas["AssociateContact"]>,
  Fits<Of<"move_conversation">, Schemas["MoveConversation"]>,
  Fits<Of<"bulk">, Schemas["Bulk"]>,
  Fits<Of<"give_consent">, Schemas["GiveConsent"]>,
  Fits<Of<"give_email">, Schemas["GiveEmail"]>,
  Fits<Of<"skip_email">, Schemas["SkipEmail"]>,
  Fits<Of<"submit_survey">, Schemas["SubmitSurvey"]>,
];
