import { Badge, Button, Menu, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconInbox, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { inboxesQuery } from "../api/queries.ts";
import type { Inbox } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { fieldErrors, Problems } from "../app/form.tsx";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { complain, offerUndo } from "../app/undo.tsx";
import { t } from "./texts.ts";

export function InboxList() {
  return (
    <Needs permission="inboxes">
      <List />
    </Needs>
  );
}

function List() {
  const account = useAccount();
  const inboxes = useQuery(inboxesQuery(account.id, "all"));
  const [creating, create] = useDisclosure(false);
  if (inboxes.isPending) return <Bones />;
  if (inboxes.isError) throw inboxes.error;
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={create.open}>
      {t("inboxes.create")}
    </Button>
  );
  return (
    <>
      <Heading title={t("nav.inboxes")}>{inboxes.data.length > 0 && button}</Heading>
      {inboxes.data.length === 0 ? (
        <Empty icon={<IconInbox />} title={t("inboxes.empty")} action={button}>
          {t("inboxes.why")}
        </Empty>
      ) : (
        <ul className="rows">
          {inboxes.data.map((inbox) => (
            <InboxRow key={inbox.id} inbox={inbox} />
          ))}
        </ul>
      )}
      {creating && <Create onClose={create.close} />}
    </>
  );
}

function InboxRow({ inbox }: { inbox: Inbox }) {
  const account = useAccount();
  const queries = useQueryClient();
  const params = { accountId: String(account.id), inboxId: String(inbox.id) };
  const setArchived = async (archived: boolean) => {
    await call("PATCH", `/accounts/${account.id}/inboxes/${inbox.id}`, { body: { archived } });
    await queries.invalidateQueries({ queryKey: [account.id, "inboxes"] });
  };
  const archive = useMutation({
    mutationFn: setArchived,
    onSuccess: (_, archived) => {
      if (archived) offerUndo(t("inboxes.archived.done", { name: inbox.name }), () => setArchived(false));
    },
    onError: complain,
  });
  const isArchived = inbox.archived_at !== null;
  const members = inbox.member_user_ids.length + inbox.member_team_ids.length;
  return (
    <li className="row" data-gone={isArchived || undefined}>
      <span className="row-main">
        <Link className="row-link" to="/a/$accountId/settings/inboxes/$inboxId" params={params}>
          {inbox.name}
        </Link>
        <span className="muted small">
          {t(`inboxes.type.${inbox.type}`)}, {t("inboxes.members", { count: members })}
        </span>
      </span>
      {isArchived && (
        <Badge variant="light" color="gray">
          {t("inboxes.archived")}
        </Badge>
      )}
      <MoreMenu label={t("more", { name: inbox.name })}>
        <Menu.Item
          renderRoot={(props) => (
            <Link {...props} to="/a/$accountId/settings/inboxes/$inboxId" params={params} />
          )}
        >
          {t("edit")}
        </Menu.Item>
        <Menu.Item {...(isArchived ? {} : { color: "red" })} onClick={() => archive.mutate(!isArchived)}>
          {t(isArchived ? "inboxes.restore" : "inboxes.archive")}
        </Menu.Item>
      </MoreMenu>
    </li>
  );
}

function Create({ onClose }: { onClose: () => void }) {
  const account = useAccount();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: "", type: "inbox" },
    validate: { name: (name) => (name.trim() ? null : t("name.required")) },
  });
  const create = useMutation({
    mutationFn: ({ name, type }: typeof form.values) =>
      call<Inbox>("POST", `/accounts/${account.id}/inboxes`, { body: { name: name.trim(), type } }),
    onSuccess: async (inbox) => {
      await queries.invalidateQueries({ queryKey: [account.id, "inboxes"] });
      await navigate({
        to: "/a/$accountId/settings/inboxes/$inboxId",
        params: { accountId: String(account.id), inboxId: String(inbox.id) },
      });
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <Modal opened onClose={onClose} title={t("inboxes.create")}>
      <form noValidate onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack>
          <Problems form={form} failure={create.error} />
          <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
          <Radio.Group
            label={t("inboxes.type")}
            description={t("inboxes.type.fixed")}
            {...form.getInputProps("type")}
          >
            <div className="radio-cards">
              {(["inbox", "help_desk"] as const).map((type) => (
                <Radio.Card key={type} value={type} className="radio-card">
                  <Radio.Indicator />
                  <span>
                    <strong>{t(`inboxes.type.${type}`)}</strong>
                    <span className="muted">{t(`inboxes.type.${type}.why`)}</span>
                  </span>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          <Button type="submit" loading={create.isPending} style={{ alignSelf: "flex-end" }}>
            {t("create")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
