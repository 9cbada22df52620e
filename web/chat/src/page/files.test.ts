import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Links, problemOf } from "./files.ts";

const LIMITS = { accept: ".jpg,.PNG, .pdf", max_bytes: 1_000 };

describe("problemOf", () => {
  it.each([
    ["photo.JPG", 5, "", null],
    ["scan.pdf", 1_000, "application/pdf", null],
    ["scan.pdf", 1_001, "application/pdf", "too_large"],
    ["scan.pdf", 0, "application/pdf", "empty"],
    ["page.html", 5, "text/html", "kind"],
    ["png", 5, "image/png", "kind"],
    ["drawing.svg", 5, "image/png", "kind"],
  ])("D18 says of %s with %d bytes what the server would", (name, size, type, problem) => {
    expect(problemOf({ name, size, type }, LIMITS)?.kind ?? null).toBe(problem);
  });
});

describe("Links", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("D17 asks for the links of a conversation together, and again after a fault", async () => {
    const asked: [number, number[]][] = [];
    let isDown = true;
    const links = new Links(async (conversationId, fileIds) => {
      asked.push([conversationId, fileIds]);
      if (isDown) throw new TypeError("network");
      return Object.fromEntries(fileIds.map((each) => [each, `/files/${each}`]));
    });
    const [one, two] = [links.urlOf(4, 1), links.urlOf(4, 2)];
    links.urlOf(4, 1);
    await vi.advanceTimersByTimeAsync(10);
    isDown = false;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(asked).toEqual([
      [4, [1, 2]],
      [4, [1, 2]],
    ]);
    expect([one.get(), two.get()]).toEqual(["/files/1", "/files/2"]);
  });
});
