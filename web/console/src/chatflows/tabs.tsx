import { Button, Select, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { IconRotate } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { chatflowsQuery, languagesQuery } from "../api/queries.ts";
import type { Chatflow } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import type { Draft } from "./changes.ts";
import type { Errors } from "./editor.tsx";
import { t } from "./texts.ts";

interface TabProps {
  draft: Draft;
  errors: Errors;
  change: (changes: Partial<Draft>) => void;
}

export function ChatTab({ draft, errors, change }: TabProps) {
  const languages = useQuery(languagesQuery(useAccount().id));
  const language = languages.data?.find(({ code }) => code === draft.language);
  const isDefault = draft.welcome === null;
  return (
    <Stack gap="xl">
      <div>
        <Textarea
          label={t("welcome")}
          description={t("welcome.help")}
          autosize
          minRows={3}
          maxRows={10}
          dir={language?.direction ?? "auto"}
          lang={draft.language}
          value={draft.welcome ?? language?.default_welcome ?? ""}
          error={errors.welcome}
          onChange={(event) => {
            const typed = event.currentTarget.value;
            change({ welcome: typed === language?.default_welcome ? null : typed });
          }}
        />
        <div className="field-foot">
          {isDefault ? (
            <Text size="xs" c="dimmed">
              {t("welcome.default")}
            </Text>
          ) : (
            <Button
              variant="subtle"
              size="compact-sm"
              leftSection={<IconRotate size={14} aria-hidden />}
              onClick={() => change({ welcome: null })}
            >
              {t("welcome.reset")}
            </Button>
          )}
        </div>
      </div>
      <Switch
        label={t("close_button")}
        description={t("close_button.help")}
        checked={draft.close_button}
        error={errors.close_button}
        onChange={(event) => change({ close_button: event.currentTarget.checked })}
      />
    </Stack>
  );
}

export function OptionsTab({ draft, errors, change }: TabProps) {
  const languages = useQuery(languagesQuery(useAccount().id));
  return (
    <Select
      label={t("language")}
      description={t("language.help")}
      searchable
      value={draft.language}
      error={errors.language}
      onChange={(language) => language && change({ language })}
      data={(languages.data ?? []).map(({ code, name }) => ({ value: code, label: name }))}
    />
  );
}

export function MobileTab({ draft, errors, change, flow }: TabProps & { flow: Chatflow }) {
  const account = useAccount();
  const flows = useQuery(chatflowsQuery(account.id, {}));
  const tag = draft.tag.trim().toLowerCase();
  const sharing = (flows.data ?? []).filter(
    (other) => other.id !== flow.id && other.mobile_tag.trim().toLowerCase() === tag,
  );
  return (
    <Stack gap="xs">
      <TextInput
        label={t("tag")}
        description={t("tag.help")}
        value={draft.tag}
        error={errors.tag}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => change({ tag: event.currentTarget.value })}
      />
      {tag !== "" && tag !== flow.mobile_tag.toLowerCase() && flow.is_on && (
        <Text size="sm" className="warning">
          {t("tag.changes", { old: flow.mobile_tag })}
        </Text>
      )}
      {sharing.length > 0 && (
        <Text size="sm" c="dimmed">
          {t("tag.shared", { count: sharing.length, names: sharing.map(({ name }) => name).join(", ") })}
        </Text>
      )}
    </Stack>
  );
}
