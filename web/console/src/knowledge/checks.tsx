import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useAccount } from "../app/account.tsx";
import { Section } from "../app/controls/section.tsx";
import { Bones, Empty } from "../app/screens.tsx";
import { dateTime } from "../app/time.ts";
import { useLanguages } from "./languages.ts";
import { brokenLinksQuery, untranslatedQuery } from "./queries.ts";
import type { Base, BrokenLink, Untranslated } from "./shapes.ts";
import { t } from "./texts.ts";

const REASONS = ["gone", "unpublished"] as const;

/** What in the base wants looking after: links that lead nowhere, translations that are missing or old. */
export function ChecksTab({ base }: { base: Base }) {
  const account = useAccount().id;
  const links = useQuery(brokenLinksQuery(account, base.id));
  const missing = useQuery(untranslatedQuery(account, base.id));
  const failure = links.error ?? missing.error;
  if (failure) throw failure;
  if (!links.data || !missing.data) return <Bones />;
  if (links.data.length === 0 && missing.data.length === 0)
    return (
      <Empty icon={<IconCircleCheck />} title={t("checks.well")}>
        {t("checks.well.why")}
      </Empty>
    );
  return (
    <div className="checks">
      <Section title={t("links", { count: links.data.length })} help={t("links.help")}>
        {links.data.length === 0 ? <p className="muted">{t("links.none")}</p> : <Links rows={links.data} />}
      </Section>
      <Section title={t("translations", { count: missing.data.length })} help={t("translations.help")}>
        {missing.data.length === 0 ? (
          <p className="muted">{t("translations.none")}</p>
        ) : (
          <Translations base={base} rows={missing.data} />
        )}
      </Section>
    </div>
  );
}

function Links({ rows }: { rows: readonly BrokenLink[] }) {
  const accountId = String(useAccount().id);
  return (
    <table className="plain-table stacked-table">
      <thead>
        <tr>
          <th scope="col">{t("column.title")}</th>
          <th scope="col">{t("links.target")}</th>
          <th scope="col">{t("links.reason")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.article_id} ${row.language} ${row.target}`}>
            <th scope="row">
              <Link
                className="row-link"
                to="/a/$accountId/knowledge/articles/$articleId/$language"
                params={{ accountId, articleId: String(row.article_id), language: row.language }}
              >
                <bdi>{row.title}</bdi>
              </Link>
            </th>
            <td data-label={t("links.target")} className="break">
              <bdi>{row.target}</bdi>
            </td>
            <td data-label={t("links.reason")} title={dateTime(row.checked_at)}>
              {inWords(row.reason)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inWords(reason: string): string {
  const known = REASONS.find((one) => one === reason);
  if (known) return t(`links.${known}`);
  return /^\d{3}$/.test(reason) ? t("links.status", { status: reason }) : t("links.silent");
}

function Translations({ base, rows }: { base: Base; rows: readonly Untranslated[] }) {
  const accountId = String(useAccount().id);
  const { nameOf } = useLanguages();
  return (
    <table className="plain-table stacked-table">
      <thead>
        <tr>
          <th scope="col">{t("column.title")}</th>
          <th scope="col">{t("translations.missing")}</th>
          <th scope="col">{t("translations.outdated")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.article_id}>
            <th scope="row">
              <Link
                className="row-link"
                to="/a/$accountId/knowledge/articles/$articleId/$language"
                params={{
                  accountId,
                  articleId: String(row.article_id),
                  language: base.languages[0] ?? "en",
                }}
              >
                <bdi>{row.title || t("untitled")}</bdi>
              </Link>
            </th>
            <td data-label={t("translations.missing")}>{row.missing.map(nameOf).join(", ") || "–"}</td>
            <td data-label={t("translations.outdated")}>
              {row.outdated.length === 0
                ? "–"
                : row.outdated.map((code, place) => (
                    <span key={code}>
                      {place > 0 && ", "}
                      <Link
                        to="/a/$accountId/knowledge/articles/$articleId/$language"
                        params={{ accountId, articleId: String(row.article_id), language: code }}
                      >
                        {nameOf(code)}
                      </Link>
                    </span>
                  ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
