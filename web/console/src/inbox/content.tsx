import type { ArticleBlock, Block, FileBlock, Run, Content as Words } from "@pocketdesk/client";
import { IconBook, IconDownload, IconFile } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useAccount } from "../app/account.tsx";
import { t } from "./texts.ts";

interface ContentProps {
  content: Words;
  /** Through which its files can be had. */
  conversationId: number;
}

/** What somebody wrote, built from its typed blocks; nothing of it is ever read as HTML. */
export function Content({ content, conversationId }: ContentProps) {
  const files = content.blocks.filter((block) => block.type === "file");
  const articles = content.blocks.filter((block) => block.type === "article");
  const replies = content.blocks.flatMap((block) => (block.type === "quick_replies" ? block.replies : []));
  const words = content.blocks.filter(
    (block) => block.type !== "file" && block.type !== "article" && block.type !== "quick_replies",
  );
  return (
    <div className="words" dir="auto">
      <Blocks blocks={words} />
      {files.map((file) => (
        <FileView key={file.file_id} file={file} conversationId={conversationId} />
      ))}
      {articles.map((article) => (
        <ArticleView key={article.article_id} article={article} />
      ))}
      {replies.length > 0 && (
        <ul className="quick-replies" aria-label={t("quick_replies")}>
          {replies.map(({ label, value, url }) => (
            <li key={`${label}-${value}`} dir="auto">
              {url ? (
                <a href={url} target="_blank" rel="noopener noreferrer">
                  {label}
                </a>
              ) : (
                label
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** An article as the visitor was offered it; it opens as authors see it. */
function ArticleView({ article }: { article: ArticleBlock }) {
  const { id } = useAccount();
  const { article_id, language, title, subtitle } = article;
  return (
    <Link
      className="article-card"
      to="/a/$accountId/knowledge/articles/$articleId/$language"
      params={{ accountId: String(id), articleId: String(article_id), language }}
    >
      <IconBook size={20} stroke={1.6} aria-hidden />
      <span lang={language} dir="auto">
        <strong>{title}</strong>
        {subtitle && <span className="muted small">{subtitle}</span>}
      </span>
    </Link>
  );
}

/** An image as itself, in the room that it will need; anything else as a line to download. */
function FileView({ file, conversationId }: { file: FileBlock; conversationId: number }) {
  const account = useAccount();
  const address = `/api/v1/accounts/${account.id}/conversations/${conversationId}/files/${file.file_id}`;
  const { name, width, height } = file;
  if (width !== null && height !== null)
    return (
      <a className="picture" href={address} target="_blank" rel="noopener noreferrer">
        <img src={address} width={width} height={height} alt={name} loading="lazy" />
      </a>
    );
  return (
    <a className="file" href={address} download={name}>
      <IconFile size={20} stroke={1.6} aria-hidden />
      <span>
        <bdi>{name}</bdi>
        <span className="muted small">{sizeOf(file.size)}</span>
      </span>
      <IconDownload size={18} stroke={1.6} aria-label={t("file.download")} />
    </a>
  );
}

/** Bytes in words: `820 kB`, `3.4 MB`. */
export function sizeOf(bytes: number): string {
  const isLarge = bytes >= 1_000_000;
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: isLarge ? "megabyte" : "kilobyte",
    maximumFractionDigits: isLarge ? 1 : 0,
  }).format(Math.max(bytes / (isLarge ? 1_000_000 : 1_000), 1));
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return blocks.map((block, place) => {
    const key = `${place}-${block.type}`;
    switch (block.type) {
      case "paragraph":
        return (
          <p key={key}>
            <Runs runs={block.runs} />
          </p>
        );
      case "list": {
        const List = block.ordered ? "ol" : "ul";
        return (
          <List key={key}>
            {block.items.map((item, line) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: what was written does not change its order.
              <li key={line}>
                <Blocks blocks={item} />
              </li>
            ))}
          </List>
        );
      }
      case "code":
        return (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by the arrow keys
          <pre key={key} tabIndex={0}>
            {block.text}
          </pre>
        );
      default:
        return null;
    }
  });
}

function Runs({ runs }: { runs: readonly Run[] }) {
  return runs.map((run, place) => {
    const key = `${place}-${run.type}`;
    switch (run.type) {
      case "text": {
        let words = <>{run.text}</>;
        if (run.code) words = <code>{words}</code>;
        if (run.italic) words = <em>{words}</em>;
        if (run.bold) words = <strong>{words}</strong>;
        return <span key={key}>{words}</span>;
      }
      case "link":
        return (
          <a key={key} href={run.href} target="_blank" rel="noopener noreferrer nofollow">
            {run.text}
          </a>
        );
      case "break":
        return <br key={key} />;
      default:
        return null;
    }
  });
}
