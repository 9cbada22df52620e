import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refused } from "../api/call.ts";
import type { Body } from "./body.ts";
import { type Door, Draft, type ServerDraft } from "./draft.ts";
import type { Written } from "./merge.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const body = (...lines: string[]): Body => ({
  blocks: lines.map((text) => ({ type: "paragraph", runs: [{ type: "text", text }] })),
});
const BEGUN: ServerDraft = {
  title: "Returns",
  subtitle: "",
  slug: "returns",
  tags: [],
  body: body("one", "two", "three"),
  revision: 4,
  saved_at: 1_000,
  by: "Ana",
};

/** A server with one draft; `refuse` is what the next save meets. */
class Server implements Door {
  draft = BEGUN;
  saves: Written[] = [];
  refuse: Refused | null = null;

  load = async () => this.draft;
  save = async (base: number, written: Written) => {
    const refusal = this.refuse;
    this.refuse = null;
    if (refusal) throw refusal;
    if (base !== this.draft.revision) throw new Refused(409, "draft_changed", "somebody else saved");
    this.saves.push(written);
    this.draft = { ...written, revision: base + 1, saved_at: Date.now(), by: null };
    return this.draft;
  };
  /** Somebody else saves. */
  other(changes: Partial<Written>): void {
    this.draft = { ...this.draft, ...changes, revision: this.draft.revision + 1, by: "Ben" };
  }
}

function begin() {
  const server = new Server();
  const merged: [Written, string | null][] = [];
  const draft = new Draft(server, BEGUN, (...news) => merged.push(news));
  return { server, draft, merged };
}

test("K08 what is written is saved once the author pauses, and by then at the latest", async () => {
  const { server, draft } = begin();
  draft.change({ title: "Returning" });
  expect(draft.read().status).toBe("unsaved");
  for (let second = 0; second < 4; second++) {
    await vi.advanceTimersByTimeAsync(700);
    draft.change({ title: `Returning ${second}` });
  }
  expect(server.saves).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(server.saves.map((one) => one.title)).toEqual(["Returning 3"]);
  expect(draft.read()).toMatchObject({ status: "saved", revision: 5 });
  for (let letter = 0; letter < 20; letter++) {
    draft.change({ title: `On and on ${letter}` });
    await vi.advanceTimersByTimeAsync(400);
  }
  expect(server.saves.length).toBeGreaterThan(1);
});

test("back to what was saved needs no save", async () => {
  const { server, draft } = begin();
  draft.change({ title: "X" });
  draft.change({ title: "Returns" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.saves).toEqual([]);
  expect(draft.read().status).toBe("saved");
});

test("K08 changes of two authors come together", async () => {
  const { server, draft, merged } = begin();
  server.other({ body: body("one", "two", "THREE"), subtitle: "In 30 days" });
  draft.change({ body: body("ONE", "two", "three") });
  expect(await draft.flush()).toBe(true);
  expect(server.draft).toMatchObject({ subtitle: "In 30 days", body: body("ONE", "two", "THREE") });
  expect(merged).toEqual([[draft.read().written, "Ben"]]);
});

test("K08 a clash waits for a choice and loses nothing", async () => {
  const { server, draft } = begin();
  server.other({ body: body("one", "TWO", "three") });
  draft.change({ body: body("one", "second", "three") });
  expect(await draft.flush()).toBe(false);
  expect(draft.read()).toMatchObject({ status: "clash", clash: { by: "Ben", merge: { clashes: 1 } } });
  expect(server.saves).toEqual([]);
  expect(await draft.settle(() => "both")).toBe(true);
  expect(server.draft.body).toEqual(body("one", "second", "TWO", "three"));
});

test("offline it tries again until it is saved", async () => {
  const { server, draft } = begin();
  server.refuse = new Refused(0, "offline", "no line");
  draft.change({ title: "Returning" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(draft.read().status).toBe("offline");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(draft.read().status).toBe("saved");
  expect(server.draft.title).toBe("Returning");
});

test("a refused slug is told at its field, and the next change is tried", async () => {
  const { server, draft } = begin();
  server.refuse = new Refused(422, "invalid", "invalid", { slug: "Is taken." });
  draft.change({ slug: "taken" });
  expect(await draft.flush()).toBe(false);
  expect(draft.read()).toMatchObject({
    status: "refused",
    problem: "Is taken.",
    fields: { slug: "Is taken." },
  });
  draft.change({ slug: "free" });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(draft.read()).toMatchObject({ status: "saved", problem: null });
});

test("what others save shows up without writing", async () => {
  const { server, draft, merged } = begin();
  server.other({ title: "Refunds" });
  await draft.refresh();
  expect(draft.read()).toMatchObject({ status: "saved", revision: 5, written: { title: "Refunds" } });
  expect(merged).toHaveLength(1);
});

test("what is written during a save is saved next", async () => {
  const { server, draft } = begin();
  draft.change({ title: "A" });
  const saving = draft.flush();
  draft.change({ title: "AB" });
  expect(await saving).toBe(true);
  expect(server.saves.map((one) => one.title)).toEqual(["A", "AB"]);
});
