import { catalogue } from "../app/words.ts";

/** Texts of the contact list and of one contact. */
export const t = catalogue({
  title: "Contacts",
  search: "Search by name or e-mail",
  create: "Create contact",
  empty: "No contacts yet",
  "empty.why":
    "A contact is a person you know by e-mail. Visitors become contacts when you associate them in a conversation, or you create one here.",
  none: "Nobody fits “{words}”",
  "none.why": "Check the spelling, or create the contact.",
  "column.name": "Name",
  "column.email": "E-mail",
  "column.since": "Since",
  no_name: "No name",
  email: "E-mail",
  "email.required": "Enter an e-mail address, like name@example.com.",
  name: "Name",
  "name.optional": "Name (optional)",
  save: "Save",
  saved: "Saved.",
  created: "Contact created.",
  verified: "verified",
  unverified: "not verified",
  "unverified.why": "Somebody typed this address; your app has not proven that it is theirs.",
  back: "All contacts",
  since: "Contact since {date}",
  conversations: "Conversations",
  "conversations.none": "No conversation in your inboxes yet.",
  rename: "Change name",
});
