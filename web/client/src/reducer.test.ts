import { expect, it } from "vitest";
import type { ConversationState, TimelineEntry } from "./protocol.ts";
import { reduceConversation } from "./reducer.ts";

const author = { kind: "visitor", id: 7, name: "", initials: "", color: 1 };

function said(seq: number, text: string): TimelineEntry {
  const content = { blocks: [{ type: "paragraph", runs: [{ type: "text", text }] }] };
  return { seq, at: seq, kind: "message", author, content } as TimelineEntry;
}

function told(seq: number, kind: string, facts: Record<string, unknown>): TimelineEntry {
  return { seq, at: seq, kind: "notice", author, notice: { kind, facts } } as TimelineEntry;
}

const before = {
  conversation: { seq: 4, contact: { id: 5, name: "Mia", email: "mia@example.org", verified: false } },
  timeline: [
    said(1, "Hello"),
    told(2, "email_given", { email: "mia@example.org" }),
    told(3, "survey_answered", { rating: 2, answer: "Fine" }),
    said(4, "Still here"),
  ],
  has_more: false,
} as unknown as ConversationState;

it("G17: blanks what was erased, and keeps that it was there", () => {
  const event = { kind: "conversation_erased", from_seq: 1, to_seq: 3, whole: false } as const;
  const { conversation, timeline } = reduceConversation(before, event, "agent:5");
  expect(timeline.map((each) => each.content ?? each.notice?.facts)).toEqual([
    { blocks: [] },
    { email: "" },
    { rating: 2, answer: null },
    before.timeline[3]?.content,
  ]);
  expect(conversation.contact?.name).toBe("Mia");
});

it("G17: nobody is known any more in the end", () => {
  const event = { kind: "conversation_erased", from_seq: 1, to_seq: 4, whole: true } as const;
  const after = reduceConversation(before, event, "agent:5");
  expect(after.conversation.contact).toBeNull();
  expect(JSON.stringify(after)).not.toMatch(/mia|Hello|Still|Fine/i);
});
