import type { Content as ContentTree, Draft, Run } from "@pocketdesk/client/protocol";
import type { ComponentChildren } from "preact";

const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/** Where a link leads, if it is somewhere that a link may lead. The server checks the same; this is the second lock. */
export function safeHref(href: string): string | null {
  try {
    return SCHEMES.has(new URL(href).protocol) ? href : null;
  } catch {
    return null;
  }
}

type Block = Extract<Draft, { blocks: unknown }>["blocks"][number];

/** A message's blocks as elements, without its files, articles and quick replies. Nothing is ever parsed as HTML. */
export function Content({ content }: { content: { blocks: Block[] } }) {
  return <>{content.blocks.map(renderBlock)}</>;
}

function renderBlock(block: Block, place: number): ComponentChildren {
  switch (block.type) {
    case "paragraph":
      return (
        <p key={place} dir="auto">
          {block.runs.map(renderRun)}
        </p>
      );
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by the arrow keys
        <pre key={place} dir="ltr" tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "list": {
      const List = block.ordered ? "ol" : "ul";
      return (
        <List key={place} dir="auto">
          {block.items.map((item, each) => (
            <li key={each}>{item.map(renderBlock)}</li>
          ))}
        </List>
      );
    }
    default:
      return null;
  }
}

function renderRun(run: Run, place: number): ComponentChildren {
  if (run.type === "break") return <br key={place} />;
  if (run.type === "link") {
    const href = safeHref(run.href);
    if (!href) return run.text;
    return (
      <a key={place} href={href} target="_blank" rel="noopener noreferrer" dir="auto">
        {run.text}
      </a>
    );
  }
  if (run.type !== "text") return null;
  let shown: ComponentChildren = run.text;
  if (run.code) shown = <code>{shown}</code>;
  if (run.italic) shown = <em>{shown}</em>;
  if (run.bold) shown = <strong>{shown}</strong>;
  return shown;
}

/** The words alone, on one line: for a list or for reading aloud. */
export function plainText(content: ContentTree): string {
  return content.blocks.map(plainBlock).join(" ").replace(/\s+/g, " ").trim();
}

function plainBlock(block: Block): string {
  if (block.type === "code") return block.text;
  if (block.type === "file") return "name" in block ? `[${block.name}]` : "";
  if (block.type === "article") return "title" in block ? block.title : "";
  if (block.type === "quick_replies") return block.replies.map(({ label }) => label).join(", ");
  if (block.type === "list") return block.items.map((item) => item.map(plainBlock).join(" ")).join(", ");
  return block.runs.map((run) => (run.type === "break" ? " " : run.text)).join("");
}
