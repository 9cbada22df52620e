/** The JavaScript API that apps and web pages use: `window.HubSpotConversations`. Shared by the chat page (inside an
 *  app) and the web loader (on somebody's page); each brings its own verbs. */

export type Payload = Record<string, unknown>;
type Listener = (payload: Payload) => void;

export interface WidgetVerbs {
  load(options?: { widgetOpen?: boolean }): void;
  refresh(options?: { openToNewThread?: boolean }): void;
  open(): void;
  close(): void;
  remove(): void;
  status(): { loaded: boolean; pending: boolean };
}

export interface ConversationsApi {
  on(name: string, listener: Listener): void;
  off(name: string, listener: Listener): void;
  clear(options?: { resetWidget?: boolean }): void;
  widget: WidgetVerbs;
}

declare global {
  interface Window {
    HubSpotConversations?: ConversationsApi;
    hsConversationsOnReady?: (() => void)[];
  }
}

/** Who listens to which event. Names are not checked: callers subscribe to events of later versions too. */
export class Listeners {
  readonly #listeners = new Map<string, Set<Listener>>();
  #lastSelected: Payload | null = null;

  readonly on = (name: string, listener: Listener): void => {
    const all = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, all.add(listener));
    // Android's SDK subscribes after the page has loaded; the thread it then shows was selected before.
    const last = this.#lastSelected;
    if (name === "userSelectedThread" && last)
      queueMicrotask(() => call(() => listener(structuredClone(last))));
  };

  readonly off = (name: string, listener: Listener): void => {
    this.#listeners.get(name)?.delete(listener);
  };

  readonly emit = (name: string, payload: Payload): void => {
    if (name === "userSelectedThread") this.#lastSelected = payload;
    for (const listener of [...(this.#listeners.get(name) ?? [])])
      call(() => listener(structuredClone(payload)));
  };

  /** Forgets the last selection: it was another visitor's. */
  readonly forget = (): void => {
    this.#lastSelected = null;
  };
}

/** Makes the API public, then runs everything that waited for it, in order. */
export function publish(listeners: Listeners, verbs: WidgetVerbs, clear: ConversationsApi["clear"]): void {
  window.HubSpotConversations = { on: listeners.on, off: listeners.off, clear, widget: verbs };
  const waiting = window.hsConversationsOnReady;
  if (Array.isArray(waiting)) for (const run of [...waiting]) call(run);
}

/** Runs somebody else's code: its errors are reported, and stop nothing of ours. */
function call(run: () => void): void {
  try {
    run();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}
