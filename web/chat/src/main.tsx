import "@pocketdesk/design/tokens.css";
import "./style.css";
import { browser } from "@pocketdesk/client/environment";
import { Store } from "@pocketdesk/client/store";
import { render } from "preact";
import { type Boot, hideIdentity, type PageConfig, readBoot } from "./page/boot.ts";
import { Chat } from "./page/chat.ts";
import { Listeners, publish } from "./page/conversations-api.ts";
import { listenToLoader } from "./page/embedding.ts";
import { accentNow, applyLook, followKeyboard, onSchemeChange } from "./page/look.ts";
import { listenToEditor, PreviewEnvironment } from "./page/preview.ts";
import { Words } from "./page/texts.ts";
import { Visitor } from "./page/visitor.ts";
import { App } from "./parts/app.tsx";
import { PageProvider, type Surroundings } from "./parts/context.ts";
import { Unavailable } from "./parts/unavailable.tsx";

const root = document.getElementById("app") as HTMLElement;
const boot = readBoot();
const isFramed = window.parent !== window;

hideIdentity();
// A task of its own: reading this script and drawing the page are each short enough to keep a slow phone awake.
setTimeout(() => {
  followKeyboard();
  if (boot.preview) showPreview();
  else showPage(boot);
});

/** The page in an app, in a loader's frame, or in a bare tab. */
function showPage({ config, error, sdk, language, texts }: Boot): void {
  const listeners = new Listeners();
  const tag = new URLSearchParams(location.search).get("chatflow") ?? "";
  const words = new Words(language, texts ?? config?.texts);
  const toLoader = isFramed ? listenToLoader(receive) : null;
  const surroundings = new Store<Surroundings>({
    isClosable: sdk,
    close,
    hideNewThreadLink: false,
    focusAtStart: !isFramed && !sdk,
  });
  const visitor = new Visitor(config?.account_id ?? 0, config?.mobile_tag ?? "");
  const chat = config ? begin(config) : null;

  // In a frame the API is the loader's; an app's scripts run in every frame and must find one only.
  if (!isFramed)
    publish(
      listeners,
      {
        load() {},
        refresh: (options) => options?.openToNewThread && chat?.openNew(),
        open() {},
        close,
        remove: close,
        status: () => ({ loaded: chat !== null, pending: false }),
      },
      () => clear(),
    );

  function begin(pageConfig: PageConfig): Chat {
    const started = new Chat({
      environment: browser(),
      mobileTag: pageConfig.mobile_tag,
      credential: visitor.credential,
      emit,
      onKept: visitor.remember,
      olderMessages: (id, seq) => visitor.olderMessages(id, seq),
    });
    if (isFramed) started.isVisible.set(false);
    else followVisibility(started);
    applyLook(pageConfig);
    onSchemeChange(() => {
      applyLook(pageConfig);
      tellReady();
    });
    render(
      <PageProvider
        value={{ chat: started, config: pageConfig, words, surroundings, limitedUntil: visitor.limitedUntil }}
      >
        <App />
      </PageProvider>,
      root,
    );
    return started;
  }

  if (!chat && error) {
    const leave = sdk ? close : null;
    render(<Unavailable error={error} tag={tag} words={words} close={leave} />, root);
  }

  afterLoad(() => {
    chat?.start();
    if (chat) tellReady();
    else toLoader?.({ type: "pocketdesk:nothing" });
    emit("widgetLoaded", { message: "widget has loaded" });
  });
  for (const name of ["pointerdown", "keydown"] as const)
    root.addEventListener(name, () => emit("userInteractedWithWidget", { message: "chat was used" }), {
      once: true,
    });

  function emit(name: string, payload: Record<string, unknown>): void {
    listeners.emit(name, payload);
    toLoader?.({ type: "pocketdesk:event", name, payload });
    if (name === "unreadConversationCountChanged") {
      const count = Number(payload["unreadCount"]);
      const label = count ? words.count("launcher.unread", count) : words.say("launcher.open");
      toLoader?.({ type: "pocketdesk:unread", count, label });
    }
  }

  function close(): void {
    if (toLoader) toLoader({ type: "pocketdesk:close" });
    else emit("sdkCloseButtonClick", { message: "close button was clicked" });
  }

  function clear(): void {
    listeners.forget();
    void chat?.reset(() => visitor.forget());
  }

  function tellReady(): void {
    if (!config) return;
    const colours = accentNow(config.accent);
    toLoader?.({
      type: "pocketdesk:ready",
      accent: colours.accent,
      accentText: colours.text,
      accentHover: colours.hover,
      labels: {
        open: words.say("launcher.open"),
        close: words.say("launcher.close"),
        frame: words.say("page.title"),
      },
      direction: config.direction,
    });
  }

  function receive(message: Parameters<Parameters<typeof listenToLoader>[0]>[0]): void {
    switch (message.type) {
      case "pocketdesk:hello": {
        const { settings } = message;
        surroundings.set({
          isClosable: settings.isClosable,
          close,
          hideNewThreadLink: settings.hideNewThreadLink,
          focusAtStart: settings.isOpen && !settings.disableInitialInputFocus,
        });
        if (settings.openToNewThread) chat?.openNew();
        if (chat) followVisibility(chat, settings.isOpen);
        break;
      }
      case "pocketdesk:opened":
        chat?.isVisible.set(document.visibilityState === "visible");
        surroundings.set({ ...surroundings.get(), focusAtStart: true });
        break;
      case "pocketdesk:closed":
        chat?.isVisible.set(false);
        surroundings.set({ ...surroundings.get(), focusAtStart: false });
        break;
      case "pocketdesk:new-thread":
        chat?.openNew();
        break;
      case "pocketdesk:clear":
        clear();
    }
  }
}

/** Nothing counts as read in a page that nobody sees. */
function followVisibility(chat: Chat, isOpen = true): void {
  chat.isVisible.set(isOpen && document.visibilityState === "visible");
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") chat.isVisible.set(false);
    else if (!isFramed) chat.isVisible.set(true);
  });
}

/** The app's spinner hides at the load event, so nothing of ours may hold it up. */
function afterLoad(run: () => void): void {
  if (document.readyState === "complete") setTimeout(run);
  else window.addEventListener("load", () => setTimeout(run), { once: true });
}

/** The page beside the console's editor, with settings that nobody has saved. */
function showPreview(): void {
  const environment = new PreviewEnvironment();
  const chat = new Chat({
    environment,
    mobileTag: "preview",
    credential: async () => ({ hello: { token: "preview" }, headers: {} }),
    emit() {},
    onKept() {},
    olderMessages: async () => ({ items: [], has_more: false }),
  });
  const surroundings = new Store<Surroundings>({
    isClosable: true,
    close() {},
    hideNewThreadLink: false,
    focusAtStart: false,
  });
  const limitedUntil = new Store<number | null>(null);
  let latest: PageConfig | null = null;
  chat.start();
  onSchemeChange(() => latest && applyLook(latest));
  listenToEditor(({ config, texts, options }) => {
    latest = config;
    if (options?.dark !== undefined)
      document.documentElement.dataset["scheme"] = options.dark ? "dark" : "light";
    applyLook(config);
    environment.setOnline(!options?.offline);
    const words = new Words(config.language, texts ?? config.texts);
    render(
      <PageProvider value={{ chat, config, words, surroundings, limitedUntil }}>
        <App />
      </PageProvider>,
      root,
    );
  });
}
