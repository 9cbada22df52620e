import { Button, Menu, MultiSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { teamsQuery, usersQuery } from "../api/queries.ts";
import type { Team, User } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { ConfirmByName } from "../app/form.tsx";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { complain, say } from "../app/undo.tsx";
import { FormDialog } from "./dialog.tsx";
import { t } from "./texts.ts";

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
              <MoreMenu label={t("more", { name: team.name })}>
                <Menu.Item onClick={() => edit(team)}>{t("edit")}</Menu.Item>
                <Menu.Item color="red" onClick={() => setDeleting(team)}>
                  {t("delete")}
                </Menu.Item>
              </MoreMenu>
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
  const people = users
    .filter((user) => user.deactivated_at === null)
    .map((user) => ({ value: String(user.id), label: user.name }));
  return (
    <FormDialog
      title={team ? t("edit.of", { name: team.name }) : t("teams.create")}
      verb={t(team ? "save" : "create")}
      form={form}
      send={(values) =>
        call(team ? "PATCH" : "POST", `/accounts/${account.id}/teams${team ? `/${team.id}` : ""}`, {
          body: {
            name: values.name.trim(),
            main_member_ids: values.main_member_ids.map(Number),
            extra_member_ids: values.extra_member_ids.map(Number),
          },
        })
      }
      refreshes={[[account.id, "teams"]]}
      onDone={() => say(t("saved"))}
      onClose={onClose}
    >
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
    </FormDialog>
  );
}
