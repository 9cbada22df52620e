import type { ChatflowDocument } from "../api/types.ts";

type Chat = ChatflowDocument["chat"];
type Options = ChatflowDocument["options"];

/** The settings that the editor's tabs change. Texts that are null are the default of the language. */
export interface Draft
  extends Pick<
      Chat,
      | "assign"
      | "welcome"
      | "email_capture"
      | "heading"
      | "availability"
      | "display"
      | "close_button"
      | "attachments"
    >,
    Pick<
      Options,
      | "language"
      | "cookie_banner"
      | "process_consent"
      | "communicate_consent"
      | "marketing_contacts"
      | "survey_id"
    > {
  knowledge_base: ChatflowDocument["knowledge_base"];
  tag: string;
}

export type Setting = keyof Draft;
export type Tab = "chat" | "knowledge_base" | "options" | "mobile";
export const TABS: readonly Tab[] = ["chat", "knowledge_base", "options", "mobile"];

/** The server's name of each setting, in the order of the screen. The first part is its tab. */
export const PATH_OF: Readonly<Record<Setting, Tab | `${Tab}.${string}`>> = {
  assign: "chat.assign",
  welcome: "chat.welcome",
  email_capture: "chat.email_capture",
  heading: "chat.heading",
  availability: "chat.availability",
  display: "chat.display",
  close_button: "chat.close_button",
  attachments: "chat.attachments",
  knowledge_base: "knowledge_base",
  language: "options.language",
  cookie_banner: "options.cookie_banner",
  process_consent: "options.process_consent",
  communicate_consent: "options.communicate_consent",
  marketing_contacts: "options.marketing_contacts",
  survey_id: "options.survey_id",
  tag: "mobile.tag",
};

const SETTINGS = Object.keys(PATH_OF) as Setting[];

export const tabOf = (setting: Setting): Tab => PATH_OF[setting].split(".")[0] as Tab;

export function draftOf({ chat, knowledge_base, options, mobile }: ChatflowDocument): Draft {
  const { assign, welcome, email_capture, heading, availability, display, close_button, attachments } = chat;
  const { language, cookie_banner, process_consent, communicate_consent, marketing_contacts, survey_id } =
    options;
  return {
    ...{ assign, welcome, email_capture, heading, availability, display, close_button, attachments },
    ...{ language, cookie_banner, process_consent, communicate_consent, marketing_contacts, survey_id },
    knowledge_base,
    tag: mobile.tag,
  };
}

/** The document with the changes in it; settings that the console does not know stay as they are. */
export function withChanges(document: ChatflowDocument, changes: Partial<Draft>): ChatflowDocument {
  const draft = { ...draftOf(document), ...changes };
  const { language, cookie_banner, process_consent, communicate_consent, marketing_contacts, survey_id } =
    draft;
  const { assign, welcome, email_capture, heading, availability, display, close_button, attachments } = draft;
  return {
    ...document,
    chat: {
      ...document.chat,
      ...{ assign, welcome, email_capture, heading, availability, display, close_button, attachments },
    },
    knowledge_base: draft.knowledge_base,
    options: {
      ...document.options,
      ...{ language, cookie_banner, process_consent, communicate_consent, marketing_contacts, survey_id },
    },
    mobile: { ...document.mobile, tag: draft.tag.trim() },
  };
}

/** Changes without those that ended where they began. */
export function onlyReal(document: ChatflowDocument, changes: Partial<Draft>): Partial<Draft> {
  const saved = draftOf(document);
  return Object.fromEntries(
    changed(changes)
      .filter((setting) => !isSame(changes[setting], saved[setting]))
      .map((setting) => [setting, changes[setting]]),
  );
}

export function changed(changes: Partial<Draft>): Setting[] {
  return SETTINGS.filter((setting) => setting in changes);
}

/** Whether two settings say the same, whatever the order of their keys. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return one === other;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) =>
      isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
    )
  );
}

// ---- What is wrong -----------------------------------------------------------------------------------------------

/** Messages by the server's path in the document: `chat.assign.user_ids.2`. */
export type Errors = Readonly<Record<string, string>>;

/** The server's paths (`document.chat.welcome`) as the editor's; a part of the request outside the document keeps its own. */
export function toErrors(fields: Readonly<Record<string, string>>): Errors {
  return Object.fromEntries(
    Object.entries(fields).map(([field, text]) => [field.replace(/^document\./, ""), text]),
  );
}

/** The message at a path, or at a part of what stands there. */
export function errorAt(errors: Errors, path: string): string | undefined {
  return errors[path] ?? Object.entries(errors).find(([field]) => field.startsWith(`${path}.`))?.[1];
}

/** The setting in which a message stands; null for what the editor does not show. */
export function settingOf(field: string): Setting | null {
  return (
    SETTINGS.find((setting) => field === PATH_OF[setting] || field.startsWith(`${PATH_OF[setting]}.`)) ?? null
  );
}

/** The messages without those of settings that have just been changed. */
export function without(errors: Errors, settings: readonly Setting[]): Errors {
  return Object.fromEntries(
    Object.entries(errors).filter(([field]) => {
      const setting = settingOf(field);
      return setting === null || !settings.includes(setting);
    }),
  );
}

export const LONGEST_TAG = 100;
export const LONGEST_TEXT = 2_000;

export type TagProblem = "required" | "long" | "unprintable";

/** What is wrong with a mobile tag as typed; spaces around it do not count. */
export function tagProblem(typed: string): TagProblem | null {
  const tag = typed.trim();
  if (!tag) return "required";
  if ([...tag].length > LONGEST_TAG) return "long";
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(tag) ? "unprintable" : null;
}

/** Texts of a draft that are shown to visitors as the settings stand, by path. */
export function ownTexts(draft: Draft): Record<string, string | null> {
  const { assign, email_capture, availability, process_consent, communicate_consent } = draft;
  const isAway = availability?.kind === "users" && availability.away === "message";
  const isOutside = availability?.kind === "hours" && availability.outside === "message";
  return {
    "chat.assign.wait_text": assign.automatic && assign.wait_minutes !== null ? assign.wait_text : null,
    "chat.welcome": draft.welcome,
    "chat.email_capture.text": email_capture.ask === "never" ? null : email_capture.text,
    "chat.availability.away_text": isAway ? availability.away_text : null,
    "chat.availability.outside_text": isOutside ? availability.outside_text : null,
    "options.cookie_banner.text": draft.cookie_banner.text,
    "options.process_consent.text": process_consent.on ? process_consent.text : null,
    "options.communicate_consent.label": communicate_consent.on ? communicate_consent.label : null,
  };
}
