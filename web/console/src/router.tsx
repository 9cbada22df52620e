import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Refused, search as toSearch } from "./api/call.ts";
import { chatflowQuery, languagesQuery, sessionQuery, setupQuery } from "./api/queries.ts";
import { AccountProvider } from "./app/account.tsx";
import { Bones, Broken, ChooseAccount, Missing } from "./app/screens.tsx";
import { Shell } from "./app/shell.tsx";
import { readFilters } from "./inbox/filters.ts";
import { KNOWLEDGE_TABS } from "./knowledge/tabs.ts";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: Missing,
});

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

/** The search part of an address, kept to the named texts that are set. */
function texts<Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [Key in Name]?: string } => {
    const kept: { [Key in Name]?: string } = {};
    for (const name of names) {
      const value = text(search[name]);
      if (value !== undefined) kept[name] = value;
    }
    return kept;
  };
}

/** An account, conversation, chatflow or contact number of the address; anything else leads nowhere. */
function number(written: string): number {
  if (!/^\d{1,16}$/.test(written)) throw notFound();
  return Number(written);
}

/** One of the names that a part of an address can have. */
function known<Name extends string>(written: string, names: readonly Name[]): Name {
  const name = names.find((one) => one === written);
  if (name === undefined) throw notFound();
  return name;
}

/** Whoever is not signed in does so first and comes back. */
async function signedIn(queries: QueryClient, href: string): Promise<void> {
  try {
    await queries.ensureQueryData(sessionQuery);
  } catch (failure) {
    if (!(failure instanceof Refused) || failure.status !== 401) throw failure;
    throw redirect({ to: "/sign-in", search: { next: href }, replace: true });
  }
}

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  loader: async ({ context }) => {
    const session = await context.queries.ensureQueryData(sessionQuery).catch((failure: unknown) => {
      if (failure instanceof Refused && failure.status === 401) return null;
      throw failure;
    });
    const first = session?.accounts[0];
    if (first)
      throw redirect({ to: "/a/$accountId/inbox", params: { accountId: String(first.id) }, replace: true });
    if (session) return session;
    const { needed } = await context.queries.fetchQuery(setupQuery);
    throw redirect({ to: needed ? "/set-up" : "/sign-in", replace: true });
  },
  component: function Home() {
    return <ChooseAccount session={home.useLoaderData()} />;
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: texts("next"),
  component: lazyRouteComponent(() => import("./entry/sign-in.tsx"), "SignIn"),
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: "/set-up",
  component: lazyRouteComponent(() => import("./entry/set-up.tsx"), "SetUp"),
});

const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite/$token",
  component: lazyRouteComponent(() => import("./entry/invite.tsx"), "AcceptInvitation"),
});

const demo = createRoute({
  getParentRoute: () => root,
  path: "/demo",
  component: lazyRouteComponent(() => import("./demo/demo.tsx"), "Demo"),
});

const asked = texts(
  "client_id",
  "redirect_uri",
  "scope",
  "optional_scope",
  "state",
  "response_type",
  "code_challenge",
  "code_challenge_method",
);

const authorize = createRoute({
  getParentRoute: () => root,
  path: "/oauth/authorize",
  validateSearch: asked,
  loader: ({ context, location }) => signedIn(context.queries, location.href),
  component: lazyRouteComponent(() => import("./integrations/authorize.tsx"), "Authorize"),
});

/** Programs may name the account that they want to be let into. */
const authorizeIn = createRoute({
  getParentRoute: () => root,
  path: "/oauth/$accountId/authorize",
  params: {
    parse: ({ accountId }) => ({ accountId: String(number(accountId)) }),
    stringify: ({ accountId }) => ({ accountId }),
  },
  validateSearch: asked,
  loader: ({ context, location }) => signedIn(context.queries, location.href),
  component: lazyRouteComponent(() => import("./integrations/authorize.tsx"), "Authorize"),
});

const account = createRoute({
  getParentRoute: () => root,
  path: "/a/$accountId",
  params: {
    parse: ({ accountId }) => ({ accountId: String(number(accountId)) }),
    stringify: ({ accountId }) => ({ accountId }),
  },
  loader: ({ context, location }) => signedIn(context.queries, location.href),
  component: function Account() {
    const { accountId } = account.useParams();
    return (
      <AccountProvider
        accountId={Number(accountId)}
        outside={(session) => <ChooseAccount session={session} />}
      >
        <Shell />
      </AccountProvider>
    );
  },
});

