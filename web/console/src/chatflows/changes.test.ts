import { expect, test } from "vitest";
import type { ChatflowDocument } from "../api/types.ts";
import {
  changed,
  draftOf,
  errorAt,
  onlyReal,
  ownTexts,
  settingOf,
  tagProblem,
  toErrors,
  withChanges,
  without,
} from "./changes.ts";

const saved: ChatflowDocument = {
  chat: {
    welcome: null,
    assign: {
      automatic: false,
      to: "users_and_teams",
      user_ids: [],
      team_ids: [],
      skill_ids: [],
      fallback: "unassigned",
      fallback_inbox_id: null,
      wait_minutes: null,
      wait_text: null,
    },
    email_capture: { ask: "never", wait_s: 60, text: null },
    heading: {
      kind: "users_and_teams",
      user_ids: [1],
      team_ids: [],
      brand_name: null,
      brand_image_id: null,
      alias: false,
    },
    availability: null,
    display: { desktop: { open: "prompt", after_s: 0 }, mobile: { open: "launcher", after_s: 0 } },
    close_button: true,
    attachments: true,
  },
  knowledge_base: { enabled: false, knowledge_base_id: null },
  options: {
    language: "en",
    cookie_banner: { when: "before_chat", text: null },
    process_consent: { on: false, type: "legitimate_interest", text: null },
    communicate_consent: { on: false, subscription_type_id: null, label: null },
    marketing_contacts: false,
    survey_id: null,
  },
  mobile: { tag: "support" },
};

test("A12: what ends where it began is no change, also inside a setting", () => {
  const { heading } = saved.chat;
  expect(
    onlyReal(saved, { close_button: false, tag: "support", heading: { ...heading, user_ids: [1] } }),
  ).toEqual({
    close_button: false,
  });
  expect(onlyReal(saved, { heading: { ...heading, user_ids: [1, 2] } })).toHaveProperty("heading");
});

test("A12: changes are named in the order of the screen", () => {
  expect(changed({ tag: "help", survey_id: 3, welcome: "Hi" })).toEqual(["welcome", "survey_id", "tag"]);
});

test("every setting finds its place in the document, and the others stay as they came", () => {
  const document = withChanges(saved, { welcome: "Hi", survey_id: 4, tag: "  help " });
  expect(document).toEqual({
    ...saved,
    chat: { ...saved.chat, welcome: "Hi" },
    options: { ...saved.options, survey_id: 4 },
    mobile: { tag: "help" },
  });
  expect(draftOf(document)).toMatchObject({ welcome: "Hi", survey_id: 4, tag: "help", language: "en" });
  expect(withChanges(saved, draftOf(saved))).toEqual(saved);
});

test("A26: a mobile tag is 1-100 printable characters after trimming", () => {
  expect(tagProblem("  ")).toBe("required");
  expect(tagProblem("x".repeat(101))).toBe("long");
  expect(tagProblem(` ${"x".repeat(100)} `)).toBeNull();
  expect(tagProblem("a\u0007b")).toBe("unprintable");
  expect(tagProblem("Kundendienst Süd 🚀")).toBeNull();
});

test("the server's errors find their field and leave when it changes", () => {
  const errors = toErrors({
    "document.chat.assign.user_ids.2": "Is no member.",
    "document.mobile.tag": "Must not be empty.",
    inbox_id: "No such inbox.",
  });
  expect(errorAt(errors, "chat.assign.user_ids")).toBe("Is no member.");
  expect(errorAt(errors, "chat.assign.user")).toBeUndefined();
  expect([settingOf("chat.assign.user_ids.2"), settingOf("inbox_id")]).toEqual(["assign", null]);
  expect(Object.keys(without(errors, ["assign"]))).toEqual(["mobile.tag", "inbox_id"]);
});

test("D24: only texts that visitors would see must say something", () => {
  const draft = draftOf(saved);
  const texts = ownTexts({ ...draft, email_capture: { ask: "never", wait_s: 60, text: "" } });
  expect(Object.values(texts)).toEqual(Array(8).fill(null));
  const asking = ownTexts({ ...draft, email_capture: { ask: "after_wait", wait_s: 60, text: "" } });
  expect(asking["chat.email_capture.text"]).toBe("");
});
