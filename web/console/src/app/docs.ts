/** Where the console leads into the documentation that the product serves itself. A check proves that each place exists. */
export const DOCS = {
  first: "/docs/chat-in-your-app",
  api: "/docs/api",
  priority: "/docs/priority-and-mobile-tag",
  tag: "/docs/priority-and-mobile-tag#the-mobile-tag",
  explain: "/docs/priority-and-mobile-tag#ask-which-chatflow-answers",
  welcome: "/docs/welcome-and-language#the-welcome-message",
  language: "/docs/welcome-and-language#the-language",
  replying: "/docs/replying",
  capture: "/docs/replying#ask-for-an-e-mail-address",
  heading: "/docs/replying#who-visitors-see",
  survey: "/docs/replying#ask-how-it-was",
  routing: "/docs/availability-and-routing#give-conversations-to-somebody",
  choosable: "/docs/availability-and-routing#who-can-be-chosen",
  availability: "/docs/availability-and-routing#when-you-are-there",
  display: "/docs/availability-and-routing#how-the-chat-opens",
  identity: "/docs/identity",
  knowledge: "/docs/knowledge-base",
  helpCenter: "/docs/knowledge-base#the-help-centre",
  webhooks: "/docs/webhooks",
  help: "/docs/help-tab",
  consent: "/docs/consent",
  privacy: "/docs/privacy",
  retention: "/docs/privacy#retention",
} as const;

export type DocsPlace = (typeof DOCS)[keyof typeof DOCS];
