import { expect, test } from "vitest";
import type { Category } from "./shapes.ts";
import { categoryChoices, moved, moves, orderOf } from "./tree.ts";

const category = (id: number, children: Category[] = [], parent_id: number | null = null): Category => ({
  id,
  parent_id,
  place: 0,
  slug: `c${id}`,
  names: { en: `C${id}` },
  articles: 0,
  children,
});
const TREE = [
  category(1, [category(11, [], 1), category(12, [], 1)]),
  category(2),
  category(3, [category(31, [], 3)]),
];
const shape = (tree: readonly Category[]) =>
  orderOf(tree)
    .map(({ id, children }) => `${id}(${children})`)
    .join(" ");

test("a dragged category takes those below it along", () => {
  expect(shape(moved(TREE, 1, [11, 12, 2, 1, 3, 31]))).toBe("2() 1(11,12) 3(31)");
});

test("a dragged subcategory lands below the category above it", () => {
  expect(shape(moved(TREE, 12, [1, 11, 2, 12, 3, 31]))).toBe("1(11) 2(12) 3(31)");
  expect(shape(moved(TREE, 12, [1, 12, 11, 2, 3, 31]))).toBe("1(12,11) 2() 3(31)");
  expect(shape(moved(TREE, 31, [31, 1, 11, 12, 2, 3]))).toBe("1(31,11,12) 2() 3()");
});

test("everything that dragging does can be chosen", () => {
  const of = (id: number) => Object.fromEntries(moves(TREE, id).map(({ kind, next }) => [kind, shape(next)]));
  expect(of(2)).toEqual({
    up: "2() 1(11,12) 3(31)",
    down: "1(11,12) 3(31) 2()",
    into: "1(11,12,2) 3(31)",
  });
  expect(of(12)).toEqual({ up: "1(12,11) 2() 3(31)", out: "1(11) 12() 2() 3(31)" });
  expect(Object.keys(of(3))).toEqual(["up"]);
});

test("subcategories are chosen by both names", () => {
  expect(
    categoryChoices(TREE, ["de", "en"])
      .map(({ label }) => label)
      .slice(0, 2),
  ).toEqual(["C1", "C1 › C11"]);
});
