import { Button, Group, Radio, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconArrowLeft, IconDeviceMobile, IconInbox } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { call } from "../api/call.ts";
import { inboxesQuery, languagesQuery } from "../api/queries.ts";
import type { Chatflow } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { fieldErrors, Problems } from "../app/form.tsx";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { tagProblem } from "./changes.ts";
import { ChooseBase } from "./choose-knowledge-base.tsx";
import "./chatflows.css";
import { t } from "./texts.ts";

function BackToList() {
  return (
    <Link className="back" to="/a/$accountId/chatflows" params={{ accountId: String(useAccount().id) }}>
      <IconArrowLeft size={16} aria-hidden /> {t("back")}
    </Link>
  );
}

export function ChooseChannel() {
  const accountId = String(useAccount().id);
  return (
    <Needs permission="chatflows">
      <div className="screen screen-narrow">
        <Heading back={<BackToList />} title={t("channel.title")} />
        <Link className="choice" to="/a/$accountId/chatflows/new/mobile" params={{ accountId }}>
          <IconDeviceMobile stroke={1.6} aria-hidden />
          <span>
            <strong>{t("channel.mobile")}</strong>
            <span className="muted">{t("channel.mobile.why")}</span>
          </span>
        </Link>
      </div>
    </Needs>
  );
}

export function Wizard() {
  return (
    <Needs permission="chatflows">
      <Steps />
    </Needs>
  );
}

const STEPS = 3;
type Step = 1 | 2 | 3;
/** What is asked in the first step, and so where what the server refuses is mended. */
const FIRST_STEP = ["inbox_id", "language", "mobile_tag"];
const BASE = "knowledge_base.knowledge_base_id";
const TITLES = { 1: "wizard.where", 2: "wizard.who", 3: "wizard.help" } as const;

