import type { ChatflowDocument } from "../api/types.ts";

/** The settings that the editor's tabs change, flat; `welcome` null is the default text of the language. */
export interface Draft {
  welcome: string | null;
  close_button: boolean;
  language: string;
  tag: string;
}

export type Setting = keyof Draft;
export type Tab = "chat" | "options" | "mobile";
export const TABS: readonly Tab[] = ["chat", "options", "mobile"];

/** Where each setting is edited, in the order of the screen. */
export const TAB_OF: Readonly<Record<Setting, Tab>> = {
  welcome: "chat",
  close_button: "chat",
  language: "options",
  tag: "mobile",
};

/** The server's names of the settings, for its errors. */
export const PATH_OF: Readonly<Record<Setting, string>> = {
  welcome: "chat.welcome",
  close_button: "chat.close_button",
  language: "options.language",
  tag: "mobile.tag",
};

const SETTINGS = Object.keys(TAB_OF) as Setting[];

export function draftOf(document: ChatflowDocument): Draft {
  return {
    welcome: document.chat.welcome,
    close_button: document.chat.close_button,
    language: document.options.language,
    tag: document.mobile.tag,
  };
}

/** The document with the changes in it; settings that the console does not know stay as they are. */
export function withChanges(document: ChatflowDocument, changes: Partial<Draft>): ChatflowDocument {
  const draft = { ...draftOf(document), ...changes };
  return {
    ...document,
    chat: { ...document.chat, welcome: draft.welcome, close_button: draft.close_button },
    options: { ...document.options, language: draft.language },
    mobile: { ...document.mobile, tag: draft.tag.trim() },
  };
}

/** Changes without those that ended where they began. */
export function onlyReal(document: ChatflowDocument, changes: Partial<Draft>): Partial<Draft> {
  const saved = draftOf(document);
  return Object.fromEntries(
    SETTINGS.filter((setting) => setting in changes && changes[setting] !== saved[setting]).map((setting) => [
      setting,
      changes[setting],
    ]),
  );
}

export function changed(changes: Partial<Draft>): Setting[] {
  return SETTINGS.filter((setting) => setting in changes);
}

export const LONGEST_TAG = 100;
export const LONGEST_WELCOME = 2_000;

export type TagProblem = "required" | "long" | "unprintable";

/** What is wrong with a mobile tag as typed; spaces around it do not count. */
export function tagProblem(typed: string): TagProblem | null {
  const tag = typed.trim();
  if (!tag) return "required";
  if ([...tag].length > LONGEST_TAG) return "long";
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(tag) ? "unprintable" : null;
}

/** The server's paths (`document.chat.welcome`, `chat.welcome`) as the editor's settings. */
export function settingOf(field: string): Setting | null {
  return (
    SETTINGS.find((setting) => field === PATH_OF[setting] || field.endsWith(`.${PATH_OF[setting]}`)) ?? null
  );
}
