import { Anchor, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { chatflowsQuery } from "../../api/queries.ts";
import { useAccount } from "../../app/account.tsx";
import { Learn, Section } from "../../app/controls/section.tsx";
import { DOCS } from "../../app/docs.ts";
import { t } from "../texts.ts";
import type { TabProps } from "./tab.ts";

export function MobileTab({ flow, draft, errorAt, change }: TabProps) {
  const account = useAccount();
  const accountId = String(account.id);
  const flows = useQuery(chatflowsQuery(account.id, {}));
  const tag = draft.tag.trim().toLowerCase();
  const sharing = (flows.data ?? []).filter(
    (other) => other.id !== flow.id && other.mobile_tag.trim().toLowerCase() === tag,
  );
  return (
    <Section title={t("tag.section")} docs={DOCS.tag}>
      <TextInput
        label={t("tag")}
        description={t("tag.help")}
        value={draft.tag}
        error={errorAt("mobile.tag")}
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
      <div className="links">
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link
              {...props}
              to="/a/$accountId/chatflows/explain"
              params={{ accountId }}
              search={{ tag: flow.mobile_tag }}
            />
          )}
        >
          {t("tag.explain")}
        </Anchor>
        <Learn to={DOCS.priority}>{t("tag.priority")}</Learn>
        <Learn to={DOCS.api}>{t("tag.api")}</Learn>
      </div>
    </Section>
  );
}
