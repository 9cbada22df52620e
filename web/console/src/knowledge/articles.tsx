import { Button, Menu, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import {
  IconArticle,
  IconDownload,
  IconFileImport,
  IconLock,
  IconPencilPlus,
  IconSearch,
} from "@tabler/icons-react";
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { call } from "../api/call.ts";
import { useAccount, useMay } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { Learn } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { useKeys } from "../app/keys.ts";
import { Bones, Empty } from "../app/screens.tsx";
import { t as frame } from "../app/texts.ts";
import { ago, dateTime } from "../app/time.ts";
import { complain, offerUndo } from "../app/undo.tsx";
import { ImportDialog } from "./imports.tsx";
import { named, useLanguages } from "./languages.ts";
import { articlePagesQuery, articlesKey, categoriesQuery, createArticle, knowledge } from "./queries.ts";
import type { ArticleRow, Base } from "./shapes.ts";
import { StateBadge } from "./state-badge.tsx";
import { t } from "./texts.ts";
import { categoryChoices, flat } from "./tree.ts";

const route = getRouteApi("/a/$accountId/knowledge/$baseId/$tab");

const STATES = ["draft", "published", "changed", "scheduled"] as const;

interface Filters {
  search?: string;
  category?: string;
  state?: string;
  language?: string;
  access?: string;
}

export function ArticlesTab({ base }: { base: Base }) {
  const account = useAccount().id;
  const accountId = String(account);
  const mayWrite = useMay("knowledge_edit");
  const filters = route.useSearch();
  const navigate = useNavigate();
  const searchField = useRef<HTMLInputElement>(null);
  const [importing, imports] = useDisclosure(false);
  const { nameOf } = useLanguages();
  const categories = useQuery(categoriesQuery(account, base.id)).data ?? [];
  const articles = useInfiniteQuery({
    ...articlePagesQuery(account, base.id, {
      search: filters.search,
      category_id: filters.category,
      state: filters.state,
      language: filters.language,
      access: filters.access,
    }),
    placeholderData: keepPreviousData,
  });
  const create = useCreateArticle(base);

  const params = { accountId, baseId: String(base.id), tab: "articles" } as const;
  const filter = (changes: { [Key in keyof Filters]: Filters[Key] | null | undefined }) =>
    navigate({
      to: "/a/$accountId/knowledge/$baseId/$tab",
      params,
      search: (before) =>
        Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value)) as Filters,
      replace: true,
    });
  const searchFor = useDebouncedCallback((search: string) => void filter({ search }), 200);
  const begin = () => create.mutate({ category: filters.category, language: filters.language });
  useKeys({
    "/": () => searchField.current?.focus(),
    j: () => walk(1),
    k: () => walk(-1),
  });
  useKeys({ n: begin }, mayWrite);

  if (articles.isPending) return <Bones />;
  if (articles.isError) throw articles.error;
  const rows = articles.data.pages.flatMap((page) => page.items);
  const isFiltered = Object.keys(filters).length > 0;
  const write = mayWrite && (
    <Button leftSection={<IconPencilPlus size={16} aria-hidden />} loading={create.isPending} onClick={begin}>
      {t("article.create")}
    </Button>
  );
  const byId = new Map(flat(categories).map((category) => [category.id, category]));
  return (
    <div className="articles">
      {rows.length === 0 && !isFiltered ? (
        <Empty
          icon={<IconArticle />}
          title={t("articles.empty")}
          action={
            mayWrite && (
              <div className="empty-actions">
                {write}
                <Button
                  variant="default"
                  leftSection={<IconFileImport size={16} aria-hidden />}
                  onClick={imports.open}
                >
                  {t("import")}
                </Button>
              </div>
            )
          }
        >
          {t("articles.empty.why")} <Learn to={DOCS.knowledge}>{t("articles.learn")}</Learn>
        </Empty>
      ) : (
        <>
          <div className="articles-head">
            <search className="filters">
              <TextInput
                ref={searchField}
                type="search"
                aria-label={t("filter.search")}
                placeholder={t("filter.search")}
                leftSection={<IconSearch size={16} aria-hidden />}
                defaultValue={filters.search ?? ""}
                onChange={(event) => searchFor(event.currentTarget.value)}
                onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
              />
              {categories.length > 0 && (
                <Select
                  aria-label={t("category")}
                  placeholder={t("filter.category")}
                  clearable
                  value={filters.category ?? null}
                  onChange={(category) => void filter({ category })}
                  data={categoryChoices(categories, base.languages)}
                />
              )}
              <Select
                aria-label={t("filter.state")}
                placeholder={t("filter.state.all")}
                clearable
                value={filters.state ?? null}
                onChange={(state) => void filter({ state })}
                data={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
              />
              {base.languages.length > 1 && (
                <Select
                  aria-label={t("filter.language")}
                  placeholder={t("filter.language.all")}
                  clearable
                  value={filters.language ?? null}
                  onChange={(language) => void filter({ language })}
                  data={base.languages.map((value) => ({ value, label: nameOf(value) }))}
                />
              )}
              <Select
                aria-label={t("access")}
                placeholder={t("filter.access")}
                clearable
                value={filters.access ?? null}
                onChange={(access) => void filter({ access })}
                data={(["public", "contacts"] as const).map((value) => ({
                  value,
                  label: t(`access.${value}`),
                }))}
              />
              {isFiltered && (
                <Button
                  variant="subtle"
                  onClick={() => {
                    if (searchField.current) searchField.current.value = "";
                    void navigate({ to: "/a/$accountId/knowledge/$baseId/$tab", params, replace: true });
                  }}
                >
                  {t("filter.clear")}
                </Button>
              )}
            </search>
            <div className="articles-actions">
              {write}
              <MoreMenu label={t("articles.more")}>
                {mayWrite && (
                  <Menu.Item leftSection={<IconFileImport size={16} />} onClick={imports.open}>
                    {t("import")}
                  </Menu.Item>
                )}
                <Menu.Item
                  leftSection={<IconDownload size={16} />}
                  component="a"
                  href={`/api/v1${knowledge(account, `/bases/${base.id}/export`)}`}
                  download
                >
                  {t("export")}
                </Menu.Item>
              </MoreMenu>
            </div>
          </div>
          {rows.length === 0 ? (
            <Empty icon={<IconSearch />} title={t("articles.none")}>
              {t("articles.none.why")}
            </Empty>
          ) : (
            <table className="plain-table stacked-table article-table">
              <thead>
                <tr>
                  <th scope="col">{t("column.title")}</th>
                  <th scope="col">{t("column.state")}</th>
                  <th scope="col">{t("category")}</th>
                  {base.languages.length > 1 && <th scope="col">{t("languages")}</th>}
                  <th scope="col">{t("column.changed")}</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Row
                    key={row.id}
                    row={row}
                    base={base}
                    category={named(byId.get(row.category_id ?? 0)?.names ?? {}, base.languages)}
                  />
                ))}
              </tbody>
            </table>
          )}
          {articles.hasNextPage && (
            <Button
              variant="default"
              loading={articles.isFetchingNextPage}
              onClick={() => void articles.fetchNextPage()}
              style={{ alignSelf: "center" }}
            >
              {frame("load_more")}
            </Button>
          )}
        </>
      )}
      {importing && <ImportDialog base={base} onClose={imports.close} />}
    </div>
  );
}

