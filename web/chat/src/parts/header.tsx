import type { Author } from "@pocketdesk/client/protocol";
import type { HeadingPerson } from "../page/boot.ts";
import { usePage, useStore } from "./context.ts";
import { BackIcon, CloseIcon } from "./icons.tsx";

export function Avatar({ person }: { person: HeadingPerson | Author }) {
  return (
    <span class={`avatar person-${person.color % 8}`} aria-hidden="true">
      {person.initials}
    </span>
  );
}

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
  const { words, config, chat } = usePage();
  const view = useStore(chat.view);
  const shown = useStore(chat.shown);
  const others = view.kind === "live" ? view.state.conversations : [];
  const here = shown.screen === "conversation" ? shown.id : null;
  const unread = others.filter((each) => each.unread > 0 && each.id !== here).length;
  const people = assignee?.kind === "agent" ? [assignee] : config.heading.people.slice(0, 3);
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
      {people.length > 0 && (
        <span class="avatars">
          {people.map((person, place) => (
            <Avatar key={place} person={person} />
          ))}
        </span>
      )}
      <div class="header-words">
        <h1>
          <bdi>{config.heading.name}</bdi>
        </h1>
        <p>
          {assignee?.kind === "agent"
            ? words.say("header.talking_to", { name: assignee.name })
            : words.say("header.line")}
        </p>
      </div>
      <CloseButton />
    </header>
  );
}
