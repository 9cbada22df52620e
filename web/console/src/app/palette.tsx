import { Modal, TextInput, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import {
  IconAddressBook,
  IconArrowRight,
  IconArticle,
  IconBolt,
  IconMessage2,
  IconMessages,
  IconSearch,
} from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { call } from "../api/call.ts";
import { chatflowsQuery } from "../api/queries.ts";
import type { Contact, Page } from "../api/types.ts";
import { conversationsQuery } from "../inbox/queries.ts";
import { whoIs } from "../inbox/row.tsx";
import { articlesQuery, basesQuery, createArticle } from "../knowledge/queries.ts";
import { AUTHORS, useAccount, useMay } from "./account.tsx";
import { DOCS } from "./docs.ts";
import { fits } from "./fits.ts";
import { useStatus } from "./shell.tsx";
import { t } from "./texts.ts";

interface Choice {
  id: string;
  group: string;
  icon: ReactNode;
  label: string;
  note?: string | undefined;
  run: () => void;
}

/** Everything that can be reached or done, by typing a few letters of it. */
export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal.Root opened={opened} onClose={onClose} centered={false} size="lg">
      <Modal.Overlay />
      <Modal.Content className="palette" aria-label={t("find.label")}>
        {opened && <Choices onClose={onClose} />}
      </Modal.Content>
    </Modal.Root>
  );
}

