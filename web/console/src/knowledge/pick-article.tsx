import { IconArticle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useAccount } from "../app/account.tsx";
import { Finder } from "../app/controls/finder.tsx";
import { articlesKey, articlesQuery } from "./queries.ts";
import { StateBadge } from "./state-badge.tsx";
import { t } from "./writing/texts.ts";

interface PickArticleProps {
  base: number;
  onPick: (article: { id: number; title: string }) => void;
}

const MOST = 8;

/** Finds an article of the base by some words. */
export function PickArticle({ base, onPick }: PickArticleProps) {
  const account = useAccount().id;
  const queries = useQueryClient();
  return (
    <div className="pick-article">
      <Finder
        label={t("link.find")}
        listLabel={t("link.article")}
        queryKey={[...articlesKey(account, base), "pick"]}
        find={async (search) =>
          (await queries.fetchQuery(articlesQuery(account, base, { search, limit: MOST }))).items
        }
        idOf={(article) => article.id}
        show={(article) => (
          <>
            <IconArticle size={18} stroke={1.6} aria-hidden />
            <span>{article.title}</span>
            <StateBadge state={article.state} />
          </>
        )}
        nothing={() => t("link.none")}
        listClassName="pick-list"
        choiceClassName="slash-choice"
        onPick={onPick}
      />
    </div>
  );
}
