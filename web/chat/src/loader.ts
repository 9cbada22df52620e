/** The script that a web page includes: `<script src="https://chat.example/widget/1.js" data-chatflow="support">`.
 *  It shows a launcher and the chat page in a frame, or the page alone in a place of the host's choice, and offers
 *  `window.HubSpotConversations`. Settings are read from `window.hsConversationsSettings`. */

import { STYLES } from "./loader.css.ts";
import type { Opening } from "./page/boot.ts";
import { Listeners, publish } from "./page/conversations-api.ts";
import type { FromLoader, FromPage, LoaderSettings } from "./page/embedding.ts";

interface Settings {
  loadImmediately?: boolean;
  inlineEmbedSelector?: string;
  enableWidgetCookieBanner?: boolean | "ON_WIDGET_LOAD" | "ON_EXIT_INTENT";
  disableAttachment?: boolean;
  disableInitialInputFocus?: boolean;
  avoidInlineStyles?: boolean;
  hideNewThreadLink?: boolean;
  /** Who the visitor is, with the token that proves it; not kept beyond this page. */
  identificationEmail?: string;
  identificationToken?: string;
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
/** Keeps a prompt away that was closed; only where cookies may be kept. */
const PROMPT_COOKIE = "hs-messages-hide-welcome-message";
/** Of HubSpot's own widget, where that was here before. */
const OPEN_COOKIE = "hs-messages-is-open";
const DAY_S = 86_400;
const ONCE_MS = 1_000;
const CLEARED_WITHIN_MS = 3_000;
const CHAT = "M4 5h16v11H11l-5 4v-4H4z";
const DOWN = "M6 9l6 6 6-6";
const CROSS = "M7 7l10 10M17 7L7 17";

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
      else {
        widget.tell({ type: "pocketdesk:refresh", chatflow: tagOf() });
        if (!openToNewThread) return;
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
      for (const name of [PROMPT_COOKIE, OPEN_COOKIE]) keepCookie(name, "", 0);
      const before = widget;
      // The frame forgets before it goes: else the next one would find the same visitor.
      void before?.clear().then(() => {
        if (options?.resetWidget && widget === before) renew({});
      });
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

  function tagOf(): string {
    const wanted = window.hsConversationsSettings?.chatflow ?? script?.dataset["chatflow"];
    return wanted ?? source.searchParams.get("chatflow") ?? "";
  }

  function show(how: { isOpen?: boolean; openToNewThread?: boolean }): void {
    const settings = window.hsConversationsSettings ?? {};
    const address = `${origin}/conversations-visitor-embed?portalId=${accountId}&chatflow=${encodeURIComponent(tagOf())}`;
    widget = new Widget(address, origin, settings, listeners, how, verbs.remove, renew);
  }

  function renew(how: { isOpen?: boolean }): void {
    verbs.remove();
    show(how);
  }
}

type Ready = Extract<FromPage, { type: "pocketdesk:ready" }>;

/** The launcher and the frame on the host's page. */
class Widget {
  isLoaded = false;
  readonly #frame = document.createElement("iframe");
  readonly #button = document.createElement("button");
  readonly #count = document.createElement("b");
  readonly #container = document.createElement("div");
  readonly #prompt = document.createElement("div");
  readonly #origin: string;
  readonly #settings: Settings;
  readonly #listeners: Listeners;
  readonly #isInline: boolean;
  readonly #onNothing: () => void;
  readonly #onChanged: (how: { isOpen: boolean }) => void;
  #onCleared: () => void = () => {};
  #ready: Ready | null = null;
  #unreadLabel: string | null = null;
  #isOpen: boolean;
  /** The launcher's time has come. */
  #isDue = false;
  #hasPrompt = false;
  #timer = 0;
  #openToNewThread: boolean;

