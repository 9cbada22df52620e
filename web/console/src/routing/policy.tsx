import { MultiSelect, NumberInput, Select } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { assignableQuery, chatflowQuery, chatflowsQuery, inboxesQuery, skillsQuery } from "../api/queries.ts";
import { useAccount } from "../app/account.tsx";
import { PickPeople } from "../app/controls/pick-people.tsx";
import { Section } from "../app/controls/section.tsx";
import { complain } from "../app/undo.tsx";
import { t } from "./texts.ts";
import { ofChatflow, type Policy } from "./trial.ts";

interface PolicyFormProps {
  place: 0 | 1;
  inboxId: number;
  policy: Policy;
  errorAt: (field: string) => string | undefined;
  onChange: (policy: Policy) => void;
}

type To = "nobody" | Policy["to"];

/** One of the two policies, typed or taken over from a chatflow. */
export function PolicyForm({ place, inboxId, policy, errorAt, onChange }: PolicyFormProps) {
  const account = useAccount();
  const queries = useQueryClient();
  const people = useQuery(assignableQuery(account.id, inboxId)).data;
  const skills = useQuery(skillsQuery(account.id)).data ?? [];
  const flows = useQuery(chatflowsQuery(account.id, { inbox_id: String(inboxId) })).data ?? [];
  const inboxes = useQuery(inboxesQuery(account.id, "all")).data ?? [];
  const others = inboxes.filter((inbox) => inbox.id !== inboxId && inbox.archived_at === null);
  const set = (changes: Partial<Policy>) => onChange({ ...policy, ...changes });
  const take = useMutation({
    mutationFn: (id: number) => queries.fetchQuery(chatflowQuery(account.id, id)),
    onSuccess: (flow) => onChange(ofChatflow(flow.document.chat)),
    onError: complain,
  });
  const to: To = policy.automatic ? policy.to : "nobody";
  return (
    <div className="policy">
      <Section title={t(place === 0 ? "policy.a" : "policy.b")}>
        {flows.length > 0 && (
          <Select
            label={t("policy.take")}
            placeholder={t("policy.take.choose")}
            value={null}
            disabled={take.isPending}
            onChange={(id) => id && take.mutate(Number(id))}
            data={flows.map(({ id, name }) => ({ value: String(id), label: name }))}
          />
        )}
        <Select
          label={t("policy.to")}
          value={to}
          error={errorAt("to")}
          onChange={(value) => {
            if (value === "nobody") set({ automatic: false });
            else if (value) set({ automatic: true, to: value as Policy["to"] });
          }}
          data={(["users_and_teams", "contact_owner", "nobody"] as const).map((value) => ({
            value,
            label: t(`policy.to.${value}`),
          }))}
        />
        {to === "users_and_teams" && (
          <PickPeople
            label={t("policy.people")}
            users={people?.users ?? []}
            teams={people?.teams ?? []}
            value={policy}
            error={errorAt("user_ids") ?? errorAt("team_ids")}
            onChange={set}
          />
        )}
        {to !== "nobody" && (
          <>
            <MultiSelect
              label={t("policy.skills")}
              searchable
              hidePickedOptions
              value={policy.skill_ids.map(String)}
              error={errorAt("skill_ids")}
              onChange={(ids) => set({ skill_ids: ids.map(Number) })}
              data={skills
                .filter((skill) => skill.language === null)
                .map(({ id, name }) => ({ value: String(id), label: name }))}
            />
            <div className="policy-pair">
              <Select
                label={t("policy.fallback")}
                value={policy.fallback}
                onChange={(value) => value && set({ fallback: value as Policy["fallback"] })}
                data={(
                  ["unassigned", "anybody", ...(others.length > 0 ? (["inbox"] as const) : [])] as const
                ).map((value) => ({ value, label: t(`policy.fallback.${value}`) }))}
              />
              <NumberInput
                label={t("policy.capacity")}
                placeholder={t("policy.capacity.own")}
                min={0}
                max={1_000}
                allowDecimal={false}
                value={policy.capacity ?? ""}
                error={errorAt("capacity")}
                onChange={(value) => set({ capacity: typeof value === "number" ? value : null })}
              />
            </div>
            {policy.fallback === "inbox" && (
              <Select
                label={t("policy.fallback_inbox")}
                value={policy.fallback_inbox_id === null ? null : String(policy.fallback_inbox_id)}
                error={errorAt("fallback_inbox_id")}
                onChange={(id) => set({ fallback_inbox_id: id === null ? null : Number(id) })}
                data={others.map(({ id, name }) => ({ value: String(id), label: name }))}
              />
            )}
          </>
        )}
      </Section>
    </div>
  );
}
