import type { Credential } from "@pocketdesk/client/connection";
import { Store } from "@pocketdesk/client/store";
import type { VisitorChat } from "./about.ts";
import { type FileTransport, Unwanted, type UploadProgress } from "./files.ts";
import type { HelpCall } from "./help.ts";
import { Identity } from "./identity.ts";
import { shelfOf } from "./shelf-name.ts";

const API = "/api/v1/visitor";
const FIRST_ASK_AGAIN_MS = 1_000;
const LAST_ASK_AGAIN_MS = 60_000;

interface Session {
  token: string;
  visitor_id: number;
  known: boolean;
  /** Whether the token of whoever said who the visitor is holds. */
  identity: "none" | "verified" | "refused";
}

export interface AppCredential {
  credential: string;
  expires_at: number;
}

/** Who this page's visitor is to the server. The bearer lives here and nowhere else. */
export class Visitor implements FileTransport {
  /** Until when the server wants no more attempts from here; null when it does not mind. */
  readonly limitedUntil = new Store<number | null>(null);
  /** What the server says of this visitor; null until it has. */
  readonly chat = new Store<VisitorChat | null>(null);
  /** A session has begun. `isOther`: of another visitor than the one before, and one of them has proven who it is. */
  onSession: (session: { isNamed: boolean; isOther: boolean }) => void = () => {};
  /** Takes what a native shell may keep of the session; null where there is none. */
  onCredential: ((kept: AppCredential) => void) | null = null;
  /** What the app says of its own version. */
  appVersion: string | null = null;
  readonly #accountId: number;
  readonly #mobileTag: string;
  readonly #identity: Identity;
  #session: Session | null = null;
  #beginning: Promise<Session | null> | null = null;
  #last: Session | null = null;
  #isRemembered = false;
  #handedOver: Session | null = null;
  #askedAt = 0;
  #askAgainMs = FIRST_ASK_AGAIN_MS;

  constructor(accountId: number, mobileTag: string, identity: Identity = new Identity(null)) {
    this.#accountId = accountId;
    this.#mobileTag = mobileTag;
    this.#identity = identity;
  }

