import { useCallback, useSyncExternalStore } from "react";

export type Kind = "reply" | "comment";

/** An article of which a card goes with the reply. */
export interface Cited {
  article_id: number;
  language: string;
  title: string;
}

export interface Draft {
  kind: Kind;
  reply: string;
  comment: string;
  articles: readonly Cited[];
  /** Answers that the visitor may choose from. */
  replies: readonly string[];
}

const EMPTY: Draft = { kind: "reply", reply: "", comment: "", articles: [], replies: [] };
const drafts = new Map<number, Draft>();
const watchers = new Set<() => void>();

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** What is being written in a conversation; kept while the page is open, wherever one goes meanwhile. */
export function useDraft(conversationId: number): [Draft, (changes: Partial<Draft>) => void] {
  const draft = useSyncExternalStore(subscribe, () => drafts.get(conversationId) ?? EMPTY);
  const change = useCallback(
    (changes: Partial<Draft>) => {
      drafts.set(conversationId, { ...(drafts.get(conversationId) ?? EMPTY), ...changes });
      for (const watcher of watchers) watcher();
    },
    [conversationId],
  );
  return [draft, change];
}
