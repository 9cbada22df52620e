import type { Author, Entry, Row, TimelineEntry } from "@pocketdesk/client";
import { expect, test } from "vitest";
import { calm, joined } from "./calm.ts";
import { narrowing, questionOf, readFilters, streamOf } from "./filters.ts";
import { news } from "./telling.ts";
import { asDraft, fileCount, linesOf, missing, receiptOf, typedWords } from "./timeline.ts";

const row = (id: number, at: number, extra: Partial<Row> = {}): Row => ({
  id,
  inbox_id: 1,
  channel_kind: "mobile",
  status: "open",
  assignee: { kind: "nobody" },
  who: { name: null, verified: false, contact_id: null, visitor_id: id, color: 0 },
  last_words: `words of ${id}`,
  last_author: "visitor",
  last_activity_at: at,
  waiting_since: null,
  unread: true,
  platform: null,
  ...extra,
});
const ids = (rows: { row: Row }[]) => rows.map(({ row }) => row.id);

// ---- The list under the pointer --------------------------------------------------------------------------------

test("without a pointer over it the list is simply fresh", () => {
  const list = calm(null, [row(2, 20), row(1, 10)]);
  expect(ids(list.rows)).toEqual([2, 1]);
  expect(list.waiting).toBe(0);
});

test("under the pointer rows keep their place, show new words, and new ones wait", () => {
  const shown = calm(null, [row(2, 20), row(1, 10)]).rows;
  const list = calm(shown, [row(3, 40), row(1, 30, { last_words: "newest" }), row(2, 20)]);
  expect(ids(list.rows)).toEqual([2, 1]);
  expect(list.rows[1]?.row.last_words).toBe("newest");
  expect(list.waiting).toBe(1);
});

test("under the pointer a row that left stays, marked; older pages still arrive below", () => {
  const shown = calm(null, [row(2, 20), row(1, 10)]).rows;
  const list = calm(shown, [row(1, 10), row(9, 5)]);
  expect(list.rows.map(({ row, isGone }) => [row.id, isGone])).toEqual([
    [2, true],
    [1, false],
    [9, false],
  ]);
  expect(list.waiting).toBe(0);
});

test("older pages continue the live window, each conversation once", () => {
  const live = [row(3, 30), row(2, 20)];
  const pages = [row(3, 25), row(2, 20), row(1, 10), row(7, 29)];
  expect(joined(live, pages).map(({ id }) => id)).toEqual([3, 2, 1]);
});

// ---- Filters in the address ------------------------------------------------------------------------------------

test("L03: an address keeps the filters that make sense", () => {
  const filters = readFilters({
    view: "mine",
    inbox: "12",
    status: "sideways",
    assignee: "user:5",
    from: "2026-03-01",
    to: "yesterday",
    other: "x",
  });
  expect(filters).toEqual({ view: "mine", inbox: "12", assignee: "user:5", from: "2026-03-01" });
  expect(narrowing(filters)).toBe(2);
  expect(streamOf(filters)).toBe("mine:12");
});

test("L03: filters narrow the view; one that says the same thing replaces it", () => {
  expect(questionOf({ view: "mobile", search: "refund" })).toMatchObject({
    view: "mobile",
    search: "refund",
  });
  expect(questionOf({ view: "open", status: "closed" })).toMatchObject({ view: undefined, status: "closed" });
  expect(questionOf({ view: "mine", assignee: "nobody" })).toMatchObject({
    view: undefined,
    assignee: "nobody",
  });
});

test("L03: days are whole days of the reader, both included", () => {
  const { from, to } = questionOf({ from: "2026-03-01", to: "2026-03-01" });
  expect(from).toBe(new Date(2026, 2, 1).getTime());
  expect(Number(to) - Number(from)).toBe(86_400_000);
});

// ---- The timeline ----------------------------------------------------------------------------------------------

const visitor: Author = { kind: "visitor", id: 1, name: "", initials: "", color: 0 };
const agent: Author = { kind: "agent", id: 2, name: "Ana Silva", initials: "AS", color: 1 };
const NOON = new Date(2026, 2, 4, 12).getTime();
const entry = (seq: number, author: Author, extra: Partial<TimelineEntry> = {}): TimelineEntry => ({
  seq,
  at: NOON + seq * 1_000,
  kind: "message",
  author,
  content: { blocks: [] },
  ...extra,
});
const shape = (entries: TimelineEntry[], readSeq: number | null = null) =>
  linesOf(entries, readSeq).map((line) => (line.kind === "group" ? line.entries.length : line.kind));

