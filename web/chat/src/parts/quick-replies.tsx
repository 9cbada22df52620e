import type { Message, QuickReply, VisitorEntry } from "@pocketdesk/client/protocol";
import { safeHref } from "./content.tsx";
import { usePage } from "./context.ts";

/** The answers that the last message offers, until something is written. */
export function QuickReplies({ messages }: { messages: readonly VisitorEntry[] }) {
  const { chat, words } = usePage();
  const offered = offeredBy(messages);
  if (offered.length === 0) return null;
  return (
    <ul class="replies" aria-label={words.say("message.quick_replies")}>
      {offered.map((reply, place) => (
        <li key={place}>
          {reply.url && safeHref(reply.url) ? (
            <a
              class="reply"
              dir="auto"
              href={reply.url}
              target="_blank"
              rel="noopener noreferrer"
              onClick={() => chat.choose(reply)}
            >
              {reply.label}
            </a>
          ) : (
            <button
              type="button"
              class="reply"
              dir="auto"
              onClick={(event) => {
                // It goes now, and the focus with it: keys go on from the messages.
                event.currentTarget.closest<HTMLElement>(".log")?.focus({ preventScroll: true });
                chat.choose(reply);
              }}
            >
              {reply.label}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function offeredBy(messages: readonly VisitorEntry[]): readonly QuickReply[] {
  const last = messages.filter((each): each is Message => "author" in each).at(-1);
  const block = last?.content.blocks.at(-1);
  return last && last.author.kind !== "visitor" && block?.type === "quick_replies" ? block.replies : [];
}
