import { Select, TextInput } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useAccount } from "../app/account.tsx";
import { Section } from "../app/controls/section.tsx";
import { percent } from "../app/numbers.ts";
import { Bones, Empty } from "../app/screens.tsx";
import { DAY_MS } from "../app/time.ts";
import { Chart } from "./chart.tsx";
import { useLanguages } from "./languages.ts";
import { insightsQuery } from "./queries.ts";
import type { Base, Counts, Insights, ReadRow, TermRow } from "./shapes.ts";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/knowledge/$baseId/$tab");

const SPANS = ["7", "30", "90", "365"] as const;
const USUAL_SPAN = "30";
/** How many rows a list shows before it is opened. */
const FEW = 8;

const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10);
const isDay = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "");

/** How the base is read and searched, in a range of days of UTC, as they are counted. */
export function InsightsTab({ base }: { base: Base }) {
  const account = useAccount().id;
  const { from, to, days, language } = route.useSearch();
  const navigate = useNavigate();
  const { nameOf } = useLanguages();
  const isOwn = from !== undefined || to !== undefined;
  const span = SPANS.find((one) => one === days) ?? USUAL_SPAN;
  const now = Date.now();
  const range = isOwn
    ? { from: isDay(from) ? from : "", to: isDay(to) ? to : "" }
    : { from: isoDay(now - (Number(span) - 1) * DAY_MS), to: isoDay(now) };
  const isWrong = range.from > range.to || !range.from || !range.to;
  const insights = useQuery({
    ...insightsQuery(account, base.id, { ...range, language }),
    enabled: !isWrong,
    placeholderData: keepPreviousData,
  });
  if (insights.isError) throw insights.error;
  const put = (search: { from?: string; to?: string; days?: string; language?: string | undefined }) =>
    navigate({
      to: "/a/$accountId/knowledge/$baseId/$tab",
      params: { accountId: String(account), baseId: String(base.id), tab: "insights" },
      search: Object.fromEntries(Object.entries({ language, ...search }).filter(([, value]) => value)),
      replace: true,
    });
  const found = insights.data;
  return (
    <div className="insights">
      <div className="insights-range">
        <Select
          label={t("range")}
          value={isOwn ? "own" : span}
          onChange={(value) => void (value === "own" ? put(range) : value && put({ days: value }))}
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
              error={isWrong ? t("range.wrong") : undefined}
              onChange={(event) => void put({ from: event.currentTarget.value, to: to ?? "" })}
            />
            <TextInput
              type="date"
              label={t("range.to")}
              value={to ?? ""}
              onChange={(event) => void put({ from: from ?? "", to: event.currentTarget.value })}
            />
          </>
        )}
        {base.languages.length > 1 && (
          <Select
            label={t("filter.language")}
            value={language ?? ""}
            onChange={(value) =>
              void put({ ...(isOwn ? range : { days: span }), language: value || undefined })
            }
            data={[
              { value: "", label: t("filter.language.all") },
              ...base.languages.map((value) => ({ value, label: nameOf(value) })),
            ]}
          />
        )}
      </div>
      {isWrong ? null : !found ? (
        <Bones />
      ) : found.total.views === 0 && found.searches.searches === 0 ? (
        <Empty icon={<IconChartBar />} title={t("insights.empty")}>
          {t("insights.empty.why")}
        </Empty>
      ) : (
        <Numbers found={found} base={base} />
      )}
    </div>
  );
}

const share = ({ helpful, unhelpful }: Counts): string =>
  helpful + unhelpful > 0 ? percent(helpful / (helpful + unhelpful)) : "–";

