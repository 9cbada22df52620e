import { Avatar, Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconAddressBook, IconPlus, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { call } from "../api/call.ts";
import { contactsQuery } from "../api/queries.ts";
import type { Contact } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { fieldErrors, Problems } from "../app/form.tsx";
import { useKeys } from "../app/keys.ts";
import { initials } from "../app/people.ts";
import { Bones, Empty, Heading } from "../app/screens.tsx";
import { t as frame } from "../app/texts.ts";
import { dateOnly } from "../app/time.ts";
import { say } from "../app/undo.tsx";
import "./contacts.css";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/contacts");

export function ContactList() {
  const account = useAccount();
  const accountId = String(account.id);
  const { search = "", archived = "" } = route.useSearch();
  const isArchived = archived === "yes";
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const [creating, create] = useDisclosure(false);
  const contacts = useInfiniteQuery({
    ...contactsQuery(account.id, search, isArchived),
    placeholderData: keepPreviousData,
  });
  const show = (words: string, ofArchive: boolean) =>
    void navigate({
      to: "/a/$accountId/contacts",
      params: { accountId },
      search: { ...(words && { search: words }), ...(ofArchive && { archived: "yes" }) },
      replace: true,
    });
  const searchFor = useDebouncedCallback((words: string) => show(words, isArchived), 200);
  const walk = (by: 1 | -1) => {
    const links = [...document.querySelectorAll<HTMLElement>(".contact-row")];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
  };
  useKeys({ "/": () => field.current?.focus(), j: () => walk(1), k: () => walk(-1), n: create.open });

  if (contacts.isPending) return <Bones />;
  if (contacts.isError) throw contacts.error;
  const items = contacts.data.pages.flatMap((page) => page.items);
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={create.open}>
      {t("create")}
    </Button>
  );
  const isFresh = items.length === 0 && !search && !isArchived;
  return (
    <div className="screen">
      <Heading title={t("title")}>{isFresh ? null : button}</Heading>
      {isFresh ? (
        <Empty icon={<IconAddressBook />} title={t("empty")} action={button}>
          {t("empty.why")}
        </Empty>
      ) : (
        <>
          <search className="filters">
            <TextInput
              ref={field}
              type="search"
              aria-label={t("search")}
              placeholder={t("search")}
              leftSection={<IconSearch size={16} aria-hidden />}
              defaultValue={search}
              onChange={(event) => searchFor(event.currentTarget.value)}
              onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
            />
            <Checkbox
              label={t("archived")}
              checked={isArchived}
              onChange={(event) => show(field.current?.value ?? "", event.currentTarget.checked)}
            />
          </search>
          {items.length === 0 ? (
            <Empty icon={<IconSearch />} title={search ? t("none", { words: search }) : t("archived.none")}>
              {t(search ? "none.why" : "archived.why")}
            </Empty>
          ) : (
            <ul className="contact-list">
              {items.map((contact) => (
                <li key={contact.id}>
                  <Link
                    className="contact-row"
                    to="/a/$accountId/contacts/$contactId"
                    params={{ accountId, contactId: String(contact.id) }}
                  >
                    <Avatar size={36} radius="xl" color="gray" aria-hidden>
                      {initials(contact.name ?? contact.email)}
                    </Avatar>
                    <strong>{contact.name || t("no_name")}</strong>
                    <span className="muted contact-email">{contact.email}</span>
                    <span className="muted number contact-since">{dateOnly(contact.created_at)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          )}
          {contacts.hasNextPage && (
            <Group justify="center" p="md">
              <Button
                variant="default"
                loading={contacts.isFetchingNextPage}
                onClick={() => void contacts.fetchNextPage()}
              >
                {frame("load_more")}
              </Button>
            </Group>
          )}
        </>
      )}
      {creating && <Create onClose={create.close} />}
    </div>
  );
}

function Create({ onClose }: { onClose: () => void }) {
  const account = useAccount();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { email: "", name: "" },
    validate: { email: (email) => (/^\S+@\S+$/.test(email.trim()) ? null : t("email.required")) },
  });
  const create = useMutation({
    mutationFn: ({ email, name }: typeof form.values) =>
      call<Contact>("POST", `/accounts/${account.id}/contacts`, {
        body: { email: email.trim(), name: name.trim() || null },
      }),
    onSuccess: async (contact) => {
      say(t("created"));
      await queries.invalidateQueries({ queryKey: [account.id, "contacts"] });
      await navigate({
        to: "/a/$accountId/contacts/$contactId",
        params: { accountId: String(account.id), contactId: String(contact.id) },
      });
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <Modal opened onClose={onClose} title={t("create")}>
      <form noValidate onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack>
          <Problems form={form} failure={create.error} />
          <TextInput label={t("email")} type="email" data-autofocus {...form.getInputProps("email")} />
          <TextInput label={t("name.optional")} {...form.getInputProps("name")} />
          <Button type="submit" loading={create.isPending} style={{ alignSelf: "flex-end" }}>
            {t("create")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
