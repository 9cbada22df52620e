import { ActionIcon, Alert, Button, Group, Stack, Switch, Tabs, Text, TextInput, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft, IconCheck, IconDeviceMobile, IconPencil, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useRef, useState } from "react";
import { call, Refused, sentence } from "../api/call.ts";
import { chatflowQuery, languagesQuery } from "../api/queries.ts";
import type { Chatflow } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { hoursProblems } from "../app/controls/hours.ts";
import { LeaveGuard } from "../app/controls/leave-guard.tsx";
import { t as inControls } from "../app/controls/texts.ts";
import { Problems } from "../app/form.tsx";
import { useKeys } from "../app/keys.ts";
import { Needs } from "../app/screens.tsx";
import { t as inFrame } from "../app/texts.ts";
import { complain, say } from "../app/undo.tsx";
import {
  changed,
  type Draft,
  draftOf,
  type Errors,
  errorAt,
  LONGEST_TEXT,
  onlyReal,
  ownTexts,
  PATH_OF,
  type Setting,
  settingOf,
  TABS,
  type Tab,
  tabOf,
  tagProblem,
  toErrors,
  withChanges,
  without,
} from "./changes.ts";
import "./chatflows.css";
import { Preview } from "./preview.tsx";
import { ChatTab } from "./tabs/chat.tsx";
import { KnowledgeBaseTab } from "./tabs/knowledge-base.tsx";
import { MobileTab } from "./tabs/mobile.tsx";
import { OptionsTab } from "./tabs/options.tsx";
import type { TabProps } from "./tabs/tab.ts";
import { t } from "./texts.ts";
import { forget, kept, setAside } from "./unsaved.ts";

const route = getRouteApi("/a/$accountId/chatflows/$chatflowId/$tab");

export function Editor() {
  const { chatflowId } = route.useParams();
  return (
    <Needs permission="chatflows">
      <Form key={chatflowId} id={Number(chatflowId)} />
    </Needs>
  );
}

