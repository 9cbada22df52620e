import { type FromPage, fromPage, type ToPage } from "./bridge";
import type { Configuration } from "./configuration";
import type { Opening } from "./push";
import { type Device, type Ending, type Fetch, type PushTarget, Server } from "./server";

export const SDK_VERSION = "0.1.0";

/** Who is signed in to the app: a token that proves it, and the address that it proves. */
export interface Identity {
  token: string;
  email: string | null;
}

/** Keeps a few short words across starts of the app: a keychain or another secure store. */
export interface Store {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
}

/** The app around the shell. */
export interface Host {
  platform: Device["platform"];
  appVersion: string;
  locale: string;
  store: Store;
  fetch: Fetch;
  /** What is known of the device right now, by HubSpot's documented names. */
  properties(): Record<string, string>;
  /** A UUID in lower case. */
  newId(): string;
  now(): number;
  /** Runs something later; what it gives back calls it off. */
  later(ms: number, run: () => void): () => void;
}

export interface Listener {
  onUnread?(count: number): void;
  onConversationStarted?(conversationId: number): void;
  onConversationSelected?(conversationId: number): void;
}

/** The open chat page, if there is one. */
export interface Page {
  receive(message: ToPage): void;
  close(): void;
  openLink(url: string): void;
}

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
const UNREAD_EVERY_MS = 60_000;
const LOGGED_OUT_WITHIN_MS = 2_000;
const MOST_PROPERTIES = 50;
const LONGEST_NAME = 50;
const LONGEST_VALUE = 200;
const CREDENTIAL = "credential";
const INSTALLATION = "installation";
const ENDED = "ended";

/**
 * Everything of the SDK that is not a screen: who is signed in, the page's other end, the device, what is unread, log-out.
 * It throws nothing into the app, and logs nothing.
 */
export class Shell {
  readonly #server: Server;
  readonly #listeners = new Set<Listener>();
  #page: Page | null = null;
  #isReady = false;
  #identity: Identity | null = null;
  #refresh: (() => Promise<Identity | null>) | null = null;
  /** Whether it is known who is signed in. Until then the page waits. */
  #isNamed = true;
  #asking = 0;
  #credential: string | null = null;
  #loaded: Promise<void>;
  #installation = "";
  #push: PushTarget | null = null;
  #properties: Record<string, string> = {};
  #pending: ToPage | null = null;
  #unread = 0;
  #tag: string | null = null;
  #isVisible = false;
  #callOff: (() => void) | null = null;
  /** Which question for what is unread is the newest. */
  #round = 0;
  /** The server said when to ask it again. */
  #isHeldBack = false;
  /** Called when the page has logged out. */
  #left: (() => void) | null = null;
  #isLeaving = false;
  readonly #device: Task;
  readonly #told: Task;
  readonly #gone: Task;

  constructor(
    readonly configuration: Configuration,
    private readonly host: Host,
  ) {
    this.#server = new Server(configuration.server_url, host.fetch, (ms, run) => host.later(ms, run));
    this.#device = new Task(host, () => this.#registerDevice());
    this.#told = new Task(host, () => this.#tellProperties());
    this.#gone = new Task(host, () => this.#forgetAtServer());
    this.#loaded = this.#load();
  }

  // What the app says.

  /** Somebody is signed in. `refresh` is asked for another token when this one does not hold any more. */
  identify(identity: Identity, refresh: (() => Promise<Identity | null>) | null = null): void {
    this.#identity = identity;
    this.#refresh = refresh;
    this.#isNamed = true;
    // A question that is still open is about somebody else.
    this.#asking += 1;
    this.#sayIdentity();
  }

  /** Like `identify`, where the first token has to be fetched too. The page waits for it. */
  identifyBy(refresh: () => Promise<Identity | null>): void {
    this.#refresh = refresh;
    this.#isNamed = false;
    void this.#askForToken();
  }

  /** What the app knows of itself, its user and its device, for the agents. */
  setProperties(properties: Record<string, string>): void {
    this.#properties = { ...this.#properties, ...properties };
    this.#told.begin();
  }

