import { DAY_MS, startOfDay } from "../app/time.ts";

export const VIEWS = ["unassigned", "mine", "open", "mobile", "web", "closed"] as const;
export type View = (typeof VIEWS)[number];

/** What the inbox shows, as it stands in the address. Everything but view and inbox narrows the view further. */
export interface Filters {
  view?: View;
  inbox?: string;
  search?: string;
  status?: "open" | "closed";
  channel?: "mobile" | "web";
  /** `nobody`, `user:5` or `team:3`. */
  assignee?: string;
  contact?: string;
  /** Days of the last activity, `YYYY-MM-DD` in the reader's zone, both included. */
  from?: string;
  to?: string;
}

const fits: Record<keyof Filters, (value: string) => boolean> = {
  view: (value) => (VIEWS as readonly string[]).includes(value),
  inbox: (value) => /^\d{1,16}$/.test(value),
  search: (value) => value.length <= 100,
  status: (value) => value === "open" || value === "closed",
  channel: (value) => value === "mobile" || value === "web",
  assignee: (value) => /^(nobody|(user|team):\d{1,16})$/.test(value),
  contact: (value) => /^\d{1,16}$/.test(value),
  from: (value) => startOfDay(value) !== null,
  to: (value) => startOfDay(value) !== null,
};

/** The filters of an address; what makes no sense is left out. */
export function readFilters(search: Record<string, unknown>): Filters {
  return Object.fromEntries(
    Object.entries(fits).flatMap(([name, isFit]) => {
      const value = search[name];
      return typeof value === "string" && value !== "" && isFit(value) ? [[name, value]] : [];
    }),
  );
}

const NARROWING = ["search", "status", "channel", "assignee", "contact", "from", "to"] as const;
export const narrowing = (filters: Filters): number => NARROWING.filter((name) => filters[name]).length;

/** The live list that shows the view. */
export function streamOf(filters: Filters): string {
  const view = filters.view ?? "open";
  return filters.inbox ? `${view}:${filters.inbox}` : view;
}

/** The same view with its filters as a question to the server. A filter replaces what the view says of the same thing. */
export function questionOf(filters: Filters): Record<string, string | number | undefined> {
  const view = filters.view ?? "open";
  const isSaidByFilter =
    (filters.status && view !== "mobile" && view !== "web") ||
    (filters.assignee && (view === "mine" || view === "unassigned"));
  const from = startOfDay(filters.from);
  const to = startOfDay(filters.to);
  return {
    view: isSaidByFilter ? undefined : view,
    inbox_id: filters.inbox,
    search: filters.search,
    status: filters.status,
    channel: filters.channel,
    assignee: filters.assignee,
    contact_id: filters.contact,
    from: from ?? undefined,
    to: to === null ? undefined : to + DAY_MS,
  };
}
