import { Button, Group } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { auditQuery } from "../api/queries.ts";
import type { AuditEntry } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { t as frame } from "../app/texts.ts";
import { dateTime } from "../app/time.ts";
import { t } from "./texts.ts";

export function AuditLog() {
  return (
    <Needs permission="audit">
      <Heading title={t("nav.audit")} />
      <p className="muted">{t("audit.why")}</p>
      <Entries />
    </Needs>
  );
}

/** `chatflow_created` as `chatflow created`: the ledger's verbs are plain words already. */
export function inWords({ verb, object_kind, object_id, facts }: AuditEntry): string {
  const what = verb.replaceAll("_", " ");
  const name = typeof facts["name"] === "string" ? `“${facts["name"]}”` : String(object_id);
  const kind = object_kind.replaceAll("_", " ");
  return [what, what.includes(kind) ? "" : kind, name].filter(Boolean).join(" ");
}

function Entries() {
  const account = useAccount();
  const log = useInfiniteQuery(auditQuery(account.id));
  if (log.isPending) return <Bones />;
  if (log.isError) throw log.error;
  const entries = log.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) {
    return (
      <Empty icon={<IconHistory />} title={t("audit.empty")}>
        {t("audit.why")}
      </Empty>
    );
  }
  return (
    <>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{t("audit.column.when")}</th>
            <th scope="col">{t("audit.column.who")}</th>
            <th scope="col">{t("audit.column.what")}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td className="number">{dateTime(entry.at)}</td>
              <td>{entry.actor.name}</td>
              <td>{inWords(entry)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {log.hasNextPage && (
        <Group justify="center" p="md">
          <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            {frame("load_more")}
          </Button>
        </Group>
      )}
    </>
  );
}
