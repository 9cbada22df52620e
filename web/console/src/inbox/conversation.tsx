import { Badge, Button, Drawer, Loader, Tooltip } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import type { Author, ConversationState, Entry, TimelineEntry, TypingFrame } from "@pocketdesk/client";
import { withOlderTimeline } from "@pocketdesk/client";
import {
  IconArrowLeft,
  IconCheck,
  IconChevronDown,
  IconLock,
  IconMoodEmpty,
  IconRotate2,
} from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { call } from "../api/call.ts";
import { useAccount } from "../app/account.tsx";
import { useKeys } from "../app/keys.ts";
import { Bones, Empty } from "../app/screens.tsx";
import { dateTime, dayName, timeOfDay } from "../app/time.ts";
import { complain, offerUndo } from "../app/undo.tsx";
import { commandsOf, useConversation, useLive, useUnconfirmed } from "../live/live.tsx";
import { AssignMenu } from "./assign.tsx";
import { Composer } from "./composer.tsx";
import { Content } from "./content.tsx";
import { Context } from "./context.tsx";
import { useDraft } from "./drafts.ts";
import { More } from "./more.tsx";
import { NoticeWords } from "./notices.tsx";
import { Face, visitorName } from "./row.tsx";
import { t } from "./texts.ts";
import {
  articleCount,
  fileCount,
  type Group,
  type Line,
  linesOf,
  missing,
  type Receipt,
  receiptOf,
  typedWords,
} from "./timeline.ts";

const route = getRouteApi("/a/$accountId/inbox/$conversationId");

export function ConversationScreen() {
  const id = Number(route.useParams().conversationId);
  const view = useConversation(id);
  if (view.kind === "refused") {
    return (
      <section className="conversation conversation-none">
        <Empty icon={<IconMoodEmpty />} title={t("gone.title")}>
          {t("gone.why")}
        </Empty>
      </section>
    );
  }
  if (view.kind === "loading") {
    return (
      <section className="conversation" aria-busy>
        <Bones />
      </section>
    );
  }
  return <Open key={id} state={view.state} />;
}

export function personName({ conversation }: ConversationState): string {
  const { contact, visitor_name, visitor_id } = conversation;
  return contact?.name || contact?.email || visitor_name || visitorName(visitor_id);
}

