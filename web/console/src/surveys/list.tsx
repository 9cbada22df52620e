import { ActionIcon, Badge, Button, Menu } from "@mantine/core";
import { IconChartBar, IconMoodSmile, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { surveysQuery } from "../api/queries.ts";
import type { Survey } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { percent } from "../app/numbers.ts";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { PublicPage } from "./public-page.tsx";
import "./surveys.css";
import { t } from "./texts.ts";

export function SurveyList() {
  return (
    <Needs permission="chatflows">
      <Surveys />
    </Needs>
  );
}

function Surveys() {
  const account = useAccount();
  const surveys = useQuery(surveysQuery(account.id));
  if (surveys.isPending) return <Bones />;
  if (surveys.isError) throw surveys.error;
  const live = surveys.data.filter((survey) => survey.archived_at === null);
  const archived = surveys.data.filter((survey) => survey.archived_at !== null);
  const create = (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      renderRoot={(props) => (
        <Link {...props} to="/a/$accountId/settings/surveys/new" params={{ accountId: String(account.id) }} />
      )}
    >
      {t("create")}
    </Button>
  );
  return (
    <div className="wide">
      <Heading title={t("title")}>{live.length > 0 && create}</Heading>
      {live.length === 0 ? (
        <Empty icon={<IconMoodSmile />} title={t("empty")} action={create}>
          {t("empty.why")}
        </Empty>
      ) : (
        <>
          <p className="muted">{t("why")}</p>
          <SurveyTable surveys={live} />
        </>
      )}
      {archived.length > 0 && (
        <details className="archived">
          <summary>{t("archived.list", { count: archived.length })}</summary>
          <SurveyTable surveys={archived} />
        </details>
      )}
    </div>
  );
}

function SurveyTable({ surveys }: { surveys: readonly Survey[] }) {
  return (
    <table className="plain-table stacked-table">
      <thead>
        <tr>
          <th scope="col">{t("column.name")}</th>
          <th scope="col">{t("column.delivery")}</th>
          <th scope="col">{t("column.used")}</th>
          <th scope="col" className="figure">
            {t("column.answers")}
          </th>
          <th scope="col" className="figure" title={t("promoters.help")}>
            {t("column.promoters")}
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        {surveys.map((survey) => (
          <SurveyRow key={survey.id} survey={survey} />
        ))}
      </tbody>
    </table>
  );
}

function SurveyRow({ survey }: { survey: Survey }) {
  const account = useAccount();
  const navigate = useNavigate();
  const archive = useArchive();
  const params = { accountId: String(account.id), surveyId: String(survey.id) };
  const isArchived = survey.archived_at !== null;
  return (
    <tr>
      <th scope="row">
        <Link className="row-link" to="/a/$accountId/settings/surveys/$surveyId" params={params}>
          {survey.name}
        </Link>
        {isArchived && (
          <Badge variant="light" color="gray" ms={8}>
            {t("archived")}
          </Badge>
        )}
      </th>
      <td data-label={t("column.delivery")}>{t(`delivery.${survey.delivery}`)}</td>
      <td data-label={t("column.used")}>
        {survey.public_path !== null ? (
          <PublicPage path={survey.public_path} />
        ) : (
          <Uses chatflows={survey.chatflows} accountId={params.accountId} />
        )}
      </td>
      <td className="figure" data-label={t("column.answers")}>
        {survey.submissions}
      </td>
      <td className="figure" data-label={t("column.promoters")}>
        {survey.submissions > 0 ? percent(survey.promoters / survey.submissions) : "–"}
      </td>
      <td className="actions">
        <ActionIcon
          aria-label={t("results.of", { name: survey.name })}
          renderRoot={(props) => (
            <Link {...props} to="/a/$accountId/settings/surveys/$surveyId/results" params={params} />
          )}
        >
          <IconChartBar size={18} aria-hidden />
        </ActionIcon>
        <MoreMenu label={t("more", { name: survey.name })}>
          <Menu.Item
            onClick={() => void navigate({ to: "/a/$accountId/settings/surveys/$surveyId", params })}
          >
            {t("edit")}
          </Menu.Item>
          <Menu.Item
            {...(isArchived ? {} : { color: "red" })}
            onClick={() => archive.mutate({ survey, archived: !isArchived })}
          >
            {t(isArchived ? "restore" : "archive")}
          </Menu.Item>
        </MoreMenu>
      </td>
    </tr>
  );
}

function Uses({ chatflows, accountId }: { chatflows: Survey["chatflows"]; accountId: string }) {
  if (chatflows.length === 0) return <span className="muted">{t("used.none")}</span>;
  return (
    <ul className="comma-list">
      {chatflows.map(({ id, name }) => (
        <li key={id}>
          <Link
            to="/a/$accountId/chatflows/$chatflowId/$tab"
            params={{ accountId, chatflowId: String(id), tab: "options" }}
          >
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Archives a survey or brings it back; archiving can be undone. */
export function useArchive() {
  const account = useAccount();
  const queries = useQueryClient();
  const put = async ({ id }: Survey, archived: boolean) => {
    await call("PATCH", `/accounts/${account.id}/surveys/${id}`, { body: { archived } });
    await Promise.all([
      queries.invalidateQueries({ queryKey: [account.id, "surveys"] }),
      queries.invalidateQueries({ queryKey: [account.id, "survey", id] }),
    ]);
  };
  return useMutation({
    mutationFn: ({ survey, archived }: { survey: Survey; archived: boolean }) => put(survey, archived),
    onSuccess: (_, { survey, archived }) =>
      archived
        ? offerUndo(t("archive.done", { name: survey.name }), () => put(survey, false))
        : say(t("restore.done", { name: survey.name })),
    onError: complain,
  });
}
