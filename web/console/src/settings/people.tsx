import {
  ActionIcon,
  Avatar,
  Badge,
  Button,
  Checkbox,
  Menu,
  Modal,
  MultiSelect,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { permissionSetsQuery, teamsQuery, usersQuery } from "../api/queries.ts";
import type { Invited, Permission, PermissionSet, Team, User } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { ConfirmByName, fieldErrors, Problems } from "../app/form.tsx";
import { initials } from "../app/people.ts";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { Copyable } from "./copyable.tsx";
import { t } from "./texts.ts";
import { PERMISSIONS } from "./tokens.tsx";

// ---- Users --------------------------------------------------------------------------------------------------------

export function Users() {
  return (
    <Needs permission="people">
      <UserList />
    </Needs>
  );
}

function UserList() {
  const account = useAccount();
  const users = useQuery(usersQuery(account.id));
  const sets = useQuery(permissionSetsQuery(account.id));
  const [inviting, invite] = useDisclosure(false);
  const [editing, edit] = useState<User | null>(null);
  const [invited, showInvited] = useState<Invited | null>(null);
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
            onEdit={() => edit(user)}
            onInvited={showInvited}
          />
        ))}
      </ul>
      {inviting && <Invite sets={sets.data} onClose={invite.close} onInvited={showInvited} />}
      {editing && <EditUser user={editing} sets={sets.data} onClose={() => edit(null)} />}
      {invited && (
        <Modal
          opened
          onClose={() => showInvited(null)}
          closeOnClickOutside={false}
          title={t("users.invited", { name: invited.user.name })}
        >
          <Stack>
            <Text size="sm">{t("users.invited.why", { name: invited.user.name })}</Text>
            <Copyable label={t("users.link")} value={`${window.location.origin}${invited.invite_path}`} />
            <Button onClick={() => showInvited(null)} style={{ alignSelf: "flex-end" }}>
              {t("users.done")}
            </Button>
          </Stack>
        </Modal>
      )}
    </>
  );
}

interface UserRowProps {
  user: User;
  set: PermissionSet | undefined;
  onEdit: () => void;
  onInvited: (invited: Invited) => void;
}

