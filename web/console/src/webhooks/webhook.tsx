import { Alert, Badge, Button, Group, Menu, SegmentedControl, Switch, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconArrowLeft, IconRefresh, IconWebhook } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import { deliveriesQuery, webhookQuery } from "../api/queries.ts";
import type { Delivery, DeliveryState, Tried, Webhook } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { ConfirmByName } from "../app/form.tsx";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { t as frame } from "../app/texts.ts";
import { dateTime } from "../app/time.ts";
import { complain, say } from "../app/undo.tsx";
import { ShownOnce } from "../settings/copyable.tsx";
import { FormDialog } from "../settings/dialog.tsx";
import { Fields, useWebhookForm } from "./fields.tsx";
import { kindName, t } from "./texts.ts";

export function WebhookScreen() {
  return (
    <Needs permission="tokens">
      <Loaded />
    </Needs>
  );
}

function Loaded() {
  const account = useAccount();
  const { webhookId } = useParams({ from: "/a/$accountId/settings/webhooks/$webhookId" });
  const webhook = useQuery(webhookQuery(account.id, Number(webhookId)));
  if (webhook.isPending) return <Bones />;
  if (webhook.isError) throw webhook.error;
  return <Whole webhook={webhook.data} />;
}

type Open = "edit" | "replay" | "delete" | { secret: string } | null;

function Whole({ webhook }: { webhook: Webhook }) {
  const account = useAccount();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const path = `/accounts/${account.id}/webhooks/${webhook.id}`;
  const params = { accountId: String(account.id) };
  const refresh = () => queries.invalidateQueries({ queryKey: [account.id, "webhooks"] });
  const change = useMutation({
    mutationFn: (is_on: boolean) => call<Webhook>("PATCH", path, { body: { is_on } }),
    onSuccess: async (after) => {
      await refresh();
      say(t(after.is_on ? "switched.on" : "switched.off", { name: after.name }));
    },
    onError: complain,
  });
  const trial = useMutation({
    mutationFn: () => call<Tried>("POST", `${path}/try`),
    onSuccess: ({ status, failure, took_ms }) =>
      failure === null
        ? say(t("try.done", { status: status ?? 0, ms: took_ms }))
        : complain(t("try.failed", { reason: failure })),
    onError: complain,
  });
  const renew = useMutation({
    mutationFn: () => call<{ secret: string }>("POST", `${path}/secret`),
    onSuccess: async ({ secret }) => {
      setOpen({ secret });
      await refresh();
    },
    onError: complain,
  });
  const remove = useMutation({
    mutationFn: () => call("DELETE", path),
    onSuccess: async () => {
      await navigate({ to: "/a/$accountId/settings/webhooks", params });
      await refresh();
      say(t("deleted", { name: webhook.name }));
    },
    onError: complain,
  });
  return (
    <div className="wide">
      <Link className="back" to="/a/$accountId/settings/webhooks" params={params}>
        <IconArrowLeft size={16} aria-hidden /> {t("back")}
      </Link>
      <Heading title={webhook.name}>
        <Switch
          label={t("on")}
          style={{ alignSelf: "center" }}
          checked={webhook.is_on}
          disabled={change.isPending}
          onChange={(event) => change.mutate(event.currentTarget.checked)}
        />
        <Button variant="default" loading={trial.isPending} onClick={() => trial.mutate()}>
          {t("try")}
        </Button>
        <MoreMenu label={t("more", { name: webhook.name })}>
          <Menu.Item onClick={() => setOpen("edit")}>{t("edit")}</Menu.Item>
          <Menu.Item onClick={() => renew.mutate()}>{t("secret.renew")}</Menu.Item>
          <Menu.Item disabled={!webhook.is_on} onClick={() => setOpen("replay")}>
            {t("replay")}
          </Menu.Item>
          <Menu.Item color="red" onClick={() => setOpen("delete")}>
            {t("delete")}
          </Menu.Item>
        </MoreMenu>
      </Heading>
      <p className="muted small" dir="ltr">
        {webhook.url}
      </p>
      <p className="muted small">
        {webhook.kinds.length > 0 ? webhook.kinds.map(kindName).join(", ") : t("kinds.all")} ·{" "}
        {t(`format.${webhook.format}`)}
        {webhook.old_secret_until !== null && webhook.old_secret_until > Date.now() && (
          <> · {t("secret.old", { date: dateTime(webhook.old_secret_until) })}</>
        )}
      </p>
      {webhook.why_off && (
        <Alert color="red" variant="light" title={t(`off.${webhook.why_off}`)} mb="md">
          {t("off.resumes")}
        </Alert>
      )}
      <Deliveries webhook={webhook} />
      {open === "edit" && <Edit webhook={webhook} onClose={() => setOpen(null)} />}
      {open === "replay" && <Replay path={path} onClose={() => setOpen(null)} />}
      {open !== null && typeof open === "object" && (
        <ShownOnce
          title={t("secret.once")}
          why={`${t("secret.why")} ${t("secret.renewed.why")}`}
          label={t("secret.label")}
          value={open.secret}
          onClose={() => setOpen(null)}
        />
      )}
      <ConfirmByName
        opened={open === "delete"}
        title={t("delete.title", { name: webhook.name })}
        why={t("delete.why")}
        name={webhook.name}
        verb={t("delete")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setOpen(null)}
      />
    </div>
  );
}

