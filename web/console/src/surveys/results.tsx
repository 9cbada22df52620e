import { Button, SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconArrowLeft, IconMoodSmile } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type ResultsRange, surveyCommentsQuery, surveyQuery, surveyResultsQuery } from "../api/queries.ts";
import type { Submission, Survey, SurveyResults } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Section } from "../app/controls/section.tsx";
import { percent } from "../app/numbers.ts";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { t as frame } from "../app/texts.ts";
import { DAY_MS, dateTime, startOfDay } from "../app/time.ts";
import { Face } from "./face.tsx";
import { PublicPage } from "./public-page.tsx";
import "./surveys.css";
import { t } from "./texts.ts";
import { Trend } from "./trend.tsx";
import { RATINGS } from "./wording.ts";

const route = getRouteApi("/a/$accountId/settings/surveys/$surveyId/results");

const SPANS = ["7", "30", "90", "365"] as const;
const USUAL_SPAN = "30";
const LONGEST_DAYS = 731;
/** Days longer than this make a trend by weeks easier to read. */
const MANY_DAYS = 60;

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function Results() {
  const account = useAccount();
  const { surveyId } = route.useParams();
  const survey = useQuery(surveyQuery(account.id, Number(surveyId)));
  if (survey.isError) throw survey.error;
  return <Needs permission="chatflows">{survey.data ? <Page survey={survey.data} /> : <Bones />}</Needs>;
}

/** Midnight after the last day, so that the day counts whole; a day of a zone may be longer than 24 hours. */
function dayAfter(midnight: number): number {
  const day = new Date(midnight);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime();
}

const isoDay = (at: number): string => {
  const day = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
};

type Chosen = { range: ResultsRange } | { problem: "range.inverted" | "range.long" };

/** The time that an address asks for; whole days of the reader. */
function chosen(from: string | undefined, to: string | undefined, days: string | undefined): Chosen {
  const today = startOfDay(isoDay(Date.now())) ?? 0;
  const last = dayAfter(startOfDay(to) ?? today);
  const span = SPANS.find((one) => one === days) ?? USUAL_SPAN;
  const first = startOfDay(from) ?? startOfDay(isoDay(last - Number(span) * DAY_MS)) ?? 0;
  if (first >= last) return { problem: "range.inverted" };
  if (last - first > LONGEST_DAYS * DAY_MS) return { problem: "range.long" };
  return { range: { from: first, to: last } };
}

function Page({ survey }: { survey: Survey }) {
  const account = useAccount();
  const params = { accountId: String(account.id), surveyId: String(survey.id) };
  const { from, to, days, by: wantedBy } = route.useSearch();
  const navigate = useNavigate();
  const put = (search: { from?: string; to?: string; days?: string; by?: string }) =>
    navigate({ to: "/a/$accountId/settings/surveys/$surveyId/results", params, search, replace: true });
  const isOwn = from !== undefined || to !== undefined;
  const found = chosen(from, to, days);
  const range = "range" in found ? found.range : null;
  const problem = "problem" in found ? t(found.problem) : null;
  const isLong = range !== null && range.to - range.from > MANY_DAYS * DAY_MS;
  const by = wantedBy === "day" || wantedBy === "week" ? wantedBy : isLong ? "week" : "day";
  const keepBy = wantedBy === undefined ? {} : { by: wantedBy };
  const shown = range ?? { from: 0, to: 0 };
  const results = useQuery({
    ...surveyResultsQuery(account.id, survey.id, shown, by, zone),
    enabled: range !== null,
    placeholderData: keepPreviousData,
  });
  if (results.isError) throw results.error;
  return (
    <div className="wide survey-results">
      <Heading
        back={
          <Link className="back" to="/a/$accountId/settings/surveys" params={params}>
            <IconArrowLeft size={16} aria-hidden /> {t("back")}
          </Link>
        }
        title={t("results.of", { name: survey.name })}
      >
        {survey.public_path !== null && <PublicPage path={survey.public_path} />}
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link {...props} to="/a/$accountId/settings/surveys/$surveyId" params={params} />
          )}
        >
          {t("edit")}
        </Button>
      </Heading>
      <div className="survey-range">
        <Select
          label={t("range.label")}
          value={isOwn ? "own" : (SPANS.find((one) => one === days) ?? USUAL_SPAN)}
          onChange={(value) => {
            if (value === "own") void put({ from: isoDay(shown.from), to: isoDay(shown.to - 1), ...keepBy });
            else if (value) void put({ days: value, ...keepBy });
          }}
          data={[
            ...SPANS.map((value) => ({ value, label: t(`range.${value}`) })),
            { value: "own", label: t("range.own") },
          ]}
        />
        {isOwn && (
          <>
            <TextInput
              type="date"
              label={t("range.from")}
              value={from ?? ""}
              error={problem}
              onChange={(event) => void put({ from: event.currentTarget.value, to: to ?? "", ...keepBy })}
            />
            <TextInput
              type="date"
              label={t("range.to")}
              value={to ?? ""}
              onChange={(event) => void put({ from: from ?? "", to: event.currentTarget.value, ...keepBy })}
            />
          </>
        )}
        <SegmentedControl
          aria-label={t("by")}
          value={by}
          onChange={(value) =>
            void put({ ...(from && { from }), ...(to && { to }), ...(days && { days }), by: value })
          }
          data={(["day", "week"] as const).map((value) => ({ value, label: t(`by.${value}`) }))}
        />
      </div>
      {range === null ? null : results.isPending ? (
        <Bones />
      ) : results.data.tally.total === 0 ? (
        <Empty
          icon={<IconMoodSmile />}
          title={t("none.title")}
          action={survey.public_path !== null && <PublicPage path={survey.public_path} />}
        >
          {t(whyNone(survey))} {survey.submissions > 0 && t("none.choose")}
        </Empty>
      ) : (
        <>
          <Ratings survey={survey} results={results.data} />
          <Trend steps={results.data.trend} labels={survey.labels} by={by} />
          <Comments survey={survey} range={range} />
        </>
      )}
    </div>
  );
}

