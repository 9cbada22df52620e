import {
  Alert,
  Button,
  Checkbox,
  NumberInput,
  Progress,
  Radio,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  TextInput,
} from "@mantine/core";
import { IconInbox, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { call, Refused } from "../api/call.ts";
import { assignableQuery, inboxesQuery, inboxQuery, userRoutingsQuery } from "../api/queries.ts";
import type { Availability, Simulation } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Section } from "../app/controls/section.tsx";
import { Problems } from "../app/form.tsx";
import { useKeys } from "../app/keys.ts";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { Forecasts } from "./forecasts.tsx";
import { PolicyForm } from "./policy.tsx";
import "./routing.css";
import { t } from "./texts.ts";
import { gaps, NOBODY, type Size, type Trial, toAsked, type Worker } from "./trial.ts";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What two policies would come to over the same conversations. Nothing here changes how conversations are routed. */
export function Simulator() {
  return (
    <Needs permission="chatflows">
      <div className="wide">
        <Heading title={t("simulator")} />
        <p className="muted">{t("simulator.why")}</p>
        <Inboxes />
      </div>
    </Needs>
  );
}

function Inboxes() {
  const account = useAccount();
  const inboxes = useQuery(inboxesQuery(account.id, "all"));
  const [chosen, choose] = useState<number | null>(null);
  if (inboxes.isPending) return <Bones />;
  if (inboxes.isError) throw inboxes.error;
  const live = inboxes.data.filter((inbox) => inbox.archived_at === null);
  const inbox = live.find(({ id }) => id === chosen) ?? live[0];
  if (!inbox) {
    return (
      <Empty icon={<IconInbox />} title={t("simulator.no_inbox")}>
        {t("simulator.no_inbox.why")}
      </Empty>
    );
  }
  return (
    <>
      <Select
        className="short-field"
        label={t("trial.inbox")}
        value={String(inbox.id)}
        onChange={(id) => id && choose(Number(id))}
        data={live.map(({ id, name }) => ({ value: String(id), label: name }))}
      />
      <Staffed key={inbox.id} inboxId={inbox.id} />
    </>
  );
}

/** Waits for those who could take part. */
function Staffed({ inboxId }: { inboxId: number }) {
  const account = useAccount();
  const people = useQuery(assignableQuery(account.id, inboxId));
  const inbox = useQuery(inboxQuery(account.id, inboxId));
  if (people.isPending || inbox.isPending) return <Bones />;
  if (people.isError) throw people.error;
  if (inbox.isError) throw inbox.error;
  const opening = inbox.data.channels.find(
    ({ availability, archived_at }) => archived_at === null && availability.kind === "hours",
  )?.availability;
  const beginning = people.data.users
    .filter((user) => user.why_not === null)
    .map(
      ({ id, name }): Worker => ({ user_id: id, name, takesPart: true, capacity: "", from: "", until: "" }),
    );
  return <Form inboxId={inboxId} beginning={beginning} opening={opening ?? null} />;
}

interface FormProps {
  inboxId: number;
  beginning: Worker[];
  /** The operating hours of the inbox's channel, if it has some. */
  opening: Availability | null;
}

