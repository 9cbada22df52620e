import type english from "../../../../server/pocketdesk/chatflows/texts/en.json";

type Key = keyof typeof english;
/** Keys whose text depends on a number; Intl.PluralRules chooses the form. */
export type PluralKey = Key extends infer Each ? (Each extends `${infer Stem}.other` ? Stem : never) : never;
export type TextKey = Exclude<Key, `${PluralKey}.${string}`>;
export type Texts = Record<string, string>;

/** The page's words, numbers and times in one language. */
export class Words {
  readonly language: string;
  readonly #texts: Texts;
  readonly #plurals: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #dayAndYear: Intl.DateTimeFormat;
  readonly #shortDay: Intl.DateTimeFormat;
  readonly #relative: Intl.RelativeTimeFormat;

  constructor(language: string, texts: Texts) {
    this.language = language;
    this.#texts = texts;
    this.#plurals = new Intl.PluralRules(language);
    this.#number = new Intl.NumberFormat(language);
    this.#time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
    this.#day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
    this.#dayAndYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
    this.#shortDay = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
    this.#relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  }

  /** The text of `key`, with `{name}` filled in from `values`. */
  readonly say = (key: TextKey, values: Record<string, string> = {}): string =>
    filled(this.#texts[key] ?? key, values);

  readonly count = (key: PluralKey, count: number): string => {
    const form = this.#texts[`${key}.${this.#plurals.select(count)}`] ?? this.#texts[`${key}.other`] ?? key;
    return filled(form, { count: this.number(count) });
  };

  readonly number = (value: number): string => this.#number.format(value);

  readonly time = (at: number): string => this.#time.format(at);

  /** Today, yesterday, or the date. */
  readonly day = (at: number, now: number): string => {
    const days = daysBetween(at, now);
    if (days === 0 || days === 1) return capitalised(this.#relative.format(-days, "day"), this.language);
    return (days < 300 ? this.#day : this.#dayAndYear).format(at);
  };

  /** The time for today, else a short date. */
  readonly when = (at: number, now: number): string => {
    const days = daysBetween(at, now);
    if (days <= 0) return this.time(at);
    return days === 1
      ? capitalised(this.#relative.format(-1, "day"), this.language)
      : this.#shortDay.format(at);
  };
}

function filled(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Midnights (of this device) between two moments. */
export function daysBetween(at: number, now: number): number {
  const midnight = (moment: number) => new Date(moment).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

function capitalised(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
