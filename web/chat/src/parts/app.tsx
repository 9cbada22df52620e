import { usePage, useStore } from "./context.ts";
import { Conversation } from "./conversation.tsx";
import { Threads } from "./threads.tsx";

export function App() {
  const { chat } = usePage();
  const shown = useStore(chat.shown);
  if (shown.screen === "threads") return <Threads />;
  return <Conversation key={shown.lane} shown={shown} />;
}
