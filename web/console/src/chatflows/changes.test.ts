import { expect, test } from "vitest";
import type { ChatflowDocument } from "../api/types.ts";
import { changed, draftOf, onlyReal, settingOf, tagProblem, withChanges } from "./changes.ts";

const saved: ChatflowDocument = {
  chat: { welcome: null, close_button: true, attachments: true },
  knowledge_base: { enabled: false },
  options: { language: "en", survey_id: null },
  mobile: { tag: "support" },
};

test("A12: what ends where it began is no change", () => {
  expect(onlyReal(saved, { welcome: null, close_button: false, tag: "support" })).toEqual({
    close_button: false,
  });
});

test("A12: changes are named in the order of the screen", () => {
  expect(changed({ tag: "help", welcome: "Hi" })).toEqual(["welcome", "tag"]);
});

test("settings that the editor does not show stay as they came", () => {
  const document = withChanges(saved, { welcome: "Hi", tag: "  help " });
  expect(document).toEqual({
    ...saved,
    chat: { welcome: "Hi", close_button: true, attachments: true },
    mobile: { tag: "help" },
  });
  expect(draftOf(document)).toEqual({ welcome: "Hi", close_button: true, language: "en", tag: "help" });
});

test("A26: a mobile tag is 1-100 printable characters after trimming", () => {
  expect(tagProblem("  ")).toBe("required");
  expect(tagProblem("x".repeat(101))).toBe("long");
  expect(tagProblem(` ${"x".repeat(100)} `)).toBeNull();
  expect(tagProblem("a\u0007b")).toBe("unprintable");
  expect(tagProblem("Kundendienst Süd 🚀")).toBeNull();
});

test("the server's errors find their field with or without the document in front", () => {
  expect(settingOf("document.chat.welcome")).toBe("welcome");
  expect(settingOf("mobile.tag")).toBe("tag");
  expect(settingOf("options.survey_id")).toBeNull();
});
