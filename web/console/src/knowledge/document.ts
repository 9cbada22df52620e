import type { JSONContent } from "@tiptap/core";
import {
  type Block,
  type Body,
  isVisible,
  type Picture,
  type Run,
  run,
  type Style,
  TONES,
  type Tone,
  tidy,
  words,
} from "./body.ts";

type Node = JSONContent;
type Mark = NonNullable<Node["marks"]>[number];

/** The tree as the editor holds it. Nothing of it is lost: `toBody(toDocument(body))` is `body`. */
export function toDocument(body: Body): Node {
  return { type: "doc", content: filled(body.blocks) };
}

/** What stands in the editor, as the server takes it: without the empty paragraphs that one writes into. */
export function toBody(document: Node): Body {
  return { blocks: toBlocks(document.content) };
}

/** A place for blocks always has one that can be written into. */
const filled = (blocks: readonly Block[]): Node[] =>
  blocks.length > 0 ? blocks.map(toNode) : [{ type: "paragraph" }];

function toNode(block: Block): Node {
  switch (block.type) {
    case "paragraph":
      return withContent({ type: "paragraph" }, toInline(block.runs));
    case "heading":
      return withContent({ type: "heading", attrs: { level: block.level } }, toInline(block.runs));
    case "list":
      return {
        type: block.ordered ? "orderedList" : "bulletList",
        content: block.items.map((item) => ({ type: "listItem", content: filled(item) })),
      };
    case "code":
      return withContent(
        { type: "codeBlock", attrs: { language: block.language || null } },
        block.text ? [{ type: "text", text: block.text }] : [],
      );
    case "quote":
      return { type: "blockquote", content: filled(block.blocks) };
    case "callout":
      return { type: "callout", attrs: { tone: block.tone }, content: filled(block.blocks) };
    case "table":
      return {
        type: "table",
        content: block.rows.map((row, at) => ({
          type: "tableRow",
          content: row.map((runs) => ({
            type: block.header && at === 0 ? "tableHeader" : "tableCell",
            content: [withContent({ type: "paragraph" }, toInline(runs))],
          })),
        })),
      };
    case "image": {
      const { type: _, ...attrs } = block;
      return { type: "picture", attrs };
    }
    case "video":
      return { type: "video", attrs: { href: block.href } };
    case "divider":
      return { type: "horizontalRule" };
  }
}

const withContent = (node: Node, content: Node[]): Node => (content.length > 0 ? { ...node, content } : node);

function toInline(runs: readonly Run[]): Node[] {
  return runs.map((one): Node => {
    if (one.type === "break") return { type: "hardBreak" };
    const marks: Mark[] = [];
    if (one.type === "link") marks.push({ type: "link", attrs: { href: one.href } });
    if (one.type === "article_link")
      marks.push({ type: "articleLink", attrs: { article_id: one.article_id } });
    for (const style of ["bold", "italic", "strike", "code"] as const)
      if (one[style]) marks.push({ type: style });
    return marks.length > 0 ? { type: "text", text: one.text, marks } : { type: "text", text: one.text };
  });
}

function toBlocks(nodes: readonly Node[] | undefined): Block[] {
  return (nodes ?? []).flatMap((node): Block | Block[] => {
    switch (node.type) {
      case "paragraph": {
        const runs = toRuns(node.content);
        return isVisible(words(runs)) ? { type: "paragraph", runs } : [];
      }
      case "heading": {
        const runs = toRuns(node.content);
        const level = Math.min(4, Math.max(2, Number(node.attrs?.["level"]) || 2)) as 2 | 3 | 4;
        return isVisible(words(runs)) ? { type: "heading", level, runs } : [];
      }
      case "bulletList":
      case "orderedList": {
        const items = (node.content ?? []).map((item) => toBlocks(item.content));
        return { type: "list", ordered: node.type === "orderedList", items };
      }
      case "codeBlock": {
        const text = (node.content ?? []).map((part) => part.text ?? "\n").join("");
        return text ? { type: "code", text, language: toLanguage(node.attrs?.["language"]) } : [];
      }
      case "blockquote":
        return { type: "quote", blocks: toBlocks(node.content) };
      case "callout":
        return { type: "callout", tone: toTone(node.attrs?.["tone"]), blocks: toBlocks(node.content) };
      case "table":
        return toTable(node) ?? [];
      case "picture":
        return toPicture(node) ?? [];
      case "video": {
        const href = node.attrs?.["href"];
        return isAllowed(href) && /^https?:/i.test(href) ? { type: "video", href } : [];
      }
      case "horizontalRule":
        return { type: "divider" };
      default:
        return toBlocks(node.content);
    }
  });
}

