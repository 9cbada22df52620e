import { expect, test } from "vitest";
import { initialsOf } from "./avatar.tsx";

test("D09: a brand without a picture has its letters", () => {
  expect(["Fjord Bikes", "fjord", "The Old Bike Shop", " 自転車 ", ""].map(initialsOf)).toEqual([
    "FB",
    "F",
    "TS",
    "自",
    "",
  ]);
});
