import { ActionIcon, Loader, Popover, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBook, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { call } from "../api/call.ts";
import { useAccount } from "../app/account.tsx";
import { useLanguages } from "../knowledge/languages.ts";
import { knowledge } from "../knowledge/queries.ts";
import type { Cited } from "./drafts.ts";
import { t } from "./texts.ts";

interface Hit extends Cited {
  subtitle: string;
  access: "public" | "contacts";
}

const MOST = 8;

/** Finds a published article and puts a card of it into the reply. */
export function InsertArticle({
  onInsert,
  onClosed,
}: {
  onInsert: (article: Cited) => void;
  onClosed: () => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    onClosed();
  };
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="top-end"
      width={360}
      trapFocus
      returnFocus
      shadow="md"
    >
      <Popover.Target>
        <Tooltip label={t("article.insert.hint")} disabled={isOpen}>
          <ActionIcon
            size={36}
            aria-label={t("article.insert")}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <IconBook size={20} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className="insert-article" aria-label={t("article.insert")}>
        <Picker
          onPick={(article) => {
            onInsert(article);
            close();
          }}
          onClose={close}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Arrows and Enter choose, as everywhere. */
function Picker({ onPick, onClose }: { onPick: (article: Cited) => void; onClose: () => void }) {
  const account = useAccount().id;
  const { nameOf } = useLanguages();
  const list = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [q] = useDebouncedValue(typed.trim(), 150);
  const found = useQuery({
    queryKey: [account, "find-articles", q],
    queryFn: async ({ signal }) =>
      (
        await call<{ items: Hit[] }>("GET", knowledge(account, "/articles/find"), {
          query: { q, limit: MOST },
          signal,
        })
      ).items,
    placeholderData: keepPreviousData,
  });
  const hits = found.data ?? [];
  const place = Math.min(at, hits.length - 1);
  const current = hits[place];
  const keys = (event: KeyboardEvent) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? hits.length - 1 : 0;
    if (by > 0 && hits.length > 0) {
      event.preventDefault();
      setAt((place + by) % hits.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (current) onPick(current);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
  };
  return (
    <>
      <TextInput
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={current ? `${list}-${current.article_id}` : undefined}
        aria-label={t("article.find")}
        placeholder={t("article.find")}
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
      <div id={list} role="listbox" aria-label={t("article.found")} className="insert-list">
        {hits.map((hit) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above.
          <div
            key={hit.article_id}
            id={`${list}-${hit.article_id}`}
            role="option"
            tabIndex={-1}
            aria-selected={hit === current}
            className="insert-choice"
            onPointerMove={() => setAt(hits.indexOf(hit))}
            onClick={() => onPick(hit)}
          >
            <span dir="auto" lang={hit.language}>
              {hit.title}
            </span>
            <span className="muted small">
              {nameOf(hit.language)}
              {hit.access === "contacts" && ` · ${t("article.restricted")}`}
            </span>
          </div>
        ))}
      </div>
      {found.isSuccess && hits.length === 0 && (
        <p className="muted small insert-none" role="status">
          {t(q ? "article.none" : "article.empty")}
        </p>
      )}
      {found.isError && (
        <p className="small insert-none" role="alert">
          {found.error.message}
        </p>
      )}
    </>
  );
}
