import { Button, Select } from "@mantine/core";
import { IconArrowLeft, IconHistory, IconRestore } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { AUTHORS, useAccount, useMay } from "../app/account.tsx";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { dateTime } from "../app/time.ts";
import { complain, say } from "../app/undo.tsx";
import { Difference } from "./difference.tsx";
import "./knowledge.css";
import { useLanguages } from "./languages.ts";
import { articleQuery, diffQuery, knowledge, variantQuery, versionsQuery } from "./queries.ts";
import type { Variant } from "./shapes.ts";
import { t } from "./texts.ts";
import { ImagesProvider } from "./writing/images.ts";

const route = getRouteApi("/a/$accountId/knowledge/articles/$articleId/$language/versions");

export function VersionsScreen() {
  return (
    <Needs permission={AUTHORS}>
      <Versions />
    </Needs>
  );
}

/** Every published version, what changed from one to another, and the way back to it. */
function Versions() {
  const account = useAccount().id;
  const accountId = String(account);
  const mayWrite = useMay("knowledge_edit");
  const { articleId, language } = route.useParams();
  const { version, against } = route.useSearch();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { dirOf } = useLanguages();
  const id = Number(articleId);
  const params = { accountId, articleId, language };
  const versions = useQuery(versionsQuery(account, id, language));
  const variant = useQuery(variantQuery(account, id, language));
  const items = versions.data ?? [];
  const shown = items.find(({ number }) => String(number) === version) ?? items[0];
  const before = items.find(({ number }) => number < (shown?.number ?? 0));
  const other = against ?? (before ? String(before.number) : undefined);
  const diff = useQuery({
    ...diffQuery(account, id, language, shown?.number ?? 0, other),
    enabled: shown !== undefined,
    placeholderData: keepPreviousData,
  });
  const restore = useMutation({
    mutationFn: async (number: number) => {
      const path = knowledge(account, `/articles/${id}/variants/${language}`);
      const now = await call<Variant>("GET", path);
      await call("POST", `${path}/versions/${number}/restore`, {
        body: { base_revision: now.draft.revision },
      });
    },
    onSuccess: async (_, number) => {
      await queries.invalidateQueries({ queryKey: articleQuery(account, id).queryKey });
      say(t("version.restored", { number }));
      await navigate({ to: "/a/$accountId/knowledge/articles/$articleId/$language", params });
    },
    onError: complain,
  });
  const failure = versions.error ?? variant.error ?? diff.error;
  if (failure) throw failure;
  if (!versions.data || !variant.data) return <Bones />;
  const back = (
    <Link className="back" to="/a/$accountId/knowledge/articles/$articleId/$language" params={params}>
      <IconArrowLeft size={16} aria-hidden /> {t("versions.back")}
    </Link>
  );
  const go = (search: { version?: string; against?: string }) =>
    navigate({
      to: "/a/$accountId/knowledge/articles/$articleId/$language/versions",
      params,
      search,
      replace: true,
    });
  if (!shown)
    return (
      <div className="screen">
        <Heading back={back} title={t("versions")} />
        <Empty icon={<IconHistory />} title={t("versions.empty")}>
          {t("versions.empty.why")}
        </Empty>
      </div>
    );
  const current = variant.data.published_version;
  return (
    <div className="screen versions">
      <Heading back={back} title={t("versions.of", { title: variant.data.draft.title })}>
        {mayWrite && (
          <Button
            variant="default"
            leftSection={<IconRestore size={16} aria-hidden />}
            loading={restore.isPending}
            onClick={() => restore.mutate(shown.number)}
          >
            {t("version.restore", { number: shown.number })}
          </Button>
        )}
      </Heading>
      <div className="versions-body">
        <nav aria-label={t("versions")}>
          <ul className="version-list">
            {items.map((one) => (
              <li key={one.number}>
                <Link
                  to="/a/$accountId/knowledge/articles/$articleId/$language/versions"
                  params={params}
                  search={{ version: String(one.number) }}
                  aria-current={one === shown || undefined}
                  replace
                >
                  <strong>{t("version", { number: one.number })}</strong>
                  {one.number === current && <span className="positive small">{t("version.current")}</span>}
                  <span className="muted small">
                    {dateTime(one.at)}
                    {` · ${one.by.name}`}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <section aria-label={t("version", { number: shown.number })}>
          <div className="versions-compare">
            <Select
              label={t("version.against")}
              value={other ?? ""}
              onChange={(value) => void go({ version: String(shown.number), against: value ?? "" })}
              data={[
                { value: "", label: t("version.against.none") },
                ...items
                  .filter((one) => one !== shown)
                  .map((one) => ({
                    value: String(one.number),
                    label: `${t("version", { number: one.number })} · ${dateTime(one.at)}`,
                  })),
              ]}
            />
            <ul className="diff-legend small">
              <li>
                <ins>{t("diff.added")}</ins>
              </li>
              <li>
                <del>{t("diff.removed")}</del>
              </li>
            </ul>
          </div>
          <ImagesProvider value={(file) => diff.data?.images[file]}>
            {diff.data ? (
              <Difference difference={diff.data} script={{ lang: language, dir: dirOf(language) }} />
            ) : (
              <Bones lines={4} />
            )}
          </ImagesProvider>
        </section>
      </div>
    </div>
  );
}
