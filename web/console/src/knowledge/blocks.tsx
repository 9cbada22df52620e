import type { ReactNode } from "react";
import type { Block, Run } from "./body.ts";
import { VideoCard } from "./video-card.tsx";
import { useImages } from "./writing/images.ts";
import { t } from "./writing/texts.ts";
import "./article.css";

/** An article's blocks as readers see them, built from the tree; nothing of it is ever read as HTML. */
export function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return blocks.map((block, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: what was written does not change its order.
    <OneBlock key={place} block={block} />
  ));
}

function OneBlock({ block }: { block: Block }): ReactNode {
  const images = useImages();
  switch (block.type) {
    case "paragraph":
      return (
        <p>
          <Runs runs={block.runs} />
        </p>
      );
    case "heading": {
      const Heading = `h${block.level}` as const;
      return (
        <Heading>
          <Runs runs={block.runs} />
        </Heading>
      );
    }
    case "list": {
      const List = block.ordered ? "ol" : "ul";
      return (
        <List>
          {block.items.map((item, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <li key={place}>
              <Blocks blocks={item} />
            </li>
          ))}
        </List>
      );
    }
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: wide code is scrolled by keys too.
        <pre dir="ltr" tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.blocks} />
        </blockquote>
      );
    case "callout":
      return (
        <div className="callout" data-tone={block.tone} data-label={t(`insert.${block.tone}`)}>
          <Blocks blocks={block.blocks} />
        </div>
      );
    case "table":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: wide tables are scrolled by keys too.
        <section className="tableWrapper" aria-label={t("table")} tabIndex={0}>
          <table>
            <tbody>
              {block.rows.map((row, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <tr key={at}>
                  {row.map((runs, column) => {
                    const Cell = block.header && at === 0 ? "th" : "td";
                    return (
                      // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                      <Cell key={column}>
                        <Runs runs={runs} />
                      </Cell>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      );
    case "image": {
      const src = images(block.file_id);
      return (
        <figure>
          {src ? (
            <img
              src={src}
              alt={block.alt}
              width={block.width ?? undefined}
              height={block.height ?? undefined}
            />
          ) : (
            <span className="picture-missing">{block.alt || t("image.unseen")}</span>
          )}
          {block.caption && <figcaption>{block.caption}</figcaption>}
        </figure>
      );
    }
    case "video":
      return (
        <a className="video-card" href={block.href} target="_blank" rel="noopener noreferrer">
          <VideoCard href={block.href} />
        </a>
      );
    case "divider":
      return <hr />;
  }
}

export function Runs({ runs }: { runs: readonly Run[] }) {
  return runs.map((run, place) => {
    if (run.type === "break")
      // biome-ignore lint/suspicious/noArrayIndexKey: what was written does not change its order.
      return <br key={place} />;
    let shown: ReactNode = run.text;
    if (run.code) shown = <code>{shown}</code>;
    if (run.bold) shown = <strong>{shown}</strong>;
    if (run.italic) shown = <em>{shown}</em>;
    if (run.strike) shown = <s>{shown}</s>;
    if (run.type === "link")
      shown = (
        <a href={run.href} target="_blank" rel="noopener noreferrer">
          {shown}
        </a>
      );
    if (run.type === "article_link") shown = <span className="article-link">{shown}</span>;
    // biome-ignore lint/suspicious/noArrayIndexKey: what was written does not change its order.
    return <span key={place}>{shown}</span>;
  });
}
