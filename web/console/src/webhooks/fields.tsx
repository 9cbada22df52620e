import { MultiSelect, Select, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import type { Webhook } from "../api/types.ts";
import { kindName, t } from "./texts.ts";

type Kind = Webhook["kinds"][number];

/** Every kind once: the compiler misses one that the server knows and this list does not. */
const KINDS: Record<Kind, true> = {
  "conversation.started": true,
  "message.posted": true,
  "comment.posted": true,
  "conversation.assigned": true,
  "conversation.moved": true,
  "conversation.closed": true,
  "conversation.reopened": true,
  "conversation.erased": true,
  "contact.associated": true,
  "consent.given": true,
  "survey.answered": true,
};

export interface Values extends Record<string, unknown> {
  name: string;
  url: string;
  kinds: string[];
  format: Webhook["format"];
}

export const useWebhookForm = (initialValues: Values) =>
  useForm<Values>({
    initialValues,
    validate: {
      name: (name) => (name.trim() ? null : t("name.required")),
      url: (url) => (url.trim() ? null : t("url.required")),
    },
  });

/** What can be changed of a webhook; its format only while it is made. */
export function Fields({ form, makes = false }: { form: UseFormReturnType<Values>; makes?: boolean }) {
  return (
    <>
      <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
      <TextInput
        label={t("url")}
        description={t("url.help")}
        type="url"
        inputMode="url"
        autoComplete="off"
        placeholder="https://example.com/pocketdesk"
        dir="ltr"
        {...form.getInputProps("url")}
      />
      <MultiSelect
        label={t("kinds")}
        description={t("kinds.help")}
        placeholder={t("kinds.all")}
        data={Object.keys(KINDS).map((kind) => ({ value: kind, label: kindName(kind) }))}
        searchable
        clearable
        {...form.getInputProps("kinds")}
      />
      {makes && (
        <Select
          label={t("format")}
          data={(["standard", "hubspot", "hubspot_v2"] as const).map((value) => ({
            value,
            label: t(`format.${value}`),
          }))}
          allowDeselect={false}
          {...form.getInputProps("format")}
        />
      )}
    </>
  );
}
