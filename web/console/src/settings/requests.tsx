import { Badge, Button, Progress, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/call.ts";
import { contactQuery, copiesQuery, erasuresQuery, usersQuery } from "../api/queries.ts";
import type { Erasure, PersonCopy } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Section } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { Bones } from "../app/screens.tsx";
import { t as frame } from "../app/texts.ts";
import { dateTime } from "../app/time.ts";
import { complain } from "../app/undo.tsx";
import { t } from "./texts.ts";

/** How often what is going on is looked at. */
const REFRESH_MS = 2_000;

const STAGES: readonly Erasure["stage"][] = [
  "doors",
  "words",
  "files",
  "consents",
  "answers",
  "copies",
  "profile",
  "done",
];

const isCopying = ({ state }: PersonCopy) => state === "waiting" || state === "running";
const isErasing = ({ stage }: Erasure) => stage !== "done";

/** G17: the copies and erasures of the account. Either begins on a contact's page. */
export function Requests() {
  const account = useAccount();
  const copies = useInfiniteQuery({
    ...copiesQuery(account.id),
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isCopying)) ? REFRESH_MS : false,
  });
  const erasures = useInfiniteQuery({
    ...erasuresQuery(account.id),
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isErasing)) ? REFRESH_MS : false,
  });
  const users = useQuery(usersQuery(account.id));
  if (copies.isError) throw copies.error;
  if (erasures.isError) throw erasures.error;
  const asker = (id: number | null) =>
    id === null ? "" : (users.data?.find((user) => user.id === id)?.name ?? "");
  return (
    <>
      <Section title={t("copies")} help={t("copies.help")} docs={DOCS.privacy}>
        <List
          list={copies}
          none={t("copies.none")}
          row={(copy) => <CopyRow key={copy.id} copy={copy} asker={asker(copy.asked_by)} />}
        />
      </Section>
      <Section title={t("erasures")} help={t("erasures.help")}>
        <List
          list={erasures}
          none={t("erasures.none")}
          row={(erasure) => <ErasureRow key={erasure.id} erasure={erasure} asker={asker(erasure.asked_by)} />}
        />
      </Section>
    </>
  );
}

interface Listed<Item> {
  data: { pages: { items: Item[] }[] } | undefined;
  isPending: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

function List<Item>({
  list,
  none,
  row,
}: {
  list: Listed<Item>;
  none: string;
  row: (item: Item) => ReactNode;
}) {
  if (list.isPending) return <Bones lines={2} />;
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return <p className="muted">{none}</p>;
  return (
    <>
      <ul className="rows">{items.map(row)}</ul>
      {list.hasNextPage && (
        <Button
          variant="default"
          style={{ alignSelf: "center" }}
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {frame("load_more")}
        </Button>
      )}
    </>
  );
}

/** A contact by name, with the way there; a visitor by number. */
function Person({ kind, id }: { kind: PersonCopy["kind"]; id: number }) {
  const account = useAccount();
  const isContact = kind === "contact";
  const contact = useQuery({ ...contactQuery(account.id, id), enabled: isContact, retry: false });
  if (!isContact) return <strong>{t("subject.visitor", { id })}</strong>;
  return (
    <Link
      className="row-link"
      to="/a/$accountId/contacts/$contactId"
      params={{ accountId: String(account.id), contactId: String(id) }}
    >
      {contact.data?.name || contact.data?.email || t("subject.contact", { id })}
    </Link>
  );
}

function CopyRow({ copy, asker }: { copy: PersonCopy; asker: string }) {
  const account = useAccount();
  const download = useMutation({
    mutationFn: () => call<PersonCopy>("GET", `/accounts/${account.id}/privacy/exports/${copy.id}`),
    onSuccess: ({ link }) => link && window.location.assign(link),
    onError: complain,
  });
  return (
    <li className="row">
      <span className="row-main">
        <Person kind={copy.kind} id={copy.person_id} />
        <span className="muted small">
          {t("request.asked", { name: asker, date: dateTime(copy.created_at) })}
        </span>
        {isCopying(copy) && (
          <Going
            label={t("copies.going")}
            share={copy.total > 0 ? copy.done / copy.total : 0}
            words={
              copy.total > 0 ? t("copies.parts", { done: copy.done, total: copy.total }) : t("copies.waiting")
            }
          />
        )}
      </span>
      {copy.state === "ready" && copy.expires_at !== null && (
        <span className="row-side muted small">{t("copies.until", { date: dateTime(copy.expires_at) })}</span>
      )}
      {copy.state === "ready" && (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconDownload size={14} aria-hidden />}
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          {t("copies.download")}
        </Button>
      )}
      {(copy.state === "gone" || copy.state === "failed") && (
        <Badge variant="light" color={copy.state === "failed" ? "red" : "gray"}>
          {t(`copies.${copy.state}`)}
        </Badge>
      )}
    </li>
  );
}

function ErasureRow({ erasure, asker }: { erasure: Erasure; asker: string }) {
  const { subject, subject_id: id, stage, started_at, finished_at, reason } = erasure;
  const counts = Object.entries(erasure.counts);
  return (
    <li className="row row-tall">
      <span className="row-main">
        <strong>{t(`subject.${subject}`, { id })}</strong>
        <span className="muted small">
          {reason === "request"
            ? t("request.asked", { name: asker, date: dateTime(started_at) })
            : t("erasures.retention", { date: dateTime(started_at) })}
        </span>
        {isErasing(erasure) ? (
          <Going
            label={t("erasures.going")}
            share={STAGES.indexOf(stage) / (STAGES.length - 1)}
            words={t(`stage.${stage}`)}
          />
        ) : (
          <details className="receipt">
            <summary>
              {t("erasures.receipt")}
              <span className="visually-hidden">: {t(`subject.${subject}`, { id })}</span>
            </summary>
            <Text size="sm">
              {t("erasures.done", { date: finished_at === null ? "" : dateTime(finished_at) })}
            </Text>
            <table className="plain-table">
              <tbody>
                {counts.map(([place, count]) => (
                  <tr key={place}>
                    <th scope="row">{place.replaceAll("_", " ")}</th>
                    <td className="figure">{count}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        )}
      </span>
    </li>
  );
}

function Going({ label, share, words }: { label: string; share: number; words: string }) {
  return (
    <span className="going">
      <Progress.Root size="sm">
        <Progress.Section value={Math.max(4, share * 100)} aria-label={label} animated />
      </Progress.Root>
      <span className="muted small" role="status">
        {words}
      </span>
    </span>
  );
}
