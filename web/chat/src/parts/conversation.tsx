import type { Failure } from "@pocketdesk/client/outbox";
import type { Author, Message, VisitorConversation, VisitorNotice } from "@pocketdesk/client/protocol";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type PendingMessage, pendingOf, type Shown } from "../page/chat.ts";
import { ArticleCard } from "./article-card.tsx";
import { AuthorAvatar } from "./avatar.tsx";
import { Capture } from "./capture.tsx";
import { Composer } from "./composer.tsx";
import { Content, plainText } from "./content.tsx";
import { later, useIsPast, usePage, useStore } from "./context.ts";
import { FileView, PendingFile } from "./files.tsx";
import { ConsentNote, GateCard } from "./gate.tsx";
import { ConversationHeader } from "./header.tsx";
import { AlertIcon, DownIcon } from "./icons.tsx";
import { arrange, type Bubble, type Part } from "./messages.ts";
import { QuickReplies } from "./quick-replies.tsx";
import { StatusBar } from "./status-bar.tsx";

export const Survey = later(() => import("./survey.tsx").then((loaded) => loaded.Survey));

const TellMe = later(() => import("./tell-me.tsx").then((loaded) => loaded.TellMe));

/** Blocks that do not stand in a bubble with the words. */
const APART: ReadonlySet<string> = new Set(["file", "article", "quick_replies"]);

/** This close to the end counts as being there, in pixels. */
const NEAR = 48;
/** Who waits for an answer so long may want to be told of it. */
const PATIENCE_MS = 5_000;

export function Conversation({ shown }: { shown: Extract<Shown, { screen: "conversation" }> }) {
  const { chat, words, about } = usePage();
  const { heading, welcome: greeting, availability } = useStore(about);
  const view = useStore(chat.view);
  const entries = useStore(chat.client.outbox.entries);
  const typing = useStore(chat.typing);
  const older = useStore(chat.olderState);

  const conversation =
    view.kind === "live" ? view.state.conversations.find((each) => each.id === shown.id) : undefined;
  const messages = conversation?.messages ?? [];
  const pending = pendingOf(entries, shown, messages);
  const typist = shown.id === null ? undefined : typing.get(shown.id);
  // The welcome comes from nobody in particular. The server stores it once the visitor writes; until then it is ours
  // to show.
  const welcome = conversation ? null : greeting;
  const welcomer: Author = {
    kind: "agent",
    id: 0,
    name: heading.name,
    initials: heading.initials,
    color: heading.people[0]?.color ?? 0,
  };
  const parts = arrange(messages, pending, welcomer, Date.now());
  const last = pending.at(-1)?.clientMessageId ?? messages.at(-1)?.seq ?? 0;

  const scroll = useScroll(last, messages[0]?.seq, typist !== undefined);
  const missed = messages.filter(
    (each) => "author" in each && each.author.kind === "agent" && each.seq > scroll.seenSeq,
  ).length;

  return (
    <>
      <ConversationHeader assignee={conversation?.assignee ?? null} />
      <StatusBar />
      <main class="conversation">
        <div class="talk">
          <div
            ref={scroll.box}
            class="log"
            role="log"
            aria-live="off"
            aria-label={words.say("messages.label")}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: without a mouse it scrolls by the arrow keys
            tabIndex={0}
            onScroll={scroll.onScroll}
          >
            <div class="log-space" />
            {conversation?.has_more && (
              <button type="button" class="quiet" disabled={older === "loading"} onClick={chat.fetchOlder}>
                {words.say(older === "failed" ? "messages.older_failed" : "messages.older")}
              </button>
            )}
            {welcome && welcome.blocks.length > 0 && (
              <div class="group from-them">
                <AuthorAvatar author={welcomer} />
                <div class="bubbles">
                  <span class="name" dir="auto">
                    {welcomer.name}
                  </span>
                  <div class="bubble">
                    <Content content={welcome} />
                  </div>
                </div>
              </div>
            )}
            {!conversation?.has_more && <ConsentNote />}
            {parts.map((part, place) => (
              <PartView
                key={part.key}
                part={part}
                isLast={place === parts.length - 1}
                conversation={conversation}
              />
            ))}
            {pending.length === 0 && <QuickReplies messages={messages} />}
            {availability.state !== "open" && availability.text && conversation?.status !== "closed" && (
              <p class="away" dir="auto">
                {availability.text}
              </p>
            )}
            {conversation && <Waiting conversation={conversation} />}
            {typist && (
              <div class="group from-them" aria-hidden="true">
                <AuthorAvatar author={typist} />
                <div class="bubbles">
                  <div class="bubble dots">
                    <i />
                    <i />
                    <i />
                  </div>
                </div>
              </div>
            )}
          </div>
          {missed > 0 && !scroll.isAtEnd && (
            <button type="button" class="pill" onClick={scroll.toEnd}>
              {words.count("messages.new", missed)}
              <DownIcon />
            </button>
          )}
          <Announcer conversation={conversation} typist={typist} failed={pending.some(hasFailed)} />
        </div>
        <GateCard />
        <Composer key={shown.lane} lane={shown.lane} onWrite={scroll.toEnd} />
      </main>
    </>
  );
}

