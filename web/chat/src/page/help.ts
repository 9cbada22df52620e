import { Store } from "@pocketdesk/client/store";
import { Unwanted } from "./files.ts";
import type { Shelf } from "./shelf.ts";

export interface Card {
  article_id: number;
  language: string;
  title: string;
  /** Blank without one. */
  subtitle: string;
}

export interface CategoryCard {
  id: number;
  name: string;
  /** With those of its subcategories. */
  articles: number;
  children: CategoryCard[];
}

export const PICKS = ["rated", "viewed", "newest"] as const;
export type Pick = (typeof PICKS)[number];

export interface Overview {
  recommended: Record<Pick, Card[]>;
  categories: CategoryCard[];
  /** Those that belong to no category. */
  others: Card[];
}

export interface Category {
  name: string;
  articles: Card[];
  /** Where the next ones begin; null after the last. */
  after: string | null;
  children: CategoryCard[];
}

export interface Found {
  total: number;
  /** The words that were found instead of mistyped ones. */
  corrected: string | null;
  hits: (Card & { snippet: { text: string; hit: boolean }[] })[];
  after: string | null;
}

/** What brought a reader to an article: the Help tab, or a message of an agent. */
export type Source = "chat" | "agent";

export interface ArticleText {
  type: "text";
  text: string;
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  code?: boolean;
}
export interface ArticleLink extends Omit<ArticleText, "type"> {
  type: "link";
  href: string;
}
export interface ArticleCrossLink extends Omit<ArticleText, "type"> {
  type: "article_link";
  article_id: number;
}
export type ArticleRun = ArticleText | ArticleLink | ArticleCrossLink | { type: "break" };

export type Tone = "info" | "tip" | "warning" | "danger";

export type ArticleBlock =
  | { type: "heading"; level: 2 | 3 | 4; runs: ArticleRun[] }
  | { type: "paragraph"; runs: ArticleRun[] }
  | { type: "list"; ordered: boolean; items: ArticleBlock[][] }
  | { type: "code"; text: string; language?: string | null }
  | { type: "quote"; blocks: ArticleBlock[] }
  | { type: "callout"; tone: Tone; blocks: ArticleBlock[] }
  | { type: "table"; header: boolean; rows: ArticleRun[][][] }
  | {
      type: "image";
      file_id: number;
      /** Null for one that is not there any more. */
      src?: string | null;
      alt?: string | null;
      caption?: string | null;
      width?: number | null;
      height?: number | null;
    }
  | { type: "video"; href: string }
  | { type: "divider" };

export interface Article extends Card {
  /** In which it can be read, the base's first one first. */
  languages: string[];
  body: { blocks: ArticleBlock[] };
  updated_at: number;
  vote: boolean | null;
}

/** Asks the server something of the Help tab; `path` begins after `/visitor/help`. */
export type HelpCall = <Answer>(
  method: "GET" | "POST",
  path: string,
  options?: { query?: Record<string, string>; body?: Record<string, unknown> },
) => Promise<Answer>;

export type Loading<Value> =
  | { kind: "loading" }
  | { kind: "ready"; value: Value }
  | { kind: "failed"; why: "offline" | "gone" | "failed" };

interface Loaded {
  store: Store<Loading<unknown>>;
  at: number;
  fetch(): void;
}

const LOADING = { kind: "loading" } as const;
const STALE_MS = 5 * 60_000;
const TYPES_FOR_MS = 250;
/** Nobody reads one article for longer without a pause. */
const LONGEST_STRETCH_MS = 10 * 60_000;
const SHORTEST_STRETCH_MS = 1_000;