const accountHome = createRoute({
  getParentRoute: () => account,
  path: "/",
  loader: ({ params }) => {
    throw redirect({ to: "/a/$accountId/inbox", params, replace: true });
  },
});

const inbox = createRoute({
  getParentRoute: () => account,
  path: "/inbox",
  validateSearch: readFilters,
  component: lazyRouteComponent(() => import("./inbox/inbox.tsx"), "InboxScreen"),
});

const inboxEmpty = createRoute({
  getParentRoute: () => inbox,
  path: "/",
  component: lazyRouteComponent(() => import("./inbox/inbox.tsx"), "NothingOpen"),
});

const conversation = createRoute({
  getParentRoute: () => inbox,
  path: "/$conversationId",
  params: {
    parse: ({ conversationId }) => ({ conversationId: String(number(conversationId)) }),
    stringify: ({ conversationId }) => ({ conversationId }),
  },
  component: lazyRouteComponent(() => import("./inbox/conversation.tsx"), "ConversationScreen"),
});

const chatflows = createRoute({
  getParentRoute: () => account,
  path: "/chatflows",
  validateSearch: texts("search", "inbox", "type", "status", "creator"),
  component: lazyRouteComponent(() => import("./chatflows/list.tsx"), "ChatflowList"),
});

const newChatflow = createRoute({
  getParentRoute: () => account,
  path: "/chatflows/new",
  component: lazyRouteComponent(() => import("./chatflows/create.tsx"), "ChooseChannel"),
});

const wizard = createRoute({
  getParentRoute: () => account,
  path: "/chatflows/new/mobile",
  component: lazyRouteComponent(() => import("./chatflows/create.tsx"), "Wizard"),
});

const explain = createRoute({
  getParentRoute: () => account,
  path: "/chatflows/explain",
  validateSearch: texts("tag", "visitor"),
  component: lazyRouteComponent(() => import("./chatflows/explain.tsx"), "Explain"),
});

const editor = createRoute({
  getParentRoute: () => account,
  path: "/chatflows/$chatflowId/$tab",
  validateSearch: texts("survey"),
  loader: ({ context, params }) => {
    if (!["chat", "knowledge_base", "options", "mobile"].includes(params.tab)) throw notFound();
    const accountId = Number(params.accountId);
    return Promise.all([
      context.queries.ensureQueryData(chatflowQuery(accountId, number(params.chatflowId))),
      context.queries.ensureQueryData(languagesQuery(accountId)),
    ]);
  },
  component: lazyRouteComponent(() => import("./chatflows/editor.tsx"), "Editor"),
});

const editorHome = createRoute({
  getParentRoute: () => account,
  path: "/chatflows/$chatflowId",
  loader: ({ params }) => {
    throw redirect({
      to: "/a/$accountId/chatflows/$chatflowId/$tab",
      params: { ...params, tab: "chat" },
      replace: true,
    });
  },
});

const knowledge = createRoute({
  getParentRoute: () => account,
  path: "/knowledge",
  validateSearch: texts("all", "create"),
  component: lazyRouteComponent(() => import("./knowledge/bases.tsx"), "BaseList"),
});

const knowledgeBase = createRoute({
  getParentRoute: () => account,
  path: "/knowledge/$baseId/$tab",
  params: {
    parse: ({ baseId, tab }) => ({ baseId: String(number(baseId)), tab: known(tab, KNOWLEDGE_TABS) }),
    stringify: (written) => written,
  },
  validateSearch: texts("search", "category", "state", "language", "access", "from", "to", "days"),
  component: lazyRouteComponent(() => import("./knowledge/base.tsx"), "BaseScreen"),
});

const knowledgeBaseHome = createRoute({
  getParentRoute: () => account,
  path: "/knowledge/$baseId",
  loader: ({ params }) => {
    throw redirect({
      to: "/a/$accountId/knowledge/$baseId/$tab",
      params: { ...params, tab: "articles" },
      replace: true,
    });
  },
});

const article = createRoute({
  getParentRoute: () => account,
  path: "/knowledge/articles/$articleId/$language",
  params: {
    parse: ({ articleId, language }) => ({ articleId: String(number(articleId)), language }),
    stringify: (written) => written,
  },
  component: lazyRouteComponent(() => import("./knowledge/article.tsx"), "ArticleScreen"),
});

const articleVersions = createRoute({
  getParentRoute: () => account,
  path: "/knowledge/articles/$articleId/$language/versions",
  validateSearch: texts("version", "against"),
  component: lazyRouteComponent(() => import("./knowledge/versions.tsx"), "VersionsScreen"),
});

