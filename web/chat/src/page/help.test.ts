import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Unwanted } from "./files.ts";
import { type Article, Help, type HelpCall } from "./help.ts";
import { Shelf } from "./shelf.ts";

const ARTICLE: Article = {
  article_id: 7,
  language: "en",
  languages: ["en"],
  title: "Pay",
  subtitle: "",
  body: { blocks: [] },
  updated_at: 1,
  vote: null,
};

/** A server whose answers a test decides about. */
function begin() {
  const asked: string[] = [];
  const answers = new Map<string, unknown>();
  const call: HelpCall = async <Answer>(
    method: "GET" | "POST",
    path: string,
    { query = {}, body }: Parameters<HelpCall>[2] = {},
  ) => {
    asked.push(`${method} ${path} ${JSON.stringify(body ?? query)}`);
    const answer = answers.get(query["after"] ? `${path} ${query["after"]}` : path);
    if (answer instanceof Error) throw answer;
    return (answer ?? null) as Answer;
  };
  return { asked, answers, help: new Help(call, "de", new Shelf(1, () => false)) };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe("help", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("K02 asks once for what is shown again, and anew when it is old", async () => {
    const { help, answers, asked } = begin();
    answers.set("", { recommended: {}, categories: [], others: [] });
    const first = help.overview();
    await settled();
    expect(first.get()).toMatchObject({ kind: "ready" });
    expect(help.overview()).toBe(first);
    expect(asked).toEqual(['GET  {"language":"de"}']);
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    expect(help.overview()).toBe(first);
    expect(first.get()).toMatchObject({ kind: "ready" });
    expect(asked).toHaveLength(2);
  });

  it("K02 fetches what follows in a long category, once", async () => {
    const { help, answers, asked } = begin();
    answers.set("/categories/1", { name: "All", articles: [ARTICLE], children: [], after: "x" });
    answers.set("/categories/1 x", {
      name: "All",
      articles: [{ ...ARTICLE, article_id: 8 }],
      children: [],
      after: null,
    });
    const category = help.category(1);
    await settled();
    help.moreOf(1);
    help.moreOf(1);
    await settled();
    const now = category.get();
    expect(now.kind === "ready" && now.value.articles.map((each) => each.article_id)).toEqual([7, 8]);
    help.moreOf(1);
    expect(asked).toHaveLength(2);
  });

  it("K03 searches when somebody pauses, and shows no answer to words that were changed since", async () => {
    const { help, answers, asked } = begin();
    answers.set("/search", { total: 0, corrected: null, hits: [], after: null });
    help.type("p");
    help.type("pa");
    await vi.advanceTimersByTimeAsync(249);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual(['GET /search {"q":"pa","language":"de"}']);
    await settled();
    expect(help.found.get()).toMatchObject({ kind: "ready", value: { total: 0 } });
    help.type("pay");
    await vi.advanceTimersByTimeAsync(250);
    help.type("");
    await settled();
    expect(help.found.get()).toBeNull();
  });

  it("K05 shows without a line what was read before, and the rest when the line is back", async () => {
    const { help, answers } = begin();
    answers.set("/articles/7", ARTICLE);
    help.article(7, "en");
    await settled();
    expect(help.recent.get()).toMatchObject([{ article_id: 7, title: "Pay" }]);
    answers.set("/articles/7", new TypeError("offline"));
    answers.set("/articles/8", new TypeError("offline"));
    const [again, other] = [help.article(7, "fr"), help.article(8, null)];
    await settled();
    expect(again.get()).toMatchObject({ kind: "ready", value: { title: "Pay" } });
    expect(other.get()).toEqual({ kind: "failed", why: "offline" });
    answers.set("/articles/8", { ...ARTICLE, article_id: 8 });
    help.retry();
    await settled();
    expect(other.get()).toMatchObject({ kind: "ready", value: { article_id: 8 } });
  });

  it("K06 takes away what may not be read any more", async () => {
    const { help, answers } = begin();
    answers.set("/articles/7", ARTICLE);
    const article = help.article(7, "en");
    await settled();
    answers.set("/articles/7", new Unwanted(404, {}, null));
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    help.article(7, "en");
    await settled();
    expect(article.get()).toEqual({ kind: "failed", why: "gone" });
  });

  it("K11 shows a vote at once, and takes it back when the server did not get it", async () => {
    const { help, answers, asked } = begin();
    answers.set("/articles/7", ARTICLE);
    const article = help.article(7, "en");
    await settled();
    const vote = () => {
      const now = article.get();
      return now.kind === "ready" ? now.value.vote : undefined;
    };
    const voting = help.vote(ARTICLE, true);
    expect(vote()).toBe(true);
    await voting;
    expect(asked.at(-1)).toBe('POST /articles/7/vote {"helpful":true}');
    answers.set("/articles/7/vote", new TypeError("offline"));
    await expect(help.vote({ ...ARTICLE, vote: true }, false)).rejects.toThrow();
    expect(vote()).toBe(true);
  });

  it("K12 tells how long somebody read, but not of a glance", async () => {
    const { help, asked } = begin();
    help.read(ARTICLE, "chat")();
    const done = help.read(ARTICLE, "agent");
    await vi.advanceTimersByTimeAsync(4_000);
    done();
    expect(asked).toEqual(['POST /articles/7/read {"ms":4000,"source":"agent"}']);
  });
});

describe("shelf", () => {
  it("keeps the twenty that were read last, newest first", async () => {
    vi.useFakeTimers();
    const shelf = new Shelf(1, () => true);
    for (let id = 1; id <= 25; id++) {
      await shelf.keep({ ...ARTICLE, article_id: id });
      vi.advanceTimersByTime(1);
    }
    const ids = (await shelf.all()).map((each) => each.article_id);
    expect(ids).toEqual(Array.from({ length: 20 }, (_, place) => 25 - place));
    expect(await shelf.get(5)).toBeNull();
    vi.useRealTimers();
  });
});