function UserRow({ user, set, onEdit, onInvited }: UserRowProps) {
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
  const again = useMutation({
    mutationFn: () => call<Invited>("POST", `${path}/invitation`),
    onSuccess: onInvited,
    onError: complain,
  });
  const isGone = user.deactivated_at !== null;
  return (
    <li className="row" data-gone={isGone || undefined}>
      <Avatar size={36} radius="xl" color="gray" aria-hidden>
        {initials(user.name)}
      </Avatar>
      <span className="row-main">
        <strong>
          {user.name} {isMe && <span className="muted">({t("users.you")})</span>}
        </strong>
        <span className="muted small">{user.email}</span>
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
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon aria-label={t("more", { name: user.name })}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onEdit}>{t("edit")}</Menu.Item>
          {user.joined_at === null && !isGone && (
            <Menu.Item onClick={() => again.mutate()}>{t("users.again")}</Menu.Item>
          )}
          {!isMe && (
            <Menu.Item {...(isGone ? {} : { color: "red" })} onClick={() => deactivate.mutate(!isGone)}>
              {t(isGone ? "users.reactivate" : "users.deactivate")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
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
  const queries = useQueryClient();
  const usual = sets.find((set) => set.builtin && set.permissions.length === 0) ?? sets[0];
  const form = useForm({
    initialValues: { name: "", email: "", set: usual ? String(usual.id) : "", can_receive: true },
    validate: {
      name: (name) => (name.trim() ? null : t("name.required")),
      email: (email) => (/^\S+@\S+$/.test(email.trim()) ? null : t("users.email.required")),
    },
  });
  const invite = useMutation({
    mutationFn: (values: typeof form.values) =>
      call<Invited>("POST", `/accounts/${account.id}/users`, {
        body: {
          name: values.name.trim(),
          email: values.email.trim(),
          permission_set_id: Number(values.set),
          can_receive: values.can_receive,
        },
      }),
    onSuccess: async (invited) => {
      await queries.invalidateQueries({ queryKey: [account.id, "users"] });
      onClose();
      onInvited(invited);
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <Modal opened onClose={onClose} title={t("users.invite")}>
      <form noValidate onSubmit={form.onSubmit((values) => invite.mutate(values))}>
        <Stack>
          <Problems form={form} failure={invite.error} />
          <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
          <TextInput label={t("users.email")} type="email" {...form.getInputProps("email")} />
          <Select label={t("users.set")} data={choices(sets)} {...form.getInputProps("set")} />
          <Switch
            label={t("users.receive")}
            description={t("users.receive.help")}
            {...form.getInputProps("can_receive", { type: "checkbox" })}
          />
          <Button type="submit" loading={invite.isPending} style={{ alignSelf: "flex-end" }}>
            {t("users.invite")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function EditUser({ user, sets, onClose }: { user: User; sets: PermissionSet[]; onClose: () => void }) {
  const account = useAccount();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { name: user.name, set: String(user.permission_set_id), can_receive: user.can_receive },
    validate: { name: (name) => (name.trim() ? null : t("name.required")) },
  });
  const save = useMutation({
    mutationFn: ({ name, set, can_receive }: typeof form.values) =>
      call("PATCH", `/accounts/${account.id}/users/${user.id}`, {
        body: { name: name.trim(), permission_set_id: Number(set), can_receive },
      }),
    onSuccess: async () => {
      say(t("saved"));
      onClose();
      await Promise.all([
        queries.invalidateQueries({ queryKey: [account.id, "users"] }),
        queries.invalidateQueries({ queryKey: ["session"] }),
      ]);
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <Modal opened onClose={onClose} title={t("users.edit", { name: user.name })}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          <Problems form={form} failure={save.error} />
          <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
          <Select label={t("users.set")} data={choices(sets)} {...form.getInputProps("set")} />
          <Switch
            label={t("users.receive")}
            description={t("users.receive.help")}
            {...form.getInputProps("can_receive", { type: "checkbox" })}
          />
          <Button type="submit" loading={save.isPending} style={{ alignSelf: "flex-end" }}>
            {t("save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

// ---- Teams --------------------------------------------------------------------------------------------------------

export function Teams() {
  return (
    <Needs permission="people">
      <TeamList />
    </Needs>
  );
}

function TeamList() {
  const account = useAccount();
  const queries = useQueryClient();
  const teams = useQuery(teamsQuery(account.id));
  const users = useQuery(usersQuery(account.id));
  const [editing, edit] = useState<Team | "new" | null>(null);
  const [deleting, setDeleting] = useState<Team | null>(null);
  const remove = useMutation({
    mutationFn: (team: Team) => call("DELETE", `/accounts/${account.id}/teams/${team.id}`),
    onSuccess: async () => {
      setDeleting(null);
      await queries.invalidateQueries({ queryKey: [account.id, "teams"] });
    },
    onError: complain,
  });
  if (teams.isPending || users.isPending) return <Bones />;
  if (teams.isError) throw teams.error;
  if (users.isError) throw users.error;
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => edit("new")}>
      {t("teams.create")}
    </Button>
  );
  const nameOf = (id: number) => users.data.find((user) => user.id === id)?.name ?? "";
  return (
    <>
      <Heading title={t("nav.teams")}>{teams.data.length > 0 && create}</Heading>
      {teams.data.length === 0 ? (
        <Empty icon={<IconUsersGroup />} title={t("teams.empty")} action={create}>
          {t("teams.why")}
        </Empty>
      ) : (
        <ul className="rows">
          {teams.data.map((team) => (
            <li key={team.id} className="row">
              <span className="row-main">
                <strong>{team.name}</strong>
                <span className="muted small">
                  {team.main_member_ids.map(nameOf).join(", ") || t("teams.members", { count: 0 })}
                </span>
              </span>
              <span className="row-side muted small">
                {t("teams.members", { count: team.main_member_ids.length })}
                {team.extra_member_ids.length > 0 &&
                  `, ${t("teams.members.extra", { count: team.extra_member_ids.length })}`}
              </span>
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon aria-label={t("more", { name: team.name })}>
                    <IconDots size={18} aria-hidden />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => edit(team)}>{t("edit")}</Menu.Item>
                  <Menu.Item color="red" onClick={() => setDeleting(team)}>
                    {t("delete")}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <EditTeam team={editing === "new" ? null : editing} users={users.data} onClose={() => edit(null)} />
      )}
      <ConfirmByName
        opened={deleting !== null}
        title={t("delete.of", { name: deleting?.name ?? "" })}
        why={t("teams.delete.why")}
        name={deleting?.name ?? ""}
        verb={t("delete")}
        busy={remove.isPending}
        onConfirm={() => deleting && remove.mutate(deleting)}
        onClose={() => setDeleting(null)}
      />
    </>
  );
}

function EditTeam({ team, users, onClose }: { team: Team | null; users: User[]; onClose: () => void }) {
  const account = useAccount();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: {
      name: team?.name ?? "",
      main_member_ids: (team?.main_member_ids ?? []).map(String),
      extra_member_ids: (team?.extra_member_ids ?? []).map(String),
    },
    validate: {
      name: (name) => (name.trim() ? null : t("name.required")),
      extra_member_ids: (extra, values) => {
        const both = users.find(
          ({ id }) => extra.includes(String(id)) && values.main_member_ids.includes(String(id)),
        );
        return both ? t("teams.both", { name: both.name }) : null;
      },
    },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      call(team ? "PATCH" : "POST", `/accounts/${account.id}/teams${team ? `/${team.id}` : ""}`, {
        body: {
          name: values.name.trim(),
          main_member_ids: values.main_member_ids.map(Number),
          extra_member_ids: values.extra_member_ids.map(Number),
        },
      }),
    onSuccess: async () => {
      say(t("saved"));
      onClose();
      await queries.invalidateQueries({ queryKey: [account.id, "teams"] });
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  const people = users
    .filter((user) => user.deactivated_at === null)
    .map((user) => ({ value: String(user.id), label: user.name }));
  return (
    <Modal opened onClose={onClose} title={team ? t("edit.of", { name: team.name }) : t("teams.create")}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          <Problems form={form} failure={save.error} />
          <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
          <MultiSelect
            label={t("teams.main")}
            description={t("teams.main.help")}
            searchable
            data={people}
            {...form.getInputProps("main_member_ids")}
          />
          <MultiSelect
            label={t("teams.extra")}
            description={t("teams.extra.help")}
            searchable
            data={people}
            {...form.getInputProps("extra_member_ids")}
          />
          <Button type="submit" loading={save.isPending} style={{ alignSelf: "flex-end" }}>
            {t(team ? "save" : "create")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

// ---- Permission sets ----------------------------------------------------------------------------------------------

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
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon aria-label={t("more", { name: set.name })}>
                    <IconDots size={18} aria-hidden />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => edit(set)}>{t("edit")}</Menu.Item>
                  <Menu.Item color="red" onClick={() => setDeleting(set)}>
                    {t("delete")}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
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
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { name: set?.name ?? "", permissions: [...(set?.permissions ?? [])] as string[] },
    validate: { name: (name) => (name.trim() ? null : t("name.required")) },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      call(set ? "PATCH" : "POST", `/accounts/${account.id}/permission-sets${set ? `/${set.id}` : ""}`, {
        body: { ...values, name: values.name.trim() },
      }),
    onSuccess: async () => {
      say(t("saved"));
      onClose();
      await Promise.all([
        queries.invalidateQueries({ queryKey: [account.id, "permission-sets"] }),
        queries.invalidateQueries({ queryKey: ["session"] }),
      ]);
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <Modal opened onClose={onClose} title={set ? t("edit.of", { name: set.name }) : t("sets.create")}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          <Problems form={form} failure={save.error} />
          <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
          <Checkbox.Group label={t("sets.rights")} {...form.getInputProps("permissions")}>
            <Stack gap="xs" mt="xs">
              {PERMISSIONS.map((right) => (
                <Checkbox
                  key={right}
                  value={right}
                  label={t(`right.${right}`)}
                  description={t(`right.${right}.may`)}
                />
              ))}
            </Stack>
          </Checkbox.Group>
          <Effective permissions={form.values.permissions as Permission[]} />
          <Button type="submit" loading={save.isPending} style={{ alignSelf: "flex-end" }}>
            {t(set ? "save" : "create")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
