import type { Content } from "@pocketdesk/client/protocol";
import type { Availability, Heading, PageConfig } from "./boot.ts";

/** What is said to this visitor now: at first what the page began with, then what the server says of this one. */
export interface About {
  welcome: Content;
  heading: Heading;
  availability: Availability;
  isEmailKnown: boolean;
  /** Whether a transcript can be sent there. */
  canMail: boolean;
}

/** Whether the visitor has agreed; null when they have not been asked or have not answered. */
export interface Choices {
  cookies: boolean | null;
  process: boolean | null;
  communicate: boolean | null;
}

/** The answer of `GET /visitor/chat`. */
export interface VisitorChat {
  welcome: Content;
  heading: Heading;
  consents: Choices;
  email_known: boolean;
  can_mail: boolean;
  availability: Availability;
}

export function aboutAnybody({ welcome, heading, availability }: PageConfig): About {
  return { welcome, heading, availability, isEmailKnown: false, canMail: false };
}

export function aboutVisitor(known: VisitorChat): About {
  const { welcome, heading, availability, email_known, can_mail } = known;
  return { welcome, heading, availability, isEmailKnown: email_known, canMail: can_mail };
}
