import { Alert, Button, Group, Progress, Title } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import type { Contact, Erasure, PersonCopy } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { complain } from "../app/undo.tsx";
import { sizeOf } from "../inbox/content.tsx";
import { t } from "./texts.ts";

const SOON_MS = 1_000;

/** A copy of everything that is kept of a person, or an end to it. */
export function CopyAndErase({ contact }: { contact: Contact }) {
  return (
    <section className="card">
      <Title order={2}>{t("data")}</Title>
      <p className="muted">{t("data.why")}</p>
      <Copy contactId={contact.id} />
      <Erase contact={contact} />
    </section>
  );
}

function Copy({ contactId }: { contactId: number }) {
  const account = useAccount();
  const path = `/accounts/${account.id}/privacy/exports`;
  const ask = useMutation({
    mutationFn: () => call<PersonCopy>("POST", path, { body: { kind: "contact", id: contactId } }),
    onError: complain,
  });
  const id = ask.data?.id;
  const { data: copy } = useQuery({
    queryKey: [account.id, "export", id],
    queryFn: ({ signal }) => call<PersonCopy>("GET", `${path}/${id}`, { signal }),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (isOver(state.data) ? false : SOON_MS),
  });
  if (copy?.state === "ready" && copy.link)
    return (
      <Group role="status">
        <span>{t("export.ready")}</span>
        <Button component="a" href={copy.link} leftSection={<IconDownload size={16} aria-hidden />} download>
          {t("export.download", { size: sizeOf(copy.size ?? 0) })}
        </Button>
      </Group>
    );
  if (copy && !isOver(copy)) {
    const words = t("export.making", { done: copy.done, total: copy.total });
    return (
      <div role="status">
        <span className="small">{words}</span>
        <Progress value={(100 * copy.done) / Math.max(copy.total, 1)} aria-label={words} />
      </div>
    );
  }
  return (
    <Group>
      <Button variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
        {t("export")}
      </Button>
      {copy && (
        <span className="field-error" role="alert">
          {t("export.failed")}
        </span>
      )}
    </Group>
  );
}

const isOver = (copy: PersonCopy | undefined): boolean =>
  copy !== undefined && copy.state !== "waiting" && copy.state !== "running";

/** The one thing here that cannot be undone, so it is said before, not after. */
function Erase({ contact }: { contact: Contact }) {
  const account = useAccount();
  const path = `/accounts/${account.id}/privacy/erasures`;
  const [isAsking, setAsking] = useState(false);
  const erase = useMutation({
    mutationFn: () => call<Erasure>("POST", path, { body: { kind: "contact", id: contact.id } }),
    onError: complain,
  });
  const id = erase.data?.id;
  const { data: erasure } = useQuery({
    queryKey: [account.id, "erasure", id],
    queryFn: ({ signal }) => call<Erasure>("GET", `${path}/${id}`, { signal }),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.stage === "done" ? false : SOON_MS),
  });
  if (id !== undefined)
    return <p role="status">{t(erasure?.stage === "done" ? "erase.done" : "erase.going")}</p>;
  if (!isAsking)
    return (
      <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
        {t("erase")}
      </Button>
    );
  return (
    <Alert color="red" role="alertdialog" aria-label={t("erase")}>
      <p>{t("erase.warning", { name: contact.name ?? contact.email ?? t("no_name") })}</p>
      <Group mt="sm">
        <Button color="red" loading={erase.isPending} onClick={() => erase.mutate()}>
          {t("erase.really")}
        </Button>
        <Button variant="default" autoFocus onClick={() => setAsking(false)}>
          {t("erase.cancel")}
        </Button>
      </Group>
    </Alert>
  );
}
