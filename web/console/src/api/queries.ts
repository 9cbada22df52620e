import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import { call, Refused } from "./call.ts";
import type {
  ApiToken,
  Assignables,
  AuditEntry,
  Chatflow,
  ChatflowRow,
  Connection,
  Contact,
  Delivery,
  DeliveryState,
  Erasure,
  Explanation,
  Identity,
  Inbox,
  Integrations,
  Language,
  Page,
  PermissionSet,
  PersonCopy,
  PrivacySettings,
  Push,
  RoutingSettings,
  Session,
  Skill,
  Submission,
  SubscriptionType,
  Survey,
  SurveyResults,
  SurveyWording,
  Team,
  User,
  UserRouting,
  Webhook,
} from "./types.ts";

/** Reads are kept for a while and refreshed on return; a refusal is an answer, only a lost connection is tried again. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (count, failure) => failure instanceof Refused && failure.status === 0 && count < 3,
      },
    },
  });
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => call<Session>("GET", "/session", { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => call<{ needed: boolean }>("GET", "/setup", { signal }),
});

/** Every item of a list that is small by nature (users, teams, inboxes), page after page. */
async function whole<Item>(path: string, query: object, signal: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const page: Page<Item> = await call("GET", path, { query: { ...query, limit: 100, after }, signal });
    items.push(...page.items);
    after = page.after;
  } while (after && items.length < 5_000);
  return items;
}

/** Every item of such a list, kept under a name. */
export function wholeQuery<Item>(account: number, name: string, path: string, query: object = {}) {
  return queryOptions({
    queryKey: [account, name, query],
    queryFn: ({ signal }) => whole<Item>(`/accounts/${account}${path}`, query, signal),
  });
}

export const usersQuery = (account: number) => wholeQuery<User>(account, "users", "/users");
export const teamsQuery = (account: number) => wholeQuery<Team>(account, "teams", "/teams");
export const permissionSetsQuery = (account: number) =>
  wholeQuery<PermissionSet>(account, "permission-sets", "/permission-sets");
export const tokensQuery = (account: number) => wholeQuery<ApiToken>(account, "tokens", "/tokens");
/** The integrations, and the scopes that they may ask for. */
export const integrationsQuery = (account: number) =>
  queryOptions({
    queryKey: [account, "integrations"],
    queryFn: ({ signal }) => call<Integrations>("GET", `/accounts/${account}/integrations`, { signal }),
  });
export const connectionsQuery = (account: number, integration: number) =>
  queryOptions({
    ...wholeQuery<Connection>(account, "connections", `/integrations/${integration}/connections`),
    queryKey: [account, "connections", integration],
  });
export const identityQuery = (account: number) =>
  queryOptions({
    queryKey: [account, "identity"],
    queryFn: ({ signal }) => call<Identity>("GET", `/accounts/${account}/identity`, { signal }),
  });
/** `mine` are the inboxes whose conversations one sees; `all` needs a right and serves configuration. */
export const inboxesQuery = (account: number, scope: "mine" | "all") =>
  wholeQuery<Inbox>(account, "inboxes", "/inboxes", { scope });
export const inboxQuery = (account: number, id: number) =>
  queryOptions({
    queryKey: [account, "inboxes", id],
    queryFn: ({ signal }) => call<Inbox>("GET", `/accounts/${account}/inboxes/${id}`, { signal }),
  });

export interface ChatflowFilters {
  search?: string | undefined;
  inbox_id?: string | undefined;
  type?: string | undefined;
  created_by?: string | undefined;
  status?: string | undefined;
}
export const chatflowsQuery = (account: number, filters: ChatflowFilters) =>
  wholeQuery<ChatflowRow>(account, "chatflows", "/chatflows", filters);

export const chatflowQuery = (account: number, id: number) =>
  queryOptions({
    queryKey: [account, "chatflow", id],
    queryFn: ({ signal }) => call<Chatflow>("GET", `/accounts/${account}/chatflows/${id}`, { signal }),
  });

