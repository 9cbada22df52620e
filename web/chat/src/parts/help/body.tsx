import type { ComponentChildren } from "preact";
import type { Article, ArticleBlock, ArticleRun, ArticleText } from "../../page/help.ts";
import { safeHref } from "../content.tsx";
import { usePage } from "../context.ts";
import { PlayIcon } from "../icons.tsx";

type Block<Type> = Extract<ArticleBlock, { type: Type }>;

/** An article's tree as elements. Nothing is ever parsed as HTML; what is not known is left out. */
export function Body({ body, title }: { body: Article["body"]; title: string }) {
  return (
    <div class="article-body">
      <Blocks blocks={body.blocks} title={title} />
    </div>
  );
}

function Blocks({ blocks, title }: { blocks: readonly ArticleBlock[]; title: string }) {
  return (
    <>
      {blocks.map((block, place) => (
        <BlockView key={place} block={block} title={title} />
      ))}
    </>
  );
}

function BlockView({ block, title }: { block: ArticleBlock; title: string }): ComponentChildren {
  switch (block.type) {
    case "heading": {
      const Heading = ({ 2: "h2", 3: "h3", 4: "h4" } as const)[block.level] ?? "h4";
      return (
        <Heading dir="auto">
          <Runs runs={block.runs} />
        </Heading>
      );
    }
    case "paragraph":
      return (
        <p dir="auto">
          <Runs runs={block.runs} />
        </p>
      );
    case "list": {
      const List = block.ordered ? "ol" : "ul";
      return (
        <List>
          {block.items.map((item, place) => (
            <li key={place}>
              <Blocks blocks={item} title={title} />
            </li>
          ))}
        </List>
      );
    }
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by the arrow keys
        <pre dir="ltr" tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.blocks} title={title} />
        </blockquote>
      );
    case "callout":
      return <Callout block={block} title={title} />;
    case "table":
      return <Table block={block} title={title} />;
    case "image":
      return <Picture block={block} />;
    case "video":
      return <Video href={block.href} />;
    case "divider":
      return <hr />;
    default:
      return null;
  }
}

const TONES = new Set(["info", "tip", "warning", "danger"]);

function Callout({ block, title }: { block: Block<"callout">; title: string }) {
  const { words } = usePage();
  const tone = TONES.has(block.tone) ? block.tone : "info";
  return (
    <div class={`callout is-${tone}`} role="note">
      <strong>{words.say(`help.${tone}`)}</strong>
      <Blocks blocks={block.blocks} title={title} />
    </div>
  );
}

/** A wide one scrolls by itself. */
function Table({ block, title }: { block: Block<"table">; title: string }) {
  const [first, ...others] = block.rows;
  const head = block.header ? first : undefined;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide tables scroll, also by the arrow keys
    <section class="table" aria-label={title} tabIndex={0}>
      <table>
        {head && (
          <thead>
            <tr>
              {head.map((cell, place) => (
                <th key={place} scope="col" dir="auto">
                  <Runs runs={cell} />
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {(head ? others : block.rows).map((row, place) => (
            <tr key={place}>
              {row.map((cell, column) => (
                <td key={column} dir="auto">
                  <Runs runs={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Picture({ block }: { block: Block<"image"> }) {
  const { src, alt, caption, width, height } = block;
  if (!src) return null;
  return (
    <figure>
      <img
        src={src}
        alt={alt ?? ""}
        width={width ?? undefined}
        height={height ?? undefined}
        loading="lazy"
        decoding="async"
      />
      {caption && <figcaption dir="auto">{caption}</figcaption>}
    </figure>
  );
}

/** A way to the video: nothing of the place that has it is asked before somebody goes there. */
function Video({ href }: { href: string }) {
  const { words } = usePage();
  const safe = safeHref(href);
  if (!safe) return null;
  const site = new URL(safe).hostname.replace(/^www\./, "");
  return (
    <a class="video" href={safe} target="_blank" rel="noopener noreferrer">
      <span class="video-mark">
        <PlayIcon />
      </span>
      {words.say("help.video", { site })}
    </a>
  );
}

function Runs({ runs }: { runs: readonly ArticleRun[] }) {
  return (
    <>
      {runs.map((run, place) => (
        <RunView key={place} run={run} />
      ))}
    </>
  );
}

function RunView({ run }: { run: ArticleRun }): ComponentChildren {
  const { places } = usePage();
  switch (run.type) {
    case "break":
      return <br />;
    case "text":
      return styled(run);
    case "link": {
      const href = safeHref(run.href);
      if (!href) return styled(run);
      return (
        <a href={href} target="_blank" rel="noopener noreferrer">
          {styled(run)}
        </a>
      );
    }
    case "article_link":
      return (
        <a
          href={`#article-${run.article_id}`}
          onClick={(event) => {
            event.preventDefault();
            places.open({ name: "article", id: run.article_id, language: null });
          }}
        >
          {styled(run)}
        </a>
      );
    default:
      return null;
  }
}

function styled({ text, bold, italic, strike, code }: Omit<ArticleText, "type">): ComponentChildren {
  let shown: ComponentChildren = text;
  if (code) shown = <code>{shown}</code>;
  if (strike) shown = <s>{shown}</s>;
  if (italic) shown = <em>{shown}</em>;
  if (bold) shown = <strong>{shown}</strong>;
  return shown;
}