function whyNone(survey: Survey) {
  if (survey.delivery === "link") return "none.link";
  return survey.chatflows.length > 0 ? "none.chat" : "none.unused";
}

/** How often each rating was given, and which share that is. */
function Ratings({ survey, results: { tally, commented } }: { survey: Survey; results: SurveyResults }) {
  return (
    <Section
      title={t("tally")}
      help={`${t("answers", { count: tally.total })}, ${t("commented", { count: commented })}`}
    >
      <ul className="tally">
        {[...RATINGS].reverse().map((rating) => {
          const share = tally.shares?.[rating] ?? 0;
          return (
            <li key={rating} data-rating={rating}>
              <Face rating={rating} />
              <span className="tally-words">
                <strong>{survey.labels[rating]}</strong>
                <span className="muted small">{t(`sentiment.${rating}`)}</span>
              </span>
              <span className="tally-bar" aria-hidden>
                <span style={{ inlineSize: `${share * 100}%` }} />
              </span>
              <span className="tally-share">{percent(share)}</span>
              <span className="muted small tally-count">
                {t("answers", { count: tally.counts[rating] ?? 0 })}
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Comments({ survey, range }: { survey: Survey; range: ResultsRange }) {
  const account = useAccount();
  const [rating, only] = useState("");
  const comments = useInfiniteQuery({
    ...surveyCommentsQuery(account.id, survey.id, range, rating),
    placeholderData: keepPreviousData,
  });
  if (comments.isError) throw comments.error;
  const items = comments.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={t("comments")}>
      <Select
        className="short-field"
        label={t("comments.rating")}
        value={rating || "all"}
        onChange={(value) => only(value === "all" ? "" : (value ?? ""))}
        data={[
          { value: "all", label: t("comments.all") },
          ...[...RATINGS].reverse().map((one) => ({ value: String(one), label: survey.labels[one] ?? "" })),
        ]}
      />
      {comments.isPending ? (
        <Bones lines={3} />
      ) : items.length === 0 ? (
        <p className="muted">{t("comments.none")}</p>
      ) : (
        <ul className="comments">
          {items.map((one) => (
            <Comment key={one.id} survey={survey} submission={one} />
          ))}
        </ul>
      )}
      {comments.hasNextPage && (
        <Button
          variant="default"
          loading={comments.isFetchingNextPage}
          onClick={() => void comments.fetchNextPage()}
          style={{ alignSelf: "center" }}
        >
          {frame("load_more")}
        </Button>
      )}
    </Section>
  );
}

function Comment({ survey, submission }: { survey: Survey; submission: Submission }) {
  const accountId = String(useAccount().id);
  const { contact, conversation_id } = submission;
  return (
    <li className="comment-row">
      <Face rating={submission.rating} size={24} />
      <div>
        <p className="comment-words">
          <bdi>{submission.answer}</bdi>
        </p>
        <p className="muted small comment-foot">
          <span>{survey.labels[submission.rating]}</span>
          {contact ? (
            <Link
              to="/a/$accountId/contacts/$contactId"
              params={{ accountId, contactId: String(contact.id) }}
            >
              {contact.name}
            </Link>
          ) : (
            <span>{t("comments.nobody")}</span>
          )}
          <span className="number">{dateTime(submission.at)}</span>
          {conversation_id !== null && (
            <Link
              to="/a/$accountId/inbox/$conversationId"
              params={{ accountId, conversationId: String(conversation_id) }}
              search={{}}
            >
              {t("comments.conversation")}
            </Link>
          )}
        </p>
      </div>
    </li>
  );
}