/** While the visitor's words wait for an answer: the offer to tell of it. */
function Waiting({ conversation: { messages, status } }: { conversation: VisitorConversation }) {
  const { answers } = usePage();
  const found = useStore(answers);
  const last = messages.filter((each): each is Message => "author" in each).at(-1);
  const waits = last?.author.kind === "visitor" && status === "open";
  const isPast = useIsPast(waits ? last.at + PATIENCE_MS : null);
  return found && isPast ? <TellMe answers={found} /> : null;
}

function hasFailed(message: PendingMessage): boolean {
  return message.entry.state === "failed";
}

function PartView({
  part,
  isLast,
  conversation,
}: {
  part: Part;
  isLast: boolean;
  conversation: VisitorConversation | undefined;
}) {
  const { words } = usePage();
  if (part.kind === "day")
    return (
      <div class="day">
        <time dateTime={new Date(part.at).toISOString().slice(0, 10)}>{words.day(part.at, Date.now())}</time>
      </div>
    );
  if (part.kind === "notice") return <Notice entry={part.notice} conversation={conversation} />;
  const { author, bubbles } = part;
  const name = author ? author.name : words.say("message.you");
  return (
    <div class={author ? "group from-them" : "group from-me"}>
      {author && <AuthorAvatar author={author} />}
      <div class="bubbles">
        {author && (
          <span class="name" dir="auto">
            {author.name}
          </span>
        )}
        {bubbles.map((bubble) => (
          <BubbleView
            key={bubble.key}
            bubble={bubble}
            name={author ? null : name}
            conversationId={conversation?.id ?? 0}
          />
        ))}
        <Foot part={part} isLast={isLast} conversation={conversation} />
      </div>
    </div>
  );
}

/** What happened, or a question that waits for an answer. */
function Notice({
  entry: { notice },
  conversation,
}: {
  entry: VisitorNotice;
  conversation: VisitorConversation | undefined;
}) {
  const { words, about } = usePage();
  const { isEmailKnown } = useStore(about);
  const conversationId = conversation?.id ?? 0;
  switch (notice.kind) {
    case "email_asked":
      return isEmailKnown ? null : <Capture conversationId={conversationId} text={notice.text} />;
    case "email_given":
      return <div class="notice">{words.say("notice.email_given", { email: notice.email })}</div>;
    case "wait_over":
      return (
        <div class="notice" dir="auto">
          {notice.text}
        </div>
      );
    case "survey_asked":
      return <Survey conversationId={conversationId} survey={notice.survey} />;
    case "survey_answered":
      return (
        <div class="notice" dir="auto">
          {notice.thank_you}
        </div>
      );
    case "closed":
    case "reopened":
      return <div class="notice">{words.say(`notice.${notice.kind}`)}</div>;
    default:
      // Of the preview, which has a notice of its own.
      return <div class="notice">{words.say("preview.notice")}</div>;
  }
}