function Open({ state }: { state: ConversationState }) {
  const { conversation } = state;
  const account = useAccount();
  const live = useLive();
  const filters = route.useSearch();
  const field = useRef<HTMLTextAreaElement>(null);
  const assignOpener = useRef<() => void>(() => undefined);
  const hasRoom = useMediaQuery("(min-width: 80em)", true, { getInitialValueInEffect: false });
  const [isAside, aside] = useDisclosure(false);
  const [, change] = useDraft(conversation.id);
  const commands = useMemo(() => commandsOf(live, conversation.id), [live, conversation.id]);
  const name = personName(state);
  const isClosed = conversation.status === "closed";
  const scrollToEnd = useRef<() => void>(() => undefined);

  const toggle = () => {
    if (isClosed) commands.reopen().catch(complain);
    else commands.close().then(() => offerUndo(t("closed"), commands.reopen), complain);
  };
  const write = (kind: "reply" | "comment") => {
    // At once, or the first letter of a fast typist is lost.
    flushSync(() => change({ kind }));
    field.current?.focus();
  };
  useKeys({
    r: () => write("reply"),
    c: () => write("comment"),
    e: toggle,
    a: () => assignOpener.current(),
  });

  const assigneeName = conversation.assignee.name ?? t("assign.nobody");
  const context = <Context state={state} commands={commands} />;
  return (
    <>
      <section className="conversation" aria-label={t("timeline", { name })}>
        <header className="conversation-head">
          <Link
            className="conversation-back"
            to="/a/$accountId/inbox"
            params={{ accountId: String(account.id) }}
            search={filters}
            aria-label={t("back")}
          >
            <IconArrowLeft size={20} aria-hidden />
          </Link>
          <h2 className="conversation-name">{name}</h2>
          {isClosed && (
            <Badge variant="light" color="gray">
              {t("status.closed")}
            </Badge>
          )}
          <span className="conversation-actions">
            <AssignMenu
              inboxIds={[conversation.inbox.id]}
              current={conversation.assignee}
              onAssign={({ assignee }) => void commands.assign(assignee).catch(complain)}
              opener={(open) => {
                assignOpener.current = open;
              }}
            >
              <Button
                variant="default"
                size="compact-md"
                className="assign-button"
                rightSection={<IconChevronDown size={14} aria-hidden />}
                aria-label={t("assign.label", { name: assigneeName })}
              >
                {assigneeName}
              </Button>
            </AssignMenu>
            <Tooltip label={t(isClosed ? "reopen.key" : "close.key")}>
              <Button
                variant="default"
                size="compact-md"
                leftSection={
                  isClosed ? <IconRotate2 size={16} aria-hidden /> : <IconCheck size={16} aria-hidden />
                }
                className="close-button"
                aria-label={t(isClosed ? "reopen" : "close")}
                onClick={toggle}
              >
                {t(isClosed ? "reopen" : "close")}
              </Button>
            </Tooltip>
            <More
              state={state}
              onMove={(to) => commands.move(to)}
              onPerson={hasRoom ? undefined : aside.open}
            />
          </span>
        </header>
        <Timeline
          state={state}
          name={name}
          onRead={commands.read}
          register={(scroll) => {
            scrollToEnd.current = scroll;
          }}
        />
        <Composer
          conversationId={conversation.id}
          name={name}
          isClosed={isClosed}
          isSilent={!conversation.channel.takes_answers}
          field={field}
          onSent={() => scrollToEnd.current()}
        />
      </section>
      {hasRoom ? (
        <aside className="context" aria-label={t("context.show")}>
          {context}
        </aside>
      ) : (
        <Drawer opened={isAside} onClose={aside.close} position="right" title={t("context.show")} size="sm">
          {context}
        </Drawer>
      )}
    </>
  );
}

interface TimelineProps {
  state: ConversationState;
  name: string;
  onRead: (seq: number) => void;
  register: (scrollToEnd: () => void) => void;
}

/** Near enough to the end that what comes should be followed. */
const AT_END_PX = 48;
const NEAR_TOP_PX = 240;

