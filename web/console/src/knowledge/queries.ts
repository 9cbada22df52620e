import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { wholeQuery } from "../api/queries.ts";
import type { Page } from "../api/types.ts";
import type { ServerDraft } from "./draft.ts";
import type {
  Article,
  ArticleRow,
  Base,
  BrokenLink,
  Category,
  Difference,
  Import,
  Insights,
  Synonym,
  Untranslated,
  Variant,
  VersionRow,
} from "./shapes.ts";

/** Where the server keeps an account's knowledge. */
export const knowledge = (account: number, path = "") => `/accounts/${account}/knowledge${path}`;

/** Everything that lists a base's articles or counts them. */
export const articlesKey = (account: number, base: number) => [account, "knowledge", base] as const;

export const basesQuery = (account: number) =>
  queryOptions({
    queryKey: [account, "knowledge-bases"],
    queryFn: async ({ signal }) =>
      (await call<{ items: Base[] }>("GET", knowledge(account, "/bases"), { signal })).items,
  });

export const baseQuery = (account: number, base: number) =>
  queryOptions({
    queryKey: [account, "knowledge-bases", base],
    queryFn: ({ signal }) => call<Base>("GET", knowledge(account, `/bases/${base}`), { signal }),
  });

export const categoriesQuery = (account: number, base: number) =>
  queryOptions({
    queryKey: [...articlesKey(account, base), "categories"],
    queryFn: async ({ signal }) =>
      (await call<{ items: Category[] }>("GET", knowledge(account, `/bases/${base}/categories`), { signal }))
        .items,
  });

export interface ArticleFilters {
  search?: string | undefined;
  category_id?: string | undefined;
  state?: string | undefined;
  language?: string | undefined;
  access?: string | undefined;
  limit?: number;
}

export const articlesQuery = (account: number, base: number, filters: ArticleFilters) =>
  queryOptions({
    queryKey: [...articlesKey(account, base), "articles", filters],
    queryFn: ({ signal }) =>
      call<Page<ArticleRow>>("GET", knowledge(account, `/bases/${base}/articles`), {
        query: filters,
        signal,
      }),
  });

export const articlePagesQuery = (account: number, base: number, filters: ArticleFilters) =>
  infiniteQueryOptions({
    queryKey: [...articlesKey(account, base), "article-pages", filters],
    queryFn: ({ signal, pageParam }) =>
      call<Page<ArticleRow>>("GET", knowledge(account, `/bases/${base}/articles`), {
        query: { ...filters, limit: 50, after: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<ArticleRow>) => page.after,
  });

export const articleQuery = (account: number, article: number) =>
  queryOptions({
    queryKey: [account, "article", article],
    queryFn: ({ signal }) => call<Article>("GET", knowledge(account, `/articles/${article}`), { signal }),
  });

export const variantQuery = (account: number, article: number, language: string) =>
  queryOptions({
    queryKey: [account, "article", article, language],
    queryFn: ({ signal }) =>
      call<Variant>("GET", knowledge(account, `/articles/${article}/variants/${language}`), { signal }),
    // What is written goes on from here; others' changes are met by the draft itself.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** The part of a variant that is being written. */
export const toDraft = ({ draft }: Variant): ServerDraft => ({
  title: draft.title,
  subtitle: draft.subtitle,
  slug: draft.slug,
  tags: draft.tags,
  body: draft.body,
  revision: draft.revision,
  saved_at: draft.saved_at,
  by: draft.saved_by.name,
});

export const versionsQuery = (account: number, article: number, language: string) =>
  queryOptions({
    ...wholeQuery<VersionRow>(
      account,
      "versions",
      `/knowledge/articles/${article}/variants/${language}/versions`,
    ),
    queryKey: [account, "article", article, language, "versions"],
  });

export const diffQuery = (
  account: number,
  article: number,
  language: string,
  version: number,
  against: string | undefined,
) =>
  queryOptions({
    queryKey: [account, "article", article, language, "diff", version, against],
    queryFn: ({ signal }) =>
      call<Difference>(
        "GET",
        knowledge(account, `/articles/${article}/variants/${language}/versions/${version}/diff`),
        { query: { against }, signal },
      ),
  });

const listed = <Item>(account: number, base: number, name: string, path: string) => ({
  ...wholeQuery<Item>(account, name, `/knowledge/bases/${base}${path}`),
  queryKey: [...articlesKey(account, base), name],
});

export const synonymsQuery = (account: number, base: number) =>
  listed<Synonym>(account, base, "synonyms", "/synonyms");
export const brokenLinksQuery = (account: number, base: number) =>
  listed<BrokenLink>(account, base, "links", "/reports/links");
export const untranslatedQuery = (account: number, base: number) =>
  listed<Untranslated>(account, base, "translations", "/reports/translations");

export const insightsQuery = (
  account: number,
  base: number,
  range: { from: string; to: string; language: string | undefined },
) =>
  queryOptions({
    queryKey: [...articlesKey(account, base), "insights", range],
    queryFn: ({ signal }) =>
      call<Insights>("GET", knowledge(account, `/bases/${base}/insights`), { query: range, signal }),
  });

const LOOK_MS = 700;

export const importQuery = (account: number, id: number) =>
  queryOptions({
    queryKey: [account, "import", id],
    queryFn: ({ signal }) => call<Import>("GET", knowledge(account, `/imports/${id}`), { signal }),
    refetchInterval: ({ state }) =>
      state.data?.state === "done" || state.data?.state === "failed" ? false : LOOK_MS,
  });

/** Sends a file to be imported, or only looked at. */
export function startImport(
  account: number,
  base: number,
  { file, kind, dry_run, publish }: { file: File; kind: string; dry_run: boolean; publish: boolean },
): Promise<Import> {
  const form = new FormData();
  form.set("kind", kind);
  form.set("dry_run", String(dry_run));
  form.set("publish", String(publish));
  form.set("file", file);
  return call<Import>("POST", knowledge(account, `/bases/${base}/imports`), { form });
}

/** Begins an article, without words yet. */
export const createArticle = (
  account: number,
  base: number,
  beginning: { language: string; category_id: number | null },
): Promise<Article> =>
  call<Article>("POST", knowledge(account, `/bases/${base}/articles`), { body: { ...beginning, title: "" } });
