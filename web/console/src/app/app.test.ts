import { expect, test } from "vitest";
import { inside } from "../entry/sign-in.tsx";
import { propertyName, propertyValue } from "../inbox/context.tsx";
import { accentContrast } from "../settings/inbox.tsx";
import { fits } from "./fits.ts";
import { nameOf } from "./keys.ts";
import { initials } from "./people.ts";
import { ago } from "./time.ts";

test("after the sign-in only our own screens are next", () => {
  expect(inside("/a/1/inbox?view=mine")).toBe("/a/1/inbox?view=mine");
  expect(inside("/oauth/authorize?client_id=x")).toBe("/oauth/authorize?client_id=x");
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

test("C05 L10 every documented property of HubSpot's SDKs has a name and a value that people can read", () => {
  const told: [string, string, string, string][] = [
    ["device_model", "iPhone16,1", "Device model", "iPhone16,1"],
    ["os_version", "iOS 17.2", "OS version", "iOS 17.2"],
    ["app_version", "5.1", "App version", "5.1"],
    ["screen_resolution", "1179x2556", "Screen resolution", "1179x2556"],
    ["screen_size", "393x852", "Screen size", "393x852"],
    ["device_orientation", "portrait", "Device orientation", "portrait"],
    ["battery_level", "80", "Battery level", "80 %"],
    ["battery_state", "unplugged", "Battery state", "unplugged"],
    ["platform", "ios", "Platform", "iOS"],
    ["notification_permissions", "true", "Notification permissions", "Allowed"],
    ["camera_permissions", "false", "Camera permissions", "Not allowed"],
    ["photo_library_permissions", "true", "Photo library permissions", "Allowed"],
    ["location_permissions", "false", "Location permissions", "Not allowed"],
    ["location", "53.55,9.99", "Location", "53.55,9.99"],
    ["sdk", "PocketdeskSDK/1.0", "SDK", "PocketdeskSDK/1.0"],
    ["loyaltyTier", "true", "Loyalty tier", "true"],
  ];
  for (const [key, value, name, shown] of told)
    expect([propertyName(key), propertyValue(key, value)]).toEqual([name, shown]);
});

test("contrast of an accent is told for colours only", () => {
  expect(accentContrast("#ffffff")).toBeCloseTo(1);
  expect(accentContrast("#000000")).toBeCloseTo(21);
  expect(accentContrast("teal")).toBeNull();
});
