import { Alert, Button, Radio, Select, Switch, TextInput } from "@mantine/core";
import { IconArchive, IconArrowLeft, IconChartBar } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { call, Refused } from "../api/call.ts";
import { languagesQuery, surveyLanguagesQuery, surveyQuery, wordingQuery } from "../api/queries.ts";
import type { Survey, SurveyWording } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { LeaveGuard } from "../app/controls/leave-guard.tsx";
import { OwnText, type Script } from "../app/controls/own-text.tsx";
import { Section } from "../app/controls/section.tsx";
import { Problems } from "../app/form.tsx";
import { useKeys } from "../app/keys.ts";
import { Bones, Heading, Needs } from "../app/screens.tsx";
import { complain, say } from "../app/undo.tsx";
import { Card } from "./card.tsx";
import { useArchive } from "./list.tsx";
import { PublicPage } from "./public-page.tsx";
import "./surveys.css";
import { t } from "./texts.ts";
import {
  isSame,
  type Problem,
  pick,
  problems,
  RATINGS,
  type Rating,
  translated,
  withOne,
} from "./wording.ts";

const newRoute = getRouteApi("/a/$accountId/settings/surveys/new");
const oneRoute = getRouteApi("/a/$accountId/settings/surveys/$surveyId");

type Delivery = Survey["delivery"];

/** A new survey. From a chatflow it is delivered in the chat, and leads back there (H11). */
export function NewSurvey() {
  const account = useAccount();
  const { chatflow } = newRoute.useSearch();
  const usual = useQuery(wordingQuery(account.id, "chat", "en"));
  if (usual.isError) throw usual.error;
  return (
    <Needs permission="chatflows">
      {usual.data ? <Form saved={null} beginning={usual.data} chatflow={chatflow ?? null} /> : <Bones />}
    </Needs>
  );
}

export function SurveyEditor() {
  const account = useAccount();
  const { surveyId } = oneRoute.useParams();
  const survey = useQuery(surveyQuery(account.id, Number(surveyId)));
  if (survey.isError) throw survey.error;
  return (
    <Needs permission="chatflows">
      {survey.data ? (
        <Form key={surveyId} saved={survey.data} beginning={pick(survey.data)} chatflow={null} />
      ) : (
        <Bones />
      )}
    </Needs>
  );
}

interface FormProps {
  saved: Survey | null;
  beginning: SurveyWording;
  /** Whence one came to make it. */
  chatflow: string | null;
}

const toWords = (problem: Problem): string =>
  problem.kind === "long" ? t("problem.long", { ...problem }) : t(`problem.${problem.kind}`);

