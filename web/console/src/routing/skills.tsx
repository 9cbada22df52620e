import { Autocomplete, Button, List, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call, Refused } from "../api/call.ts";
import type { Skill, UserRouting } from "../api/types.ts";
import { useAccount, useMay } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { Section } from "../app/controls/section.tsx";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { FormDialog } from "../settings/dialog.tsx";
import { t } from "./texts.ts";

/** Skills under the names of their categories; languages last. */
export function byCategory(skills: readonly Skill[]): [string, Skill[]][] {
  const groups = new Map<string, Skill[]>();
  for (const skill of skills) {
    const name = skill.language !== null ? t("skills.languages") : (skill.category ?? t("skills.other"));
    groups.set(name, [...(groups.get(name) ?? []), skill]);
  }
  return [...groups];
}

interface SkillsProps {
  skills: readonly Skill[];
  users: readonly UserRouting[];
}

export function Skills({ skills, users }: SkillsProps) {
  const [editing, edit] = useState<Skill | "new" | null>(null);
  const [used, showUsed] = useState<{ skill: Skill; refused: Refused } | null>(null);
  const own = skills.filter((skill) => skill.language === null);
  const languages = skills.filter((skill) => skill.language !== null);
  const spoken = languages.filter((skill) => skill.users > 0);
  return (
    <Section title={t("skills")} help={t("skills.help")}>
      {own.length === 0 && <p className="muted">{t("skills.none")}</p>}
      {byCategory(own).map(([category, members]) => (
        <div key={category}>
          <h3 className="skill-category">{category}</h3>
          <ul className="rows">
            {members.map((skill) => (
              <SkillRow
                key={skill.id}
                skill={skill}
                onEdit={() => edit(skill)}
                onUsed={(refused) => showUsed({ skill, refused })}
              />
            ))}
          </ul>
        </div>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={16} aria-hidden />}
        style={{ alignSelf: "flex-start" }}
        onClick={() => edit("new")}
      >
        {t("skills.create")}
      </Button>
      <div>
        <h3 className="skill-category">{t("skills.languages")}</h3>
        <p className="muted small">{t("skills.languages.help")}</p>
        {spoken.length > 0 && (
          <p className="small">
            {spoken.map((skill) => t("skills.spoken", { name: skill.name, count: skill.users })).join(", ")}
          </p>
        )}
        <details className="languages">
          <summary>{t("skills.languages.all", { count: languages.length })}</summary>
          <p className="small">{languages.map(({ name }) => name).join(", ")}</p>
        </details>
      </div>
      {editing && (
        <EditSkill skill={editing === "new" ? null : editing} skills={own} onClose={() => edit(null)} />
      )}
      {used && <WhereUsed {...used} users={users} onClose={() => showUsed(null)} />}
    </Section>
  );
}

interface SkillRowProps {
  skill: Skill;
  onEdit: () => void;
  onUsed: (refused: Refused) => void;
}

function SkillRow({ skill, onEdit, onUsed }: SkillRowProps) {
  const account = useAccount();
  const queries = useQueryClient();
  const path = `/accounts/${account.id}/routing/skills`;
  const refresh = () => queries.invalidateQueries({ queryKey: [account.id, "skills"] });
  const remove = useMutation({
    mutationFn: () => call("DELETE", `${path}/${skill.id}`),
    onSuccess: async () => {
      await refresh();
      // Nothing named it, so that another of the same name is as good.
      offerUndo(t("skills.deleted", { name: skill.name }), async () => {
        await call("POST", path, { body: { name: skill.name, category: skill.category } });
        await refresh();
      });
    },
    onError: (failure) => {
      if (failure instanceof Refused && failure.code === "skill_in_use") onUsed(failure);
      else complain(failure);
    },
  });
  return (
    <li className="row">
      <span className="row-main">
        <strong>{skill.name}</strong>
      </span>
      <span className="row-side muted small">{t("skills.users", { count: skill.users })}</span>
      <MoreMenu label={t("more", { name: skill.name })}>
        <Menu.Item onClick={onEdit}>{t("edit")}</Menu.Item>
        <Menu.Item color="red" onClick={() => remove.mutate()}>
          {t("delete")}
        </Menu.Item>
      </MoreMenu>
    </li>
  );
}

interface EditSkillProps {
  skill: Skill | null;
  skills: readonly Skill[];
  onClose: () => void;
}

function EditSkill({ skill, skills, onClose }: EditSkillProps) {
  const account = useAccount();
  const path = `/accounts/${account.id}/routing/skills`;
  const form = useForm({
    initialValues: { name: skill?.name ?? "", category: skill?.category ?? "" },
    validate: { name: (name) => (name.trim() ? null : t("name.required")) },
  });
  const categories = [...new Set(skills.flatMap(({ category }) => category ?? []))];
  return (
    <FormDialog
      title={skill ? t("edit.of", { name: skill.name }) : t("skills.create")}
      verb={t(skill ? "save" : "create")}
      form={form}
      send={({ name, category }) =>
        skill
          ? call("PATCH", `${path}/${skill.id}`, { body: { name: name.trim(), category: category.trim() } })
          : call("POST", path, { body: { name: name.trim(), category: category.trim() || null } })
      }
      refreshes={[[account.id, "skills"]]}
      onDone={() => say(t("saved"))}
      onClose={onClose}
    >
      <TextInput
        label={t("name")}
        description={t("skills.name.help")}
        data-autofocus
        maxLength={100}
        {...form.getInputProps("name")}
      />
      <Autocomplete
        label={t("skills.category")}
        description={t("skills.category.help")}
        data={categories}
        maxLength={100}
        {...form.getInputProps("category")}
      />
    </FormDialog>
  );
}

/** F12: why a skill cannot be deleted, with the way to each place that names it. */
function WhereUsed({
  skill,
  refused,
  users,
  onClose,
}: {
  skill: Skill;
  refused: Refused;
  users: readonly UserRouting[];
  onClose: () => void;
}) {
  const accountId = String(useAccount().id);
  const mayFlows = useMay("chatflows");
  const places = Object.entries(refused.fields).map(([place, words]) => {
    const [kind, id = ""] = place.split(".");
    const user = users.find((one) => String(one.user_id) === id);
    return { kind, id, name: kind === "user" && user ? user.name : words.replace(/\.$/, "") };
  });
  const holders = places.filter(({ kind }) => kind === "user");
  const flows = places.filter(({ kind }) => kind === "chatflow");
  return (
    <Modal opened onClose={onClose} title={t("used.title", { name: skill.name })}>
      <Stack>
        <Text size="sm">{t("used.why")}</Text>
        {holders.length > 0 && (
          <div>
            <h3>{t("used.users")}</h3>
            <List size="sm">
              {holders.map(({ id, name }) => (
                <List.Item key={id}>{name}</List.Item>
              ))}
            </List>
          </div>
        )}
        {flows.length > 0 && (
          <div>
            <h3>{t("used.chatflows")}</h3>
            <List size="sm">
              {flows.map(({ id, name }) => (
                <List.Item key={id}>
                  {mayFlows ? (
                    <Link
                      to="/a/$accountId/chatflows/$chatflowId/$tab"
                      params={{ accountId, chatflowId: id, tab: "chat" }}
                    >
                      {name}
                    </Link>
                  ) : (
                    name
                  )}
                </List.Item>
              ))}
            </List>
          </div>
        )}
        <Button variant="default" style={{ alignSelf: "flex-end" }} onClick={onClose} data-autofocus>
          {t("used.close")}
        </Button>
      </Stack>
    </Modal>
  );
}