export const languagesQuery = (account: number) =>
  queryOptions({
    queryKey: [account, "languages"],
    queryFn: async ({ signal }) => {
      const path = `/accounts/${account}/chatflows/languages`;
      return (await call<{ items: Language[] }>("GET", path, { signal })).items;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Which chatflow a tag leads to, for everybody or for one visitor, and why not to the others. */
export const explanationQuery = (account: number, tag: string, visitor: string) =>
  queryOptions({
    queryKey: [account, "explanation", tag, visitor],
    queryFn: ({ signal }) =>
      call<Explanation>("GET", `/accounts/${account}/chatflows/explain`, {
        query: { mobile_tag: tag, visitor_id: visitor },
        signal,
      }),
    retry: false,
  });

/** Who may be chosen for the conversations of an inbox, and why others may not. */
export const assignableQuery = (account: number, inbox: number) =>
  queryOptions({
    queryKey: [account, "assignable", inbox],
    queryFn: ({ signal }) =>
      call<Assignables>("GET", `/accounts/${account}/routing/assignable`, {
        query: { inbox_id: inbox },
        signal,
      }),
  });

function itemsQuery<Item>(account: number, name: string, path: string, query: object = {}) {
  return queryOptions({
    queryKey: [account, name, query],
    queryFn: async ({ signal }) =>
      (await call<{ items: Item[] }>("GET", `/accounts/${account}${path}`, { query, signal })).items,
  });
}

export const skillsQuery = (account: number) => itemsQuery<Skill>(account, "skills", "/routing/skills");
/** How much each user can take, and their skills. */
export const userRoutingsQuery = (account: number) =>
  wholeQuery<UserRouting>(account, "user-routings", "/routing/users");
export const routingSettingsQuery = (account: number) =>
  queryOptions({
    queryKey: [account, "routing-settings"],
    queryFn: ({ signal }) =>
      call<RoutingSettings>("GET", `/accounts/${account}/routing/settings`, { signal }),
  });
export const subscriptionTypesQuery = (account: number) =>
  itemsQuery<SubscriptionType>(account, "subscription-types", "/privacy/subscription-types");
export const privacyQuery = (account: number) =>
  queryOptions({
    queryKey: [account, "privacy"],
    queryFn: ({ signal }) =>
      call<PrivacySettings>("GET", `/accounts/${account}/privacy/settings`, { signal }),
  });
export const copiesQuery = (account: number) =>
  pagesQuery<PersonCopy>(account, "copies", "/privacy/exports", {});
export const erasuresQuery = (account: number) =>
  pagesQuery<Erasure>(account, "erasures", "/privacy/erasures", {});

export const surveysQuery = (account: number) => wholeQuery<Survey>(account, "surveys", "/surveys");
export const surveyQuery = (account: number, id: number) =>
  queryOptions({
    queryKey: [account, "survey", id],
    queryFn: ({ signal }) => call<Survey>("GET", `/accounts/${account}/surveys/${id}`, { signal }),
  });
export const surveyLanguagesQuery = (account: number) =>
  queryOptions({
    queryKey: [account, "survey-languages"],
    queryFn: ({ signal }) => call<string[]>("GET", `/accounts/${account}/surveys/languages`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
/** The texts with which a survey begins. */
export const wordingQuery = (account: number, delivery: Survey["delivery"], language: string) =>
  queryOptions({
    queryKey: [account, "survey-wording", delivery, language],
    queryFn: ({ signal }) =>
      call<SurveyWording>("GET", `/accounts/${account}/surveys/defaults`, {
        query: { delivery, language },
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export interface ResultsRange {
  from: number;
  to: number;
}
export const surveyResultsQuery = (
  account: number,
  id: number,
  range: ResultsRange,
  by: "day" | "week",
  time_zone: string,
) =>
  queryOptions({
    queryKey: [account, "survey-results", id, range, by, time_zone],
    queryFn: ({ signal }) =>
      call<SurveyResults>("GET", `/accounts/${account}/surveys/${id}/results`, {
        query: { ...range, by, time_zone },
        signal,
      }),
  });
/** Answers in which somebody wrote something. */
export const surveyCommentsQuery = (account: number, id: number, range: ResultsRange, rating: string) =>
  pagesQuery<Submission>(account, "survey-comments", `/surveys/${id}/submissions`, {
    ...range,
    rating,
    commented: true,
  });
/** Those that a chatflow can show when a conversation closes. */
export const chatSurveysQuery = (account: number) =>
  wholeQuery<Survey>(account, "surveys", "/surveys", { delivery: "chat" });

/** A long list, page by page as the reader gets there. */
function pagesQuery<Item>(account: number, name: string, path: string, query: object) {
  return infiniteQueryOptions({
    queryKey: [account, name, query],
    queryFn: ({ signal, pageParam }) =>
      call<Page<Item>>("GET", `/accounts/${account}${path}`, {
        query: { ...query, limit: 50, after: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Item>) => page.after,
  });
}

export const contactsQuery = (account: number, search: string, archived = false) =>
  pagesQuery<Contact>(account, "contacts", "/contacts", { search, archived });
export const auditQuery = (account: number) => pagesQuery<AuditEntry>(account, "audit", "/audit", {});
export const webhooksQuery = (account: number) => itemsQuery<Webhook>(account, "webhooks", "/webhooks");
export const webhookQuery = (account: number, id: number) =>
  queryOptions({
    queryKey: [account, "webhooks", id],
    queryFn: ({ signal }) => call<Webhook>("GET", `/accounts/${account}/webhooks/${id}`, { signal }),
  });
/** What a webhook was told or is to be told, newest fact first. */
export const deliveriesQuery = (account: number, id: number, state?: DeliveryState) => ({
  ...pagesQuery<Delivery>(account, "webhooks", `/webhooks/${id}/deliveries`, { state }),
  queryKey: [account, "webhooks", id, "deliveries", state ?? "all"],
});
export const pushQuery = (account: number) =>
  queryOptions({
    queryKey: [account, "push"],
    queryFn: ({ signal }) => call<Push>("GET", `/accounts/${account}/push`, { signal }),
  });
export const contactQuery = (account: number, id: number) =>
  queryOptions({
    queryKey: [account, "contact", id],
    queryFn: ({ signal }) => call<Contact>("GET", `/accounts/${account}/contacts/${id}`, { signal }),
  });
