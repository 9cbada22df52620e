/** An article's words as the server keeps them: a tree of blocks, nothing that a screen could run. */

/** How a stretch of words looks; what is false is left out. */
export interface Style {
  bold?: true;
  italic?: true;
  strike?: true;
  code?: true;
}

export type Run =
  | ({ type: "text"; text: string } & Style)
  | ({ type: "link"; text: string; href: string } & Style)
  | ({ type: "article_link"; text: string; article_id: number } & Style)
  | { type: "break" };

export const TONES = ["info", "tip", "warning", "danger"] as const;
export type Tone = (typeof TONES)[number];

/** An image by its file; everything else about it can be told without loading it. Width and height in pixels. */
export interface Picture {
  type: "image";
  file_id: number;
  alt: string;
  caption: string;
  width: number | null;
  height: number | null;
}

export type Block =
  | { type: "heading"; level: 2 | 3 | 4; runs: Run[] }
  | { type: "paragraph"; runs: Run[] }
  | { type: "list"; ordered: boolean; items: Block[][] }
  | { type: "code"; text: string; language: string }
  | { type: "quote"; blocks: Block[] }
  | { type: "callout"; tone: Tone; blocks: Block[] }
  | { type: "table"; header: boolean; rows: Run[][][] }
  | Picture
  | { type: "video"; href: string }
  | { type: "divider" };

export interface Body {
  blocks: Block[];
}

/** White space that is shown as one space, wherever it stands. */
const SPACE = /[ \t\n\f\r]+/g;
/** Whether somebody would see anything of it. */
export const isVisible = (text: string): boolean => /[^\s\p{Cc}\p{Cf}\p{Zs}\p{Zl}\p{Zp}]/u.test(text);

const lookOf = (one: Run): string => JSON.stringify({ ...one, text: "" });

/**
 * Runs in the server's normal form, so that what comes back is what was sent: single spaces that stand between words,
 * neighbours alike as one, no breaks at the ends.
 */
export function tidy(runs: readonly Run[]): Run[] {
  const kept: Run[] = [];
  /** Without the space at the end. */
  const trim = () => {
    const last = kept.at(-1);
    if (!last || last.type === "break" || !last.text.endsWith(" ")) return;
    kept.pop();
    const text = last.text.slice(0, -1);
    if (text) kept.push({ ...last, text });
  };
  const endsInSpace = (last = kept.at(-1)) => !last || last.type === "break" || last.text.endsWith(" ");
  for (const one of runs) {
    if (one.type === "break") {
      trim();
      if (kept.length > 0) kept.push({ type: "break" });
      continue;
    }
    const spaced = one.text.replace(SPACE, " ");
    const text = spaced.startsWith(" ") && endsInSpace() ? spaced.slice(1) : spaced;
    if (!text) continue;
    const last = kept.at(-1);
    if (last && last.type !== "break" && lookOf(last) === lookOf(one))
      kept[kept.length - 1] = { ...last, text: last.text + text };
    else kept.push({ ...one, text });
  }
  trim();
  while (kept.at(-1)?.type === "break") {
    kept.pop();
    trim();
  }
  return kept;
}

/** A run with its keys in one order, so that equal runs are equal as JSON. */
export function run(
  what: { text: string } | { text: string; href: string } | { text: string; article_id: number },
  style: Style,
): Run {
  const flags: Style = {
    ...(style.bold && { bold: true }),
    ...(style.italic && { italic: true }),
    ...(style.strike && { strike: true }),
    ...(style.code && { code: true }),
  };
  if ("href" in what) return { type: "link", text: what.text, href: what.href, ...flags };
  if ("article_id" in what)
    return { type: "article_link", text: what.text, article_id: what.article_id, ...flags };
  return { type: "text", text: what.text, ...flags };
}

/** The words alone, a line for each block. */
export const plainText = (blocks: readonly Block[]): string =>
  blocks.map(plainBlock).filter(Boolean).join("\n");

function plainBlock(block: Block): string {
  switch (block.type) {
    case "heading":
    case "paragraph":
      return words(block.runs);
    case "list":
      return block.items.map(plainText).join("\n");
    case "code":
      return block.text;
    case "quote":
    case "callout":
      return plainText(block.blocks);
    case "table":
      return block.rows.map((row) => row.map(words).join("\t")).join("\n");
    case "image":
      return block.caption || block.alt;
    case "video":
      return block.href;
    case "divider":
      return "";
  }
}

export const words = (runs: readonly Run[]): string =>
  runs.map((one) => (one.type === "break" ? " " : one.text)).join("");
