import { Badge, Button, Menu, Select, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconBook2, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/call.ts";
import { AUTHORS, useAccount, useMay } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { fieldErrors, Problems } from "../app/form.tsx";
import { useKeys } from "../app/keys.ts";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { complain, offerUndo, say } from "../app/undo.tsx";
import "./knowledge.css";
import { useLanguages } from "./languages.ts";
import { basesQuery, knowledge } from "./queries.ts";
import type { Base } from "./shapes.ts";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/knowledge");

export function BaseList() {
  return (
    <Needs permission={AUTHORS}>
      <Bases />
    </Needs>
  );
}

function Bases() {
  const account = useAccount();
  const { all, create } = route.useSearch();
  // What there is for readers belongs to those who publish.
  const may = useMay("knowledge_publish");
  const [isCreating, setCreating] = useState(may && create !== undefined);
  const bases = useQuery(basesQuery(account.id));
  useKeys({ n: () => setCreating(true) }, may);
  if (bases.isPending) return <Bones />;
  if (bases.isError) throw bases.error;
  const live = bases.data.filter((base) => base.archived_at === null);
  const archived = bases.data.filter((base) => base.archived_at !== null);
  const only = live.length === 1 ? live[0] : undefined;
  if (only && all === undefined && !isCreating)
    return (
      <Navigate
        to="/a/$accountId/knowledge/$baseId/$tab"
        params={{ accountId: String(account.id), baseId: String(only.id), tab: "articles" }}
        replace
      />
    );
  return (
    <div className="screen screen-narrow">
      <Heading title={t("title")}>
        {live.length > 0 && !isCreating && may && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            {t("base.create")}
          </Button>
        )}
      </Heading>
      {isCreating && <CreateBase isFirst={live.length === 0} onClose={() => setCreating(false)} />}
      {live.length === 0 && !isCreating && (
        <Empty
          icon={<IconBook2 />}
          title={t("base.empty")}
          action={
            may && (
              <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
                {t("base.create")}
              </Button>
            )
          }
        >
          {t("base.empty.why")} {!may && t("base.ask")}
        </Empty>
      )}
      {live.length > 0 && <Cards bases={live} />}
      {archived.length > 0 && (
        <details className="quiet-list">
          <summary>{t("base.archived", { count: archived.length })}</summary>
          <Cards bases={archived} />
        </details>
      )}
    </div>
  );
}

function CreateBase({ isFirst, onClose }: { isFirst: boolean; onClose: () => void }) {
  const account = useAccount().id;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const languages = useLanguages();
  const form = useForm({
    initialValues: { name: isFirst ? t("base.name.first") : "", language: "en" },
    validate: { name: (typed) => (typed.trim() ? null : t("name.required")) },
  });
  const create = useMutation({
    mutationFn: ({ name, language }: typeof form.values) =>
      call<Base>("POST", knowledge(account, "/bases"), {
        body: { name: name.trim(), languages: [language] },
      }),
    onSuccess: async (base) => {
      await queries.invalidateQueries({ queryKey: [account, "knowledge-bases"] });
      await navigate({
        to: "/a/$accountId/knowledge/$baseId/$tab",
        params: { accountId: String(account), baseId: String(base.id), tab: "articles" },
      });
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <form
      className="card base-create"
      noValidate
      aria-label={t("base.create")}
      onSubmit={form.onSubmit((values) => create.mutate(values))}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <Problems form={form} failure={create.error} />
      <div className="base-create-fields">
        <TextInput
          label={t("name")}
          maxLength={100}
          autoFocus
          onFocus={(event) => event.currentTarget.select()}
          {...form.getInputProps("name")}
        />
        <Select
          label={t("language.first")}
          searchable
          data={languages.all.map(({ code, name }) => ({ value: code, label: name }))}
          {...form.getInputProps("language")}
        />
      </div>
      <div className="base-create-foot">
        <span className="muted small">{t("language.more")}</span>
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button type="submit" loading={create.isPending}>
          {t("create")}
        </Button>
      </div>
    </form>
  );
}

function Cards({ bases }: { bases: readonly Base[] }) {
  return (
    <ul className="base-cards">
      {bases.map((base) => (
        <BaseCard key={base.id} base={base} />
      ))}
    </ul>
  );
}

function BaseCard({ base }: { base: Base }) {
  const account = useAccount().id;
  const may = useMay("knowledge_publish");
  const { nameOf } = useLanguages();
  const archive = useArchive();
  const isArchived = base.archived_at !== null;
  return (
    <li className="base-card" style={{ borderInlineStartColor: base.accent ?? "var(--accent)" }}>
      <div className="base-card-words">
        <Link
          className="row-link"
          to="/a/$accountId/knowledge/$baseId/$tab"
          params={{ accountId: String(account), baseId: String(base.id), tab: "articles" }}
        >
          {base.name}
        </Link>
        <span className="muted small">
          {t("base.articles", { count: base.articles })} · {base.languages.map(nameOf).join(", ")}
        </span>
      </div>
      {!isArchived && (
        <Badge variant="light" color={base.is_public ? "teal" : "gray"}>
          {t(base.is_public ? "base.public" : "base.private")}
        </Badge>
      )}
      {may && (
        <MoreMenu label={t("more", { name: base.name })}>
          <Menu.Item
            {...(isArchived ? {} : { color: "red" })}
            onClick={() => archive.mutate({ base, isArchived: !isArchived })}
          >
            {t(isArchived ? "restore" : "archive")}
          </Menu.Item>
        </MoreMenu>
      )}
    </li>
  );
}

/** Puts a base away or brings it back; both can be undone. */
export function useArchive() {
  const account = useAccount().id;
  const queries = useQueryClient();
  const put = async ({ id }: Base, isArchived: boolean) => {
    await call("POST", knowledge(account, `/bases/${id}/${isArchived ? "archive" : "restore"}`));
    await queries.invalidateQueries({ queryKey: [account, "knowledge-bases"] });
  };
  return useMutation({
    mutationFn: ({ base, isArchived }: { base: Base; isArchived: boolean }) => put(base, isArchived),
    onSuccess: (_, { base, isArchived }) =>
      isArchived
        ? offerUndo(t("archive.done", { name: base.name }), () => put(base, false))
        : say(t("restore.done", { name: base.name })),
    onError: complain,
  });
}
