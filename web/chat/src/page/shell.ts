/** The native shell of our SDKs around the page, and what is said through the bridge: docs/spec/app-bridge.md. */

export const BRIDGE = 1;

export type ToShell =
  /** The page can receive. It begins no session before the shell has answered with `identity`. */
  | { type: "ready"; protocol: number }
  /** The token does not hold: another one, please. */
  | { type: "identity_needed" }
  /** Everything about the visitor is gone from page and server. */
  | { type: "logged_out" }
  /** What the shell may keep of the session that has begun. */
  | { type: "credential"; credential: string; expires_at: number }
  | { type: "conversation_started" | "conversation_selected"; conversation_id: number }
  /** In so many conversations there is something unread. */
  | { type: "unread"; count: number }
  /** The visitor wants to leave the chat. */
  | { type: "close" }
  | { type: "open_link"; url: string };

export type FromShell =
  /** Whoever is signed in to the app now; a token that is null: nobody. */
  | { type: "identity"; token: string | null; email: string | null; app_version: string | null }
  | { type: "log_out" }
  | { type: "open_conversation"; conversation_id: number }
  | { type: "open_article"; article_id: number; language: string | null }
  | { type: "open_help" }
  /** The app goes to the background, and comes back. */
  | { type: "paused" | "resumed" };

export interface Shell {
  post(message: ToShell): void;
}

interface Port {
  postMessage(message: string): void;
}

declare global {
  interface Window {
    /** Android. */
    PocketdeskApp?: Port;
    /** iOS. */
    webkit?: { messageHandlers?: { pocketdesk?: Port } };
    /** React Native. */
    ReactNativeWebView?: Port;
    /** How the shell speaks to the page: JSON of a `FromShell`. */
    PocketdeskPage?: { receive(message: string): void };
  }
}

/** The shell, if one of our SDKs shows the page. */
export function findShell(): Shell | null {
  if (!navigator.userAgent.includes("PocketdeskSDK/")) return null;
  const port =
    window.PocketdeskApp ?? window.webkit?.messageHandlers?.pocketdesk ?? window.ReactNativeWebView;
  return port ? { post: (message) => port.postMessage(JSON.stringify(message)) } : null;
}

/** Lets the shell speak. What it says that cannot be read is left out: a later SDK may say more. */
export function listenToShell(receive: (message: FromShell) => void): void {
  window.PocketdeskPage = {
    receive: (text) => {
      const message = read(text);
      if (message) receive(message);
    },
  };
}

/** Links that lead out of the chat are the app's to open. */
export function leadOut(shell: Shell): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a");
    if (!link || event.defaultPrevented || !OUTSIDE.test(link.href)) return;
    event.preventDefault();
    shell.post({ type: "open_link", url: link.href });
  });
}

const OUTSIDE = /^(https?|mailto|tel):/;

function read(text: string): FromShell | null {
  let given: Record<string, unknown> | null;
  try {
    given = JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
  const type = given?.["type"];
  switch (type) {
    case "identity":
      return {
        type,
        token: asText(given?.["token"]),
        email: asText(given?.["email"]),
        app_version: asText(given?.["app_version"]),
      };
    case "open_conversation": {
      const conversation_id = asId(given?.["conversation_id"]);
      return conversation_id === null ? null : { type, conversation_id };
    }
    case "open_article": {
      const article_id = asId(given?.["article_id"]);
      return article_id === null ? null : { type, article_id, language: asText(given?.["language"]) };
    }
    case "log_out":
    case "open_help":
    case "paused":
    case "resumed":
      return { type };
    default:
      return null;
  }
}

function asText(value: unknown): string | null {
  return typeof value === "string" && value ? value : null;
}

function asId(value: unknown): number | null {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : null;
}
