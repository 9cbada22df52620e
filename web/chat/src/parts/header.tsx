import type { Author } from "@pocketdesk/client/protocol";
import { useState } from "preact/hooks";
import type { About } from "../page/about.ts";
import type { Words } from "../page/texts.ts";
import { Avatar, Faces } from "./avatar.tsx";
import { later, usePage, useStore } from "./context.ts";
import { BackIcon, CloseIcon, MoreIcon } from "./icons.tsx";

export const Menu = later(() => import("./menu.tsx").then((loaded) => loaded.Menu));

export function CloseButton() {
  const { words, surroundings, config } = usePage();
  const { isClosable, close } = useStore(surroundings);
  if (!isClosable || !config.close_button) return null;
  return (
    <button type="button" class="tool" aria-label={words.say("header.close")} onClick={close}>
      <CloseIcon />
    </button>
  );
}

/** Of a conversation: who is there, one honest line, the way back to the others, the way out. */
export function ConversationHeader({ assignee }: { assignee: Author | null }) {
  const { words, chat, about } = usePage();
  const view = useStore(chat.view);
  const shown = useStore(chat.shown);
  const now = useStore(about);
  const others = view.kind === "live" ? view.state.conversations : [];
  const here = shown.screen === "conversation" ? shown.id : null;
  const unread = others.filter((each) => each.unread > 0 && each.id !== here).length;
  const agent = assignee?.kind === "agent" && !now.heading.alias ? assignee : null;
  return (
    <header class="header">
      {others.length > 0 && (
        <button
          type="button"
          class="tool"
          aria-label={unread ? words.count("header.back_unread", unread) : words.say("header.back")}
          onClick={chat.openThreads}
        >
          <BackIcon />
          {unread > 0 && <span class="badge">{words.number(unread)}</span>}
        </button>
      )}
      {agent ? <Avatar person={agent} /> : <Faces heading={now.heading} />}
      <div class="header-words">
        <h1 dir="auto">{now.heading.name}</h1>
        <p>{agent ? words.say("header.talking_to", { name: agent.name }) : honestLine(now, words)}</p>
      </div>
      {here !== null && <MenuButton conversationId={here} />}
      <CloseButton />
    </header>
  );
}

/** What can be expected: an answer, in what time, or nobody until when. */
export function honestLine({ availability }: Pick<About, "availability">, words: Words): string {
  const { state, returns_at, reply_time } = availability;
  if (state !== "open")
    return returns_at === null ? words.say("away.line") : words.returns(returns_at, Date.now());
  return reply_time === "none" ? words.say("header.line") : words.say(`reply_time.${reply_time}`);
}

function MenuButton({ conversationId }: { conversationId: number }) {
  const { words, about, transcripts, consent, answers } = usePage();
  const [isOpen, setOpen] = useState(false);
  const { canMail } = useStore(about);
  const { choices, moment } = useStore(consent.state);
  const pushes = useStore(answers);
  const canDo = {
    download: transcripts.download !== null,
    mail: canMail,
    cookies: moment !== null && choices.cookies !== null,
  };
  if (!pushes && !Object.values(canDo).some(Boolean)) return null;
  return (
    <div class="menu-place">
      <button
        type="button"
        class="tool"
        aria-label={words.say("menu.label")}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <MoreIcon />
      </button>
      {isOpen && <Menu conversationId={conversationId} canDo={canDo} close={() => setOpen(false)} />}
    </div>
  );
}
