import { browser, type Environment, type SocketLike } from "@pocketdesk/client/environment";
import type {
  ClientFrame,
  Content,
  Draft,
  ServerFrame,
  VisitorConversation,
  VisitorEntry,
} from "@pocketdesk/client/protocol";
import type { PageConfig } from "./boot.ts";
import type { Texts } from "./texts.ts";

/** Sent by the console's editor around the frame, with every change of its unsaved settings. */
export interface PreviewMessage {
  type: "pocketdesk:preview";
  config: PageConfig;
  texts?: Texts;
  options?: { dark?: boolean; offline?: boolean };
}

/** Calls `show` with the editor's settings; only our own origin may send some. */
export function listenToEditor(show: (message: PreviewMessage) => void): void {
  window.addEventListener("message", (event: MessageEvent<PreviewMessage>) => {
    if (event.origin === location.origin && event.data?.type === "pocketdesk:preview") show(event.data);
  });
  window.parent.postMessage({ type: "pocketdesk:preview-ready" }, location.origin);
}

/** A world without a server: what is written echoes, a notice says so, and nothing leaves the page. */
export class PreviewEnvironment implements Environment {
  readonly #real = browser();
  readonly #sockets = new Set<PreviewSocket>();
  readonly #wakers = new Set<() => void>();
  #isOnline = true;

  now = this.#real.now;
  random = this.#real.random;
  after = this.#real.after;
  online = () => this.#isOnline;

  fetch(): Promise<Response> {
    return Promise.reject(new Error("a preview asks nobody"));
  }

  onWake(wake: () => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  openSocket(): SocketLike {
    const socket = new PreviewSocket(this.#isOnline);
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
}

const VIEWER = { account_id: 0, view: "visitor", key: "visitor:1" } as const;

class PreviewSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  #isOpen = true;
  #position = 0;
  #seq = 0;

  constructor(isOnline: boolean) {
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
        break;
      case "subscribe":
        this.#deliver({ type: "snapshot", stream: "visitor", position: "0", state: { conversations: [] } });
        break;
      case "ping":
        this.#deliver({ type: "pong" });
        break;
      case "start_conversation": {
        const entries = this.#entries(frame, at);
        const conversation: VisitorConversation = {
          id: at,
          status: "open",
          created_at: at,
          seq: this.#seq,
          assignee: null,
          messages: entries,
          has_more: false,
          read_seq: this.#seq,
          their_received_seq: 0,
          their_read_seq: 0,
          unread: 0,
        };
        this.#event({ kind: "conversation_started", conversation });
        this.#deliver({ type: "ack", command_id: frame.command_id, result: { conversation_id: at } });
        break;
      }
      case "post_message":
        for (const message of this.#entries(frame, at))
          this.#event({ kind: "message_posted", conversation_id: frame.conversation_id, message });
        this.#deliver({ type: "ack", command_id: frame.command_id, result: {} });
        break;
    }
  }

  #entries(frame: { client_message_id: string; content: Draft }, at: number): VisitorEntry[] {
    const author = { kind: "visitor" as const, id: 1, name: "", initials: "", color: 0 };
    const content: Content = "text" in frame.content ? asContent(frame.content.text) : (frame.content as Content);
    return [
      { seq: ++this.#seq, at, author, content, client_message_id: frame.client_message_id },
      { seq: ++this.#seq, at, notice: { kind: "preview" as never } },
    ];
  }

  #event(event: unknown): void {
    this.#deliver({ type: "event", stream: "visitor", position: String(++this.#position), event });
  }

  #deliver(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

/** Typed words as the server would take them, without finding links. */
export function asContent(text: string): Content {
  return {
    blocks: text
      .trim()
      .split(/\n\s*\n/)
      .map((paragraph) => ({
        type: "paragraph",
        runs: paragraph
          .split("\n")
          .flatMap((line, place) => [
            ...(place ? [{ type: "break" as const }] : []),
            ...(line ? [{ type: "text" as const, text: line }] : []),
          ]),
      })),
  };
}
