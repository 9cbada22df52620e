import { Button, NumberInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, Refused } from "../api/call.ts";
import { routingSettingsQuery, skillsQuery, userRoutingsQuery, usersQuery } from "../api/queries.ts";
import type { RoutingSettings } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Section } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { Bones, Heading, Needs } from "../app/screens.tsx";
import { offerUndo } from "../app/undo.tsx";
import "./routing.css";
import { Skills } from "./skills.tsx";
import { t } from "./texts.ts";
import { MOST_CAPACITY, UserTable } from "./users.tsx";

/** F08, F11, F12: how much everybody takes, and what they are good at. */
export function Routing() {
  return (
    <Needs permission="people">
      <div className="wide">
        <Heading title={t("title")} />
        <Parts />
      </div>
    </Needs>
  );
}

function Parts() {
  const account = useAccount();
  const settings = useQuery(routingSettingsQuery(account.id));
  const skills = useQuery(skillsQuery(account.id));
  const places = useQuery(userRoutingsQuery(account.id));
  const users = useQuery(usersQuery(account.id));
  for (const { error } of [settings, skills, places, users]) if (error) throw error;
  if (!settings.data || !skills.data || !places.data || !users.data) return <Bones />;
  const there = new Map(users.data.map((user) => [user.id, user]));
  const live = places.data.filter(({ user_id }) => there.get(user_id)?.deactivated_at === null);
  const idle = users.data.filter(({ can_receive }) => !can_receive).map(({ id }) => id);
  const usual = settings.data.capacity;
  return (
    <div>
      <Section title={t("users")} help={t("users.help")} docs={DOCS.routing}>
        <UsualCapacity key={usual} usual={usual} />
        <UserTable users={live} idle={idle} skills={skills.data} usual={usual} />
      </Section>
      <Skills skills={skills.data} users={places.data} />
    </div>
  );
}

function UsualCapacity({ usual }: { usual: number | null }) {
  const account = useAccount();
  const queries = useQueryClient();
  const [typed, type] = useState<number | "">(usual ?? "");
  const [problem, setProblem] = useState<string | null>(null);
  const put = async (capacity: number | null) => {
    const saved = await call<RoutingSettings>("PUT", `/accounts/${account.id}/routing/settings`, {
      body: { capacity },
    });
    queries.setQueryData(routingSettingsQuery(account.id).queryKey, saved);
  };
  const save = useMutation({
    mutationFn: put,
    onSuccess: (_, capacity) =>
      offerUndo(capacity === null ? t("usual.none") : t("usual.saved", { count: capacity }), () =>
        put(usual),
      ),
    onError: (failure) =>
      setProblem(
        failure instanceof Refused ? (failure.fields["capacity"] ?? failure.message) : String(failure),
      ),
  });
  const wanted = typed === "" ? null : typed;
  return (
    <form
      noValidate
      className="usual"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== null && wanted > MOST_CAPACITY) setProblem(t("capacity.range"));
        else if (wanted !== usual) save.mutate(wanted);
      }}
    >
      <NumberInput
        label={t("usual")}
        description={t("usual.help")}
        placeholder={t("capacity.none")}
        min={0}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        value={typed}
        error={problem}
        onChange={(value) => {
          type(typeof value === "number" ? value : "");
          setProblem(null);
        }}
      />
      {wanted !== usual && (
        <Button type="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      )}
    </form>
  );
}
