import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { accentColours, contrast, parseHex, READABLE, type Rgb } from "./contrast.ts";

const tokens = new Map(
  [
    ...readFileSync(new URL("tokens.css", import.meta.url), "utf8").matchAll(
      /--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g,
    ),
  ].map(([, name, light, dark]) => [name, { light: rgb(light), dark: rgb(dark) }]),
);

function rgb(hex: string | undefined): Rgb {
  const colour = parseHex(hex ?? "");
  if (!colour) throw new Error(`not a colour: ${hex}`);
  return colour;
}

const grounds = ["surface", "raised", "hover"];
const pairs: [text: string, ground: string, least: number][] = [
  ...grounds.flatMap((ground): [string, string, number][] => [
    ["text", ground, READABLE],
    ["muted", ground, READABLE],
    ["accent", ground, READABLE],
    ["danger", ground, READABLE],
    ["positive", ground, READABLE],
    ["warning", ground, READABLE],
    ["line-strong", ground, 3],
    ["focus", ground, 3],
  ]),
  ["accent-text", "accent", READABLE],
  ["accent-text", "accent-hover", READABLE],
  ["agent-text", "agent", READABLE],
  ["comment-text", "comment", READABLE],
  ["positive", "positive-surface", READABLE],
  ["warning", "warning-surface", READABLE],
  ["danger", "danger-surface", READABLE],
  ...Array.from({ length: 8 }, (_, place): [string, string, number] => [
    "person-text",
    `person-${place}`,
    READABLE,
  ]),
];

describe("tokens", () => {
  it.each(pairs)("%s on %s has a contrast of at least %d", (text, ground, least) => {
    for (const scheme of ["light", "dark"] as const) {
      const [front, back] = [tokens.get(text)?.[scheme], tokens.get(ground)?.[scheme]];
      if (!front || !back) throw new Error(`no token ${text} or ${ground}`);
      expect(contrast(front, back)).toBeGreaterThanOrEqual(least);
    }
  });
});

describe("accentColours", () => {
  it("keeps text readable on every accent, at rest and under the pointer", () => {
    const steps = [0, 17, 51, 85, 102, 119, 136, 153, 187, 221, 255];
    for (const red of steps)
      for (const green of steps)
        for (const blue of steps)
          for (const scheme of ["light", "dark"] as const) {
            const chosen = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
            const colours = accentColours(chosen, scheme);
            const ground = scheme === "light" ? rgb("#ffffff") : rgb("#171b1d");
            const worst = Math.min(
              contrast(rgb(colours.text), rgb(colours.accent)),
              contrast(rgb(colours.text), rgb(colours.hover)),
              contrast(rgb(colours.ink), ground),
            );
            if (worst < READABLE) expect.fail(`${chosen} in ${scheme}: ${worst}`);
          }
  });

  it("takes a good accent as it is and tells of a poor one", () => {
    expect(accentColours("#0f62fe", "light")).toMatchObject({
      accent: "#0f62fe",
      text: "#ffffff",
      isReadable: true,
    });
    expect(accentColours("#ffe14d", "light")).toMatchObject({ text: "#000000", isReadable: false });
    expect(accentColours("#000000", "dark").accent).not.toBe("#000000");
  });
});
