import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { daysBetween, type Texts, Words } from "./texts.ts";

const folder = `${import.meta.dirname}/../../../../server/pocketdesk/chatflows/texts`;
const languages = readdirSync(folder).flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -5)] : []));
const textsOf = (language: string): Texts => JSON.parse(readFileSync(`${folder}/${language}.json`, "utf8"));

describe("words", () => {
  it.each(languages)("D23 has every plural form that a browser may ask for in %s", (language) => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    const forms = Object.keys(textsOf(language)).flatMap(
      (key) => /^messages\.new\.(.+)$/.exec(key)?.[1] ?? [],
    );
    expect(new Set(forms)).toEqual(new Set(pluralCategories));
  });

  it("counts in Arabic", () => {
    const { count } = new Words("ar", textsOf("ar"));
    expect(count("messages.new", 2)).toBe("رسالتان جديدتان");
    expect(count("messages.new", 5)).toMatch(/رسائل جديدة$/);
    expect(count("messages.new", 11)).toMatch(/رسالة جديدة$/);
  });

  it("fills in names, also such that look like placeholders", () => {
    const { say } = new Words("en", textsOf("en"));
    expect(say("typing", { name: "{name} $&" })).toBe("{name} $& is typing");
  });

  it("tells days as people do", () => {
    const now = new Date(2026, 2, 29, 12).getTime();
    const { day } = new Words("de", textsOf("de"));
    expect(day(now, now)).toBe("Heute");
    expect(day(new Date(2026, 2, 28, 23, 59).getTime(), now)).toBe("Gestern");
    expect(day(new Date(2026, 2, 20).getTime(), now)).toBe("Freitag, 20. März");
    expect(day(new Date(2024, 0, 2).getTime(), now)).toBe("2. Januar 2024");
    // The night in which the clocks go forward.
    expect(daysBetween(new Date(2026, 2, 28).getTime(), new Date(2026, 2, 30).getTime())).toBe(2);
  });
});
