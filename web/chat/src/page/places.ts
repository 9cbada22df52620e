import { Store } from "@pocketdesk/client/store";

export type Tab = "chat" | "help";

/** A screen of the Help tab. */
export type HelpScreen =
  | { name: "home" }
  | { name: "category"; id: number }
  | {
      name: "article";
      id: number;
      language: string | null;
      /** Opened from a message: its way back leads there. */
      fromChat?: boolean;
      /** The help centre's page of it, for when it cannot be shown here. */
      url?: string | null;
    };

/** Where the visitor is. The trail is the way to the screen of the Help tab: it stays while the chat is shown. */
export interface Place {
  tab: Tab;
  trail: readonly HelpScreen[];
}

/** How a place was reached from the one before it in the history. */
type Step = "switch" | "deeper" | null;

const HOME: HelpScreen = { name: "home" };
const BEGINNING: Place = { tab: "chat", trail: [HOME] };
const LONGEST_TRAIL = 20;

/** Moves between the chat and the screens of its Help tab, also by the system's back: without ever leaving the page. */
export class Places {
  readonly now: Store<Place>;
  /** Counts the visitors of this page: whoever comes next finds nothing of the one before. */
  readonly visitor = new Store(0);
  readonly #history: History | null;

  /** Without a history (in a preview) only the page's own ways lead back. */
  constructor(history: History | null) {
    this.#history = history;
    this.now = new Store(placeOf(history?.state) ?? BEGINNING);
    if (!history) return;
    this.#write("replaceState", this.now.get(), stepOf(history.state));
    window.addEventListener("popstate", ({ state }) => {
      const place = placeOf(state);
      if (place) this.now.set(place);
    });
  }

  /** Shows a tab as it was left; the one that is shown goes to its beginning. */
  readonly show = (tab: Tab): void => {
    const { tab: before, trail } = this.now.get();
    if (tab !== before) {
      // To and fro adds nothing to the history.
      const isBetween = stepOf(this.#history?.state) === "switch";
      this.#go(isBetween ? "replaceState" : "pushState", { tab, trail }, "switch");
    } else if (tab === "help" && trail.length > 1) this.#go("pushState", { tab, trail: [HOME] }, null);
  };

  readonly open = (screen: HelpScreen): void => {
    const { trail } = this.now.get();
    const way = [...trail, screen];
    const kept = way.length > LONGEST_TRAIL ? [HOME, ...way.slice(1 - LONGEST_TRAIL)] : way;
    this.#go("pushState", { tab: "help", trail: kept }, "deeper");
  };

  /** Shows the open screen of the Help tab otherwise, an article in another language: the way back stays the same. */
  readonly turn = (screen: HelpScreen): void => {
    const trail = [...this.now.get().trail.slice(0, -1), screen];
    this.#go("replaceState", { tab: "help", trail }, stepOf(this.#history?.state));
  };

  /** From a screen of the Help tab to where it was opened. */
  readonly back = (): void => {
    const { trail } = this.now.get();
    const last = trail.at(-1);
    if (stepOf(this.#history?.state) === "deeper") {
      this.#history?.back();
      return;
    }
    const tab = last?.name === "article" && last.fromChat ? "chat" : "help";
    this.#go("replaceState", { tab, trail: trail.length > 1 ? trail.slice(0, -1) : [HOME] }, null);
  };

  /** Somebody new. */
  readonly reset = (): void => {
    this.#go("replaceState", BEGINNING, null);
    this.visitor.set(this.visitor.get() + 1);
  };

  #go(how: "pushState" | "replaceState", place: Place, step: Step): void {
    this.#write(how, place, step);
    this.now.set(place);
  }

  #write(how: "pushState" | "replaceState", place: Place, step: Step): void {
    this.#history?.[how]({ pocketdesk: place, step }, "");
  }
}

function placeOf(state: unknown): Place | null {
  return (state as { pocketdesk?: Place } | null)?.pocketdesk ?? null;
}

function stepOf(state: unknown): Step {
  return (state as { step?: Step } | null)?.step ?? null;
}
