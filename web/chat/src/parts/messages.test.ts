import type { Author, Message, VisitorNotice, VisitorNoticeFacts } from "@pocketdesk/client/protocol";
import { describe, expect, it } from "vitest";
import { arrange, openCards } from "./messages.ts";

const ana: Author = { kind: "agent", id: 5, name: "Ana", initials: "A", color: 1 };
const ben: Author = { kind: "agent", id: 6, name: "Ben", initials: "B", color: 2 };
const me: Author = { kind: "visitor", id: 5, name: "", initials: "", color: 3 };
const system: Author = { kind: "system", id: 0, name: "", initials: "", color: 0 };
const noon = new Date(2026, 2, 10, 12).getTime();

function message(seq: number, author: Author, at: number): Message {
  const own = author === me ? { client_message_id: `mine-${seq}` } : {};
  return { seq, author, content: { blocks: [] }, at, ...own };
}

const outline = (entries: Message[]) =>
  arrange(entries, [], ana, noon).map((part) =>
    part.kind === "group" ? `${part.author?.name ?? "me"} ${part.bubbles.length}` : part.kind,
  );

describe("arrange", () => {
  it("groups by who wrote within a minute", () => {
    expect(
      outline([
        message(1, ana, noon),
        message(2, ana, noon + 20_000),
        message(3, ana, noon + 61_000),
        message(4, ben, noon + 62_000),
        message(5, me, noon + 63_000),
        message(6, me, noon + 64_000),
      ]),
    ).toEqual(["day", "Ana 2", "Ana 1", "Ben 1", "me 2"]);
  });

  it("parts days by this device's midnight", () => {
    const midnight = new Date(2026, 2, 10).getTime();
    expect(outline([message(1, ana, midnight - 1_000), message(2, ana, midnight + 1_000)])).toEqual([
      "day",
      "Ana 1",
      "day",
      "Ana 1",
    ]);
  });

  it("lets somebody say the welcome that nobody wrote", () => {
    expect(outline([message(1, system, noon)])).toEqual(["day", "Ana 1"]);
  });

  it("keeps the element of a message when the server confirms it", () => {
    const entry = { command: {}, state: "sending" } as never;
    const pending = { commandId: "c", clientMessageId: "mine-2", content: { text: "hi" }, at: noon, entry };
    const keys = (parts: ReturnType<typeof arrange>) =>
      parts.flatMap((part) => (part.kind === "group" ? part.bubbles.map((each) => each.key) : []));
    expect(keys(arrange([], [pending], ana, noon))).toEqual(
      keys(arrange([message(2, me, noon)], [], ana, noon)),
    );
  });
});

const SURVEY = { question: "How was it?", ratings: [] };
const notices = (...facts: VisitorNoticeFacts[]): VisitorNotice[] =>
  facts.map((notice, place) => ({ seq: place + 1, at: noon, notice }));

describe("openCards", () => {
  it("D02 H03 leaves the newest question of each kind open until it is answered", () => {
    const asked = notices(
      { kind: "email_asked", text: "Your address?" },
      { kind: "survey_asked", survey: SURVEY },
      { kind: "email_asked", text: "And now?" },
    );
    expect(openCards(asked)).toEqual(new Set([2, 3]));
    const rated = { kind: "survey_answered", rating: 2, answer: null, thank_you: "Thanks" } as const;
    expect(openCards([...asked, { seq: 4, at: noon, notice: rated }])).toEqual(new Set([3]));
  });

  it("H10 asks once per closing", () => {
    const rated = { kind: "survey_answered", rating: 0, answer: null, thank_you: "" } as const;
    const asked = { kind: "survey_asked", survey: SURVEY } as const;
    expect(openCards(notices(asked, rated, { kind: "reopened" }, { kind: "closed" }, asked))).toEqual(
      new Set([5]),
    );
  });

  it("shows neither an answered question nor that it was skipped", () => {
    const parts = arrange(
      notices({ kind: "email_asked", text: "Your address?" }, { kind: "email_skipped" }),
      [],
      ana,
      noon,
    );
    expect(parts).toEqual([]);
  });
});
