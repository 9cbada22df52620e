import "@pocketdesk/design/tokens.css";
import "./style.css";
import { browser } from "@pocketdesk/client/environment";
import { Store } from "@pocketdesk/client/store";
import { render } from "preact";
import { aboutAnybody, aboutVisitor } from "./page/about.ts";
import type { Answers } from "./page/answers.ts";
import { type Boot, hideIdentity, type PageConfig, readBoot, readBootAgain } from "./page/boot.ts";
import { Chat } from "./page/chat.ts";
import { Consent } from "./page/consent.ts";
import { Listeners, publish } from "./page/conversations-api.ts";
import { listenToLoader } from "./page/embedding.ts";
import { Links } from "./page/files.ts";
import { Identity, namedInAddress } from "./page/identity.ts";
import { accentNow, applyLook, followKeyboard, onSchemeChange } from "./page/look.ts";
import { Places } from "./page/places.ts";
import { BRIDGE, type FromShell, findShell, leadOut, listenToShell } from "./page/shell.ts";
import { Words } from "./page/texts.ts";
import { Visitor } from "./page/visitor.ts";
import { App, HelpTab } from "./parts/app.tsx";
import { plainText } from "./parts/content.tsx";
import { PageProvider, type Surroundings } from "./parts/context.ts";
import { Survey } from "./parts/conversation.tsx";
import { Menu } from "./parts/header.tsx";
import { Unavailable } from "./parts/unavailable.tsx";

/** A frame that no loader of ours greets shows an anonymous chat after this. */
const GREETED_WITHIN_MS = 3_000;
/** What is said about availability is asked for again when the page comes back after so long. */
const STALE_MS = 5 * 60_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a native shell is told of the events of the JavaScript API. */
const TOLD: Readonly<Record<string, "conversation_started" | "conversation_selected">> = {
  conversationStarted: "conversation_started",
  userSelectedThread: "conversation_selected",
};

const root = document.getElementById("app") as HTMLElement;
const boot = readBoot();
const isFramed = window.parent !== window;
const named = namedInAddress(location.search);

