import { Button, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { integrationsQuery } from "../api/queries.ts";
import type { Integration } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { Learn } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { ConfirmByName } from "../app/form.tsx";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { complain, say } from "../app/undo.tsx";
import { ShownOnce } from "../settings/copyable.tsx";
import { t as settings } from "../settings/texts.ts";
import { Connections } from "./connections.tsx";
import { Change, Register } from "./form.tsx";
import "./integrations.css";
import { t } from "./texts.ts";

type Doing = "change" | "connections" | "secret" | "remove";

export function Integrations() {
  return (
    <Needs permission="tokens">
      <List />
    </Needs>
  );
}

function List() {
  const account = useAccount();
  const [registering, register] = useDisclosure(false);
  const [secret, show] = useState<string | null>(null);
  const [doing, begin] = useState<[Doing, Integration] | null>(null);
  const queries = useQueryClient();
  const integrations = useQuery(integrationsQuery(account.id));
  const end = () => begin(null);
  const path = ({ id }: Integration) => `/accounts/${account.id}/integrations/${id}`;
  const remove = useMutation({
    mutationFn: (integration: Integration) => call("DELETE", path(integration)),
    onSuccess: async (_, { name }) => {
      end();
      say(t("removed", { name }));
      await queries.invalidateQueries({ queryKey: [account.id, "integrations"] });
    },
    onError: complain,
  });
  const replace = useMutation({
    mutationFn: (integration: Integration) => call<{ secret: string }>("POST", `${path(integration)}/secret`),
    onSuccess: (made) => {
      end();
      show(made.secret);
    },
    onError: complain,
  });
  if (integrations.isPending) return <Bones />;
  if (integrations.isError) throw integrations.error;
  const { items, scopes } = integrations.data;
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={register.open}>
      {t("create")}
    </Button>
  );
  const learn = <Learn to={DOCS.integrations}>{t("learn")}</Learn>;
  const [what, whose] = doing ?? [];
  return (
    <>
      <Heading title={t("title")}>{items.length > 0 && button}</Heading>
      {items.length === 0 ? (
        <Empty icon={<IconPlugConnected />} title={t("empty")} action={button}>
          {t("why")} {learn}
        </Empty>
      ) : (
        <>
          <p className="muted">
            {t("why")} {learn}
          </p>
          <ul className="rows">
            {items.map((integration) => (
              <li key={integration.id} className="row">
                <span className="row-main">
                  <strong>{integration.name}</strong>
                  <span className="muted small client-id">
                    {t("client_id")}: <bdi>{integration.client_id}</bdi>
                  </span>
                </span>
                <MoreMenu label={settings("more", { name: integration.name })}>
                  <Menu.Item onClick={() => begin(["change", integration])}>{settings("edit")}</Menu.Item>
                  <Menu.Item onClick={() => begin(["connections", integration])}>
                    {t("connections")}
                  </Menu.Item>
                  <Menu.Item onClick={() => begin(["secret", integration])}>{t("secret")}</Menu.Item>
                  <Menu.Item color="red" onClick={() => begin(["remove", integration])}>
                    {t("remove")}
                  </Menu.Item>
                </MoreMenu>
              </li>
            ))}
          </ul>
        </>
      )}
      {registering && (
        <Register scopes={scopes} onClose={register.close} onDone={(made) => show(made.secret)} />
      )}
      {what === "change" && whose && <Change integration={whose} scopes={scopes} onClose={end} />}
      {what === "connections" && whose && <Connections integration={whose} onClose={end} />}
      <ConfirmByName
        opened={what === "secret"}
        title={t("secret.replace", { name: whose?.name ?? "" })}
        why={t("secret.replace.why")}
        name={whose?.name ?? ""}
        verb={t("secret")}
        busy={replace.isPending}
        onConfirm={() => whose && replace.mutate(whose)}
        onClose={end}
      />
      <ConfirmByName
        opened={what === "remove"}
        title={t("remove.title", { name: whose?.name ?? "" })}
        why={t("remove.why")}
        name={whose?.name ?? ""}
        verb={t("remove")}
        busy={remove.isPending}
        onConfirm={() => whose && remove.mutate(whose)}
        onClose={end}
      />
      {secret && (
        <ShownOnce
          title={t("secret.once")}
          why={t("secret.once.why")}
          label={t("secret.label")}
          value={secret}
          onClose={() => show(null)}
        />
      )}
    </>
  );
}
