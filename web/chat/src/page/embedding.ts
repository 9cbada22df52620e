/** What the chat page and the web loader around its frame say to each other, by postMessage. */

import type { Opening } from "./boot.ts";
import type { Named } from "./identity.ts";

export interface LoaderSettings {
  /** The loader hides the panel when the visitor closes it; an inline embed has nothing to hide. */
  isClosable: boolean;
  isOpen: boolean;
  openToNewThread: boolean;
  hideNewThreadLink: boolean;
  disableInitialInputFocus: boolean;
  disableAttachment: boolean;
  /** When to ask about cookies; null is as the chatflow says. */
  cookieBanner: "before_chat" | "on_exit_intent" | null;
  /** Who the visitor is; null: nobody in particular. */
  named: Named | null;
}

export type FromLoader =
  | { type: "pocketdesk:hello"; settings: LoaderSettings }
  /** `byVisitor`: not by itself, so that the chat may take the focus. */
  | { type: "pocketdesk:opened"; byVisitor: boolean }
  /** Is there still something to show, with this tag? */
  | { type: "pocketdesk:refresh"; chatflow: string }
  | {
      type:
        | "pocketdesk:closed"
        | "pocketdesk:clear"
        | "pocketdesk:new-thread"
        /** The pointer leaves the window. */
        | "pocketdesk:leaving"
        /** The visitor wants to close; the page closes when it has asked what it has to ask. */
        | "pocketdesk:closing";
    };

export type FromPage =
  | {
      type: "pocketdesk:ready";
      accent: string;
      accentText: string;
      accentHover: string;
      labels: { open: string; close: string; frame: string; hidePrompt: string };
      direction: "ltr" | "rtl";
      display: { desktop: Opening; mobile: Opening };
      /** Nobody is there, and the chatflow wants no launcher then. */
      isHidden: boolean;
      /** The words beside the launcher. */
      prompt: { name: string; text: string };
      /** Whether the host's page may keep a cookie of ours. */
      mayStore: boolean;
    }
  /** There is no chatflow to show. */
  | { type: "pocketdesk:nothing" }
  /** The tag leads to another chatflow now: the frame is to be made anew. */
  | { type: "pocketdesk:changed" }
  /** Nothing of the visitor is left. */
  | { type: "pocketdesk:cleared" }
  | { type: "pocketdesk:close" }
  | { type: "pocketdesk:unread"; count: number; label: string }
  | { type: "pocketdesk:event"; name: string; payload: Record<string, unknown> };

const TYPES = new Set(
  ["hello", "opened", "closed", "clear", "new-thread", "leaving", "closing", "refresh"].map(
    (each) => `pocketdesk:${each}`,
  ),
);

/** The page's end. The first hello fixes the origin that is spoken with from then on. */
export function listenToLoader(receive: (message: FromLoader) => void): (message: FromPage) => void {
  let origin: string | null = null;
  const waiting: FromPage[] = [];
  window.addEventListener("message", (event: MessageEvent<FromLoader>) => {
    if (event.source !== window.parent || !TYPES.has(event.data?.type)) return;
    if (origin === null && event.data.type === "pocketdesk:hello") origin = event.origin;
    if (event.origin !== origin) return;
    receive(event.data);
    for (const message of waiting.splice(0)) window.parent.postMessage(message, origin);
  });
  return (message) => {
    if (origin === null) waiting.push(message);
    else window.parent.postMessage(message, origin);
  };
}
