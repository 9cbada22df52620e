import { Client } from "@pocketdesk/client/client";
import type { ConnectionOptions } from "@pocketdesk/client/connection";
import { type Environment, uuid } from "@pocketdesk/client/environment";
import type { Entry, Failure, Prepare } from "@pocketdesk/client/outbox";
import type {
  Author,
  Command,
  Draft,
  QuickReply,
  VisitorConversation,
  VisitorEntry,
  VisitorState,
} from "@pocketdesk/client/protocol";
import { withOlder } from "@pocketdesk/client/reducer";
import { Store } from "@pocketdesk/client/store";
import type { FileLimits } from "./boot.ts";
import { asContent } from "./content.ts";
import { type FileProblem, type FileTransport, MOST_FILES, problemOf, type Upload } from "./files.ts";

/** What the server takes in one message, in characters. */
export const LONGEST_MESSAGE = 5_000;
const TYPING_EVERY_MS = 3_000;

/** Names and payloads of what happens here, for whoever embeds the page. */
export type Emit = (name: string, payload: Record<string, unknown>) => void;

export type Shown =
  | { screen: "threads" }
  /** `id` is null until the server has given one; `lane` names the conversation from the start. */
  | { screen: "conversation"; id: number | null; lane: string };

export interface ChatOptions extends Pick<ConnectionOptions, "credential"> {
  environment: Environment;
  mobileTag: string;
  emit: Emit;
  transport: FileTransport;
  /** A picture that this page sent is file `fileId` now. */
  onPictureSent(fileId: number, url: string): void;
  /** The first message is safe with the server. */
  onKept(): void;
  olderMessages(conversationId: number, seq: number): Promise<{ items: VisitorEntry[]; has_more: boolean }>;
}

/** The page's state and verbs, without a screen. */
export class Chat {
  readonly client: Client;
  readonly view;
  readonly shown: Store<Shown>;
  /** Who is typing in which conversation. */
  readonly typing = new Store<ReadonlyMap<number, Author>>(new Map());
  /** Words begun and not sent, per lane. */
  readonly drafts = new Map<string, string>();
  /** Files chosen and not sent, per lane. */
  readonly attached = new Store<ReadonlyMap<string, readonly Upload[]>>(new Map());
  /** Whether somebody can see the page now. */
  readonly isVisible = new Store(true);
  /** Whether the Help tab stands before it. */
  readonly isBehind = new Store(false);
  readonly olderState = new Store<"idle" | "loading" | "failed">("idle");

  readonly #options: ChatOptions;
  readonly #stream;
  readonly #lanes = new Map<number, string>();
  readonly #told = new Map<number, { received: number; read: number }>();
  readonly #stopTyping = new Map<number, () => void>();
  /** Every file that a message of the outbox needs, by its key. */
  readonly #uploads = new Map<number, Upload>();
  #typingSentAt = 0;
  #hasChosen = false;
  /** Whether the visitor's conversations are known. */
  #isKnown = false;
  #wanted: number | null = null;
  #unread = 0;
  #before: VisitorState = { conversations: [] };

