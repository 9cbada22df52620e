import type { Environment, SocketLike } from "../environment.ts";
import type {
  Ack,
  ClientFrame,
  Command,
  Content,
  Draft,
  Message,
  Refused,
  ServerFrame,
  VisitorConversation,
  VisitorEvent,
  VisitorState,
} from "../protocol.ts";

/** A clock, a network that can be cut, and one server that keeps its promises: idempotent commands, a ledger with
 *  positions. Nothing here waits for real time. */
export class World implements Environment {
  time = 1_000_000;
  isOnline = true;
  socketsBlocked = false;
  isDown = false;
  readonly server = new FakeServer(this);
  readonly sockets: FakeSocket[] = [];
  readonly polls: string[] = [];
  readonly #timers = new Set<{ at: number; run: () => void }>();
  readonly #wakers = new Set<() => void>();
  #seed: number;
  #ids = 0;

  constructor(seed = 1) {
    this.#seed = seed;
  }

  now = () => this.time;

  /** A small generator (mulberry32), so that a failing run can be repeated. */
  random = () => {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  uuid = () => `id-${++this.#ids}`;

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  openSocket(): SocketLike {
    const socket = new FakeSocket(this);
    this.sockets.push(socket);
    return socket;
  }

  async fetch(path: string, init: RequestInit): Promise<Response> {
    const signal = init.signal;
    await this.delay(1 + Math.floor(this.random() * 20));
    if (this.isDown || !this.isOnline) throw new TypeError("network");
    const body = JSON.parse(String(init.body));
    if (path.endsWith("/realtime/commands")) {
      const replies = body.commands.map((command: Command) => this.server.run(command));
      await this.delay(1);
      if (this.isDown || !this.isOnline) throw new TypeError("network");
      return Response.json({ replies });
    }
    this.polls.push(path);
    let waited = 0;
    for (;;) {
      if (signal?.aborted) throw new DOMException("aborted", "AbortError");
      const frames = this.server.poll(body.streams);
      if (frames.length > 0 || waited >= body.wait_ms) return Response.json({ frames });
      await this.delay(100);
      waited += 100;
    }
  }

  delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  online = () => this.isOnline;

  onWake(wake: () => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  /** Tells the page that network or visibility changed. */
  wake(): void {
    for (const waker of this.#wakers) waker();
  }

  /** Lets `ms` pass: every timer that falls due runs in order, and promises settle in between. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const next = [...this.#timers].sort((one, other) => one.at - other.at)[0];
      if (!next || next.at > end) break;
      this.#timers.delete(next);
      this.time = next.at;
      next.run();
    }
    this.time = end;
    await settle();
  }

  /** Every open socket breaks; half of what was under way is lost. */
  cut(): void {
    for (const socket of this.sockets) socket.break(1006);
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}

export class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: ClientFrame[] = [];
  readonly #world: World;
  readonly #streams = new Set<string>();
  isOpen = true;
  /** A network that swallows everything and says nothing. */
  isDead = false;

  constructor(world: World) {
    this.#world = world;
    world.after(5, () => {
      if (world.socketsBlocked || world.isDown || !world.isOnline) this.break(1006);
      else if (this.isOpen) this.onopen?.();
    });
  }

  send(text: string): void {
    const frame = JSON.parse(text) as ClientFrame;
    this.sent.push(frame);
    this.#world.after(1 + Math.floor(this.#world.random() * 20), () => this.#arrived(frame));
  }

  close(): void {
    this.isOpen = false;
    this.#world.server.listeners.delete(this);
  }

  break(code: number): void {
    if (!this.isOpen) return;
    this.close();
    this.onclose?.({ code });
  }

  deliver(frame: ServerFrame): void {
    this.#world.after(3, () => {
      if (this.isOpen && !this.isDead) this.onmessage?.({ data: JSON.stringify(frame) });
    });
  }

  follows(stream: string): boolean {
    return this.#streams.has(stream);
  }

  #arrived(frame: ClientFrame): void {
    // What had left before the cut may still arrive.
    if (this.isDead || (!this.isOpen && this.#world.random() < 0.5)) return;
    const { server } = this.#world;
    switch (frame.type) {
      case "hello":
        server.listeners.add(this);
        this.deliver({ type: "welcome", protocol: 1, viewer: VIEWER, now: this.#world.time + 250 });
        break;
      case "subscribe":
        this.#streams.add(frame.stream);
        for (const each of server.poll([frame])) this.deliver(each);
        break;
      case "unsubscribe":
        this.#streams.delete(frame.stream);
        break;
      case "ping":
        this.deliver({ type: "pong" });
        break;
      case "typing":
        break;
      default:
        this.deliver(server.run(frame));
    }
  }
}

const VIEWER = { account_id: 1, view: "visitor", key: "visitor:7" } as const;
export const ME = { kind: "visitor", id: 7, name: "", initials: "", color: 1 } as const;
export const ANA = { kind: "agent", id: 5, name: "Ana", initials: "A", color: 2 } as const;

export class FakeServer {
  readonly listeners = new Set<FakeSocket>();
  readonly log: { position: number; event: VisitorEvent }[] = [];
  readonly conversations = new Map<number, VisitorConversation>();
  /** Refuses the next commands, one each. */
  readonly refusals: Partial<Refused>[] = [];
  trimmedBefore = 0;
  runs = 0;
  readonly #world: World;
  readonly #started = new Map<string, number>();
  #position = 0;

  constructor(world: World) {
    this.#world = world;
  }

  run(command: Command): Ack | Refused {
    this.runs += 1;
    const refusal = this.refusals.shift();
    const { command_id } = command;
    if (refusal)
      return { type: "refused", command_id, code: "no", status: 422, message: "", fields: {}, ...refusal };
    if (command.type === "start_conversation") {
      const known = this.#started.get(command.client_conversation_id);
      const id = known ?? 4_294_967_296 + this.#started.size;
      if (known === undefined) {
        this.#started.set(command.client_conversation_id, id);
        const conversation = empty(id, this.#world.time);
        this.conversations.set(id, conversation);
        conversation.messages.push(this.#message(conversation, ME, command));
        this.#record({ kind: "conversation_started", conversation: structuredClone(conversation) });
      }
      return { type: "ack", command_id, result: { conversation_id: id, seq: 1 } };
    }
    if (!("conversation_id" in command)) return { type: "ack", command_id, result: {} };
    const conversation = this.conversations.get(command.conversation_id);
    if (!conversation)
      return { type: "refused", command_id, code: "not_found", status: 404, message: "", fields: {} };
    if (command.type === "post_message") {
      const known = conversation.messages.find(
        (each) => "author" in each && each.client_message_id === command.client_message_id,
      );
      if (known) return { type: "ack", command_id, result: { seq: known.seq } };
      const message = this.#message(conversation, ME, command);
      conversation.messages.push(message);
      this.#record({ kind: "message_posted", conversation_id: conversation.id, message });
      return { type: "ack", command_id, result: { seq: message.seq } };
    }
    if (command.type === "move_cursor") {
      conversation.read_seq = Math.max(conversation.read_seq, command.read_seq ?? 0);
      conversation.unread = conversation.messages.filter(
        (each) => "author" in each && each.author.kind === "agent" && each.seq > conversation.read_seq,
      ).length;
      this.#record({
        kind: "cursor_moved",
        conversation_id: conversation.id,
        whose: "me",
        received_seq: conversation.read_seq,
        read_seq: conversation.read_seq,
        unread: conversation.unread,
      });
    }
    return { type: "ack", command_id, result: {} };
  }

  /** An agent writes. */
  answer(id: number, text: string): void {
    const conversation = this.conversations.get(id);
    if (!conversation) throw new Error(`no conversation ${id}`);
    const message = this.#message(conversation, ANA, { content: { text } });
    conversation.messages.push(message);
    conversation.unread += 1;
    this.#record({ kind: "message_posted", conversation_id: id, message });
  }

  poll(streams: { stream: string; position?: string }[]): ServerFrame[] {
    return streams.flatMap(({ stream, position }): ServerFrame[] => {
      if (stream !== "visitor")
        return [
          {
            type: "refused",
            stream,
            code: "not_found",
            status: 404,
            message: "",
            fields: {},
            command_id: null,
          },
        ];
      if (position === undefined)
        return [{ type: "snapshot", stream, position: String(this.#position), state: this.state() }];
      if (Number(position) < this.trimmedBefore) return [{ type: "reset", stream, reason: "trimmed" }];
      return this.log
        .filter((each) => each.position > Number(position))
        .map((each) => ({ type: "event", stream, position: String(each.position), event: each.event }));
    });
  }

  state(): VisitorState {
    return structuredClone({ conversations: [...this.conversations.values()].reverse() });
  }

  #message(
    conversation: VisitorConversation,
    author: Message["author"],
    from: {
      client_message_id?: string;
      content: Draft;
    },
  ): Message {
    conversation.seq += 1;
    const content =
      "text" in from.content
        ? {
            blocks: [
              { type: "paragraph" as const, runs: [{ type: "text" as const, text: from.content.text }] },
            ],
          }
        : (from.content as Content);
    const own = from.client_message_id === undefined ? {} : { client_message_id: from.client_message_id };
    return { seq: conversation.seq, author, content, at: this.#world.time, ...own };
  }

  #record(event: VisitorEvent): void {
    // Positions grow, with holes.
    this.#position += 1 + Math.floor(this.#world.random() * 3);
    const position = this.#position;
    this.log.push({ position, event: structuredClone(event) });
    for (const socket of this.listeners)
      if (socket.follows("visitor"))
        socket.deliver({ type: "event", stream: "visitor", position: String(position), event });
  }
}

function empty(id: number, at: number): VisitorConversation {
  return {
    id,
    status: "open",
    created_at: at,
    seq: 0,
    assignee: null,
    messages: [],
    has_more: false,
    read_seq: 0,
    their_received_seq: 0,
    their_read_seq: 0,
    unread: 0,
  };
}