function Timeline({ state, name, onRead, register }: TimelineProps) {
  const { conversation, timeline, cursors } = state;
  const account = useAccount();
  const live = useLive();
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [isLoading, load] = useState(false);
  const [seenSeq, setSeenSeq] = useState(conversation.seq);
  // How far one had read on opening: the line stays where it was while one reads.
  const [readSeq] = useState(cursors.my_read_seq);
  const unconfirmed = useUnconfirmed(conversation.id);
  const pending = missing(unconfirmed, timeline);
  const typing = useTyping(conversation.id, conversation.seq);
  const lines = useMemo(() => linesOf(timeline, readSeq), [timeline, readSeq]);
  const receipt = receiptOf(timeline, cursors);
  const { contact, visitor_id } = conversation;
  const face = {
    name: contact ? contact.name : conversation.visitor_name,
    color: (contact?.id ?? visitor_id) % 8,
  };

  // What the timeline shows no longer needs its copy in the outbox.
  useEffect(() => {
    const shown = new Set(timeline.map((entry) => entry.client_message_id));
    live.client.outbox.forget(
      ({ command }) => "client_message_id" in command && shown.has(command.client_message_id),
    );
  }, [live, timeline]);

  const toEnd = useCallback(() => {
    isAtEnd.current = true;
    requestAnimationFrame(() => {
      const box = scroller.current;
      if (box) box.scrollTop = box.scrollHeight;
    });
  }, []);
  useEffect(() => register(toEnd), [register, toEnd]);

  // Older entries are put in above what is read, new ones below: what is on screen stays where it is.
  const firstSeq = timeline[0]?.seq;
  const before = useRef({ height: 0, firstSeq });
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    if (before.current.firstSeq !== firstSeq) box.scrollTop += box.scrollHeight - before.current.height;
    else if (isAtEnd.current) box.scrollTop = box.scrollHeight;
    before.current = { height: box.scrollHeight, firstSeq };
  });
  // The composer grows and keyboards open: who was at the end stays there.
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const watch = new ResizeObserver(() => {
      if (isAtEnd.current) box.scrollTop = box.scrollHeight;
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, []);

  const seq = conversation.seq;
  const read = useCallback(() => {
    if (document.visibilityState !== "visible" || !document.hasFocus() || !isAtEnd.current) return;
    setSeenSeq(seq);
    if (seq > cursors.my_read_seq) onRead(seq);
  }, [seq, cursors.my_read_seq, onRead]);
  useEffect(() => {
    read();
    window.addEventListener("focus", read);
    document.addEventListener("visibilitychange", read);
    return () => {
      window.removeEventListener("focus", read);
      document.removeEventListener("visibilitychange", read);
    };
  }, [read]);

  const loadOlder = async () => {
    if (isLoading || !state.has_more || firstSeq === undefined) return;
    load(true);
    try {
      const page = await call<{ items: TimelineEntry[]; has_more: boolean }>(
        "GET",
        `/accounts/${account.id}/conversations/${conversation.id}/timeline`,
        { query: { before: firstSeq, limit: 50 } },
      );
      live
        .peek<ConversationState>(`conversation:${conversation.id}`)
        ?.change((now) => withOlderTimeline(now, page.items, page.has_more));
    } catch (failure) {
      complain(failure);
    } finally {
      load(false);
    }
  };

  const below = isAtEnd.current
    ? 0
    : timeline.filter((entry) => entry.seq > seenSeq && entry.kind !== "notice").length;
  return (
    <div className="timeline-room">
      <div
        className="timeline"
        ref={scroller}
        role="log"
        aria-label={t("timeline", { name })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        onScroll={(event) => {
          const box = event.currentTarget;
          const was = isAtEnd.current;
          isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < AT_END_PX;
          if (isAtEnd.current && !was) read();
          if (box.scrollTop < NEAR_TOP_PX) void loadOlder();
        }}
      >
        {state.has_more && (
          <div className="timeline-older">
            {isLoading ? (
              <Loader size={18} />
            ) : (
              <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void loadOlder()}>
                {t("older")}
              </Button>
            )}
          </div>
        )}
        {lines.map((line) => (
          <LineView
            key={line.key}
            line={line}
            name={name}
            face={face}
            receipt={receipt}
            conversationId={conversation.id}
          />
        ))}
        {pending.map((entry) => (
          <Pending key={entry.command.command_id} entry={entry} />
        ))}
        {typing && (
          <div className="typing" role="status">
            <span className="typing-dots" aria-hidden>
              <i />
              <i />
              <i />
            </span>
            {t("typing", { name: typing.author.kind === "visitor" ? name : typing.author.name })}
          </div>
        )}
      </div>
      {below > 0 && (
        <button type="button" className="fresh fresh-below" onClick={toEnd}>
          {t("new.below", { count: below })}
        </button>
      )}
    </div>
  );
}

