import { t } from "./texts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** How long ago, as short as a list row needs it: now, 5 min, 3 h, Tue, 4 Mar. */
export function ago(at: number, now: number): string {
  const past = now - at;
  if (past < MINUTE) return t("time.now");
  if (past < HOUR) return t("time.minutes", { count: Math.floor(past / MINUTE) });
  if (past < 12 * HOUR) return t("time.hours", { count: Math.floor(past / HOUR) });
  return past < 6 * DAY ? weekday.format(at) : day.format(at);
}

export const timeOfDay = (at: number): string => clock.format(at);

/** Today, yesterday, or the day with its date. */
export function dayName(at: number, now: number): string {
  if (sameDay(at, now)) return t("time.today");
  return sameDay(at, now - DAY) ? t("time.yesterday") : longDay.format(at);
}

export const dateTime = (at: number): string => full.format(at);
export const dateOnly = (at: number): string => date.format(at);
export const sameDay = (one: number, other: number): boolean =>
  new Date(one).toDateString() === new Date(other).toDateString();

/** Midnight at the start of a `YYYY-MM-DD` day in the reader's zone; null when it is not one. */
export function startOfDay(iso: string | undefined): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso ?? "");
  return match ? new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])).getTime() : null;
}

export const DAY_MS = DAY;
