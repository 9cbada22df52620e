import { Button, Menu, Tabs } from "@mantine/core";
import { IconChevronDown, IconExternalLink, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { AUTHORS, useAccount, useMay } from "../app/account.tsx";
import "../app/controls/controls.css";
import { Bones, Heading, Needs } from "../app/screens.tsx";
import { ArticlesTab } from "./articles.tsx";
import "./knowledge.css";
import { baseQuery, basesQuery } from "./queries.ts";
import type { Base } from "./shapes.ts";
import { KNOWLEDGE_TABS, type KnowledgeTab } from "./tabs.ts";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/knowledge/$baseId/$tab");

const PARTS: Readonly<Record<Exclude<KnowledgeTab, "articles">, (base: { base: Base }) => ReactNode>> = {
  categories: lazy(() => import("./categories.tsx").then((module) => ({ default: module.CategoriesTab }))),
  checks: lazy(() => import("./checks.tsx").then((module) => ({ default: module.ChecksTab }))),
  search: lazy(() => import("./synonyms.tsx").then((module) => ({ default: module.SynonymsTab }))),
  insights: lazy(() => import("./insights.tsx").then((module) => ({ default: module.InsightsTab }))),
  settings: lazy(() => import("./settings.tsx").then((module) => ({ default: module.SettingsTab }))),
};

export function BaseScreen() {
  return (
    <Needs permission={AUTHORS}>
      <Loaded />
    </Needs>
  );
}

function Loaded() {
  const account = useAccount().id;
  const accountId = String(account);
  const { baseId, tab } = route.useParams();
  const navigate = useNavigate();
  const base = useQuery(baseQuery(account, Number(baseId)));
  const isThere = base.data !== undefined;
  // On a phone there is not room for all tabs.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is another place in the row.
  useEffect(() => {
    const current = document.querySelector(".knowledge-tabs [role=tab][aria-selected=true]");
    current?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [tab, isThere]);
  if (base.isPending) return <Bones />;
  if (base.isError) throw base.error;
  const go = (id: string, next: KnowledgeTab) =>
    navigate({ to: "/a/$accountId/knowledge/$baseId/$tab", params: { accountId, baseId: id, tab: next } });
  const Part = tab === "articles" ? ArticlesTab : PARTS[tab];
  return (
    <div className="screen knowledge">
      <Heading title={base.data.name}>
        <Others base={base.data} onChange={(id) => void go(id, "articles")} />
        {base.data.is_public && base.data.url && (
          <a className="learn small" href={base.data.url} target="_blank" rel="noopener">
            {t("help_center.open")} <IconExternalLink size={14} aria-hidden />
            <span className="visually-hidden">{t("window")}</span>
          </a>
        )}
      </Heading>
      <Tabs
        value={tab}
        onChange={(next) => next && void go(baseId, next as KnowledgeTab)}
        keepMounted={false}
        className="knowledge-tabs"
      >
        <Tabs.List aria-label={t("tabs.label")}>
          {KNOWLEDGE_TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tab.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Suspense fallback={<Bones />}>
            <Part key={baseId} base={base.data} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

/** The way to the other bases. */
function Others({ base, onChange }: { base: Base; onChange: (id: string) => void }) {
  const account = useAccount().id;
  const may = useMay("knowledge_publish");
  const navigate = useNavigate();
  const others = (useQuery(basesQuery(account)).data ?? []).filter(
    ({ archived_at, id }) => archived_at === null && id !== base.id,
  );
  const list = (search: { all?: string; create?: string }) =>
    void navigate({ to: "/a/$accountId/knowledge", params: { accountId: String(account) }, search });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          {t("base.switch")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map(({ id, name }) => (
          <Menu.Item key={id} onClick={() => onChange(String(id))}>
            {name}
          </Menu.Item>
        ))}
        {others.length > 0 && <Menu.Divider />}
        <Menu.Item onClick={() => list({ all: "1" })}>{t("base.all")}</Menu.Item>
        {may && (
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => list({ create: "1" })}>
            {t("base.create")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
