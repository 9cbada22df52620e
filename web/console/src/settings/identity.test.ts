import { describe, expect, it } from "vitest";
import { perClient, perDay } from "./identity-counts.ts";

const DAY = 86_400_000;
const row = (day: number, client: string, app_version: string, counts: [number, number, number]) => ({
  day: day * DAY,
  client,
  app_version,
  proven: counts[0],
  unproven: counts[1],
  refused: counts[2],
});
const DAYS = [
  row(2, "PocketdeskSDK 1.0 (ios)", "5.1", [4, 0, 0]),
  row(2, "web", "", [1, 3, 1]),
  row(1, "PocketdeskSDK 1.0 (ios)", "5.1", [6, 0, 0]),
  row(1, "PocketdeskSDK 1.0 (ios)", "5.0", [1, 0, 2]),
];

describe("counts of identity", () => {
  it("add up by app version, with what is in the way of enforcing proof first", () => {
    expect(
      perClient(DAYS).map(({ client, app_version, proven, unproven, refused }) => [
        client,
        app_version,
        proven,
        unproven,
        refused,
      ]),
    ).toEqual([
      ["web", "", 1, 3, 1],
      ["PocketdeskSDK 1.0 (ios)", "5.0", 1, 0, 2],
      ["PocketdeskSDK 1.0 (ios)", "5.1", 10, 0, 0],
    ]);
  });

  it("add up by day, the newest first", () => {
    expect(
      perDay(DAYS).map(({ day, proven, unproven, refused }) => [day / DAY, proven, unproven, refused]),
    ).toEqual([
      [2, 5, 3, 1],
      [1, 7, 0, 2],
    ]);
  });
});
