import { named } from "./languages.ts";
import type { Category } from "./shapes.ts";

/** A category in a list, with how far it is indented: those below another one by one step. */
export type Branch = Category & { depth: 0 | 1 };

type Tree = readonly Category[];

/** Categories with those below them, in their order, as one list. */
export function flat(categories: Tree): Branch[] {
  return categories.flatMap((category) => [
    { ...category, depth: 0 as const },
    ...category.children.map((child) => ({ ...child, depth: 1 as const })),
  ]);
}

/** To choose one of: those below another one carry its name before their own. */
export function categoryChoices(
  categories: Tree,
  languages: readonly string[],
): { value: string; label: string }[] {
  return categories.flatMap((category) => {
    const name = named(category.names, languages);
    return [
      { value: String(category.id), label: name },
      ...category.children.map((child) => ({
        value: String(child.id),
        label: `${name} › ${named(child.names, languages)}`,
      })),
    ];
  });
}

/** The whole order as the server takes it. */
export function orderOf(categories: Tree): { id: number; children: number[] }[] {
  return categories.map(({ id, children }) => ({ id, children: children.map((child) => child.id) }));
}

/**
 * The tree once a row was dragged to its place in the list `ids`. One from the top takes those below it along; one
 * from below another lands below the nearest top row above it.
 */
export function moved(categories: Tree, id: number, ids: readonly number[]): Category[] {
  const byId = new Map(flat(categories).map((row) => [row.id, row]));
  const row = byId.get(id);
  if (!row) return [...categories];
  if (row.depth === 0) {
    const tops = ids.filter((one) => byId.get(one)?.depth === 0);
    return tops.flatMap((one) => categories.find((category) => category.id === one) ?? []);
  }
  const before = ids.slice(0, ids.indexOf(id));
  const parent = [...before].reverse().find((one) => byId.get(one)?.depth === 0) ?? categories[0]?.id;
  if (parent === undefined) return [...categories];
  const place = before.filter((one) => {
    const other = byId.get(one);
    return other?.depth === 1 && other.parent_id === parent;
  }).length;
  return placed(categories, row, parent, place);
}

/** The tree with a category taken from where it is and put below a parent, or at the top (null). */
function placed(categories: Tree, row: Category, parent: number | null, place: number): Category[] {
  const rest = categories
    .filter((category) => category.id !== row.id)
    .map((category) => ({
      ...category,
      children: category.children.filter((child) => child.id !== row.id),
    }));
  const put = (list: Category[], one: Category) => [...list.slice(0, place), one, ...list.slice(place)];
  if (parent === null) return put(rest, { ...row, parent_id: null });
  return rest.map((category) =>
    category.id === parent
      ? { ...category, children: put(category.children, { ...row, parent_id: parent, children: [] }) }
      : category,
  );
}

export interface Move {
  kind: "up" | "down" | "into" | "out";
  next: Category[];
  /** Below which it goes. */
  into: Category | null;
}

/** Where a category can go from the menu, without dragging. */
export function moves(categories: Tree, id: number): Move[] {
  const parent = categories.find((category) => category.children.some((child) => child.id === id)) ?? null;
  const siblings = parent ? parent.children : categories;
  const at = siblings.findIndex((one) => one.id === id);
  const row = siblings[at];
  if (!row) return [];
  const to = (place: number) => placed(categories, row, parent?.id ?? null, place);
  const above = at > 0 ? siblings[at - 1] : undefined;
  const found: Move[] = [];
  if (above) found.push({ kind: "up", next: to(at - 1), into: null });
  if (at < siblings.length - 1) found.push({ kind: "down", next: to(at + 1), into: null });
  if (!parent && above && row.children.length === 0)
    found.push({ kind: "into", next: placed(categories, row, above.id, above.children.length), into: above });
  if (parent)
    found.push({
      kind: "out",
      next: placed(categories, row, null, categories.indexOf(parent) + 1),
      into: null,
    });
  return found;
}
