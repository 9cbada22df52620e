import fc from "fast-check";
import { expect, test } from "vitest";
import type { Block } from "./body.ts";
import { hunks, merge, resolved, threeWay, type Written } from "./merge.ts";

const line = (text: string): Block => ({ type: "paragraph", runs: [{ type: "text", text }] });
const written = (words: string, changes: Partial<Written> = {}): Written => ({
  title: "Returns",
  subtitle: "",
  slug: "returns",
  tags: [],
  body: { blocks: [...words].map(line) },
  ...changes,
});
const text = (one: Written) =>
  one.body.blocks
    .map((block) =>
      (block.type === "paragraph"
        ? block.runs.map((run) => ("text" in run ? run.text : ""))
        : "?"
      ).toString(),
    )
    .join("");
const never = (): never => {
  throw new Error("nothing was left to choose");
};

test.each([
  ["changes of different blocks", "abcd", "aXcd", "abcY", "aXcY"],
  ["changes of neighbours", "abcd", "aXcd", "abYd", "aXYd"],
  ["an insertion before a changed block", "abc", "aXbc", "aYc", "aXYc"],
  ["the same change on both sides", "abc", "aXc", "aXc", "aXc"],
  ["a deletion and a change elsewhere", "abcd", "acd", "abcY", "acY"],
  ["only they changed something", "abc", "abc", "aYbc", "aYbc"],
])("%s come together by themselves", (_, base, mine, theirs, both) => {
  const merged = merge(written(base), written(mine), written(theirs));
  expect(merged.clashes).toBe(0);
  expect(text(resolved(merged, never))).toBe(both);
});

test("K08 what both changed is left to the author, and either or both can be kept", () => {
  const merged = merge(written("abc"), written("aXc"), written("aYc"));
  expect(merged.clashes).toBe(1);
  expect(text(resolved(merged, () => "mine"))).toBe("aXc");
  expect(text(resolved(merged, () => "theirs"))).toBe("aYc");
  expect(text(resolved(merged, () => "both"))).toBe("aXYc");
});

test("a block that one deletes while the other changes it is a clash", () => {
  expect(merge(written("abc"), written("ac"), written("aYc")).clashes).toBe(1);
});

test("titles merge like blocks, tags by themselves", () => {
  const base = written("a", { tags: ["old", "kept"] });
  const mine = written("a", { title: "Sending back", tags: ["kept", "mine"] });
  const theirs = written("a", { subtitle: "In 30 days", tags: ["old", "kept", "theirs"] });
  const merged = merge(base, mine, theirs);
  expect(merged.clashes).toBe(0);
  expect(resolved(merged, never)).toMatchObject({
    title: "Sending back",
    subtitle: "In 30 days",
    tags: ["kept", "mine", "theirs"],
  });
  const other = merge(base, mine, written("a", { title: "Refunds" }));
  expect(other.lines.title).toEqual({ mine: "Sending back", theirs: "Refunds" });
});

test("keys in another order are no change", () => {
  const mine: Block[] = [{ type: "divider" }, { type: "code", text: "x", language: "" }];
  const theirs: Block[] = [{ type: "divider" }, { language: "", text: "x", type: "code" }];
  expect(threeWay(mine, mine, theirs).map((piece) => piece.kind)).toEqual(["same"]);
});

const letters = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 12 });

test("a list and its hunks make the other list", () => {
  fc.assert(
    fc.property(letters, letters, (before, after) => {
      const made: string[] = [];
      let next = 0;
      for (const { from, to, items } of hunks(before, after, Object.is)) {
        made.push(...before.slice(next, from), ...items);
        next = to;
      }
      expect([...made, ...before.slice(next)]).toEqual(after);
    }),
  );
});

test("one side's changes alone are taken as they are, and nobody's words are lost", () => {
  fc.assert(
    fc.property(letters, letters, letters, (base, mine, theirs) => {
      const all = (pieces: ReturnType<typeof threeWay<string>>) =>
        pieces.flatMap((piece) => (piece.kind === "clash" ? [...piece.mine, ...piece.theirs] : piece.items));
      expect(all(threeWay(base, mine, base))).toEqual(mine);
      expect(all(threeWay(base, base, theirs))).toEqual(theirs);
      expect(all(threeWay(base, mine, mine))).toEqual(mine);
      const merged = all(threeWay(base, mine, theirs));
      for (const item of [...mine, ...theirs]) if (!base.includes(item)) expect(merged).toContain(item);
    }),
  );
});
