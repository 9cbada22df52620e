import type { Availability, ChatflowDocument, SimulationAsked } from "../api/types.ts";

export type Policy = Required<SimulationAsked["policies"][number]>;
type Hours = Availability["hours"];

/** Somebody who may take part. `from` and `until` are `HH:MM`; both blank: always there. */
export interface Worker {
  user_id: number;
  name: string;
  takesPart: boolean;
  capacity: number | "";
  from: string;
  until: string;
}

/** What the form holds; numbers that are not typed yet are blank. */
export interface Trial {
  inbox_id: number | null;
  arrivals: "past" | "synthetic";
  days: number | "";
  hours: number | "";
  per_hour: number | "";
  handling_minutes: number | "";
  notice_minutes: number | "";
  opening: "always" | "channel";
  weekends: boolean;
  policies: readonly [Policy, Policy];
}

export const NOBODY: Policy = {
  automatic: true,
  to: "users_and_teams",
  user_ids: [],
  team_ids: [],
  skill_ids: [],
  fallback: "unassigned",
  fallback_inbox_id: null,
  capacity: null,
};

/** A chatflow's saved policy as one to try. */
export function ofChatflow({ assign }: ChatflowDocument["chat"]): Policy {
  const { automatic, to, fallback, fallback_inbox_id } = assign;
  const { user_ids, team_ids, skill_ids } = assign;
  return { automatic, to, user_ids, team_ids, skill_ids, fallback, fallback_inbox_id, capacity: null };
}

const minutes = (clock: string): number => {
  const [hour = 0, minute = 0] = clock.split(":").map(Number);
  return hour * 60 + minute;
};

/** Somebody's hours over a week; those that go past midnight end on the next day. Null: always there. */
export function shifts(from: string, until: string, weekends: boolean): Hours | null {
  if (!from || !until) return null;
  const days = Array.from({ length: weekends ? 7 : 5 }, (_, day) => day);
  const [opens, closes] = [minutes(from), minutes(until)];
  if (opens < closes) return days.map((day) => ({ day, opens, closes }));
  return days.flatMap((day) => [
    { day, opens, closes: 1_440 },
    ...(closes > 0 ? [{ day: (day + 1) % 7, opens: 0, closes }] : []),
  ]);
}

export interface Size {
  what: "days" | "hours" | "per_hour" | "handling_minutes" | "notice_minutes" | "inbox_id" | "staff";
}

/** Which fields are not filled in. */
export function gaps(trial: Trial, workers: readonly Worker[]): Size["what"][] {
  const needed: readonly Exclude<Size["what"], "inbox_id" | "staff">[] = [
    ...(trial.arrivals === "past" ? (["days"] as const) : (["hours", "per_hour"] as const)),
    "handling_minutes",
    "notice_minutes",
  ];
  return [
    ...(trial.inbox_id === null ? (["inbox_id"] as const) : []),
    ...needed.filter((field) => trial[field] === ""),
    ...(workers.some((one) => one.takesPart) ? [] : (["staff"] as const)),
  ];
}

/** The form as the server takes it. */
export function toAsked(
  trial: Trial,
  workers: readonly Worker[],
  opening: Availability | null,
  time_zone: string,
): SimulationAsked {
  const always: Availability = {
    kind: "always",
    time_zone,
    hours: [],
    holidays: [],
    reply_time: "none",
    away: "nothing",
    away_text: null,
    outside: "nothing",
    outside_text: null,
  };
  return {
    inbox_id: trial.inbox_id ?? 0,
    arrivals:
      trial.arrivals === "past"
        ? { kind: "past", days: Number(trial.days) }
        : { kind: "synthetic", hours: Number(trial.hours), per_hour: Number(trial.per_hour) },
    handling: { mean_s: Math.round(Number(trial.handling_minutes) * 60), shape: "exponential" },
    notice_s: Math.round(Number(trial.notice_minutes) * 60),
    availability: trial.opening === "channel" && opening ? opening : always,
    policies: [...trial.policies],
    staff: workers
      .filter((one) => one.takesPart)
      .map(({ user_id, capacity, from, until }) => ({
        user_id,
        capacity: capacity === "" ? null : capacity,
        hours: shifts(from, until, trial.weekends),
      })),
    seed: 1,
  };
}

/** A span of time in two units at most: 45 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor((seconds % 86_400) / 3_600), "h"],
    [Math.floor((seconds % 3_600) / 60), "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
