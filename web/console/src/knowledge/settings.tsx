import { Alert, Button, ColorInput, Select, Switch, TextInput, useComputedColorScheme } from "@mantine/core";
import { useForm } from "@mantine/form";
import { accentColours } from "@pocketdesk/design/contrast";
import { IconArchive, IconExternalLink, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { useAccount, useMay } from "../app/account.tsx";
import { ImageUpload } from "../app/controls/image-upload.tsx";
import { LeaveGuard } from "../app/controls/leave-guard.tsx";
import { Inset, Section } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { fieldErrors, Problems } from "../app/form.tsx";
import { useKeys } from "../app/keys.ts";
import { say } from "../app/undo.tsx";
import { useArchive } from "./bases.tsx";
import { useLanguages } from "./languages.ts";
import { baseQuery, knowledge } from "./queries.ts";
import type { Base } from "./shapes.ts";
import { t } from "./texts.ts";

const SWATCHES = ["#0b665c", "#0f62fe", "#6d28d9", "#be185d", "#b45309", "#15803d", "#111827"];

const pick = ({ name, slug, languages, accent, logo_id, is_public }: Base) => ({
  name,
  slug,
  languages: [...languages],
  accent,
  logo_id,
  is_public,
});

export function SettingsTab({ base }: { base: Base }) {
  const account = useAccount().id;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const archive = useArchive();
  const may = useMay("knowledge_publish");
  const form = useForm({
    initialValues: pick(base),
    validate: { name: (typed) => (typed.trim() ? null : t("name.required")) },
  });
  const put = useMutation({
    mutationFn: ({ logo_id, ...values }: typeof form.values) =>
      call<Base>("PATCH", knowledge(account, `/bases/${base.id}`), {
        // No picture is a zero: null would leave it as it is.
        body: { ...values, name: values.name.trim(), logo_id: logo_id ?? 0 },
      }),
    onSuccess: (saved) => {
      queries.setQueryData(baseQuery(account, base.id).queryKey, saved);
      void queries.invalidateQueries({ queryKey: [account, "knowledge-bases"] });
      const values = pick(saved);
      form.setInitialValues(values);
      form.setValues(values);
      form.resetDirty(values);
      say(t("saved"));
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  const save = async (): Promise<boolean> => {
    if (form.validate().hasErrors) return false;
    return put.mutateAsync(form.values).then(
      () => true,
      () => false,
    );
  };
  useKeys({ "mod+s": () => void save() });
  const isDirty = form.isDirty();
  const address = base.url ?? null;
  const colours = accentColours(form.values.accent, useComputedColorScheme("light"));
  return (
    <form
      className="form base-settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Problems form={form} failure={put.error} />
      {!may && <Alert color="gray">{t("settings.forbidden")}</Alert>}
      <fieldset className="plain-fieldset" disabled={!may}>
        <Section
          title={t("settings.help_center")}
          help={t("settings.help_center.why")}
          docs={DOCS.helpCenter}
        >
          <Switch
            label={t("settings.public")}
            description={t("settings.public.why")}
            {...form.getInputProps("is_public", { type: "checkbox" })}
          />
          {form.values.is_public && (
            <Inset>
              <TextInput
                label={t("settings.slug")}
                description={t("settings.slug.help")}
                {...form.getInputProps("slug")}
              />
              {address &&
                (base.is_public ? (
                  <a className="learn" href={address} target="_blank" rel="noopener">
                    <bdi>{new URL(address, window.location.origin).href}</bdi>
                    <IconExternalLink size={14} aria-hidden />
                    <span className="visually-hidden">{t("window")}</span>
                  </a>
                ) : (
                  <p className="muted small">{t("settings.public.soon")}</p>
                ))}
            </Inset>
          )}
        </Section>
        <Section title={t("languages")} help={t("settings.languages.help")}>
          <LanguageList
            value={form.values.languages}
            error={form.errors["languages"]?.toString()}
            onChange={(languages) => form.setFieldValue("languages", languages)}
          />
        </Section>
        <Section title={t("settings.look")}>
          <TextInput label={t("name")} maxLength={100} {...form.getInputProps("name")} />
          <ColorInput
            label={t("settings.accent")}
            description={t("settings.accent.help")}
            format="hex"
            withEyeDropper={false}
            swatches={SWATCHES}
            {...form.getInputProps("accent")}
          />
          {!colours.isReadable && (
            <p className="warning small" role="status">
              {t("settings.accent.weak")}
            </p>
          )}
          <div className="accent-sample" aria-hidden>
            <span style={{ background: colours.accent, color: colours.text }}>{form.values.name}</span>
          </div>
          <ImageUpload
            label={t("settings.logo")}
            help={t("settings.logo.help")}
            purpose="brand"
            address={form.values.logo_id === null ? null : `/brand/${account}/${form.values.logo_id}`}
            error={form.errors["logo_id"]?.toString()}
            onChange={(logo_id) => form.setFieldValue("logo_id", logo_id)}
          />
        </Section>
        <Section title={t("settings.archive")} help={t("settings.archive.why")}>
          <Button
            variant="default"
            leftSection={<IconArchive size={16} aria-hidden />}
            style={{ alignSelf: "flex-start" }}
            onClick={() =>
              archive.mutate(
                { base, isArchived: base.archived_at === null },
                {
                  onSuccess: () =>
                    void navigate({
                      to: "/a/$accountId/knowledge",
                      params: { accountId: String(account) },
                      search: { all: "1" },
                    }),
                },
              )
            }
          >
            {t(base.archived_at === null ? "archive" : "restore")}
          </Button>
        </Section>
      </fieldset>
      {isDirty && (
        <footer className="tab-save">
          <span className="muted small">{t("unsaved")}</span>
          <Button variant="subtle" onClick={() => form.reset()}>
            {t("discard")}
          </Button>
          <Button type="submit" loading={put.isPending}>
            {t("save")}
          </Button>
        </footer>
      )}
      <LeaveGuard
        isDirty={isDirty}
        title={t("leave")}
        why={t("leave.why")}
        save={save}
        isSaving={put.isPending}
        loses={(path) => !path.endsWith("/settings")}
      />
    </form>
  );
}

interface LanguageListProps {
  value: readonly string[];
  error: string | undefined;
  onChange: (value: string[]) => void;
}

/** The languages of a base. Readers of any other one get the first. */
function LanguageList({ value, error, onChange }: LanguageListProps) {
  const { all, nameOf } = useLanguages();
  return (
    <>
      <ul className="language-list">
        {value.map((code, place) => (
          <li key={code}>
            <span>
              {nameOf(code)}
              {place === 0 && <span className="muted small"> {t("settings.languages.first")}</span>}
            </span>
            {place > 0 && (
              <>
                <button
                  type="button"
                  className="link small muted"
                  onClick={() => onChange([code, ...value.filter((one) => one !== code)])}
                >
                  {t("settings.languages.make_first")}
                  <span className="visually-hidden">: {nameOf(code)}</span>
                </button>
                <button
                  type="button"
                  className="language-remove"
                  aria-label={t("settings.languages.remove", { language: nameOf(code) })}
                  onClick={() => onChange(value.filter((one) => one !== code))}
                >
                  <IconX size={16} aria-hidden />
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      {error && <p className="field-error">{error}</p>}
      <Select
        aria-label={t("settings.languages.add")}
        placeholder={t("settings.languages.add")}
        searchable
        className="short-field"
        value={null}
        nothingFoundMessage={t("nothing.found")}
        onChange={(code) => code && onChange([...value, code])}
        data={all
          .filter(({ code }) => !value.includes(code))
          .map(({ code, name }) => ({ value: code, label: name }))}
      />
    </>
  );
}
