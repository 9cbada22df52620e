import type { Author, Draft, Entry, Run, TimelineEntry } from "@pocketdesk/client";
import { sameDay } from "../app/time.ts";

/** Entries by one author within this time stand together under one name. */
const TOGETHER_MS = 5 * 60_000;

export interface Group {
  kind: "group";
  key: string;
  author: Author;
  isComment: boolean;
  entries: TimelineEntry[];
}

export type Line =
  | { kind: "day"; key: string; at: number }
  | { kind: "unread"; key: string }
  | { kind: "notice"; key: string; entry: TimelineEntry }
  | Group;

/**
 * A timeline as lines on the screen: day separators, the line above what is unread, notices, and messages and comments
 * grouped by author. `readSeq` is how far the agent had read on opening; null draws no line.
 */
export function linesOf(entries: readonly TimelineEntry[], readSeq: number | null): Line[] {
  const lines: Line[] = [];
  let before: TimelineEntry | null = null;
  let isLineDrawn = readSeq === null;
  for (const entry of entries) {
    if (!before || !sameDay(before.at, entry.at))
      lines.push({ kind: "day", key: `day-${entry.seq}`, at: entry.at });
    if (!isLineDrawn && readSeq !== null && entry.seq > readSeq && entry.author.kind === "visitor") {
      isLineDrawn = true;
      if (before) lines.push({ kind: "unread", key: "unread" });
    }
    const last = lines.at(-1);
    if (entry.kind === "notice") lines.push({ kind: "notice", key: `notice-${entry.seq}`, entry });
    else if (last?.kind === "group" && belongs(last, entry)) last.entries.push(entry);
    else
      lines.push({
        kind: "group",
        key: `group-${entry.seq}`,
        author: entry.author,
        isComment: entry.kind === "comment",
        entries: [entry],
      });
    before = entry;
  }
  return lines;
}

function belongs(group: Group, entry: TimelineEntry): boolean {
  const last = group.entries.at(-1);
  return (
    group.isComment === (entry.kind === "comment") &&
    group.author.kind === entry.author.kind &&
    group.author.id === entry.author.id &&
    last !== undefined &&
    entry.at - last.at < TOGETHER_MS
  );
}

export type Receipt = "sent" | "received" | "read";

/** What has become of the last message that an agent wrote, and which one that is; null without one. */
export function receiptOf(
  entries: readonly TimelineEntry[],
  cursors: { visitor_received_seq: number; visitor_read_seq: number },
): { seq: number; receipt: Receipt } | null {
  const last = entries.filter((entry) => entry.kind === "message" && entry.author.kind === "agent").at(-1);
  if (!last) return null;
  const receipt =
    cursors.visitor_read_seq >= last.seq
      ? "read"
      : cursors.visitor_received_seq >= last.seq
        ? "received"
        : "sent";
  return { seq: last.seq, receipt };
}

/** Entries of the outbox that the timeline does not show yet. */
export function missing(unconfirmed: readonly Entry[], entries: readonly TimelineEntry[]): Entry[] {
  const shown = new Set(entries.map((entry) => entry.client_message_id).filter(Boolean));
  return unconfirmed.filter(
    ({ command }) => !("client_message_id" in command) || !shown.has(command.client_message_id),
  );
}

/** The words of a command as they were typed. */
export function typedWords({ command }: Entry): string {
  if (!("content" in command)) return "";
  if ("text" in command.content) return command.content.text;
  return command.content.blocks
    .flatMap((block) => (block.type === "paragraph" ? block.runs : []))
    .map((run) => (run.type === "break" ? "\n" : run.text))
    .join("");
}

/** How many files go with a command. */
export function fileCount({ command }: Entry): number {
  if (!("content" in command) || "text" in command.content) return 0;
  return command.content.blocks.filter((block) => block.type === "file").length;
}

/** How many articles go with a command. */
export function articleCount({ command }: Entry): number {
  if (!("content" in command) || "text" in command.content) return 0;
  return command.content.blocks.filter((block) => block.type === "article").length;
}

/** Typed words, files, articles and quick replies as a message's content; words alone are left to the server, which finds the links. */
export function asDraft(
  words: string,
  fileIds: readonly number[],
  articles: readonly { article_id: number; language: string }[] = [],
  replies: readonly string[] = [],
): Draft {
  if (fileIds.length + articles.length + replies.length === 0) return { text: words };
  const runs = words
    .split("\n")
    .flatMap((text): Run[] => [{ type: "break" }, ...(text ? [textRun(text)] : [])]);
  return {
    blocks: [
      ...(words ? [{ type: "paragraph" as const, runs: runs.slice(1) }] : []),
      ...fileIds.map((file_id) => ({ type: "file" as const, file_id })),
      ...articles.map(({ article_id, language }) => ({ type: "article" as const, article_id, language })),
      ...(replies.length > 0
        ? [{ type: "quick_replies" as const, replies: replies.map((label) => ({ label, value: label })) }]
        : []),
    ],
  };
}

const textRun = (text: string): Run => ({ type: "text", text });