/** Moves the focus to the next or previous row's link. */
function walk(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>(".article-link-row")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const to = at < 0 ? (by === 1 ? 0 : links.length - 1) : at + by;
  links[Math.min(Math.max(to, 0), links.length - 1)]?.focus();
}

/** Begins an article and leads to its title. */
export function useCreateArticle(base: Base) {
  const account = useAccount().id;
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ category, language }: { category: string | undefined; language: string | undefined }) =>
      createArticle(account, base.id, {
        language: language ?? base.languages[0] ?? "en",
        category_id: category === undefined ? null : Number(category),
      }),
    onSuccess: async (article, { language }) => {
      void queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
      await navigate({
        to: "/a/$accountId/knowledge/articles/$articleId/$language",
        params: {
          accountId: String(account),
          articleId: String(article.id),
          language: language ?? base.languages[0] ?? "en",
        },
      });
    },
    onError: complain,
  });
}

function Row({ row, base, category }: { row: ArticleRow; base: Base; category: string }) {
  const mayWrite = useMay("knowledge_edit");
  const account = useAccount().id;
  const queries = useQueryClient();
  const { nameOf } = useLanguages();
  const params = { accountId: String(account), articleId: String(row.id), language: row.language };
  const refresh = () => queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
  const path = knowledge(account, `/articles/${row.id}`);
  const remove = useMutation({
    mutationFn: () => call("DELETE", path),
    onSuccess: async () => {
      offerUndo(t("article.deleted", { title: row.title || t("untitled") }), async () => {
        await call("POST", `${path}/restore`);
        await refresh();
      });
      await refresh();
    },
    onError: complain,
  });
  const there = new Map(row.variants.map((one) => [one.language, one]));
  return (
    <tr>
      <th scope="row">
        <Link
          className="row-link article-link-row"
          to="/a/$accountId/knowledge/articles/$articleId/$language"
          params={params}
        >
          <bdi>{row.title || t("untitled")}</bdi>
        </Link>
        {row.access === "contacts" && (
          <span className="article-access" title={t("access.contacts")}>
            <IconLock size={14} aria-label={t("access.contacts")} />
          </span>
        )}
      </th>
      <td>
        <StateBadge state={row.state} />
      </td>
      <td data-label={t("category")} className="muted">
        {category || "–"}
      </td>
      {base.languages.length > 1 && (
        <td data-label={t("languages")}>
          <ul className="language-marks">
            {base.languages.map((code) => {
              const one = there.get(code);
              const words = one ? t(`state.${one.state}`) : t("language.missing");
              return (
                <li key={code}>
                  {one ? (
                    <Link
                      to="/a/$accountId/knowledge/articles/$articleId/$language"
                      params={{ ...params, language: code }}
                      title={`${nameOf(code)}: ${words}`}
                      data-state={one.state}
                    >
                      {code}
                    </Link>
                  ) : (
                    <span data-state="missing" title={`${nameOf(code)}: ${words}`}>
                      {code}
                      <span className="visually-hidden"> {words}</span>
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
        </td>
      )}
      <td data-label={t("column.changed")} className="muted" title={dateTime(row.changed_at)}>
        {ago(row.changed_at, Date.now())}
        {row.changed_by && ` · ${row.changed_by.name}`}
      </td>
      <td className="actions">
        <MoreMenu label={t("more", { name: row.title || t("untitled") })}>
          <Menu.Item
            renderRoot={(props) => (
              <Link
                {...props}
                to="/a/$accountId/knowledge/articles/$articleId/$language/versions"
                params={params}
              />
            )}
          >
            {t("versions")}
          </Menu.Item>
          {mayWrite && (
            <Menu.Item color="red" onClick={() => remove.mutate()}>
              {t("article.delete")}
            </Menu.Item>
          )}
        </MoreMenu>
      </td>
    </tr>
  );
}
