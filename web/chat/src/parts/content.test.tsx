import type { Block } from "@pocketdesk/client/protocol";
import { render } from "preact";
import { describe, expect, it } from "vitest";
import vectors from "../../../../sdk/wire/quick_replies.json";
import { Content, plainText, safeHref } from "./content.tsx";

function shown(...blocks: Block[]): HTMLElement {
  const root = document.createElement("div");
  render(<Content content={{ blocks }} />, root);
  return root;
}

describe("C26 quick replies", () => {
  it("are read out behind the words, and stand in no bubble", () => {
    const taken = vectors.cases.filter((each) => !("refused" in each));
    expect(taken.length).toBeGreaterThan(0);
    for (const { sent } of taken) {
      const blocks = sent.blocks as Block[];
      expect(plainText({ blocks })).toBe("Did it help? Yes, The manual");
      expect(shown(...blocks).textContent).toBe("Did it help?");
    }
  });
});

describe("content", () => {
  it("shows markup as the words that it is", () => {
    const root = shown({
      type: "paragraph",
      runs: [{ type: "text", text: "<img src=x onerror=alert(1)>", bold: true }],
    });
    expect(root.querySelector("img")).toBeNull();
    expect(root.querySelector("strong")?.textContent).toBe("<img src=x onerror=alert(1)>");
  });

  it("C20 opens links outside of the page, and only such as lead somewhere harmless", () => {
    const link = (href: string): Block => ({
      type: "paragraph",
      runs: [{ type: "link", text: "here", href }],
    });
    const anchor = shown(link("https://example.com/a")).querySelector("a");
    expect(anchor?.getAttribute("target")).toBe("_blank");
    expect(anchor?.getAttribute("rel")).toContain("noopener");
    for (const href of [
      "javascript:alert(1)",
      "JaVaScRiPt:x",
      "data:text/html,x",
      "/relative",
      "",
      "//host/x",
    ]) {
      const root = shown(link(href));
      expect(root.querySelector("a"), href).toBeNull();
      expect(root.textContent).toBe("here");
    }
    expect(safeHref("mailto:a@example.com")).toBe("mailto:a@example.com");
  });

  it("shows lists and code, and leaves out what it does not know", () => {
    const item: Block = { type: "paragraph", runs: [{ type: "text", text: "one" }] };
    const root = shown({ type: "list", ordered: true, items: [[item]] }, { type: "code", text: "a\nb" }, {
      type: "video",
    } as never);
    expect(root.querySelector("ol li")?.textContent).toBe("one");
    expect(root.querySelector("pre")?.textContent).toBe("a\nb");
    expect(plainText({ blocks: [item, { type: "code", text: "a\nb" }] })).toBe("one a b");
  });
});
