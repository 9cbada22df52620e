import { Refused } from "../api/call.ts";
import { type Choice, canonical, type Line, type Merge, merge, resolved, type Written } from "./merge.ts";

/** What the server keeps of an article that is being written, in one language. Times are UTC milliseconds. */
export interface ServerDraft extends Written {
  revision: number;
  saved_at: number;
  /** Who saved it last. */
  by: string | null;
}

/** The way to the server. */
export interface Door {
  load: () => Promise<ServerDraft>;
  save: (base_revision: number, written: Written) => Promise<{ revision: number; saved_at: number }>;
}

export type Status = "saved" | "unsaved" | "saving" | "offline" | "refused" | "clash";

export interface Clash {
  merge: Merge;
  /** Who saved meanwhile. */
  by: string | null;
}

export interface State {
  written: Written;
  status: Status;
  revision: number;
  saved_at: number;
  /** Why the last save was refused: in words, and by field. */
  problem: string | null;
  fields: Readonly<Record<string, string>>;
  clash: Clash | null;
}

/** How long after the last letter a draft is saved, how long it waits at most, and between tries while offline. */
const IDLE_MS = 900;
const LONGEST_MS = 5_000;
const AGAIN_MS = 4_000;

/**
 * What somebody writes, saved by itself. When somebody else saved meanwhile, both come together block by block; where
 * both changed the same, `clash` holds both until a choice is made. Nothing is thrown away before.
 */
export class Draft {
  readonly #door: Door;
  readonly #onMerged: (written: Written, by: string | null) => void;
  readonly #watchers = new Set<() => void>();
  /** What the server has, on which the next save builds. */
  #base: ServerDraft;
  #theirs: ServerDraft | null = null;
  #state: State;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #unsavedSince: number | null = null;
  #running: Promise<boolean> | null = null;
  #isClosed = false;

  /** `onMerged` is told of another author's words, which the screen shows then. */
  constructor(door: Door, begun: ServerDraft, onMerged: (written: Written, by: string | null) => void) {
    this.#door = door;
    this.#onMerged = onMerged;
    this.#base = begun;
    this.#state = {
      written: pick(begun),
      status: "saved",
      revision: begun.revision,
      saved_at: begun.saved_at,
      problem: null,
      fields: {},
      clash: null,
    };
  }

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly read = (): State => this.#state;

  get isDirty(): boolean {
    return canonical(this.#state.written) !== canonical(pick(this.#base));
  }

  change(changes: Partial<Written>): void {
    this.#put({ written: { ...this.#state.written, ...changes } });
    if (this.#state.status === "clash" && this.#theirs) this.#meet(this.#theirs);
    if (this.#state.status === "clash" || this.#state.status === "saving") return;
    if (!this.isDirty) {
      this.#stopWaiting();
      this.#put({ status: "saved", problem: null, fields: {} });
      return;
    }
    if (this.#state.status !== "offline") this.#put({ status: "unsaved" });
    this.#wait();
  }

  /** Saves now what is not saved yet; whether everything is with the server then. */
  async flush(): Promise<boolean> {
    this.#stopWaiting();
    this.#running ??= this.#save().finally(() => {
      this.#running = null;
    });
    const isSaved = await this.#running;
    // Somebody wrote on while it was on its way.
    return isSaved && this.isDirty && this.#state.status !== "clash" ? this.flush() : isSaved;
  }

  /** Looks whether somebody else saved, and takes that in. */
  async refresh(): Promise<void> {
    if (this.#running || this.#state.status === "clash") return;
    const theirs = await this.#door.load();
    if (theirs.revision !== this.#base.revision && !this.#running) this.#meet(theirs);
    if (this.#state.status === "unsaved") this.#wait();
  }

  /** Takes over what was put into the draft elsewhere, such as an old version; what is written here is replaced. */
  replace(draft: ServerDraft): void {
    this.#stopWaiting();
    this.#base = draft;
    this.#put({
      written: pick(draft),
      status: "saved",
      revision: draft.revision,
      saved_at: draft.saved_at,
      problem: null,
      fields: {},
      clash: null,
    });
    this.#onMerged(this.#state.written, null);
  }

  /** Settles a clash. What was written since it came up is part of "mine". */
  async settle(choose: (clash: Line | number) => Choice): Promise<boolean> {
    const { clash } = this.#state;
    if (!clash || !this.#theirs) return this.flush();
    const written = resolved(clash.merge, choose);
    this.#base = this.#theirs;
    this.#theirs = null;
    this.#put({ written, clash: null, status: "unsaved", revision: this.#base.revision });
    this.#onMerged(written, clash.by);
    return this.flush();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopWaiting();
  }

  #wait(after = IDLE_MS): void {
    if (this.#isClosed) return;
    const now = Date.now();
    this.#unsavedSince ??= now;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const most = Math.max(0, this.#unsavedSince + LONGEST_MS - now);
    this.#timer = setTimeout(() => void this.flush(), after > IDLE_MS ? after : Math.min(after, most));
  }

  #stopWaiting(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #save(): Promise<boolean> {
    while (this.isDirty) {
      if (this.#state.status === "clash") return false;
      const written = this.#state.written;
      this.#unsavedSince = null;
      this.#put({ status: "saving", problem: null, fields: {} });
      try {
        const { revision, saved_at } = await this.#door.save(this.#base.revision, written);
        this.#base = { ...written, revision, saved_at, by: null };
        this.#put({ revision, saved_at, status: this.isDirty ? "unsaved" : "saved" });
        return true;
      } catch (failure) {
        if (!(failure instanceof Refused)) throw failure;
        if (failure.status === 409 && failure.code === "draft_changed") {
          try {
            this.#meet(await this.#door.load());
            continue;
          } catch (again) {
            if (!(again instanceof Refused)) throw again;
            return this.#fail(again);
          }
        }
        return this.#fail(failure);
      }
    }
    if (this.#state.status !== "saved") this.#put({ status: "saved", problem: null, fields: {} });
    return true;
  }

  #fail(failure: Refused): false {
    if (failure.status === 0 || failure.status >= 500) {
      this.#put({ status: "offline", problem: failure.message });
      this.#wait(AGAIN_MS);
    } else {
      this.#put({
        status: "refused",
        problem: Object.values(failure.fields)[0] ?? failure.message,
        fields: failure.fields,
      });
    }
    return false;
  }

  /** Somebody else's words and ours come together. */
  #meet(theirs: ServerDraft): void {
    const both = merge(pick(this.#base), this.#state.written, pick(theirs));
    if (both.clashes > 0) {
      this.#theirs = theirs;
      this.#put({ status: "clash", clash: { merge: both, by: theirs.by } });
      return;
    }
    const written = resolved(both, () => "both");
    const isNews = canonical(written) !== canonical(this.#state.written);
    this.#base = theirs;
    this.#put({
      written,
      revision: theirs.revision,
      saved_at: theirs.saved_at,
      status: canonical(written) === canonical(pick(theirs)) ? "saved" : "unsaved",
    });
    if (isNews) this.#onMerged(written, theirs.by);
  }

  #put(changes: Partial<State>): void {
    this.#state = { ...this.#state, ...changes };
    for (const watcher of this.#watchers) watcher();
  }
}

const pick = ({ title, subtitle, slug, tags, body }: Written): Written => ({
  title,
  subtitle,
  slug,
  tags,
  body,
});
