import { Unwanted } from "./files.ts";
import type {
  Article,
  ArticleBlock,
  Card,
  Category,
  CategoryCard,
  Found,
  HelpCall,
  Overview,
} from "./help.ts";

/** A category of the console's tree. */
interface Branch {
  id: number;
  names: Record<string, string>;
  children: Branch[];
}

/** An article of the console's list. */
interface Listed {
  id: number;
  category_id: number | null;
  access: string;
  variants: { language: string; title: string; state: "draft" | "published" | "changed" | "scheduled" }[];
}

/** An article that is published, as it is listed. */
interface Readable extends Card {
  languages: string[];
  categoryId: number | null;
}

/** A version of an article, with links to its pictures. */
interface Version {
  title: string;
  subtitle: string;
  body: Article["body"];
  images: Record<string, string>;
  at: number;
}

/** The Help tab beside the console's editor: it shows what is published, and nothing that is done in it counts. Whoever
 *  may not see how articles are written finds them by search alone, as in a reply. */
export function previewHelp(accountId: number, baseId: number): HelpCall {
  const ask = async <Answer>(path: string): Promise<Answer> => {
    const answer = await fetch(`/api/v1/accounts/${accountId}/knowledge${path}`, { cache: "no-store" });
    if (!answer.ok) throw new Unwanted(answer.status, {}, null);
    return (await answer.json()) as Answer;
  };

  const find = async (language: string, q = ""): Promise<Card[]> => {
    const query = new URLSearchParams({ base_id: String(baseId), language, q, limit: "10" });
    return (await ask<{ items: Card[] }>(`/articles/find?${query}`)).items;
  };

  async function articles(language: string): Promise<Readable[]> {
    const { items } = await ask<{ items: Listed[] }>(`/bases/${baseId}/articles?limit=100&access=public`);
    return items.flatMap(({ id, category_id, variants }) => {
      const shown = variants.filter(({ state }) => state === "published" || state === "changed");
      const variant = shown.find((each) => each.language === language) ?? shown[0];
      if (!variant) return [];
      const { title } = variant;
      const languages = shown.map((each) => each.language);
      const { language: own } = variant;
      return [{ article_id: id, language: own, languages, title, subtitle: "", categoryId: category_id }];
    });
  }

  async function topics(language: string): Promise<CategoryCard[]> {
    const [{ items }, all] = await Promise.all([
      ask<{ items: Branch[] }>(`/bases/${baseId}/categories`),
      articles(language),
    ]);
    const topic = ({ id, names, children }: Branch): CategoryCard => {
      const below = children.map(topic).filter((each) => each.articles > 0);
      const own = all.filter((each) => each.categoryId === id).length;
      return {
        id,
        name: names[language] ?? Object.values(names)[0] ?? "",
        articles: own + below.reduce((sum, each) => sum + each.articles, 0),
        children: below,
      };
    };
    return items.map(topic).filter((each) => each.articles > 0);
  }

  const answers: [RegExp, (language: string, id: number, words: string) => Promise<unknown>][] = [
    [
      /^$/,
      async (language): Promise<Overview> => {
        const newest = (await find(language)).slice(0, 5);
        const all = await articles(language).catch(forbidden);
        if (!all) return { recommended: { rated: [], viewed: [], newest }, categories: [], others: [] };
        return {
          recommended: { rated: [], viewed: [], newest },
          categories: await topics(language),
          others: all.filter((each) => each.categoryId === null),
        };
      },
    ],
    [
      /^\/categories\/(\d+)$/,
      async (language, id): Promise<Category> => {
        const found = (await topics(language))
          .flatMap((each) => [each, ...each.children])
          .find((each) => each.id === id);
        if (!found) throw new Unwanted(404, {}, null);
        const own = (await articles(language)).filter((each) => each.categoryId === id);
        return { name: found.name, children: found.children, articles: own, after: null };
      },
    ],
    [
      /^\/search$/,
      async (language, _, words): Promise<Found> => {
        const hits = (await find(language, words)).map((each) => ({ ...each, snippet: [] }));
        return { total: hits.length, corrected: null, hits, after: null };
      },
    ],
    [
      /^\/articles\/(\d+)$/,
      async (language, id): Promise<Article> => {
        const card = (await articles(language)).find((each) => each.article_id === id);
        if (!card) throw new Unwanted(404, {}, null);
        const path = `/articles/${id}/variants/${card.language}`;
        const { published_version } = await ask<{ published_version: number }>(path);
        const version = await ask<Version>(`${path}/versions/${published_version}`);
        return {
          article_id: id,
          language: card.language,
          languages: card.languages,
          title: version.title,
          subtitle: version.subtitle,
          body: { blocks: withPictures(version.body.blocks, version.images) },
          updated_at: version.at,
          vote: null,
        };
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

function forbidden(error: unknown): null {
  if (error instanceof Unwanted && error.status === 403) return null;
  throw error;
}

/** The blocks with the addresses of their pictures. */
function withPictures(blocks: ArticleBlock[], images: Record<string, string>): ArticleBlock[] {
  return blocks.map((block): ArticleBlock => {
    if (block.type === "image") return { ...block, src: images[block.file_id] ?? null };
    if (block.type === "quote" || block.type === "callout")
      return { ...block, blocks: withPictures(block.blocks, images) };
    if (block.type === "list")
      return { ...block, items: block.items.map((item) => withPictures(item, images)) };
    return block;
  });
}
