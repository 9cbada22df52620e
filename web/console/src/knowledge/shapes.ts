import type { paths } from "@pocketdesk/client/api.generated";
import type { Block, Body, Run } from "./body.ts";

/** What the server says of knowledge. Its trees, which the description leaves open, are those of `body.ts`. */

type Under = "/api/v1/accounts/{account_id}/knowledge";
/** What a route below it answers to GET. */
type Answer<Path extends string> = `${Under}${Path}` extends keyof paths
  ? paths[`${Under}${Path}`] extends {
      get: { responses: { 200: { content: { "application/json": infer Found } } } };
    }
    ? Found
    : never
  : never;
type Item<Path extends string> = Answer<Path> extends { items: (infer One)[] } ? One : never;
type With<Whole, Part> = Omit<Whole, keyof Part> & Part;

export type Base = Answer<"/bases/{base_id}">;
export type Category = Item<"/bases/{base_id}/categories">;
export type ArticleRow = Item<"/bases/{base_id}/articles">;
export type ArticleState = ArticleRow["state"];
export type Article = Answer<"/articles/{article_id}">;
export type Access = Article["access"];

type VariantAnswer = Answer<"/articles/{article_id}/variants/{language}">;
export type Variant = With<VariantAnswer, { draft: With<VariantAnswer["draft"], { body: Body }> }>;

export type VersionRow = Item<"/articles/{article_id}/variants/{language}/versions">;
type DiffAnswer = Answer<"/articles/{article_id}/variants/{language}/versions/{number}/diff">;
type BlockAnswer = DiffAnswer["blocks"][number];
type RunAnswer = NonNullable<BlockAnswer["runs"]>[number];
export type Difference = With<
  DiffAnswer,
  {
    blocks: With<
      BlockAnswer,
      { block: Block; before?: Block | null; runs?: With<RunAnswer, { run: Run }>[] | null }
    >[];
  }
>;

export type BrokenLink = Item<"/bases/{base_id}/reports/links">;
export type Untranslated = Item<"/bases/{base_id}/reports/translations">;
export type Synonym = Item<"/bases/{base_id}/synonyms">;
export type Import = Answer<"/imports/{import_id}">;

export type Insights = Answer<"/bases/{base_id}/insights">;
export type Counts = Insights["total"];
export type ReadRow = Insights["articles"][number];
export type TermRow = Insights["top_terms"][number];