function Form({ id }: { id: number }) {
  const account = useAccount();
  const accountId = String(account.id);
  const { tab } = route.useParams();
  const { survey } = route.useSearch();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data: flow } = useSuspenseQuery(chatflowQuery(account.id, id));
  const { data: languages } = useSuspenseQuery(languagesQuery(account.id));
  const [typed, setTyped] = useState<Partial<Draft>>(() => kept(id));
  const [errors, setErrors] = useState<Errors>({});
  const leaving = useRef(false);
  const fields = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery("(max-width: 62em)");
  const [isPreviewing, setPreviewing] = useState(false);
  const switchNote = useId();
  const path = `/accounts/${account.id}/chatflows/${id}`;

  const changes = onlyReal(flow.document, typed);
  const settings = changed(changes);
  const draft = { ...draftOf(flow.document), ...changes };
  const names = settings.map((setting) => t(`change.${setting}`)).join(", ");

  const change = (next: Partial<Draft>) => {
    setTyped((before) => ({ ...before, ...next }));
    setErrors((before) => without(before, Object.keys(next) as Setting[]));
  };
  const keep = (saved: Chatflow) => {
    queries.setQueryData(chatflowQuery(account.id, id).queryKey, (before) => ({ ...before, ...saved }));
    void queries.invalidateQueries({ queryKey: [account.id, "chatflows"] });
  };
  const goTo = (place: Tab) =>
    navigate({
      to: "/a/$accountId/chatflows/$chatflowId/$tab",
      params: { accountId, chatflowId: String(id), tab: place },
      replace: true,
    });
  /** Shows messages where they belong, and leads to the first of them. */
  const show = (found: Errors) => {
    setErrors(found);
    const first = (Object.keys(PATH_OF) as Setting[]).find((setting) => errorAt(found, PATH_OF[setting]));
    if (first) void lead(tabOf(first));
  };
  const lead = async (place: Tab, text?: string) => {
    if (place !== tab) await goTo(place);
    // Once the tab is drawn.
    setTimeout(() => fields.current && focusOnProblem(fields.current, text), 50);
  };

  const save = useMutation({
    mutationFn: () =>
      call<Chatflow>("PUT", `${path}/document`, {
        body: { document: withChanges(flow.document, changes) },
        version: flow.version,
      }),
    onSuccess: (saved) => {
      keep(saved);
      setTyped({});
      setErrors({});
      say(t(flow.is_on ? "saved.live" : "saved"));
    },
    onError: (failure) => {
      if (failure instanceof Refused && failure.status === 422) show(toErrors(failure.fields));
    },
  });
  const turn = useMutation({
    mutationFn: (is_on: boolean) => call<Chatflow>("PATCH", path, { body: { is_on } }),
    onSuccess: keep,
    onError: complain,
  });
  const reload = useMutation({
    mutationFn: () => queries.fetchQuery({ ...chatflowQuery(account.id, id), staleTime: 0 }),
    onSuccess: () => save.reset(),
    onError: complain,
  });

  const submit = async (): Promise<boolean> => {
    if (settings.length === 0) return true;
    const found = problems(draft);
    show(found);
    if (Object.keys(found).length > 0) return false;
    return save.mutateAsync().then(
      () => true,
      () => false,
    );
  };
  useKeys({ "mod+s": () => void submit() });

  const isConflict = save.error instanceof Refused && save.error.code === "edit_conflict";
  const isOn = turn.isPending ? turn.variables : flow.is_on;
  const language = languages.find(({ code }) => code === draft.language) ?? languages[0];
  // What is not finished yet does not keep the rest from being seen.
  const unfinished = Object.keys(problems(draft)).map(settingOf);
  const ready = Object.fromEntries(
    Object.entries(changes).filter(([setting]) => !unfinished.includes(setting as Setting)),
  );
  const parts: TabProps | null = language
    ? {
        flow,
        draft,
        change,
        changed: settings,
        errorAt: (place) => errorAt(errors, place),
        usual: language.defaults,
        script: { lang: language.code, dir: language.direction },
      }
    : null;
  const createSurvey = () => {
    setAside(id, changes);
    leaving.current = true;
    void navigate({
      to: "/a/$accountId/settings/surveys/new",
      params: { accountId },
      search: { chatflow: String(id) },
    });
  };
  useEffect(() => forget(id), [id]);
  useEffect(() => {
    // Back from the survey editor: what it made is connected, beside the settings that waited.
    if (!survey) return;
    setTyped((before) => ({ ...before, survey_id: Number(survey) }));
    void queries.invalidateQueries({ queryKey: [account.id, "surveys"] });
    void navigate({
      to: "/a/$accountId/chatflows/$chatflowId/$tab",
      params: { accountId, chatflowId: String(id), tab: "options" },
      search: {},
      replace: true,
    });
  }, [survey, account.id, accountId, id, navigate, queries]);
  const preview = language && (
    <Preview document={withChanges(flow.document, ready)} inboxId={flow.inbox.id} usual={language.defaults} />
  );

  return (
    <div className="editor" data-previewing={(isNarrow && isPreviewing) || undefined}>
      <header className="editor-head">
        <Link className="back" to="/a/$accountId/chatflows" params={{ accountId }}>
          <IconArrowLeft size={16} aria-hidden /> {t("back")}
        </Link>
        <div className="editor-title">
          <Name flow={flow} path={path} onSaved={keep} />
          <div className="editor-switch">
            <Switch
              size="md"
              label={t(isOn ? "on" : "off")}
              aria-label={t("on.label")}
              aria-describedby={switchNote}
              checked={isOn}
              onChange={(event) => turn.mutate(event.currentTarget.checked)}
            />
            <span id={switchNote} className="muted small">
              {t(isOn ? "on.means" : "off.means", { tag: flow.mobile_tag })}
            </span>
          </div>
        </div>
      </header>
      <div className="editor-form">
        <Tabs value={tab} onChange={(value) => value && void goTo(value as Tab)} keepMounted={false}>
          <Tabs.List aria-label={t("tabs.label")}>
            {TABS.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {t(`tab.${one}`)}
                {settings.some((setting) => tabOf(setting) === one) && (
                  <span className="changed-dot" role="img" aria-label={t("tab.changed")} />
                )}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <div className="editor-fields" ref={fields}>
            {isConflict ? (
              <Alert color="orange" role="alert" title={t("conflict")}>
                <Stack align="flex-start" gap="sm">
                  <Text size="sm">{t("conflict.why")}</Text>
                  <Button variant="default" loading={reload.isPending} onClick={() => reload.mutate()}>
                    {t("conflict.load")}
                  </Button>
                </Stack>
              </Alert>
            ) : (
              <Summary errors={errors} failure={save.error} lead={lead} />
            )}
            {parts && (
              <>
                <Tabs.Panel value="chat">
                  <ChatTab {...parts} />
                </Tabs.Panel>
                <Tabs.Panel value="knowledge_base">
                  <KnowledgeBaseTab {...parts} />
                </Tabs.Panel>
                <Tabs.Panel value="options">
                  <OptionsTab {...parts} createSurvey={createSurvey} />
                </Tabs.Panel>
                <Tabs.Panel value="mobile">
                  <MobileTab {...parts} />
                </Tabs.Panel>
              </>
            )}
          </div>
        </Tabs>
      </div>
      {!isNarrow && <div className="editor-preview">{preview}</div>}
      {isNarrow && isPreviewing && <div className="editor-preview">{preview}</div>}
      <footer className="save-bar" data-dirty={settings.length > 0 || undefined}>
        {settings.length > 0 && (
          <>
            <Button onClick={() => void submit()} loading={save.isPending}>
              {t("save")}
            </Button>
            <Button
              variant="default"
              onClick={() => {
                setTyped({});
                setErrors({});
                save.reset();
              }}
            >
              {t("discard")}
            </Button>
          </>
        )}
        <span role="status" className="save-note">
          {settings.length > 0 && t("changes", { count: settings.length, names })}
        </span>
        {isNarrow && (
          <Button
            variant="subtle"
            leftSection={<IconDeviceMobile size={16} aria-hidden />}
            onClick={() => setPreviewing(!isPreviewing)}
            aria-expanded={isPreviewing}
          >
            {t(isPreviewing ? "preview.hide" : "preview.show")}
          </Button>
        )}
      </footer>
      <LeaveGuard
        isDirty={settings.length > 0}
        title={t("leave.title", { count: settings.length })}
        why={t("leave.why", { names })}
        save={submit}
        isSaving={save.isPending}
        loses={(next) => !leaving.current && !next.includes(`/chatflows/${id}/`)}
      />
    </div>
  );
}

