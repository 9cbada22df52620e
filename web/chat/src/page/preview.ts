import { browser, type Environment, type SocketLike } from "@pocketdesk/client/environment";
import type {
  Author,
  Block,
  ClientFrame,
  Draft,
  FileBlock,
  ServerFrame,
  SurveyCard,
  VisitorConversation,
  VisitorEntry,
  VisitorNoticeFacts,
} from "@pocketdesk/client/protocol";
import type { PageConfig } from "./boot.ts";
import { asContent } from "./content.ts";
import type { FileTransport } from "./files.ts";
import type { Texts, Words } from "./texts.ts";

/** The settings of a chatflow's document that show only once somebody writes. */
export interface PreviewChat {
  email_capture?: {
    ask: "never" | "after_first_message" | "after_wait";
    wait_s: number;
    text: string | null;
  };
  assign?: { wait_text?: string | null };
}

/** Sent by the console's editor around the frame, with every change of its unsaved settings. */
export interface PreviewMessage {
  type: "pocketdesk:preview";
  config: PageConfig;
  texts?: Texts;
  options?: PreviewOptions;
}

/** What the editor lets one try out, beside the settings themselves. */
export interface PreviewOptions {
  dark?: boolean;
  offline?: boolean;
  /** The unsaved `document.chat`. */
  chat?: PreviewChat;
  /** The survey that is connected, as visitors see it. */
  survey?: (SurveyCard & { thank_yous: string[] }) | null;
  /** Of the Help tab. */
  knowledge_base_id?: number | null;
  /** What to try: the question for an e-mail address, a long wait, the end with its survey, leaving. */
  scene?: "start" | "capture" | "wait" | "survey" | "leaving";
}

/** Calls `show` with the editor's settings; only our own origin may send some. */
export function listenToEditor(show: (message: PreviewMessage) => void): void {
  window.addEventListener("message", (event: MessageEvent<PreviewMessage>) => {
    if (event.origin === location.origin && event.data?.type === "pocketdesk:preview") show(event.data);
  });
  window.parent.postMessage({ type: "pocketdesk:preview-ready" }, location.origin);
}

/** Files that stay in the page. */
export class PreviewFiles implements FileTransport {
  readonly #files = new Map<number, FileBlock>();

  async begin({ name, size, media_type }: { name: string; size: number; media_type: string }) {
    const file_id = this.#files.size + 1;
    this.#files.set(file_id, { type: "file", file_id, name, media_type, size, width: null, height: null });
    return { file_id, received: 0, chunk: size };
  }

  async put(fileId: number, _offset: number, bytes: Blob) {
    const file = this.#files.get(fileId);
    const image = await createImageBitmap(bytes).catch(() => null);
    if (file && image) this.#files.set(fileId, { ...file, width: image.width, height: image.height });
    return this.look(fileId);
  }

  async look(fileId: number) {
    return { received: this.#files.get(fileId)?.size ?? 0, state: "ready" as const };
  }

  readonly links = async () => ({});

  /** A message's content as it would come back. */
  readonly filled = (draft: Draft): { blocks: Block[] } =>
    "text" in draft
      ? asContent(draft.text)
      : {
          blocks: draft.blocks.flatMap((each): Block[] => {
            if (each.type === "article") return [];
            if (each.type !== "file") return [each];
            const file = this.#files.get(each.file_id);
            return file ? [file] : [];
          }),
        };
}

/** A preview does not wait as long as a visitor. */
const AFTER_WAIT_MS = 3_000;
type Next = { notice: VisitorNoticeFacts; afterMs: number } | null;
const US: Author = { kind: "system", id: 0, name: "", initials: "", color: 0 };
const VISITOR: Author = { kind: "visitor", id: 1, name: "", initials: "", color: 0 };

/** A world without a server: what is written echoes, a notice says so, and nothing leaves the page. */
export class PreviewEnvironment implements Environment {
  readonly #real = browser();
  readonly #files: PreviewFiles;
  readonly #sockets = new Set<PreviewSocket>();
  readonly #wakers = new Set<() => void>();
  #isOnline = true;
  #settings: { config: PageConfig; options: PreviewOptions; words: Words } | null = null;
  /** The conversation that a scene begins with. */
  #started: VisitorConversation | null = null;

  now = this.#real.now;
  random = this.#real.random;
  after = this.#real.after;
  online = () => this.#isOnline;

  constructor(files: PreviewFiles) {
    this.#files = files;
  }

  fetch(): Promise<Response> {
    return Promise.reject(new Error("a preview asks nobody"));
  }

