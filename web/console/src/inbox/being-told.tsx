import { useDocumentVisibility } from "@mantine/hooks";
import type { Row } from "@pocketdesk/client";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { useAccount } from "../app/account.tsx";
import { useList } from "../live/live.tsx";
import { whoIs } from "./row.tsx";
import { maySound, mayTell, news, notify, playTone } from "./telling.ts";
import { t } from "./texts.ts";

/** Counts waiting conversations in the page's title and, in the background, says who wrote. Shows nothing itself. */
export function BeingTold() {
  const account = useAccount();
  const navigate = useNavigate();
  const mine = useList("mine");
  const unassigned = useList("unassigned");
  const isHidden = useDocumentVisibility() === "hidden";
  const seen = useRef<Map<number, number> | null>(null);

  const rows = useMemo((): Row[] | null => {
    if (mine.kind !== "live" || unassigned.kind !== "live") return null;
    return [...mine.state.rows, ...unassigned.state.rows];
  }, [mine, unassigned]);
  const waiting = rows?.filter((row) => row.unread).length ?? 0;

  useEffect(() => {
    document.title =
      waiting > 0
        ? `(${waiting}) ${t("page", { account: account.name })}`
        : t("page", { account: account.name });
  }, [waiting, account.name]);

  useEffect(() => {
    if (!rows) return;
    const fresh = news(seen.current, rows);
    seen.current = new Map([
      ...(seen.current ?? []),
      ...rows.map((row): [number, number] => [row.id, row.last_activity_at]),
    ]);
    if (fresh.length === 0 || !isHidden) return;
    if (maySound()) playTone();
    if (!mayTell()) return;
    for (const row of fresh.slice(0, 3)) {
      const notification = notify(whoIs(row), row.last_words, `conversation-${row.id}`);
      if (!notification) return;
      notification.onclick = () => {
        window.focus();
        notification.close();
        void navigate({
          to: "/a/$accountId/inbox/$conversationId",
          params: { accountId: String(account.id), conversationId: String(row.id) },
        });
      };
    }
  }, [rows, isHidden, navigate, account.id]);
  return null;
}
