/** The native shell of our SDKs around the page, and what is said through the bridge: docs/spec/app-bridge.md. */

export const BRIDGE = 1;

export type ToShell =
  /** The page can receive. It begins no session before the shell has answered with `identity`. */
  | { type: "ready"; protocol: number }
  /** The token does not hold: another one, please. */
  | { type: "identity_needed" }
  /** Everything about the visitor is gone from page and server. */
  | { type: "logged_out" };

export type FromShell =
  /** Whoever is signed in to the app now; a token that is null: nobody. */
  | { type: "identity"; token: string | null; email: string | null; app_version: string | null }
  | { type: "log_out" };

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

function read(text: string): FromShell | null {
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
  if (given?.["type"] === "log_out") return { type: "log_out" };
  if (given?.["type"] !== "identity") return null;
  return {
    type: "identity",
    token: asText(given["token"]),
    email: asText(given["email"]),
    app_version: asText(given["app_version"]),
  };
}

function asText(value: unknown): string | null {
  return typeof value === "string" && value ? value : null;
}
