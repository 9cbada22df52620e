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
  // Each costs a phone some milliseconds, so it is made when it is needed.
  readonly #plurals = once(() => new Intl.PluralRules(this.language));
  readonly #number = once(() => new Intl.NumberFormat(this.language));
  readonly #relative = once(() => new Intl.RelativeTimeFormat(this.language, { numeric: "auto" }));
  readonly #time = this.#dates({ hour: "numeric", minute: "2-digit" });
  readonly #day = this.#dates({ weekday: "long", day: "numeric", month: "long" });
  readonly #dayAndYear = this.#dates({ day: "numeric", month: "long", year: "numeric" });
  readonly #shortDay = this.#dates({ day: "numeric", month: "short" });
  readonly #percent = once(() => new Intl.NumberFormat(this.language, { style: "percent" }));

  constructor(language: string, texts: Texts) {
    this.language = language;
    this.#texts = texts;
  }

  #dates(style: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
    return once(() => new Intl.DateTimeFormat(this.language, style));
  }

  /** The text of `key`, with `{name}` filled in from `values`. */
  readonly say = (key: TextKey, values: Record<string, string> = {}): string =>
    this.#filled(this.#texts[key] ?? key, values);

  #filled(text: string, values: Record<string, string>): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : this.#apart(value);
    });
  }

  /** In lines that run to the left, Unicode's isolates keep "3:05 PM" and names of files in their own order. */
  #apart(text: string): string {
    return this.say("direction") === "rtl" ? `\u2068${text}\u2069` : text;
  }

  readonly count = (key: PluralKey, count: number): string => {
    const form = this.#texts[`${key}.${this.#plurals().select(count)}`] ?? this.#texts[`${key}.other`] ?? key;
    return this.#filled(form, { count: this.number(count) });
  };

  readonly number = (value: number): string => this.#number().format(value);

  /** A share from 0 to 1. */
  readonly percent = (share: number): string => this.#percent().format(share);

  /** A number of bytes, as people say it. */
  readonly bytes = (size: number): string => {
    const [unit, value] =
      size >= 1_000_000
        ? ["megabyte", size / 1_000_000]
        : ["kilobyte", Math.max(1, Math.round(size / 1_000))];
    return new Intl.NumberFormat(this.language, {
      style: "unit",
      unit: unit as string,
      maximumFractionDigits: value < 10 ? 1 : 0,
    }).format(value as number);
  };

  /** When somebody is there again, by the reader's own clock. */
  readonly returns = (at: number, now: number): string => {
    const days = -daysBetween(at, now);
    const time = this.time(at);
    if (days <= 0) return this.say("away.today", { time });
    if (days === 1) return this.say("away.tomorrow", { time });
    return this.say("away.on", { day: this.#day().format(at), time });
  };

  readonly time = (at: number): string => this.#apart(this.#time().format(at));

  /** Today, yesterday, or the date. */
  readonly day = (at: number, now: number): string => {
    const days = daysBetween(at, now);
    if (days === 0 || days === 1) return capitalised(this.#relative().format(-days, "day"), this.language);
    return (days < 300 ? this.#day() : this.#dayAndYear()).format(at);
  };

  readonly date = (at: number): string => this.#apart(this.#dayAndYear().format(at));

  /** The time for today, else a short date. */
  readonly when = (at: number, now: number): string => {
    const days = daysBetween(at, now);
    if (days <= 0) return this.time(at);
    return days === 1
      ? capitalised(this.#relative().format(-1, "day"), this.language)
      : this.#shortDay().format(at);
  };
}

function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

/** Midnights (of this device) between two moments. */
export function daysBetween(at: number, now: number): number {
  const midnight = (moment: number) => new Date(moment).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

function capitalised(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}
