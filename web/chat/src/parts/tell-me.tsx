import type { Store } from "@pocketdesk/client/store";
import { useState } from "preact/hooks";
import type { Answers } from "../page/answers.ts";
import { usePage, useStore } from "./context.ts";

/** Offers to tell of the answer: the browser asks for its permission only after this click. */
export function TellMe({ answers }: { answers: Answers }) {
  const { words } = usePage();
  const state = useStore(answers.state as Store<string>);
  const [began] = useState(state);
  const [hasFailed, setFailed] = useState(false);
  if (state === "on" || state === "denied")
    return began === "off" ? (
      <p class="notice" role="status">
        {words.say(state === "on" ? "push.on" : "push.denied")}
      </p>
    ) : null;
  return (
    <div class="tell-me">
      <button
        type="button"
        class="quiet"
        onClick={() => {
          setFailed(false);
          answers.turnOn().catch(() => setFailed(true));
        }}
      >
        {words.say("push.offer")}
      </button>
      {hasFailed && <p role="alert">{words.say("card.failed")}</p>}
    </div>
  );
}
