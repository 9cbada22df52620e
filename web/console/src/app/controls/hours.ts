import type { Availability } from "../../api/types.ts";

export type OpenHours = Availability["hours"][number];

export const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;
export const MIDNIGHT = 1_440;
const QUARTER = 15 * 60_000;
const WORKDAY = { opens: 9 * 60, closes: 17 * 60 };

/** Monday to Friday from nine to five: where somebody who chooses hours begins. */
export const USUAL_HOURS: readonly OpenHours[] = [0, 1, 2, 3, 4].map((day) => ({ day, ...WORKDAY }));

/** Minutes of a day as a time field shows them. The end of a day is 00:00, as on any clock. */
export function toClock(minutes: number): string {
  const [hour, minute] = [Math.floor(minutes / 60) % 24, minutes % 60];
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** What a time field holds as minutes of the day; null while it is not a time. As an end, 00:00 is midnight. */
export function fromClock(written: string, isEnd: boolean): number | null {
  const found = /^(\d{2}):(\d{2})/.exec(written);
  if (!found) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2]);
  return isEnd && minutes === 0 ? MIDNIGHT : minutes;
}

export type HoursProblem = "inverted" | "overlap";

/** What is wrong, by place in the list: hours that end before they begin, or that overlap others of their day. */
export function hoursProblems(hours: readonly OpenHours[]): Map<number, HoursProblem> {
  const found = new Map<number, HoursProblem>();
  hours.forEach((one, place) => {
    if (one.closes <= one.opens) found.set(place, "inverted");
    else if (
      hours.some(
        (other, at) =>
          at < place && other.day === one.day && other.opens < one.closes && one.opens < other.closes,
      )
    )
      found.set(place, "overlap");
  });
  return found;
}

/** More hours for a day: an hour after its last ones, or a working day when it had none. */
export function nextHours(hours: readonly OpenHours[], day: number): OpenHours {
  const last = Math.max(-1, ...hours.filter((one) => one.day === day).map((one) => one.closes));
  if (last < 0) return { day, ...WORKDAY };
  const opens = Math.min(last + 60, MIDNIGHT - 60);
  return { day, opens, closes: Math.min(opens + 4 * 60, MIDNIGHT) };
}

/** The hours of one day, on several others too. */
export function copied(hours: readonly OpenHours[], from: number, to: readonly number[]): OpenHours[] {
  const pattern = hours.filter((one) => one.day === from);
  const kept = hours.filter((one) => one.day === from || !to.includes(one.day));
  return [
    ...kept,
    ...to.filter((day) => day !== from).flatMap((day) => pattern.map((one) => ({ ...one, day }))),
  ];
}

/** Zones as people look for them, with their present offset from UTC. */
export function timeZones(now: number, chosen: string): { value: string; label: string }[] {
  const known = Intl.supportedValuesOf("timeZone");
  const zones = known.includes(chosen) ? known : [chosen, ...known];
  return (zones.includes("UTC") ? zones : ["UTC", ...zones]).map((zone) => ({
    value: zone,
    label: `${zone.replaceAll("_", " ")} ${offset(zone, now)}`.trim(),
  }));
}

function offset(zone: string, now: number): string {
  try {
    const parts = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      timeZoneName: "shortOffset",
    }).formatToParts(now);
    const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
    return name === zone ? "" : `(${name})`;
  } catch {
    return "";
  }
}

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** Names of the days in the reader's language, Monday first. */
export function dayNames(style: "long" | "short"): string[] {
  const format = new Intl.DateTimeFormat(undefined, { weekday: style, timeZone: "UTC" });
  return DAYS.map((day) => format.format(Date.UTC(2024, 0, 1 + day)));
}

/** The next moment (UTC ms) at which weekly hours begin in a zone, after `now`; null without hours or for an unknown zone. */
export function nextOpening(
  { hours, holidays, time_zone }: Pick<Availability, "hours" | "holidays" | "time_zone">,
  now: number,
): number | null {
  let clock: Intl.DateTimeFormat;
  try {
    clock = new Intl.DateTimeFormat("en-CA", {
      timeZone: time_zone,
      dateStyle: "short",
      timeStyle: "short",
      hourCycle: "h23",
    });
  } catch {
    return null;
  }
  const off = new Set(holidays.map(({ date }) => date));
  // Quarter by quarter is exact enough for a look at it, and right across changes of the clock.
  const start = Math.ceil(now / QUARTER) * QUARTER;
  for (let at = start; at < start + 15 * 24 * 4 * QUARTER; at += QUARTER) {
    const [date = "", time = ""] = clock.format(at).split(", ");
    const minute = fromClock(time, false) ?? 0;
    const day = (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7;
    if (!off.has(date) && hours.some((one) => one.day === day && Math.abs(one.opens - minute) < 15))
      return at;
  }
  return null;
}
