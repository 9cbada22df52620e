import { catalogue } from "../app/words.ts";

export const t = catalogue({
  title: "Pocketdesk demo",
  why: "Write as a visitor on the phone, answer as an agent in the inbox.",
  phone: "The app on a phone",
  inbox: "The agent's inbox",
  again: "New visitor",
  console: "Open the console alone",
  failed: "The demo could not start: {why}",
  sides: "Which side to show",
});