/** Who is typing; gone when they stop, or when what they typed arrives. */
function useTyping(conversationId: number, seq: number): TypingFrame | null {
  const { connection } = useLive().client;
  const [frame, setFrame] = useState<TypingFrame | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = connection.onTyping((next) => {
      if (next.conversation_id !== conversationId) return;
      setFrame(next);
      clearTimeout(timer);
      timer = setTimeout(() => setFrame(null), next.for_ms);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [connection, conversationId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new entry ends the typing.
  useEffect(() => setFrame(null), [seq]);
  return frame;
}

interface LineProps {
  line: Line;
  name: string;
  /** How the visitor is shown, here as in the list. */
  face: { name: string | null; color: number };
  receipt: { seq: number; receipt: Receipt } | null;
  conversationId: number;
}

function LineView({ line, name, ...shown }: LineProps) {
  switch (line.kind) {
    case "day":
      return <div className="day">{dayName(line.at, Date.now())}</div>;
    case "unread":
      return (
        <div className="unread-line">
          <span>{t("new")}</span>
        </div>
      );
    case "notice":
      return (
        <div className="notice" title={dateTime(line.entry.at)}>
          <NoticeWords entry={line.entry} name={name} />{" "}
          <time className="number">{timeOfDay(line.entry.at)}</time>
        </div>
      );
    case "group":
      return <GroupView group={line} name={name} {...shown} />;
    default:
      return null;
  }
}

function authorName(author: Author, name: string): string {
  if (author.kind === "visitor") return name;
  return author.kind === "system" ? t("system") : author.name;
}

function GroupView({
  group,
  name,
  face,
  receipt,
  conversationId,
}: { group: Group } & Omit<LineProps, "line">) {
  const { author, isComment, entries } = group;
  const own = receipt && entries.at(-1)?.seq === receipt.seq ? receipt.receipt : null;
  return (
    <article
      className="group"
      data-side={author.kind === "visitor" ? "them" : "us"}
      data-comment={isComment || undefined}
    >
      <Face {...(author.kind === "visitor" ? face : author)} size={28} />
      <div className="group-body">
        <header className="group-head">
          <strong>{authorName(author, name)}</strong>
          {isComment && (
            <span className="comment-label">
              <IconLock size={12} stroke={2} aria-hidden /> {t("comment.label")}
            </span>
          )}
          <time className="muted number" dateTime={new Date(group.entries[0]?.at ?? 0).toISOString()}>
            {timeOfDay(group.entries[0]?.at ?? 0)}
          </time>
        </header>
        {entries.map((entry) => (
          <div key={entry.seq} className="bubble" title={dateTime(entry.at)}>
            {entry.content && <Content content={entry.content} conversationId={conversationId} />}
          </div>
        ))}
        {own && !isComment && (
          <span className="receipt muted" role="status">
            {t(own)}
          </span>
        )}
      </div>
    </article>
  );
}

/** Words that the server has not confirmed yet, where they will stand. */
function Pending({ entry }: { entry: Entry }) {
  const { outbox } = useLive().client;
  const { command, state, failure } = entry;
  const account = useAccount();
  const isComment = command.type === "post_comment";
  return (
    <article className="group" data-side="us" data-comment={isComment || undefined} data-pending={state}>
      <Face name={account.user.name} color={0} size={28} />
      <div className="group-body">
        <div className="bubble">
          <div className="words" dir="auto">
            {typedWords(entry) && <p className="typed">{typedWords(entry)}</p>}
            {articleCount(entry) > 0 && (
              <p className="muted small">{t("articles.sending", { count: articleCount(entry) })}</p>
            )}
            {fileCount(entry) > 0 && (
              <p className="muted small">{t("files.sending", { count: fileCount(entry) })}</p>
            )}
          </div>
        </div>
        {state === "failed" && failure ? (
          <span className="receipt failed" role="alert">
            {t("failed", { why: Object.values(failure.fields)[0] ?? failure.message })}{" "}
            <button type="button" className="link" onClick={() => outbox.retry(command.command_id)}>
              {t("retry")}
            </button>{" "}
            <button type="button" className="link" onClick={() => outbox.discard(command.command_id)}>
              {t("discard")}
            </button>
          </span>
        ) : (
          <span className="receipt muted">
            {isComment && (
              <>
                <IconLock size={12} stroke={2} aria-hidden />{" "}
              </>
            )}
            {t(state === "sent" ? "sent" : "sending")}
          </span>
        )}
      </div>
    </article>
  );
}
