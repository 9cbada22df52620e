import { expect, test } from "vitest";
import { gaps, NOBODY, shifts, span, type Trial, toAsked, type Worker } from "./trial.ts";

const trial: Trial = {
  inbox_id: 3,
  arrivals: "synthetic",
  days: 7,
  hours: 8,
  per_hour: 12,
  handling_minutes: 7.5,
  notice_minutes: 2,
  opening: "always",
  weekends: false,
  policies: [NOBODY, { ...NOBODY, fallback: "anybody" }],
};
const ana: Worker = { user_id: 1, name: "Ana", takesPart: true, capacity: "", from: "", until: "" };

test("hours of a night end on the next day", () => {
  expect(shifts("09:00", "17:30", false)).toHaveLength(5);
  expect(shifts("22:00", "06:00", true)).toContainEqual({ day: 0, opens: 0, closes: 360 });
  expect(shifts("22:00", "00:00", false)).toEqual(
    [0, 1, 2, 3, 4].map((day) => ({ day, opens: 1_320, closes: 1_440 })),
  );
  expect(shifts("", "17:00", false)).toBeNull();
});

test("only those who take part are asked for, each as typed", () => {
  const ben = { ...ana, user_id: 2, takesPart: false };
  const asked = toAsked(
    trial,
    [{ ...ana, capacity: 4, from: "09:00", until: "17:00" }, ben],
    null,
    "Europe/Oslo",
  );
  expect(asked.staff).toMatchObject([{ user_id: 1, capacity: 4 }]);
  expect(asked.handling.mean_s).toBe(450);
  expect(asked.arrivals).toEqual({ kind: "synthetic", hours: 8, per_hour: 12 });
  expect(asked.availability).toMatchObject({ kind: "always", time_zone: "Europe/Oslo" });
});

test("what is missing is named", () => {
  expect(gaps(trial, [ana])).toEqual([]);
  expect(gaps({ ...trial, inbox_id: null, hours: "" }, [{ ...ana, takesPart: false }])).toEqual([
    "inbox_id",
    "hours",
    "staff",
  ]);
  expect(gaps({ ...trial, arrivals: "past", hours: "" }, [ana])).toEqual([]);
});

test("spans read in two units at most", () => {
  expect([0, 45_000, 200_000, 7_500_000, 273_600_000].map(span)).toEqual([
    "0 s",
    "45 s",
    "3 min 20 s",
    "2 h 5 min",
    "3 d 4 h",
  ]);
});