/** Milliseconds as `45 s` or `2 min 5 s`. */
export function duration(ms: number | null): string {
  if (ms === null) return "–";
  const seconds = Math.round(ms / 1_000);
  return seconds < 60
    ? t("seconds", { seconds })
    : t("minutes", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
}

function Numbers({ found, base }: { found: Insights; base: Base }) {
  const { total, searches } = found;
  return (
    <>
      <dl className="figures">
        <Figure name={t("views")}>{total.views}</Figure>
        <Figure name={t("read")}>{duration(total.average_read_ms)}</Figure>
        <Figure name={t("helpful")}>{share(total)}</Figure>
        <Figure name={t("searches")}>{searches.searches}</Figure>
        <Figure name={t("without_result")}>
          {searches.searches > 0 ? percent(searches.without_result / searches.searches) : "–"}
        </Figure>
        <Figure name={t("chats")}>{total.chats}</Figure>
      </dl>
      <div className="charts">
        <Chart title={t("views")} days={found.days.map(({ day, views }) => ({ day, value: views }))} />
        <Chart
          title={t("searches")}
          days={found.days.map(({ day, searches: value, without_result: part }) => ({ day, value, part }))}
          partTitle={t("without_result.part")}
        />
      </div>
      <Sources found={found} />
      <div className="insight-lists">
        <Reads title={t("articles.read")} rows={found.articles} base={base} />
        <Reads
          title={t("articles.chat")}
          help={t("articles.chat.help")}
          rows={found.ended_in_chat}
          base={base}
        />
        <Reads
          title={t("articles.unhelpful")}
          help={t("articles.unhelpful.help")}
          rows={found.least_helpful}
          base={base}
        />
        <Terms title={t("terms.top")} rows={found.top_terms} count={(row) => row.searches} />
        <Terms
          title={t("terms.without_result")}
          help={t("terms.without_result.help")}
          rows={found.terms_without_result}
          count={(row) => row.without_result}
        />
        <Terms
          title={t("terms.without_click")}
          help={t("terms.without_click.help")}
          rows={found.terms_without_click}
          count={(row) => row.without_click}
        />
      </div>
    </>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="muted small">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Where articles were opened: bars with their numbers beside them. */
function Sources({ found: { sources, total } }: { found: Insights }) {
  if (sources.length === 0) return null;
  return (
    <Section title={t("sources")}>
      <ul className="source-bars">
        {sources.map(({ source, views }) => (
          <li key={source}>
            <span>{t(`source.${source}`)}</span>
            <span className="source-bar" aria-hidden>
              <span style={{ inlineSize: `${(views / Math.max(1, total.views)) * 100}%` }} />
            </span>
            <span className="number">{views}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Reads({
  title,
  help,
  rows,
  base,
}: {
  title: string;
  help?: string;
  rows: readonly ReadRow[];
  base: Base;
}) {
  const accountId = String(useAccount().id);
  if (rows.length === 0) return null;
  return (
    <Section title={title} help={help}>
      <Few
        rows={rows}
        head={
          <tr>
            <th scope="col">{t("column.title")}</th>
            <th scope="col" className="figure">
              {t("views")}
            </th>
            <th scope="col" className="figure">
              {t("column.helpful")}
            </th>
            <th scope="col" className="figure">
              {t("column.chats")}
            </th>
          </tr>
        }
      >
        {(row) => (
          <tr key={row.article_id}>
            <th scope="row">
              {row.title === null ? (
                <span className="muted">{t("article.gone")}</span>
              ) : (
                <Link
                  className="row-link"
                  to="/a/$accountId/knowledge/articles/$articleId/$language"
                  params={{
                    accountId,
                    articleId: String(row.article_id),
                    language: base.languages[0] ?? "en",
                  }}
                >
                  <bdi>{row.title}</bdi>
                </Link>
              )}
            </th>
            <td className="figure">{row.views}</td>
            <td className="figure">{share(row)}</td>
            <td className="figure">{row.chats}</td>
          </tr>
        )}
      </Few>
    </Section>
  );
}

function Terms({
  title,
  help,
  rows,
  count,
}: {
  title: string;
  help?: string;
  rows: readonly TermRow[];
  count: (row: TermRow) => number;
}) {
  if (rows.length === 0) return null;
  return (
    <Section title={title} help={help}>
      <Few
        rows={rows}
        head={
          <tr>
            <th scope="col">{t("column.term")}</th>
            <th scope="col" className="figure">
              {t("searches")}
            </th>
          </tr>
        }
      >
        {(row) => (
          <tr key={row.term}>
            <th scope="row">
              {row.term ? <bdi>{row.term}</bdi> : <span className="muted">{t("terms.rare")}</span>}
            </th>
            <td className="figure">{count(row)}</td>
          </tr>
        )}
      </Few>
    </Section>
  );
}

/** The first rows of a table, and the others where somebody asks for them. */
function Few<Row>({
  rows,
  head,
  children,
}: {
  rows: readonly Row[];
  head: ReactNode;
  children: (row: Row) => ReactNode;
}) {
  const more = rows.slice(FEW);
  return (
    <>
      <table className="plain-table">
        <thead>{head}</thead>
        <tbody>{rows.slice(0, FEW).map(children)}</tbody>
      </table>
      {more.length > 0 && (
        <details className="chart-table">
          <summary>{t("more.rows", { count: more.length })}</summary>
          <table className="plain-table">
            <thead className="visually-hidden">{head}</thead>
            <tbody>{more.map(children)}</tbody>
          </table>
        </details>
      )}
    </>
  );
}
