import { expect, test } from "vitest";
import { inside } from "../entry/sign-in.tsx";
import { propertyName } from "../inbox/context.tsx";
import { accentContrast } from "../settings/inbox.tsx";
import { fits } from "./fits.ts";
import { nameOf } from "./keys.ts";
import { initials } from "./people.ts";
import { ago } from "./time.ts";

test("after the sign-in only our own screens are next", () => {
  expect(inside("/a/1/inbox?view=mine")).toBe("/a/1/inbox?view=mine");
  for (const next of ["//evil.example", "https://evil.example", "/sign-in", "", undefined]) {
    expect(inside(next)).toBe("/");
  }
});

test("keys have one name on every keyboard", () => {
  const key = (key: string, extra: KeyboardEventInit = {}) =>
    nameOf(new KeyboardEvent("keydown", { key, ...extra }));
  expect(key("K", { metaKey: true })).toBe("mod+k");
  expect(key("k", { ctrlKey: true })).toBe("mod+k");
  expect(key("?", { shiftKey: true })).toBe("?");
  expect(key("Enter", { shiftKey: true })).toBe("shift+enter");
});

test("the palette finds by beginnings of words in any order", () => {
  expect(fits("Create a chatflow", "chat cre")).toBe(true);
  expect(fits("Create a chatflow", "flow")).toBe(false);
  expect(fits("anything", "")).toBe(true);
});

test("initials are the first letters of first and last name, whatever the script", () => {
  expect([
    initials("Ana María Silva"),
    initials("宮本"),
    initials("😀 x"),
    initials(" "),
    initials(null),
  ]).toEqual(["AS", "宮", "😀X", "", ""]);
});

test("times are as short as a row needs them", () => {
  const now = new Date(2026, 2, 4, 12).getTime();
  expect([ago(now, now), ago(now - 5 * 60_000, now), ago(now - 3 * 3_600_000, now)]).toEqual([
    "now",
    "5 min",
    "3 h",
  ]);
});

test("device properties read as words", () => {
  expect([propertyName("app_version"), propertyName("osVersion"), propertyName("platform")]).toEqual([
    "App version",
    "OS version",
    "Platform",
  ]);
});

test("contrast of an accent is told for colours only", () => {
  expect(accentContrast("#ffffff")).toBeCloseTo(1);
  expect(accentContrast("#000000")).toBeCloseTo(21);
  expect(accentContrast("teal")).toBeNull();
});