test("messages of one author stand together; a comment among them stands alone", () => {
  const entries = [entry(1, agent), entry(2, agent), entry(3, agent, { kind: "comment" }), entry(4, agent)];
  expect(shape(entries)).toEqual(["day", 2, 1, 1]);
});

test("a new day, a notice and five quiet minutes begin a new group", () => {
  const later = entry(3, visitor, { at: NOON + 10 * 60_000 });
  const tomorrow = entry(5, visitor, { at: NOON + 86_400_000 });
  const notice = entry(4, agent, {
    kind: "notice",
    at: NOON + 11 * 60_000,
    notice: { kind: "closed", facts: {} },
  });
  expect(shape([entry(1, visitor), later, notice, tomorrow])).toEqual(["day", 1, 1, "notice", "day", 1]);
});

test("the unread line stands above the first unread words of the visitor, and not on top of everything", () => {
  const entries = [entry(1, visitor), entry(2, agent), entry(3, visitor), entry(4, visitor)];
  expect(shape(entries, 2)).toEqual(["day", 1, 1, "unread", 2]);
  expect(shape(entries, 0)).toEqual(["day", 1, 1, 2]);
  expect(shape(entries, 4)).toEqual(["day", 1, 1, 2]);
});

test("the receipt belongs to the agent's last message, never to a comment", () => {
  const entries = [entry(1, visitor), entry(2, agent), entry(3, agent, { kind: "comment" })];
  const receipt = (received: number, read: number) =>
    receiptOf(entries, { visitor_received_seq: received, visitor_read_seq: read });
  expect(receipt(1, 1)).toEqual({ seq: 2, receipt: "sent" });
  expect(receipt(2, 1)).toEqual({ seq: 2, receipt: "received" });
  expect(receipt(2, 2)).toEqual({ seq: 2, receipt: "read" });
  expect(receiptOf([entry(1, visitor)], { visitor_received_seq: 1, visitor_read_seq: 1 })).toBeNull();
});

test("what the timeline shows is no longer pending", () => {
  const pending = (client_message_id: string): Entry => ({
    command: {
      type: "post_message",
      command_id: client_message_id,
      conversation_id: 1,
      client_message_id,
      content: { text: "hi" },
    },
    lane: "1",
    state: "sent",
    at: 0,
    failure: null,
    result: null,
  });
  const left = missing([pending("a"), pending("b")], [entry(1, agent, { client_message_id: "a" })]);
  expect(left.map(({ command }) => command.command_id)).toEqual(["b"]);
});

// ---- Being told ------------------------------------------------------------------------------------------------

test("L23: news are a visitor's new words, and nothing that was there on arrival", () => {
  const before = new Map([[1, 10]]);
  expect(news(null, [row(1, 10)])).toEqual([]);
  expect(news(before, [row(1, 10)])).toEqual([]);
  expect(news(before, [row(1, 20), row(2, 5)]).map(({ id }) => id)).toEqual([1, 2]);
  expect(news(before, [row(1, 20, { unread: false, last_author: "agent" })])).toEqual([]);
});

test("D17: words alone are the server's to read, files go with them in lines", () => {
  expect(asDraft("See https://example.com", [])).toEqual({ text: "See https://example.com" });
  expect(asDraft("", [7])).toEqual({ blocks: [{ type: "file", file_id: 7 }] });
  expect(asDraft("Well?", [], [], ["Yes"])).toEqual({
    blocks: [
      { type: "paragraph", runs: [{ type: "text", text: "Well?" }] },
      { type: "quick_replies", replies: [{ label: "Yes", value: "Yes" }] },
    ],
  });
  const draft = asDraft("one\n\ntwo", [7, 8]);
  const text = (text: string) => ({ type: "text", text });
  expect(draft).toEqual({
    blocks: [
      {
        type: "paragraph",
        runs: [text("one"), { type: "break" }, { type: "break" }, text("two")],
      },
      { type: "file", file_id: 7 },
      { type: "file", file_id: 8 },
    ],
  });
  const entry = { command: { type: "post_message", content: draft } } as unknown as Entry;
  expect(typedWords(entry)).toBe("one\n\ntwo");
  expect(fileCount(entry)).toBe(2);
});
