import { expect, test } from "vitest";
import {
  copied,
  fromClock,
  hoursProblems,
  MIDNIGHT,
  nextHours,
  nextOpening,
  timeZones,
  toClock,
} from "./hours.ts";

test("E02: midnight ends a day and begins one", () => {
  expect([toClock(0), toClock(545), toClock(MIDNIGHT)]).toEqual(["00:00", "09:05", "00:00"]);
  expect([fromClock("00:00", false), fromClock("00:00", true), fromClock("09:05", true)]).toEqual([
    0,
    MIDNIGHT,
    545,
  ]);
  expect(fromClock("", false)).toBeNull();
});

test("E02: overlapping and inverted hours are found at their place", () => {
  const hours = [
    { day: 0, opens: 540, closes: 720 },
    { day: 0, opens: 720, closes: 1_020 },
    { day: 1, opens: 600, closes: 660 },
    { day: 0, opens: 700, closes: 730 },
    { day: 2, opens: 600, closes: 600 },
  ];
  expect([...hoursProblems(hours)]).toEqual([
    [3, "overlap"],
    [4, "inverted"],
  ]);
});

test("more hours begin after the last ones and stay within the day", () => {
  expect(nextHours([], 3)).toEqual({ day: 3, opens: 540, closes: 1_020 });
  expect(nextHours([{ day: 3, opens: 540, closes: 720 }], 3)).toEqual({ day: 3, opens: 780, closes: 1_020 });
  const late = nextHours([{ day: 3, opens: 540, closes: MIDNIGHT }], 3);
  expect(late).toEqual({ day: 3, opens: MIDNIGHT - 60, closes: MIDNIGHT });
});

test("a day is copied over others, which lose their own hours", () => {
  const hours = [
    { day: 0, opens: 540, closes: 600 },
    { day: 1, opens: 0, closes: 60 },
    { day: 6, opens: 0, closes: 60 },
  ];
  expect(copied(hours, 0, [0, 1, 2])).toEqual([
    { day: 0, opens: 540, closes: 600 },
    { day: 6, opens: 0, closes: 60 },
    { day: 1, opens: 540, closes: 600 },
    { day: 2, opens: 540, closes: 600 },
  ]);
});

test("a zone that the browser does not know stays choosable", () => {
  const zones = timeZones(Date.UTC(2026, 6, 1), "Somewhere/Else");
  expect(zones.find(({ value }) => value === "Somewhere/Else")?.label).toBe("Somewhere/Else");
  expect(zones.find(({ value }) => value === "Europe/Amsterdam")?.label).toBe("Europe/Amsterdam (GMT+2)");
});

test("E06: the preview says the next opening, past holidays and changes of the clock", () => {
  const week = {
    time_zone: "Europe/Amsterdam",
    hours: [{ day: 0, opens: 540, closes: 1_020 }],
    holidays: [{ date: "2026-03-23", name: "" }],
  };
  // Friday 20 March 2026: Monday is a holiday, a week later summer time has begun.
  expect(nextOpening(week, Date.UTC(2026, 2, 20, 12))).toBe(Date.UTC(2026, 2, 30, 7));
  expect(nextOpening({ ...week, hours: [] }, 0)).toBeNull();
  expect(nextOpening({ ...week, time_zone: "No/Where" }, 0)).toBeNull();
});
