import type { Named } from "../api/types.ts";
import type { Block, Run } from "./body.ts";

export type ArticleState = "draft" | "published" | "changed" | "scheduled";
export type Access = "public" | "contacts";

export interface Base {
  id: number;
  name: string;
  slug: string;
  languages: string[];
  accent: string;
  logo_id: number | null;
  is_public: boolean;
  /** Where the help centre is. */
  url: string | null;
  articles: number;
  created_at: number;
  created_by: Named | null;
  archived_at: number | null;
}

export interface Category {
  id: number;
  parent_id: number | null;
  place: number;
  slug: string;
  names: Record<string, string>;
  articles: number;
  children: Category[];
}

export interface VariantRow {
  language: string;
  title: string;
  state: ArticleState;
}

export interface ArticleRow {
  id: number;
  category_id: number | null;
  access: Access;
  language: string;
  title: string;
  state: ArticleState;
  variants: VariantRow[];
  changed_at: number;
  changed_by: Named | null;
}

export interface Article {
  id: number;
  knowledge_base_id: number;
  category_id: number | null;
  access: Access;
  variants: VariantRow[];
  created_at: number;
  created_by: Named | null;
  deleted_at: number | null;
}

export interface Variant {
  article_id: number;
  language: string;
  state: ArticleState;
  slug: string;
  draft: {
    revision: number;
    title: string;
    subtitle: string;
    body: { blocks: Block[] };
    tags: string[];
    saved_at: number;
    saved_by: Named | null;
  };
  published_version: number | null;
  published_at: number | null;
  scheduled_at: number | null;
  images: Record<string, string>;
  url: string | null;
}

export interface VersionRow {
  number: number;
  title: string;
  at: number;
  by: Named | null;
}

export interface Difference {
  blocks: {
    change: "same" | "added" | "removed" | "changed";
    block: Block;
    before?: Block;
    runs?: { change: "same" | "added" | "removed"; run: Run }[];
  }[];
}

export interface Counts {
  views: number;
  average_read_ms: number | null;
  helpful: number;
  unhelpful: number;
  chats: number;
}
export interface ReadRow extends Counts {
  article_id: number;
  title: string | null;
}
export interface DayRow extends Counts {
  day: string;
  searches: number;
  without_result: number;
}
export interface TermRow {
  term: string;
  searches: number;
  without_result: number;
  without_click: number;
}
export interface Insights {
  since: string;
  until: string;
  total: Counts;
  searches: { searches: number; without_result: number; without_click: number };
  days: DayRow[];
  sources: { source: "chat" | "help_center" | "agent" | "api"; views: number }[];
  articles: ReadRow[];
  ended_in_chat: ReadRow[];
  least_helpful: ReadRow[];
  top_terms: TermRow[];
  terms_without_result: TermRow[];
  terms_without_click: TermRow[];
}

export interface BrokenLink {
  article_id: number;
  language: string;
  title: string;
  target: string;
  reason: string;
  checked_at: number;
}
export interface Untranslated {
  article_id: number;
  title: string;
  missing: string[];
  outdated: string[];
}
export interface Synonym {
  words: string[];
}
export interface Import {
  id: number;
  state: "waiting" | "running" | "done" | "failed";
  dry_run: boolean;
  total: number;
  done: number;
  created: number;
  problems: { file: string; problem: string }[];
}
