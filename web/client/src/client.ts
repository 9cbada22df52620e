import { Connection, type ConnectionOptions } from "./connection.ts";
import { browser, type Environment } from "./environment.ts";
import { Outbox } from "./outbox.ts";
import type {
  ConversationEvent,
  ConversationState,
  CountsState,
  ListState,
  Refused,
  RowPatch,
  StreamFrame,
  VisitorEvent,
  VisitorState,
} from "./protocol.ts";
import { reduceConversation, reduceCounts, reduceList, reduceVisitor } from "./reducer.ts";
import { Store } from "./store.ts";

export type StreamView<State> =
  /** Nothing yet. */
  | { kind: "loading" }
  | { kind: "live"; state: State }
  /** The server does not show this stream to us. */
  | { kind: "refused"; refusal: Refused };

/** A stream's state, kept up to date until `close`. After a reset the old state stays until the new one is here. */
export interface Stream<State> {
  view: Store<StreamView<State>>;
  /** Changes what is shown by something that no event tells, like an older page that was fetched. */
  change(how: (state: State) => State): void;
  close(): void;
}

type Reduce<State> = (state: State, frame: Exclude<StreamFrame, { type: "snapshot" | "reset" }>) => State;

/** A screen's whole connection: streams in, commands out. */
export class Client {
  readonly outbox: Outbox;
  readonly connection: Connection;

  constructor(options: Omit<ConnectionOptions, "environment" | "outbox"> & { environment?: Environment }) {
    const environment = options.environment ?? browser();
    this.outbox = new Outbox(environment);
    this.connection = new Connection({ ...options, environment, outbox: this.outbox });
  }

  visitor(): Stream<VisitorState> {
    return this.#open("visitor", (state: VisitorState, frame) =>
      frame.type === "event" ? reduceVisitor(state, frame.event as VisitorEvent) : state,
    );
  }

  conversation(id: number): Stream<ConversationState> {
    const { viewer } = this.connection;
    return this.#open(`conversation:${id}`, (state: ConversationState, frame) =>
      frame.type === "event"
        ? reduceConversation(state, frame.event as ConversationEvent, viewer.get()?.key ?? null)
        : state,
    );
  }

  /** `view` like `unassigned`, or `open:12` for one inbox. */
  list(view: string): Stream<ListState> {
    return this.#open(`list:${view}`, (state: ListState, frame) =>
      frame.type === "rows" ? reduceList(state, frame.rows as RowPatch[]) : state,
    );
  }

  counts(): Stream<CountsState> {
    return this.#open("counts", (state: CountsState, frame) =>
      frame.type === "rows" ? reduceCounts(state, frame.rows as RowPatch<CountsState["counts"]>[]) : state,
    );
  }

  #open<State>(name: string, reduce: Reduce<State>): Stream<State> {
    const view = new Store<StreamView<State>>({ kind: "loading" });
    const change = (how: (state: State) => State) => {
      const now = view.get();
      if (now.kind === "live") view.set({ kind: "live", state: how(now.state) });
    };
    const close = this.connection.watch(name, {
      frame: (frame) => {
        if (frame.type === "snapshot") view.set({ kind: "live", state: frame.state as State });
        else change((state) => reduce(state, frame));
      },
      refused: (refusal) => view.set({ kind: "refused", refusal }),
    });
    return { view, change, close };
  }
}
