import { Button, Menu, Radio, Select, TagsInput, TextInput } from "@mantine/core";
import { IconExternalLink, IconHistory, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { useAccount, useMay } from "../app/account.tsx";
import { dateTime } from "../app/time.ts";
import { complain } from "../app/undo.tsx";
import type { Draft, State } from "./draft.ts";
import { useLanguages } from "./languages.ts";
import type { Publishing } from "./publishing.tsx";
import { articleQuery, articlesKey, categoriesQuery, knowledge } from "./queries.ts";
import type { Access, Article, Base, Variant } from "./shapes.ts";
import { StateBadge } from "./state-badge.tsx";
import { t } from "./texts.ts";
import { categoryChoices } from "./tree.ts";

interface DetailsProps {
  article: Article;
  base: Base;
  variant: Variant;
  draft: Draft;
  state: State;
  publishing: Publishing;
}

/** Everything about an article that is not its words. */
export function Details({ article, base, variant, draft, state, publishing }: DetailsProps) {
  const account = useAccount().id;
  const mayWrite = useMay("knowledge_edit");
  const queries = useQueryClient();
  const categories = useQuery(categoriesQuery(account, base.id)).data ?? [];
  const change = useMutation({
    mutationFn: (body: { category_id?: number | null; access?: Access }) =>
      call<Article>("PATCH", knowledge(account, `/articles/${article.id}`), { body }),
    onSuccess: (changed) => {
      queries.setQueryData(articleQuery(account, article.id).queryKey, changed);
      void queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
    },
    onError: complain,
  });
  const pending = change.isPending ? change.variables : {};
  const category = pending.category_id === undefined ? article.category_id : pending.category_id;
  return (
    <div className="details">
      <section aria-labelledby="details-state">
        <h2 id="details-state">{t("details.state")}</h2>
        <p className="details-state">
          <StateBadge state={publishing.state} />
        </p>
        <p className="muted small">{stateInWords(publishing)}</p>
        {!publishing.may && <p className="muted small">{t("publish.forbidden")}</p>}
        {variant.url && variant.published_version !== null && (
          <a className="learn small" href={variant.url} target="_blank" rel="noopener">
            {t("details.public")} <IconExternalLink size={14} aria-hidden />
            <span className="visually-hidden">{t("window")}</span>
          </a>
        )}
      </section>
      <Languages article={article} base={base} current={variant.language} />
      <fieldset className="plain-fieldset details-fields" disabled={!mayWrite} aria-label={t("details")}>
        <Select
          label={t("category")}
          placeholder={t("category.none")}
          clearable
          searchable
          nothingFoundMessage={t("nothing.found")}
          value={category === null ? null : String(category)}
          onChange={(value) => change.mutate({ category_id: value === null ? null : Number(value) })}
          data={categoryChoices(categories, base.languages)}
        />
        <Radio.Group
          label={t("access")}
          value={pending.access ?? article.access}
          onChange={(access) => change.mutate({ access: access as Access })}
        >
          <div className="details-radios">
            {(["public", "contacts"] as const).map((access) => (
              <Radio
                key={access}
                value={access}
                label={t(`access.${access}`)}
                description={t(`access.${access}.why`)}
              />
            ))}
          </div>
        </Radio.Group>
        <TextInput
          label={t("slug")}
          description={t("slug.help")}
          placeholder={variant.slug || t("slug.follows")}
          value={state.written.slug}
          error={state.fields["slug"]}
          maxLength={200}
          onChange={(event) =>
            draft.change({ slug: event.currentTarget.value.toLowerCase().replace(/\s+/g, "-") })
          }
        />
        <TagsInput
          label={t("tags")}
          description={t("tags.help")}
          value={state.written.tags}
          error={state.fields["tags"]}
          maxTags={20}
          onChange={(tags) => draft.change({ tags })}
        />
      </fieldset>
      <Button
        variant="subtle"
        className="details-versions"
        leftSection={<IconHistory size={16} aria-hidden />}
        renderRoot={(props) => (
          <Link
            {...props}
            to="/a/$accountId/knowledge/articles/$articleId/$language/versions"
            params={{
              accountId: String(account),
              articleId: String(article.id),
              language: variant.language,
            }}
          />
        )}
      >
        {t("versions")}
      </Button>
    </div>
  );
}

function stateInWords({ state, variant }: Publishing): string {
  if (variant.scheduled_at !== null) return t("state.scheduled.at", { date: dateTime(variant.scheduled_at) });
  if (variant.published_at === null) return t("state.draft.why");
  const date = dateTime(variant.published_at);
  return state === "changed" ? t("state.changed.why", { date }) : t("state.published.at", { date });
}

/** The article in the base's languages: there, or missing with the way to add it. */
function Languages({ article, base, current }: { article: Article; base: Base; current: string }) {
  const account = useAccount().id;
  const accountId = String(account);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { nameOf } = useLanguages();
  const mayWrite = useMay("knowledge_edit");
  const add = useMutation({
    mutationFn: ({ language, copy_from }: { language: string; copy_from: string | null }) =>
      call("POST", knowledge(account, `/articles/${article.id}/variants`), {
        body: { language, copy_from },
      }),
    onSuccess: async (_, { language }) => {
      await queries.invalidateQueries({ queryKey: articleQuery(account, article.id).queryKey, exact: true });
      await go(language);
    },
    onError: complain,
  });
  const go = (language: string) =>
    navigate({
      to: "/a/$accountId/knowledge/articles/$articleId/$language",
      params: { accountId, articleId: String(article.id), language },
    });
  const there = new Map(article.variants.map((one) => [one.language, one]));
  const all = [...new Set([...base.languages, ...there.keys()])];
  const missing = all.filter((code) => !there.has(code));
  return (
    <section aria-labelledby="details-languages">
      <h2 id="details-languages">{t("languages")}</h2>
      <ul className="details-languages">
        {all.map((code) => {
          const one = there.get(code);
          return (
            <li key={code} data-current={code === current || undefined}>
              {one ? (
                <>
                  <Link
                    to="/a/$accountId/knowledge/articles/$articleId/$language"
                    params={{ accountId, articleId: String(article.id), language: code }}
                    aria-current={code === current ? "page" : undefined}
                  >
                    {nameOf(code)}
                  </Link>
                  <StateBadge state={one.state} />
                </>
              ) : (
                <>
                  <span className="muted">{nameOf(code)}</span>
                  <Menu position="bottom-end" disabled={!mayWrite}>
                    <Menu.Target>
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        disabled={!mayWrite}
                        leftSection={<IconPlus size={14} aria-hidden />}
                        loading={add.isPending && add.variables.language === code}
                        aria-label={t("language.add", { language: nameOf(code) })}
                      >
                        {t("language.add.short")}
                      </Button>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item onClick={() => add.mutate({ language: code, copy_from: current })}>
                        {t("language.copy", { language: nameOf(current) })}
                      </Menu.Item>
                      <Menu.Item onClick={() => add.mutate({ language: code, copy_from: null })}>
                        {t("language.empty")}
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                </>
              )}
            </li>
          );
        })}
      </ul>
      {missing.length > 0 && (
        <p className="muted small">{t("languages.missing", { count: missing.length })}</p>
      )}
    </section>
  );
}
