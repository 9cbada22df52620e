import { Button, Checkbox, Group, Loader, Popover, Select, Skeleton, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDebouncedValue, useDisclosure } from "@mantine/hooks";
import type { Row } from "@pocketdesk/client";
import { IconAdjustmentsHorizontal, IconCornerUpLeft, IconInbox, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate, useParams } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { contactQuery, contactsQuery, teamsQuery, usersQuery } from "../api/queries.ts";
import { useAccount } from "../app/account.tsx";
import { useKeys } from "../app/keys.ts";
import { Empty } from "../app/screens.tsx";
import { ago } from "../app/time.ts";
import { useList } from "../live/live.tsx";
import { BulkBar } from "./bulk.tsx";
import { type CalmRow, calm, joined } from "./calm.ts";
import { type Filters, narrowing, questionOf, streamOf } from "./filters.ts";
import { conversationPagesQuery } from "./queries.ts";
import { AssigneeMark, ChannelIcon, Face, platformName, VerifiedMark, whoIs } from "./row.tsx";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/inbox");
const ROW_HEIGHT = 80;
const NONE: readonly Row[] = [];

interface Source {
  rows: Row[] | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  failure: Error | null;
}

/** The rows behind the filters: a live window with older pages, or (narrowed) the server's answer, asked again as things happen. */
function useRows(filters: Filters): Source {
  const account = useAccount();
  const queries = useQueryClient();
  const isNarrowed = narrowing(filters) > 0;
  const live = useList(streamOf(filters));
  const [wantsOlder, setWantsOlder] = useState<string | null>(null);
  const stream = streamOf(filters);
  const question = questionOf(filters);
  const pages = useInfiniteQuery({
    ...conversationPagesQuery(account.id, question),
    enabled: isNarrowed || wantsOlder === stream,
    placeholderData: keepPreviousData,
  });

  // What happens in the account shows in the live window first; a narrowed list follows, at most once in two seconds.
  const [beat] = useDebouncedValue(isNarrowed ? live : null, 2_000);
  useEffect(() => {
    if (beat) void queries.invalidateQueries({ queryKey: [account.id, "conversation-pages"] });
  }, [beat, queries, account.id]);

  const fetched = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const window = live.kind === "live" ? live.state.rows : NONE;
  const isFetched = isNarrowed || wantsOlder === stream;
  const rows = useMemo(
    () => (isNarrowed ? fetched : joined(window, isFetched ? fetched : NONE)),
    [isNarrowed, isFetched, window, fetched],
  );
  if (isNarrowed) {
    return {
      rows: pages.isPending ? null : rows,
      hasMore: pages.hasNextPage,
      isLoadingMore: pages.isFetchingNextPage,
      loadMore: () => void pages.fetchNextPage(),
      failure: pages.error,
    };
  }
  return {
    rows: live.kind === "live" ? rows : null,
    hasMore: live.kind === "live" && live.state.more && (!isFetched || pages.isPending || pages.hasNextPage),
    isLoadingMore: isFetched && pages.isFetching,
    loadMore: () => {
      if (isFetched) void pages.fetchNextPage();
      else setWantsOlder(stream);
    },
    failure: live.kind === "refused" ? new Error(live.refusal.message) : null,
  };
}

/** The rows as shown: while the pointer rests on the list, nothing moves under it. */
function useCalm(
  fresh: readonly Row[],
  isHeld: boolean,
): { rows: CalmRow[]; waiting: number; refresh: () => void } {
  const [held, setHeld] = useState<CalmRow[] | null>(null);
  const latest = useRef<CalmRow[]>([]);
  const shown = calm(isHeld ? held : null, fresh);
  useEffect(() => {
    latest.current = shown.rows;
  });
  useEffect(() => {
    setHeld(isHeld ? latest.current : null);
  }, [isHeld]);
  return { ...shown, refresh: () => setHeld(calm(null, fresh).rows) };
}

