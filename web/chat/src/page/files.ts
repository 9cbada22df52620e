import { Store } from "@pocketdesk/client/store";
import type { FileLimits } from "./boot.ts";

/** How many files one message takes. */
export const MOST_FILES = 10;
/** Links hold for an hour at most; a new one is fetched well before. */
export const RENEW_LINKS_MS = 45 * 60_000;

/** An answer that is not the wanted one. */
export class Unwanted extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly retryAfterMs: number | null;

  constructor(status: number, body: Record<string, unknown>, retryAfterMs: number | null) {
    super(`answered ${status}`);
    this.status = status;
    this.body = body;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server's end of an upload. */
export interface FileTransport {
  begin(file: { name: string; size: number; media_type: string }): Promise<{
    file_id: number;
    received: number;
    chunk: number;
  }>;
  /** Sends the bytes from `offset` on. */
  put(fileId: number, offset: number, bytes: Blob, signal: AbortSignal): Promise<UploadProgress>;
  look(fileId: number): Promise<UploadProgress>;
}

/** Whole and still `receiving`: the server is looking at it. */
export interface UploadProgress {
  received: number;
  state: "receiving" | "ready" | "refused";
}

export type UploadState =
  /** `share` of its bytes have arrived, 0 to 1. */
  | { kind: "sending"; share: number }
  /** Interrupted; it goes on by itself. */
  | { kind: "waiting"; share: number }
  /** All there; the server is looking at it. */
  | { kind: "checking"; share: 1 }
  | { kind: "ready"; fileId: number }
  | { kind: "refused" };

/** A file on its way to the server. */
export interface Upload {
  /** Negative, so that it cannot be a file's id: stands for it until there is one. */
  readonly key: number;
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  /** Of an image: where this page has it, and its size in pixels once that is known. */
  readonly picture: string | null;
  readonly pixels: Store<{ width: number; height: number } | null>;
  readonly state: Store<UploadState>;
  tryNow(): void;
  cancel(): void;
}

export type FileProblem =
  | { kind: "too_large" | "empty" | "kind"; name: string }
  /** `unreachable`: the page could not fetch what it needs for sending files. */
  | { kind: "too_many" | "unreachable" };

/** Why a file cannot be sent, as far as the page can tell. */
export function problemOf(
  file: { name: string; size: number; type: string },
  { accept, max_bytes }: FileLimits,
): FileProblem | null {
  const { name } = file;
  if (file.size === 0) return { kind: "empty", name };
  if (file.size > max_bytes) return { kind: "too_large", name };
  const isAccepted = accept
    .split(",")
    .map((each) => each.trim().toLowerCase())
    .some((each) =>
      each.startsWith(".")
        ? name.toLowerCase().endsWith(each)
        : each.endsWith("/*")
          ? file.type.startsWith(each.slice(0, -1))
          : file.type === each,
    );
  return isAccepted ? null : { kind: "kind", name };
}

type Ask = (conversationId: number, fileIds: number[]) => Promise<Record<string, string>>;

/** Signed links to the files of conversations, asked for together. */
export class Links {
  readonly #ask: Ask;
  readonly #urls = new Map<number, Store<string | null>>();
  readonly #wanted = new Map<number, Set<number>>();
  /** Pictures that this page sent: it need not fetch them. */
  readonly #own = new Map<number, string>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Where the file is; null until that is known. */
  readonly urlOf = (conversationId: number, fileId: number): Store<string | null> => {
    const known = this.#urls.get(fileId);
    if (known) return known;
    const url = new Store<string | null>(null);
    this.#urls.set(fileId, url);
    this.renew(conversationId, fileId);
    return url;
  };

  readonly pictureOf = (fileId: number): string | null => this.#own.get(fileId) ?? null;

  readonly keepPicture = (fileId: number, url: string): void => {
    this.#own.set(fileId, url);
  };

  /** Asks for a new link: the old one may have ended. */
  readonly renew = (conversationId: number, fileId: number): void => {
    const wanted = this.#wanted.get(conversationId);
    if (wanted) {
      wanted.add(fileId);
      return;
    }
    this.#wanted.set(conversationId, new Set([fileId]));
    setTimeout(() => void this.#fetch(conversationId));
  };

  async #fetch(conversationId: number): Promise<void> {
    const fileIds = [...(this.#wanted.get(conversationId) ?? [])];
    this.#wanted.delete(conversationId);
    try {
      const links = await this.#ask(conversationId, fileIds);
      for (const fileId of fileIds) this.#urls.get(fileId)?.set(links[fileId] ?? null);
    } catch {
      // A line that is down now will be up again.
      setTimeout(() => {
        for (const fileId of fileIds) this.renew(conversationId, fileId);
      }, 5_000);
    }
  }
}
