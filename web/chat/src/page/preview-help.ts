import { Unwanted } from "./files.ts";
import type { Article, Card, Category, CategoryCard, Found, HelpCall, Overview } from "./help.ts";

/** A category of the console's tree. */
interface Branch {
  id: number;
  names: Record<string, string>;
  articles: number;
  children: Branch[];
}

interface Variant {
  language: string;
  state: "draft" | "published" | "changed" | "scheduled";
  title: string;
  subtitle: string;
}

interface Listed {
  id: number;
  category_id: number | null;
  variants: Variant[];
}

interface Opened {
  published: { title: string; subtitle: string; body: Article["body"]; published_at: number } | null;
}

/** The Help tab beside the console's editor: it reads as the author who looks at it, shows what is published, and nothing
 *  that is done in it counts. */
export function previewHelp(accountId: number, baseId: number): HelpCall {
  const ask = async <Answer>(path: string): Promise<Answer> => {
    const answer = await fetch(`/api/v1/accounts/${accountId}/knowledge${path}`, { cache: "no-store" });
    if (!answer.ok) throw new Unwanted(answer.status, {}, null);
    return (await answer.json()) as Answer;
  };
  const articles = async (language: string, categoryId?: number): Promise<Card[]> => {
    const query = new URLSearchParams({ limit: "50", state: "published" });
    if (categoryId) query.set("category_id", String(categoryId));
    const { items } = await ask<{ items: Listed[] }>(`/bases/${baseId}/articles?${query}`);
    return items.flatMap((each) => cardOf(each, language) ?? []);
  };
  const branches = async (): Promise<Branch[]> =>
    (await ask<{ items: Branch[] }>(`/bases/${baseId}/categories`)).items;

  const answers: [path: RegExp, answer: (language: string, id: number, words: string) => Promise<unknown>][] =
    [
      [
        /^$/,
        async (language): Promise<Overview> => ({
          recommended: { rated: [], viewed: [], newest: (await articles(language)).slice(0, 5) },
          others: [],
          categories: (await branches()).map((each) => topicOf(each, language)),
        }),
      ],
      [
        /^\/categories\/(\d+)$/,
        async (language, id): Promise<Category> => {
          const all = (await branches()).flatMap((each) => [each, ...each.children]);
          const found = all.find((each) => each.id === id);
          if (!found) throw new Unwanted(404, {}, null);
          const { name, children } = topicOf(found, language);
          return { name, children, articles: await articles(language, id), after: null };
        },
      ],
      [
        /^\/search$/,
        async (language, _, words): Promise<Found> => {
          const all = await articles(language);
          const isMeant = (text: string) => text.toLowerCase().includes(words.toLowerCase());
          const hits = all.filter(({ title, subtitle }) => isMeant(title) || isMeant(subtitle));
          return {
            total: hits.length,
            corrected: null,
            after: null,
            hits: hits.map((each) => ({ ...each, snippet: [] })),
          };
        },
      ],
      [
        /^\/articles\/(\d+)$/,
        async (language, id): Promise<Article> => {
          const { published } = await ask<Opened>(`/articles/${id}/variants/${language}`);
          if (!published) throw new Unwanted(404, {}, null);
          const { title, subtitle, body, published_at } = published;
          return { article_id: id, language, title, subtitle, body, updated_at: published_at, vote: null };
        },
      ],
    ];

  return async <Answer>(
    method: "GET" | "POST",
    path: string,
    { query = {} }: Parameters<HelpCall>[2] = {},
  ): Promise<Answer> => {
    if (method === "POST") return null as Answer;
    for (const [pattern, answer] of answers) {
      const found = pattern.exec(path);
      if (found) return (await answer(query["language"] ?? "", Number(found[1]), query["q"] ?? "")) as Answer;
    }
    throw new Unwanted(404, {}, null);
  };
}

/** Whether readers see it. */
const isShown = ({ state }: Variant) => state === "published" || state === "changed";

function cardOf({ id, variants }: Listed, language: string): Card | null {
  const shown = variants.filter(isShown);
  const variant = shown.find((each) => each.language === language) ?? shown[0];
  if (!variant) return null;
  return { article_id: id, language: variant.language, title: variant.title, subtitle: variant.subtitle };
}

function topicOf({ id, names, articles, children }: Branch, language: string): CategoryCard {
  return {
    id,
    name: names[language] ?? Object.values(names)[0] ?? "",
    articles,
    children: children.map((each) => topicOf(each, language)),
  };
}
