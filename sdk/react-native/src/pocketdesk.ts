import {
  AppState,
  Dimensions,
  I18nManager,
  Linking,
  NativeModules,
  PixelRatio,
  Platform,
} from "react-native";
import { type Configuration, ConfigurationError, parseConfiguration } from "./core/configuration";
import { readPush } from "./core/push";
import type { PushTarget } from "./core/server";
import { type Host, type Identity, type Listener, Shell, type Store } from "./core/shell";

export interface Options {
  /** Where a few secrets are kept across starts: a keychain. Without one they last until the app ends. */
  store?: Store;
  /** What your app says of its version. */
  appVersion?: string;
}

let shell: Shell | null = null;
let problem: ConfigurationError | null = new ConfigurationError("missing_configuration");
const waiting = new Set<() => void>();

/** The one place where the app speaks to the SDK. Nothing here throws. */
export const Pocketdesk = {
  /** Call it once, at the start. What is wrong with the configuration is shown where the chat would be. */
  configure(configuration: Configuration | string, options: Options = {}): void {
    try {
      const parsed = parseConfiguration(configuration);
      const before = shell?.configuration;
      if (before && JSON.stringify(before) === JSON.stringify(parsed)) return;
      shell = new Shell(parsed, host(options));
      problem = null;
      shell.setVisible(AppState.currentState === "active");
    } catch (error) {
      shell = null;
      problem = error instanceof ConfigurationError ? error : new ConfigurationError("broken_configuration");
    }
    for (const tell of [...waiting]) tell();
  },

  /** Somebody signed in to your app. `refresh` fetches another token from your server when this one is too old. */
  identify(identity: Identity, refresh?: () => Promise<Identity | null>): void {
    shell?.identify(identity, refresh ?? null);
  },

  /** Like `identify`, where the first token is fetched too; null means that nobody is signed in. */
  identifyBy(refresh: () => Promise<Identity | null>): void {
    shell?.identifyBy(refresh);
  },

  /** What your app knows of its user and device; agents see it beside the conversation. */
  setProperties(properties: Record<string, string>): void {
    shell?.setProperties(properties);
  },

  /** The device's token from your push library; null when pushes are not wanted. */
  setPushToken(token: string | null, more: { bundleId?: string; sandbox?: boolean } = {}): void {
    shell?.setPushToken(token === null ? null : target(token, more));
  },

  /** Whether a push (the data that your push library gives) is ours; then the chat opens at its conversation. */
  handlePush(payload: Readonly<Record<string, unknown>>): boolean {
    const opening = readPush(payload);
    return opening !== null && (shell?.open(opening) ?? false);
  },

  /** Leads the chat to a conversation. Show `PocketdeskChat` beside it. */
  openConversation(conversationId: number): void {
    shell?.say({ type: "open_conversation", conversation_id: conversationId });
  },

  /** Leads the chat to the Help tab, or to one article. */
  openHelp(articleId?: number, language = ""): void {
    shell?.say(
      articleId === undefined
        ? { type: "open_help" }
        : { type: "open_article", article_id: articleId, language },
    );
  },

  /** In how many conversations there is something unread. */
  get unreadCount(): number {
    return shell?.unreadCount ?? 0;
  },

  /** What is told of the chat from now on; what it gives back ends it. */
  listen(listener: Listener): () => void {
    return shell?.listen(listener) ?? (() => undefined);
  },

  /** The user signed out of your app: page, server and device forget. */
  async logOut(): Promise<void> {
    await shell?.logOut();
  },
};

/** The shell, or why there is none; `changed` is called when that changes. For the SDK's own components. */
export function current(): Shell | ConfigurationError {
  return shell ?? problem ?? new ConfigurationError("missing_configuration");
}

export function whenConfigured(changed: () => void): () => void {
  waiting.add(changed);
  return () => waiting.delete(changed);
}

export function openOutside(url: string): void {
  Linking.openURL(url).catch(() => undefined);
}

AppState.addEventListener("change", (state) => shell?.setVisible(state === "active"));

function target(token: string, { bundleId, sandbox }: { bundleId?: string; sandbox?: boolean }): PushTarget {
  return {
    provider: Platform.OS === "ios" ? "apns" : "fcm",
    token,
    topic: bundleId ?? null,
    sandbox: sandbox ?? false,
  };
}

function host({ store, appVersion }: Options): Host {
  return {
    platform: "react_native",
    appVersion: appVersion ?? "",
    locale: locale(),
    store: store ?? memory(),
    properties: () => automaticProperties(appVersion ?? ""),
    fetch: (url, init) => fetch(url, init as RequestInit),
    newId,
    now: () => Date.now(),
    later: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** What HubSpot's documentation names, as far as React Native knows it without more libraries. */
function automaticProperties(appVersion: string): Record<string, string> {
  const { width, height } = Dimensions.get("window");
  const ratio = PixelRatio.get();
  return {
    platform: Platform.OS,
    os_version: `${Platform.OS === "ios" ? "iOS" : "Android"} ${String(Platform.Version)}`,
    app_version: appVersion || "N/A",
    screen_size: `${Math.round(width)}x${Math.round(height)}`,
    screen_resolution: `${Math.round(width * ratio)}x${Math.round(height * ratio)}`,
    device_orientation: width > height ? "landscape" : "portrait",
    text_direction: I18nManager.isRTL ? "rtl" : "ltr",
  };
}

/** The device's language as it calls it, or nothing. */
export function locale(): string {
  const settings = NativeModules["SettingsManager"] as
    | { settings?: { AppleLocale?: string; AppleLanguages?: string[] } }
    | undefined;
  const android = NativeModules["I18nManager"] as { localeIdentifier?: string } | undefined;
  return (
    settings?.settings?.AppleLocale ??
    settings?.settings?.AppleLanguages?.[0] ??
    android?.localeIdentifier ??
    ""
  );
}

function memory(): Store {
  const kept = new Map<string, string>();
  return {
    get: async (key) => kept.get(key) ?? null,
    set: async (key, value) => void kept.set(key, value),
    remove: async (key) => void kept.delete(key),
  };
}

/** A random UUID. It only has to be another one on each phone: nothing is opened with it. */
function newId(): string {
  const random = () => Math.floor(Math.random() * 16);
  return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => random().toString(16));
}
