import { useSyncExternalStore } from "react";
import { Refused } from "../../api/call.ts";
import { upload } from "../../api/upload.ts";

/** An image on its way into an article. */
export interface Sending {
  name: string;
  /** How much has arrived, 0 to 1. */
  share: number;
  problem: string | null;
  /** An address of this page's own, good until it is closed. */
  src: string;
}

export interface Sent {
  file_id: number;
  width: number | null;
  height: number | null;
}

export const IMAGE_KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif"];

const sending = new Map<string, Sending>();
const files = new Map<string, { account: number; file: File; stop: AbortController }>();
/** Images sent from this page, by file: shown without asking the server. */
const known = new Map<number, string>();
const watchers = new Set<() => void>();
let last = 0;

function put(key: string, state: Sending | null): void {
  if (state) sending.set(key, state);
  else sending.delete(key);
  for (const watcher of watchers) watcher();
}

/** Takes an image for an article; its key. `send` brings it to the server. */
export function take(account: number, file: File): string {
  last += 1;
  const key = String(last);
  files.set(key, { account, file, stop: new AbortController() });
  put(key, { name: file.name, share: 0, problem: null, src: URL.createObjectURL(file) });
  return key;
}

/** Sends what was taken, again if need be. Null when it did not arrive; why stands in its state. */
export async function send(key: string): Promise<Sent | null> {
  const held = files.get(key);
  const begun = sending.get(key);
  if (!held || !begun) return null;
  const { account, file, stop } = held;
  const change = (changes: Partial<Sending>) => put(key, { ...begun, ...changes });
  change({ share: 0, problem: null });
  try {
    const [file_id, size] = await Promise.all([
      upload(account, file, "article", {
        signal: stop.signal,
        onProgress: (share) => change({ share, problem: null }),
      }),
      sizeOf(begun.src),
    ]);
    known.set(file_id, begun.src);
    files.delete(key);
    put(key, null);
    return { file_id, ...size };
  } catch (failure) {
    if (stop.signal.aborted) return null;
    const refused = failure instanceof Refused ? failure : null;
    change({ problem: refused ? (Object.values(refused.fields)[0] ?? refused.message) : String(failure) });
    return null;
  }
}

export function stop(key: string): void {
  files.get(key)?.stop.abort();
  files.delete(key);
  put(key, null);
}

/** Whether images are still on their way. */
export const areSending = (): boolean => [...sending.values()].some((one) => one.problem === null);

export const addressOf = (file: number): string | undefined => known.get(file);

export function useSending(key: string | null): Sending | undefined {
  return useSyncExternalStore(subscribe, () => (key === null ? undefined : sending.get(key)));
}

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

async function sizeOf(src: string): Promise<{ width: number | null; height: number | null }> {
  const image = new Image();
  image.src = src;
  try {
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return { width: null, height: null };
  }
}
