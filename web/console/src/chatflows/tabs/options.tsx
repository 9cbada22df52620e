import { Alert, Anchor, Button, Group, Radio, Select, Stack, Switch, Text } from "@mantine/core";
import { IconPlus, IconScale } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { chatSurveysQuery, languagesQuery, privacyQuery, subscriptionTypesQuery } from "../../api/queries.ts";
import { useAccount } from "../../app/account.tsx";
import { OwnText } from "../../app/controls/own-text.tsx";
import { Inset, Section } from "../../app/controls/section.tsx";
import { DOCS } from "../../app/docs.ts";
import { t } from "../texts.ts";
import type { TabProps } from "./tab.ts";

interface OptionsProps extends TabProps {
  /** Leaves for the survey editor and comes back with the survey connected; unsaved settings wait meanwhile. */
  createSurvey: () => void;
}

export function OptionsTab(props: OptionsProps) {
  const account = useAccount();
  const privacy = useQuery(privacyQuery(account.id)).data;
  return (
    <>
      <LanguageOfTexts {...props} />
      <Consent
        {...props}
        shown={{ all: privacy?.data_privacy ?? true, cookies: privacy?.cookie_consent ?? true }}
      />
      {privacy?.marketing_contacts && (
        <Section title={t("marketing")}>
          <Switch
            label={t("marketing.on")}
            description={t("marketing.help")}
            checked={props.draft.marketing_contacts}
            error={props.errorAt("options.marketing_contacts")}
            onChange={(event) => props.change({ marketing_contacts: event.currentTarget.checked })}
          />
        </Section>
      )}
      <ConnectedSurvey {...props} />
    </>
  );
}

function LanguageOfTexts({ draft, errorAt, change }: TabProps) {
  const languages = useQuery(languagesQuery(useAccount().id));
  return (
    <Section title={t("language.section")} docs={DOCS.language}>
      <Select
        label={t("language")}
        description={t("language.help")}
        searchable
        value={draft.language}
        error={errorAt("options.language")}
        onChange={(language) => language && change({ language })}
        data={(languages.data ?? []).map(({ code, name }) => ({ value: code, label: name }))}
      />
    </Section>
  );
}

function ToPrivacy({ children }: { children: ReactNode }) {
  const accountId = String(useAccount().id);
  return (
    <Text size="sm" c="dimmed">
      {children}{" "}
      <Anchor
        underline="always"
        renderRoot={(props) => <Link {...props} to="/a/$accountId/settings/privacy" params={{ accountId }} />}
      >
        {t("consent.settings")}
      </Anchor>
    </Text>
  );
}

function Consent(props: TabProps & { shown: { all: boolean; cookies: boolean } }) {
  const { shown } = props;
  return (
    <Section title={t("consent")} docs={DOCS.consent}>
      {shown.all ? (
        <>
          <Alert role="note" variant="light" color="gray" icon={<IconScale />} p="sm">
            {t("consent.no_advice")}
          </Alert>
          {shown.cookies ? <Cookies {...props} /> : <ToPrivacy>{t("cookies.hidden")}</ToPrivacy>}
          <ProcessConsent {...props} />
          <CommunicateConsent {...props} />
        </>
      ) : (
        <ToPrivacy>{t("consent.hidden")}</ToPrivacy>
      )}
    </Section>
  );
}

