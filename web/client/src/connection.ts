import type { Environment, SocketLike } from "./environment.ts";
import type { Outbox } from "./outbox.ts";
import {
  type Ack,
  CLOSED,
  type ClientFrame,
  type Command,
  type Hello,
  PROTOCOL,
  type Refused,
  type ServerFrame,
  type StreamFrame,
  type TypingFrame,
  type ViewerName,
} from "./protocol.ts";
import { Store } from "./store.ts";

/** Who is calling: the first frame of a socket and the headers of a plain request. */
export interface Credential {
  hello: Hello;
  headers: Record<string, string>;
}

export type ConnectionState =
  | { kind: "connecting"; since: number }
  | { kind: "open"; since: number; via: "socket" | "http" }
  /** Between tries; the next one is at `retryAt`. */
  | { kind: "retrying"; since: number; retryAt: number }
  /** The browser says that there is no network. Tries go on, slowly. */
  | { kind: "offline"; since: number }
  /** No further tries: the server does not want this caller, or speaks another protocol. */
  | { kind: "refused"; since: number; why: "unauthenticated" | "outdated" };

export interface ConnectionOptions {
  environment: Environment;
  outbox: Outbox;
  /** Absolute address of the socket, `wss://.../socket`. */
  socketUrl: string;
  /** Path that the fallback's requests start with. */
  api: string;
  /** Asked before every try. `renew` when the last one did not hold; null when there is none: the connection ends. */
  credential(renew: boolean): Promise<Credential | null>;
}

/** Watches one stream. After a reset a new snapshot comes by itself. */
export interface StreamWatcher {
  frame(frame: Exclude<StreamFrame, { type: "reset" }>): void;
  refused(refusal: Refused): void;
}

interface Subscription {
  watcher: StreamWatcher;
  position: string | null;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
const WELCOME_WITHIN_MS = 8_000;
const QUIET_FOR_MS = 25_000;
const PONG_WITHIN_MS = 10_000;
const POLL_WAIT_MS = 25_000;
/** Sockets that never got a welcome, in a row, before plain requests are tried. */
const SOCKET_TRIES = 2;
/** How long plain requests do before a socket is tried again. */
const BACK_TO_SOCKET_MS = 120_000;

/** One way to the server that opens itself again: by socket, or by plain requests where sockets are blocked.
 *
 *  Streams resume from their position, so nothing that happened meanwhile is missed; the outbox sends again what was
 *  not answered. */
export class Connection {
  readonly state: Store<ConnectionState>;
  /** The server's clock minus ours, in milliseconds. */
  readonly clockSkew = new Store(0);
  /** Who the server says we are; null before its first welcome, and where there are no sockets. */
  readonly viewer = new Store<ViewerName | null>(null);

  readonly #options: ConnectionOptions;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #typing = new Set<(frame: TypingFrame) => void>();
  #attempt: Attempt | null = null;
  #stopWaking: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;
  #failures = 0;
  #socketFailures = 0;
  #renew = false;
  #httpSince: number | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.state = new Store<ConnectionState>({ kind: "connecting", since: options.environment.now() });
  }

