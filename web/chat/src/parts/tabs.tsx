import type { Tab } from "../page/places.ts";
import { usePage, useStore } from "./context.ts";
import { ChatIcon, HelpIcon } from "./icons.tsx";

const ICONS = { chat: ChatIcon, help: HelpIcon };

/** The way from the chat to the articles and back, at the bottom of the page. */
export function Tabs() {
  const { words, chat, places } = usePage();
  const view = useStore(chat.view);
  const { tab: shown } = useStore(places.now);
  const conversations = view.kind === "live" ? view.state.conversations : [];
  // In the chat itself news show where they are.
  const unread = shown === "chat" ? 0 : conversations.reduce((sum, each) => sum + each.unread, 0);
  return (
    <nav class="tabs">
      {(["chat", "help"] satisfies Tab[]).map((tab) => {
        const Icon = ICONS[tab];
        return (
          <button
            key={tab}
            type="button"
            class="tab"
            aria-current={tab === shown ? "page" : undefined}
            onClick={() => places.show(tab)}
          >
            <span class="tab-icon">
              <Icon />
              {tab === "chat" && unread > 0 && (
                <span class="badge" role="img" aria-label={words.count("threads.unread", unread)}>
                  {words.number(unread)}
                </span>
              )}
            </span>
            {words.say(`tabs.${tab}`)}
          </button>
        );
      })}
      <div class="aside" role="status">
        {unread > 0 && words.count("threads.unread", unread)}
      </div>
    </nav>
  );
}