/** What the Help tab knows, without a screen. Everything is fetched once and asked for again when it is old. */
export class Help {
  readonly words = new Store("");
  /** What was found for the words; null without any. */
  readonly found = new Store<Loading<Found> | null>(null);
  /** What was read lately, newest first: what can be read without a line. */
  readonly recent = new Store<readonly Card[]>([]);
  readonly #call: HelpCall;
  readonly #language: string;
  readonly #shelf: Shelf;
  readonly #loaded = new Map<string, Loaded>();
  readonly #votes = new Map<number, boolean>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(call: HelpCall, language: string, shelf: Shelf) {
    this.#call = call;
    this.#language = language;
    this.#shelf = shelf;
    void this.#tellRecent();
  }

  readonly overview = (): Store<Loading<Overview>> => this.#load("");

  readonly category = (id: number): Store<Loading<Category>> => this.#load(`/categories/${id}`);

  /** An article in the language, which is the page's unless another is named; without a line the one that was kept. */
  readonly article = (id: number, language: string | null): Store<Loading<Article>> =>
    this.#load<Article>(`/articles/${id}`, language ?? this.#language, {
      take: (article) => {
        const vote = this.#votes.get(id) ?? article.vote;
        void this.#shelf.keep(article).then(this.#tellRecent);
        return { ...article, vote };
      },
      instead: () => this.#shelf.get(id),
    });

  /** Tries again what failed; called when the line is back. */
  readonly retry = (): void => {
    for (const { store, fetch } of this.#loaded.values()) if (store.get().kind === "failed") fetch();
    if (this.found.get()?.kind === "failed") this.#search();
  };

  #load<Value>(
    path: string,
    language = this.#language,
    { take = (value: Value) => value, instead = async () => null as Value | null } = {},
  ): Store<Loading<Value>> {
    const key = `${path} ${language}`;
    const known = this.#loaded.get(key);
    if (known && Date.now() - known.at < STALE_MS) return known.store as Store<Loading<Value>>;
    const store = (known?.store ?? new Store<Loading<unknown>>(LOADING)) as Store<Loading<Value>>;
    const fetch = () => {
      if (store.get().kind === "failed") store.set(LOADING);
      this.#loaded.set(key, { store: store as Store<Loading<unknown>>, at: Date.now(), fetch });
      this.#call<Value>("GET", path, { query: { language } }).then(
        (value) => store.set({ kind: "ready", value: take(value) }),
        async (error: unknown) => {
          const why = reasonOf(error);
          // What is shown already stays, unless it is no longer to be read.
          if (store.get().kind === "ready" && why !== "gone") return;
          const kept = why === "gone" ? null : await instead().catch(() => null);
          store.set(kept ? { kind: "ready", value: kept } : { kind: "failed", why });
        },
      );
    };
    fetch();
    return store;
  }

  /** Fetches the articles of a category that come next, if there are any and none are on their way. */
  readonly moreOf = (id: number): void =>
    this.#more(this.category(id), `/categories/${id}`, {}, (shown, next) => ({
      ...shown,
      articles: [...shown.articles, ...next.articles],
      after: next.after,
    }));

  /** The same for what was found. */
  readonly moreFound = (): void =>
    this.#more(this.found, "/search", { q: this.words.get().trim() }, (shown, next) => ({
      ...shown,
      hits: [...shown.hits, ...next.hits],
      after: next.after,
    }));

  #more<Value extends { after: string | null }>(
    store: Store<Loading<Value> | null> | Store<Loading<Value>>,
    path: string,
    query: Record<string, string>,
    join: (shown: Value, next: Value) => Value,
  ): void {
    const now = store.get();
    if (now?.kind !== "ready" || now.value.after === null || this.#fetching.has(now.value)) return;
    const { value } = now;
    this.#fetching.add(value);
    this.#call<Value>("GET", path, {
      query: { ...query, language: this.#language, after: value.after ?? "" },
    }).then(
      (next) => store.get() === now && store.set({ kind: "ready", value: join(value, next) }),
      () => this.#fetching.delete(value),
    );
  }
  /** Lists whose next part is on its way. */
  readonly #fetching = new WeakSet<object>();

  // ---- Search ---------------------------------------------------------------------------------------------------

  /** Searches as somebody types: when they pause. */
  readonly type = (words: string): void => {
    this.words.set(words);
    clearTimeout(this.#timer);
    if (!words.trim()) this.found.set(null);
    else {
      this.found.set(this.found.get() ?? LOADING);
      this.#timer = setTimeout(() => this.#search(), TYPES_FOR_MS);
    }
  };

  /** Searches at once. */
  readonly submit = (): void => {
    if (!this.words.get().trim() || this.found.get()?.kind === "ready") return;
    clearTimeout(this.#timer);
    this.#search();
  };

  #search(): void {
    const words = this.words.get();
    const query = { q: words.trim(), language: this.#language };
    const isStillAsked = () => this.words.get() === words;
    this.#call<Found>("GET", "/search", { query }).then(
      (value) => isStillAsked() && this.found.set({ kind: "ready", value }),
      (error) => isStillAsked() && this.found.set({ kind: "failed", why: reasonOf(error) }),
    );
  }

  // ---- What readers do --------------------------------------------------------------------------------------------

  readonly tellFound = (articleId: number): void =>
    this.#tell("/search/click", { q: this.words.get().trim(), article_id: articleId });

  readonly tellChat = (articleId: number, source: Source): void =>
    this.#tell(`/articles/${articleId}/chat`, { source });

  readonly vote = async (article: Article, helpful: boolean): Promise<void> => {
    const store = this.article(article.article_id, article.language);
    const show = (vote: boolean | null) => {
      const now = store.get();
      if (now.kind === "ready") store.set({ kind: "ready", value: { ...now.value, vote } });
    };
    show(helpful);
    try {
      await this.#call("POST", `/articles/${article.article_id}/vote`, {
        query: { language: article.language },
        body: { helpful },
      });
      this.#votes.set(article.article_id, helpful);
    } catch (error) {
      show(article.vote);
      throw error;
    }
  };

  /** Begins to count how long an article is read; the returned function ends it and tells the server. */
  readonly read = ({ article_id: id, language }: Card, source: Source): (() => void) => {
    const began = performance.now();
    return () => {
      const ms = Math.round(Math.min(performance.now() - began, LONGEST_STRETCH_MS));
      if (ms >= SHORTEST_STRETCH_MS) this.#tell(`/articles/${id}/read`, { ms, source }, language);
    };
  };

  /** What is only counted: nobody waits for it. */
  #tell(path: string, body: Record<string, unknown>, language = this.#language): void {
    this.#call("POST", path, { query: { language }, body }).catch(() => {});
  }

  readonly #tellRecent = async (): Promise<void> => {
    const kept = await this.#shelf.all().catch(() => []);
    this.recent.set(
      kept.map(({ article_id, language, title, subtitle }) => ({ article_id, language, title, subtitle })),
    );
  };
}

function reasonOf(error: unknown): "offline" | "gone" | "failed" {
  if (!(error instanceof Unwanted)) return "offline";
  return error.status === 404 ? "gone" : "failed";
}
