import { ActionIcon, Button, Menu, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconCopy, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMemo } from "react";
import type { Availability } from "../../api/types.ts";
import {
  copied,
  DAYS,
  dayNames,
  fromClock,
  hoursProblems,
  MIDNIGHT,
  nextHours,
  type OpenHours,
  ownZone,
  timeZones,
  toClock,
  USUAL_HOURS,
} from "./hours.ts";
import { OwnText, type Script } from "./own-text.tsx";
import { Inset } from "./section.tsx";
import { t } from "./texts.ts";
import "./controls.css";

interface AvailabilityFieldsProps {
  value: Availability;
  /** The default texts, and how they are written. */
  usual: { away: string; outside: string };
  script: Script;
  /** What is wrong at `hours.2.closes` and the like. */
  errorAt: (path: string) => string | undefined;
  onChange: (value: Availability) => void;
}

const KINDS = ["always", "users", "hours"] as const;

/** When somebody is there, what is shown otherwise, and how fast people answer: of a channel, or of one chatflow. */
export function AvailabilityFields({ value, usual, script, errorAt, onChange }: AvailabilityFieldsProps) {
  const change = (changes: Partial<Availability>) => onChange({ ...value, ...changes });
  const choose = (kind: Availability["kind"]) =>
    change(
      kind === "hours" && value.hours.length === 0
        ? {
            kind,
            hours: [...USUAL_HOURS],
            time_zone: value.time_zone === "UTC" ? ownZone() : value.time_zone,
          }
        : { kind },
    );
  return (
    <Stack gap="lg">
      <Radio.Group
        label={t("hours.kind")}
        value={value.kind}
        error={errorAt("kind")}
        onChange={(kind) => choose(kind as Availability["kind"])}
      >
        <Stack gap="xs" mt={6}>
          {KINDS.map((kind) => (
            <Radio
              key={kind}
              value={kind}
              label={t(`hours.kind.${kind}`)}
              description={t(`hours.kind.${kind}.why`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {value.kind === "hours" && (
        <Inset>
          <Zone
            value={value.time_zone}
            error={errorAt("time_zone")}
            onChange={(time_zone) => change({ time_zone })}
          />
          <Week hours={value.hours} errorAt={errorAt} onChange={(hours) => change({ hours })} />
          <Holidays
            holidays={value.holidays}
            errorAt={errorAt}
            onChange={(holidays) => change({ holidays })}
          />
          <Choice
            label={t("outside")}
            options={["return_time", "message", "hide", "nothing"] as const}
            value={value.outside}
            onChange={(outside) => change({ outside })}
          />
          {value.outside === "message" && (
            <OwnText
              label={t("outside.text")}
              value={value.outside_text}
              usual={usual.outside}
              script={script}
              error={errorAt("outside_text")}
              onChange={(outside_text) => change({ outside_text })}
            />
          )}
        </Inset>
      )}
      {value.kind === "users" && (
        <Inset>
          <Choice
            label={t("away")}
            options={["message", "hide", "nothing"] as const}
            value={value.away}
            onChange={(away) => change({ away })}
          />
          {value.away === "message" && (
            <OwnText
              label={t("away.text")}
              value={value.away_text}
              usual={usual.away}
              script={script}
              error={errorAt("away_text")}
              onChange={(away_text) => change({ away_text })}
            />
          )}
        </Inset>
      )}
      <Select
        label={t("reply_time")}
        description={t("reply_time.help")}
        value={value.reply_time}
        onChange={(reply_time) => reply_time && change({ reply_time })}
        data={(["none", "minutes", "hours", "day"] as const).map((one) => ({
          value: one,
          label: t(`reply_time.${one}`),
        }))}
      />
    </Stack>
  );
}

function Choice<Option extends "message" | "return_time" | "hide" | "nothing">({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly Option[];
  value: Option;
  onChange: (value: Option) => void;
}) {
  const why = {
    return_time: t("away.return_time.why"),
    hide: t("away.hide.why"),
    message: null,
    nothing: null,
  };
  return (
    <Radio.Group label={label} value={value} onChange={(chosen) => onChange(chosen as Option)}>
      <Stack gap="xs" mt={6}>
        {options.map((option) => (
          <Radio key={option} value={option} label={t(`away.${option}`)} description={why[option]} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function Zone({
  value,
  error,
  onChange,
}: {
  value: string;
  error: string | undefined;
  onChange: (zone: string) => void;
}) {
  const zones = useMemo(() => timeZones(Date.now(), value), [value]);
  return (
    <Select
      label={t("hours.zone")}
      description={t("hours.zone.help")}
      searchable
      limit={100}
      nothingFoundMessage={t("hours.zone.none")}
      value={value}
      error={error}
      onChange={(zone) => zone && onChange(zone)}
      data={zones}
    />
  );
}

interface WeekProps {
  hours: readonly OpenHours[];
  errorAt: (path: string) => string | undefined;
  onChange: (hours: OpenHours[]) => void;
}

/** Seven days with their hours, each of two time fields, so that arrows and digits do everything. */
function Week({ hours, errorAt, onChange }: WeekProps) {
  const names = dayNames("long");
  const problems = hoursProblems(hours);
  const problemAt = (place: number) => {
    const problem = problems.get(place);
    return problem
      ? t(`hours.${problem}`)
      : (errorAt(`hours.${place}`) ?? errorAt(`hours.${place}.opens`) ?? errorAt(`hours.${place}.closes`));
  };
  const set = (place: number, changes: Partial<OpenHours>) =>
    onChange(hours.map((one, at) => (at === place ? { ...one, ...changes } : one)));
  return (
    <fieldset className="week">
      <legend>{t("hours.week")}</legend>
      {DAYS.map((day) => {
        const name = names[day] ?? "";
        const own = hours.flatMap((one, place) => (one.day === day ? [{ ...one, place }] : []));
        return (
          <div key={day} className="week-day">
            <span className="week-name">{name}</span>
            <div className="week-hours">
              <DayBar hours={own} />
              {own.length === 0 && <span className="muted week-closed">{t("hours.closed")}</span>}
              {own.map(({ place, opens, closes }) => (
                <div key={place}>
                  <div className="week-slot">
                    <TimeField
                      label={t("hours.opens", { day: name })}
                      minutes={opens}
                      isEnd={false}
                      isWrong={problemAt(place) !== undefined}
                      onChange={(minutes) => set(place, { opens: minutes })}
                    />
                    <span className="muted">{t("hours.to")}</span>
                    <TimeField
                      label={t("hours.closes", { day: name })}
                      minutes={closes}
                      isEnd
                      isWrong={problemAt(place) !== undefined}
                      onChange={(minutes) => set(place, { closes: minutes })}
                    />
                    <ActionIcon
                      aria-label={t("hours.remove", {
                        from: toClock(opens),
                        until: toClock(closes),
                        day: name,
                      })}
                      onClick={() => onChange(hours.filter((_, at) => at !== place))}
                    >
                      <IconTrash size={16} aria-hidden />
                    </ActionIcon>
                  </div>
                  {problemAt(place) && <p className="field-error">{problemAt(place)}</p>}
                </div>
              ))}
            </div>
            <div className="week-actions">
              <ActionIcon
                aria-label={t("hours.add", { day: name })}
                onClick={() => onChange([...hours, nextHours(hours, day)])}
              >
                <IconPlus size={16} aria-hidden />
              </ActionIcon>
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon aria-label={t("hours.copy", { day: name })}>
                    <IconCopy size={16} aria-hidden />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => onChange(copied(hours, day, [0, 1, 2, 3, 4]))}>
                    {t("hours.copy.week")}
                  </Menu.Item>
                  <Menu.Item onClick={() => onChange(copied(hours, day, DAYS))}>
                    {t("hours.copy.all")}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </div>
          </div>
        );
      })}
      {hours.length === 0 && (
        <Text size="sm" className="warning">
          {t("hours.none")}
        </Text>
      )}
      {errorAt("hours") && hours.every((_, place) => !problemAt(place)) && (
        <p className="field-error">{errorAt("hours")}</p>
      )}
    </fieldset>
  );
}

function TimeField({
  label,
  minutes,
  isEnd,
  isWrong,
  onChange,
}: {
  label: string;
  minutes: number;
  isEnd: boolean;
  isWrong: boolean;
  onChange: (minutes: number) => void;
}) {
  return (
    <TextInput
      type="time"
      className="week-time"
      aria-label={label}
      aria-invalid={isWrong || undefined}
      value={toClock(minutes)}
      onChange={(event) => {
        const written = fromClock(event.currentTarget.value, isEnd);
        if (written !== null) onChange(written);
      }}
    />
  );
}

/** The day at a glance: 24 hours, the open ones filled. */
function DayBar({ hours }: { hours: readonly OpenHours[] }) {
  return (
    <span className="week-bar" aria-hidden>
      {hours
        .filter(({ opens, closes }) => closes > opens)
        .map(({ opens, closes }) => (
          <span
            key={`${opens} ${closes}`}
            style={{
              insetInlineStart: `${(opens / MIDNIGHT) * 100}%`,
              inlineSize: `${((closes - opens) / MIDNIGHT) * 100}%`,
            }}
          />
        ))}
    </span>
  );
}

type Holiday = Availability["holidays"][number];

function Holidays({
  holidays,
  errorAt,
  onChange,
}: {
  holidays: readonly Holiday[];
  errorAt: (path: string) => string | undefined;
  onChange: (holidays: Holiday[]) => void;
}) {
  const set = (place: number, changes: Partial<Holiday>) =>
    onChange(holidays.map((one, at) => (at === place ? { ...one, ...changes } : one)));
  const problemAt = (place: number, date: string) =>
    holidays.some((other, at) => at < place && other.date === date)
      ? t("holidays.date.twice")
      : (errorAt(`holidays.${place}.date`) ?? errorAt(`holidays.${place}`));
  return (
    <fieldset className="holidays">
      <legend>{t("holidays")}</legend>
      <p className="muted small">{t("holidays.help")}</p>
      {holidays.map(({ date, name }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a day is edited in its place, and nothing else tells them apart.
        <div key={place}>
          <div className="holiday">
            <TextInput
              type="date"
              aria-label={t("holidays.date")}
              aria-invalid={problemAt(place, date) !== undefined || undefined}
              value={date}
              onChange={(event) =>
                event.currentTarget.value && set(place, { date: event.currentTarget.value })
              }
            />
            <TextInput
              aria-label={t("holidays.name")}
              placeholder={t("holidays.name")}
              maxLength={100}
              value={name}
              onChange={(event) => set(place, { name: event.currentTarget.value })}
            />
            <ActionIcon
              aria-label={t("holidays.remove", { date })}
              onClick={() => onChange(holidays.filter((_, at) => at !== place))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </div>
          {problemAt(place, date) && <p className="field-error">{problemAt(place, date)}</p>}
        </div>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...holidays, { date: freeDay(holidays), name: "" }])}
      >
        {t("holidays.add")}
      </Button>
    </fieldset>
  );
}

/** The day after the last one in the list, or tomorrow. */
function freeDay(holidays: readonly Holiday[]): string {
  const last = holidays.map(({ date }) => Date.parse(date)).filter((at) => !Number.isNaN(at));
  return new Date(Math.max(Date.now(), ...last) + 24 * 3_600_000).toISOString().slice(0, 10);
}
