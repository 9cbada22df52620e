import type { Content } from "@pocketdesk/client/protocol";
import type { Availability, Heading, PageConfig } from "./boot.ts";

/** What is said to this visitor now: at first what the page began with, then what the server says of this one. */
export interface About {
  welcome: Content;
  heading: Heading;
  availability: Availability;
  isEmailKnown: boolean;
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
  availability: Availability;
}

export function aboutAnybody({ welcome, heading, availability }: PageConfig): About {
  return { welcome, heading, availability, isEmailKnown: false };
}

export function aboutVisitor({ welcome, heading, availability, email_known }: VisitorChat): About {
  return { welcome, heading, availability, isEmailKnown: email_known };
}
