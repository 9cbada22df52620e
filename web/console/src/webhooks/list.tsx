import { Badge, Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconWebhook } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import { webhooksQuery } from "../api/queries.ts";
import type { MadeWebhook, Webhook } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Learn } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { dateTime } from "../app/time.ts";
import { ShownOnce } from "../settings/copyable.tsx";
import { FormDialog } from "../settings/dialog.tsx";
import { Fields, useWebhookForm } from "./fields.tsx";
import { kindName, t } from "./texts.ts";

export function WebhookList() {
  return (
    <Needs permission="tokens">
      <Webhooks />
    </Needs>
  );
}

function Webhooks() {
  const account = useAccount();
  const [creating, create] = useDisclosure(false);
  const [made, show] = useState<MadeWebhook | null>(null);
  const webhooks = useQuery(webhooksQuery(account.id));
  if (webhooks.isPending) return <Bones />;
  if (webhooks.isError) throw webhooks.error;
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={create.open}>
      {t("create")}
    </Button>
  );
  return (
    <>
      <Heading title={t("title")}>{webhooks.data.length > 0 && button}</Heading>
      {webhooks.data.length === 0 ? (
        <Empty icon={<IconWebhook />} title={t("empty")} action={button}>
          {t("why")}
        </Empty>
      ) : (
        <>
          <p className="muted">
            {t("why")} <Learn to={DOCS.webhooks}>{t("learn")}</Learn>
          </p>
          <ul className="rows">
            {webhooks.data.map((webhook) => (
              <Row key={webhook.id} webhook={webhook} />
            ))}
          </ul>
        </>
      )}
      {creating && <Create onClose={create.close} onMade={show} />}
      {made && (
        <ShownOnce
          title={t("secret.once")}
          why={t("secret.why")}
          label={t("secret.label")}
          value={made.secret}
          onClose={() => show(null)}
        />
      )}
    </>
  );
}

function Row({ webhook }: { webhook: Webhook }) {
  const account = useAccount();
  return (
    <li className="row">
      <span className="row-main">
        <Link
          className="row-link"
          to="/a/$accountId/settings/webhooks/$webhookId"
          params={{ accountId: String(account.id), webhookId: String(webhook.id) }}
        >
          <strong>{webhook.name}</strong>
        </Link>
        <span className="muted small" dir="ltr">
          {webhook.url}
        </span>
        <span className="muted small">
          {webhook.kinds.length > 0 ? webhook.kinds.map(kindName).join(", ") : t("kinds.all")}
        </span>
      </span>
      <span className="muted small">
        {webhook.succeeded_at === null
          ? t("never")
          : t("delivered", { date: dateTime(webhook.succeeded_at) })}
      </span>
      <State webhook={webhook} />
    </li>
  );
}

/** Whether it is on, and if it switched itself off, why. */
function State({ webhook }: { webhook: Webhook }) {
  if (webhook.is_on) {
    return (
      <Badge variant="light" color="teal">
        {t("on")}
      </Badge>
    );
  }
  return (
    <Badge variant="light" color={webhook.why_off ? "red" : "gray"}>
      {t("off")}
    </Badge>
  );
}

function Create({ onClose, onMade }: { onClose: () => void; onMade: (made: MadeWebhook) => void }) {
  const account = useAccount();
  const form = useWebhookForm({ name: "", url: "", kinds: [], format: "standard" });
  return (
    <FormDialog
      title={t("create")}
      verb={t("create")}
      form={form}
      send={(body) => call<MadeWebhook>("POST", `/accounts/${account.id}/webhooks`, { body })}
      refreshes={[[account.id, "webhooks"]]}
      onDone={onMade}
      onClose={onClose}
    >
      <Fields form={form} makes />
    </FormDialog>
  );
}
