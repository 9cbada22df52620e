import type { Environment } from "./environment.ts";
import type { Ack, Command, Refused } from "./protocol.ts";
import { Store } from "./store.ts";

export type Result = Record<string, unknown>;

/** Why a command was refused; `retryable` when the same command may succeed later. */
export interface Failure {
  code: string;
  status: number;
  message: string;
  fields: Record<string, string>;
  retryable: boolean;
  /** When trying again makes sense, if the server said so. */
  retryAt: number | null;
}

export type EntryState = "sending" | "sent" | "failed";

/** A command and what has become of it. A new object with every change. */
export interface Entry {
  command: Command;
  /** Commands of one lane (a conversation) go out strictly one after the other. */
  lane: string;
  state: EntryState;
  at: number;
  failure: Failure | null;
  result: Result | null;
}

/** Sends commands over whatever is open; false when nothing is. */
export type Transmit = (commands: Command[]) => boolean;

/** What leaves for a command: the command as it goes out, null while it has to wait (`Outbox.poke` when it need not any
 *  more), or why it never will. */
export type Prepare = (command: Command) => Command | Failure | null;

/** A `Failure` thrown to whoever awaits `run`. */
export class CommandRefused extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

interface Waiter {
  resolve(result: Result): void;
  reject(error: CommandRefused): void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** Keeps every command until the server has answered it, and sends it again, with the same ids, as often as it takes.
 *
 *  Within a lane the next command leaves only when the one before is settled, so order survives refusals, lost sockets
 *  and restarts. Nothing is given up by a timer. What failed stays, visible, until `retry` or `discard`; what was sent
 *  stays until `forget`, so that a screen can show it until the stream does. */
export class Outbox {
  /** All entries, oldest first. */
  readonly entries = new Store<readonly Entry[]>([]);
  /** Asked for every command before it leaves; the ones after it in its lane wait with it. */
  prepare: Prepare = (command) => command;

  readonly #environment: Environment;
  readonly #inFlight = new Set<string>();
  readonly #waiters = new Map<string, Waiter>();
  readonly #lanes = new Map<string, string>();
  readonly #pauses = new Map<string, { tries: number; cancel: (() => void) | null }>();
  #transmit: Transmit | null = null;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Accepts a command. It is on its way, or will be, when this returns.
   *
   *  `lane` defaults to the conversation; for one that is just being started it is its client id, and `conversation_id` 0
   *  stands for the id that the server will give. A command with the same
   *  `replaces` key that has not left yet is replaced: only the newest read mark matters. */
  put(command: Command, options: { lane?: string; replaces?: string } = {}): void {
    const lane = this.#laneOf(command, options.lane);
    const keep = options.replaces
      ? this.entries
          .get()
          .filter((each) => each.lane !== options.replaces || this.#inFlight.has(each.command.command_id))
      : this.entries.get();
    const id = [...this.#lanes].find(([, each]) => each === lane)?.[0];
    const entry: Entry = {
      command: id ? addressed(command, Number(id)) : command,
      lane: options.replaces ?? lane,
      state: "sending",
      at: this.#environment.now(),
      failure: null,
      result: null,
    };
    this.entries.set([...keep, entry]);
    this.#pump();
  }

  /** Like `put`, for commands whose outcome the caller awaits: resolves with the server's result, or rejects with
   *  `CommandRefused`; the entry is gone then. */
  run(command: Command): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiters.set(command.command_id, { resolve, reject });
      this.put(command);
    });
  }

  /** Sends what could not be prepared before, if it can be now. */
  poke(): void {
    this.#pump();
  }