  /** Opens, and stays open until `stop`. */
  start(): void {
    if (this.#stopWaking) return;
    this.#stopWaking = this.#options.environment.onWake(() => this.#wake());
    this.#open();
  }

  stop(): void {
    this.#stopWaking?.();
    this.#stopWaking = null;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#attempt?.end();
    this.#attempt = null;
    this.#options.outbox.closed();
  }

  /** Follows a stream until the returned function is called. One watcher per stream. */
  watch(stream: string, watcher: StreamWatcher): () => void {
    const subscription: Subscription = { watcher, position: null };
    this.#subscriptions.set(stream, subscription);
    this.#attempt?.subscribe(stream, null);
    return () => {
      if (this.#subscriptions.get(stream) !== subscription) return;
      this.#subscriptions.delete(stream);
      this.#attempt?.unsubscribe(stream);
    };
  }

  /** Calls `listener` whenever somebody types, until the returned function is called. */
  onTyping(listener: (frame: TypingFrame) => void): () => void {
    this.#typing.add(listener);
    return () => this.#typing.delete(listener);
  }

  /** Says that we are typing; lost without harm when nothing is open. */
  sendTyping(conversationId: number): void {
    this.#attempt?.ephemeral({ type: "typing", conversation_id: conversationId });
  }

  /** Tries now instead of waiting for the next try. */
  retryNow(): void {
    if (!this.#cancelRetry) return;
    this.#cancelRetry();
    this.#cancelRetry = null;
    this.#open();
  }

  #wake(): void {
    if (!this.#options.environment.online()) {
      if (!this.#attempt) this.#enter({ kind: "offline" });
      return;
    }
    this.#failures = 0;
    if (this.#attempt) this.#attempt.check();
    else this.retryNow();
  }

  async #open(): Promise<void> {
    const { environment, credential, socketUrl, api, outbox } = this.#options;
    const kind = this.state.get().kind;
    if (kind === "refused") this.#enter({ kind: "connecting" });
    let caller: Credential | null;
    const attempt: Attempt = { check() {}, end() {}, subscribe() {}, unsubscribe() {}, ephemeral() {} };
    this.#attempt = attempt;
    try {
      caller = await credential(this.#renew);
    } catch {
      if (this.#attempt === attempt) this.#lost(attempt, 0);
      return;
    }
    if (this.#attempt !== attempt) return;
    if (!caller) {
      this.#attempt = null;
      this.#enter({ kind: "refused", why: "unauthenticated" });
      return;
    }
    const events: AttemptEvents = {
      opened: (via, transmit) => {
        this.#failures = 0;
        this.#renew = false;
        if (via === "socket") {
          this.#socketFailures = 0;
          this.#httpSince = null;
        }
        for (const [stream, { position }] of this.#subscriptions) this.#attempt?.subscribe(stream, position);
        this.#enter({ kind: "open", via });
        outbox.opened(transmit);
      },
      frame: (frame) => this.#receive(frame),
      ended: (ended, code, welcomed) => {
        if (!welcomed && code !== CLOSED.unauthenticated) this.#failed(ended instanceof SocketAttempt);
        this.#lost(ended, code);
      },
    };
    this.#attempt = this.#usesHttp()
      ? new HttpAttempt(environment, api, caller, this.#positions, events)
      : new SocketAttempt(environment, socketUrl, caller, events);
  }

  readonly #positions = () =>
    [...this.#subscriptions].map(([stream, { position }]) =>
      position === null ? { stream } : { stream, position },
    );

  #usesHttp(): boolean {
    const now = this.#options.environment.now();
    if (this.#httpSince !== null && now - this.#httpSince > BACK_TO_SOCKET_MS) {
      this.#httpSince = null;
      this.#socketFailures = SOCKET_TRIES - 1;
    }
    if (this.#socketFailures < SOCKET_TRIES) return false;
    this.#httpSince ??= now;
    return true;
  }

  /** Sockets are given up after some tries, plain requests (then the server is just not there) after one. */
  #failed(bySocket: boolean): void {
    this.#socketFailures = bySocket ? this.#socketFailures + 1 : SOCKET_TRIES - 1;
    if (!bySocket) this.#httpSince = null;
  }

  #receive(frame: ServerFrame): void {
    switch (frame.type) {
      case "ack":
        this.#options.outbox.settle(frame);
        break;
      case "refused":
        if (frame.command_id) this.#options.outbox.settle(frame);
        else if (frame.stream) this.#subscriptions.get(frame.stream)?.watcher.refused(frame);
        break;
      case "typing":
        for (const listener of this.#typing) listener(frame);
        break;
      case "welcome":
        this.clockSkew.set(frame.now - this.#options.environment.now());
        this.viewer.set(frame.viewer);
        break;
      case "pong":
        break;
      case "reset": {
        const subscription = this.#subscriptions.get(frame.stream);
        if (!subscription) break;
        subscription.position = null;
        this.#attempt?.subscribe(frame.stream, null);
        break;
      }
      case "snapshot":
      case "event":
      case "rows": {
        const subscription = this.#subscriptions.get(frame.stream);
        if (!subscription) break;
        subscription.position = frame.position;
        subscription.watcher.frame(frame);
      }
      // Anything else is of a later version (P-1).
    }
  }

  #lost(attempt: Attempt, code: number): void {
    if (this.#attempt !== attempt) return;
    this.#attempt = null;
    const { environment, outbox } = this.#options;
    outbox.closed();
    if (!this.#stopWaking) return;
    if (code === CLOSED.protocolUnsupported) {
      this.#enter({ kind: "refused", why: "outdated" });
      return;
    }
    if (code === CLOSED.unauthenticated) this.#renew = true;
    const slow =
      code === CLOSED.flooding ? LAST_RETRY_MS : FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10);
    const ms = Math.min(LAST_RETRY_MS, slow) * (0.5 + environment.random() / 2);
    this.#failures += 1;
    const retryAt = environment.now() + ms;
    this.#enter(environment.online() ? { kind: "retrying", retryAt } : { kind: "offline" });
    this.#cancelRetry = environment.after(ms, () => {
      this.#cancelRetry = null;
      this.#open();
    });
  }

  /** Moves to a state; `since` counts from when it, or another way of not being open, began. */
  #enter(next: StateWithoutSince): void {
    const before = this.state.get();
    const goesOn = before.kind === next.kind || (isDown(before.kind) && isDown(next.kind));
    const since = goesOn ? before.since : this.#options.environment.now();
    this.state.set({ ...next, since } as ConnectionState);
  }
}

type StateWithoutSince = ConnectionState extends infer State
  ? State extends ConnectionState
    ? Omit<State, "since">
    : never
  : never;

function isDown(kind: ConnectionState["kind"]): boolean {
  return kind === "retrying" || kind === "offline";
}

// ---- One try ----------------------------------------------------------------------------------------------------

interface Attempt {
  /** Finds out whether it still works. */
  check(): void;
  end(): void;
  subscribe(stream: string, position: string | null): void;
  unsubscribe(stream: string): void;
  ephemeral(frame: ClientFrame): void;
}

interface AttemptEvents {
  opened(via: "socket" | "http", transmit: (commands: Command[]) => boolean): void;
  frame(frame: ServerFrame): void;
  ended(attempt: Attempt, code: number, welcomed: boolean): void;
}

class SocketAttempt implements Attempt {
  readonly #environment: Environment;
  readonly #events: AttemptEvents;
  readonly #socket: SocketLike;
  #isWelcome = false;
  #isOver = false;
  #cancelWatch: () => void;

  constructor(environment: Environment, url: string, caller: Credential, events: AttemptEvents) {
    this.#environment = environment;
    this.#events = events;
    this.#socket = environment.openSocket(url);
    this.#cancelWatch = environment.after(WELCOME_WITHIN_MS, () => this.#finish(0));
    this.#socket.onopen = () => this.#send({ type: "hello", protocol: PROTOCOL, ...caller.hello });
    this.#socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)) as ServerFrame);
    this.#socket.onclose = ({ code }) => this.#finish(code);
  }

  check(): void {
    if (this.#isWelcome) this.#ping();
  }

  end(): void {
    this.#isOver = true;
    this.#cancelWatch();
    this.#socket.close(1000);
  }

  subscribe(stream: string, position: string | null): void {
    if (!this.#isWelcome) return;
    this.#send(position === null ? { type: "subscribe", stream } : { type: "subscribe", stream, position });
  }

  unsubscribe(stream: string): void {
    if (this.#isWelcome) this.#send({ type: "unsubscribe", stream });
  }

  ephemeral(frame: ClientFrame): void {
    if (this.#isWelcome) this.#send(frame);
  }

  #receive(frame: ServerFrame): void {
    if (this.#isOver) return;
    this.#expectQuiet();
    this.#events.frame(frame);
    if (frame.type !== "welcome") return;
    this.#isWelcome = true;
    this.#events.opened("socket", (commands) => {
      for (const command of commands) this.#send(command);
      return !this.#isOver;
    });
  }

  /** A dead network closes no socket, so after a quiet while we ask, and end it ourselves when nothing comes. */
  #expectQuiet(): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#environment.after(QUIET_FOR_MS, () => this.#ping());
  }

  #ping(): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#environment.after(PONG_WITHIN_MS, () => this.#finish(0));
    this.#send({ type: "ping" });
  }

  #send(frame: ClientFrame): void {
    if (this.#isOver) return;
    try {
      this.#socket.send(JSON.stringify(frame));
    } catch {
      this.#finish(0);
    }
  }

  #finish(code: number): void {
    if (this.#isOver) return;
    this.end();
    this.#events.ended(this, code, this.#isWelcome);
  }
}

class HttpAttempt implements Attempt {
  readonly #environment: Environment;
  readonly #api: string;
  readonly #caller: Credential;
  readonly #positions: () => { stream: string; position?: string }[];
  readonly #events: AttemptEvents;
  readonly #cancelStart: () => void;
  #poll: AbortController | null = null;
  #isOver = false;
  #isOpen = false;

  constructor(
    environment: Environment,
    api: string,
    caller: Credential,
    positions: () => { stream: string; position?: string }[],
    events: AttemptEvents,
  ) {
    this.#environment = environment;
    this.#api = api;
    this.#caller = caller;
    this.#positions = positions;
    this.#events = events;
    this.#cancelStart = environment.after(0, () => this.#listen());
  }

  check(): void {
    this.#poll?.abort();
  }

  end(): void {
    this.#isOver = true;
    this.#cancelStart();
    this.#poll?.abort();
  }

  /** A poll that is waiting does not know the new stream: start another. */
  subscribe(): void {
    if (this.#isOpen) this.#poll?.abort();
  }

  unsubscribe(): void {
    if (this.#isOpen) this.#poll?.abort();
  }

  ephemeral(frame: ClientFrame): void {
    if (this.#isOpen) this.#post("/realtime/commands", { commands: [frame] }).catch(() => {});
  }

  async #listen(): Promise<void> {
    const started = this.#environment.now();
    while (!this.#isOver) {
      const isFirst = !this.#isOpen;
      this.#poll = new AbortController();
      const signal = this.#poll.signal;
      try {
        const body = { streams: this.#positions(), wait_ms: isFirst ? 0 : POLL_WAIT_MS };
        const { frames } = (await this.#post("/realtime/poll", body, signal)) as { frames: ServerFrame[] };
        if (this.#isOver) return;
        if (isFirst) {
          this.#isOpen = true;
          this.#poll = null;
          this.#events.opened("http", (commands) => this.#transmit(commands));
        }
        for (const frame of frames) this.#events.frame(frame);
      } catch (error) {
        if (this.#isOver) return;
        if (signal.aborted) continue;
        this.#finish(error instanceof AnswerError && error.status === 401 ? CLOSED.unauthenticated : 0);
        return;
      }
      if (this.#environment.now() - started > BACK_TO_SOCKET_MS) this.#finish(0);
    }
  }

  #transmit(commands: Command[]): boolean {
    this.#post("/realtime/commands", { commands })
      .then((answer) => {
        if (this.#isOver) return;
        for (const reply of (answer as { replies: (Ack | Refused)[] }).replies) this.#events.frame(reply);
      })
      .catch((error) =>
        this.#finish(error instanceof AnswerError && error.status === 401 ? CLOSED.unauthenticated : 0),
      );
    return true;
  }

  async #post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const answer = await this.#environment.fetch(this.#api + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...this.#caller.headers },
      body: JSON.stringify(body),
      cache: "no-store",
      ...(signal ? { signal } : {}),
    });
    if (!answer.ok) throw new AnswerError(answer.status);
    return answer.json();
  }

  #finish(code: number): void {
    if (this.#isOver) return;
    this.end();
    this.#events.ended(this, code, this.#isOpen);
  }
}

class AnswerError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`answered ${status}`);
    this.status = status;
  }
}
