import { catalogue } from "../app/words.ts";
import { t as settings } from "../settings/texts.ts";

/** Texts of integrations and of the page on which a user lets one in. */
export const t = catalogue({
  title: "Integrations",
  why: "A program outside that your colleagues can let in to work for them, as with HubSpot's public apps. Each sees what the program asks for, and says yes or no.",
  empty: "No integrations yet",
  learn: "How programs come in",
  create: "Register an integration",
  "edit.title": "Change {name}",
  "name.help": "Whoever is asked to let it in sees this name.",
  uris: "Where answers may go",
  "uris.help": "One address on each line: https, or http on localhost. They must be the same to the letter.",
  "uris.required": "Enter at least one address.",
  scopes: "It may ask for",
  "scopes.help": "Nobody has to allow all of it. What you take away here ends for everybody who allowed it.",
  client_id: "Client ID",
  secret: "New secret",
  "secret.label": "Client secret",
  "secret.once": "Copy the client secret now",
  "secret.once.why":
    "It is shown this one time only. The program shows it together with its client ID, which stays in the list.",
  "secret.replace": "New secret for {name}",
  "secret.replace.why":
    "The secret that the program has now stops working at once. Whoever let it in need not do so again.",
  remove: "Remove",
  "remove.title": "Remove {name}",
  "remove.why": "All its tokens end at once, and nobody can let it in any more. This cannot be undone.",
  removed: "{name} removed.",
  connections: "Who let it in",
  "connections.of": "Who let {name} in",
  "connections.none": "Nobody has let it in.",
  "connections.since": "since {date}, last used {used}",
  "connections.end": "End",
  "connections.end.of": "End what {name} allowed",
  "connections.ended": "{name}'s connection ended.",

  "ask.title": "Let {program} in?",
  "ask.why": "It would work in {account} in your name, {user}. It can do no more there than you can.",
  "ask.may": "It wants to",
  "ask.leads": "Either answer leads you to {host}. You can end it again under Settings → Integrations.",
  allow: "Allow",
  decline: "Decline",
  "wrong.title": "This cannot go on",
  "wrong.unknown_client":
    "None of your accounts knows this program. Perhaps you are signed in as somebody else, or it was removed.",
  "wrong.unregistered_redirect":
    "The program wants its answer at an address that is not registered here. Tell whoever makes it: its redirect_uri must be one of those in its settings.",
  "wrong.missing_rights":
    "The program needs rights that you do not have. To let a program in you need the right API tokens, and whatever it asks for itself. An administrator can do it.",
  "wrong.program": "The program asks for something that it cannot have. Tell whoever makes it: {message}",
  "wrong.other": "Sign in as somebody else",
});

const SCOPES: Readonly<Record<string, string>> = {
  oauth: "know who you are",
  "conversations.read": "read the conversations of your inboxes",
  "conversations.write": "answer, assign and close the conversations of your inboxes",
  "conversations.custom_channels.read": "see channels that programs bring",
  "conversations.custom_channels.write": "bring channels of its own and messages on them",
  "conversations.visitor_identification.tokens.create": "prove to the chat who a visitor is",
  "crm.objects.contacts.read": "read contacts",
  "crm.objects.contacts.write": "make and change contacts, and erase them if you may",
  "crm.objects.owners.read": "see who works in the account",
  "crm.objects.feedback_submissions.read": "read answers to surveys",
  tickets: "read and change tickets",
  "communication_preferences.read": "see who has subscribed to what",
  "communication_preferences.write": "subscribe contacts and end subscriptions",
  "communication_preferences.read_write": "see and change who has subscribed to what",
  files: "send files in your name and read those",
  content: "search the help centres",
  "pocketdesk.api": "use Pocketdesk's own API as you do where no right is needed",
};

/** What a program may do with a scope, as the rest of a sentence. */
export function scopeText(name: string): string {
  const right = /^pocketdesk\.(\w+)$/.exec(name)?.[1];
  return SCOPES[name] ?? (right ? settings(`right.${right}.may` as Parameters<typeof settings>[0]) : name);
}