function Cookies({ draft, errorAt, change, usual, script }: TabProps) {
  const banner = draft.cookie_banner;
  const set = (changes: Partial<typeof banner>) => change({ cookie_banner: { ...banner, ...changes } });
  return (
    <div className="option-block">
      <Radio.Group
        label={t("cookies")}
        description={t("cookies.help")}
        value={banner.when}
        error={errorAt("options.cookie_banner.when")}
        onChange={(when) => set({ when: when as typeof banner.when })}
      >
        <Stack gap="xs" mt={6}>
          {(["before_chat", "on_exit_intent"] as const).map((when) => (
            <Radio
              key={when}
              value={when}
              label={t(`cookies.${when}`)}
              description={t(`cookies.${when}.why`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <OwnText
        label={t("cookies.text")}
        value={banner.text}
        usual={usual.cookies}
        script={script}
        error={errorAt("options.cookie_banner.text")}
        onChange={(text) => set({ text })}
      />
    </div>
  );
}

function ProcessConsent({ draft, errorAt, change, usual, script }: TabProps) {
  const consent = draft.process_consent;
  const set = (changes: Partial<typeof consent>) => change({ process_consent: { ...consent, ...changes } });
  return (
    <div className="option-block">
      <Switch
        label={t("process")}
        description={t("process.help")}
        checked={consent.on}
        error={errorAt("options.process_consent.on")}
        onChange={(event) => set({ on: event.currentTarget.checked })}
      />
      {consent.on && (
        <Inset>
          <Radio.Group
            label={t("process.type")}
            value={consent.type}
            error={errorAt("options.process_consent.type")}
            onChange={(type) => set({ type: type as typeof consent.type })}
          >
            <Stack gap="xs" mt={6}>
              {(["legitimate_interest", "explicit"] as const).map((type) => (
                <Radio
                  key={type}
                  value={type}
                  label={t(`process.${type}`)}
                  description={t(`process.${type}.why`)}
                />
              ))}
            </Stack>
          </Radio.Group>
          <OwnText
            label={t("process.text")}
            value={consent.text}
            usual={consent.type === "explicit" ? usual.process_explicit : usual.process_legitimate_interest}
            script={script}
            error={errorAt("options.process_consent.text")}
            onChange={(text) => set({ text })}
          />
        </Inset>
      )}
    </div>
  );
}

function CommunicateConsent({ draft, errorAt, change, usual, script }: TabProps) {
  const consent = draft.communicate_consent;
  const set = (changes: Partial<typeof consent>) =>
    change({ communicate_consent: { ...consent, ...changes } });
  const types = useQuery(subscriptionTypesQuery(useAccount().id)).data ?? [];
  const chosen = consent.subscription_type_id ?? types.find((type) => type.is_default)?.id ?? null;
  return (
    <div className="option-block">
      <Switch
        label={t("communicate")}
        description={t("communicate.help")}
        checked={consent.on}
        error={errorAt("options.communicate_consent.on")}
        onChange={(event) => set({ on: event.currentTarget.checked })}
      />
      {consent.on && (
        <Inset>
          <Select
            label={t("communicate.type")}
            description={t("communicate.type.help")}
            value={chosen === null ? null : String(chosen)}
            error={errorAt("options.communicate_consent.subscription_type_id")}
            onChange={(id) => set({ subscription_type_id: id === null ? null : Number(id) })}
            data={types
              .filter((type) => type.archived_at === null || type.id === chosen)
              .map((type) => ({ value: String(type.id), label: type.name }))}
          />
          <OwnText
            label={t("communicate.label")}
            value={consent.label}
            usual={usual.communicate}
            script={script}
            error={errorAt("options.communicate_consent.label")}
            onChange={(label) => set({ label })}
          />
        </Inset>
      )}
    </div>
  );
}

function ConnectedSurvey({ draft, errorAt, change, createSurvey }: OptionsProps) {
  const account = useAccount();
  const surveys = useQuery(chatSurveysQuery(account.id)).data ?? [];
  const choosable = surveys.filter((survey) => survey.archived_at === null || survey.id === draft.survey_id);
  return (
    <Section title={t("survey.section")} help={t("survey.help")} docs={DOCS.survey}>
      <Group align="flex-end" gap="sm">
        <Select
          className="grow"
          label={t("survey")}
          placeholder={t("survey.none")}
          clearable
          clearButtonProps={{ "aria-label": t("survey.disconnect") }}
          value={draft.survey_id === null ? null : String(draft.survey_id)}
          error={errorAt("options.survey_id")}
          onChange={(id) => change({ survey_id: id === null ? null : Number(id) })}
          data={choosable.map((survey) => ({ value: String(survey.id), label: survey.name }))}
        />
        <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={createSurvey}>
          {t("survey.create")}
        </Button>
      </Group>
    </Section>
  );
}
