import { Avatar, Badge, Button, Menu, Select, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { permissionSetsQuery, usersQuery } from "../api/queries.ts";
import type { Invited, PermissionSet, Presence, User } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { initials } from "../app/people.ts";
import { Bones, Heading, Needs } from "../app/screens.tsx";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { ShownOnce } from "./copyable.tsx";
import { FormDialog } from "./dialog.tsx";
import { t } from "./texts.ts";

/** Others change their status meanwhile. */
const REFRESH_MS = 30_000;

export function Users() {
  return (
    <Needs permission="people">
      <UserList />
    </Needs>
  );
}

function UserList() {
  const account = useAccount();
  const users = useQuery({ ...usersQuery(account.id), refetchInterval: REFRESH_MS });
  const sets = useQuery(permissionSetsQuery(account.id));
  const [inviting, invite] = useDisclosure(false);
  const [editing, edit] = useState<User | null>(null);
  const [invited, showInvited] = useState<Invited | null>(null);
  const nameOf = (id: number | null) => users.data?.find((user) => user.id === id)?.name;
  if (users.isPending || sets.isPending) return <Bones />;
  if (users.isError) throw users.error;
  if (sets.isError) throw sets.error;
  return (
    <>
      <Heading title={t("nav.users")}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={invite.open}>
          {t("users.invite")}
        </Button>
      </Heading>
      <p className="muted">{t("users.why")}</p>
      <ul className="rows">
        {users.data.map((user) => (
          <UserRow
            key={user.id}
            user={user}
            set={sets.data.find((set) => set.id === user.permission_set_id)}
            setter={nameOf(user.status_set_by)}
            onEdit={() => edit(user)}
            onInvited={showInvited}
          />
        ))}
      </ul>
      {inviting && <Invite sets={sets.data} onClose={invite.close} onInvited={showInvited} />}
      {editing && <EditUser user={editing} sets={sets.data} onClose={() => edit(null)} />}
      {invited && (
        <ShownOnce
          title={t("users.invited", { name: invited.user.name })}
          why={t("users.invited.why", { name: invited.user.name })}
          label={t("users.link")}
          value={`${window.location.origin}${invited.invite_path}`}
          onClose={() => showInvited(null)}
        />
      )}
    </>
  );
}

interface UserRowProps {
  user: User;
  set: PermissionSet | undefined;
  /** Who set the status, if it was somebody else than the user. */
  setter: string | undefined;
  onEdit: () => void;
  onInvited: (invited: Invited) => void;
}

function UserRow({ user, set, setter, onEdit, onInvited }: UserRowProps) {
  const account = useAccount();
  const queries = useQueryClient();
  const isMe = user.id === account.user.id;
  const path = `/accounts/${account.id}/users/${user.id}`;
  const refresh = () => queries.invalidateQueries({ queryKey: [account.id, "users"] });
  const activate = async (deactivated: boolean) => {
    await call("PATCH", path, { body: { deactivated } });
    await refresh();
  };
  const deactivate = useMutation({
    mutationFn: activate,
    onSuccess: (_, deactivated) => {
      if (deactivated) offerUndo(t("users.deactivated", { name: user.name }), () => activate(false));
    },
    onError: complain,
  });
  const put = async (status: Presence) => {
    await call("PATCH", path, { body: { status } });
    await refresh();
  };
  const status = useMutation({
    mutationFn: put,
    onSuccess: (_, wanted) =>
      offerUndo(t(`users.set.${wanted}.done`, { name: user.name }), () => put(user.status)),
    onError: complain,
  });
  const bare = useMutation({
    mutationFn: () => call("DELETE", `${path}/photo`),
    onSuccess: refresh,
    onError: complain,
  });
  const again = useMutation({
    mutationFn: () => call<Invited>("POST", `${path}/invitation`),
    onSuccess: onInvited,
    onError: complain,
  });
  const isGone = user.deactivated_at !== null;
  const isHere = !isGone && user.joined_at !== null;
  const other = user.status === "away" ? "available" : "away";
  return (
    <li className="row" data-gone={isGone || undefined}>
      <Avatar size={36} radius="xl" color="gray" src={user.image} alt="" aria-hidden>
        {initials(user.name)}
      </Avatar>
      <span className="row-main">
        <strong>
          {user.name} {isMe && <span className="muted">({t("users.you")})</span>}
        </strong>
        <span className="muted small">{user.email}</span>
        {isHere && (
          <span className="muted small user-status">
            <span className="dot" data-status={user.status} aria-hidden />
            {t(`users.status.${user.status}`)}
            {setter && `, ${t("users.status.set_by", { name: setter })}`}
          </span>
        )}
      </span>
      <span className="row-side">
        {isGone ? (
          <Badge variant="light" color="gray">
            {t("users.status.deactivated")}
          </Badge>
        ) : (
          user.joined_at === null && (
            <Badge variant="light" color="yellow">
              {t("users.status.invited")}
            </Badge>
          )
        )}
        <span className="muted small">{set?.name}</span>
        {user.can_receive && !isGone && <span className="muted small">{t("users.receives")}</span>}
      </span>
      <MoreMenu label={t("more", { name: user.name })}>
        <Menu.Item onClick={onEdit}>{t("edit")}</Menu.Item>
        {isHere && !isMe && (
          <Menu.Item
            leftSection={<span className="dot" data-status={other} />}
            onClick={() => status.mutate(other)}
          >
            {t(`users.set.${other}`)}
          </Menu.Item>
        )}
        {user.joined_at === null && !isGone && (
          <Menu.Item onClick={() => again.mutate()}>{t("users.again")}</Menu.Item>
        )}
        {user.image !== null && !isMe && (
          <Menu.Item onClick={() => bare.mutate()}>{t("users.photo.remove")}</Menu.Item>
        )}
        {!isMe && (
          <Menu.Item {...(isGone ? {} : { color: "red" })} onClick={() => deactivate.mutate(!isGone)}>
            {t(isGone ? "users.reactivate" : "users.deactivate")}
          </Menu.Item>
        )}
      </MoreMenu>
    </li>
  );
}

interface InviteProps {
  sets: PermissionSet[];
  onClose: () => void;
  onInvited: (invited: Invited) => void;
}

const choices = (sets: PermissionSet[]) => sets.map((set) => ({ value: String(set.id), label: set.name }));

function Invite({ sets, onClose, onInvited }: InviteProps) {
  const account = useAccount();
  const usual = sets.find((set) => set.builtin && set.permissions.length === 0) ?? sets[0];
  const form = useForm({
    initialValues: { name: "", email: "", set: usual ? String(usual.id) : "", can_receive: true },
    validate: {
      name: (name) => (name.trim() ? null : t("name.required")),
      email: (email) => (/^\S+@\S+$/.test(email.trim()) ? null : t("users.email.required")),
    },
  });
  return (
    <FormDialog
      title={t("users.invite")}
      verb={t("users.invite")}
      form={form}
      send={({ name, email, set, can_receive }) =>
        call<Invited>("POST", `/accounts/${account.id}/users`, {
          body: { name: name.trim(), email: email.trim(), permission_set_id: Number(set), can_receive },
        })
      }
      refreshes={[[account.id, "users"]]}
      onDone={onInvited}
      onClose={onClose}
    >
      <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
      <TextInput label={t("users.email")} type="email" {...form.getInputProps("email")} />
      <Select label={t("users.set")} data={choices(sets)} {...form.getInputProps("set")} />
      <Switch
        label={t("users.receive")}
        description={t("users.receive.help")}
        {...form.getInputProps("can_receive", { type: "checkbox" })}
      />
    </FormDialog>
  );
}

function EditUser({ user, sets, onClose }: { user: User; sets: PermissionSet[]; onClose: () => void }) {
  const account = useAccount();
  const form = useForm({
    initialValues: { name: user.name, set: String(user.permission_set_id), can_receive: user.can_receive },
    validate: { name: (name) => (name.trim() ? null : t("name.required")) },
  });
  return (
    <FormDialog
      title={t("users.edit", { name: user.name })}
      verb={t("save")}
      form={form}
      send={({ name, set, can_receive }) =>
        call("PATCH", `/accounts/${account.id}/users/${user.id}`, {
          body: { name: name.trim(), permission_set_id: Number(set), can_receive },
        })
      }
      refreshes={[[account.id, "users"], ["session"]]}
      onDone={() => say(t("saved"))}
      onClose={onClose}
    >
      <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
      <Select label={t("users.set")} data={choices(sets)} {...form.getInputProps("set")} />
      <Switch
        label={t("users.receive")}
        description={t("users.receive.help")}
        {...form.getInputProps("can_receive", { type: "checkbox" })}
      />
    </FormDialog>
  );
}
