import { CommandRefused } from "@pocketdesk/client/outbox";
import type { SurveyCard } from "@pocketdesk/client/protocol";
import { useId, useState } from "preact/hooks";
import { usePage, useStore } from "./context.ts";

/** What the server takes as an answer, in characters. */
const LONGEST_ANSWER = 2_000;
const MOUTHS = [
  "M8 16.5c1-1.6 2.3-2.4 4-2.4s3 .8 4 2.4",
  "M8.5 15.3h7",
  "M8 14c1 1.7 2.3 2.5 4 2.5s3-.8 4-2.5",
];

/** Three faces with words; then, if one likes, why. */
export function Survey({ conversationId, survey }: { conversationId: number; survey: SurveyCard }) {
  const { chat, words } = usePage();
  const id = useId();
  const [rating, setRating] = useState<0 | 1 | 2 | null>(null);
  const [answer, setAnswer] = useState("");
  const [fault, setFault] = useState<"survey.answered" | "card.failed" | null>(null);
  const [isSending, setSending] = useState(false);
  const connection = useStore(chat.client.connection.state);
  const chosen = survey.ratings.find((each) => each.value === rating);

  async function send(): Promise<void> {
    if (rating === null || isSending) return;
    setSending(true);
    setFault(null);
    try {
      await chat.rate(conversationId, rating, answer.trim() || null);
    } catch (error) {
      const isAnswered = error instanceof CommandRefused && error.failure.code === "survey_answered";
      setFault(isAnswered ? "survey.answered" : "card.failed");
    } finally {
      setSending(false);
    }
  }

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <fieldset class="faces">
        <legend dir="auto">{survey.question}</legend>
        <div class="faces-row">
          {survey.ratings.map(({ value, label }) => (
            <label key={value} class={`face face-${value}`}>
              <input
                type="radio"
                name={id}
                value={value}
                checked={rating === value}
                onChange={() => setRating(value)}
              />
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d={`M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M9 9.8v.01M15 9.8v.01${MOUTHS[value]}`} />
              </svg>
              <span dir="auto">{label}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {chosen && (
        <>
          {chosen.follow_up !== null && (
            <>
              <label for={`${id}-answer`}>
                {chosen.follow_up && <span dir="auto">{chosen.follow_up}</span>}
                <small>{words.say("survey.answer")}</small>
              </label>
              <textarea
                id={`${id}-answer`}
                rows={2}
                dir="auto"
                maxLength={LONGEST_ANSWER}
                value={answer}
                onInput={(event) => setAnswer(event.currentTarget.value)}
              />
            </>
          )}
          {fault && (
            <p class="fault" role="alert">
              {words.say(fault)}
            </p>
          )}
          <button type="submit" class="primary" aria-disabled={isSending}>
            {words.say(isSending && connection.kind !== "open" ? "files.waiting" : "survey.send")}
          </button>
        </>
      )}
    </form>
  );
}
