import { ActionIcon, Alert, Button, Drawer, Group, Menu, Modal, Textarea } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import {
  IconArrowLeft,
  IconDeviceMobile,
  IconHistory,
  IconLayoutSidebarRight,
  IconTrash,
} from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useBlocker, useNavigate } from "@tanstack/react-router";
import {
  type KeyboardEvent,
  lazy,
  Suspense,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { call } from "../api/call.ts";
import { AUTHORS, useAccount, useMay } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { nameOf, useKeys } from "../app/keys.ts";
import { Bones, Needs } from "../app/screens.tsx";
import { timeOfDay } from "../app/time.ts";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { ClashDialog } from "./clash.tsx";
import { Details } from "./details.tsx";
import { Draft, type State } from "./draft.ts";
import "./knowledge.css";
import { useLanguages } from "./languages.ts";
import { Preview } from "./preview.tsx";
import { PublishButton, usePublishing } from "./publishing.tsx";
import { articleQuery, articlesKey, baseQuery, knowledge, toDraft, variantQuery } from "./queries.ts";
import { ReadOnly } from "./read-only.tsx";
import type { Article, Base, Variant } from "./shapes.ts";
import { StateBadge } from "./state-badge.tsx";
import { t } from "./texts.ts";
import { areSending } from "./writing/uploads.ts";
import type { Writing } from "./writing/writer.tsx";

const Writer = lazy(() => import("./writing/writer.tsx").then((module) => ({ default: module.Writer })));

const route = getRouteApi("/a/$accountId/knowledge/articles/$articleId/$language");

/** How often somebody else's words are looked for. */
const LOOK_MS = 15_000;
const LONGEST_TITLE = 200;
const LONGEST_SUBTITLE = 300;

export function ArticleScreen() {
  return (
    <Needs permission={AUTHORS}>
      <Loaded />
    </Needs>
  );
}

function Loaded() {
  const account = useAccount().id;
  const { articleId, language } = route.useParams();
  const article = useQuery(articleQuery(account, Number(articleId)));
  const base = useQuery({
    ...baseQuery(account, article.data?.knowledge_base_id ?? 0),
    enabled: article.data !== undefined,
  });
  const variant = useQuery(variantQuery(account, Number(articleId), language));
  const failure = article.error ?? base.error ?? variant.error;
  if (failure) throw failure;
  if (!article.data || !base.data || !variant.data) return <Bones />;
  return (
    <Write key={`${articleId} ${language}`} article={article.data} base={base.data} variant={variant.data} />
  );
}

interface WriteProps {
  article: Article;
  base: Base;
  variant: Variant;
}

function Write({ article, base, variant }: WriteProps) {
  const account = useAccount().id;
  const accountId = String(account);
  const mayWrite = useMay("knowledge_edit");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { language } = variant;
  const isNarrow = useMediaQuery("(max-width: 62em)") ?? false;
  const [showing, details] = useDisclosure(false);
  const [previewing, preview] = useDisclosure(false);
  const writing = useRef<Writing>(null);
  const subtitle = useRef<HTMLTextAreaElement>(null);
  const dir = useLanguages().dirOf(language);
  const script = { lang: language, dir };
  const path = knowledge(account, `/articles/${article.id}`);

  const [draft] = useState(() => {
    const load = async () => toDraft(await call<Variant>("GET", `${path}/variants/${language}`));
    return new Draft(
      {
        load,
        save: (base_revision, written) =>
          call("PUT", `${path}/variants/${language}/draft`, { body: { base_revision, ...written } }),
      },
      toDraft(variant),
      (written, by) => {
        writing.current?.show(written.body);
        if (by !== null) say(t("merged", { name: by }));
      },
    );
  });
  const state = useSyncExternalStore(draft.subscribe, draft.read);
  const { written } = state;
  const publishing = usePublishing({ article, variant, draft, state });

  useEffect(() => {
    const look = () => void draft.refresh().catch(() => undefined);
    const timer = setInterval(look, LOOK_MS);
    window.addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      window.removeEventListener("focus", look);
      void draft.flush();
      void queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
    };
  }, [draft, queries, account, base.id]);
  // Whoever leaves waits for the save, and is asked only when it fails.
  const leaving = useBlocker({
    shouldBlockFn: async () => areSending() || (draft.isDirty && !(await draft.flush())),
    enableBeforeUnload: () => areSending() || draft.isDirty,
    withResolver: true,
  });
  useKeys({ "mod+s": () => void draft.flush() });
  /** Before the editor makes a new line of them. */
  const takeKeys = (event: KeyboardEvent) => {
    const name = nameOf(event.nativeEvent);
    if (name !== "mod+enter" && name !== "mod+shift+enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (name === "mod+enter") void publishing.publish();
    else preview.open();
  };

  const remove = async () => {
    try {
      await call("DELETE", path);
      await queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
      offerUndo(t("article.deleted", { title: written.title }), async () => {
        await call("POST", `${path}/restore`);
        await queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
      });
      await navigate({ to: "/a/$accountId/knowledge/$baseId/$tab", params: { ...at, tab: "articles" } });
    } catch (failure) {
      complain(failure);
    }
  };
  const at = { accountId, baseId: String(base.id) };
  const images = useMemo(() => (file: number) => variant.images[file], [variant.images]);
  const side = <Details {...{ article, base, variant, draft, state, publishing }} />;
  return (
    <div className="article-screen" onKeyDownCapture={takeKeys}>
      <header className="article-bar">
        <Link className="back" to="/a/$accountId/knowledge/$baseId/$tab" params={{ ...at, tab: "articles" }}>
          <IconArrowLeft size={16} aria-hidden />
          <span>{base.name}</span>
        </Link>
        <StateBadge state={publishing.state} />
        <SaveState state={state} onAgain={() => void draft.flush()} />
        <div className="article-actions">
          {isNarrow ? (
            <ActionIcon aria-label={t("preview")} onClick={preview.open}>
              <IconDeviceMobile size={18} aria-hidden />
            </ActionIcon>
          ) : (
            <Button
              variant="default"
              leftSection={<IconDeviceMobile size={16} aria-hidden />}
              onClick={preview.open}
            >
              {t("preview")}
            </Button>
          )}
          <PublishButton publishing={publishing} />
          {isNarrow && (
            <ActionIcon aria-label={t("details")} onClick={details.open}>
              <IconLayoutSidebarRight size={18} aria-hidden />
            </ActionIcon>
          )}
          <MoreMenu label={t("article.more")}>
            <Menu.Item
              leftSection={<IconHistory size={16} />}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/a/$accountId/knowledge/articles/$articleId/$language/versions"
                  params={{ accountId, articleId: String(article.id), language }}
                />
              )}
            >
              {t("versions")}
            </Menu.Item>
            {mayWrite && (
              <>
                <Menu.Divider />
                <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void remove()}>
                  {t("article.delete")}
                </Menu.Item>
              </>
            )}
          </MoreMenu>
        </div>
      </header>
      <div className="article-paper" {...script}>
        <h1 className="visually-hidden">{written.title || t("untitled")}</h1>
        {!mayWrite && <ReadOnly />}
        {state.status === "refused" && (
          <Alert color="red" role="alert" title={t("save.refused")} dir="auto">
            {state.problem}
          </Alert>
        )}
        <Textarea
          className="article-title"
          readOnly={!mayWrite}
          variant="unstyled"
          autosize
          aria-label={t("title.field")}
          placeholder={t("title.field")}
          maxLength={LONGEST_TITLE}
          value={written.title}
          error={state.fields["title"]}
          onChange={(event) => draft.change({ title: event.currentTarget.value.replace(/\n/g, " ") })}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
            event.preventDefault();
            subtitle.current?.focus();
          }}
          data-autofocus
          ref={(field) => {
            // A new article begins with its title.
            if (field && written.title === "" && document.activeElement === document.body) field.focus();
          }}
        />
        <Textarea
          ref={subtitle}
          className="article-subtitle"
          readOnly={!mayWrite}
          variant="unstyled"
          autosize
          aria-label={t("subtitle.field")}
          placeholder={t("subtitle.placeholder")}
          maxLength={LONGEST_SUBTITLE}
          value={written.subtitle}
          error={state.fields["subtitle"]}
          onChange={(event) => draft.change({ subtitle: event.currentTarget.value.replace(/\n/g, " ") })}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
            event.preventDefault();
            writing.current?.focus();
          }}
        />
        <Suspense fallback={<Bones lines={4} />}>
          <Writer
            ref={writing}
            isEditable={mayWrite}
            body={written.body}
            lang={language}
            dir={dir}
            images={images}
            base={base.id}
            onChange={(body) => draft.change({ body })}
          />
        </Suspense>
      </div>
      {isNarrow ? (
        <Drawer opened={showing} onClose={details.close} position="right" title={t("details")}>
          {side}
        </Drawer>
      ) : (
        <aside className="article-side" aria-label={t("details")}>
          {side}
        </aside>
      )}
      {previewing && (
        <Preview
          written={written}
          images={images}
          script={script}
          accent={base.accent}
          onClose={preview.close}
        />
      )}
      <Modal
        opened={leaving.status === "blocked" && state.status !== "clash"}
        onClose={() => leaving.reset?.()}
        title={t("leave.unsaved")}
      >
        <p>{state.problem ?? t("leave.sending")}</p>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => leaving.proceed?.()}>
            {t("leave.anyway")}
          </Button>
          <Button data-autofocus onClick={() => leaving.reset?.()}>
            {t("leave.stay")}
          </Button>
        </Group>
      </Modal>
      {state.clash && (
        <ClashDialog
          clash={state.clash}
          script={script}
          images={images}
          onSettle={(choose) => void draft.settle(choose)}
        />
      )}
    </div>
  );
}

/** Where one's words are: with the server, on the way, or only here. */
function SaveState({ state, onAgain }: { state: State; onAgain: () => void }) {
  const { status } = state;
  return (
    <span className="save-state" data-status={status}>
      <span role="status">
        {status === "saved" ? t("save.saved", { time: timeOfDay(state.saved_at) }) : t(`save.${status}`)}
      </span>
      {(status === "offline" || status === "refused") && (
        <button type="button" className="link" onClick={onAgain}>
          {t("save.again")}
        </button>
      )}
    </span>
  );
}
