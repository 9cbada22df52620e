import { describe, expect, it } from "vitest";
import { asContent } from "./content.ts";

describe("asContent", () => {
  it("parts paragraphs and lines", () => {
    const breaks = { type: "break" };
    expect(asContent("one\ntwo\n\n three ")).toEqual({
      blocks: [
        { type: "paragraph", runs: [{ type: "text", text: "one" }, breaks, { type: "text", text: "two" }] },
        { type: "paragraph", runs: [{ type: "text", text: " three" }] },
      ],
    });
  });

  it.each([
    ["see https://example.com/a?b=c.", ["see ", "<https://example.com/a?b=c>", "."]],
    ["(http://example.com/)", ["(", "<http://example.com/>", ")"]],
    ["http:// and https://x", ["http:// and https://x"]],
    ["javascript:alert(1)", ["javascript:alert(1)"]],
  ])("C20 finds the addresses in %s", (text, runs) => {
    const [block] = asContent(text).blocks;
    const found = block?.type === "paragraph" ? block.runs : [];
    expect(
      found.map((run) => (run.type === "link" ? `<${run.href}>` : "text" in run ? run.text : "")),
    ).toEqual(runs);
  });
});