function BubbleView({
  bubble,
  name,
  conversationId,
}: {
  bubble: Bubble;
  name: string | null;
  conversationId: number;
}) {
  const { chat } = usePage();
  const { content, pending } = bubble;
  const failure = pending?.entry.failure ?? null;
  const blocks = "text" in content ? [] : content.blocks;
  const words = blocks.filter((each) => !APART.has(each.type));
  const files = blocks.filter((each) => each.type === "file" && "size" in each);
  const articles = blocks.filter((each) => each.type === "article" && "title" in each);
  const uploads = pending ? chat.uploadsOf(content) : [];
  const hasWords = "text" in content || words.length > 0;
  return (
    <>
      {hasWords && (
        <div class={failure ? "bubble has-failed" : pending ? "bubble is-pending" : "bubble"}>
          {name && <span class="aside">{name}: </span>}
          {"text" in content ? <p dir="auto">{content.text}</p> : <Content content={{ blocks: words }} />}
        </div>
      )}
      {uploads.map((each) => (
        <PendingFile key={each.key} upload={each} />
      ))}
      {files.map((each) => (
        <FileView key={each.file_id} file={each} conversationId={conversationId} />
      ))}
      {articles.map((each) => (
        <ArticleCard key={each.article_id} article={each} />
      ))}
      {failure && pending && <Failed failure={failure} commandId={pending.commandId} />}
    </>
  );
}

/** Why a message did not go out, and where that helps, another try. */
function Failed({ failure, commandId }: { failure: Failure; commandId: string }) {
  const { chat, words, consent } = usePage();
  const needsConsent = failure.code === "consent_required";
  useEffect(() => {
    if (needsConsent) consent.askAgain();
  }, [needsConsent, consent]);
  if (!failure.retryable && !needsConsent)
    return (
      <p class="failed">
        <AlertIcon />
        {words.say(refusalKey(failure))}
      </p>
    );
  return (
    <button type="button" class="failed" onClick={() => chat.client.outbox.retry(commandId)}>
      <AlertIcon />
      {failure.retryAt
        ? words.say("message.limit", { time: words.time(failure.retryAt) })
        : words.say(needsConsent ? "message.needs_consent" : "message.failed")}
    </button>
  );
}

function refusalKey({ status, fields }: Failure): "message.too_long" | "message.refused" {
  return status === 413 || "content.text" in fields ? "message.too_long" : "message.refused";
}

/** Under a group: when, and for the newest of one's own, how far it has come. */
function Foot({
  part,
  isLast,
  conversation,
}: {
  part: Extract<Part, { kind: "group" }>;
  isLast: boolean;
  conversation: VisitorConversation | undefined;
}) {
  const { words } = usePage();
  const last = part.bubbles.at(-1);
  if (!last || last.pending?.entry.failure) return null;
  const isMine = part.author === null;
  const state = isMine && isNewestOfMine(part, conversation, isLast) ? ownState(last, conversation) : null;
  return (
    <span class="foot">
      <time dateTime={new Date(last.at).toISOString()}>{words.time(last.at)}</time>
      {state && <span class="own-state"> · {words.say(`message.${state}`)}</span>}
    </span>
  );
}

function isNewestOfMine(
  part: Extract<Part, { kind: "group" }>,
  conversation: VisitorConversation | undefined,
  isLast: boolean,
): boolean {
  if (isLast || part.bubbles.some((each) => each.pending)) return true;
  const newest = conversation?.messages.filter(isOwn).at(-1);
  return part.bubbles.some((each) => each.key === newest?.client_message_id);
}

