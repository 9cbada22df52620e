import { Button, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { tokensQuery } from "../api/queries.ts";
import type { ApiToken } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { ConfirmByName } from "../app/form.tsx";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { dateOnly } from "../app/time.ts";
import { complain, say } from "../app/undo.tsx";
import { ShownOnce } from "./copyable.tsx";
import { FormDialog } from "./dialog.tsx";
import { PERMISSIONS, Rights } from "./rights.tsx";
import { t } from "./texts.ts";

export function Tokens() {
  return (
    <Needs permission="tokens">
      <TokenList />
    </Needs>
  );
}

function TokenList() {
  const account = useAccount();
  const [creating, create] = useDisclosure(false);
  const [made, show] = useState<Made | null>(null);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery(account.id));
  const revoke = useMutation({
    mutationFn: (token: ApiToken) => call("DELETE", `/accounts/${account.id}/tokens/${token.id}`),
    onSuccess: async (_, token) => {
      setRevoking(null);
      say(t("tokens.revoked", { name: token.name }));
      await queries.invalidateQueries({ queryKey: [account.id, "tokens"] });
    },
    onError: complain,
  });
  if (tokens.isPending) return <Bones />;
  if (tokens.isError) throw tokens.error;
  const live = tokens.data.filter((token) => token.revoked_at === null);
  const button = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={create.open}>
      {t("tokens.create")}
    </Button>
  );
  return (
    <>
      <Heading title={t("nav.tokens")}>{live.length > 0 && button}</Heading>
      {live.length === 0 ? (
        <Empty icon={<IconKey />} title={t("tokens.empty")} action={button}>
          {t("tokens.why")}
        </Empty>
      ) : (
        <ul className="rows">
          {live.map((token) => (
            <li key={token.id} className="row">
              <span className="row-main">
                <strong>{token.name}</strong>
                <span className="muted small">
                  {t("tokens.created", { date: dateOnly(token.created_at) })},{" "}
                  {token.last_used_at === null
                    ? t("tokens.unused")
                    : t("tokens.used", { date: dateOnly(token.last_used_at) })}
                </span>
              </span>
              <span className="muted small">{token.scopes.join(", ")}</span>
              <Button variant="default" size="compact-sm" onClick={() => setRevoking(token)}>
                {t("tokens.revoke")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {creating && <Create onClose={create.close} onMade={show} />}
      {made && (
        <ShownOnce
          title={t("tokens.once")}
          why={t("tokens.once.why")}
          label={t("tokens.label")}
          value={made.secret}
          onClose={() => show(null)}
        />
      )}
      <ConfirmByName
        opened={revoking !== null}
        title={t("tokens.revoke.title", { name: revoking?.name ?? "" })}
        why={t("tokens.revoke.why")}
        name={revoking?.name ?? ""}
        verb={t("tokens.revoke")}
        busy={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking)}
        onClose={() => setRevoking(null)}
      />
    </>
  );
}

interface Made {
  token: ApiToken;
  secret: string;
}

function Create({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const account = useAccount();
  const grantable = PERMISSIONS.filter((right) => account.user.permissions.includes(right));
  const form = useForm({
    initialValues: { name: "", scopes: [] as string[] },
    validate: {
      name: (name) => (name.trim() ? null : t("name.required")),
      scopes: (scopes) => (scopes.length > 0 ? null : t("tokens.scopes.required")),
    },
  });
  return (
    <FormDialog
      title={t("tokens.create")}
      verb={t("create")}
      form={form}
      send={(body) => call<Made>("POST", `/accounts/${account.id}/tokens`, { body })}
      refreshes={[[account.id, "tokens"]]}
      onDone={onMade}
      onClose={onClose}
    >
      <TextInput
        label={t("name")}
        description={t("tokens.name.help")}
        data-autofocus
        {...form.getInputProps("name")}
      />
      <Rights label={t("tokens.scopes")} choices={grantable} field={form.getInputProps("scopes")} />
    </FormDialog>
  );
}
