import type { Content } from "@pocketdesk/client/protocol";
import type { Texts } from "./texts.ts";

export interface HeadingPerson {
  name: string;
  initials: string;
  color: number;
}

/** What a chatflow says about the page, as the server's `page_config` makes it. */
export interface PageConfig {
  account_id: number;
  chatflow_id: number | null;
  version: number | null;
  mobile_tag: string;
  language: string;
  direction: "ltr" | "rtl";
  heading: { name: string; people: HeadingPerson[] };
  welcome: Content;
  close_button: boolean;
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

export function readBoot(): Boot {
  const element = document.getElementById("pocketdesk-boot");
  return JSON.parse(element?.textContent ?? "{}") as Boot;
}

/** Takes what identifies somebody out of the address: nothing that reads addresses later shall find it there. */
export function hideIdentity(): void {
  const address = new URL(location.href);
  address.searchParams.delete("email");
  address.searchParams.delete("identificationToken");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}
