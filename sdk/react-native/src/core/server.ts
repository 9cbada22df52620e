/** How a call ended. `again`: later, it may work, after so many milliseconds if the server said when. */
export type Ending<Answer> =
  | { kind: "done"; answer: Answer }
  | { kind: "unchanged" }
  /** The credential does not hold (any more). */
  | { kind: "signed_out" }
  | { kind: "again"; afterMs: number | null }
  | { kind: "refused"; status: number };

export interface PushTarget {
  provider: "apns" | "fcm";
  token: string;
  topic: string | null;
  sandbox: boolean;
}

export interface Device {
  installation_id: string;
  platform: "android" | "ios" | "react_native";
  push: PushTarget | null;
  app_version: string;
  sdk_version: string;
  locale: string;
}

export interface Unread {
  unread: number;
  messages: number;
}

/** `fetch`, or what stands for it. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    redirect: "manual";
    body?: string;
    signal?: AbortSignal;
  },
) => Promise<{ status: number; headers: { get(name: string): string | null }; text(): Promise<string> }>;

const PATIENCE_MS = 15_000;

/** The calls of a native shell. They end in a value, never in an exception, and log nothing. */
export class Server {
  constructor(
    private readonly serverUrl: string,
    private readonly fetch: Fetch,
    private readonly later: (ms: number, run: () => void) => () => void,
  ) {}

  registerDevice(credential: string, device: Device): Promise<Ending<null>> {
    return this.#call(credential, "PUT", "/device", device);
  }

  forgetDevice(credential: string, installationId: string): Promise<Ending<null>> {
    return this.#call(credential, "DELETE", `/device/${encodeURIComponent(installationId)}`);
  }

  tellProperties(credential: string, properties: Record<string, string>): Promise<Ending<null>> {
    return this.#call(credential, "PUT", "/properties", { properties });
  }

  /** `tag` is the one that the answer before had: an unchanged answer costs almost nothing. */
  async unread(
    credential: string,
    tag: string | null,
  ): Promise<Ending<{ unread: Unread; tag: string | null }>> {
    const ending = await this.#call<Unread | null>(
      credential,
      "GET",
      "/unread",
      undefined,
      tag === null ? {} : { "if-none-match": tag },
    );
    if (ending.kind !== "done") return ending;
    return isCount(ending.answer?.unread) && isCount(ending.answer.messages)
      ? { kind: "done", answer: { unread: ending.answer, tag: ending.tag ?? null } }
      : { kind: "again", afterMs: null };
  }

  logOut(credential: string): Promise<Ending<null>> {
    return this.#call(credential, "DELETE", "/session");
  }

  async #call<Answer>(
    credential: string,
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<
    Exclude<Ending<Answer>, { kind: "done" }> | { kind: "done"; answer: Answer; tag?: string | null }
  > {
    const headers: Record<string, string> = { authorization: `Bearer ${credential}`, ...more };
    if (body !== undefined) headers["content-type"] = "application/json";
    const abort = new AbortController();
    const callOff = this.later(PATIENCE_MS, () => abort.abort());
    try {
      const answer = await this.fetch(`${this.serverUrl}/api/v1/app${path}`, {
        method,
        headers,
        // A credential goes to the server or nowhere. Who leads elsewhere is no server, most often a Wi-Fi's login.
        // (React Native's own `fetch` leaves it to the platform.)
        redirect: "manual",
        signal: abort.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (answer.status === 304) return { kind: "unchanged" };
      if (answer.status === 401) return { kind: "signed_out" };
      if (answer.status === 408 || answer.status === 429 || answer.status >= 500) {
        return { kind: "again", afterMs: seconds(answer.headers.get("retry-after")) };
      }
      if (answer.status < 200 || (answer.status >= 300 && answer.status < 400)) {
        return { kind: "again", afterMs: null };
      }
      if (answer.status >= 300) return { kind: "refused", status: answer.status };
      const text = await answer.text();
      return {
        kind: "done",
        answer: (text ? JSON.parse(text) : null) as Answer,
        tag: answer.headers.get("etag"),
      };
    } catch {
      return { kind: "again", afterMs: null };
    } finally {
      callOff();
    }
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function seconds(word: string | null): number | null {
  return word !== null && /^\d{1,6}$/.test(word) ? Number(word) * 1_000 : null;
}