const toTone = (value: unknown): Tone => TONES.find((tone) => tone === value) ?? "info";

/** Schemes that an article may lead to: the server's own list. */
export const SCHEMES = ["http", "https", "mailto", "tel"];
const LONGEST_HREF = 2_000;

/** Whether readers may be led there: a whole address, in a scheme that runs nothing. */
export function isAllowed(href: unknown): href is string {
  if (typeof href !== "string" || href.length > LONGEST_HREF || /[\s\p{C}]/u.test(href)) return false;
  const scheme = /^([a-z]+):/i.exec(href)?.[1]?.toLowerCase();
  return scheme !== undefined && SCHEMES.includes(scheme) && URL.canParse(href);
}

const toLanguage = (value: unknown): string =>
  typeof value === "string" && /^[\w+#.-]{0,40}$/.test(value) ? value : "";

/** All rows get as many cells as the widest; what a pasted cell spans beyond its own place is empty. */
function toTable(node: Node): Block | null {
  const rows = (node.content ?? []).map((row) =>
    (row.content ?? []).flatMap((cell): Run[][] => [
      toCell(cell.content),
      ...Array.from({ length: Math.max(1, Number(cell.attrs?.["colspan"]) || 1) - 1 }, () => []),
    ]),
  );
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (width === 0) return null;
  const first = node.content?.[0]?.content ?? [];
  return {
    type: "table",
    header: first.every((cell) => cell.type === "tableHeader"),
    rows: rows.map((row) => [...row, ...Array.from({ length: width - row.length }, () => [])]),
  };
}

const toCell = (paragraphs: readonly Node[] | undefined): Run[] =>
  (paragraphs ?? []).flatMap((paragraph, at) => [
    ...(at > 0 ? [{ type: "break" } as const] : []),
    ...toRuns(paragraph.content),
  ]);

const toLabel = (value: unknown): string =>
  String(value ?? "")
    .split(/\s+/)
    .filter(Boolean)
    .join(" ");

function toPicture(node: Node): Picture | null {
  const { file_id, alt, caption, width, height } = node.attrs ?? {};
  // A picture that is still on its way to the server is not yet part of the article.
  if (!Number.isInteger(file_id)) return null;
  return {
    type: "image",
    file_id,
    alt: toLabel(alt),
    caption: toLabel(caption),
    width: Number.isInteger(width) ? width : null,
    height: Number.isInteger(height) ? height : null,
  };
}

function toRuns(nodes: readonly Node[] | undefined): Run[] {
  const runs = (nodes ?? []).flatMap((node): Run[] => {
    if (node.type === "hardBreak") return [{ type: "break" }];
    const marks = new Map((node.marks ?? []).map((mark) => [mark.type, mark.attrs ?? {}]));
    const style: Style = {
      ...(marks.has("bold") && { bold: true }),
      ...(marks.has("italic") && { italic: true }),
      ...(marks.has("strike") && { strike: true }),
      ...(marks.has("code") && { code: true }),
    };
    const href = marks.get("link")?.["href"];
    const article_id = marks.get("articleLink")?.["article_id"];
    return (node.text ?? "").split("\n").flatMap((text, at): Run[] => {
      // Nobody could follow a link without a word, or to where readers must not be led.
      const what = !isVisible(text)
        ? { text }
        : isAllowed(href)
          ? { text, href }
          : Number.isInteger(article_id)
            ? { text, article_id }
            : { text };
      return [...(at > 0 ? [{ type: "break" } as const] : []), run(what, style)];
    });
  });
  return tidy(runs);
}