function Steps() {
  const account = useAccount();
  const accountId = String(account.id);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const inboxes = useQuery(inboxesQuery(account.id, "all"));
  const languages = useQuery(languagesQuery(account.id));
  const [step, setStep] = useState<Step>(1);
  const heading = useRef<HTMLHeadingElement>(null);
  const form = useForm({
    initialValues: {
      inbox_id: "",
      language: "",
      mobile_tag: "",
      type: "live_agent",
      knowledge_base: { enabled: false, knowledge_base_id: null as number | null },
    },
    validate: {
      inbox_id: (chosen) => (chosen ? null : t("wizard.inbox.required")),
      language: (chosen) => (chosen ? null : t("wizard.language.required")),
      mobile_tag: (typed) => {
        const problem = tagProblem(typed);
        return problem && t(`wizard.tag.${problem}`);
      },
      knowledge_base: {
        knowledge_base_id: (id, { knowledge_base }) =>
          knowledge_base.enabled && id === null ? t("help.base.required") : null,
      },
    },
  });
  const create = useMutation({
    mutationFn: (values: typeof form.values) =>
      call<Chatflow>("POST", `/accounts/${account.id}/chatflows`, {
        body: { ...values, inbox_id: Number(values.inbox_id), mobile_tag: values.mobile_tag.trim() },
      }),
    onSuccess: async (flow) => {
      await queries.invalidateQueries({ queryKey: [account.id, "chatflows"] });
      await navigate({
        to: "/a/$accountId/chatflows/$chatflowId/$tab",
        params: { accountId, chatflowId: String(flow.id), tab: "chat" },
      });
    },
    onError: (failure) => {
      const errors = fieldErrors(failure);
      form.setErrors(errors);
      if (Object.keys(errors).some((field) => FIRST_STEP.includes(field))) setStep(1);
    },
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows the step, so that its question is read.
  useEffect(() => {
    heading.current?.focus();
  }, [step]);

  if (inboxes.isPending || languages.isPending) return <Bones />;
  if (inboxes.isError) throw inboxes.error;
  if (languages.isError) throw languages.error;
  const open = inboxes.data.filter((inbox) => inbox.archived_at === null);
  if (open.length === 0) {
    return (
      <Empty
        icon={<IconInbox />}
        title={t("wizard.inbox.none")}
        action={
          <Button
            renderRoot={(props) => (
              <Link {...props} to="/a/$accountId/settings/inboxes" params={{ accountId }} />
            )}
          >
            {t("wizard.inbox.create")}
          </Button>
        }
      >
        {t("wizard.inbox.none.why")}
      </Empty>
    );
  }

  const next = () => {
    if (step === 2) setStep(3);
    else if (FIRST_STEP.map((field) => form.validateField(field)).every(({ hasError }) => !hasError))
      setStep(2);
  };
  return (
    <div className="screen wizard">
      <Heading back={<BackToList />} title={t("wizard.title")} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (step < STEPS) next();
          else form.onSubmit((values) => create.mutate(values))(event);
        }}
      >
        <Text size="sm" c="dimmed">
          {t("wizard.step", { step, steps: STEPS })}
        </Text>
        <div className="wizard-progress" aria-hidden>
          <span data-done />
          <span data-done={step >= 2 || undefined} />
          <span data-done={step === 3 || undefined} />
        </div>
        <div className="wizard-body">
          <Stack gap="lg">
            <Title order={2} size="h1" ref={heading} tabIndex={-1} className="quiet-focus">
              {t(TITLES[step])}
            </Title>
            <Problems form={form} failure={create.error} />
            {step === 1 ? (
              <>
                <Radio.Group
                  label={`${t("type.inbox")} / ${t("type.help_desk")}`}
                  description={t("wizard.where.help")}
                  {...form.getInputProps("inbox_id")}
                >
                  <div className="radio-cards">
                    {open.map((inbox) => (
                      <Radio.Card key={inbox.id} value={String(inbox.id)} className="radio-card">
                        <Radio.Indicator />
                        <span>
                          <strong>{inbox.name}</strong>
                          <span className="muted">{t(`type.${inbox.type}`)}</span>
                        </span>
                      </Radio.Card>
                    ))}
                  </div>
                </Radio.Group>
                <Select
                  label={t("wizard.language")}
                  description={t("wizard.language.help")}
                  placeholder={t("wizard.language.choose")}
                  searchable
                  data={languages.data.map(({ code, name }) => ({ value: code, label: name }))}
                  {...form.getInputProps("language")}
                />
                <TextInput
                  label={t("wizard.tag")}
                  description={t("wizard.tag.help")}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  {...form.getInputProps("mobile_tag")}
                />
              </>
            ) : step === 3 ? (
              <>
                <Text c="dimmed">{t("wizard.help.why")}</Text>
                <ChooseBase
                  value={form.values.knowledge_base}
                  error={form.errors[BASE] as string | undefined}
                  onChange={(value) => {
                    form.setFieldValue("knowledge_base", value);
                    form.clearFieldError(BASE);
                  }}
                  language={form.values.language}
                />
              </>
            ) : (
              <Radio.Group
                label={t("wizard.who")}
                labelProps={{ className: "visually-hidden" }}
                description={t("wizard.who.help")}
                {...form.getInputProps("type")}
              >
                <div className="radio-cards">
                  <Radio.Card value="live_agent" className="radio-card">
                    <Radio.Indicator />
                    <span>
                      <strong>{t("type.live_agent")}</strong>
                      <span className="muted">{t("type.live_agent.why")}</span>
                    </span>
                  </Radio.Card>
                </div>
              </Radio.Group>
            )}
            <Group justify="space-between">
              {step > 1 ? (
                <Button variant="default" onClick={() => setStep(step === 3 ? 2 : 1)}>
                  {t("wizard.back")}
                </Button>
              ) : (
                <span />
              )}
              <Button type="submit" loading={create.isPending}>
                {t(step < STEPS ? "wizard.next" : "wizard.create")}
              </Button>
            </Group>
          </Stack>
          {step === 1 && (
            <aside className="wizard-aside">
              <p>{t("wizard.aside.inbox")}</p>
              <p>{t("wizard.aside.tag")}</p>
            </aside>
          )}
          {step === 3 && (
            <aside className="wizard-aside">
              <p>{t("wizard.aside.help")}</p>
              <p>{t("wizard.aside.later")}</p>
            </aside>
          )}
        </div>
      </form>
    </div>
  );
}
