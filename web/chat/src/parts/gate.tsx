import { useState } from "preact/hooks";
import { gateOf } from "../page/consent.ts";
import { usePage, useStore } from "./context.ts";

/** Texts up to here need no scrolling on a small phone, in characters. */
const SHORT = 240;

/** What has to be answered before, or instead of, going on: about cookies, about processing. */
export function GateCard() {
  const { consent, words } = usePage();
  const state = useStore(consent.state);
  const gate = gateOf(state);
  if (gate?.kind === "cookies")
    return (
      <section class="gate" aria-label={words.say("cookies.label")}>
        <GateText text={state.texts.cookies?.text ?? words.say("cookies.default")} />
        <div class="gate-choices">
          <button type="button" class="secondary" onClick={() => consent.chooseCookies(false)}>
            {words.say("cookies.decline")}
          </button>
          <button type="button" class="secondary" onClick={() => consent.chooseCookies(true)}>
            {words.say("cookies.accept")}
          </button>
        </div>
      </section>
    );
  if (gate?.kind === "process" && state.texts.process) return <Agreement text={state.texts.process.text} />;
  return null;
}

function Agreement({ text }: { text: string }) {
  const { consent, words, chat } = usePage();
  const [isAsking, setAsking] = useState(false);
  const connection = useStore(chat.client.connection.state);
  const isWaiting = isAsking && connection.kind !== "open";
  return (
    <section class="gate" aria-label={words.say("consent.label")}>
      <GateText text={text} />
      <Communicate />
      <button
        type="button"
        class="primary"
        aria-disabled={isAsking}
        onClick={async () => {
          if (isAsking) return;
          setAsking(true);
          await consent.agree().finally(() => setAsking(false));
        }}
      >
        {words.say(isWaiting ? "files.waiting" : "consent.agree")}
      </button>
    </section>
  );
}

function GateText({ text }: { text: string }) {
  const { consent, words } = usePage();
  const { trouble } = useStore(consent.state);
  return (
    // A long text scrolls by itself, so that the answers stay in view; without a mouse by the arrow keys.
    <div class="gate-text" role="status" tabIndex={text.length > SHORT ? 0 : undefined}>
      {trouble && (
        <p class="gate-trouble">{words.say(trouble === "changed" ? "consent.changed" : "card.failed")}</p>
      )}
      <p dir="auto">{text}</p>
    </div>
  );
}

/** Beside the first words: the text of a legitimate interest, and whether the visitor wants to be written to. */
export function ConsentNote() {
  const { consent, words } = usePage();
  const state = useStore(consent.state);
  const { texts, choices, moment } = state;
  const isInGate = texts.process?.type === "explicit" && choices.process !== true;
  const isLegitimate = texts.process?.type === "legitimate_interest";
  const isDeclined = moment !== null && choices.cookies === false;
  const asks = texts.communicate !== null && !isInGate;
  if (!isLegitimate && !isDeclined && !asks) return null;
  return (
    <div class="consent-note">
      {isLegitimate && <p dir="auto">{texts.process?.text}</p>}
      {asks && <Communicate />}
      {isDeclined && <p>{words.say("cookies.declined")}</p>}
    </div>
  );
}

/** Never ticked unless the visitor has ticked it. */
function Communicate() {
  const { consent } = usePage();
  const { texts, choices } = useStore(consent.state);
  if (!texts.communicate) return null;
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={choices.communicate === true}
        onChange={(event) => consent.chooseCommunicate(event.currentTarget.checked)}
      />
      <span dir="auto">{texts.communicate.label}</span>
    </label>
  );
}