  constructor(options: ChatOptions) {
    this.#options = options;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.client = new Client({
      environment: options.environment,
      socketUrl: `${scheme}//${location.host}/socket`,
      api: "/api/v1",
      credential: options.credential,
    });
    this.shown = new Store<Shown>({ screen: "conversation", id: null, lane: uuid() });
    this.client.outbox.prepare = this.#prepare;
    this.#stream = this.client.visitor();
    this.view = this.#stream.view;
    this.view.subscribe(() => this.#streamChanged());
    this.client.outbox.entries.subscribe(() => this.#outboxChanged());
    this.isVisible.subscribe(() => this.markRead());
    this.isBehind.subscribe(() => this.markRead());
    this.shown.subscribe(() => this.markRead());
    this.client.connection.onTyping((frame) => {
      if (frame.author.kind === "agent") this.#showTyping(frame.conversation_id, frame.author, frame.for_ms);
    });
  }

  readonly start = (): void => this.client.connection.start();

  get conversations(): readonly VisitorConversation[] {
    const view = this.view.get();
    return view.kind === "live" ? view.state.conversations : [];
  }

  /** In so many conversations there is something unread. */
  get unread(): number {
    return this.conversations.filter((each) => each.unread > 0).length;
  }

  // ---- Going somewhere ------------------------------------------------------------------------------------------

  readonly openThreads = (): void => {
    this.#hasChosen = true;
    this.shown.set({ screen: "threads" });
  };

  readonly openConversation = (id: number): void => {
    this.#hasChosen = true;
    this.shown.set({ screen: "conversation", id, lane: this.laneOf(id) });
    this.#tellSelected(id);
  };

  /** Leads to a conversation as soon as it can be seen whose it is; to the list if it is not the visitor's. */
  readonly lead = (id: number | null): void => {
    this.#wanted = id;
    this.#goWhereLed();
  };

  #goWhereLed(): void {
    const id = this.#wanted;
    if (id === null || !this.#isKnown) return;
    this.#wanted = null;
    if (this.conversations.some((each) => each.id === id)) this.openConversation(id);
    else this.openThreads();
  }

  readonly openNew = (): void => {
    this.#hasChosen = true;
    this.shown.set({ screen: "conversation", id: null, lane: uuid() });
  };

  /** Leads from the list to a conversation: the newest, or a new one. */
  readonly openSome = (): void => {
    if (this.shown.get().screen === "conversation") return;
    const newest = byActivity(this.conversations)[0];
    if (newest) this.openConversation(newest.id);
    else this.openNew();
  };

  /** The name under which the outbox and the drafts know a conversation. */
  readonly laneOf = (id: number): string => this.#lanes.get(id) ?? String(id);

  // ---- Writing --------------------------------------------------------------------------------------------------

  readonly write = (text: string): void => {
    const shown = this.shown.get();
    if (shown.screen !== "conversation") return;
    const files = this.attached.get().get(shown.lane) ?? [];
    if (!text.trim() && files.length === 0) return;
    this.#hasChosen = true;
    this.drafts.delete(shown.lane);
    this.#setAttached(shown.lane, []);
    this.#typingSentAt = 0;
    this.#post(shown, draftOf(text, files));
  };

  /** Answers with a quick reply; what is begun and not sent stays. One that opens a page says nothing. */
  readonly choose = (reply: QuickReply): void => {
    const shown = this.shown.get();
    if (shown.screen !== "conversation") return;
    this.#options.emit("quickReplyButtonClick", {
      name: "QUICK_REPLIES",
      multiSelect: false,
      value: [reply.value],
    });
    if (!reply.url) this.#post(shown, { text: reply.label });
  };

  #post(shown: Extract<Shown, { screen: "conversation" }>, content: Draft): void {
    const { outbox } = this.client;
    const isStarted =
      shown.id !== null ||
      outbox.entries
        .get()
        .some((each) => each.lane === shown.lane && each.command.type === "start_conversation");
    const message = { command_id: uuid(), client_message_id: uuid(), content };
    if (isStarted)
      outbox.put({ type: "post_message", conversation_id: shown.id ?? 0, ...message }, { lane: shown.lane });
    else
      outbox.put({
        type: "start_conversation",
        client_conversation_id: shown.lane,
        mobile_tag: this.#options.mobileTag,
        ...message,
      });
  }

  /** Begins to send files; they wait for the next message of the lane. The first reason why not all can be sent. */
  readonly attach = async (
    lane: string,
    files: readonly File[],
    limits: FileLimits,
  ): Promise<FileProblem | null> => {
    const problems = files.map((file) => problemOf(file, limits));
    const good = files.filter((_, place) => problems[place] === null);
    const room = MOST_FILES - (this.attached.get().get(lane)?.length ?? 0);
    const { ChunkedUpload } = await import("./upload.ts");
    const { environment, transport } = this.#options;
    const begun = good.slice(0, room).map((file) => new ChunkedUpload(file, transport, environment));
    for (const upload of begun) {
      this.#uploads.set(upload.key, upload);
      upload.state.subscribe(() => this.client.outbox.poke());
    }
    this.#setAttached(lane, [...(this.attached.get().get(lane) ?? []), ...begun]);
    return problems.find((each) => each !== null) ?? (good.length > room ? { kind: "too_many" } : null);
  };

  readonly detach = (lane: string, upload: Upload): void => {
    upload.cancel();
    this.#uploads.delete(upload.key);
    this.#setAttached(
      lane,
      (this.attached.get().get(lane) ?? []).filter((each) => each !== upload),
    );
  };

  /** The files that a message of the outbox takes along. */
  readonly uploadsOf = (content: Draft): Upload[] =>
    "text" in content
      ? []
      : content.blocks.flatMap((each) =>
          each.type === "file" ? (this.#uploads.get(each.file_id) ?? []) : [],
        );

  #setAttached(lane: string, uploads: readonly Upload[]): void {
    this.attached.set(new Map(this.attached.get()).set(lane, uploads));
  }

  /** A message leaves when all its files are with the server, and names them as the server does. */
  readonly #prepare: Prepare = (command) => {
    if (!("content" in command) || "text" in command.content) return command;
    const uploads = this.uploadsOf(command.content);
    if (uploads.length === 0) return command;
    const ids = new Map<number, number>();
    for (const { key, state, picture } of uploads) {
      const now = state.get();
      if (now.kind === "refused") return REFUSED_FILE;
      if (now.kind !== "ready") return null;
      if (picture) this.#options.onPictureSent(now.fileId, picture);
      ids.set(key, now.fileId);
    }
    const blocks = command.content.blocks.map((each) =>
      each.type === "file" ? { type: "file" as const, file_id: ids.get(each.file_id) ?? each.file_id } : each,
    );
    return { ...command, content: { blocks } };
  };

  /** Sends a command of the moment; resolves when the server has taken it. */
  readonly run = (command: Command): Promise<unknown> => this.client.outbox.run(command);

  readonly giveEmail = (conversation_id: number, email: string): Promise<unknown> =>
    this.run({ type: "give_email", command_id: uuid(), conversation_id, email });

  readonly skipEmail = (conversation_id: number): Promise<unknown> =>
    this.run({ type: "skip_email", command_id: uuid(), conversation_id });

  readonly rate = (conversation_id: number, rating: 0 | 1 | 2, answer: string | null): Promise<unknown> =>
    this.run({ type: "submit_survey", command_id: uuid(), conversation_id, rating, answer });

  /** Whether this visitor has written, here or earlier. */
  get hasWritten(): boolean {
    return (
      this.conversations.length > 0 ||
      this.client.outbox.entries.get().some((each) => each.command.type === "start_conversation")
    );
  }

  readonly saveDraft = (lane: string, text: string): void => {
    if (text) this.drafts.set(lane, text);
    else this.drafts.delete(lane);
    const shown = this.shown.get();
    if (text && shown.screen === "conversation" && shown.id !== null) this.#sayTyping(shown.id);
  };

  #sayTyping(id: number): void {
    const now = this.#options.environment.now();
    if (now - this.#typingSentAt < TYPING_EVERY_MS) return;
    this.#typingSentAt = now;
    this.client.connection.sendTyping(id);
  }

  // ---- Reading --------------------------------------------------------------------------------------------------

  /** Whether the newest message is on the screen; the page says so as it scrolls. */
  isAtEnd = true;

  /** Tells the server how far this visitor has received and read. */
  readonly markRead = (): void => {
    const shown = this.shown.get();
    for (const conversation of this.conversations) {
      const last = conversation.messages
        .filter((each) => "author" in each && each.author.kind === "agent")
        .at(-1);
      if (!last || last.seq <= conversation.read_seq) continue;
      const isRead =
        this.isVisible.get() &&
        !this.isBehind.get() &&
        this.isAtEnd &&
        shown.screen === "conversation" &&
        shown.id === conversation.id;
      const told = this.#told.get(conversation.id) ?? { received: 0, read: conversation.read_seq };
      const next = { received: last.seq, read: isRead ? last.seq : told.read };
      if (next.received <= told.received && next.read <= told.read) continue;
      this.#told.set(conversation.id, next);
      this.client.outbox.put(
        {
          type: "move_cursor",
          command_id: uuid(),
          conversation_id: conversation.id,
          received_seq: next.received,
          ...(next.read > conversation.read_seq ? { read_seq: next.read } : {}),
        },
        { replaces: `cursor:${conversation.id}` },
      );
    }
  };

  readonly fetchOlder = async (): Promise<void> => {
    const shown = this.shown.get();
    const conversation =
      shown.screen === "conversation" ? this.conversations.find((each) => each.id === shown.id) : undefined;
    if (!conversation?.has_more || this.olderState.get() === "loading") return;
    this.olderState.set("loading");
    try {
      const first = conversation.messages[0]?.seq ?? 0;
      const older = await this.#options.olderMessages(conversation.id, first);
      this.#stream.change((state) => withOlder(state, conversation.id, older.items, older.has_more));
      this.olderState.set("idle");
    } catch {
      this.olderState.set("failed");
    }
  };

  // ---- Somebody new ---------------------------------------------------------------------------------------------

  /** Empties the page for another visitor: `forget` ends the old one's session at the server in between. */
  async reset(forget: () => Promise<void>): Promise<void> {
    this.client.connection.stop();
    this.#isKnown = false;
    await forget();
    this.empty();
    this.client.connection.start();
  }

  /** Shows nothing of the visitor before. */
  empty(): void {
    this.client.outbox.clear();
    this.drafts.clear();
    for (const upload of this.#uploads.values()) upload.cancel();
    this.#uploads.clear();
    this.attached.set(new Map());
    this.#lanes.clear();
    this.#told.clear();
    this.#hasChosen = false;
    this.#before = { conversations: [] };
    const wanted = this.#wanted;
    this.#wanted = null;
    this.#stream.change(() => ({ conversations: [] }));
    this.#wanted = wanted;
    this.#isKnown = false;
    this.openNew();
    this.#hasChosen = false;
  }

  // ---- What came in ---------------------------------------------------------------------------------------------

  #streamChanged(): void {
    const view = this.view.get();
    if (view.kind !== "live") return;
    const { state } = view;
    const before = this.#before;
    this.#before = state;
    for (const conversation of state.conversations) {
      const earlier = before.conversations.find((each) => each.id === conversation.id);
      if (earlier === conversation) continue;
      if (earlier?.status === "open" && conversation.status === "closed")
        this.#options.emit("conversationClosed", named(conversation.id));
      const last = conversation.messages.at(-1);
      if (!earlier || !last || last.seq <= earlier.seq) continue;
      if ("author" in last) this.#hideTyping(conversation.id);
      else if (last.notice.kind === "email_given")
        this.#options.emit("contactAssociated", { message: "contact was associated" });
    }
    this.#isKnown = true;
    this.#forgetShown();
    this.#goWhereLed();
    this.#chooseFirst();
    this.markRead();
    const { unread } = this;
    if (unread !== this.#unread) {
      this.#unread = unread;
      this.#options.emit("unreadConversationCountChanged", { unreadCount: unread });
    }
  }

  /** A returning visitor finds the conversation with news, else the latest one, unless they have begun already. */
  #chooseFirst(): void {
    const shown = this.shown.get();
    if (this.#hasChosen || shown.screen !== "conversation" || this.drafts.has(shown.lane)) return;
    const newest = byActivity(this.conversations);
    const first = newest.find((each) => each.unread > 0) ?? newest[0];
    if (!first) return;
    this.openConversation(first.id);
  }

  #outboxChanged(): void {
    for (const { command, state, result, lane } of this.client.outbox.entries.get()) {
      if (command.type !== "start_conversation" || state !== "sent" || !result) continue;
      const id = Number(result["conversation_id"]);
      if (this.#lanes.has(id)) continue;
      this.#lanes.set(id, lane);
      const shown = this.shown.get();
      if (shown.screen === "conversation" && shown.lane === lane) this.shown.set({ ...shown, id });
      this.#options.emit("conversationStarted", named(id));
      this.#tellSelected(id);
    }
    if (this.client.outbox.entries.get().some(isKept)) this.#options.onKept();
    this.#forgetShown();
  }

  /** Messages that the stream shows now need no place in the outbox. */
  #forgetShown(): void {
    const shown = new Set(
      this.conversations.flatMap((each) =>
        each.messages.map((entry) => "author" in entry && entry.client_message_id),
      ),
    );
    this.client.outbox.forget(
      ({ command }) => "client_message_id" in command && shown.has(command.client_message_id),
    );
  }

  #showTyping(conversationId: number, author: Author, forMs: number): void {
    this.#stopTyping.get(conversationId)?.();
    this.#stopTyping.set(
      conversationId,
      this.#options.environment.after(forMs, () => this.#hideTyping(conversationId)),
    );
    this.typing.set(new Map(this.typing.get()).set(conversationId, author));
  }

  #hideTyping(conversationId: number): void {
    this.#stopTyping.get(conversationId)?.();
    if (!this.typing.get().has(conversationId)) return;
    const others = new Map(this.typing.get());
    others.delete(conversationId);
    this.typing.set(others);
  }

  #tellSelected(id: number): void {
    this.#options.emit("userSelectedThread", named(id));
  }
}

