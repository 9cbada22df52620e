export { PocketdeskChat, type PocketdeskChatProps, useUnreadCount } from "./chat";
export type { Configuration } from "./core/configuration";
export type { Identity, Listener, Store } from "./core/shell";
export { type Options, Pocketdesk } from "./pocketdesk";