export function ConversationList() {
  const account = useAccount();
  const accountId = String(account.id);
  const filters = route.useSearch();
  const { conversationId } = useParams({ strict: false });
  const navigate = useNavigate();
  const { rows: fresh, hasMore, isLoadingMore, loadMore, failure } = useRows(filters);
  const [isHeld, hold] = useState(false);
  const { rows, waiting, refresh } = useCalm(fresh ?? NONE, isHeld);
  const [selected, select] = useState<ReadonlySet<number>>(new Set());
  const section = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const now = useMinute();

  // A menu that closes under the pointer sends no leave, so what the pointer does next tells.
  useEffect(() => {
    if (!isHeld) return;
    const release = (event: PointerEvent) => {
      if (event.type === "pointerleave" || !section.current?.contains(event.target as Node)) hold(false);
    };
    window.addEventListener("pointermove", release);
    document.documentElement.addEventListener("pointerleave", release);
    return () => {
      window.removeEventListener("pointermove", release);
      document.documentElement.removeEventListener("pointerleave", release);
    };
  }, [isHeld]);

  const virtual = useVirtualizer({
    count: rows.length + (hasMore ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (place) => rows[place]?.row.id ?? "more",
    overscan: 8,
  });
  const shown = virtual.getVirtualItems();
  const isAtEnd = hasMore && shown.at(-1)?.index === rows.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once per time that the end comes into view.
  useEffect(() => {
    if (isAtEnd && !isLoadingMore) loadMore();
  }, [isAtEnd, isLoadingMore]);

  // A view is read from its top.
  const place = streamOf(filters);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the view changes.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    select(new Set());
    setCursor(null);
  }, [place]);

  const walk = (by: 1 | -1) => {
    if (rows.length === 0) return;
    const from = rows.findIndex(({ row }) => row.id === (cursor ?? Number(conversationId)));
    const to = from < 0 ? 0 : Math.min(Math.max(from + by, 0), rows.length - 1);
    const id = rows[to]?.row.id ?? null;
    setCursor(id);
    virtual.scrollToIndex(to);
    requestAnimationFrame(() => document.getElementById(`row-${id}`)?.focus({ preventScroll: true }));
  };
  const toggle = (id: number) =>
    select((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  useKeys({
    j: () => walk(1),
    k: () => walk(-1),
    arrowdown: () => walk(1),
    arrowup: () => walk(-1),
    "/": () => searchField.current?.focus(),
    x: () => {
      const id = cursor ?? (conversationId ? Number(conversationId) : null);
      if (id !== null) toggle(id);
    },
    escape: () => {
      if (selected.size > 0) select(new Set());
      else if (conversationId) {
        setCursor(Number(conversationId));
        void navigate({ to: "/a/$accountId/inbox", params: { accountId }, search: filters }).then(() =>
          document.getElementById(`row-${conversationId}`)?.focus(),
        );
      }
    },
  });

  const narrow = (changes: Record<string, string | null | undefined>) => {
    const next = Object.fromEntries(
      Object.entries({ ...filters, ...changes }).filter(([, value]) => value),
    ) as Filters;
    void navigate(
      conversationId
        ? {
            to: "/a/$accountId/inbox/$conversationId",
            params: { accountId, conversationId },
            search: next,
            replace: true,
          }
        : { to: "/a/$accountId/inbox", params: { accountId }, search: next, replace: true },
    );
  };
  const searchFor = useDebouncedCallback((words: string) => narrow({ search: words.trim() }), 250);
  const isNarrowed = narrowing(filters) > 0;

  return (
    <section
      className="list"
      aria-label={t("list")}
      ref={section}
      onPointerMove={(event) => {
        if (event.pointerType === "mouse" && section.current?.contains(event.target as Node)) hold(true);
      }}
    >
      <search className="list-head">
        <TextInput
          key={place}
          ref={searchField}
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          leftSection={<IconSearch size={16} aria-hidden />}
          defaultValue={filters.search ?? ""}
          onChange={(event) => searchFor(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
            if (event.key === "ArrowDown" || event.key === "Enter") {
              event.preventDefault();
              setCursor(null);
              event.currentTarget.blur();
              walk(1);
            }
          }}
        />
        <FilterMenu filters={filters} narrow={narrow} />
      </search>
      {selected.size > 0 && (
        <BulkBar
          rows={rows.filter(({ row }) => selected.has(row.id)).map(({ row }) => row)}
          onDone={() => {
            select(new Set());
            // What one did oneself is shown at once, wherever the pointer is.
            hold(false);
          }}
        />
      )}
      {waiting > 0 && (
        <button
          type="button"
          className="fresh"
          onClick={() => {
            refresh();
            scroller.current?.scrollTo({ top: 0 });
          }}
        >
          {t("fresh", { count: waiting })}
        </button>
      )}
      <div className="list-rows" ref={scroller}>
        {failure ? (
          <p className="muted small list-note">{failure.message}</p>
        ) : fresh === null ? (
          <RowBones />
        ) : rows.length === 0 ? (
          <Empty
            icon={isNarrowed ? <IconSearch /> : <IconInbox />}
            title={t(isNarrowed ? "empty.filtered" : `empty.${filters.view ?? "open"}`)}
          >
            {t(isNarrowed ? "empty.filtered.why" : `empty.${filters.view ?? "open"}.why`)}
          </Empty>
        ) : (
          <ul style={{ blockSize: virtual.getTotalSize() }}>
            {shown.map((item) => {
              const entry = rows[item.index];
              return (
                <li
                  key={item.key}
                  className="list-item"
                  style={{ transform: `translateY(${item.start}px)`, blockSize: item.size }}
                >
                  {entry ? (
                    <ConversationRow
                      entry={entry}
                      now={now}
                      filters={filters}
                      isOpen={String(entry.row.id) === conversationId}
                      isSelected={selected.has(entry.row.id)}
                      isSelecting={selected.size > 0}
                      onSelect={() => toggle(entry.row.id)}
                      onFocus={() => setCursor(entry.row.id)}
                    />
                  ) : (
                    <span className="list-more">
                      <Loader size={16} /> {t("more")}
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </section>
  );
}

/** The time, again every half minute, so that "5 min" does not grow stale. */
function useMinute(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

interface RowProps {
  entry: CalmRow;
  now: number;
  filters: Filters;
  isOpen: boolean;
  isSelected: boolean;
  isSelecting: boolean;
  onSelect: () => void;
  onFocus: () => void;
}

function ConversationRow({
  entry,
  now,
  filters,
  isOpen,
  isSelected,
  isSelecting,
  onSelect,
  onFocus,
}: RowProps) {
  const { row, isGone } = entry;
  const account = useAccount();
  const name = whoIs(row);
  return (
    <div
      className="conv"
      data-open={isOpen || undefined}
      data-unread={row.unread || undefined}
      data-gone={isGone || undefined}
      data-selecting={isSelecting || undefined}
      title={isGone ? t("gone") : undefined}
    >
      <span className="conv-face">
        <Face name={row.who.name} color={row.who.color} />
        <Checkbox
          size="sm"
          tabIndex={-1}
          aria-label={t("select", { name })}
          checked={isSelected}
          onChange={onSelect}
        />
      </span>
      <Link
        id={`row-${row.id}`}
        to="/a/$accountId/inbox/$conversationId"
        params={{ accountId: String(account.id), conversationId: String(row.id) }}
        search={filters}
        className="conv-link"
        aria-current={isOpen ? "true" : undefined}
        onFocus={onFocus}
        preload={false}
      >
        <span className="conv-top">
          <strong className="conv-name">{name}</strong>
          {row.who.verified && <VerifiedMark />}
          <time className="muted number" dateTime={new Date(row.last_activity_at).toISOString()}>
            {ago(row.last_activity_at, now)}
          </time>
        </span>
        <span className="conv-words" dir="auto">
          {row.last_author === "agent" && (
            <IconCornerUpLeft size={13} role="img" aria-label={t("answered")} />
          )}
          {row.last_words}
        </span>
        <span className="conv-facts muted">
          <ChannelIcon kind={row.channel_kind} />
          {row.platform && <span>{platformName(row.platform)}</span>}
          {row.status === "closed" && <span>{t("status.closed")}</span>}
          <AssigneeMark assignee={row.assignee} />
          {row.waiting_since !== null && now - row.waiting_since >= 60_000 && (
            <span className="conv-waiting">{t("waiting", { time: ago(row.waiting_since, now) })}</span>
          )}
          {row.unread && <span className="unread-dot" role="img" aria-label={t("unread")} />}
        </span>
      </Link>
    </div>
  );
}

function RowBones() {
  return (
    <Stack gap={0} aria-busy role="status" aria-label={t("list")}>
      {[1, 0.8, 0.6, 0.4, 0.2].map((opacity) => (
        <div key={opacity} className="conv" style={{ opacity, blockSize: ROW_HEIGHT }}>
          <Skeleton circle height={36} />
          <Stack gap={8} style={{ flex: 1 }}>
            <Skeleton height={12} width="45%" />
            <Skeleton height={12} width="80%" />
          </Stack>
        </div>
      ))}
    </Stack>
  );
}

interface FilterMenuProps {
  filters: Filters;
  narrow: (changes: Record<string, string | null | undefined>) => void;
}

function FilterMenu({ filters, narrow }: FilterMenuProps) {
  const account = useAccount();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { search: _, ...others } = filters;
  const count = narrowing(others);
  return (
    <Popover
      opened={opened}
      onChange={(isOpen) => !isOpen && close()}
      width={300}
      position="bottom-end"
      trapFocus
      shadow="md"
    >
      <Popover.Target>
        <Button
          variant={count > 0 ? "light" : "default"}
          className="filter-button"
          onClick={toggle}
          aria-expanded={opened}
          aria-label={count > 0 ? t("filters.on", { count }) : t("filters")}
        >
          <IconAdjustmentsHorizontal size={18} stroke={1.6} aria-hidden />
          {count > 0 && <span className="number">{count}</span>}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {opened && <FilterFields accountId={account.id} filters={filters} narrow={narrow} onDone={close} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function FilterFields({
  accountId,
  filters,
  narrow,
  onDone,
}: FilterMenuProps & { accountId: number; onDone: () => void }) {
  const users = useQuery(usersQuery(accountId));
  const teams = useQuery(teamsQuery(accountId));
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed, 200);
  const contacts = useInfiniteQuery({
    ...contactsQuery(accountId, words),
    placeholderData: keepPreviousData,
  });
  const chosen = useQuery({
    ...contactQuery(accountId, Number(filters.contact)),
    enabled: filters.contact !== undefined,
  });
  const found = [...(chosen.data ? [chosen.data] : []), ...(contacts.data?.pages[0]?.items ?? [])];
  const people = [...new Map(found.map((contact) => [contact.id, contact])).values()];
  return (
    <Stack gap="sm">
      <Select
        label={t("filter.status")}
        placeholder={t("filter.any")}
        clearable
        comboboxProps={{ withinPortal: false }}
        value={filters.status ?? null}
        onChange={(status) => narrow({ status })}
        data={(["open", "closed"] as const).map((value) => ({ value, label: t(`status.${value}`) }))}
      />
      <Select
        label={t("filter.channel")}
        placeholder={t("filter.any")}
        clearable
        comboboxProps={{ withinPortal: false }}
        value={filters.channel ?? null}
        onChange={(channel) => narrow({ channel })}
        data={(["mobile", "web"] as const).map((value) => ({ value, label: t(`channel.${value}`) }))}
      />
      <Select
        label={t("filter.assignee")}
        placeholder={t("filter.any")}
        clearable
        searchable
        comboboxProps={{ withinPortal: false }}
        value={filters.assignee ?? null}
        onChange={(assignee) => narrow({ assignee })}
        data={[
          { value: "nobody", label: t("filter.nobody") },
          ...(users.data ?? []).map(({ id, name }) => ({ value: `user:${id}`, label: name })),
          ...(teams.data ?? []).map(({ id, name }) => ({ value: `team:${id}`, label: name })),
        ]}
      />
      <Select
        label={t("filter.contact")}
        placeholder={t("filter.any")}
        description={t("filter.contact.help")}
        clearable
        searchable
        comboboxProps={{ withinPortal: false }}
        searchValue={typed}
        onSearchChange={setTyped}
        filter={({ options }) => options}
        value={filters.contact ?? null}
        onChange={(contact) => narrow({ contact })}
        data={people.map(({ id, name, email }) => ({
          value: String(id),
          label: name || email || String(id),
        }))}
      />
      <Group grow gap="xs">
        <TextInput
          type="date"
          label={t("filter.from")}
          value={filters.from ?? ""}
          max={filters.to}
          onChange={(event) => narrow({ from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t("filter.to")}
          value={filters.to ?? ""}
          min={filters.from}
          onChange={(event) => narrow({ to: event.currentTarget.value })}
        />
      </Group>
      <Group justify="space-between">
        <Button
          variant="subtle"
          color="gray"
          onClick={() =>
            narrow({ status: null, channel: null, assignee: null, contact: null, from: null, to: null })
          }
        >
          {t("filter.clear")}
        </Button>
        <Button onClick={onDone}>{t("filter.done")}</Button>
      </Group>
    </Stack>
  );
}
