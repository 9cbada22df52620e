import type { ArticleBlock } from "@pocketdesk/client/protocol";
import { usePage } from "./context.ts";
import { ForwardIcon } from "./icons.tsx";

/** An article that an agent sent: it opens in the reader, or where there is no Help tab, in the help centre. */
export function ArticleCard({ article }: { article: ArticleBlock }) {
  const { words, config, places } = usePage();
  const { article_id: id, language, title, subtitle, url } = article;
  // Only pages of this server.
  const path = url?.startsWith("/help/") ? url : null;
  const inside = (
    <>
      <span class="article-words" dir="auto">
        <small>{words.say("help.article")}</small>
        <strong>{title}</strong>
        {subtitle && <span>{subtitle}</span>}
      </span>
      <ForwardIcon />
    </>
  );
  if (config.help)
    return (
      <button
        type="button"
        class="article-card"
        lang={language}
        onClick={() => places.open({ name: "article", id, language, fromChat: true, url: path })}
      >
        {inside}
      </button>
    );
  if (path)
    return (
      <a class="article-card" lang={language} href={path} target="_blank" rel="noopener noreferrer">
        {inside}
      </a>
    );
  return (
    <div class="article-card" lang={language}>
      {inside}
    </div>
  );
}
