import type { SurveyWording } from "../api/types.ts";

/** The worst first. */
export const RATINGS = [0, 1, 2] as const;
export type Rating = (typeof RATINGS)[number];

export const LONGEST = { question: 300, label: 60, follow_up: 300, thank_you: 500 } as const;

type Three = "labels" | "follow_ups" | "thank_yous";

/** One of three texts replaced. */
export function withOne<Key extends Three>(
  wording: SurveyWording,
  key: Key,
  rating: Rating,
  text: SurveyWording[Key][number],
): SurveyWording {
  return { ...wording, [key]: wording[key].map((one, place) => (place === rating ? text : one)) };
}

/** The texts in another language: those that nobody edited follow it, edited ones stay. */
export function translated(wording: SurveyWording, usual: SurveyWording, next: SurveyWording): SurveyWording {
  const follow = <Text>(mine: readonly Text[], before: readonly Text[], after: readonly Text[]): Text[] =>
    mine.map((text, place) => (text === before[place] ? (after[place] ?? text) : text));
  return {
    language: next.language,
    question: wording.question === usual.question ? next.question : wording.question,
    labels: follow(wording.labels, usual.labels, next.labels),
    follow_ups: follow(wording.follow_ups, usual.follow_ups, next.follow_ups),
    thank_yous: follow(wording.thank_yous, usual.thank_yous, next.thank_yous),
  };
}

export type Problem =
  | { kind: "required" }
  | { kind: "long"; most: number; count: number }
  | { kind: "alike" };

/** What would be refused, by the path that the server uses too. */
export function problems(wording: SurveyWording): Record<string, Problem> {
  const found: Record<string, Problem> = {};
  const check = (path: string, text: string, most: number) => {
    const count = [...text].length;
    if (!text.trim()) found[path] = { kind: "required" };
    else if (count > most) found[path] = { kind: "long", most, count };
  };
  check("question", wording.question, LONGEST.question);
  for (const rating of RATINGS) {
    check(`labels.${rating}`, wording.labels[rating] ?? "", LONGEST.label);
    check(`thank_yous.${rating}`, wording.thank_yous[rating] ?? "", LONGEST.thank_you);
    const follow = wording.follow_ups[rating];
    if (typeof follow === "string") check(`follow_ups.${rating}`, follow, LONGEST.follow_up);
    const isRepeated = wording.labels
      .slice(0, rating)
      .some((one) => one.trim() === wording.labels[rating]?.trim());
    if (isRepeated) found[`labels.${rating}`] ??= { kind: "alike" };
  }
  return found;
}

export const isSame = (one: SurveyWording, other: SurveyWording): boolean =>
  JSON.stringify(pick(one)) === JSON.stringify(pick(other));

/** The wording alone, of whatever carries one. */
export const pick = ({
  language,
  question,
  labels,
  follow_ups,
  thank_yous,
}: SurveyWording): SurveyWording => ({
  language,
  question,
  labels,
  follow_ups,
  thank_yous,
});