function Form({ inboxId, beginning, opening }: FormProps) {
  const account = useAccount();
  const everybody = beginning.map(({ user_id }) => user_id);
  const [trial, setTrial] = useState<Trial>(() => ({
    inbox_id: inboxId,
    arrivals: "past",
    days: 7,
    hours: 8,
    per_hour: 10,
    handling_minutes: 8,
    notice_minutes: 2,
    opening: opening ? "channel" : "always",
    weekends: false,
    policies: [
      { ...NOBODY, user_ids: everybody },
      { ...NOBODY, user_ids: everybody, fallback: "anybody" },
    ],
  }));
  const [workers, setWorkers] = useState(beginning);
  const [missing, setMissing] = useState<Size["what"][]>([]);
  const stop = useRef<AbortController>(null);
  const results = useRef<HTMLDivElement>(null);
  const fields = useRef<HTMLFormElement>(null);
  const set = (changes: Partial<Trial>) => {
    setTrial((before) => ({ ...before, ...changes }));
    setMissing((before) => before.filter((what) => !(what in changes)));
  };
  const run = useMutation({
    mutationFn: () => {
      const abort = new AbortController();
      stop.current = abort;
      return call<Simulation>("POST", `/accounts/${account.id}/routing/simulate`, {
        body: toAsked(trial, workers, opening, zone),
        signal: abort.signal,
      });
    },
    onSuccess: () => setTimeout(() => results.current?.focus(), 0),
  });
  useEffect(() => () => stop.current?.abort(), []);
  const submit = () => {
    const found = gaps(trial, workers);
    setMissing(found);
    if (found.length === 0) run.mutate();
    else setTimeout(() => fields.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), 0);
  };
  useKeys({ "mod+enter": submit });
  const refused = run.error instanceof Refused ? run.error : null;
  const number = (
    what: "days" | "hours" | "per_hour" | "handling_minutes" | "notice_minutes",
    most: number,
  ) => ({
    label: t(`trial.${what}`),
    className: "short-field",
    min: what === "per_hour" || what === "handling_minutes" ? 0.1 : what === "notice_minutes" ? 0 : 1,
    max: most,
    allowDecimal: what === "per_hour" || what === "handling_minutes",
    value: trial[what],
    error: missing.includes(what) ? t("trial.required") : (refused?.fields[`arrivals.${what}`] ?? undefined),
    onChange: (value: number | string) => set({ [what]: typeof value === "number" ? value : "" }),
  });
  const isStopped = run.error instanceof DOMException;
  return (
    <>
      <form
        ref={fields}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Section title={t("trial.arrivals")}>
          <Radio.Group
            aria-label={t("trial.arrivals")}
            value={trial.arrivals}
            onChange={(arrivals) => set({ arrivals: arrivals as Trial["arrivals"] })}
          >
            <Stack gap="xs">
              {(["past", "synthetic"] as const).map((kind) => (
                <Radio
                  key={kind}
                  value={kind}
                  label={t(`trial.${kind}`)}
                  description={t(`trial.${kind}.why`)}
                />
              ))}
            </Stack>
          </Radio.Group>
          <div className="trial-numbers">
            {trial.arrivals === "past" ? (
              <NumberInput {...number("days", 31)} />
            ) : (
              <>
                <NumberInput {...number("hours", 744)} />
                <NumberInput {...number("per_hour", 1_000)} />
              </>
            )}
            <NumberInput {...number("handling_minutes", 600)} />
            <NumberInput {...number("notice_minutes", 1_440)} />
          </div>
          {opening && (
            <SegmentedControl
              className="trial-opening"
              aria-label={t("trial.opening")}
              value={trial.opening}
              onChange={(value) => set({ opening: value as Trial["opening"] })}
              data={(["channel", "always"] as const).map((value) => ({
                value,
                label: t(`trial.opening.${value}`),
              }))}
            />
          )}
        </Section>
        <StaffTable
          workers={workers}
          weekends={trial.weekends}
          problem={missing.includes("staff") ? t("trial.staff.required") : refused?.fields["staff"]}
          onWorkers={(next) => {
            setWorkers(next);
            setMissing((before) => before.filter((what) => what !== "staff"));
          }}
          onWeekends={(weekends) => set({ weekends })}
        />
        <div className="policies">
          {([0, 1] as const).map((place) => (
            <PolicyForm
              key={place}
              place={place}
              inboxId={inboxId}
              policy={trial.policies[place]}
              errorAt={(field) => refused?.fields[`policies.${place}.${field}`]}
              onChange={(policy) => {
                const [a, b] = trial.policies;
                set({ policies: place === 0 ? [policy, b] : [a, policy] });
              }}
            />
          ))}
        </div>
        <div className="trial-run">
          <Button
            type="submit"
            disabled={run.isPending}
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
          >
            {t("run")}
          </Button>
          {run.isPending && <Going onStop={() => stop.current?.abort()} />}
        </div>
        {!isStopped && refused && (
          <div className="trial-refused">
            {Object.keys(refused.fields).length > 0 ? (
              <Alert color="red" variant="light" role="alert">
                {[...new Set(Object.values(refused.fields))].join(" ")}
              </Alert>
            ) : (
              <Problems failure={refused} />
            )}
          </div>
        )}
      </form>
      {run.data && !run.isPending && (
        <div ref={results} tabIndex={-1} className="quiet-focus">
          <Forecasts found={run.data} />
        </div>
      )}
    </>
  );
}

