import { Badge, Button, Menu, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { subscriptionTypesQuery } from "../api/queries.ts";
import type { SubscriptionType } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { Section } from "../app/controls/section.tsx";
import { Bones } from "../app/screens.tsx";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { FormDialog } from "./dialog.tsx";
import { t } from "./texts.ts";

/** G19: what visitors may agree to be written about. Archived ones stay in the list, for what was agreed to stays. */
export function SubscriptionTypes() {
  const account = useAccount();
  const types = useQuery(subscriptionTypesQuery(account.id));
  const [editing, edit] = useState<SubscriptionType | "new" | null>(null);
  if (types.isError) throw types.error;
  const sorted = [...(types.data ?? [])].sort(
    (one, other) => Number(one.archived_at !== null) - Number(other.archived_at !== null),
  );
  return (
    <Section title={t("types")} help={t("types.help")}>
      {types.isPending ? (
        <Bones lines={2} />
      ) : (
        <ul className="rows">
          {sorted.map((type) => (
            <TypeRow key={type.id} type={type} onEdit={() => edit(type)} />
          ))}
        </ul>
      )}
      <Button
        variant="default"
        leftSection={<IconPlus size={16} aria-hidden />}
        style={{ alignSelf: "flex-start" }}
        onClick={() => edit("new")}
      >
        {t("types.create")}
      </Button>
      {editing && <EditType type={editing === "new" ? null : editing} onClose={() => edit(null)} />}
    </Section>
  );
}

function TypeRow({ type, onEdit }: { type: SubscriptionType; onEdit: () => void }) {
  const account = useAccount();
  const queries = useQueryClient();
  const put = async (archived: boolean) => {
    await call("PATCH", `/accounts/${account.id}/privacy/subscription-types/${type.id}`, {
      body: { archived },
    });
    await queries.invalidateQueries({ queryKey: [account.id, "subscription-types"] });
  };
  const archive = useMutation({
    mutationFn: put,
    onSuccess: (_, archived) => {
      if (archived) offerUndo(t("types.archived.done", { name: type.name }), () => put(false));
      else say(t("types.restored", { name: type.name }));
    },
    onError: complain,
  });
  const isArchived = type.archived_at !== null;
  return (
    <li className="row" data-gone={isArchived || undefined}>
      <span className="row-main">
        <strong>{type.name}</strong>
        {type.description && <span className="muted small">{type.description}</span>}
      </span>
      <span className="row-side">
        {type.is_default && (
          <Badge variant="light" color="teal" title={t("types.default.why")}>
            {t("types.default")}
          </Badge>
        )}
        {isArchived && (
          <Badge variant="light" color="gray">
            {t("inboxes.archived")}
          </Badge>
        )}
      </span>
      <MoreMenu label={t("more", { name: type.name })}>
        <Menu.Item onClick={onEdit}>{t("edit")}</Menu.Item>
        {!type.is_default && (
          <Menu.Item {...(isArchived ? {} : { color: "red" })} onClick={() => archive.mutate(!isArchived)}>
            {t(isArchived ? "inboxes.restore" : "inboxes.archive")}
          </Menu.Item>
        )}
      </MoreMenu>
    </li>
  );
}

function EditType({ type, onClose }: { type: SubscriptionType | null; onClose: () => void }) {
  const account = useAccount();
  const path = `/accounts/${account.id}/privacy/subscription-types`;
  const form = useForm({
    initialValues: { name: type?.name ?? "", description: type?.description ?? "" },
    validate: { name: (name) => (name.trim() ? null : t("name.required")) },
  });
  return (
    <FormDialog
      title={type ? t("edit.of", { name: type.name }) : t("types.create")}
      verb={t(type ? "save" : "create")}
      form={form}
      send={(body) => call(type ? "PATCH" : "POST", type ? `${path}/${type.id}` : path, { body })}
      refreshes={[[account.id, "subscription-types"]]}
      onDone={() => say(t("saved"))}
      onClose={onClose}
    >
      <TextInput
        label={t("name")}
        description={t("types.name.help")}
        data-autofocus
        maxLength={100}
        {...form.getInputProps("name")}
      />
      <Textarea
        label={t("types.description")}
        description={t("types.description.help")}
        autosize
        minRows={2}
        {...form.getInputProps("description")}
      />
    </FormDialog>
  );
}
