import type { Row } from "@pocketdesk/client";
import { Link } from "@tanstack/react-router";
import { useAccount } from "../app/account.tsx";
import { dateTime } from "../app/time.ts";
import { ChannelIcon } from "./row.tsx";
import { t } from "./texts.ts";

/** Conversations of one person, newest first, as links into the inbox. */
export function EarlierList({ rows, none }: { rows: readonly Row[]; none: string }) {
  const accountId = String(useAccount().id);
  if (rows.length === 0) return <p className="muted small">{none}</p>;
  return (
    <ul className="earlier">
      {rows.map((row) => (
        <li key={row.id}>
          <Link
            to="/a/$accountId/inbox/$conversationId"
            params={{ accountId, conversationId: String(row.id) }}
            search={row.status === "closed" ? { view: "closed" } : {}}
          >
            <span className="earlier-words" dir="auto">
              {row.last_words}
            </span>
            <span className="muted small">
              <ChannelIcon kind={row.channel_kind} /> {dateTime(row.last_activity_at)},{" "}
              {t(`status.${row.status}`)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
