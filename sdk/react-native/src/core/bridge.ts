/** What the chat page says to the app. Whatever else it says is left out: a later page may say more. */
export type FromPage =
  | { type: "ready"; protocol: number }
  | { type: "identity_needed" }
  | { type: "logged_out" }
  | { type: "credential"; credential: string; expires_at: number }
  | { type: "conversation_started"; conversation_id: number }
  | { type: "conversation_selected"; conversation_id: number }
  | { type: "unread"; count: number }
  | { type: "close" }
  | { type: "open_link"; url: string };

/** What the app says to the chat page. */
export type ToPage =
  | { type: "identity"; token: string | null; email: string | null; app_version: string | null }
  | { type: "log_out" }
  | { type: "open_conversation"; conversation_id: number }
  | { type: "open_article"; article_id: number; language: string }
  | { type: "open_help" }
  | { type: "paused" }
  | { type: "resumed" };

/** What the page said; null for what no app of this version reads. */
export function fromPage(text: string): FromPage | null {
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
  if (typeof given !== "object" || given === null) return null;
  const { type, protocol, credential, expires_at, conversation_id, count, url } = given;
  switch (type) {
    case "ready":
      return isWhole(protocol) ? { type, protocol } : null;
    case "identity_needed":
    case "logged_out":
    case "close":
      return { type };
    case "credential":
      return typeof credential === "string" && credential && isWhole(expires_at)
        ? { type, credential, expires_at }
        : null;
    case "conversation_started":
    case "conversation_selected":
      return isWhole(conversation_id) ? { type, conversation_id } : null;
    case "unread":
      return isWhole(count) ? { type, count } : null;
    case "open_link":
      return typeof url === "string" && LINK.test(url) ? { type, url } : null;
    default:
      return null;
  }
}

/** A message as the script that is run in the page. */
export function toScript(message: ToPage): string {
  return `window.PocketdeskPage&&PocketdeskPage.receive(${JSON.stringify(JSON.stringify(message))})`;
}

/** What may be opened outside the chat. */
export const LINK = /^(https?:\/\/[^\s/]|mailto:\S|tel:\S)/i;

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
