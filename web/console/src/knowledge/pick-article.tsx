import { Loader, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArticle, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { useAccount } from "../app/account.tsx";
import { articlesQuery } from "./queries.ts";
import { StateBadge } from "./state-badge.tsx";
import { t } from "./writing/texts.ts";

interface PickArticleProps {
  base: number;
  onPick: (article: { id: number; title: string }) => void;
}

const MOST = 8;

/** Finds an article of the base by some words; arrows and Enter choose. */
export function PickArticle({ base, onPick }: PickArticleProps) {
  const account = useAccount().id;
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [search] = useDebouncedValue(typed.trim(), 150);
  const found = useQuery({
    ...articlesQuery(account, base, { search, limit: MOST }),
    placeholderData: keepPreviousData,
  });
  const articles = found.data?.items ?? [];
  const current = articles[Math.min(at, articles.length - 1)];
  const keys = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? articles.length - 1 : 0;
    if (by > 0 && articles.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, articles.length - 1) + by) % articles.length);
    } else if (event.key === "Enter" && current) {
      event.preventDefault();
      onPick(current);
    }
  };
  return (
    <div className="pick-article">
      <TextInput
        role="combobox"
        aria-expanded={articles.length > 0}
        aria-controls={id}
        aria-activedescendant={current ? `${id}-${current.id}` : undefined}
        aria-label={t("link.find")}
        placeholder={t("link.find")}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={found.isFetching ? <Loader size={14} /> : null}
        data-autofocus
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <div id={id} role="listbox" aria-label={t("link.article")} className="pick-list">
        {articles.map((article) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above.
          <div
            key={article.id}
            id={`${id}-${article.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={article === current}
            className="slash-choice"
            onPointerMove={() => setAt(articles.indexOf(article))}
            onClick={() => onPick(article)}
          >
            <IconArticle size={18} stroke={1.6} aria-hidden />
            <span>{article.title}</span>
            <StateBadge state={article.state} />
          </div>
        ))}
      </div>
      {found.data && articles.length === 0 && <p className="muted small">{t("link.none")}</p>}
    </div>
  );
}
