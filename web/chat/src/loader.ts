/** The script that a web page includes: `<script src="https://chat.example/widget/1.js" data-chatflow="support">`.
 *  It shows a launcher and the chat page in a frame, or the page alone in a place of the host's choice, and offers
 *  `window.HubSpotConversations`. Settings are read from `window.hsConversationsSettings`. */

import { STYLES } from "./loader.css.ts";
import { Listeners, publish } from "./page/conversations-api.ts";
import type { FromLoader, FromPage } from "./page/embedding.ts";

interface Settings {
  loadImmediately?: boolean;
  inlineEmbedSelector?: string;
  disableInitialInputFocus?: boolean;
  avoidInlineStyles?: boolean;
  hideNewThreadLink?: boolean;
  /** Which chatflow, by its mobile tag; the script's `data-chatflow` says the same. */
  chatflow?: string;
}

declare global {
  interface Window {
    hsConversationsSettings?: Settings;
  }
}

const CONTAINER = "hubspot-messages-iframe-container";
const INLINE_PARENT = "hubspot-conversations-inline-parent";
const INLINE_FRAME = "hubspot-conversations-inline-iframe";
const ONCE_MS = 1_000;
const CHAT = "M4 5h16v11H11l-5 4v-4H4z";
const CLOSE = "M6 9l6 6 6-6";

function begin(script: HTMLScriptElement | null): void {
  const source = new URL(script?.src ?? location.href);
  const { origin } = source;
  const accountId = /\/widget\/(\d+)\.js$/.exec(source.pathname)?.[1] ?? "";
  const listeners = new Listeners();
  let widget: Widget | null = null;
  const lastCalls = new Map<string, number>();

  const verbs = {
    load: (options: { widgetOpen?: boolean } = {}) => {
      if (!isTooSoon("load") && !widget) show({ isOpen: options.widgetOpen ?? false });
    },
    refresh: (options: { openToNewThread?: boolean } = {}) => {
      if (isTooSoon("refresh")) return;
      const { openToNewThread } = options;
      if (!widget) show({ isOpen: openToNewThread ?? false, openToNewThread: openToNewThread ?? false });
      else if (openToNewThread) {
        widget.tell({ type: "pocketdesk:new-thread" });
        verbs.open();
      }
    },
    open: () => {
      if (widget) widget.open();
      else show({ isOpen: true });
    },
    close: () => widget?.close(),
    remove: () => {
      widget?.remove();
      widget = null;
    },
    status: () => ({ loaded: widget?.isLoaded ?? false, pending: widget !== null && !widget.isLoaded }),
  };

  whenReady(() => {
    publish(listeners, verbs, (options) => {
      listeners.forget();
      widget?.tell({ type: "pocketdesk:clear" });
      if (!options?.resetWidget) return;
      verbs.remove();
      show({});
    });
    if (window.hsConversationsSettings?.loadImmediately !== false && !widget) show({});
  });

  /** Loading and refreshing count at most once a second. */
  function isTooSoon(verb: string): boolean {
    const now = Date.now();
    if (now - (lastCalls.get(verb) ?? 0) < ONCE_MS) return true;
    lastCalls.set(verb, now);
    return false;
  }

  function show(how: { isOpen?: boolean; openToNewThread?: boolean }): void {
    const settings = window.hsConversationsSettings ?? {};
    const tag = settings.chatflow ?? script?.dataset["chatflow"] ?? source.searchParams.get("chatflow") ?? "";
    const address = `${origin}/conversations-visitor-embed?portalId=${accountId}&chatflow=${encodeURIComponent(tag)}`;
    widget = new Widget(address, origin, settings, listeners, how, () => {
      widget?.remove();
      widget = null;
    });
  }
}

/** The launcher and the frame on the host's page. */
class Widget {
  isLoaded = false;
  readonly #frame = document.createElement("iframe");
  readonly #button = document.createElement("button");
  readonly #count = document.createElement("b");
  readonly #container = document.createElement("div");
  readonly #origin: string;
  readonly #settings: Settings;
  readonly #listeners: Listeners;
  readonly #isInline: boolean;
  readonly #onNothing: () => void;
  #labels = { open: "", close: "", frame: "" };
  #unreadLabel: string | null = null;
  #isOpen: boolean;
  #openToNewThread: boolean;

