import {
  Alert,
  Badge,
  Button,
  ColorInput,
  Group,
  MultiSelect,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { accentColours, contrast, parseHex } from "@pocketdesk/design/contrast";
import { IconArrowLeft, IconDownload, IconPlus } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import { inboxQuery, languagesQuery, teamsQuery, usersQuery } from "../api/queries.ts";
import type { Availability, Channel, Font, Inbox, SdkConfig } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { AvailabilityFields } from "../app/controls/availability.tsx";
import { hoursProblems } from "../app/controls/hours.ts";
import { Learn } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { fieldErrors, Problems } from "../app/form.tsx";
import { Bones, Heading, Needs } from "../app/screens.tsx";
import { dateOnly, dateTime } from "../app/time.ts";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { CHANNEL_ICONS } from "../inbox/row.tsx";
import { Copy } from "./copyable.tsx";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/settings/inboxes/$inboxId");
const MOST_HOURS = 8_760;

export function InboxSettings() {
  const { inboxId } = route.useParams();
  return (
    <Needs permission="inboxes">
      <OneInbox key={inboxId} id={Number(inboxId)} />
    </Needs>
  );
}

function OneInbox({ id }: { id: number }) {
  const account = useAccount();
  const inbox = useQuery(inboxQuery(account.id, id));
  if (inbox.isPending) return <Bones />;
  if (inbox.isError) throw inbox.error;
  return (
    <>
      <Link className="back" to="/a/$accountId/settings/inboxes" params={{ accountId: String(account.id) }}>
        <IconArrowLeft size={16} aria-hidden /> {t("inboxes.back")}
      </Link>
      <Heading title={inbox.data.name} />
      <General inbox={inbox.data} />
      <Channels inbox={inbox.data} />
    </>
  );
}

function General({ inbox }: { inbox: Inbox }) {
  const account = useAccount();
  const queries = useQueryClient();
  const users = useQuery(usersQuery(account.id));
  const teams = useQuery(teamsQuery(account.id));
  const form = useForm({
    initialValues: {
      name: inbox.name,
      reopen_hours: inbox.reopen_hours as number | string,
      member_user_ids: inbox.member_user_ids.map(String),
      member_team_ids: inbox.member_team_ids.map(String),
    },
    validate: {
      name: (name) => (name.trim() ? null : t("name.required")),
      reopen_hours: (hours) =>
        hours !== "" && Number.isInteger(Number(hours)) && Number(hours) >= 0 && Number(hours) <= MOST_HOURS
          ? null
          : t("inbox.reopen.range"),
    },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      call<Inbox>("PATCH", `/accounts/${account.id}/inboxes/${inbox.id}`, {
        body: {
          name: values.name.trim(),
          reopen_hours: Number(values.reopen_hours),
          member_user_ids: values.member_user_ids.map(Number),
          member_team_ids: values.member_team_ids.map(Number),
        },
      }),
    onSuccess: async () => {
      say(t("saved"));
      form.resetDirty();
      await queries.invalidateQueries({ queryKey: [account.id, "inboxes"] });
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <form noValidate className="form card" onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <Title order={2}>{t("inbox.general")}</Title>
        <Problems form={form} failure={save.error} />
        <TextInput label={t("name")} {...form.getInputProps("name")} />
        <NumberInput
          label={t("inbox.reopen")}
          description={t("inbox.reopen.help")}
          min={0}
          max={MOST_HOURS}
          allowDecimal={false}
          w="100%"
          {...form.getInputProps("reopen_hours")}
        />
        <Title order={2} mt="sm">
          {t("inbox.members")}
        </Title>
        <Text size="sm" c="dimmed">
          {t("inbox.members.help")}
        </Text>
        <MultiSelect
          label={t("inbox.users")}
          searchable
          data={(users.data ?? [])
            .filter((user) => user.deactivated_at === null || inbox.member_user_ids.includes(user.id))
            .map((user) => ({ value: String(user.id), label: user.name }))}
          {...form.getInputProps("member_user_ids")}
        />
        <MultiSelect
          label={t("inbox.teams")}
          description={t("inbox.teams.help")}
          searchable
          data={(teams.data ?? []).map((team) => ({ value: String(team.id), label: team.name }))}
          {...form.getInputProps("member_team_ids")}
        />
        <Button
          type="submit"
          loading={save.isPending}
          disabled={!form.isDirty()}
          style={{ alignSelf: "flex-start" }}
        >
          {t("save")}
        </Button>
      </Stack>
    </form>
  );
}

function Channels({ inbox }: { inbox: Inbox }) {
  const account = useAccount();
  const queries = useQueryClient();
  const connect = useMutation({
    mutationFn: (kind: "web" | "mobile") =>
      call<Channel>("POST", `/accounts/${account.id}/inboxes/${inbox.id}/channels`, {
        body: { kind, name: t(`channels.${kind}`) },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: [account.id, "inboxes"] }),
    onError: complain,
  });
  const open = inbox.channels.filter((channel) => channel.archived_at === null);
  return (
    <section className="channels">
      <Title order={2}>{t("channels")}</Title>
      <Text size="sm" c="dimmed">
        {open.length > 0 ? t("channels.why") : `${t("channels.none")} ${t("channels.why")}`}
      </Text>
      {open.map((channel) => (
        <ChannelCard key={channel.id} channel={channel} />
      ))}
      <Group>
        {(["mobile", "web"] as const).map((kind) => (
          <Button
            key={kind}
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            loading={connect.isPending && connect.variables === kind}
            onClick={() => connect.mutate(kind)}
          >
            {t(`channels.connect.${kind}`)}
          </Button>
        ))}
      </Group>
    </section>
  );
}

/** Contrast of an accent with the chat page's light ground; null for what is no colour. */
export function accentContrast(accent: string): number | null {
  const colour = parseHex(accent);
  return colour && contrast(colour, [255, 255, 255]);
}

function ChannelCard({ channel }: { channel: Channel }) {
  const account = useAccount();
  const queries = useQueryClient();
  const path = `/accounts/${account.id}/channels/${channel.id}`;
  const refresh = () => queries.invalidateQueries({ queryKey: [account.id, "inboxes"] });
  const form = useForm({
    initialValues: { name: channel.name, accent: channel.accent, font: channel.font as string },
    validate: {
      name: (name) => (name.trim() ? null : t("name.required")),
      accent: (accent) => (parseHex(accent) ? null : t("channels.accent.bad")),
    },
  });
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      call("PATCH", path, { body: { ...values, name: values.name.trim() } }),
    onSuccess: async () => {
      say(t("saved"));
      form.resetDirty();
      await refresh();
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  const archive = useMutation({
    mutationFn: () => call("PATCH", path, { body: { archived: true } }),
    onSuccess: async () => {
      offerUndo(t("channels.archived.done", { name: channel.name }), async () => {
        await call("PATCH", path, { body: { archived: false } });
        await refresh();
      });
      await refresh();
    },
    onError: complain,
  });
  const ratio = accentContrast(form.values.accent);
  const isWeak = ratio !== null && ratio < 3;
  const colours = accentColours(form.values.accent, "light");
  const Icon = CHANNEL_ICONS[channel.kind];
  return (
    <article className="card channel">
      <header className="channel-head">
        <Icon size={20} stroke={1.6} aria-hidden />
        <Title order={3}>{channel.name}</Title>
        <ChannelStatus channel={channel} />
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          loading={archive.isPending}
          onClick={() => archive.mutate()}
        >
          {t("channels.archive")}
        </Button>
      </header>
      {channel.kind === "custom" ? (
        <p className="muted">{t("channels.custom.why")}</p>
      ) : (
        <>
          <form noValidate className="form" onSubmit={form.onSubmit((values) => save.mutate(values))}>
            <Stack>
              <Problems form={form} failure={save.error} />
              <TextInput label={t("name")} {...form.getInputProps("name")} />
              <ColorInput
                label={t("channels.accent")}
                description={t("channels.accent.help")}
                format="hex"
                withEyeDropper={false}
                swatches={["#0b665c", "#0f62fe", "#6d28d9", "#be185d", "#b45309", "#15803d", "#111827"]}
                {...form.getInputProps("accent")}
              />
              {isWeak && (
                <Text size="sm" className="warning" role="status">
                  {t("channels.accent.weak", { ratio: ratio.toFixed(1) })}
                </Text>
              )}
              <div className="accent-sample" aria-hidden>
                <span
                  data-font={form.values.font}
                  style={{ background: colours.accent, color: colours.text }}
                >
                  {t("channels.sample")}
                </span>
              </div>
              <Select
                label={t("channels.font")}
                data={(["system", "serif", "rounded", "mono"] satisfies Font[]).map((font) => ({
                  value: font,
                  label: t(`font.${font}`),
                }))}
                {...form.getInputProps("font")}
              />
              <Button
                type="submit"
                loading={save.isPending}
                disabled={!form.isDirty()}
                style={{ alignSelf: "flex-start" }}
              >
                {t("save")}
              </Button>
            </Stack>
          </form>
          <ChannelAvailability channel={channel} path={path} refresh={refresh} />
          <Configuration channel={channel} path={path} />
        </>
      )}
    </article>
  );
}

const ENGLISH = "en";

/** When somebody is there, for all chatflows of the channel that have no hours of their own. */
function ChannelAvailability({
  channel,
  path,
  refresh,
}: {
  channel: Channel;
  path: string;
  refresh: () => Promise<unknown>;
}) {
  const account = useAccount();
  const languages = useQuery(languagesQuery(account.id));
  const [typed, setTyped] = useState<Availability | null>(null);
  const save = useMutation({
    mutationFn: (availability: Availability) => call("PATCH", path, { body: { availability } }),
    onSuccess: async () => {
      await refresh();
      setTyped(null);
      say(t("saved"));
    },
  });
  const value = typed ?? channel.availability;
  const errors = fieldErrors(save.error);
  const usual = languages.data?.find(({ code }) => code === ENGLISH)?.defaults ?? { away: "", outside: "" };
  const isWrong = value.kind === "hours" && hoursProblems(value.hours).size > 0;
  return (
    <section className="form channel-availability" aria-label={t("channels.availability")}>
      <Title order={3}>{t("channels.availability")}</Title>
      <Text size="sm" c="dimmed">
        {t("channels.availability.why")}{" "}
        <Learn to={DOCS.availability}>{t("channels.availability.learn")}</Learn>
      </Text>
      {save.error && Object.keys(errors).length === 0 && <Problems failure={save.error} />}
      <AvailabilityFields
        value={value}
        usual={usual}
        script={{ lang: ENGLISH, dir: "auto" }}
        errorAt={(place) => errors[`availability.${place}`]}
        onChange={(availability) => {
          setTyped(availability);
          save.reset();
        }}
      />
      {typed && (
        <Group>
          <Button disabled={isWrong} loading={save.isPending} onClick={() => save.mutate(typed)}>
            {t("channels.availability.save")}
          </Button>
          <Button
            variant="default"
            onClick={() => {
              setTyped(null);
              save.reset();
            }}
          >
            {t("discard")}
          </Button>
        </Group>
      )}
    </section>
  );
}

/** Whether anybody came this way: an app with its SDK, or a visitor who wrote. */
function ChannelStatus({ channel: { kind, sdk, sdk_seen_at, first_seen_at } }: { channel: Channel }) {
  if (kind === "mobile" && sdk && sdk_seen_at !== null)
    return (
      <Group gap={8}>
        <Badge color="green" variant="light">
          {t("channels.connected")}
        </Badge>
        <span className="muted small">{t("channels.sdk", { sdk, date: dateTime(sdk_seen_at) })}</span>
      </Group>
    );
  const seen =
    first_seen_at === null ? t("channels.unseen") : t("channels.seen", { date: dateOnly(first_seen_at) });
  return <span className="muted small">{seen}</span>;
}

type Platform = "android" | "ios" | "react_native" | "web";
type Flavor = "pocketdesk" | "hubspot";
const PLATFORMS: Record<Flavor, Platform[]> = {
  pocketdesk: ["android", "ios", "react_native"],
  hubspot: ["android", "ios"],
};

function Configuration({ channel, path }: { channel: Channel; path: string }) {
  const account = useAccount();
  const [flavor, setFlavor] = useState<Flavor>("pocketdesk");
  const platforms: Platform[] = channel.kind === "web" ? ["web"] : PLATFORMS[flavor];
  const [chosen, setPlatform] = useState<Platform>("android");
  const platform = platforms.includes(chosen) ? chosen : (platforms[0] ?? "web");
  const [tag, setTag] = useState("support");
  const [settled] = useDebouncedValue(tag.trim(), 250);
  const config = useQuery({
    queryKey: [account.id, "sdk-config", channel.id, platform, flavor, settled],
    queryFn: ({ signal }) =>
      call<SdkConfig>("GET", `${path}/sdk-config`, {
        query: { platform, flavor, mobile_tag: settled },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  return (
    <section className="sdk">
      <Title order={3}>{t("sdk")}</Title>
      <Text size="sm" c="dimmed">
        {t("sdk.why")}
      </Text>
      {channel.kind === "mobile" && location.protocol === "http:" && (
        <Alert color="yellow" variant="light">
          {t("sdk.plain")} <Learn to={DOCS.https}>{t("sdk.plain.learn")}</Learn>
        </Alert>
      )}
      <Group align="flex-end">
        {channel.kind === "mobile" && (
          <SegmentedControl
            aria-label={t("sdk.flavor")}
            value={flavor}
            onChange={(value) => setFlavor(value as Flavor)}
            data={(["pocketdesk", "hubspot"] as const).map((value) => ({
              value,
              label: t(`sdk.flavor.${value}`),
            }))}
          />
        )}
        {platforms.length > 1 && (
          <SegmentedControl
            aria-label={t("sdk.platform")}
            value={platform}
            onChange={(value) => setPlatform(value as Platform)}
            data={platforms.map((value) => ({ value, label: t(`sdk.${value}`) }))}
          />
        )}
        <TextInput
          label={t("sdk.tag")}
          description={t("sdk.tag.help")}
          value={tag}
          spellCheck={false}
          onChange={(event) => setTag(event.currentTarget.value)}
        />
      </Group>
      {flavor === "hubspot" && (
        <Text size="sm" c="dimmed">
          {t("sdk.hubspot.why")} <Learn to={DOCS.hubspotSdk}>{t("sdk.hubspot.learn")}</Learn>
        </Text>
      )}
      {config.isError && <Problems failure={config.error} />}
      {config.data && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
          <section className="code" tabIndex={0} aria-label={config.data.filename}>
            <pre>{config.data.content}</pre>
          </section>
          <Group>
            <Copy value={config.data.content} />
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              onClick={() => download(config.data)}
            >
              {t("sdk.download", { file: config.data.filename })}
            </Button>
          </Group>
        </>
      )}
    </section>
  );
}

function download({ filename, content, media_type }: SdkConfig): void {
  const address = URL.createObjectURL(new Blob([content], { type: media_type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = filename;
  link.click();
  URL.revokeObjectURL(address);
}
