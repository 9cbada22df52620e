/** What the server refused, in its one error shape; `fields` names what is wrong by path in the request. */
export class Refused extends Error {
  override name = "Refused";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
    readonly correlationId: string | null = null,
  ) {
    super(message);
  }
}

export interface Options {
  query?: object;
  body?: unknown;
  /** Bytes as they are, instead of a JSON body. */
  bytes?: Blob;
  /** Fields with a file among them, instead of a JSON body. */
  form?: FormData;
  /** Version that an edit starts from; the server refuses it when somebody saved meanwhile. */
  version?: number;
  signal?: AbortSignal;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One request to `/api/v1`. Rejects with `Refused`; code `offline` when no answer came at all. */
export async function call<Answer>(method: Method, path: string, options: Options = {}): Promise<Answer> {
  const headers: Record<string, string> = { accept: "application/json" };
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(options.body);
  }
  if (options.bytes) {
    headers["content-type"] = "application/octet-stream";
    init.body = options.bytes;
  }
  if (options.form) init.body = options.form;
  if (options.version !== undefined) headers["if-match"] = `"${options.version}"`;
  if (options.signal) init.signal = options.signal;

  let response: Response;
  try {
    response = await fetch(`/api/v1${path}${search(options.query)}`, init);
  } catch (failure) {
    if (options.signal?.aborted) throw failure;
    throw new Refused(0, "offline", "The server could not be reached. Check your connection and try again.");
  }
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return answer as Answer;
  const refusal = (answer ?? {}) as {
    code?: string;
    message?: string;
    fields?: Record<string, string>;
    correlation_id?: string;
  };
  throw new Refused(
    response.status,
    refusal.code ?? "unavailable",
    sentence(refusal.message ?? "The server did not answer as expected. Try again in a moment."),
    Object.fromEntries(Object.entries(refusal.fields ?? {}).map(([field, text]) => [field, sentence(text)])),
    refusal.correlation_id ?? null,
  );
}

/** `?a=1&b=2` of what is set; nothing for undefined, null and empty texts. */
export function search(query: object | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

/** The server's short phrases as sentences, so that they read well under a field. */
export function sentence(text: string): string {
  const words = text.trim();
  if (!words) return words;
  const start = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?…]$/.test(start) ? start : `${start}.`;
}
