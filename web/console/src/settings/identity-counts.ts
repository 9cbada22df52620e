import type { Identity } from "../api/types.ts";

type Day = Identity["days"][number];
export type ClientCount = Omit<Day, "day">;
export type DayCount = Pick<Day, "day" | "proven" | "unproven" | "refused">;

/** Days added up by SDK and version of the app; what is in the way of enforcing proof comes first. */
export function perClient(days: readonly Day[]): ClientCount[] {
  const rows = addedUp(days, ({ client, app_version }) => `${client}\n${app_version}`);
  const inTheWay = ({ unproven, refused }: ClientCount) => unproven + refused;
  return rows.sort((one, other) => inTheWay(other) - inTheWay(one) || other.proven - one.proven);
}

/** All of a day together, the newest first. */
export function perDay(days: readonly Day[]): Day[] {
  return addedUp(days, ({ day }) => String(day)).sort((one, other) => other.day - one.day);
}

function addedUp(days: readonly Day[], keyOf: (day: Day) => string): Day[] {
  const found = new Map<string, Day>();
  for (const day of days) {
    const sum = found.get(keyOf(day));
    found.set(
      keyOf(day),
      sum
        ? {
            ...sum,
            proven: sum.proven + day.proven,
            unproven: sum.unproven + day.unproven,
            refused: sum.refused + day.refused,
          }
        : day,
    );
  }
  return [...found.values()];
}