function Edit({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const account = useAccount();
  const form = useWebhookForm({
    name: webhook.name,
    url: webhook.url,
    kinds: [...webhook.kinds],
    format: webhook.format,
  });
  return (
    <FormDialog
      title={t("edit.of", { name: webhook.name })}
      verb={t("save")}
      form={form}
      send={({ name, url, kinds }) =>
        call<Webhook>("PATCH", `/accounts/${account.id}/webhooks/${webhook.id}`, {
          body: { name, url, kinds },
        })
      }
      refreshes={[[account.id, "webhooks"]]}
      onClose={onClose}
    >
      <Fields form={form} />
    </FormDialog>
  );
}

function Replay({ path, onClose }: { path: string; onClose: () => void }) {
  const account = useAccount();
  const form = useForm({
    initialValues: { since: "" },
    validate: { since: (since) => (Number.isNaN(Date.parse(since)) ? t("replay.required") : null) },
  });
  return (
    <FormDialog
      title={t("replay.title")}
      verb={t("replay")}
      form={form}
      send={({ since }) => call("POST", `${path}/replay`, { body: { since: Date.parse(since) } })}
      refreshes={[[account.id, "webhooks"]]}
      onDone={() => say(t("replay.done"))}
      onClose={onClose}
    >
      <TextInput
        type="datetime-local"
        label={t("replay.title")}
        description={t("replay.help")}
        data-autofocus
        {...form.getInputProps("since")}
      />
    </FormDialog>
  );
}

const STATES = ["all", "waiting", "delivered", "failed"] as const;
const COLORS = { waiting: "gray", delivered: "teal", failed: "red" } as const;

function Deliveries({ webhook }: { webhook: Webhook }) {
  const account = useAccount();
  const [state, setState] = useState<(typeof STATES)[number]>("all");
  const wanted: DeliveryState | undefined = state === "all" ? undefined : state;
  const deliveries = useInfiniteQuery(deliveriesQuery(account.id, webhook.id, wanted));
  const items = deliveries.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section>
      <Group justify="space-between" my="sm">
        <Title order={2} size="h4">
          {t("deliveries")}
        </Title>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t("column.state")}
            value={state}
            onChange={(value) => setState(value as typeof state)}
            data={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
          />
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconRefresh size={14} aria-hidden />}
            loading={deliveries.isRefetching}
            onClick={() => void deliveries.refetch()}
          >
            {t("refresh")}
          </Button>
        </Group>
      </Group>
      {deliveries.isPending ? (
        <Bones />
      ) : items.length === 0 ? (
        <Empty icon={<IconWebhook />} title={t("deliveries.empty")}>
          {t("deliveries.empty.why")}
        </Empty>
      ) : (
        <table className="plain-table stacked-table">
          <thead>
            <tr>
              <th scope="col">{t("column.what")}</th>
              <th scope="col">{t("column.when")}</th>
              <th scope="col">{t("column.state")}</th>
              <th scope="col">{t("column.answer")}</th>
              <th scope="col" className="figure">
                {t("column.tries")}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {items.map((delivery) => (
              <DeliveryRow key={delivery.position} webhook={webhook} delivery={delivery} />
            ))}
          </tbody>
        </table>
      )}
      {deliveries.hasNextPage && (
        <Group justify="center" p="md">
          <Button
            variant="default"
            loading={deliveries.isFetchingNextPage}
            onClick={() => void deliveries.fetchNextPage()}
          >
            {frame("load_more")}
          </Button>
        </Group>
      )}
    </section>
  );
}

function DeliveryRow({ webhook, delivery }: { webhook: Webhook; delivery: Delivery }) {
  const account = useAccount();
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: () =>
      call("POST", `/accounts/${account.id}/webhooks/${webhook.id}/deliveries/${delivery.position}/send`),
    onSuccess: async () => {
      say(t("sent"));
      await queries.invalidateQueries({ queryKey: [account.id, "webhooks", webhook.id] });
    },
    onError: complain,
  });
  return (
    <tr>
      <th scope="row">
        {kindName(delivery.kind)}
        <br />
        <Link
          className="muted small"
          to="/a/$accountId/inbox/$conversationId"
          params={{ accountId: String(account.id), conversationId: String(delivery.conversation_id) }}
        >
          {t("conversation")}
        </Link>
      </th>
      <td className="number" data-label={t("column.when")}>
        {dateTime(delivery.at)}
      </td>
      <td data-label={t("column.state")}>
        <Badge variant="light" color={COLORS[delivery.state]}>
          {t(`state.${delivery.state}`)}
        </Badge>
        {delivery.next_at !== null && delivery.attempts > 0 && (
          <span className="muted small"> {t("next.try", { date: dateTime(delivery.next_at) })}</span>
        )}
      </td>
      <td data-label={t("column.answer")}>
        {delivery.failure ?? delivery.status ?? ""}
        {delivery.took_ms !== null && (
          <span className="muted small"> {t("took.ms", { ms: delivery.took_ms })}</span>
        )}
      </td>
      <td className="figure" data-label={t("column.tries")}>
        {delivery.attempts}
      </td>
      <td>
        <Button
          variant="default"
          size="compact-sm"
          disabled={!webhook.is_on}
          loading={send.isPending}
          onClick={() => send.mutate()}
        >
          {t("send")}
        </Button>
      </td>
    </tr>
  );
}