function ownState(
  bubble: Bubble,
  conversation: VisitorConversation | undefined,
): "sending" | "sent" | "read" {
  if (bubble.pending) return bubble.pending.entry.state === "sent" ? "sent" : "sending";
  const message = conversation?.messages.find((each) => isOwn(each) && each.client_message_id === bubble.key);
  return message && conversation && conversation.their_read_seq >= message.seq ? "read" : "sent";
}

function isOwn(entry: VisitorConversation["messages"][number]): entry is Message {
  return "author" in entry && entry.author.kind === "visitor";
}

/** Reads out what comes in, once: the words of others, that somebody types, that something was not sent. */
function Announcer({
  conversation,
  typist,
  failed,
}: {
  conversation: VisitorConversation | undefined;
  typist: Author | undefined;
  failed: boolean;
}) {
  const { words } = usePage();
  const last = conversation?.messages.at(-1);
  const start = useRef<number | null>(null);
  if (conversation && start.current === null) start.current = conversation.seq;
  const isNew = last && start.current !== null && last.seq > start.current;
  let text = "";
  if (failed) text = words.say("message.failed");
  else if (typist) text = words.say("typing", { name: typist.name });
  else if (isNew && "author" in last && last.author.kind !== "visitor")
    text = `${last.author.name}: ${plainText(last.content)}`;
  else if (isNew && "notice" in last) text = spoken(last.notice);
  return (
    <div class="aside" role="status" aria-live="polite">
      {text}
    </div>
  );
}

/** What is read out of a notice: the words that somebody chose for it. */
function spoken(notice: VisitorNotice["notice"]): string {
  if (notice.kind === "survey_asked") return notice.survey.question;
  if (notice.kind === "survey_answered") return notice.thank_you;
  return "text" in notice ? notice.text : "";
}

/** Keeps the end in view while the reader is there, and everything else where it is. */
function useScroll(last: string | number, firstSeq: number | undefined, isTyping: boolean) {
  const { chat } = usePage();
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const memory = useRef({ atEnd: true, height: 0, firstSeq, seenSeq: 0 });

  const toEnd = () => {
    const element = box.current;
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    arrive(true);
  };
  const arrive = (atEnd: boolean) => {
    memory.current.atEnd = atEnd;
    chat.isAtEnd = atEnd;
    if (atEnd) chat.markRead();
    setAtEnd(atEnd);
  };

  // Older messages push down what is being read: move with it. (Browsers that anchor by themselves change nothing.)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs when what is shown has changed
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || firstSeq === undefined) return;
    const before = memory.current;
    if (before.firstSeq !== undefined && firstSeq !== undefined && firstSeq < before.firstSeq) {
      const grown = element.scrollHeight - before.height;
      if (element.scrollTop < grown) element.scrollTop += grown;
    } else if (before.atEnd) toEnd();
    before.height = element.scrollHeight;
    before.firstSeq = firstSeq;
  }, [last, firstSeq, isTyping]);

  // A keyboard, a longer draft or a turned phone changes the height of the window, not what one was looking at.
  useEffect(() => {
    const element = box.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      if (memory.current.atEnd) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    // So does what grows in it: a card whose next question appears, a part that has just been fetched.
    const growth = new MutationObserver(() => {
      if (memory.current.atEnd) element.scrollTop = element.scrollHeight;
    });
    growth.observe(element, { childList: true, subtree: true });
    return () => {
      observer.disconnect();
      growth.disconnect();
    };
  }, []);

  if (memory.current.atEnd && typeof last === "number") memory.current.seenSeq = last;

  return {
    box,
    isAtEnd,
    seenSeq: memory.current.seenSeq,
    toEnd,
    onScroll: () => {
      const element = box.current;
      if (!element) return;
      const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR;
      if (atEnd !== memory.current.atEnd) arrive(atEnd);
      if (element.scrollTop < 200) void chat.fetchOlder();
    },
  };
}