  /** Sends a failed command again, as the newest of its lane (the one that starts a conversation stays first). */
  retry(commandId: string): void {
    const entry = this.#find(commandId);
    if (entry?.state !== "failed") return;
    const again: Entry = { ...entry, state: "sending", failure: null, at: this.#environment.now() };
    const entries = this.entries.get();
    this.entries.set(
      entry.command.type === "start_conversation"
        ? entries.map((each) => (each === entry ? again : each))
        : [...entries.filter((each) => each !== entry), again],
    );
    this.#pump();
  }

  /** Lets go of a command that failed. */
  discard(commandId: string): void {
    if (this.#find(commandId)?.state === "failed")
      this.#remove((each) => each.command.command_id === commandId);
  }

  /** Lets go of commands that were sent and are no longer needed. */
  forget(isDone: (entry: Entry) => boolean): void {
    this.#remove((each) => each.state === "sent" && isDone(each));
  }

  /** Lets go of everything, also what was not sent: another visitor uses the page now. */
  clear(): void {
    for (const pause of this.#pauses.values()) pause.cancel?.();
    this.#pauses.clear();
    this.#inFlight.clear();
    this.#waiters.clear();
    this.#lanes.clear();
    this.entries.set([]);
  }

  /** A way to the server has opened: whatever was under way is sent again, for its answer may have been lost. */
  opened(transmit: Transmit): void {
    this.#transmit = transmit;
    this.#inFlight.clear();
    this.#pump();
  }

  /** The way to the server is gone. */
  closed(): void {
    this.#transmit = null;
    this.#inFlight.clear();
  }

  /** The server's answer to a command. */
  settle(reply: Ack | Refused): void {
    const commandId = reply.command_id ?? "";
    const entry = this.#find(commandId);
    this.#inFlight.delete(commandId);
    if (entry?.state !== "sending") return;
    if (reply.type === "ack") {
      this.#resume(commandId);
      this.#acknowledge(entry, reply.result);
    } else if (reply.status >= 500) {
      this.#pause(commandId);
    } else {
      this.#resume(commandId);
      this.#refuse(entry, reply);
    }
    this.#pump();
  }

  #acknowledge(entry: Entry, result: Result): void {
    if (entry.command.type === "start_conversation") {
      const id = Number(result["conversation_id"]);
      this.#lanes.set(String(id), entry.lane);
      this.entries.set(
        this.entries
          .get()
          .map((each) =>
            each.lane === entry.lane ? { ...each, command: addressed(each.command, id) } : each,
          ),
      );
    }
    const waiter = this.#waiters.get(entry.command.command_id);
    this.#waiters.delete(entry.command.command_id);
    const isQuiet = waiter !== undefined || entry.command.type === "move_cursor";
    if (isQuiet) this.#remove((each) => each.command.command_id === entry.command.command_id);
    else this.#change(entry.command.command_id, { state: "sent", result });
    waiter?.resolve(result);
  }

  #refuse(entry: Entry, reply: Refused): void {
    const failure: Failure = {
      code: reply.code,
      status: reply.status,
      message: reply.message,
      fields: reply.fields,
      retryable: reply.status === 429 || reply.status === 401 || reply.status === 408,
      retryAt: reply.retry_after_ms ? this.#environment.now() + reply.retry_after_ms : null,
    };
    const waiter = this.#waiters.get(entry.command.command_id);
    if (waiter || entry.command.type === "move_cursor") {
      this.#waiters.delete(entry.command.command_id);
      this.#remove((each) => each.command.command_id === entry.command.command_id);
      waiter?.reject(new CommandRefused(failure));
      return;
    }
    this.#change(entry.command.command_id, { state: "failed", failure });
  }

  /** A fault of the server, not of the command: it stays and is tried again, ever more slowly. */
  #pause(commandId: string): void {
    const tries = (this.#pauses.get(commandId)?.tries ?? 0) + 1;
    const ms =
      Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1)) * (0.5 + this.#environment.random() / 2);
    const cancel = this.#environment.after(ms, () => {
      this.#pauses.set(commandId, { tries, cancel: null });
      this.#pump();
    });
    this.#pauses.set(commandId, { tries, cancel });
  }

  #resume(commandId: string): void {
    this.#pauses.get(commandId)?.cancel?.();
    this.#pauses.delete(commandId);
  }

  /** Sends the first waiting command of every lane that has none under way. */
  #pump(): void {
    if (!this.#transmit) return;
    const seen = new Set<string>();
    const ready: Command[] = [];
    const hopeless: [commandId: string, failure: Failure][] = [];
    for (const { command, lane, state } of this.entries.get()) {
      const opensLane = command.type === "start_conversation";
      // A conversation that could not be started holds back what follows in it.
      if (state === "sent" || (state === "failed" && !opensLane) || seen.has(lane)) continue;
      seen.add(lane);
      if (state === "failed" || this.#inFlight.has(command.command_id)) continue;
      if (this.#pauses.get(command.command_id)?.cancel) continue;
      const prepared = this.prepare(command);
      if (!prepared) continue;
      if ("type" in prepared) ready.push(prepared);
      else hopeless.push([command.command_id, prepared]);
    }
    for (const [commandId, failure] of hopeless) this.#change(commandId, { state: "failed", failure });
    if (hopeless.length > 0) {
      this.#pump();
      return;
    }
    if (ready.length === 0) return;
    for (const command of ready) this.#inFlight.add(command.command_id);
    if (!this.#transmit(ready)) this.closed();
  }

  #laneOf(command: Command, lane: string | undefined): string {
    if (lane !== undefined) return lane;
    if (command.type === "start_conversation") return command.client_conversation_id;
    // What concerns the visitor rather than a conversation.
    if (!("conversation_id" in command)) return command.type;
    const id = String(command.conversation_id);
    return this.#lanes.get(id) ?? id;
  }

  #find(commandId: string): Entry | undefined {
    return this.entries.get().find((each) => each.command.command_id === commandId);
  }

  #change(commandId: string, change: Partial<Entry>): void {
    this.entries.set(
      this.entries
        .get()
        .map((each) => (each.command.command_id === commandId ? { ...each, ...change } : each)),
    );
  }

  #remove(isGone: (entry: Entry) => boolean): void {
    const kept = this.entries.get().filter((each) => !isGone(each));
    if (kept.length !== this.entries.get().length) this.entries.set(kept);
  }
}

/** The command with its conversation's id, which is known now. */
function addressed(command: Command, conversationId: number): Command {
  if (!("conversation_id" in command) || command.conversation_id > 0) return command;
  return { ...command, conversation_id: conversationId };
}