const contacts = createRoute({
  getParentRoute: () => account,
  path: "/contacts",
  validateSearch: texts("search", "archived"),
  component: lazyRouteComponent(() => import("./contacts/list.tsx"), "ContactList"),
});

const contact = createRoute({
  getParentRoute: () => account,
  path: "/contacts/$contactId",
  component: lazyRouteComponent(() => import("./contacts/contact.tsx"), "ContactScreen"),
});

const settings = createRoute({
  getParentRoute: () => account,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings/settings.tsx"), "Settings"),
});

const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: lazyRouteComponent(() => import("./settings/settings.tsx"), "SettingsHome"),
});

const section = <Path extends string>(
  path: Path,
  load: () => Promise<Record<string, unknown>>,
  name: string,
) =>
  createRoute({
    getParentRoute: () => settings,
    path,
    // biome-ignore lint/suspicious/noExplicitAny: the named exports are components without properties.
    component: lazyRouteComponent(load as () => Promise<any>, name),
  });

const inboxes = () => import("./settings/inboxes.tsx");

const newSurvey = createRoute({
  getParentRoute: () => settings,
  path: "surveys/new",
  validateSearch: texts("chatflow"),
  component: lazyRouteComponent(() => import("./surveys/editor.tsx"), "NewSurvey"),
});

const survey = createRoute({
  getParentRoute: () => settings,
  path: "surveys/$surveyId",
  params: {
    parse: ({ surveyId }) => ({ surveyId: String(number(surveyId)) }),
    stringify: ({ surveyId }) => ({ surveyId }),
  },
  component: lazyRouteComponent(() => import("./surveys/editor.tsx"), "SurveyEditor"),
});

const surveyResults = createRoute({
  getParentRoute: () => settings,
  path: "surveys/$surveyId/results",
  validateSearch: texts("from", "to", "days", "by"),
  component: lazyRouteComponent(() => import("./surveys/results.tsx"), "Results"),
});

const webhook = createRoute({
  getParentRoute: () => settings,
  path: "webhooks/$webhookId",
  params: {
    parse: ({ webhookId }) => ({ webhookId: String(number(webhookId)) }),
    stringify: ({ webhookId }) => ({ webhookId }),
  },
  component: lazyRouteComponent(() => import("./webhooks/webhook.tsx"), "WebhookScreen"),
});

const settingsTree = settings.addChildren([
  settingsHome,
  section("users", () => import("./settings/users.tsx"), "Users"),
  section("teams", () => import("./settings/teams.tsx"), "Teams"),
  section("permissions", () => import("./settings/sets.tsx"), "PermissionSets"),
  section("inboxes", inboxes, "InboxList"),
  section("inboxes/$inboxId", () => import("./settings/inbox.tsx"), "InboxSettings"),
  section("surveys", () => import("./surveys/list.tsx"), "SurveyList"),
  newSurvey,
  survey,
  surveyResults,
  section("routing", () => import("./routing/routing.tsx"), "Routing"),
  section("simulator", () => import("./routing/simulator.tsx"), "Simulator"),
  section("privacy", () => import("./settings/privacy.tsx"), "Privacy"),
  section("identity", () => import("./settings/identity.tsx"), "Identity"),
  section("tokens", () => import("./settings/tokens.tsx"), "Tokens"),
  section("integrations", () => import("./integrations/list.tsx"), "Integrations"),
  section("webhooks", () => import("./webhooks/list.tsx"), "WebhookList"),
  webhook,
  section("push", () => import("./push/push.tsx"), "Push"),
  section("audit", () => import("./settings/audit.tsx"), "AuditLog"),
  section("account", () => import("./settings/account.tsx"), "AccountName"),
  section("notifications", () => import("./settings/notifications.tsx"), "NotificationSettings"),
]);

const tree = root.addChildren([
  home,
  signIn,
  setUp,
  invite,
  demo,
  authorize,
  authorizeIn,
  account.addChildren([
    accountHome,
    inbox.addChildren([inboxEmpty, conversation]),
    chatflows,
    newChatflow,
    wizard,
    explain,
    editorHome,
    editor,
    knowledge,
    knowledgeBaseHome,
    knowledgeBase,
    article,
    articleVersions,
    contacts,
    contact,
    settingsTree,
  ]),
]);

/** The console's router; texts in the address stay as they are written there. */
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: Bones,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: Missing,
    scrollRestoration: true,
    parseSearch: (written) => Object.fromEntries(new URLSearchParams(written)),
    stringifySearch: toSearch,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
