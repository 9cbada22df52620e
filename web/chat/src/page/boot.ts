import type { Content } from "@pocketdesk/client/protocol";
import type { Texts } from "./texts.ts";

export interface HeadingPerson {
  name: string;
  initials: string;
  color: number;
  /** Address of a photo. */
  image: string | null;
}

export interface Heading {
  name: string;
  /** Stand for the whole where there is no picture. */
  initials: string;
  people: HeadingPerson[];
  /** Address of the brand's image or GIF. */
  image: string | null;
  /** Agents write under the brand's name and image. */
  alias: boolean;
}

export interface Availability {
  state: "open" | "away" | "closed";
  /** What is shown while nobody is there; `hide` takes the launcher off a web page. */
  show: "chat" | "hide" | "message" | "return_time";
  text: string | null;
  /** The next opening, in UTC milliseconds. */
  returns_at: number | null;
  reply_time: "none" | "minutes" | "hours" | "day";
}

/** How the chat shows itself on a web page, and after how many seconds. */
export interface Opening {
  open: "chat" | "prompt" | "launcher";
  after_s: number;
}

export interface ConsentText {
  text: string;
  text_hash: string;
}

/** What the visitor is asked or told; null is off. */
export interface ConsentTexts {
  cookies: (ConsentText & { when: "before_chat" | "on_exit_intent" }) | null;
  process: (ConsentText & { type: "explicit" | "legitimate_interest" }) | null;
  communicate: { label: string; text_hash: string } | null;
}

export interface FileLimits {
  /** Endings of names, like `.jpg,.png`. */
  accept: string;
  max_bytes: number;
}

/** What a chatflow says about the page, as the server's `page_config` makes it. */
export interface PageConfig {
  account_id: number;
  chatflow_id: number | null;
  version: number | null;
  mobile_tag: string;
  language: string;
  direction: "ltr" | "rtl";
  heading: Heading;
  welcome: Content;
  availability: Availability;
  display: { desktop: Opening; mobile: Opening };
  close_button: boolean;
  attachments: FileLimits | null;
  consent: ConsentTexts;
  /** The knowledge base of the Help tab; null where there is no such tab. */
  help: { name: string } | null;
  accent: string;
  font: "system" | "serif" | "rounded" | "mono";
  texts: Texts;
}

export type BootError = "unknown_account" | "unknown_tag" | "missing_tag";

/** What the server wrote into the page. */
export interface Boot {
  preview?: boolean;
  config: PageConfig | null;
  error: BootError | null;
  texts: Texts;
  language: string;
  direction: "ltr" | "rtl";
  /** A mobile SDK shows this page and listens for the close control. */
  sdk: boolean;
}

export function readBoot(from: Document = document): Boot {
  const element = from.getElementById("pocketdesk-boot");
  return JSON.parse(element?.textContent ?? "{}") as Boot;
}

/** The same page as the server would make it now, or with another tag. */
export async function readBootAgain(tag?: string): Promise<Boot> {
  const address = new URL(location.href);
  if (tag !== undefined) address.searchParams.set("chatflow", tag);
  const answer = await fetch(address, { cache: "no-store" });
  return readBoot(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

/** Takes what identifies somebody out of the address: nothing that reads addresses later shall find it there. */
export function hideIdentity(): void {
  const address = new URL(location.href);
  address.searchParams.delete("email");
  address.searchParams.delete("identificationToken");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}
