import type { VisitorConversation } from "@pocketdesk/client/protocol";
import { useLayoutEffect, useRef } from "preact/hooks";
import { byActivity } from "../page/chat.ts";
import { Avatar } from "./avatar.tsx";
import { plainText } from "./content.tsx";
import { usePage, useStore } from "./context.ts";
import { CloseButton } from "./header.tsx";
import { PlusIcon } from "./icons.tsx";
import { StatusBar } from "./status-bar.tsx";

/** All conversations of this visitor, and the way to a new one. */
export function Threads() {
  const { words, chat, surroundings } = usePage();
  const view = useStore(chat.view);
  const { hideNewThreadLink } = useStore(surroundings);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const conversations = view.kind === "live" ? byActivity(view.state.conversations) : [];
  return (
    <>
      <header class="header">
        <h1 ref={heading} tabIndex={-1} class="header-words">
          {words.say("threads.title")}
        </h1>
        <CloseButton />
      </header>
      <StatusBar />
      <main class="threads">
        <ul>
          {conversations.map((each) => (
            <li key={each.id}>
              <Thread conversation={each} />
            </li>
          ))}
        </ul>
      </main>
      {!hideNewThreadLink && (
        <footer class="threads-new">
          <button type="button" class="primary" onClick={chat.openNew}>
            <PlusIcon />
            {words.say("threads.new")}
          </button>
        </footer>
      )}
    </>
  );
}

function Thread({ conversation }: { conversation: VisitorConversation }) {
  const { words, about, chat } = usePage();
  const { heading } = useStore(about);
  const last = conversation.messages.filter((each) => "author" in each).at(-1);
  const { assignee } = conversation;
  const first = heading.people[0];
  const face = assignee ?? {
    initials: heading.initials,
    color: first?.color ?? 0,
    image: heading.image ?? first?.image ?? null,
  };
  const at = conversation.messages.at(-1)?.at ?? conversation.created_at;
  const text = last ? plainText(last.content) : "";
  return (
    <button
      type="button"
      class={conversation.unread > 0 ? "thread has-news" : "thread"}
      onClick={() => chat.openConversation(conversation.id)}
    >
      <Avatar person={face} />
      <span class="thread-words">
        <span class="thread-top">
          <span class="thread-name">
            <bdi>{conversation.assignee?.name ?? heading.name}</bdi>
          </span>
          <time dateTime={new Date(at).toISOString()}>{words.when(at, Date.now())}</time>
        </span>
        <span class="thread-top">
          <span class="thread-last">
            <bdi>{last?.author.kind === "visitor" ? words.say("threads.you", { text }) : text}</bdi>
          </span>
          {conversation.unread > 0 && (
            <span class="badge" role="img" aria-label={words.count("threads.unread", conversation.unread)}>
              {words.number(conversation.unread)}
            </span>
          )}
          {conversation.unread === 0 && conversation.status === "closed" && (
            <span class="thread-closed">{words.say("threads.closed")}</span>
          )}
        </span>
      </span>
    </button>
  );
}