  /** The credential for a connection; null when the server knows no such account any more. */
  readonly credential = async (renew: boolean): Promise<Credential | null> => {
    if (renew) this.#session = null;
    const before = this.#session;
    this.#session ??= await this.#beginOnce();
    if (!this.#session) return null;
    if (!before || !this.chat.get()) void this.ask();
    void this.#handOver(this.#session);
    const { token } = this.#session;
    return { hello: { token }, headers: { authorization: `Bearer ${token}` } };
  };

  /** Once for each session; what fails is tried again with the next connection. */
  async #handOver(session: Session): Promise<void> {
    if (!this.onCredential || this.#handedOver === session) return;
    this.#handedOver = session;
    try {
      const kept = await this.appCredential();
      if (this.#session === session) this.onCredential(kept);
    } catch {
      this.#handedOver = null;
    }
  }

  /** However many ask for a session at the same time, one begins. */
  #beginOnce(): Promise<Session | null> {
    this.#beginning ??= this.#begin().finally(() => {
      this.#beginning = null;
    });
    return this.#beginning;
  }

  async #begin(isSecond = false): Promise<Session | null> {
    const named = await this.#identity.named();
    const until = this.limitedUntil.get();
    if (until !== null && Date.now() < until) throw new Error("too early");
    const answer = await fetch(`${API}/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        account_id: this.#accountId,
        mobile_tag: this.#mobileTag,
        properties: { ...deviceProperties(), ...(this.appVersion && { app_version: this.appVersion }) },
        identity_token: named?.token || null,
        email: named?.email || null,
      }),
      cache: "no-store",
    });
    this.limitedUntil.set(answer.status === 429 ? Date.now() + (await waitOf(answer)) : null);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    const session = (await answer.json()) as Session;
    if (session.identity === "refused" && !isSecond && this.#identity.askAgain()) return this.#begin(true);
    const last = this.#last;
    this.#last = session;
    this.#isRemembered = session.known;
    this.onSession({
      isNamed: session.identity !== "none",
      isOther:
        last !== null && last.visitor_id !== session.visitor_id && (isProven(last) || isProven(session)),
    });
    return session;
  }

  /** Begins anew with whoever is signed in now. What the visitor was before stays at the server. */
  async change(): Promise<void> {
    this.#session = null;
    this.#isRemembered = false;
    this.chat.set(null);
  }

  /** A cookie brought this visitor back. */
  get wasRemembered(): boolean {
    return this.#session?.known ?? false;
  }

  /** Asks what is to be said to this visitor, and what they agreed to; every connection tries again until it is known. */
  readonly ask = async (): Promise<void> => {
    const session = this.#session;
    this.#askedAt = Date.now();
    try {
      const chat = await this.#json<VisitorChat>(
        "GET",
        `/chat?mobile_tag=${encodeURIComponent(this.#mobileTag)}`,
      );
      this.#askAgainMs = FIRST_ASK_AGAIN_MS;
      if (this.#session === session) this.chat.set(chat);
    } catch {
      if (this.#session !== session || this.chat.get()) return;
      setTimeout(this.#askAgain, this.#askAgainMs);
      this.#askAgainMs = Math.min(2 * this.#askAgainMs, LAST_ASK_AGAIN_MS);
    }
  };

  readonly #askAgain = () => this.#session && !this.chat.get() && void this.ask();

  /** Whether what is known is older than `ms`. */
  readonly isStale = (ms: number): boolean => this.chat.get() !== null && Date.now() - this.#askedAt > ms;

  /** Asks the server to know this device again; called once there is something to come back to. */
  readonly remember = (): void => {
    if (this.#isRemembered || !this.#session) return;
    this.#isRemembered = true;
    this.#call("POST", "/remember").catch(() => {
      this.#isRemembered = false;
    });
  };

  /** Leaves no trace of this visitor on the device; who writes next is somebody new. */
  async forget(): Promise<void> {
    this.#identity.forget();
    this.#last = null;
    const isOver = this.#session ? this.#call("DELETE", "/session").catch(() => {}) : null;
    this.#session = null;
    this.#isRemembered = false;
    this.chat.set(null);
    try {
      indexedDB.deleteDatabase(shelfOf(this.#accountId));
    } catch {
      // A browser without one, or one that lets nobody in: nothing was kept.
    }
    await isOver;
  }

  /** Messages before `seq`, oldest first. */
  olderMessages<Entry>(conversationId: number, seq: number): Promise<{ items: Entry[]; has_more: boolean }> {
    return this.#json("GET", `/conversations/${conversationId}/messages?before=${seq}&limit=30`);
  }

  /** Signed addresses of files, by id. */
  readonly links = async (conversationId: number, fileIds: number[]): Promise<Record<string, string>> => {
    const body = JSON.stringify({ conversation_id: conversationId, file_ids: fileIds });
    return (await this.#json<{ links: Record<string, string> }>("POST", "/files/links", body)).links;
  };

  readonly pushKey = async (): Promise<string | null> =>
    (await this.#json<{ public_key: string | null }>("GET", "/push-key")).public_key;

  readonly appCredential = (): Promise<AppCredential> => this.#json("POST", "/app-credential");

  readonly transcript = async (conversationId: number): Promise<Blob> =>
    (await this.#call("GET", `/conversations/${conversationId}/transcript`)).blob();

  readonly mailTranscript = async (conversationId: number): Promise<void> => {
    await this.#call("POST", `/conversations/${conversationId}/transcript/mail`);
  };

  begin(file: { name: string; size: number; media_type: string }) {
    return this.#json<{ file_id: number; received: number; chunk: number }>(
      "POST",
      "/files",
      JSON.stringify(file),
    );
  }

  async put(fileId: number, offset: number, bytes: Blob, signal: AbortSignal) {
    const answer = await this.#call("PUT", `/files/${fileId}?offset=${offset}`, bytes, signal);
    return (await answer.json()) as UploadProgress;
  }

  look(fileId: number) {
    return this.#json<UploadProgress>("GET", `/files/${fileId}`);
  }

  readonly help: HelpCall = async <Answer>(
    method: "GET" | "POST",
    path: string,
    { query = {}, body }: Parameters<HelpCall>[2] = {},
  ) => {
    const ask = async () => {
      await this.credential(false);
      const asked = new URLSearchParams({ mobile_tag: this.#mobileTag, ...query });
      const answer = await this.#call(method, `/help${path}?${asked}`, body ? JSON.stringify(body) : null);
      return (answer.status === 204 ? null : await answer.json()) as Answer;
    };
    return ask().catch(async (error: unknown) => {
      if (!(error instanceof Unwanted && error.status === 401)) throw error;
      await this.credential(true);
      return ask();
    });
  };

  async #json<Answer>(method: string, path: string, body?: string): Promise<Answer> {
    return (await (await this.#call(method, path, body)).json()) as Answer;
  }

  async #call(
    method: string,
    path: string,
    body: string | Blob | null = null,
    signal: AbortSignal | null = null,
  ): Promise<Response> {
    if (!this.#session) throw new Error("no session");
    const type = typeof body === "string" ? "application/json" : "application/octet-stream";
    const answer = await fetch(API + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#session.token}`,
        ...(body === null ? {} : { "content-type": type }),
      },
      body,
      signal,
      cache: "no-store",
      // Small ones reach the server even when the page goes away meanwhile.
      keepalive: method !== "GET" && !(body instanceof Blob),
    });
    if (answer.ok) return answer;
    const why = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    throw new Unwanted(answer.status, why, answer.status === 429 ? await waitOf(answer) : null);
  }
}

function isProven({ identity }: Session): boolean {
  return identity === "verified";
}

/** How long a refused caller has to wait, in milliseconds. */
async function waitOf(answer: Response): Promise<number> {
  const seconds = Number(answer.headers.get("retry-after"));
  return seconds > 0 ? seconds * 1000 : 60_000;
}

/** What can be known about the device without asking anybody, in the names that HubSpot's SDKs use for the same. */
export function deviceProperties(): Record<string, string> {
  const agent = navigator.userAgent;
  const android = /Android (\d+(?:\.\d+)*)/.exec(agent);
  const ios = /(?:iPhone|iPad|iPod).*? OS (\d+(?:_\d+)*)/.exec(agent);
  const desktop = /Windows NT [\d.]+|Mac OS X [\d_.]+|CrOS|Linux/.exec(agent);
  const wrapper = /\b(?:HubspotMobileSDK|PocketdeskSDK)\/[\w.]*/.exec(agent);
  const scale = window.devicePixelRatio || 1;
  const { width, height } = window.screen;
  const properties: Record<string, string | undefined> = {
    platform: android ? "android" : ios ? "ios" : "web",
    os_version: android
      ? `Android ${android[1]}`
      : ios
        ? `iOS ${ios[1]?.replaceAll("_", ".")}`
        : desktop?.[0].replaceAll("_", "."),
    screen_size: `${width}x${height}`,
    screen_resolution: `${Math.round(width * scale)}x${Math.round(height * scale)}`,
    device_orientation: width > height ? "landscape" : "portrait",
    language: navigator.language,
    sdk: wrapper?.[0],
  };
  const known = Object.entries(properties).filter((each): each is [string, string] => Boolean(each[1]));
  return Object.fromEntries(known.map(([name, value]) => [name, value.slice(0, 500)]));
}