function isKept({ command, state }: Entry): boolean {
  return state === "sent" && "client_message_id" in command;
}

function named(id: number): Record<string, unknown> {
  return { conversation: { conversationId: id } };
}

/** The conversations, the one in which something happened last first. */
export function byActivity(conversations: readonly VisitorConversation[]): VisitorConversation[] {
  const at = (each: VisitorConversation) => each.messages.at(-1)?.at ?? each.created_at;
  return [...conversations].sort((one, other) => at(other) - at(one));
}

export interface PendingMessage {
  commandId: string;
  clientMessageId: string;
  content: Draft;
  at: number;
  entry: Entry;
}

/** One's own messages of a conversation that the stream does not show yet, oldest first. */
export function pendingOf(
  entries: readonly Entry[],
  shown: { id: number | null; lane: string },
  messages: readonly VisitorEntry[],
): PendingMessage[] {
  const known = new Set(messages.map((each) => "author" in each && each.client_message_id));
  return entries.flatMap((entry) => {
    const { command, lane, at } = entry;
    if (!("client_message_id" in command) || known.has(command.client_message_id)) return [];
    const isHere =
      lane === shown.lane ||
      (shown.id !== null && "conversation_id" in command && command.conversation_id === shown.id);
    if (!isHere) return [];
    const { command_id: commandId, client_message_id: clientMessageId, content } = command;
    return [{ commandId, clientMessageId, content, at, entry }];
  });
}

const REFUSED_FILE: Failure = {
  code: "file_refused",
  status: 422,
  message: "",
  fields: {},
  retryable: false,
  retryAt: null,
};

/** Words and files as one message; files under the keys that stand for them. */
function draftOf(text: string, files: readonly Upload[]): Draft {
  if (files.length === 0) return { text };
  return {
    blocks: [
      ...(text ? asContent(text).blocks : []),
      ...files.map(({ key }) => ({ type: "file" as const, file_id: key })),
    ],
  };
}