/** What is going on meanwhile, and for how long. */
function Going({ onStop }: { onStop: () => void }) {
  const [seconds, count] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => count((before) => before + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="trial-going">
      <Progress value={100} animated size="sm" aria-label={t("run.going")} />
      <span className="muted small">
        <span role="status">{t("run.going")}</span> {seconds > 0 && t("run.seconds", { count: seconds })}
      </span>
      <Button variant="subtle" size="compact-sm" onClick={onStop}>
        {t("run.stop")}
      </Button>
    </div>
  );
}

interface StaffProps {
  workers: readonly Worker[];
  weekends: boolean;
  problem: string | undefined;
  onWorkers: (workers: Worker[]) => void;
  onWeekends: (isOn: boolean) => void;
}

function StaffTable({ workers, weekends, problem, onWorkers, onWeekends }: StaffProps) {
  const account = useAccount();
  const places = useQuery(userRoutingsQuery(account.id)).data ?? [];
  const change = (user: Worker, changes: Partial<Worker>) =>
    onWorkers(workers.map((one) => (one.user_id === user.user_id ? { ...one, ...changes } : one)));
  if (workers.length === 0) {
    return (
      <Section title={t("trial.staff")}>
        <p>{t("trial.staff.none")}</p>
      </Section>
    );
  }
  const hasHours = workers.some((one) => one.from && one.until);
  return (
    <Section title={t("trial.staff")} help={t("trial.staff.help")}>
      <table className="plain-table routing-table">
        <thead>
          <tr>
            <th scope="col">{t("column.user")}</th>
            <th scope="col">{t("column.capacity")}</th>
            <th scope="col">{t("column.hours")}</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((user) => {
            const own = places.find(({ user_id }) => user_id === user.user_id)?.capacity ?? null;
            return (
              <tr key={user.user_id}>
                <th scope="row">
                  <Checkbox
                    label={user.name}
                    checked={user.takesPart}
                    error={Boolean(problem)}
                    onChange={(event) => change(user, { takesPart: event.currentTarget.checked })}
                  />
                </th>
                <td>
                  <NumberInput
                    className="capacity"
                    aria-label={t("capacity.of", { name: user.name })}
                    placeholder={own === null ? t("trial.as_set") : String(own)}
                    hideControls
                    min={0}
                    max={1_000}
                    allowDecimal={false}
                    disabled={!user.takesPart}
                    value={user.capacity}
                    onChange={(value) => change(user, { capacity: typeof value === "number" ? value : "" })}
                  />
                </td>
                <td>
                  <div className="shift">
                    <TextInput
                      type="time"
                      aria-label={t("trial.from", { name: user.name })}
                      disabled={!user.takesPart}
                      value={user.from}
                      onChange={(event) => change(user, { from: event.currentTarget.value })}
                    />
                    <span className="muted">{t("trial.to")}</span>
                    <TextInput
                      type="time"
                      aria-label={t("trial.until", { name: user.name })}
                      disabled={!user.takesPart}
                      value={user.until}
                      onChange={(event) => change(user, { until: event.currentTarget.value })}
                    />
                  </div>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {problem && <p className="field-error">{problem}</p>}
      {hasHours && (
        <Switch
          label={t("trial.weekends")}
          checked={weekends}
          onChange={(event) => onWeekends(event.currentTarget.checked)}
        />
      )}
    </Section>
  );
}
