import { render } from "preact";
import { describe, expect, it } from "vitest";
import type { Article, ArticleBlock, ArticleRun } from "../../page/help.ts";
import { Places } from "../../page/places.ts";
import { Words } from "../../page/texts.ts";
import { type PageContext, PageProvider } from "../context.ts";
import { Body } from "./body.tsx";

const MARKUP = "<img src=x onerror=alert(1)>";

function shown(...blocks: ArticleBlock[]) {
  const root = document.createElement("div");
  const places = new Places(null);
  const page = { places, words: new Words("en", { "help.video": "Video on {site}", "help.tip": "Tip" }) };
  render(
    <PageProvider value={page as unknown as PageContext}>
      <Body body={{ blocks } as Article["body"]} title="Title" />
    </PageProvider>,
    root,
  );
  return { root, places };
}

const paragraph = (...runs: ArticleRun[]): ArticleBlock => ({ type: "paragraph", runs });

describe("an article's body", () => {
  it("K13 shows markup as the words that it is, wherever it stands", () => {
    const run: ArticleRun = { type: "text", text: MARKUP };
    const { root } = shown(
      { type: "heading", level: 2, runs: [run] },
      paragraph({ ...run, bold: true }, { type: "link", text: MARKUP, href: "https://example.com" }),
      { type: "list", ordered: true, items: [[paragraph(run)]] },
      { type: "code", text: MARKUP },
      { type: "callout", tone: "tip", blocks: [paragraph(run)] },
      { type: "table", header: true, rows: [[[run]], [[run]]] },
    );
    expect(root.querySelector("img")).toBeNull();
    expect(root.textContent?.split(MARKUP)).toHaveLength(9);
  });

  it("K13 leaves out blocks that it does not know, and links that lead nowhere good", () => {
    const { root } = shown(
      { type: "script", text: "alert(1)" } as unknown as ArticleBlock,
      paragraph({ type: "link", text: "here", href: "javascript:alert(1)" }),
      { type: "video", href: "data:text/html,x" },
    );
    expect(root.textContent).toBe("here");
    expect(root.querySelector("a")).toBeNull();
  });

  it("C20 opens links and videos outside, and asks nothing of the video's site before", () => {
    const { root } = shown(paragraph({ type: "link", text: "shop", href: "https://example.com/a" }), {
      type: "video",
      href: "https://www.youtube.com/watch?v=1",
    });
    const links = [...root.querySelectorAll("a")];
    expect(links.map((each) => [each.target, each.rel])).toEqual([
      ["_blank", "noopener noreferrer"],
      ["_blank", "noopener noreferrer"],
    ]);
    expect(links[1]?.textContent).toBe("Video on youtube.com");
    expect(root.querySelector("iframe, img, video")).toBeNull();
  });

  it("K02 opens links to other articles in the reader", () => {
    const { root, places } = shown(paragraph({ type: "article_link", text: "how", article_id: 7 }));
    root.querySelector("a")?.click();
    expect(places.now.get().trail.at(-1)).toMatchObject({ name: "article", id: 7 });
  });

  it("gives pictures their size before they load", () => {
    const { root } = shown({ type: "image", file_id: 1, src: "/a.png", alt: "A", width: 80, height: 60 });
    const picture = root.querySelector("img");
    expect([picture?.getAttribute("width"), picture?.getAttribute("height")]).toEqual(["80", "60"]);
    expect(picture?.getAttribute("loading")).toBe("lazy");
  });
});