function Choices({ onClose }: { onClose: () => void }) {
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const choices = useChoices(typed);
  const current = choices[Math.min(at, choices.length - 1)];
  const run = (choice: Choice | undefined) => {
    if (!choice) return;
    onClose();
    choice.run();
  };
  const move = (to: number) => {
    const place = (to + choices.length) % choices.length;
    setAt(place);
    document.getElementById(`${listId}-${choices[place]?.id}`)?.scrollIntoView({ block: "nearest" });
  };
  return (
    <>
      <TextInput
        data-autofocus
        size="md"
        variant="unstyled"
        className="palette-field"
        aria-label={t("find.label")}
        placeholder={t("find.placeholder")}
        leftSection={<IconSearch size={18} aria-hidden />}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={current ? `${listId}-${current.id}` : undefined}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || choices.length === 0) return;
          if (event.key === "ArrowDown") move(at + 1);
          else if (event.key === "ArrowUp") move(at - 1);
          else if (event.key === "Enter") run(current);
          else return;
          event.preventDefault();
        }}
      />
      <div className="palette-list" role="listbox" id={listId} aria-label={t("find.label")}>
        {choices.length === 0 && <p className="muted palette-none">{t("find.none", { words: typed })}</p>}
        {choices.map((choice, place) => (
          <div key={choice.id} role="presentation">
            {choice.group !== choices[place - 1]?.group && (
              <div className="palette-group" role="presentation">
                {choice.group}
              </div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above. */}
            <div
              role="option"
              tabIndex={-1}
              id={`${listId}-${choice.id}`}
              aria-selected={choice === current}
              className="palette-choice"
              onClick={() => run(choice)}
              onPointerMove={() => setAt(place)}
            >
              {choice.icon}
              <span>{choice.label}</span>
              {choice.note && <span className="muted small">{choice.note}</span>}
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

function useChoices(typed: string): Choice[] {
  const account = useAccount();
  const accountId = String(account.id);
  const navigate = useNavigate();
  const { status, setStatus } = useStatus();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const mayFlows = useMay("chatflows");
  const mayPeople = useMay("people");
  const mayInboxes = useMay("inboxes");
  const mayIdentity = useMay("identity");
  const mayTokens = useMay("tokens");
  const mayAudit = useMay("audit");
  const mayReadKnowledge = useMay(...AUTHORS);
  const mayWrite = useMay("knowledge_edit");
  const mayPublish = useMay("knowledge_publish");
  const [words] = useDebouncedValue(typed.trim(), 150);
  const isSearch = words.length >= 2;
  const conversations = useQuery({
    ...conversationsQuery(account.id, { search: words, limit: 6 }),
    enabled: isSearch,
  });
  const contacts = useQuery({
    queryKey: [account.id, "find-contacts", words],
    queryFn: ({ signal }) =>
      call<Page<Contact>>("GET", `/accounts/${account.id}/contacts`, {
        query: { search: words, limit: 6 },
        signal,
      }),
    enabled: isSearch,
  });
  const flows = useQuery({ ...chatflowsQuery(account.id, {}), enabled: isSearch && mayFlows });

  const bases = useQuery({ ...basesQuery(account.id), enabled: mayReadKnowledge });
  const live = (bases.data ?? []).filter(({ archived_at }) => archived_at === null);
  const articles = useQueries({
    queries: (isSearch ? live : []).map(({ id }) =>
      articlesQuery(account.id, id, { search: words, limit: 6 }),
    ),
  });

  const params = { accountId };
  const go = <Icon extends ReactNode>(id: string, label: string, run: () => unknown, icon: Icon): Choice => ({
    id,
    group: t("find.go"),
    icon,
    label,
    run: () => void run(),
  });
  const arrow = <IconArrowRight size={16} aria-hidden />;
  const bolt = <IconBolt size={16} aria-hidden />;
  const act = (id: string, label: string, run: () => unknown): Choice => ({
    ...go(id, label, run, bolt),
    group: t("find.do"),
  });
  const settings = (section: string) => () =>
    navigate({ to: `/a/$accountId/settings/${section}` as "/a/$accountId/settings/users", params });

  const fixed: Choice[] = [
    go("inbox", t("nav.inbox"), () => navigate({ to: "/a/$accountId/inbox", params }), arrow),
    ...(mayFlows
      ? [
          go(
            "chatflows",
            t("nav.chatflows"),
            () => navigate({ to: "/a/$accountId/chatflows", params }),
            arrow,
          ),
        ]
      : []),
    ...(mayReadKnowledge
      ? [
          go(
            "knowledge",
            t("find.knowledge"),
            () => navigate({ to: "/a/$accountId/knowledge", params, search: { all: "1" } }),
            arrow,
          ),
          ...live.map(({ id, name }) =>
            go(
              `base-${id}`,
              `${t("nav.knowledge")}: ${name}`,
              () =>
                navigate({
                  to: "/a/$accountId/knowledge/$baseId/$tab",
                  params: { accountId, baseId: String(id), tab: "articles" },
                }),
              arrow,
            ),
          ),
        ]
      : []),
    go("contacts", t("nav.contacts"), () => navigate({ to: "/a/$accountId/contacts", params }), arrow),
    go("settings", t("nav.settings"), () => navigate({ to: "/a/$accountId/settings", params }), arrow),
    go("notifications", t("find.notifications"), settings("notifications"), arrow),
    ...(mayPeople
      ? [
          go("users", t("find.users"), settings("users"), arrow),
          go("teams", t("find.teams"), settings("teams"), arrow),
          go("sets", t("find.sets"), settings("permissions"), arrow),
          go("routing", t("find.routing"), settings("routing"), arrow),
          go("privacy", t("find.privacy"), settings("privacy"), arrow),
        ]
      : []),
    ...(mayFlows
      ? [
          go("surveys", t("find.surveys"), settings("surveys"), arrow),
          go("simulator", t("find.simulator"), settings("simulator"), arrow),
        ]
      : []),
    ...(mayInboxes ? [go("inboxes", t("find.inboxes"), settings("inboxes"), arrow)] : []),
    ...(mayIdentity ? [go("identity", t("find.identity"), settings("identity"), arrow)] : []),
    ...(mayTokens ? [go("tokens", t("find.tokens"), settings("tokens"), arrow)] : []),
    ...(mayTokens ? [go("webhooks", t("find.webhooks"), settings("webhooks"), arrow)] : []),
    ...(mayInboxes ? [go("push", t("find.push"), settings("push"), arrow)] : []),
    ...(mayAudit ? [go("audit", t("find.audit"), settings("audit"), arrow)] : []),
    ...(mayFlows
      ? [
          act("create", t("find.create_chatflow"), () =>
            navigate({ to: "/a/$accountId/chatflows/new", params }),
          ),
          act("explain", t("find.explain"), () =>
            navigate({ to: "/a/$accountId/chatflows/explain", params }),
          ),
        ]
      : []),
    ...(mayPublish
      ? [
          act("create-base", t("find.create_base"), () =>
            navigate({ to: "/a/$accountId/knowledge", params, search: { create: "1" } }),
          ),
        ]
      : []),
    ...(mayWrite
      ? live.map((base) =>
          act(
            `write-${base.id}`,
            `${t("find.write")}${live.length > 1 ? `: ${base.name}` : ""}`,
            async () => {
              const language = base.languages[0] ?? "en";
              const { id } = await createArticle(account.id, base.id, { language, category_id: null });
              await navigate({
                to: "/a/$accountId/knowledge/articles/$articleId/$language",
                params: { accountId, articleId: String(id), language },
              });
            },
          ),
        )
      : []),
    act("docs", t("find.docs"), () => window.open(DOCS.first, "_blank", "noopener")),
    status === "available"
      ? act("away", t("find.away"), () => setStatus("away"))
      : act("available", t("find.available"), () => setStatus("available")),
    scheme === "dark"
      ? act("light", t("find.light"), () => setColorScheme("light"))
      : act("dark", t("find.dark"), () => setColorScheme("dark")),
  ].filter((choice) => fits(choice.label, typed));
  if (!isSearch) return fixed;
  return [
    ...fixed,
    ...(flows.data ?? [])
      .filter((flow) => fits(`${flow.name} ${flow.mobile_tag}`, words))
      .slice(0, 6)
      .map((flow) => ({
        id: `flow-${flow.id}`,
        group: t("find.chatflows"),
        icon: <IconMessages size={16} aria-hidden />,
        label: flow.name,
        note: flow.mobile_tag,
        run: () =>
          void navigate({
            to: "/a/$accountId/chatflows/$chatflowId/$tab",
            params: { accountId, chatflowId: String(flow.id), tab: "chat" },
          }),
      })),
    ...articles
      .flatMap(({ data }) => data?.items ?? [])
      .slice(0, 6)
      .map((article) => ({
        id: `article-${article.id}`,
        group: t("find.articles"),
        icon: <IconArticle size={16} aria-hidden />,
        label: article.title,
        run: () =>
          void navigate({
            to: "/a/$accountId/knowledge/articles/$articleId/$language",
            params: { accountId, articleId: String(article.id), language: article.language },
          }),
      })),
    ...(contacts.data?.items ?? []).map((contact) => ({
      id: `contact-${contact.id}`,
      group: t("find.contacts"),
      icon: <IconAddressBook size={16} aria-hidden />,
      label: contact.name || contact.email || "",
      note: contact.name ? (contact.email ?? undefined) : undefined,
      run: () =>
        void navigate({
          to: "/a/$accountId/contacts/$contactId",
          params: { accountId, contactId: String(contact.id) },
        }),
    })),
    ...(conversations.data?.items ?? []).map((row) => ({
      id: `conversation-${row.id}`,
      group: t("find.conversations"),
      icon: <IconMessage2 size={16} aria-hidden />,
      label: whoIs(row),
      note: row.last_words,
      run: () =>
        void navigate({
          to: "/a/$accountId/inbox/$conversationId",
          params: { accountId, conversationId: String(row.id) },
        }),
    })),
  ];
}