function Form({ saved, beginning, chatflow }: FormProps) {
  const account = useAccount();
  const accountId = String(account.id);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const archive = useArchive();
  const codes = useQuery(surveyLanguagesQuery(account.id)).data ?? [];
  const languages = useQuery(languagesQuery(account.id)).data ?? [];
  const [name, setName] = useState(saved?.name ?? "");
  const [delivery, setDelivery] = useState(saved?.delivery ?? "chat");
  const [wording, setWording] = useState(beginning);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const leaving = useRef(false);
  const fields = useRef<HTMLFormElement>(null);
  const usual = useQuery(wordingQuery(account.id, delivery, wording.language)).data ?? beginning;
  const isDirty = name !== (saved?.name ?? "") || !isSame(wording, saved ?? usual);
  const dir = languages.find(({ code }) => code === wording.language)?.direction ?? "ltr";
  const script: Script = { lang: wording.language, dir };

  const change = (next: SurveyWording, ...paths: string[]) => {
    setWording(next);
    setErrors((before) =>
      Object.fromEntries(Object.entries(before).filter(([path]) => !paths.includes(path))),
    );
  };
  /** Another language, or another way to people: both have default texts of their own. */
  const reword = useMutation({
    mutationFn: (to: { delivery: Delivery; language: string }) =>
      queries.fetchQuery(wordingQuery(account.id, to.delivery, to.language)),
    onSuccess: (next, to) => {
      setDelivery(to.delivery);
      setWording((before) => translated(before, usual, next));
    },
    onError: complain,
  });
  const save = useMutation({
    mutationFn: () => {
      const body = { ...wording, name: name.trim() };
      const path = `/accounts/${account.id}/surveys`;
      return saved
        ? call<Survey>("PATCH", `${path}/${saved.id}`, { body })
        : call<Survey>("POST", path, { body: { ...body, delivery } });
    },
    onSuccess: async (survey) => {
      queries.setQueryData(surveyQuery(account.id, survey.id).queryKey, survey);
      void queries.invalidateQueries({ queryKey: [account.id, "surveys"] });
      say(saved ? t("saved") : t("created", { name: survey.name }));
      if (saved) {
        setName(survey.name);
        setWording(pick(survey));
        return;
      }
      leaving.current = true;
      if (chatflow !== null) {
        const params = { accountId, chatflowId: chatflow, tab: "options" };
        const search = { survey: String(survey.id) };
        await navigate({ to: "/a/$accountId/chatflows/$chatflowId/$tab", params, search, replace: true });
      } else {
        const params = { accountId, surveyId: String(survey.id) };
        await navigate({ to: "/a/$accountId/settings/surveys/$surveyId", params, replace: true });
      }
    },
    onError: (failure) => {
      if (failure instanceof Refused) show(failure.fields);
    },
  });
  const show = (found: Readonly<Record<string, string>>) => {
    setErrors({ ...found });
    if (Object.keys(found).length === 0) return;
    // Once the messages are drawn.
    setTimeout(() => fields.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), 0);
  };
  const submit = async (): Promise<boolean> => {
    const found = Object.fromEntries(
      Object.entries(problems(wording)).map(([path, problem]) => [path, toWords(problem)]),
    );
    show({ ...(name.trim() ? {} : { name: t("name.required") }), ...found });
    if (!name.trim() || Object.keys(found).length > 0) return false;
    return save.mutateAsync().then(
      () => true,
      () => false,
    );
  };
  useKeys({ "mod+s": () => void submit() });

  const back =
    chatflow === null ? (
      <Link className="back" to="/a/$accountId/settings/surveys" params={{ accountId }}>
        <IconArrowLeft size={16} aria-hidden /> {t("back")}
      </Link>
    ) : (
      <Link
        className="back"
        to="/a/$accountId/chatflows/$chatflowId/$tab"
        params={{ accountId, chatflowId: chatflow, tab: "options" }}
      >
        <IconArrowLeft size={16} aria-hidden /> {t("back.chatflow")}
      </Link>
    );
  const isArchived = saved !== null && saved.archived_at !== null;
  return (
    <div className="survey-editor wide">
      <Heading back={back} title={saved?.name ?? t("create")}>
        {saved && (
          <>
            <Button
              variant="default"
              leftSection={<IconArchive size={16} aria-hidden />}
              onClick={() => archive.mutate({ survey: saved, archived: !isArchived })}
            >
              {t(isArchived ? "restore" : "archive")}
            </Button>
            <Button
              variant="default"
              leftSection={<IconChartBar size={16} aria-hidden />}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/a/$accountId/settings/surveys/$surveyId/results"
                  params={{ accountId, surveyId: String(saved.id) }}
                />
              )}
            >
              {t("results")}
            </Button>
          </>
        )}
      </Heading>
      <form
        ref={fields}
        noValidate
        className="survey-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {Object.keys(errors).length === 0 && <Problems failure={save.error} />}
        <Section title={t("form.what")}>
          {chatflow !== null && (
            <Alert role="note" variant="light" color="gray" p="sm">
              {t("for.chatflow")}
            </Alert>
          )}
          <TextInput
            label={t("name")}
            description={t("name.help")}
            maxLength={100}
            value={name}
            error={errors["name"]}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setErrors(({ name: _, ...others }) => others);
            }}
          />
          {saved === null && chatflow === null ? (
            <Radio.Group
              label={t("delivery")}
              description={t("delivery.fixed")}
              value={delivery}
              onChange={(next) => reword.mutate({ delivery: next as Delivery, language: wording.language })}
            >
              <div className="radio-cards">
                {(["chat", "link"] as const).map((way) => (
                  <Radio.Card key={way} className="radio-card" value={way}>
                    <Radio.Indicator />
                    <span>
                      <strong>{t(`delivery.${way}`)}</strong>
                      <span className="muted">{t(`delivery.${way}.why`)}</span>
                    </span>
                  </Radio.Card>
                ))}
              </div>
            </Radio.Group>
          ) : (
            <p className="small">
              <strong>{t("delivery")}</strong> {t(`delivery.${delivery}`)}.{" "}
              <span className="muted">{t("delivery.fixed")}</span>
            </p>
          )}
          {saved?.public_path && (
            <div>
              <p className="small">
                <strong>{t("link")}</strong>
              </p>
              <PublicPage path={saved.public_path} />
              {isArchived && <p className="muted small">{t("link.closed")}</p>}
            </div>
          )}
          <Select
            className="survey-language"
            label={t("language")}
            description={t("language.help")}
            searchable
            value={wording.language}
            error={errors["language"]}
            onChange={(language) => language && reword.mutate({ delivery, language })}
            data={codes.map((code) => ({
              value: code,
              label: languages.find((one) => one.code === code)?.name ?? code,
            }))}
          />
        </Section>
        <Section title={t("form.question")}>
          <OwnText
            label={t("question")}
            value={wording.question === usual.question ? null : wording.question}
            usual={usual.question}
            script={script}
            error={errors["question"]}
            onChange={(text) => change({ ...wording, question: text ?? usual.question }, "question")}
          />
        </Section>
        {RATINGS.map((rating) => (
          <RatingTexts
            key={rating}
            {...{ rating, wording, usual, script, errors }}
            change={(next) =>
              change(next, `labels.${rating}`, `follow_ups.${rating}`, `thank_yous.${rating}`)
            }
          />
        ))}
        <div className="survey-save">
          <Button type="submit" loading={save.isPending} disabled={saved !== null && !isDirty}>
            {t(saved ? "save" : chatflow === null ? "create.verb" : "create.connect")}
          </Button>
          {saved && isDirty && (
            <Button
              variant="default"
              onClick={() => {
                setName(saved.name);
                setWording(pick(saved));
                setErrors({});
              }}
            >
              {t("discard")}
            </Button>
          )}
          <span className="muted small" role="status">
            {saved && isDirty && t("changes")}
          </span>
        </div>
      </form>
      <Card key={`${wording.language} ${delivery}`} wording={wording} dir={dir} />
      <LeaveGuard
        isDirty={isDirty}
        title={t("leave.title")}
        why={t("leave.why")}
        save={submit}
        isSaving={save.isPending}
        loses={() => !leaving.current}
      />
    </div>
  );
}

