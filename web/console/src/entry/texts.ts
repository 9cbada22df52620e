import { catalogue } from "../app/words.ts";

/** Texts of the screens in front of the door: set-up, sign-in, invitation. */
export const t = catalogue({
  email: "E-mail",
  "email.required": "Enter your e-mail address, like name@example.com.",
  password: "Password",
  "password.required": "Enter your password.",
  "password.new": "Choose a password",
  "password.help": "At least 10 characters. A few words in a row are easy to keep in mind.",
  "password.short": "Use at least 10 characters.",
  name: "Your name",
  "name.help": "Visitors see your first name when you answer.",
  "name.required": "Enter your name.",
  "sign_in.title": "Sign in",
  "sign_in.submit": "Sign in",
  "sign_in.forgot": "No access any more? An administrator of your account can send you a new invitation.",
  "set_up.title": "Set up Pocketdesk",
  "set_up.why": "You are the first one here. This makes your account and you its administrator.",
  "set_up.account": "Account name",
  "set_up.account.help": "Your company or your app. You can change it later.",
  "set_up.account.required": "Enter a name for the account.",
  "set_up.submit": "Create the account",
  "set_up.done": "Pocketdesk is already set up.",
  "set_up.go": "Go to sign-in",
  "invite.title": "Join {account}",
  "invite.why": "You sign in as {email}.",
  "invite.known": "You already have a login with this e-mail. Enter its password.",
  "invite.submit": "Join",
  "invite.gone": "This invitation does not work any more",
  "invite.gone.why":
    "Invitations work once and for a few days. Ask the person who invited you for a new one.",
});
