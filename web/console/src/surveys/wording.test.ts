import { expect, test } from "vitest";
import type { SurveyWording } from "../api/types.ts";
import { isSame, pick, problems, translated, withOne } from "./wording.ts";

const english: SurveyWording = {
  language: "en",
  question: "How was it?",
  labels: ["Bad", "So so", "Good"],
  follow_ups: ["Why?", "What is missing?", null],
  thank_yous: ["Sorry.", "Thanks.", "Great."],
};
const german: SurveyWording = {
  language: "de",
  question: "Wie war es?",
  labels: ["Schlecht", "Mittel", "Gut"],
  follow_ups: ["Warum?", "Was fehlt?", null],
  thank_yous: ["Schade.", "Danke.", "Schön."],
};

test("texts that nobody edited follow the language, edited ones stay", () => {
  const edited = withOne({ ...english, question: "How did we do?" }, "labels", 2, "Lovely");
  expect(translated(edited, english, german)).toEqual({
    ...german,
    question: "How did we do?",
    labels: ["Schlecht", "Mittel", "Lovely"],
  });
  expect(translated(translated(edited, english, german), german, english)).toEqual(edited);
});

test("H06 a rating may ask nothing more, but not a blank question", () => {
  expect(problems(withOne(english, "follow_ups", 0, null))).toEqual({});
  expect(problems(withOne(english, "follow_ups", 0, "  "))).toEqual({ "follow_ups.0": { kind: "required" } });
});

test("blank, long and repeated texts are found at their fields", () => {
  const wrong = { ...english, question: "x".repeat(301), labels: ["Bad", "Bad", ""] };
  expect(problems(wrong)).toEqual({
    question: { kind: "long", most: 300, count: 301 },
    "labels.1": { kind: "alike" },
    "labels.2": { kind: "required" },
  });
});

test("a survey is unchanged when only what is no wording differs", () => {
  const survey = { ...english, id: 4, name: "Service" };
  expect(isSame(survey, english)).toBe(true);
  expect(pick(survey)).toEqual(english);
  expect(isSame(english, withOne(english, "thank_yous", 1, "Ta."))).toBe(false);
});
