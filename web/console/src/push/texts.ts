import { catalogue } from "../app/words.ts";

/** Texts of push. */
export const t = catalogue({
  title: "Push",
  why: "Whoever has closed your app hears of your answer by a push. Your server sends it itself, with a key of your own for each service.",
  learn: "Where to get the keys, and how a push travels",
  services: "Services",
  "services.help":
    "Set up those that your apps run on. Keys are stored encrypted and never shown again; you can replace them at any time.",
  apns: "Apple",
  "apns.why": "For iPhone and iPad. You need a token key (.p8) from Apple’s developer site.",
  fcm: "Android",
  "fcm.why":
    "For Android phones and tablets. You need a service account of your Firebase project, a JSON file.",
  webpush: "Browsers",
  "webpush.why": "For chats on your website. You need an address to write to; the key is made here.",
  unset: "Not set up",
  set_up: "Set up",
  "set_up.of": "Set up {service}",
  on: "On",
  failing: "Failing",
  since: "Set up on {date}",
  "since.by": "Set up on {date} by {who}",
  unsent: "Nothing sent yet",
  sent: "Last sent {date}",
  failed: "Last failed {date}: {words}",
  more: "More for {service}",
  replace: "Replace",
  "replace.of": "Replace the key for {service}",
  "replace.verb": "Replace",
  done: "Pushes for {service} are set up.",
  replaced: "The key for {service} is replaced.",
  remove: "Remove",
  "remove.title": "Remove the key for {service}?",
  "remove.why":
    "Nothing is pushed there any more. The key cannot be brought back from here; keep your own copy if you want to set it again.",
  "remove.webpush.why":
    "Nothing is pushed there any more. A new key can be made later, but everybody has to allow notifications again.",
  removed: "Nothing is pushed to {service} any more.",
  file: "Choose the file",
  "file.or": "or paste its text above",
  "file.large": "This file is too large to be a key. Choose the one you downloaded.",
  team_id: "Team ID",
  "team_id.help": "Ten capital letters and digits, under Membership details on Apple’s developer site.",
  "team_id.required": "Enter the team ID: ten capital letters and digits.",
  key_id: "Key ID",
  "key_id.help": "Ten capital letters and digits, beside the key. The name of its file holds it too.",
  "key_id.required": "Enter the key ID: ten capital letters and digits.",
  private_key: "Key file (.p8)",
  "private_key.help": "One key serves all apps of the team.",
  "private_key.required": "Choose the .p8 file, or paste its text.",
  service_account: "Service account (JSON)",
  "service_account.help":
    "In Firebase’s console: Project settings, Service accounts, Generate new private key.",
  "service_account.required": "Choose the JSON file, or paste its text.",
  subject: "Contact for push services",
  "subject.help":
    "Makers of browsers write there if something is wrong with your pushes. An e-mail address, or a web address with https.",
  "subject.required": "Enter an e-mail address, or a web address that begins with https://.",
  "subject.new_key": "This makes a new key. Everybody who gets pushes in a browser has to allow them again.",
  says: "What a push says",
  words: "Show the words of messages",
  "words.help":
    "The first words of your answer stand on the lock screen. Switched off, a push says only that there is something new. Devices that proved nothing about their owner never get words.",
  "words.on": "Pushes show the words of messages.",
  "words.off": "Pushes no longer show the words of messages.",
  "failure.busy": "The service asked to wait. Pushes are tried again by themselves.",
  "failure.fault": "The service had a fault of its own. Pushes are tried again by themselves.",
  "failure.apns.key": "Apple does not accept the key. Check key ID and team ID, or make a new key.",
  "failure.apns.clock": "Apple finds the signature too old. Check the clock of your server.",
  "failure.apns.environment":
    "The key is not for this kind of build. Make one for both sandbox and production.",
  "failure.apns.bundle": "An app did not tell its bundle ID. Update the SDK in it.",
  "failure.apns.topic": "The key is not for this app. Make one for all apps of the team.",
  "failure.fcm.key":
    "Google does not accept the service account. Its key may have been deleted; make a new one.",
  "failure.fcm.rights":
    "Google does not let this service account send. Enable the Firebase Cloud Messaging API in its project.",
  "failure.fcm.project": "Google does not know the project. It may have been deleted.",
  "failure.webpush.key":
    "A browser’s push service does not accept the key. Whoever subscribed with an earlier one has to allow notifications again.",
  "failure.status": "The service refused with status {status}.",
});
