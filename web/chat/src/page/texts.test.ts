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

  it("keeps times and names in their own order where lines run to the left", () => {
    const { say, time } = new Words("ur", textsOf("ur"));
    expect(time(new Date(2026, 2, 27, 15, 5).getTime())).toBe("\u20683:05 PM\u2069");
    expect(say("files.open", { name: "a (1).pdf" })).toContain("\u2068a (1).pdf\u2069");
  });

  it("E06 says when somebody is back, by the reader's own clock", () => {
    const now = new Date(2026, 2, 27, 20).getTime();
    const at = (day: number) => new Date(2026, 2, day, 10).getTime();
    const { returns } = new Words("de", textsOf("de"));
    expect(returns(new Date(2026, 2, 27, 21).getTime(), now)).toBe("Wir sind um 21:00 wieder da");
    expect(returns(at(28), now)).toBe("Wir sind morgen um 10:00 wieder da");
    // After the night in which the clocks go forward.
    expect(returns(at(30), now)).toBe("Wir sind am Montag, 30. März um 10:00 wieder da");
  });

  it("D18 gives sizes as people read them", () => {
    const { bytes, percent } = new Words("en", textsOf("en"));
    expect([bytes(10), bytes(2_000_000), bytes(1_550_000)]).toEqual(["1 kB", "2 MB", "1.6 MB"]);
    expect(percent(0.5)).toBe("50%");
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