  constructor(
    address: string,
    origin: string,
    settings: Settings,
    listeners: Listeners,
    how: { isOpen?: boolean; openToNewThread?: boolean },
    onNothing: () => void,
    onChanged: (how: { isOpen: boolean }) => void,
  ) {
    this.#origin = origin;
    this.#settings = settings;
    this.#listeners = listeners;
    this.#onNothing = onNothing;
    this.#onChanged = onChanged;
    this.#openToNewThread = how.openToNewThread ?? false;
    const place = settings.inlineEmbedSelector ? document.querySelector(settings.inlineEmbedSelector) : null;
    this.#isInline = place !== null;
    this.#isOpen = this.#isInline || (how.isOpen ?? false);
    this.#addStyles();
    this.#frame.src = address;
    this.#frame.title = "Chat";
    this.#frame.addEventListener("load", () => this.#greet());
    window.addEventListener("message", this.#receive);
    document.documentElement.addEventListener("mouseleave", this.#leave);
    if (place) {
      this.#container.id = INLINE_PARENT;
      this.#frame.id = INLINE_FRAME;
      this.#container.append(this.#frame);
      place.append(this.#container);
      return;
    }
    this.#container.id = CONTAINER;
    this.#container.className = "pd-hidden";
    this.#prompt.className = "pd-prompt";
    this.#button.type = "button";
    this.#button.className = "pd-launcher";
    this.#button.append(icon(CHAT), this.#count);
    this.#button.addEventListener("click", () => (this.#isOpen ? this.#askToClose() : this.open()));
    this.#container.append(this.#prompt, this.#button, this.#frame);
    this.#container.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#isOpen) this.#askToClose();
    });
    document.body.append(this.#container);
  }

  tell(message: FromLoader): void {
    this.#frame.contentWindow?.postMessage(message, this.#origin);
  }

  /** Forgets the visitor; resolves when that is done, or cannot be. */
  clear(): Promise<void> {
    this.tell({ type: "pocketdesk:clear" });
    return new Promise((resolve) => {
      this.#onCleared = resolve;
      setTimeout(resolve, CLEARED_WITHIN_MS);
    });
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#hasPrompt = false;
    this.#draw();
    this.tell({ type: "pocketdesk:opened", byVisitor: true });
    this.#frame.focus();
    this.#listeners.emit("userInteractedWithWidget", { message: "chat was opened" });
  }

  close(): void {
    if (!this.#isOpen || this.#isInline) return;
    this.#isOpen = false;
    // Who has seen the chat knows where it is.
    this.#isDue = true;
    this.#draw();
    this.tell({ type: "pocketdesk:closed" });
    this.#button.focus();
    this.#listeners.emit("widgetClosed", { message: "chat was closed" });
  }

  remove(): void {
    clearTimeout(this.#timer);
    window.removeEventListener("message", this.#receive);
    document.documentElement.removeEventListener("mouseleave", this.#leave);
    this.#container.remove();
  }

  /** The page may have something to ask before it goes. */
  #askToClose(): void {
    if (this.isLoaded) this.tell({ type: "pocketdesk:closing" });
    else this.close();
  }

  #greet(): void {
    const { hideNewThreadLink, disableInitialInputFocus, disableAttachment } = this.#settings;
    const { identificationToken: token = "", identificationEmail: email = "" } = this.#settings;
    this.tell({
      type: "pocketdesk:hello",
      settings: {
        isClosable: !this.#isInline,
        isOpen: this.#isOpen,
        openToNewThread: this.#openToNewThread,
        hideNewThreadLink: hideNewThreadLink ?? false,
        disableInitialInputFocus: disableInitialInputFocus ?? false,
        disableAttachment: disableAttachment ?? false,
        cookieBanner: bannerOf(this.#settings),
        named: token || email ? { token, email } : null,
      },
    });
  }

  readonly #leave = (): void => {
    if (this.#isOpen) this.tell({ type: "pocketdesk:leaving" });
  };

  readonly #receive = (event: MessageEvent<FromPage>): void => {
    if (event.origin !== this.#origin || event.source !== this.#frame.contentWindow) return;
    const message = event.data;
    switch (message?.type) {
      case "pocketdesk:ready": {
        const isFirst = !this.isLoaded;
        this.isLoaded = true;
        this.#ready = message;
        this.#frame.title = message.labels.frame;
        this.#container.dir = message.direction;
        const { style } = this.#container;
        style.setProperty("--pd-accent", message.accent);
        style.setProperty("--pd-text", message.accentText);
        style.setProperty("--pd-hover", message.accentHover);
        if (isFirst) this.#schedule(message);
        this.#draw();
        break;
      }
      case "pocketdesk:nothing":
        this.#onNothing();
        break;
      case "pocketdesk:changed":
        this.#onChanged({ isOpen: this.#isOpen });
        break;
      case "pocketdesk:cleared":
        this.#onCleared();
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

  /** Shows what the chatflow wants on a screen like this, when it wants it. */
  #schedule({ display }: Ready): void {
    const wanted = matchMedia("(max-width: 600px)").matches ? display.mobile : display.desktop;
    const show = () => {
      this.#isDue = true;
      this.#present(wanted);
      this.#draw();
    };
    if (wanted.after_s > 0) this.#timer = window.setTimeout(show, wanted.after_s * 1_000);
    else show();
  }

  #present({ open }: Opening): void {
    if (this.#isOpen || this.#ready?.isHidden) return;
    if (open === "chat") {
      this.#isOpen = true;
      this.tell({ type: "pocketdesk:opened", byVisitor: false });
    }
    this.#hasPrompt = open === "prompt" && !document.cookie.includes(`${PROMPT_COOKIE}=1`);
  }

  #hidePrompt(): void {
    this.#hasPrompt = false;
    if (this.#ready?.mayStore) keepCookie(PROMPT_COOKIE, "1", DAY_S);
    this.#draw();
    this.#button.focus();
    this.#listeners.emit("userInteractedWithWidget", { message: "welcome message was dismissed" });
  }

  #draw(): void {
    const ready = this.#ready;
    if (this.#isInline || !ready) return;
    const isShown = this.#isOpen || (this.#isDue && !ready.isHidden);
    this.#container.className = this.#isOpen ? "pd-open" : isShown ? "" : "pd-hidden";
    const { labels } = ready;
    const label = this.#isOpen ? labels.close : (this.#unreadLabel ?? labels.open);
    this.#button.setAttribute("aria-label", label);
    this.#button.setAttribute("aria-expanded", String(this.#isOpen));
    this.#button.firstChild?.replaceWith(icon(this.#isOpen ? DOWN : CHAT));
    this.#drawPrompt(ready);
  }

  #drawPrompt({ prompt, labels }: Ready): void {
    if (!this.#hasPrompt || !prompt.text) {
      this.#prompt.replaceChildren();
      return;
    }
    if (this.#prompt.childElementCount > 0) {
      const words = this.#prompt.querySelector("span");
      if (words) words.textContent = prompt.text;
      return;
    }
    const open = document.createElement("button");
    open.type = "button";
    open.className = "pd-words";
    const name = document.createElement("strong");
    name.textContent = prompt.name;
    const words = document.createElement("span");
    words.textContent = prompt.text;
    for (const each of [name, words]) each.dir = "auto";
    open.append(name, words);
    open.addEventListener("click", () => this.open());
    const hide = document.createElement("button");
    hide.type = "button";
    hide.className = "pd-hide";
    hide.setAttribute("aria-label", labels.hidePrompt);
    hide.append(icon(CROSS));
    hide.addEventListener("click", () => this.#hidePrompt());
    this.#prompt.replaceChildren(open, hide);
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

function keepCookie(name: string, value: string, seconds: number): void {
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the other way
  document.cookie = `${name}=${value}; path=/; max-age=${seconds}; SameSite=Lax`;
}

function bannerOf({ enableWidgetCookieBanner: wanted }: Settings): LoaderSettings["cookieBanner"] {
  if (wanted === "ON_EXIT_INTENT") return "on_exit_intent";
  return wanted ? "before_chat" : null;
}

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
