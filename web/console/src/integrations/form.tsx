import { Checkbox, Stack, Textarea, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { call, Refused } from "../api/call.ts";
import type { Integration, IntegrationScope, MadeIntegration } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { FormDialog } from "../settings/dialog.tsx";
import { t as settings } from "../settings/texts.ts";
import { scopeText, t } from "./texts.ts";

/** `redirect_uris`: one on each line. */
type Values = { name: string; redirect_uris: string; scopes: string[] };

const lines = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const body = ({ redirect_uris, ...rest }: Values) => ({ ...rest, redirect_uris: lines(redirect_uris) });

function useFields(initialValues: Values) {
  return useForm<Values>({
    initialValues,
    validate: {
      name: (name) => (name.trim() ? null : settings("name.required")),
      redirect_uris: (uris) => (lines(uris).length > 0 ? null : t("uris.required")),
    },
  });
}

/** What the server says of one address stands at the field of all. */
async function send<Answer>(method: "POST" | "PATCH", path: string, values: Values): Promise<Answer> {
  try {
    return await call<Answer>(method, path, { body: body(values) });
  } catch (failure) {
    if (!(failure instanceof Refused)) throw failure;
    const { status, code, message, correlationId } = failure;
    const fields = Object.entries(failure.fields).map(([field, text]) => [field.replace(/\..*/, ""), text]);
    throw new Refused(status, code, message, Object.fromEntries(fields), correlationId);
  }
}

export function Register({
  scopes,
  onClose,
  onDone,
}: {
  scopes: readonly IntegrationScope[];
  onClose: () => void;
  onDone: (made: MadeIntegration) => void;
}) {
  const account = useAccount();
  const form = useFields({ name: "", redirect_uris: "", scopes: [] });
  return (
    <FormDialog
      title={t("create")}
      verb={settings("create")}
      form={form}
      send={(values) => send<MadeIntegration>("POST", `/accounts/${account.id}/integrations`, values)}
      refreshes={[[account.id, "integrations"]]}
      onDone={onDone}
      onClose={onClose}
    >
      <Fields form={form} scopes={scopes} />
    </FormDialog>
  );
}

export function Change({
  integration,
  scopes,
  onClose,
}: {
  integration: Integration;
  scopes: readonly IntegrationScope[];
  onClose: () => void;
}) {
  const account = useAccount();
  const form = useFields({
    name: integration.name,
    redirect_uris: integration.redirect_uris.join("\n"),
    scopes: integration.scopes,
  });
  return (
    <FormDialog
      title={t("edit.title", { name: integration.name })}
      verb={settings("save")}
      form={form}
      send={(values) => send("PATCH", `/accounts/${account.id}/integrations/${integration.id}`, values)}
      refreshes={[[account.id, "integrations"]]}
      onClose={onClose}
    >
      <Fields form={form} scopes={scopes} />
    </FormDialog>
  );
}

function Fields({ form, scopes }: { form: UseFormReturnType<Values>; scopes: readonly IntegrationScope[] }) {
  return (
    <>
      <TextInput
        label={settings("name")}
        description={t("name.help")}
        data-autofocus
        {...form.getInputProps("name")}
      />
      <Textarea
        label={t("uris")}
        description={t("uris.help")}
        autosize
        minRows={2}
        dir="ltr"
        spellCheck={false}
        {...form.getInputProps("redirect_uris")}
      />
      <Checkbox.Group label={t("scopes")} description={t("scopes.help")} {...form.getInputProps("scopes")}>
        <Stack gap="xs" mt="xs">
          {scopes
            .filter(({ name }) => name !== "oauth")
            .map(({ name }) => (
              <Checkbox
                key={name}
                value={name}
                label={<bdi className="scope">{name}</bdi>}
                description={scopeText(name)}
              />
            ))}
        </Stack>
      </Checkbox.Group>
    </>
  );
}
