import type { Block, Body } from "./body.ts";

/** What several authors may write at the same time. */
export interface Written {
  title: string;
  subtitle: string;
  slug: string;
  tags: string[];
  body: Body;
}

/** Part of a merged list: where only one side changed something it is taken, where both did one must choose. */
export type Piece<Item> =
  | { kind: "same" | "mine" | "theirs"; items: Item[] }
  | { kind: "clash"; mine: Item[]; theirs: Item[] };

export type Line = "title" | "subtitle" | "slug";
export const LINES: readonly Line[] = ["title", "subtitle", "slug"];

export interface Merge {
  lines: Record<Line, { value: string } | { mine: string; theirs: string }>;
  tags: string[];
  pieces: Piece<Block>[];
  /** How many choices are left to somebody. */
  clashes: number;
}

/** From `from` to before `to` of the old list stand `items` in the new one. */
interface Hunk<Item> {
  from: number;
  to: number;
  items: Item[];
}

/** JSON that is equal for equal values, in whichever order their keys were written. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

/** How the new list differs from the old one, with as much as possible kept. Time grows with the product of the changed lengths. */
export function hunks<Item>(
  before: readonly Item[],
  after: readonly Item[],
  isSame: (one: Item, other: Item) => boolean,
): Hunk<Item>[] {
  let start = 0;
  while (start < before.length && start < after.length && isSame(before[start] as Item, after[start] as Item))
    start += 1;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    isSame(before[before.length - 1 - end] as Item, after[after.length - 1 - end] as Item)
  )
    end += 1;
  const [rows, columns] = [before.length - end - start, after.length - end - start];
  // kept[i][j]: how many items are common to the old list from i and the new one from j.
  const kept = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  const at = (row: number, column: number) => kept[row]?.[column] ?? 0;
  const isCommon = (row: number, column: number) =>
    isSame(before[start + row] as Item, after[start + column] as Item);
  for (let row = rows - 1; row >= 0; row--) {
    const line = kept[row] as Uint16Array;
    for (let column = columns - 1; column >= 0; column--)
      line[column] = isCommon(row, column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
  }
  const found: Hunk<Item>[] = [];
  let open: Hunk<Item> | null = null;
  for (let row = 0, column = 0; row < rows || column < columns; ) {
    if (row < rows && column < columns && isCommon(row, column)) {
      open = null;
      row += 1;
      column += 1;
      continue;
    }
    if (!open) {
      open = { from: start + row, to: start + row, items: [] };
      found.push(open);
    }
    if (row < rows && (column >= columns || at(row + 1, column) >= at(row, column + 1))) {
      row += 1;
      open.to += 1;
    } else {
      open.items.push(after[start + column] as Item);
      column += 1;
    }
  }
  return found;
}

const overlap = (one: Hunk<unknown>, other: Hunk<unknown>): boolean => {
  if (one.from === one.to && other.from === other.to) return one.from === other.from;
  if (one.from === one.to) return other.from < one.from && one.from < other.to;
  if (other.from === other.to) return one.from < other.from && other.from < one.to;
  return Math.max(one.from, other.from) < Math.min(one.to, other.to);
};

/** Both sides' changes to one list. Changes beside each other do not clash; changes of the same items do, unless they agree. */
export function threeWay<Item>(
  base: readonly Item[],
  mine: readonly Item[],
  theirs: readonly Item[],
): Piece<Item>[] {
  const texts = new Map<Item, string>();
  const text = (item: Item): string => {
    const known = texts.get(item) ?? canonical(item);
    texts.set(item, known);
    return known;
  };
  const isSame = (one: Item, other: Item) => text(one) === text(other);
  const areSame = (one: readonly Item[], other: readonly Item[]) =>
    one.length === other.length && one.every((item, at) => isSame(item, other[at] as Item));

  const sides = {
    mine: hunks(base, mine, isSame),
    theirs: hunks(base, theirs, isSame),
  };
  const all = [...sides.mine, ...sides.theirs].sort(
    (one, other) => one.from - other.from || one.to - other.to,
  );
  const groups: Hunk<Item>[][] = [];
  for (const hunk of all) {
    const touched = groups.filter((group) => group.some((one) => overlap(one, hunk)));
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push([...touched.flat(), hunk]);
  }
  const spans = groups
    .map((group) => ({
      group,
      from: Math.min(...group.map((hunk) => hunk.from)),
      to: Math.max(...group.map((hunk) => hunk.to)),
    }))
    .sort((one, other) => one.from - other.from || one.to - other.to);

  const pieces: Piece<Item>[] = [];
  const put = (kind: "same" | "mine" | "theirs", items: readonly Item[]) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.items.push(...items);
    else if (items.length > 0 || kind !== "same") pieces.push({ kind, items: [...items] });
  };
  let at = 0;
  for (const { group, from, to } of spans) {
    put("same", base.slice(at, from));
    const old = base.slice(from, to);
    const now = (side: readonly Hunk<Item>[]): Item[] => {
      const own = side.filter((hunk) => group.includes(hunk));
      const items: Item[] = [];
      let next = from;
      for (const hunk of own) {
        items.push(...base.slice(next, hunk.from), ...hunk.items);
        next = hunk.to;
      }
      return [...items, ...base.slice(next, to)];
    };
    const [ours, others] = [now(sides.mine), now(sides.theirs)];
    if (areSame(ours, others)) put("same", ours);
    else if (areSame(others, old)) put("mine", ours);
    else if (areSame(ours, old)) put("theirs", others);
    else pieces.push({ kind: "clash", mine: ours, theirs: others });
    at = to;
  }
  put("same", base.slice(at));
  return pieces;
}

/** What two authors made of the same draft. */
export function merge(base: Written, mine: Written, theirs: Written): Merge {
  const line = (name: Line) => {
    if (mine[name] === theirs[name] || theirs[name] === base[name]) return { value: mine[name] };
    return mine[name] === base[name] ? { value: theirs[name] } : { mine: mine[name], theirs: theirs[name] };
  };
  const lines = { title: line("title"), subtitle: line("subtitle"), slug: line("slug") };
  const pieces = threeWay(base.body.blocks, mine.body.blocks, theirs.body.blocks);
  return {
    lines,
    tags: [
      ...mine.tags.filter((tag) => theirs.tags.includes(tag) || !base.tags.includes(tag)),
      ...theirs.tags.filter((tag) => !mine.tags.includes(tag) && !base.tags.includes(tag)),
    ],
    pieces,
    clashes:
      LINES.filter((name) => "mine" in lines[name]).length +
      pieces.filter((piece) => piece.kind === "clash").length,
  };
}

export type Choice = "mine" | "theirs" | "both";

/** The merged draft, once somebody chose for every clash: by line, and by the piece's place in the list. */
export function resolved(merged: Merge, choose: (clash: Line | number) => Choice): Written {
  const line = (name: Line): string => {
    const found = merged.lines[name];
    if ("value" in found) return found.value;
    return choose(name) === "theirs" ? found.theirs : found.mine;
  };
  return {
    title: line("title"),
    subtitle: line("subtitle"),
    slug: line("slug"),
    tags: merged.tags,
    body: {
      blocks: merged.pieces.flatMap((piece, at) => {
        if (piece.kind !== "clash") return piece.items;
        const choice = choose(at);
        return [...(choice === "theirs" ? [] : piece.mine), ...(choice === "mine" ? [] : piece.theirs)];
      }),
    },
  };
}
