import { Alert, Button, Group, NumberInput, Switch } from "@mantine/core";
import { IconScale } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, Refused } from "../api/call.ts";
import { privacyQuery } from "../api/queries.ts";
import type { PrivacySettings } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Section } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { Problems } from "../app/form.tsx";
import { Bones, Heading, Needs } from "../app/screens.tsx";
import { complain, offerUndo } from "../app/undo.tsx";
import { Requests } from "./requests.tsx";
import { SubscriptionTypes } from "./subscription-types.tsx";
import { t } from "./texts.ts";

export function Privacy() {
  return (
    <Needs permission="people">
      <Heading title={t("nav.privacy")} />
      <Settings />
    </Needs>
  );
}

function Settings() {
  const account = useAccount();
  const settings = useQuery(privacyQuery(account.id));
  if (settings.isPending) return <Bones />;
  if (settings.isError) throw settings.error;
  return (
    <div>
      <Switches settings={settings.data} />
      <SubscriptionTypes />
      <Retention key={RULES.map((rule) => settings.data[rule]).join()} settings={settings.data} />
      <Requests />
    </div>
  );
}

/** Changes privacy settings, for good or to be undone. */
function useChange() {
  const account = useAccount();
  const queries = useQueryClient();
  const key = privacyQuery(account.id).queryKey;
  return async (changes: Partial<PrivacySettings>) => {
    const path = `/accounts/${account.id}/privacy/settings`;
    queries.setQueryData(key, await call<PrivacySettings>("PATCH", path, { body: changes }));
  };
}

const SWITCHES = ["data_privacy", "cookie_consent", "marketing_contacts"] as const;
type Switched = (typeof SWITCHES)[number];

/** G18, G20: each takes effect at once and can be taken back. */
function Switches({ settings }: { settings: PrivacySettings }) {
  const change = useChange();
  const turn = useMutation({
    mutationFn: ({ name, on }: { name: Switched; on: boolean }) => change({ [name]: on }),
    onSuccess: (_, { name, on }) =>
      offerUndo(t(`privacy.${name}.${on ? "on" : "off"}`), () => change({ [name]: !on })),
    onError: complain,
  });
  return (
    <Section title={t("privacy.consent")} docs={DOCS.consent}>
      <Alert role="note" variant="light" color="gray" icon={<IconScale />} p="sm">
        {t("privacy.no_advice")}
      </Alert>
      {SWITCHES.map((name) => {
        const isMoot = name === "cookie_consent" && !settings.data_privacy;
        const isOn = turn.isPending && turn.variables.name === name ? turn.variables.on : settings[name];
        return (
          <Switch
            key={name}
            label={t(`privacy.${name}`)}
            description={t(isMoot ? "privacy.cookie_consent.moot" : `privacy.${name}.help`)}
            checked={isOn && !isMoot}
            disabled={isMoot}
            onChange={(event) => turn.mutate({ name, on: event.currentTarget.checked })}
          />
        );
      })}
    </Section>
  );
}

const RULES = ["closed_days", "idle_days", "file_days"] as const;
type Rule = (typeof RULES)[number];
const USUAL_DAYS: Readonly<Record<Rule, number>> = { closed_days: 730, idle_days: 365, file_days: 365 };
const MOST_DAYS = 3_650;

type Days = Record<Rule, number | "" | null>;

/** How long things stay. Saved on purpose, for what it erases at night does not come back. */
function Retention({ settings }: { settings: PrivacySettings }) {
  const change = useChange();
  const before: Record<Rule, number | null> = {
    closed_days: settings.closed_days,
    idle_days: settings.idle_days,
    file_days: settings.file_days,
  };
  const [days, setDays] = useState<Days>(before);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const isDirty = RULES.some((rule) => days[rule] !== before[rule]);
  const isShorter = RULES.some((rule) => {
    const [now, then] = [days[rule], before[rule]];
    return typeof now === "number" && (then === null || now < then);
  });
  const set = (rule: Rule, value: number | "" | null) => {
    setDays({ ...days, [rule]: value });
    setErrors(({ [rule]: _, ...others }) => others);
  };
  const save = useMutation({
    mutationFn: (wanted: Record<Rule, number | null>) => change(wanted),
    onSuccess: () => offerUndo(t("retention.saved"), () => change(before)),
    onError: (failure) => failure instanceof Refused && setErrors({ ...failure.fields }),
  });
  const submit = () => {
    const isWrong = (rule: Rule) => {
      const value = days[rule];
      return value === "" || (value !== null && (value < 1 || value > MOST_DAYS));
    };
    const wrong = RULES.filter(isWrong);
    setErrors(Object.fromEntries(wrong.map((rule) => [rule, t("retention.range")])));
    if (wrong.length === 0) save.mutate(days as Record<Rule, number | null>);
  };
  return (
    <Section title={t("retention")} help={t("retention.help")} docs={DOCS.retention}>
      <form
        noValidate
        className="retention"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {Object.keys(errors).length === 0 && <Problems failure={save.error} />}
        {RULES.map((rule) => {
          const value = days[rule];
          return (
            <div key={rule} className="retention-rule">
              <Switch
                label={t(`retention.${rule}`)}
                description={t(`retention.${rule}.help`)}
                checked={value !== null}
                onChange={(event) =>
                  set(rule, event.currentTarget.checked ? (before[rule] ?? USUAL_DAYS[rule]) : null)
                }
              />
              {value !== null && (
                <NumberInput
                  className="short-field"
                  aria-label={t(`retention.${rule}.days`)}
                  suffix={` ${t("retention.days")}`}
                  min={1}
                  max={MOST_DAYS}
                  clampBehavior="none"
                  allowDecimal={false}
                  allowNegative={false}
                  value={value}
                  error={errors[rule]}
                  onChange={(typed) => set(rule, typeof typed === "number" ? typed : "")}
                />
              )}
            </div>
          );
        })}
        {isDirty && (
          <>
            {isShorter && (
              <p className="warning small" role="status">
                {t("retention.warning")}
              </p>
            )}
            <Group gap="sm">
              <Button type="submit" loading={save.isPending}>
                {t("retention.save")}
              </Button>
              <Button
                variant="default"
                onClick={() => {
                  setDays(before);
                  setErrors({});
                }}
              >
                {t("discard")}
              </Button>
            </Group>
          </>
        )}
      </form>
    </Section>
  );
}
