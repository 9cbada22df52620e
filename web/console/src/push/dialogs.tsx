import { Alert, Button, FileButton, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { IconFileUpload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/call.ts";
import { pushQuery, sessionQuery } from "../api/queries.ts";
import type { PushProvider } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { say } from "../app/undo.tsx";
import { FormDialog } from "../settings/dialog.tsx";
import { isSubject, keyIdIn, subjectOf } from "./given.ts";
import { t } from "./texts.ts";

const LONGEST_KEY = 8_000;

interface SetKeyProps {
  kind: PushProvider["kind"];
  /** The one that is replaced. */
  before: PushProvider | undefined;
  onClose: () => void;
}

/** Sets the key of a service, or replaces it. */
export function SetKey(props: SetKeyProps) {
  if (props.kind === "apns") return <SetApple {...props} />;
  return props.kind === "fcm" ? <SetAndroid {...props} /> : <SetBrowsers {...props} />;
}

interface KeyDialogProps<Values extends Record<string, unknown>> extends SetKeyProps {
  form: UseFormReturnType<Values>;
  body: (values: Values) => object;
  children: ReactNode;
}

function KeyDialog<Values extends Record<string, unknown>>({
  kind,
  before,
  form,
  body,
  onClose,
  children,
}: KeyDialogProps<Values>) {
  const account = useAccount();
  const service = t(kind);
  return (
    <FormDialog
      title={t(before ? "replace.of" : "set_up.of", { service })}
      verb={t(before ? "replace.verb" : "set_up")}
      form={form}
      send={(values) =>
        call<PushProvider>("PUT", `/accounts/${account.id}/push/${kind}`, { body: body(values) })
      }
      refreshes={[pushQuery(account.id).queryKey]}
      onDone={() => say(t(before ? "replaced" : "done", { service }))}
      onClose={onClose}
    >
      {children}
    </FormDialog>
  );
}

function SetApple(props: SetKeyProps) {
  const form = useForm({
    initialValues: { private_key: "", key_id: "", team_id: "" },
    validate: {
      private_key: (key) => (key.trim() ? null : t("private_key.required")),
      key_id: (id) => (id.trim() ? null : t("key_id.required")),
      team_id: (id) => (id.trim() ? null : t("team_id.required")),
    },
  });
  const id = (typed: string) => typed.trim().toUpperCase();
  return (
    <KeyDialog
      {...props}
      form={form}
      body={({ private_key, key_id, team_id }) => ({
        private_key: private_key.trim(),
        key_id: id(key_id),
        team_id: id(team_id),
      })}
    >
      <KeyText
        label={t("private_key")}
        help={t("private_key.help")}
        accept=".p8"
        {...form.getInputProps("private_key")}
        onFile={(text, name) => {
          form.setFieldValue("private_key", text);
          if (keyIdIn(name)) form.setFieldValue("key_id", keyIdIn(name));
        }}
        onRefused={(words) => form.setFieldError("private_key", words)}
      />
      <TextInput
        label={t("key_id")}
        description={t("key_id.help")}
        {...IDENTIFIER}
        {...form.getInputProps("key_id")}
      />
      <TextInput
        label={t("team_id")}
        description={t("team_id.help")}
        {...IDENTIFIER}
        {...form.getInputProps("team_id")}
      />
    </KeyDialog>
  );
}

const IDENTIFIER = {
  dir: "ltr",
  autoComplete: "off",
  autoCapitalize: "characters",
  spellCheck: false,
} as const;

function SetAndroid(props: SetKeyProps) {
  const form = useForm({
    initialValues: { service_account: "" },
    validate: { service_account: (text) => (text.trim() ? null : t("service_account.required")) },
  });
  return (
    <KeyDialog {...props} form={form} body={(values) => values}>
      <KeyText
        label={t("service_account")}
        help={t("service_account.help")}
        accept=".json,application/json"
        {...form.getInputProps("service_account")}
        onFile={(text) => form.setFieldValue("service_account", text)}
        onRefused={(words) => form.setFieldError("service_account", words)}
      />
    </KeyDialog>
  );
}

function SetBrowsers(props: SetKeyProps) {
  const session = useQuery(sessionQuery);
  const form = useForm({
    initialValues: { subject: props.before?.name.replace(/^mailto:/, "") ?? session.data?.login.email ?? "" },
    validate: { subject: (typed) => (isSubject(typed) ? null : t("subject.required")) },
  });
  return (
    <KeyDialog {...props} form={form} body={({ subject }) => ({ subject: subjectOf(subject) })}>
      {props.before && (
        <Alert role="note" variant="light" color="gray" p="sm">
          {t("subject.new_key")}
        </Alert>
      )}
      <TextInput
        label={t("subject")}
        description={t("subject.help")}
        dir="ltr"
        inputMode="email"
        autoComplete="off"
        data-autofocus
        {...form.getInputProps("subject")}
      />
    </KeyDialog>
  );
}

interface KeyTextProps {
  label: string;
  help: string;
  accept: string;
  value?: string;
  error?: ReactNode;
  onFile: (text: string, name: string) => void;
  onRefused: (words: string) => void;
}

/** The text of a key's file: chosen, or pasted. */
function KeyText({ label, help, accept, onFile, onRefused, ...input }: KeyTextProps) {
  const read = async (file: File | null) => {
    if (file === null) return;
    if (file.size > LONGEST_KEY) onRefused(t("file.large"));
    else onFile(await file.text(), file.name);
  };
  return (
    <Stack gap={6}>
      <Textarea
        label={label}
        description={help}
        className="key-text"
        dir="ltr"
        autosize
        minRows={3}
        maxRows={6}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        {...input}
      />
      <Group gap="xs">
        <FileButton onChange={(file) => void read(file)} accept={accept}>
          {(props) => (
            <Button
              {...props}
              variant="default"
              size="compact-sm"
              leftSection={<IconFileUpload size={16} aria-hidden />}
            >
              {t("file")}
            </Button>
          )}
        </FileButton>
        <span className="muted small">{t("file.or")}</span>
      </Group>
    </Stack>
  );
}
