import {
  Client,
  type ConnectionState,
  type Draft,
  type Entry,
  type Stream,
  type StreamView,
  uuid,
} from "@pocketdesk/client";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import { call, Refused } from "../api/call.ts";
import { sessionQuery } from "../api/queries.ts";
import type { Session } from "../api/types.ts";

/** How long a stream that nobody shows stays open, so that going back and forth does not fetch it anew. */
const LINGER_MS = 5_000;
/** Shorter interruptions are not worth a word. */
const LOST_AFTER_MS = 2_000;

interface Held {
  stream: Stream<unknown>;
  holders: number;
  timer: ReturnType<typeof setTimeout> | null;
}

/** The console's connection in one account; screens share its streams. */
export class Live {
  readonly client: Client;
  readonly #held = new Map<string, Held>();

  constructor(client: Client) {
    this.client = client;
  }

  hold<State>(key: string, open: (client: Client) => Stream<State>): Stream<State> {
    const held = this.#held.get(key) ?? {
      stream: open(this.client) as Stream<unknown>,
      holders: 0,
      timer: null,
    };
    this.#held.set(key, held);
    if (held.timer !== null) clearTimeout(held.timer);
    held.timer = null;
    held.holders += 1;
    return held.stream as Stream<State>;
  }

  release(key: string): void {
    const held = this.#held.get(key);
    if (!held) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    held.timer = setTimeout(() => {
      this.#held.delete(key);
      held.stream.close();
    }, LINGER_MS);
  }

  peek<State>(key: string): Stream<State> | null {
    return (this.#held.get(key)?.stream as Stream<State> | undefined) ?? null;
  }
}

const LiveContext = createContext<Live | null>(null);

export function useLive(): Live {
  const live = use(LiveContext);
  if (!live) throw new Error("outside of an account");
  return live;
}

/** Opens the connection for an account while it is shown. */
export function LiveProvider({ accountId, children }: { accountId: number; children: ReactNode }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [live] = useState(() => {
    const scheme = window.location.protocol === "https:" ? "wss:" : "ws:";
    return new Live(
      new Client({
        socketUrl: `${scheme}//${window.location.host}/socket`,
        api: "/api/v1",
        credential: async (renew) => {
          if (renew) {
            const isOut = await call<Session>("GET", "/session").then(
              () => false,
              (failure: unknown) => failure instanceof Refused && failure.status === 401,
            );
            if (isOut) return null;
          }
          return { hello: { account_id: accountId }, headers: { "x-account": String(accountId) } };
        },
      }),
    );
  });
  useEffect(() => {
    live.client.connection.start();
    const stop = live.client.connection.state.subscribe(() => {
      const state = live.client.connection.state.get();
      if (state.kind !== "refused" || state.why !== "unauthenticated") return;
      queries.removeQueries({ queryKey: sessionQuery.queryKey });
      const next = window.location.pathname + window.location.search;
      void navigate({ to: "/sign-in", search: { next } });
    });
    return () => {
      stop();
      live.client.connection.stop();
    };
  }, [live, queries, navigate]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

const LOADING: StreamView<never> = { kind: "loading" };

/** Follows a stream while the component is shown; null follows nothing. */
export function useStream<State>(
  key: string | null,
  open: (client: Client) => Stream<State>,
): StreamView<State> {
  const live = useLive();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that `open` depends on.
  const subscribe = useCallback(
    (changed: () => void) => {
      if (key === null) return () => undefined;
      const stop = live.hold(key, open).view.subscribe(changed);
      changed();
      return () => {
        stop();
        live.release(key);
      };
    },
    [live, key],
  );
  return useSyncExternalStore(subscribe, () =>
    key === null ? LOADING : (live.peek<State>(key)?.view.get() ?? LOADING),
  );
}

export const useList = (view: string | null) =>
  useStream(view && `list:${view}`, (client) => client.list(view ?? ""));
export const useCounts = () => useStream("counts", (client) => client.counts());
export const useConversation = (id: number) =>
  useStream(`conversation:${id}`, (client) => client.conversation(id));

/** `lost` once the server has been out of reach for longer than a blink. */
export function useConnectionState(): "fine" | "lost" {
  const { state } = useLive().client.connection;
  const now = useSyncExternalStore(state.subscribe, state.get);
  const [isLost, setLost] = useState(false);
  const isDown = down(now);
  useEffect(() => {
    if (!isDown) return setLost(false);
    const timer = setTimeout(() => setLost(true), LOST_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isDown]);
  return isDown && isLost ? "lost" : "fine";
}

const down = (state: ConnectionState): boolean => state.kind === "retrying" || state.kind === "offline";

/** Messages and comments of a conversation that the server has not confirmed, or not shown yet; oldest first. */
export function useUnconfirmed(conversationId: number): Entry[] {
  const { entries } = useLive().client.outbox;
  const all = useSyncExternalStore(entries.subscribe, entries.get);
  return all.filter(
    ({ command }) =>
      (command.type === "post_message" || command.type === "post_comment") &&
      command.conversation_id === conversationId,
  );
}

export interface Commands {
  reply: (content: Draft) => void;
  comment: (content: Draft) => void;
  assign: (assignee: { kind: "nobody" | "user" | "team"; id?: number }) => Promise<unknown>;
  close: () => Promise<unknown>;
  reopen: () => Promise<unknown>;
  associate: (email: string, name: string) => Promise<unknown>;
  move: (inbox_id: number) => Promise<unknown>;
  read: (seq: number) => void;
}

/** The verbs of one conversation. Words go through the outbox and are shown at once; the others answer when done. */
export function commandsOf({ client: { outbox } }: Live, conversation_id: number): Commands {
  const ids = () => ({ command_id: uuid(), conversation_id });
  const words = (type: "post_message" | "post_comment") => (content: Draft) =>
    outbox.put({ type, ...ids(), client_message_id: uuid(), content });
  return {
    reply: words("post_message"),
    comment: words("post_comment"),
    assign: (assignee) => outbox.run({ type: "assign", ...ids(), assignee }),
    close: () => outbox.run({ type: "close_conversation", ...ids() }),
    reopen: () => outbox.run({ type: "reopen_conversation", ...ids() }),
    associate: (email, name) =>
      outbox.run({ type: "associate_contact", ...ids(), email, ...(name ? { name } : {}) }),
    move: (inbox_id) => outbox.run({ type: "move_conversation", ...ids(), inbox_id }),
    read: (read_seq) =>
      outbox.put(
        { type: "move_cursor", ...ids(), read_seq, received_seq: read_seq },
        { replaces: `cursor:${conversation_id}` },
      ),
  };
}
