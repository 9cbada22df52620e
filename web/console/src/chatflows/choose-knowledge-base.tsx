import { Anchor, Button, Group, Modal, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import { languagesQuery } from "../api/queries.ts";
import type { ChatflowDocument } from "../api/types.ts";
import { useAccount, useMay } from "../app/account.tsx";
import { Inset } from "../app/controls/section.tsx";
import { fieldErrors, Problems } from "../app/form.tsx";
import { say } from "../app/undo.tsx";
import { basesQuery, knowledge } from "../knowledge/queries.ts";
import type { Base } from "../knowledge/shapes.ts";
import { t } from "./texts.ts";

type Help = ChatflowDocument["knowledge_base"];

interface ChooseBaseProps {
  value: Help;
  error: string | undefined;
  onChange: (value: Help) => void;
  /** Of the chat: what a new knowledge base is written in first. */
  language: string;
}

/** Whether there is a Help tab, and what it shows. The wizard's step and the editor's tab ask alike. */
export function ChooseBase({ value, error, onChange, language }: ChooseBaseProps) {
  const account = useAccount();
  const bases = useQuery(basesQuery(account.id));
  const mayCreate = useMay("knowledge_publish");
  const [isCreating, setCreating] = useState(false);
  const chosen = bases.data?.find(({ id }) => id === value.knowledge_base_id);
  const choices = (bases.data ?? []).filter((base) => base.archived_at === null || base === chosen);
  return (
    <>
      <Switch
        label={t("help.on")}
        description={t("help.on.help")}
        checked={value.enabled}
        onChange={(event) => onChange({ ...value, enabled: event.currentTarget.checked })}
      />
      {value.enabled && (
        <Inset>
          <Stack gap="sm" align="flex-start">
            <Select
              w="100%"
              label={t("help.base")}
              description={
                choices.length === 0 && bases.isSuccess ? t("help.base.none") : t("help.base.help")
              }
              placeholder={t("help.base.choose")}
              searchable
              disabled={choices.length === 0}
              value={value.knowledge_base_id === null ? null : String(value.knowledge_base_id)}
              error={error}
              onChange={(id) => id && onChange({ ...value, knowledge_base_id: Number(id) })}
              data={choices.map(({ id, name, archived_at }) => ({
                value: String(id),
                label: archived_at === null ? name : t("help.base.archived", { name }),
              }))}
            />
            {chosen && chosen.archived_at !== null && (
              <Text size="sm" className="warning" role="note">
                {t("help.base.archived.why")}
              </Text>
            )}
            <Group gap="md">
              {mayCreate && (
                <Button
                  variant="default"
                  leftSection={<IconPlus size={16} aria-hidden />}
                  onClick={() => setCreating(true)}
                >
                  {t("help.base.add")}
                </Button>
              )}
              {chosen && (
                <Anchor
                  size="sm"
                  renderRoot={(props) => (
                    <Link
                      {...props}
                      to="/a/$accountId/knowledge/$baseId/$tab"
                      params={{ accountId: String(account.id), baseId: String(chosen.id), tab: "articles" }}
                      target="_blank"
                    />
                  )}
                >
                  {t("help.base.open", { name: chosen.name })}
                  <span className="visually-hidden">{t("help.base.window")}</span>
                </Anchor>
              )}
            </Group>
            {!mayCreate && choices.length === 0 && (
              <Text size="sm" c="dimmed">
                {t("help.base.ask")}
              </Text>
            )}
          </Stack>
        </Inset>
      )}
      <Modal opened={isCreating} onClose={() => setCreating(false)} title={t("help.base.add")}>
        <CreateBase
          language={language}
          onDone={(id) => {
            onChange({ enabled: true, knowledge_base_id: id });
            setCreating(false);
          }}
          onCancel={() => setCreating(false)}
        />
      </Modal>
    </>
  );
}

/** Makes a knowledge base without leaving what one is about: articles can be written later. */
function CreateBase({
  language,
  onDone,
  onCancel,
}: {
  language: string;
  onDone: (id: number) => void;
  onCancel: () => void;
}) {
  const account = useAccount().id;
  const queries = useQueryClient();
  const languages = useQuery(languagesQuery(account));
  const form = useForm({
    initialValues: { name: "", language: language || "en" },
    validate: { name: (typed) => (typed.trim() ? null : t("name.required")) },
  });
  const create = useMutation({
    mutationFn: ({ name, language: first }: typeof form.values) =>
      call<Base>("POST", knowledge(account, "/bases"), {
        body: { name: name.trim(), languages: [first] },
      }),
    onSuccess: async (base) => {
      await queries.invalidateQueries({ queryKey: [account, "knowledge-bases"] });
      say(t("help.base.added", { name: base.name }));
      onDone(base.id);
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        // The wizard's own form is around this one.
        event.stopPropagation();
        form.onSubmit((values) => create.mutate(values))(event);
      }}
    >
      <Stack gap="md">
        <Problems form={form} failure={create.error} />
        <TextInput
          label={t("help.base.name")}
          maxLength={100}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <Select
          label={t("help.base.language")}
          description={t("help.base.language.help")}
          searchable
          data={(languages.data ?? []).map(({ code, name }) => ({ value: code, label: name }))}
          {...form.getInputProps("language")}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t("help.base.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t("help.base.create")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
