import { MultiSelect, Text } from "@mantine/core";
import { t } from "./texts.ts";
import "./controls.css";

export interface Choosable {
  id: number;
  name: string;
  /** Why they cannot be chosen; null when they can. */
  why_not: keyof typeof HURDLES | null;
}

const HURDLES = {
  deactivated: "hurdle.deactivated",
  not_joined: "hurdle.not_joined",
  cannot_receive: "hurdle.cannot_receive",
  no_access: "hurdle.no_access",
  no_members: "hurdle.no_members",
} as const;

export interface People {
  user_ids: number[];
  team_ids: number[];
}

interface PickPeopleProps {
  label: string;
  help?: string;
  users: readonly Choosable[];
  teams: readonly Choosable[];
  value: People;
  error?: string | undefined;
  onChange: (value: People) => void;
}

const [USER, TEAM] = ["user", "team"] as const;

/** Users and teams, found by name. Who cannot be chosen is there too, with the reason (A27). */
export function PickPeople({ label, help, users, teams, value, error, onChange }: PickPeopleProps) {
  const chosen = new Set([
    ...value.user_ids.map((id) => `${USER}:${id}`),
    ...value.team_ids.map((id) => `${TEAM}:${id}`),
  ]);
  const option = (kind: string) => (one: Choosable) => ({
    value: `${kind}:${one.id}`,
    label: one.name,
    // Whoever is chosen already must stay removable.
    disabled: one.why_not !== null && !chosen.has(`${kind}:${one.id}`),
  });
  const blocked = [...users, ...teams].filter((one) => one.why_not !== null);
  const hurdles = new Map(
    [[USER, users] as const, [TEAM, teams] as const].flatMap(([kind, all]) =>
      all.map((one) => [`${kind}:${one.id}`, one.why_not]),
    ),
  );
  return (
    <div className="pick-people">
      <MultiSelect
        label={label}
        description={help}
        placeholder={chosen.size === 0 ? t("people.search") : undefined}
        searchable
        hidePickedOptions
        nothingFoundMessage={t("people.none")}
        error={error}
        value={[...chosen]}
        onChange={(values) => onChange(toPeople(values))}
        data={[
          { group: t("people.users"), items: users.map(option(USER)) },
          { group: t("people.teams"), items: teams.map(option(TEAM)) },
        ].filter(({ items }) => items.length > 0)}
        renderOption={({ option: one }) => {
          const hurdle = hurdles.get(one.value);
          return (
            <span className="pick-option">
              <span>{one.label}</span>
              {hurdle && <span className="small">{t(HURDLES[hurdle])}</span>}
            </span>
          );
        }}
      />
      {blocked.length > 0 && (
        <details className="pick-blocked">
          <summary>{t("people.blocked", { count: blocked.length })}</summary>
          <ul>
            {blocked.map((one) => (
              <li key={`${one.id} ${one.name}`}>
                <Text span size="sm" fw={600}>
                  {one.name}
                </Text>{" "}
                <Text span size="sm" c="dimmed">
                  {one.why_not && t(HURDLES[one.why_not])}
                </Text>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function toPeople(values: readonly string[]): People {
  const ids = (kind: string) =>
    values
      .filter((value) => value.startsWith(`${kind}:`))
      .map((value) => Number(value.slice(kind.length + 1)));
  return { user_ids: ids(USER), team_ids: ids(TEAM) };
}
