import { useEffect, useState } from "preact/hooks";
import { later, usePage, useStore } from "./context.ts";
import { Conversation } from "./conversation.tsx";
import { CloseButton } from "./header.tsx";
import { StatusBar } from "./status-bar.tsx";
import { Tabs } from "./tabs.tsx";
import { Threads } from "./threads.tsx";

export const HelpTab = later(() => import("./help/help.tsx").then((loaded) => loaded.HelpTab), HelpTitle);

export function App() {
  const { chat, config, places } = usePage();
  const shown = useStore(chat.shown);
  const { tab } = useStore(places.now);
  const visitor = useStore(places.visitor);
  const isHelp = config.help !== null && tab === "help";
  const [wasHelp, setWasHelp] = useState(isHelp);
  useEffect(() => {
    chat.isBehind.set(isHelp);
    if (!isHelp) return;
    setWasHelp(true);
    HelpTab.fetch();
  }, [isHelp, chat]);
  const talk = shown.screen === "threads" ? <Threads /> : <Conversation key={shown.lane} shown={shown} />;
  if (!config.help) return talk;
  return (
    <>
      {/* Both stay where they are, with draft and scroll, while the other is before them. */}
      <div class="panes">
        <div class={isHelp ? "pane is-behind" : "pane"}>{talk}</div>
        {(isHelp || wasHelp) && (
          <div class={isHelp ? "pane" : "pane is-behind"}>
            <HelpTab key={`${visitor} ${config.language}`} />
          </div>
        )}
      </div>
      <Tabs />
    </>
  );
}

/** Until the rest of the tab is there. */
function HelpTitle() {
  const { config } = usePage();
  return (
    <>
      <header class="header">
        <h1 class="header-words">{config.help?.name}</h1>
        <CloseButton />
      </header>
      <StatusBar />
    </>
  );
}