/** What would be refused, in our words and before a request. */
function problems(draft: Draft): Errors {
  const found: Record<string, string> = {};
  for (const [path, text] of Object.entries(ownTexts(draft))) {
    if (text === null) continue;
    const length = [...text].length;
    if (!text.trim()) found[path] = inControls("text.required");
    else if (length > LONGEST_TEXT)
      found[path] = inControls("text.long", { most: LONGEST_TEXT, count: length });
  }
  const { assign, heading, availability, knowledge_base } = draft;
  if (
    assign.automatic &&
    assign.to === "users_and_teams" &&
    assign.user_ids.length + assign.team_ids.length === 0
  )
    found["chat.assign.user_ids"] = t("assign.people.required");
  if (assign.automatic && assign.fallback === "inbox" && assign.fallback_inbox_id === null)
    found["chat.assign.fallback_inbox_id"] = t("assign.fallback_inbox.required");
  if (heading.kind === "brand" && !heading.brand_name?.trim())
    found["chat.heading.brand_name"] = t("heading.brand_name.required");
  if (availability?.kind === "hours")
    for (const [place, problem] of hoursProblems(availability.hours))
      found[`chat.availability.hours.${place}.closes`] = inControls(`hours.${problem}`);
  if (knowledge_base.enabled && knowledge_base.knowledge_base_id === null)
    found["knowledge_base.knowledge_base_id"] = t("help.base.required");
  const tag = tagProblem(draft.tag);
  if (tag) found["mobile.tag"] = t(`wizard.tag.${tag}`);
  return found;
}

/** Puts the focus into the field with this message, or else into the first that is wrong. */
function focusOnProblem(form: HTMLElement, text: string | undefined): void {
  const wrong = [...form.querySelectorAll<HTMLElement>(":is(input, textarea)[aria-invalid=true]")];
  const says = (field: HTMLElement) =>
    (field.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .some((id) => document.getElementById(id)?.textContent === text);
  (wrong.find(says) ?? wrong[0])?.focus();
}

/** What is wrong, on top of the form; each line leads to its field. */
function Summary({
  errors,
  failure,
  lead,
}: {
  errors: Errors;
  failure: Error | null;
  lead: (tab: Tab, text: string) => Promise<void>;
}) {
  const lines = Object.entries(errors);
  if (lines.length === 0) return failure && <Problems failure={failure} />;
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      title={inFrame("problems.title", { count: lines.length })}
    >
      <ul>
        {lines.map(([field, text]) => {
          const setting = settingOf(field);
          return (
            <li key={field}>
              {setting ? (
                <button type="button" className="link" onClick={() => void lead(tabOf(setting), text)}>
                  {sentence(t("problem", { setting: t(`change.${setting}`), text }))}
                </button>
              ) : (
                text
              )}
            </li>
          );
        })}
      </ul>
    </Alert>
  );
}

function Name({ flow, path, onSaved }: { flow: Chatflow; path: string; onSaved: (saved: Chatflow) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const pencil = useRef<HTMLButtonElement>(null);
  const rename = useMutation({
    mutationFn: (name: string) => call<Chatflow>("PATCH", path, { body: { name } }),
    onSuccess: (saved) => {
      onSaved(saved);
      leave();
    },
    onError: (failure) =>
      setProblem(failure instanceof Refused ? (failure.fields["name"] ?? failure.message) : String(failure)),
  });
  const leave = () => {
    setTyped(null);
    setProblem(null);
    requestAnimationFrame(() => pencil.current?.focus());
  };
  if (typed === null) {
    return (
      <Group gap={4} wrap="nowrap">
        <Title order={1}>{flow.name}</Title>
        <ActionIcon ref={pencil} aria-label={t("name.edit")} onClick={() => setTyped(flow.name)}>
          <IconPencil size={16} aria-hidden />
        </ActionIcon>
      </Group>
    );
  }
  return (
    <form
      className="name-form"
      onSubmit={(event) => {
        event.preventDefault();
        const name = typed.trim();
        if (!name) setProblem(t("name.required"));
        else if ([...name].length > 100) setProblem(t("name.long"));
        else if (name === flow.name) leave();
        else rename.mutate(name);
      }}
    >
      <TextInput
        aria-label={t("name.label")}
        value={typed}
        error={problem}
        autoFocus
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setProblem(null);
        }}
        onKeyDown={(event) => event.key === "Escape" && leave()}
      />
      <ActionIcon type="submit" aria-label={t("name.save")} loading={rename.isPending} size={36}>
        <IconCheck size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon aria-label={t("discard")} onClick={leave} size={36}>
        <IconX size={18} aria-hidden />
      </ActionIcon>
    </form>
  );
}