  onWake(wake: () => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  openSocket(): SocketLike {
    const thanks = () => this.#settings?.options.survey?.thank_yous ?? [];
    const next = () => this.#next();
    const socket = new PreviewSocket(this.#isOnline, this.#files, this.#started, next, thanks);
    this.#sockets.add(socket);
    return socket;
  }

  setOnline(isOnline: boolean): void {
    if (isOnline === this.#isOnline) return;
    this.#isOnline = isOnline;
    if (!isOnline) for (const socket of this.#sockets) socket.break();
    this.#sockets.clear();
    for (const wake of this.#wakers) wake();
  }

  follow({ config, options = {} }: PreviewMessage, words: Words): void {
    this.#settings = { config, options, words };
  }

  /** Sets the next connection's conversation: what a scene shows has happened in it. */
  play(scene: PreviewOptions["scene"]): void {
    const notices = this.#noticesOf(scene);
    const at = Date.now();
    this.#started = notices && {
      id: at,
      status: scene === "survey" ? "closed" : "open",
      created_at: at,
      seq: notices.length + 1,
      assignee: null,
      messages: [
        { seq: 1, at, author: US, content: this.#settings?.config.welcome ?? { blocks: [] } },
        ...notices.map((notice, place) => ({ seq: place + 2, at, notice })),
      ],
      has_more: false,
      read_seq: notices.length + 1,
      their_received_seq: 0,
      their_read_seq: 0,
      unread: 0,
    };
  }

  #noticesOf(scene: PreviewOptions["scene"]): VisitorNoticeFacts[] | null {
    if (!this.#settings) return null;
    const { options, words } = this.#settings;
    const { survey, chat } = options;
    if (scene === "capture")
      return [{ kind: "email_asked", text: chat?.email_capture?.text ?? words.say("capture.default") }];
    if (scene === "wait")
      return [{ kind: "wait_over", text: chat?.assign?.wait_text ?? words.say("wait.default") }];
    if (scene === "survey")
      return [{ kind: "closed" }, ...(survey ? [{ kind: "survey_asked" as const, survey }] : [])];
    return null;
  }

  /** What follows the visitor's first words. */
  #next(): Next {
    const capture = this.#settings?.options.chat?.email_capture;
    if (!capture || capture.ask === "never" || !this.#settings) return null;
    const text = capture.text ?? this.#settings.words.say("capture.default");
    const afterMs = capture.ask === "after_wait" ? Math.min(AFTER_WAIT_MS, capture.wait_s * 1_000) : 0;
    return { notice: { kind: "email_asked", text }, afterMs };
  }
}

const VIEWER = { account_id: 0, view: "visitor", key: "visitor:1" } as const;

class PreviewSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly #files: PreviewFiles;
  readonly #started: VisitorConversation | null;
  readonly #next: () => Next;
  readonly #thanks: () => string[];
  #isOpen = true;
  #position = 0;
  #seq = 100;

  constructor(
    isOnline: boolean,
    files: PreviewFiles,
    started: VisitorConversation | null,
    next: () => Next,
    thanks: () => string[],
  ) {
    this.#files = files;
    this.#started = started;
    this.#next = next;
    this.#thanks = thanks;
    setTimeout(() => (isOnline ? this.onopen?.() : this.break()));
  }

  close(): void {
    this.#isOpen = false;
  }

  break(): void {
    if (!this.#isOpen) return;
    this.close();
    this.onclose?.({ code: 1006 });
  }

  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame;
    setTimeout(() => this.#isOpen && this.#answer(frame), 80);
  }

  #answer(frame: ClientFrame): void {
    const at = Date.now();
    switch (frame.type) {
      case "hello":
        this.#deliver({ type: "welcome", protocol: 1, viewer: VIEWER, now: at });
        return;
      case "subscribe": {
        const state = { conversations: this.#started ? [this.#started] : [] };
        this.#deliver({ type: "snapshot", stream: "visitor", position: "0", state });
        return;
      }
      case "ping":
        this.#deliver({ type: "pong" });
        return;
      case "start_conversation": {
        const conversation: VisitorConversation = {
          id: at,
          status: "open",
          created_at: at,
          seq: this.#seq,
          assignee: null,
          messages: this.#entries(frame, at),
          has_more: false,
          read_seq: this.#seq,
          their_received_seq: 0,
          their_read_seq: 0,
          unread: 0,
        };
        this.#event({ kind: "conversation_started", conversation });
        this.#ack(frame.command_id, { conversation_id: at });
        const next = this.#next();
        if (next) setTimeout(() => this.#notice(at, next.notice), next.afterMs);
        return;
      }
      case "post_message":
        for (const message of this.#entries(frame, at))
          this.#event({ kind: "message_posted", conversation_id: frame.conversation_id, message });
        break;
      case "give_email":
        this.#notice(frame.conversation_id, { kind: "email_given", email: frame.email });
        break;
      case "skip_email":
        this.#notice(frame.conversation_id, { kind: "email_skipped" });
        break;
      case "submit_survey": {
        const { conversation_id, rating, answer } = frame;
        const thank_you = this.#thanks()[rating] ?? "";
        this.#notice(conversation_id, { kind: "survey_answered", rating, answer, thank_you });
        break;
      }
    }
    if ("command_id" in frame) this.#ack(frame.command_id, {});
  }

  #entries(frame: { client_message_id: string; content: Draft }, at: number): VisitorEntry[] {
    const content = this.#files.filled(frame.content);
    return [
      { seq: ++this.#seq, at, author: VISITOR, content, client_message_id: frame.client_message_id },
      { seq: ++this.#seq, at, notice: { kind: "preview" as never } },
    ];
  }

  #notice(conversationId: number, notice: VisitorNoticeFacts): void {
    const message = { seq: ++this.#seq, at: Date.now(), notice };
    this.#event({ kind: "message_posted", conversation_id: conversationId, message });
  }

  #ack(command_id: string, result: Record<string, unknown>): void {
    this.#deliver({ type: "ack", command_id, result });
  }

  #event(event: unknown): void {
    this.#deliver({ type: "event", stream: "visitor", position: String(++this.#position), event });
  }

  #deliver(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}