hideIdentity();
// A task of its own: reading this script and drawing the page are each short enough to keep a slow phone awake.
setTimeout(() => {
  followKeyboard();
  if (boot.preview) void import("./preview.tsx").then(({ showPreview }) => showPreview(root));
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
    disableAttachment: false,
    focusAtStart: !isFramed && !sdk,
  });
  const shell = isFramed ? null : findShell();
  const askShell = shell ? () => shell.post({ type: "identity_needed" }) : null;
  // Apps and loaders say who it is, or that it is nobody, as soon as they hear from the page.
  const identity = new Identity(named ?? (shell || isFramed ? undefined : null), askShell);
  const visitor = new Visitor(config?.account_id ?? 0, config?.mobile_tag ?? "", identity);
  let page: ReturnType<typeof begin> | null = null;
  let isPaused = false;
  if (config) page = begin(config);

  // In a frame the API is the loader's; an app's scripts run in every frame and must find one only.
  if (!isFramed)
    publish(
      listeners,
      {
        load() {},
        refresh: (options) => options?.openToNewThread && page && openNew(page),
        open() {},
        close,
        remove: close,
        status: () => ({ loaded: page !== null, pending: false }),
      },
      () => clear(),
    );

  function begin(first: PageConfig) {
    let isKept = false;
    const about = new Store(aboutAnybody(first));
    const links = new Links(visitor.links);
    const places = new Places(first.help ? history : null);
    const answers = new Store<Answers | null>(null);
    let isSeeking = false;
    const chat: Chat = new Chat({
      environment: browser(),
      mobileTag: first.mobile_tag,
      credential: visitor.credential,
      emit,
      transport: visitor,
      onPictureSent: links.keepPicture,
      onKept: () => {
        isKept = true;
        keep();
        seekAnswers();
      },
      olderMessages: (id, seq) => visitor.olderMessages(id, seq),
    });
    if (!sdk && !shell) {
      chat.lead(ledByAddress());
      chat.view.subscribe(() => chat.conversations.length > 0 && seekAnswers());
    }
    if (shell) {
      visitor.onCredential = (kept) => shell.post({ type: "credential", ...kept });
      let told: number | null = null;
      chat.view.subscribe(() => {
        const { unread } = chat;
        if (chat.view.get().kind !== "live" || unread === told) return;
        told = unread;
        shell.post({ type: "unread", count: unread });
      });
    }
    const consent = new Consent(first.consent, first.mobile_tag, (command) =>
      chat.client.outbox.run(command),
    );
    const transcripts = {
      download: sdk ? null : (id: number) => download(id),
      mail: visitor.mailTranscript,
    };

    /** A cookie that brings this visitor back: when there is something to come back to, and consent for it. */
    function keep(): void {
      if (isKept && consent.mayStore) visitor.remember();
    }

    /** Offers to tell of answers, once there is something to be answered, and where the browser can. */
    function seekAnswers(): void {
      if (isSeeking || sdk || shell || !("serviceWorker" in navigator)) return;
      isSeeking = true;
      import("./page/answers.ts")
        .then(({ Answers }) =>
          Answers.find(first.account_id, visitor, (id) => {
            chat.lead(id);
            places.show("chat");
          }),
        )
        .then(answers.set, () => {});
    }

    /** What was pushed to this browser was the visitor's who goes. */
    async function forgetAnswers(): Promise<void> {
      const had = answers.get();
      answers.set(null);
      isSeeking = false;
      await had?.forget().catch(() => {});
    }
    consent.onAllowed = keep;
    consent.onTextChanged = () => void readBootAgain().then(({ config }) => config && draw(config));

    visitor.onSession = ({ isNamed, isOther }) => {
      if (isOther) {
        void forgetAnswers();
        listeners.forget();
        chat.empty();
      }
      consent.set({ isNamed });
    };
    visitor.chat.subscribe(() => {
      const known = visitor.chat.get();
      if (!known) {
        consent.forget();
        return;
      }
      // Declined since, and the page was taken away before it could forget: it ends now.
      if (visitor.wasRemembered && known.consents.cookies === false && consent.asksForCookies) {
        clear();
        return;
      }
      about.set(aboutVisitor(known));
      consent.know(known.consents);
      keep();
      askAtOpening(known.availability.returns_at);
    });
    // What changes what the loader shows.
    about.subscribe(() => tellReady(first));
    consent.state.subscribe(() => tellReady(first));

    followLeaving(chat, consent);
    if (isFramed) chat.isVisible.set(false);
    else followVisibility(chat);
    onSchemeChange(() => {
      applyLook(first);
      tellReady(first);
    });
    // Another task, for the same reason as the first one.
    setTimeout(() => draw(first));
    return { chat, about, consent, places, forgetAnswers };

    function draw(config: PageConfig): void {
      applyLook(config);
      consent.set({ texts: config.consent });
      const { limitedUntil } = visitor;
      render(
        <PageProvider
          value={{
            ...{ chat, config, about, consent, links, transcripts, words, surroundings, limitedUntil },
            ...{ places, answers, help: visitor.help },
          }}
        >
          <App />
        </PageProvider>,
        root,
      );
    }
  }

  if (!page && error) {
    const leave = sdk ? close : null;
    render(<Unavailable error={error} tag={tag} words={words} close={leave} />, root);
  }

  afterLoad(() => {
    page?.chat.start();
    if (config) tellReady(config);
    else toLoader?.({ type: "pocketdesk:nothing" });
    emit("widgetLoaded", { message: "widget has loaded" });
    // What may be wanted later, also when the line is down by then.
    if (page) setTimeout(() => fetchParts(Boolean(config?.help)), 3_000);
  });
  for (const name of ["pointerdown", "keydown"] as const)
    root.addEventListener(name, () => emit("userInteractedWithWidget", { message: "chat was used" }), {
      once: true,
    });

  function emit(name: string, payload: Record<string, unknown>): void {
    listeners.emit(name, payload);
    toLoader?.({ type: "pocketdesk:event", name, payload });
    const type = TOLD[name];
    if (type) shell?.post({ type, conversation_id: idOf(payload) });
    if (name === "contactAssociated") void visitor.ask();
    if (name === "unreadConversationCountChanged") {
      const count = Number(payload["unreadCount"]);
      const label = count ? words.count("launcher.unread", count) : words.say("launcher.open");
      toLoader?.({ type: "pocketdesk:unread", count, label });
    }
  }

  function close(): void {
    if (page?.chat.hasWritten && page.consent.asksBeforeLeaving(leave)) return;
    leave();
  }

  function leave(): void {
    if (toLoader) {
      toLoader({ type: "pocketdesk:close" });
      return;
    }
    // The app takes the page away now.
    if (sdk && page?.consent.isDeclined) clear();
    emit("sdkCloseButtonClick", { message: "close button was clicked" });
    shell?.post({ type: "close" });
  }

  function clear(): Promise<void> {
    listeners.forget();
    page?.places.reset();
    page?.chat.lead(null);
    return (
      page?.chat.reset(async () => {
        await page?.forgetAnswers();
        await visitor.forget();
      }) ?? Promise.resolve()
    );
  }

  if (isFramed) setTimeout(() => identity.giveUp(), GREETED_WITHIN_MS);
  if (shell) {
    listenToShell(obey);
    leadOut(shell);
    shell.post({ type: "ready", protocol: BRIDGE });
  }

  function obey(message: FromShell): void {
    switch (message.type) {
      case "identity": {
        const { token, email, app_version } = message;
        visitor.appVersion = app_version?.slice(0, 40) ?? null;
        const isChanged = identity.give(token || email ? { token: token ?? "", email: email ?? "" } : null);
        if (isChanged) void page?.chat.reset(() => visitor.change());
        break;
      }
      case "log_out":
        void clear().then(() => shell?.post({ type: "logged_out" }));
        break;
      case "open_conversation":
        page?.chat.lead(message.conversation_id);
        page?.places.show("chat");
        break;
      case "open_article":
        if (config?.help) {
          const { article_id: id, language } = message;
          page?.places.open({ name: "article", id, language });
        }
        break;
      case "open_help":
        if (config?.help) page?.places.show("help");
        break;
      case "paused":
      case "resumed":
        isPaused = message.type === "paused";
        page?.chat.isVisible.set(!isPaused && document.visibilityState === "visible");
    }
  }

  /** Saves a conversation as a file. */
  async function download(conversationId: number): Promise<void> {
    const url = URL.createObjectURL(await visitor.transcript(conversationId));
    const link = Object.assign(document.createElement("a"), { href: url, download: `${conversationId}.txt` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  /** When somebody is there again, the page says so by itself. */
  function askAtOpening(at: number | null): void {
    const ms = at === null ? 0 : at - Date.now();
    if (ms > 0 && ms < LONGEST_TIMER_MS) setTimeout(() => void visitor.ask(), ms + 1_000);
  }

  /** Who leaves is asked about cookies, where the chatflow asks then; who has declined is forgotten. */
  function followLeaving(chat: Chat, consent: Consent): void {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        if (visitor.isStale(STALE_MS)) void visitor.ask();
      } else if (chat.hasWritten) consent.asksBeforeLeaving();
    });
    if (!isFramed)
      document.documentElement.addEventListener("mouseleave", () => {
        if (chat.hasWritten) consent.asksBeforeLeaving();
      });
    window.addEventListener("pagehide", () => {
      if (consent.isDeclined) void visitor.forget();
    });
  }

  /** Nothing counts as read in a page that nobody sees. */
  function followVisibility(chat: Chat, isOpen = true): void {
    chat.isVisible.set(isOpen && document.visibilityState === "visible");
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") chat.isVisible.set(false);
      else if (!isFramed) chat.isVisible.set(!isPaused);
    });
  }

  function tellReady({ accent, direction, display }: PageConfig): void {
    if (!toLoader || !page) return;
    const colours = accentNow(accent);
    const { heading, welcome, availability } = page.about.get();
    toLoader({
      type: "pocketdesk:ready",
      accent: colours.accent,
      accentText: colours.text,
      accentHover: colours.hover,
      labels: {
        open: words.say("launcher.open"),
        close: words.say("launcher.close"),
        frame: words.say("page.title"),
        hidePrompt: words.say("launcher.hide_prompt"),
      },
      direction,
      display,
      isHidden: availability.state !== "open" && availability.show === "hide",
      prompt: { name: heading.name, text: plainText(welcome) },
      mayStore: page.consent.mayStore,
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
          disableAttachment: settings.disableAttachment,
          focusAtStart: settings.isOpen && !settings.disableInitialInputFocus,
        });
        if ((settings.named || !named) && identity.give(settings.named))
          void page?.chat.reset(() => visitor.change());
        if (settings.cookieBanner) page?.consent.set({ moment: settings.cookieBanner });
        if (settings.openToNewThread && page) openNew(page);
        if (page) followVisibility(page.chat, settings.isOpen);
        break;
      }
      case "pocketdesk:opened":
        page?.chat.isVisible.set(document.visibilityState === "visible");
        if (message.byVisitor) surroundings.set({ ...surroundings.get(), focusAtStart: true });
        break;
      case "pocketdesk:closed":
        page?.chat.isVisible.set(false);
        surroundings.set({ ...surroundings.get(), focusAtStart: false });
        break;
      case "pocketdesk:new-thread":
        if (page) openNew(page);
        break;
      case "pocketdesk:leaving":
        if (page?.chat.hasWritten) page.consent.asksBeforeLeaving();
        break;
      case "pocketdesk:closing":
        close();
        break;
      case "pocketdesk:refresh":
        void refresh(message.chatflow);
        break;
      case "pocketdesk:clear":
        void clear().then(() => toLoader?.({ type: "pocketdesk:cleared" }));
    }
  }

  /** What the loader shows follows its tag; while somebody talks, everything stays as it is. */
  async function refresh(chatflow: string): Promise<void> {
    if (page?.chat.conversations.some(({ status }) => status === "open")) return;
    const now = (await readBootAgain(chatflow)).config;
    if (!now) toLoader?.({ type: "pocketdesk:nothing" });
    else if (now.chatflow_id !== config?.chatflow_id || now.version !== config?.version)
      toLoader?.({ type: "pocketdesk:changed" });
  }
}

/** The conversation of which a notification told. */
function ledByAddress(): number | null {
  const id = /^#conversation=(\d{1,16})$/.exec(location.hash)?.[1];
  if (id) history.replaceState(history.state, "", location.pathname + location.search);
  return id ? Number(id) : null;
}

function idOf(payload: Record<string, unknown>): number {
  return (payload as { conversation: { conversationId: number } }).conversation.conversationId;
}

function fetchParts(hasHelp: boolean): void {
  if (hasHelp) HelpTab.fetch();
  Survey.fetch();
  Menu.fetch();
  import("./page/upload.ts").catch(() => {});
}

function openNew({ chat, places }: { chat: Chat; places: Places }): void {
  chat.openNew();
  places.show("chat");
}

/** The app's spinner hides at the load event, so nothing of ours may hold it up. */
function afterLoad(run: () => void): void {
  if (document.readyState === "complete") setTimeout(run);
  else window.addEventListener("load", () => setTimeout(run), { once: true });
}
