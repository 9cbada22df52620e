import { Badge, Button, Menu, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { permissionSetsQuery, usersQuery } from "../api/queries.ts";
import type { Permission, PermissionSet } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { ConfirmByName } from "../app/form.tsx";
import { Bones, Heading, Needs } from "../app/screens.tsx";
import { complain, say } from "../app/undo.tsx";
import { FormDialog } from "./dialog.tsx";
import { PERMISSIONS, Rights } from "./rights.tsx";
import { t } from "./texts.ts";

export function PermissionSets() {
  return (
    <Needs permission="people">
      <SetList />
    </Needs>
  );
}

/** What holding a set means, in words. */
function Effective({ permissions }: { permissions: readonly Permission[] }) {
  return (
    <div className="effective">
      <p className="small">{t("sets.effective")}</p>
      <ul className="small">
        <li>{t("sets.effective.always")}</li>
        {PERMISSIONS.filter((right) => permissions.includes(right)).map((right) => (
          <li key={right}>{t(`right.${right}.may`)}</li>
        ))}
      </ul>
    </div>
  );
}

function SetList() {
  const account = useAccount();
  const queries = useQueryClient();
  const sets = useQuery(permissionSetsQuery(account.id));
  const users = useQuery(usersQuery(account.id));
  const [editing, edit] = useState<PermissionSet | "new" | null>(null);
  const [deleting, setDeleting] = useState<PermissionSet | null>(null);
  const remove = useMutation({
    mutationFn: (set: PermissionSet) => call("DELETE", `/accounts/${account.id}/permission-sets/${set.id}`),
    onSuccess: async () => {
      setDeleting(null);
      await queries.invalidateQueries({ queryKey: [account.id, "permission-sets"] });
    },
    onError: complain,
  });
  if (sets.isPending || users.isPending) return <Bones />;
  if (sets.isError) throw sets.error;
  if (users.isError) throw users.error;
  return (
    <>
      <Heading title={t("nav.permissions")}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => edit("new")}>
          {t("sets.create")}
        </Button>
      </Heading>
      <p className="muted">{t("sets.why")}</p>
      <ul className="rows">
        {sets.data.map((set) => (
          <li key={set.id} className="row row-tall">
            <span className="row-main">
              <strong>
                {set.name}{" "}
                {set.builtin && (
                  <Badge variant="light" color="gray">
                    {t("sets.builtin")}
                  </Badge>
                )}
              </strong>
              <Effective permissions={set.permissions} />
            </span>
            <span className="row-side muted small">
              {t("sets.users", {
                count: users.data.filter((user) => user.permission_set_id === set.id).length,
              })}
            </span>
            {!set.builtin && (
              <MoreMenu label={t("more", { name: set.name })}>
                <Menu.Item onClick={() => edit(set)}>{t("edit")}</Menu.Item>
                <Menu.Item color="red" onClick={() => setDeleting(set)}>
                  {t("delete")}
                </Menu.Item>
              </MoreMenu>
            )}
          </li>
        ))}
      </ul>
      {editing && <EditSet set={editing === "new" ? null : editing} onClose={() => edit(null)} />}
      <ConfirmByName
        opened={deleting !== null}
        title={t("delete.of", { name: deleting?.name ?? "" })}
        why={t("sets.delete.why")}
        name={deleting?.name ?? ""}
        verb={t("delete")}
        busy={remove.isPending}
        onConfirm={() => deleting && remove.mutate(deleting)}
        onClose={() => setDeleting(null)}
      />
    </>
  );
}

function EditSet({ set, onClose }: { set: PermissionSet | null; onClose: () => void }) {
  const account = useAccount();
  const form = useForm({
    initialValues: { name: set?.name ?? "", permissions: [...(set?.permissions ?? [])] as string[] },
    validate: { name: (name) => (name.trim() ? null : t("name.required")) },
  });
  return (
    <FormDialog
      title={set ? t("edit.of", { name: set.name }) : t("sets.create")}
      verb={t(set ? "save" : "create")}
      form={form}
      send={(values) =>
        call(set ? "PATCH" : "POST", `/accounts/${account.id}/permission-sets${set ? `/${set.id}` : ""}`, {
          body: { ...values, name: values.name.trim() },
        })
      }
      refreshes={[[account.id, "permission-sets"], ["session"]]}
      onDone={() => say(t("saved"))}
      onClose={onClose}
    >
      <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
      <Rights label={t("sets.rights")} choices={PERMISSIONS} field={form.getInputProps("permissions")} />
      <Effective permissions={form.values.permissions as Permission[]} />
    </FormDialog>
  );
}
