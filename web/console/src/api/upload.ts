import { call, Refused } from "./call.ts";

/** Where an upload stands; the last answer of all carries the file itself. */
interface Progress {
  file_id: number;
  received: number;
  chunk: number;
  state: "receiving" | "ready" | "refused";
  /** Why it is refused. */
  reason?: string | null;
}

interface UploadOptions {
  signal?: AbortSignal;
  /** Called with the share that has arrived, 0 to 1. */
  onProgress?: (share: number) => void;
  /** Waits before another try, in milliseconds. */
  pause?: (attempt: number) => Promise<void>;
}

const TRIES = 5;
const wait = (attempt: number) => new Promise<void>((done) => setTimeout(done, 400 * 2 ** attempt));

/**
 * Sends a file in pieces and goes on where it stopped when the line breaks. The id of the finished file; rejects with
 * what the server refused (an image that is none, too large a file), or `offline` after several tries.
 */
export async function upload(
  account: number,
  file: File,
  purpose: "message" | "brand" | "photo" | "article",
  { signal, onProgress, pause = wait }: UploadOptions = {},
): Promise<number> {
  const path = `/accounts/${account}/files`;
  const more = signal ? { signal } : {};
  const begun = await call<Progress>("POST", path, {
    body: { name: file.name, size: file.size, media_type: file.type, purpose },
    ...more,
  });
  let received = begun.received;
  let last: Partial<Progress> = begun;
  let failures = 0;
  while (received < file.size) {
    const end = Math.min(received + begun.chunk, file.size);
    try {
      const answer = await call<Partial<Progress>>("PUT", `${path}/${begun.file_id}`, {
        query: { offset: received },
        bytes: file.slice(received, end),
        ...more,
      });
      last = answer;
      received = answer.received ?? end;
      failures = 0;
      onProgress?.(received / file.size);
    } catch (failure) {
      const known = where(failure);
      if (known === undefined) throw failure;
      failures += 1;
      if (failures >= TRIES) throw failure;
      if (known !== null) received = known;
      else await pause(failures);
    }
  }
  // Whole, but a scanner has not looked at it yet.
  for (let attempt = 1; last.state === "receiving"; attempt++) {
    await pause(Math.min(attempt, 3));
    last = await call<Progress>("GET", `${path}/${begun.file_id}`, more);
  }
  if (last.state === "refused")
    throw new Refused(422, "file_refused", last.reason ?? "", { file: last.reason ?? "" });
  return begun.file_id;
}

/** Where to go on after a failure: at a byte, at the same one (null), or nowhere (undefined). */
function where(failure: unknown): number | null | undefined {
  if (!(failure instanceof Refused)) return undefined;
  if (failure.status === 0 || failure.status >= 502) return null;
  const received = Number.parseInt(failure.fields["received"] ?? "", 10);
  return failure.code === "offset_conflict" && Number.isInteger(received) ? received : undefined;
}
