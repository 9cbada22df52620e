import { useIsPast, usePage, useStore } from "./context.ts";

/** Short interruptions are none of the reader's business. */
const QUIET_MS = 2_000;

/** One line below the header while something is not as usual: offline, connecting again, limited, out of date. */
export function StatusBar() {
  const { words, chat, limitedUntil } = usePage();
  const state = useStore(chat.client.connection.state);
  const entries = useStore(chat.client.outbox.entries);
  const until = useStore(limitedUntil);
  const isLong = useIsPast(state.since + QUIET_MS);
  const isLimitOver = useIsPast(until);
  let text: string | null = null;
  const isLimited = until !== null && !isLimitOver;
  if (isLimited) text = words.say("state.limit", { time: words.time(until) });
  else if (state.kind === "refused")
    text = words.say(state.why === "outdated" ? "state.outdated" : "state.refused");
  else if (state.kind === "offline") {
    const isWaiting = entries.some((each) => each.state === "sending" && "client_message_id" in each.command);
    text = words.say(isWaiting ? "state.offline_pending" : "state.offline");
  } else if (state.kind !== "open" && isLong) text = words.say("state.reconnecting");
  const isCalm = state.kind === "connecting" || state.kind === "retrying";
  return (
    <div
      role="status"
      class={isCalm && !isLimited ? "status-bar is-calm" : "status-bar"}
      hidden={text === null}
    >
      {text}
    </div>
  );
}