interface RatingProps {
  rating: Rating;
  wording: SurveyWording;
  usual: SurveyWording;
  script: Script;
  errors: Readonly<Record<string, string>>;
  change: (next: SurveyWording) => void;
}

/** What somebody reads who gives one of the ratings. */
function RatingTexts({ rating, wording, usual, script, errors, change }: RatingProps) {
  const own = (text: string | null | undefined, other: string | null | undefined) =>
    text === other ? null : (text ?? "");
  const label = wording.labels[rating] ?? "";
  const usualLabel = usual.labels[rating] ?? "";
  const follow = wording.follow_ups[rating] ?? null;
  const usualFollow = usual.follow_ups[rating] ?? "";
  const thanks = wording.thank_yous[rating] ?? "";
  const usualThanks = usual.thank_yous[rating] ?? "";
  return (
    <Section title={t(`form.rating.${rating}`)}>
      <OwnText
        label={t(`rating.label.of.${rating}`)}
        rows={1}
        value={own(label, usualLabel)}
        usual={usualLabel}
        script={script}
        error={errors[`labels.${rating}`] ?? (rating === 2 ? errors["labels"] : undefined)}
        onChange={(text) => change(withOne(wording, "labels", rating, text ?? usualLabel))}
      />
      <Switch
        label={t("rating.follow")}
        description={t("rating.follow.help")}
        checked={follow !== null}
        onChange={(event) =>
          change(withOne(wording, "follow_ups", rating, event.currentTarget.checked ? usualFollow : null))
        }
      />
      {follow !== null && (
        <OwnText
          label={t("rating.follow_up")}
          rows={1}
          value={own(follow, usualFollow)}
          usual={usualFollow}
          script={script}
          error={errors[`follow_ups.${rating}`]}
          onChange={(text) => change(withOne(wording, "follow_ups", rating, text ?? usualFollow))}
        />
      )}
      <OwnText
        label={t("rating.thanks")}
        value={own(thanks, usualThanks)}
        usual={usualThanks}
        script={script}
        error={errors[`thank_yous.${rating}`]}
        onChange={(text) => change(withOne(wording, "thank_yous", rating, text ?? usualThanks))}
      />
    </Section>
  );
}
