import { Anchor, MultiSelect, NumberInput, Radio, Select, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { assignableQuery, inboxesQuery, skillsQuery } from "../../api/queries.ts";
import { useAccount } from "../../app/account.tsx";
import { OwnText } from "../../app/controls/own-text.tsx";
import { PickPeople } from "../../app/controls/pick-people.tsx";
import { Inset, Learn, Section } from "../../app/controls/section.tsx";
import { DOCS } from "../../app/docs.ts";
import { t } from "../texts.ts";
import type { TabProps } from "./tab.ts";

const USUAL_WAIT_MINUTES = 5;

/** Who can be chosen for the conversations of an inbox; and the same people where no seat is needed. */
export function useChoosable(inboxId: number) {
  const found = useQuery(assignableQuery(useAccount().id, inboxId)).data;
  const users = found?.users ?? [];
  const teams = found?.teams ?? [];
  const isThere = ({ why_not }: { why_not: string | null }) =>
    why_not !== "deactivated" && why_not !== "not_joined";
  return {
    users,
    teams,
    everybody: {
      users: users.filter(isThere).map((user) => ({ ...user, why_not: null })),
      teams: teams.map((team) => ({ ...team, why_not: null })),
    },
  };
}

/** To whom new conversations go, what happens when nobody can take one, and when nobody answers. */
export function Assignment({ flow, draft, errorAt, change, usual, script }: TabProps) {
  const assign = draft.assign;
  const set = (changes: Partial<typeof assign>) => change({ assign: { ...assign, ...changes } });
  const { users, teams } = useChoosable(flow.inbox.id);
  return (
    <Section id="assign" title={t("assign")} docs={DOCS.routing}>
      <Switch
        label={t("assign.automatic")}
        description={t("assign.automatic.help", { inbox: flow.inbox.name })}
        checked={assign.automatic}
        error={errorAt("chat.assign.automatic")}
        onChange={(event) => set({ automatic: event.currentTarget.checked })}
      />
      {assign.automatic && (
        <Inset>
          <Radio.Group
            label={t("assign.to")}
            value={assign.to}
            error={errorAt("chat.assign.to")}
            onChange={(to) => set({ to: to as typeof assign.to })}
          >
            <Stack gap="xs" mt={6}>
              {(["users_and_teams", "contact_owner"] as const).map((to) => (
                <Radio key={to} value={to} label={t(`assign.${to}`)} description={t(`assign.${to}.why`)} />
              ))}
            </Stack>
          </Radio.Group>
          {assign.to === "users_and_teams" && (
            <div>
              <PickPeople
                label={t("assign.people")}
                help={t("assign.people.help")}
                users={users}
                teams={teams}
                value={assign}
                error={errorAt("chat.assign.user_ids") ?? errorAt("chat.assign.team_ids")}
                onChange={set}
              />
              <Learn to={DOCS.choosable}>{t("assign.choosable")}</Learn>
            </div>
          )}
          <Skills
            value={assign.skill_ids}
            error={errorAt("chat.assign.skill_ids")}
            onChange={(skill_ids) => set({ skill_ids })}
          />
          <Fallback
            inboxId={flow.inbox.id}
            assign={assign}
            error={errorAt("chat.assign.fallback_inbox_id")}
            set={set}
          />
          <Switch
            label={t("assign.wait")}
            description={t("assign.wait.help")}
            checked={assign.wait_minutes !== null}
            onChange={(event) =>
              set({ wait_minutes: event.currentTarget.checked ? USUAL_WAIT_MINUTES : null })
            }
          />
          {assign.wait_minutes !== null && (
            <Inset>
              <NumberInput
                className="short-field"
                label={t("assign.wait_minutes")}
                min={1}
                max={1440}
                allowDecimal={false}
                suffix={` ${t("unit.minutes")}`}
                value={assign.wait_minutes}
                error={errorAt("chat.assign.wait_minutes")}
                onChange={(minutes) => typeof minutes === "number" && set({ wait_minutes: minutes })}
              />
              <OwnText
                label={t("assign.wait_text")}
                value={assign.wait_text}
                usual={usual.wait}
                script={script}
                error={errorAt("chat.assign.wait_text")}
                onChange={(wait_text) => set({ wait_text })}
              />
            </Inset>
          )}
        </Inset>
      )}
    </Section>
  );
}

function Skills({
  value,
  error,
  onChange,
}: {
  value: readonly number[];
  error: string | undefined;
  onChange: (value: number[]) => void;
}) {
  const skills = useQuery(skillsQuery(useAccount().id));
  const known = skills.data ?? [];
  if (known.length === 0 && value.length === 0) return null;
  return (
    <MultiSelect
      label={t("assign.skills")}
      description={t("assign.skills.help")}
      searchable
      hidePickedOptions
      value={value.map(String)}
      error={error}
      onChange={(ids) => onChange(ids.map(Number))}
      data={known.map((skill) => ({ value: String(skill.id), label: skill.name }))}
    />
  );
}

type Assign = TabProps["draft"]["assign"];

function Fallback({
  inboxId,
  assign,
  error,
  set,
}: {
  inboxId: number;
  assign: Assign;
  error: string | undefined;
  set: (changes: Partial<Assign>) => void;
}) {
  const account = useAccount();
  const inboxes = useQuery(inboxesQuery(account.id, "all"));
  const others = (inboxes.data ?? []).filter((inbox) => inbox.id !== inboxId && inbox.archived_at === null);
  return (
    <>
      <Radio.Group
        label={t("assign.fallback")}
        value={assign.fallback}
        onChange={(fallback) => set({ fallback: fallback as Assign["fallback"] })}
      >
        <Stack gap="xs" mt={6}>
          {(["unassigned", "anybody", "inbox"] as const).map((fallback) => (
            <Radio
              key={fallback}
              value={fallback}
              label={t(`assign.fallback.${fallback}`)}
              description={t(`assign.fallback.${fallback}.why`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {assign.fallback === "inbox" &&
        (others.length > 0 ? (
          <Select
            label={t("assign.fallback_inbox")}
            value={assign.fallback_inbox_id === null ? null : String(assign.fallback_inbox_id)}
            error={error}
            onChange={(id) => set({ fallback_inbox_id: id === null ? null : Number(id) })}
            data={others.map((inbox) => ({ value: String(inbox.id), label: inbox.name }))}
          />
        ) : (
          <Text size="sm">
            {t("assign.fallback.no_inbox")}{" "}
            <Anchor
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/a/$accountId/settings/inboxes"
                  params={{ accountId: String(account.id) }}
                />
              )}
            >
              {t("wizard.inbox.create")}
            </Anchor>
          </Text>
        ))}
    </>
  );
}