  /** The provider's word for this device; null when pushes are not wanted any more. */
  setPushToken(push: PushTarget | null): void {
    if (JSON.stringify(push) === JSON.stringify(this.#push)) return;
    this.#push = push;
    this.#device.begin();
  }

  /** Leads the page to where a push came from, now or when it is open. False: it is for another account. */
  open(opening: Opening): boolean {
    if (opening.account_id !== this.configuration.account_id) return false;
    if (opening.conversation_id !== null) {
      this.say({ type: "open_conversation", conversation_id: opening.conversation_id });
    }
    return true;
  }

  /** Says something to the page, now or when it can receive. The last of what waits counts. */
  say(message: ToPage): void {
    if (this.#page && this.#isReady) this.#page.receive(message);
    else this.#pending = message;
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get unreadCount(): number {
    return this.#unread;
  }

  /** The app is in front, or no longer. What is unread is asked for only while it is. */
  setVisible(isVisible: boolean): void {
    if (isVisible === this.#isVisible) return;
    this.#isVisible = isVisible;
    if (this.#isReady) this.#page?.receive({ type: isVisible ? "resumed" : "paused" });
    this.#callOff?.();
    this.#callOff = null;
    if (isVisible) void this.#askUnread();
  }

  /** Nobody is signed in any more: page, server and device forget. Done when the page has said so, or soon. */
  async logOut(): Promise<void> {
    await this.#loaded;
    this.#identity = null;
    this.#refresh = null;
    this.#isNamed = true;
    this.#asking += 1;
    this.#properties = {};
    this.#pending = null;
    this.#device.end();
    this.#told.end();
    const credential = this.#credential;
    this.#credential = null;
    this.#tag = null;
    this.#isLeaving = true;
    // Kept before anything is waited for: an app that is ended now says it at its next start.
    if (credential) await this.#leave(credential);
    if (this.#page && this.#isReady) {
      const gone = new Promise<void>((done) => {
        this.#left = done;
        this.host.later(LOGGED_OUT_WITHIN_MS, done);
      });
      this.#page.receive({ type: "log_out" });
      await gone;
      this.#left = null;
    }
    this.#isLeaving = false;
    this.#count(0);
    if (credential) this.#gone.begin();
  }

  // The page's other end.

  /** A chat page is shown from now on. What comes from it goes to `receive`; what it gives back takes it away. */
  attach(page: Page): () => void {
    this.#page = page;
    this.#isReady = false;
    return () => {
      if (this.#page === page) {
        this.#page = null;
        this.#isReady = false;
        this.#left?.();
      }
    };
  }

  /** What the page said. */
  receive(text: string): void {
    const message = fromPage(text);
    if (message) this.#heard(message);
  }

  #heard(message: FromPage): void {
    switch (message.type) {
      case "ready":
        this.#isReady = true;
        this.#sayIdentity();
        break;
      case "identity_needed":
        this.#isNamed = false;
        void this.#askForToken();
        break;
      case "logged_out":
        this.#left?.();
        this.#sayIdentity();
        break;
      case "credential":
        void this.#keep(message.credential);
        break;
      case "conversation_started":
        this.#tell((each) => each.onConversationStarted?.(message.conversation_id));
        break;
      case "conversation_selected":
        this.#tell((each) => each.onConversationSelected?.(message.conversation_id));
        break;
      case "unread":
        this.#count(message.count);
        break;
      case "close":
        this.#page?.close();
        break;
      case "open_link":
        this.#page?.openLink(message.url);
        break;
    }
  }

  #sayIdentity(): void {
    if (!this.#page || !this.#isReady || !this.#isNamed) return;
    this.#page.receive({
      type: "identity",
      token: this.#identity?.token ?? null,
      email: this.#identity?.email ?? null,
      app_version: this.host.appVersion || null,
    });
    const pending = this.#pending;
    this.#pending = null;
    if (pending) this.#page.receive(pending);
  }

  /** Asks the app until it gives a token, or says that nobody is signed in. A newer question ends this one. */
  async #askForToken(): Promise<void> {
    const turn = ++this.#asking;
    const refresh = this.#refresh;
    for (let tries = 0; turn === this.#asking; tries += 1) {
      try {
        const found = refresh ? await refresh() : null;
        if (turn !== this.#asking) return;
        this.#identity = found;
        this.#isNamed = true;
        this.#sayIdentity();
        return;
      } catch {
        await new Promise<void>((go) => this.host.later(pauseMs(tries), go));
      }
    }
  }

  // What is kept, and what is told to the server.

  async #load(): Promise<void> {
    try {
      this.#installation = (await this.host.store.get(INSTALLATION)) ?? "";
      if (!this.#installation) {
        this.#installation = this.host.newId();
        await this.host.store.set(INSTALLATION, this.#installation);
      }
      this.#credential ??= await this.host.store.get(CREDENTIAL);
      if ((await this.#ended()).length > 0) this.#gone.begin();
    } catch {
      this.#installation ||= this.host.newId();
    }
  }

  async #keep(credential: string): Promise<void> {
    await this.#loaded;
    // It is of the session that ends.
    if (this.#isLeaving) return;
    this.#credential = credential;
    this.#tag = null;
    try {
      await this.host.store.set(CREDENTIAL, credential);
    } catch {
      // It holds until the app ends, then.
    }
    this.#device.begin();
    this.#told.begin();
    if (this.#isVisible) void this.#askUnread();
  }

  async #registerDevice(): Promise<Ending<unknown> | null> {
    await this.#loaded;
    if (!this.#credential) return null;
    const device: Device = {
      installation_id: this.#installation,
      platform: this.host.platform,
      push: this.#push,
      app_version: this.host.appVersion.slice(0, 40),
      sdk_version: SDK_VERSION,
      locale: this.host.locale.slice(0, 40),
    };
    return this.#checked(this.#credential, this.#server.registerDevice(this.#credential, device));
  }

  async #tellProperties(): Promise<Ending<unknown> | null> {
    await this.#loaded;
    const credential = this.#credential;
    const now = bounded(this.#properties, this.host.properties());
    return credential && Object.keys(now).length > 0
      ? this.#checked(credential, this.#server.tellProperties(credential, now))
      : null;
  }

  /** Tells the server of every session that ended here, the oldest first. */
  async #forgetAtServer(): Promise<Ending<unknown> | null> {
    for (;;) {
      const [credential, ...others] = await this.#ended();
      if (credential === undefined) return null;
      const ending = await this.#server.logOut(credential);
      if (ending.kind === "again") return ending;
      try {
        if (others.length > 0) await this.host.store.set(ENDED, others.join(" "));
        else await this.host.store.remove(ENDED);
      } catch {
        return null;
      }
    }
  }

  /** A session ended: nothing of it is kept but what tells the server so. */
  async #leave(credential: string): Promise<void> {
    try {
      await this.host.store.set(ENDED, [...(await this.#ended()), credential].join(" "));
      await this.host.store.remove(CREDENTIAL);
    } catch {
      // A store that fails keeps nothing either.
    }
  }

  async #ended(): Promise<string[]> {
    try {
      return (await this.host.store.get(ENDED))?.split(" ").filter(Boolean) ?? [];
    } catch {
      return [];
    }
  }

  /** The server does not know the credential any more: the page brings another. */
  async #checked<Answer>(credential: string, asked: Promise<Ending<Answer>>): Promise<Ending<Answer>> {
    const ending = await asked;
    if (ending.kind === "signed_out" && this.#credential === credential) {
      this.#credential = null;
      await this.host.store.remove(CREDENTIAL).catch(() => undefined);
    }
    return ending;
  }

  async #askUnread(): Promise<void> {
    const turn = ++this.#round;
    await this.#loaded;
    const credential = this.#credential;
    if (credential && this.#mayAsk(turn)) {
      const ending = await this.#checked(credential, this.#server.unread(credential, this.#tag));
      // What comes late is not true any more, or of somebody else.
      if (ending.kind === "done" && turn === this.#round && credential === this.#credential) {
        this.#tag = ending.answer.tag;
        this.#count(ending.answer.unread.unread);
      }
      if (ending.kind === "again" && ending.afterMs !== null) {
        this.#isHeldBack = true;
        this.host.later(ending.afterMs, () => {
          this.#isHeldBack = false;
          if (this.#isVisible) void this.#askUnread();
        });
      }
    }
    if (!this.#mayAsk(turn)) return;
    this.#callOff?.();
    this.#callOff = this.host.later(UNREAD_EVERY_MS, () => void this.#askUnread());
  }

  #mayAsk(turn: number): boolean {
    return turn === this.#round && this.#isVisible && !this.#isHeldBack;
  }

  #count(unread: number): void {
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.#tell((each) => each.onUnread?.(unread));
  }

  #tell(about: (listener: Listener) => void): void {
    for (const listener of [...this.#listeners]) {
      try {
        about(listener);
      } catch {
        // The app's own mistake stops nobody else from being told.
      }
    }
  }
}

/** Something that is done once more whenever it is begun, and tried again until it works; never twice at once. */
class Task {
  #isRunning = false;
  #again = false;
  /** The server said when: nothing comes before. */
  #isHeldBack = false;
  #tries = 0;
  #callOff: (() => void) | null = null;

  constructor(
    private readonly host: Pick<Host, "later">,
    private readonly run: () => Promise<Ending<unknown> | null>,
  ) {}

  begin(): void {
    this.#tries = 0;
    if (!this.#isHeldBack) void this.#go();
  }

  end(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#again = false;
    this.#isHeldBack = false;
  }

  async #go(): Promise<void> {
    if (this.#isRunning) {
      this.#again = true;
      return;
    }
    this.end();
    this.#isRunning = true;
    const ending = await this.run().catch(() => null);
    this.#isRunning = false;
    const afterMs = ending?.kind === "again" ? ending.afterMs : null;
    if (this.#again && afterMs === null) {
      this.#again = false;
      void this.#go();
    } else if (ending?.kind === "again") {
      this.#again = false;
      this.#isHeldBack = afterMs !== null;
      const pause = Math.max(afterMs ?? 0, pauseMs(this.#tries));
      this.#tries += 1;
      this.#callOff = this.host.later(pause, () => void this.#go());
    }
  }
}

function pauseMs(tries: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);
}

/** What the server takes: 50 properties, names of 50 marks, values of 200. The device's own come first, as HubSpot's do. */
export function bounded(given: Record<string, string>, own: Record<string, string>): Record<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of [...Object.entries(own), ...Object.entries(given)]) {
    const name = cut(key, LONGEST_NAME);
    if (name.trim() && !all.has(name) && all.size < MOST_PROPERTIES) {
      all.set(name, cut(String(value), LONGEST_VALUE));
    }
  }
  return Object.fromEntries(all);
}

/** At most so long, and not through the middle of a character. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}
