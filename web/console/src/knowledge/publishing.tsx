import { ActionIcon, Button, Group, Menu, Modal, Stack, TextInput, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCalendar, IconChevronDown, IconEyeOff, IconWorldUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { useAccount, useMay } from "../app/account.tsx";
import { MOD } from "../app/keys-help.tsx";
import { dateTime } from "../app/time.ts";
import { complain, offerUndo } from "../app/undo.tsx";
import type { Draft, State } from "./draft.ts";
import { articleQuery, articlesKey, knowledge, toDraft, variantQuery } from "./queries.ts";
import type { Article, ArticleState, Variant } from "./shapes.ts";
import { t } from "./texts.ts";

interface PublishingProps {
  article: Article;
  variant: Variant;
  draft: Draft;
  state: State;
}

export interface Publishing {
  /** How far the article is, with what was written since the server last told. */
  state: ArticleState;
  variant: Variant;
  may: boolean;
  isBusy: boolean;
  publish: () => Promise<void>;
  unpublish: () => Promise<void>;
  schedule: (at: number) => Promise<void>;
  unschedule: () => Promise<void>;
}

/** What readers get, and when. Everything can be taken back for a few seconds instead of being asked for before (K09). */
export function usePublishing({ article, variant, draft, state }: PublishingProps): Publishing {
  const account = useAccount().id;
  const queries = useQueryClient();
  const may = useMay("knowledge_publish");
  const path = knowledge(account, `/articles/${article.id}/variants/${variant.language}`);
  const { title } = state.written;

  const refresh = async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: articleQuery(account, article.id).queryKey, exact: true }),
      queries.invalidateQueries({ queryKey: variantQuery(account, article.id, variant.language).queryKey }),
      queries.invalidateQueries({ queryKey: articlesKey(account, article.knowledge_base_id) }),
    ]);
  };
  const post = (verb: string, body: object = {}) => call<unknown>("POST", `${path}/${verb}`, { body });
  const load = () => call<Variant>("GET", path);

  /** Puts an old version before readers again; what is being written stays as it is. */
  const publishVersion = async (number: number) => {
    const now = draft.read();
    await post(`versions/${number}/restore`, { base_revision: now.revision });
    const old = await load();
    await post("publish", { revision: old.draft.revision });
    await call("PUT", `${path}/draft`, { body: { base_revision: old.draft.revision, ...now.written } });
    draft.replace(toDraft(await load()));
    await refresh();
  };
  const back = async (verb: string, body?: object) => {
    await post(verb, body);
    await refresh();
  };
  const doing = useMutation({
    mutationFn: async (act: () => Promise<void>) => {
      if (await draft.flush()) await act();
    },
    onSuccess: refresh,
    onError: complain,
  });
  const begin = async (act: () => Promise<void>) => {
    if (may) await doing.mutateAsync(act).catch(() => undefined);
  };

  const isWritten = state.revision !== variant.draft.revision || state.status !== "saved";
  return {
    state: variant.state === "published" && isWritten ? "changed" : variant.state,
    variant,
    may,
    isBusy: doing.isPending,
    publish: () =>
      begin(async () => {
        const before = variant.published_version;
        await post("publish", { revision: draft.read().revision });
        offerUndo(t("publish.done", { title }), () =>
          before === null ? back("unpublish") : publishVersion(before),
        );
      }),
    unpublish: () =>
      begin(async () => {
        const before = variant.published_version;
        await post("unpublish");
        offerUndo(t("unpublish.done", { title }), async () => {
          if (before !== null) await publishVersion(before);
        });
      }),
    schedule: (at) =>
      begin(async () => {
        await post("schedule", { revision: draft.read().revision, at });
        offerUndo(t("schedule.done", { title, date: dateTime(at) }), () => back("unschedule"));
      }),
    unschedule: () =>
      begin(async () => {
        const at = variant.scheduled_at;
        await post("unschedule");
        offerUndo(t("unschedule.done", { title }), async () => {
          if (at !== null) await back("schedule", { revision: draft.read().revision, at });
        });
      }),
  };
}

/** The one step that readers notice, and beside it what else can be done with it. */
export function PublishButton({ publishing }: { publishing: Publishing }) {
  const [planning, plan] = useDisclosure(false);
  const { state, may, isBusy, variant } = publishing;
  const isDone = state === "published";
  const label = t(isDone ? "publish.is" : state === "changed" ? "publish.changes" : "publish");
  const why = !may ? t("publish.forbidden") : isDone ? t("publish.same") : `${label} (${MOD} Enter)`;
  return (
    <div className="publish">
      <Tooltip label={why} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
        <Button
          // Not `disabled`, so that the reason can be reached by keyboard.
          aria-disabled={!may || isDone || undefined}
          data-disabled={!may || isDone}
          loading={isBusy}
          leftSection={<IconWorldUpload size={16} aria-hidden />}
          onClick={() => {
            if (!isDone) void publishing.publish();
          }}
        >
          {label}
        </Button>
      </Tooltip>
      {may && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label={t("publish.more")}>
              <IconChevronDown size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {variant.scheduled_at === null ? (
              <Menu.Item leftSection={<IconCalendar size={16} />} disabled={isDone} onClick={plan.open}>
                {t("schedule")}
              </Menu.Item>
            ) : (
              <Menu.Item
                leftSection={<IconCalendar size={16} />}
                onClick={() => void publishing.unschedule()}
              >
                {t("unschedule")}
              </Menu.Item>
            )}
            {variant.published_version !== null && (
              <Menu.Item
                color="red"
                leftSection={<IconEyeOff size={16} />}
                onClick={() => void publishing.unpublish()}
              >
                {t("unpublish")}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      {planning && <Plan onClose={plan.close} onPlan={(at) => void publishing.schedule(at)} />}
    </div>
  );
}

/** A time of the reader's zone as a field of the browser takes it. */
function toField(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

const HOUR_MS = 3_600_000;

function Plan({ onClose, onPlan }: { onClose: () => void; onPlan: (at: number) => void }) {
  const [typed, setTyped] = useState(() => toField(Math.ceil((Date.now() + HOUR_MS) / HOUR_MS) * HOUR_MS));
  const at = new Date(typed).getTime();
  const isLater = at > Date.now();
  return (
    <Modal opened onClose={onClose} title={t("schedule")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isLater) return;
          onPlan(at);
          onClose();
        }}
      >
        <Stack>
          <TextInput
            type="datetime-local"
            label={t("schedule.when")}
            description={t("schedule.zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
            data-autofocus
            value={typed}
            error={isLater ? undefined : t("schedule.past")}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button type="submit">{t("schedule.do")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
