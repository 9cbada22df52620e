import type { Row } from "@pocketdesk/client";

export interface CalmRow {
  row: Row;
  /** No longer in this list, shown until the pointer leaves. */
  isGone: boolean;
}

export interface Calm {
  rows: CalmRow[];
  /** Rows that wait to be shown, and whether the order would change. */
  waiting: number;
}

/**
 * The list while a pointer is over it: every row stays where it is and shows its newest words, gone rows stay dimmed, new
 * ones wait. `shown` is null when nothing holds the list; then it is simply fresh.
 */
export function calm(shown: readonly CalmRow[] | null, fresh: readonly Row[]): Calm {
  if (!shown) return { rows: fresh.map((row) => ({ row, isGone: false })), waiting: 0 };
  const byId = new Map(fresh.map((row) => [row.id, row]));
  const rows = shown.map(({ row }) => {
    const newest = byId.get(row.id);
    byId.delete(row.id);
    return { row: newest ?? row, isGone: newest === undefined };
  });
  // Pages that were fetched by scrolling continue the list below; only what belongs above waits.
  const last = shown.at(-1)?.row;
  const older = [...byId.values()].filter((row) => last && row.last_activity_at < last.last_activity_at);
  for (const row of older) byId.delete(row.id);
  return { rows: [...rows, ...older.map((row) => ({ row, isGone: false }))], waiting: byId.size };
}

/** The live window and the older pages as one list, each conversation once; the window knows best. */
export function joined(live: readonly Row[], pages: readonly Row[]): Row[] {
  const last = live.at(-1);
  const known = new Set(live.map((row) => row.id));
  const older = pages.filter(
    (row) => !known.has(row.id) && (!last || row.last_activity_at <= last.last_activity_at),
  );
  return [...live, ...older];
}
