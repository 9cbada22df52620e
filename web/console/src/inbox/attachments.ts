import { useCallback, useSyncExternalStore } from "react";
import { Refused } from "../api/call.ts";
import { upload } from "../api/upload.ts";

/** A file that will go with the reply: on its way, there (with its id), or refused. */
export interface Attachment {
  key: number;
  name: string;
  /** Bytes. */
  size: number;
  /** How much has arrived, 0 to 1. */
  share: number;
  fileId: number | null;
  problem: string | null;
}

/** Files that one message can carry. */
export const MOST_FILES = 10;

const NONE: readonly Attachment[] = [];
const chosen = new Map<number, readonly Attachment[]>();
const stops = new Map<number, AbortController>();
const watchers = new Set<() => void>();
let lastKey = 0;

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function put(conversationId: number, change: (now: readonly Attachment[]) => readonly Attachment[]): void {
  chosen.set(conversationId, change(chosen.get(conversationId) ?? NONE));
  for (const watcher of watchers) watcher();
}

function add(accountId: number, conversationId: number, files: readonly File[]): void {
  const room = MOST_FILES - (chosen.get(conversationId)?.length ?? 0);
  for (const file of files.slice(0, room)) void send(accountId, conversationId, file);
}

async function send(accountId: number, conversationId: number, file: File): Promise<void> {
  lastKey += 1;
  const key = lastKey;
  const stop = new AbortController();
  const change = (changes: Partial<Attachment>) =>
    put(conversationId, (now) => now.map((one) => (one.key === key ? { ...one, ...changes } : one)));
  stops.set(key, stop);
  const begun = { key, name: file.name, size: file.size, share: 0, fileId: null, problem: null };
  put(conversationId, (now) => [...now, begun]);
  try {
    const fileId = await upload(accountId, file, "message", {
      signal: stop.signal,
      onProgress: (share) => change({ share }),
    });
    change({ fileId, share: 1 });
  } catch (failure) {
    if (stop.signal.aborted) return;
    const why = failure instanceof Refused ? (Object.values(failure.fields)[0] ?? failure.message) : failure;
    change({ problem: String(why) });
  } finally {
    stops.delete(key);
  }
}

function drop(conversationId: number, key: number): void {
  stops.get(key)?.abort();
  put(conversationId, (now) => now.filter((one) => one.key !== key));
}

interface Attachments {
  all: readonly Attachment[];
  add: (files: readonly File[]) => void;
  drop: (key: number) => void;
  clear: () => void;
}

/** The files that go with the reply being written; like drafts they are kept wherever one goes meanwhile. */
export function useAttachments(accountId: number, conversationId: number): Attachments {
  const all = useSyncExternalStore(subscribe, () => chosen.get(conversationId) ?? NONE);
  return {
    all,
    add: useCallback((files) => add(accountId, conversationId, files), [accountId, conversationId]),
    drop: useCallback((key) => drop(conversationId, key), [conversationId]),
    clear: useCallback(() => put(conversationId, () => NONE), [conversationId]),
  };
}
