import { expect, test } from "vitest";
import { catalogue } from "./words.ts";

const t = catalogue({
  hello: "Hello {name}, {name}",
  things: { one: "{count} thing", other: "{count} things" },
});

test("values are filled in everywhere, unknown ones stay visible", () => {
  expect(t("hello", { name: "Ana" })).toBe("Hello Ana, Ana");
  expect(t("hello")).toBe("Hello {name}, {name}");
});

test("the count chooses the form", () => {
  expect([0, 1, 2].map((count) => t("things", { count }))).toEqual(["0 things", "1 thing", "2 things"]);
});
