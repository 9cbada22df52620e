import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { IconBook } from "@tabler/icons-react";
import { useState } from "react";
import { call } from "../api/call.ts";
import { useAccount } from "../app/account.tsx";
import { Finder } from "../app/controls/finder.tsx";
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

function Picker({ onPick, onClose }: { onPick: (article: Cited) => void; onClose: () => void }) {
  const account = useAccount().id;
  const { nameOf } = useLanguages();
  return (
    <Finder<Hit>
      label={t("article.find")}
      listLabel={t("article.found")}
      queryKey={[account, "find-articles"]}
      find={async (q, signal) =>
        (
          await call<{ items: Hit[] }>("GET", knowledge(account, "/articles/find"), {
            query: { q, limit: MOST },
            signal,
          })
        ).items
      }
      idOf={(hit) => hit.article_id}
      show={(hit) => (
        <>
          <span dir="auto" lang={hit.language}>
            {hit.title}
          </span>
          <span className="muted small">
            {nameOf(hit.language)}
            {hit.access === "contacts" && ` · ${t("article.restricted")}`}
          </span>
        </>
      )}
      nothing={(words) => t(words ? "article.none" : "article.empty")}
      listClassName="insert-list"
      choiceClassName="insert-choice"
      onPick={onPick}
      onEscape={onClose}
    />
  );
}
