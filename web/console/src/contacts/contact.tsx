import { ActionIcon, Alert, Avatar, Badge, Button, Group, TextInput, Title, Tooltip } from "@mantine/core";
import { IconArchive, IconArrowLeft, IconCheck, IconPencil } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import { contactQuery } from "../api/queries.ts";
import type { Contact } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { initials } from "../app/people.ts";
import { Bones } from "../app/screens.tsx";
import { dateOnly } from "../app/time.ts";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { EarlierList } from "../inbox/earlier.tsx";
import { conversationsQuery } from "../inbox/queries.ts";
import { Consents } from "./consents.tsx";
import "./contacts.css";
import { CopyAndErase } from "./copy-and-erase.tsx";
import { Relation } from "./relation.tsx";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/contacts/$contactId");

export function ContactScreen() {
  const account = useAccount();
  const { contactId } = route.useParams();
  const contact = useQuery(contactQuery(account.id, Number(contactId)));
  const conversations = useQuery(conversationsQuery(account.id, { contact_id: contactId }));
  if (contact.isPending) return <Bones />;
  if (contact.isError) throw contact.error;
  return (
    <div className="screen screen-narrow">
      <Link className="back" to="/a/$accountId/contacts" params={{ accountId: String(account.id) }}>
        <IconArrowLeft size={16} aria-hidden /> {t("back")}
      </Link>
      <Person contact={contact.data} key={contact.data.id} />
      {contact.data.archived_at !== null && <Archived contact={contact.data} />}
      <Relation contact={contact.data} />
      <section className="card">
        <Title order={2}>{t("conversations")}</Title>
        {conversations.isPending ? (
          <Bones lines={3} />
        ) : (
          <EarlierList rows={conversations.data?.items ?? []} none={t("conversations.none")} />
        )}
      </section>
      <Consents contactId={contact.data.id} />
      {account.user.permissions.includes("people") && <CopyAndErase contact={contact.data} />}
    </div>
  );
}

function Person({ contact }: { contact: Contact }) {
  const account = useAccount();
  const queries = useQueryClient();
  const [typed, setTyped] = useState<string | null>(null);
  const archive = useArchive(contact);
  const rename = useMutation({
    mutationFn: (name: string) =>
      call<Contact>("PATCH", `/accounts/${account.id}/contacts/${contact.id}`, { body: { name } }),
    onSuccess: async () => {
      setTyped(null);
      say(t("saved"));
      await Promise.all([
        queries.invalidateQueries({ queryKey: [account.id, "contact", contact.id] }),
        queries.invalidateQueries({ queryKey: [account.id, "contacts"] }),
      ]);
    },
    onError: complain,
  });
  return (
    <header className="contact-head">
      <Avatar size={56} radius="xl" color="gray" aria-hidden>
        {initials(contact.name ?? contact.email)}
      </Avatar>
      <div>
        {typed === null ? (
          <Group gap={4}>
            <Title order={1}>{contact.name || t("no_name")}</Title>
            <ActionIcon aria-label={t("rename")} onClick={() => setTyped(contact.name ?? "")}>
              <IconPencil size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ) : (
          <form
            className="name-form"
            onSubmit={(event) => {
              event.preventDefault();
              rename.mutate(typed.trim());
            }}
          >
            <TextInput
              aria-label={t("name")}
              value={typed}
              autoFocus
              onChange={(event) => setTyped(event.currentTarget.value)}
              onKeyDown={(event) => event.key === "Escape" && setTyped(null)}
            />
            <ActionIcon type="submit" aria-label={t("save")} loading={rename.isPending} size={36}>
              <IconCheck size={18} aria-hidden />
            </ActionIcon>
          </form>
        )}
        {contact.email && (
          <Group gap="xs">
            <a href={`mailto:${contact.email}`}>{contact.email}</a>
            <Tooltip label={t("unverified.why")} disabled={contact.verified} multiline w={260}>
              <Badge variant="light" color={contact.verified ? "green" : "gray"}>
                {t(contact.verified ? "verified" : "unverified")}
              </Badge>
            </Tooltip>
          </Group>
        )}
        <p className="muted small">{t("since", { date: dateOnly(contact.created_at) })}</p>
      </div>
      {contact.archived_at === null && (
        <Button
          className="contact-archive"
          variant="default"
          leftSection={<IconArchive size={16} aria-hidden />}
          loading={archive.isPending}
          onClick={() => archive.mutate(true)}
        >
          {t("archive")}
        </Button>
      )}
    </header>
  );
}

function Archived({ contact }: { contact: Contact }) {
  const archive = useArchive(contact);
  return (
    <Alert color="gray" icon={<IconArchive aria-hidden />}>
      <Group justify="space-between">
        {t("archived.since", { date: dateOnly(contact.archived_at ?? 0) })}
        <Button variant="default" loading={archive.isPending} onClick={() => archive.mutate(false)}>
          {t("restore")}
        </Button>
      </Group>
    </Alert>
  );
}

/** Puts a contact away or brings it back; putting away can be undone. */
function useArchive(contact: Contact) {
  const account = useAccount();
  const queries = useQueryClient();
  const name = contact.name ?? contact.email ?? t("no_name");
  const put = async (archived: boolean) => {
    const path = `/accounts/${account.id}/contacts/${contact.id}`;
    await call<Contact>("PATCH", path, { body: { archived } });
    await Promise.all([
      queries.invalidateQueries({ queryKey: [account.id, "contact", contact.id] }),
      queries.invalidateQueries({ queryKey: [account.id, "contacts"] }),
    ]);
  };
  return useMutation({
    mutationFn: put,
    onSuccess: (_, archived) => {
      if (archived) offerUndo(t("archive.done", { name }), () => put(false));
      else say(t("restore.done", { name }));
    },
    onError: complain,
  });
}
