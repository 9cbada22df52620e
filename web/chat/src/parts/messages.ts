import type {
  Author,
  Content,
  Draft,
  VisitorEntry,
  VisitorNotice,
  VisitorNoticeFacts,
} from "@pocketdesk/client/protocol";
import type { PendingMessage } from "../page/chat.ts";
import { daysBetween } from "../page/texts.ts";

/** One bubble. */
export interface Bubble {
  key: string;
  content: Content | Draft;
  at: number;
  /** One's own message that the server has not confirmed yet. */
  pending: PendingMessage | null;
}

export type Part =
  | { kind: "day"; key: string; at: number }
  | { kind: "notice"; key: string; notice: VisitorNotice }
  | { kind: "group"; key: string; author: Author | null; bubbles: Bubble[]; at: number };

/** Messages as they are shown: by day, then by who wrote within the same minute. An author of null is oneself;
 *  what the system wrote, the welcome, comes from `welcomer`. */
export function arrange(
  entries: readonly VisitorEntry[],
  pending: readonly PendingMessage[],
  welcomer: Author,
  now: number,
): Part[] {
  const parts: Part[] = [];
  const open = openCards(entries);
  let dayOf: number | null = null;
  const add = (author: Author | null, bubble: Bubble) => {
    const last = parts.at(-1);
    const goesOn =
      last?.kind === "group" &&
      last.author?.id === author?.id &&
      last.author?.kind === author?.kind &&
      Math.floor(last.at / 60_000) === Math.floor(bubble.at / 60_000);
    if (goesOn) last.bubbles.push(bubble);
    else parts.push({ kind: "group", key: `group-${bubble.key}`, author, bubbles: [bubble], at: bubble.at });
  };
  const turnDay = (at: number) => {
    const day = daysBetween(at, now);
    if (dayOf !== day) parts.push({ kind: "day", key: `day-${day}`, at });
    dayOf = day;
  };
  for (const entry of entries) {
    if ("notice" in entry) {
      if (!isShown(entry, open)) continue;
      turnDay(entry.at);
      parts.push({ kind: "notice", key: `notice-${entry.seq}`, notice: entry });
    } else {
      turnDay(entry.at);
      const isMine = entry.author.kind === "visitor";
      // The same key as while it was pending, so that the bubble stays the same element.
      const key = (isMine && entry.client_message_id) || String(entry.seq);
      const author = entry.author.kind === "system" ? welcomer : entry.author;
      add(isMine ? null : author, { key, content: entry.content, at: entry.at, pending: null });
    }
  }
  for (const each of pending) {
    turnDay(each.at);
    add(null, { key: each.clientMessageId, content: each.content, at: each.at, pending: each });
  }
  return parts;
}

/** Questions that still wait for an answer, by their seq: the newest of each kind, if nothing has answered it. */
export function openCards(entries: readonly VisitorEntry[]): Set<number> {
  const asked = new Map<string, number>();
  for (const entry of entries) {
    if (!("notice" in entry)) continue;
    const question = QUESTION_OF[entry.notice.kind];
    if (!question) continue;
    if (question === entry.notice.kind) asked.set(question, entry.seq);
    else asked.delete(question);
  }
  return new Set(asked.values());
}

const QUESTION_OF: Partial<Record<VisitorNoticeFacts["kind"], "email_asked" | "survey_asked">> = {
  email_asked: "email_asked",
  email_given: "email_asked",
  email_skipped: "email_asked",
  survey_asked: "survey_asked",
  survey_answered: "survey_asked",
};

function isShown({ notice, seq }: VisitorNotice, open: Set<number>): boolean {
  if (notice.kind === "email_asked" || notice.kind === "survey_asked") return open.has(seq);
  return notice.kind !== "email_skipped";
}