  constructor(
    address: string,
    origin: string,
    settings: Settings,
    listeners: Listeners,
    how: { isOpen?: boolean; openToNewThread?: boolean },
    onNothing: () => void,
  ) {
    this.#origin = origin;
    this.#settings = settings;
    this.#listeners = listeners;
    this.#onNothing = onNothing;
    this.#openToNewThread = how.openToNewThread ?? false;
    const place = settings.inlineEmbedSelector ? document.querySelector(settings.inlineEmbedSelector) : null;
    this.#isInline = place !== null;
    this.#isOpen = this.#isInline || (how.isOpen ?? false);
    this.#addStyles();
    this.#frame.src = address;
    this.#frame.title = "Chat";
    this.#frame.addEventListener("load", () => this.#greet());
    window.addEventListener("message", this.#receive);
    if (place) {
      this.#container.id = INLINE_PARENT;
      this.#frame.id = INLINE_FRAME;
      this.#container.append(this.#frame);
      place.append(this.#container);
      return;
    }
    this.#container.id = CONTAINER;
    this.#container.className = "pd-hidden";
    this.#button.type = "button";
    this.#button.append(icon(CHAT), this.#count);
    this.#button.addEventListener("click", () => (this.#isOpen ? this.close() : this.open()));
    this.#container.append(this.#button, this.#frame);
    this.#container.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    document.body.append(this.#container);
  }

  tell(message: FromLoader): void {
    this.#frame.contentWindow?.postMessage(message, this.#origin);
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#draw();
    this.tell({ type: "pocketdesk:opened" });
    this.#frame.focus();
    this.#listeners.emit("userInteractedWithWidget", { message: "chat was opened" });
  }

  close(): void {
    if (!this.#isOpen || this.#isInline) return;
    this.#isOpen = false;
    this.#draw();
    this.tell({ type: "pocketdesk:closed" });
    this.#button.focus();
    this.#listeners.emit("widgetClosed", { message: "chat was closed" });
  }

  remove(): void {
    window.removeEventListener("message", this.#receive);
    this.#container.remove();
  }

  #greet(): void {
    this.tell({
      type: "pocketdesk:hello",
      settings: {
        isClosable: !this.#isInline,
        isOpen: this.#isOpen,
        openToNewThread: this.#openToNewThread,
        hideNewThreadLink: this.#settings.hideNewThreadLink ?? false,
        disableInitialInputFocus: this.#settings.disableInitialInputFocus ?? false,
      },
    });
  }

  readonly #receive = (event: MessageEvent<FromPage>): void => {
    if (event.origin !== this.#origin || event.source !== this.#frame.contentWindow) return;
    const message = event.data;
    switch (message?.type) {
      case "pocketdesk:ready": {
        this.isLoaded = true;
        this.#labels = message.labels;
        this.#frame.title = message.labels.frame;
        this.#container.dir = message.direction;
        const { style } = this.#container;
        style.setProperty("--pd-accent", message.accent);
        style.setProperty("--pd-text", message.accentText);
        style.setProperty("--pd-hover", message.accentHover);
        this.#draw();
        break;
      }
      case "pocketdesk:nothing":
        this.#onNothing();
        break;
      case "pocketdesk:close":
        this.close();
        break;
      case "pocketdesk:unread":
        this.#count.textContent = message.count ? String(message.count) : "";
        this.#unreadLabel = message.count ? message.label : null;
        this.#draw();
        break;
      case "pocketdesk:event":
        this.#listeners.emit(message.name, message.payload);
    }
  };

  #draw(): void {
    if (this.#isInline) return;
    this.#container.className = this.isLoaded ? (this.#isOpen ? "pd-open" : "") : "pd-hidden";
    const label = this.#isOpen ? this.#labels.close : (this.#unreadLabel ?? this.#labels.open);
    this.#button.setAttribute("aria-label", label);
    this.#button.setAttribute("aria-expanded", String(this.#isOpen));
    this.#button.firstChild?.replaceWith(icon(this.#isOpen ? CLOSE : CHAT));
  }

  /** A style element, or, for pages whose policy forbids those, a sheet that no policy governs. */
  #addStyles(): void {
    if (document.getElementById("pocketdesk-styles") || sheets.has(document)) return;
    if (this.#settings.avoidInlineStyles) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLES);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
      sheets.add(document);
      return;
    }
    const element = document.createElement("style");
    element.id = "pocketdesk-styles";
    element.textContent = STYLES;
    document.head.append(element);
  }
}

const sheets = new WeakSet<Document>();

function icon(path: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

function whenReady(run: () => void): void {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run, { once: true });
  else run();
}

// A page has one widget, however often the script is included.
if (!window.HubSpotConversations) begin(document.currentScript as HTMLScriptElement | null);
