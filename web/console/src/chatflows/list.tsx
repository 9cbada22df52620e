import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";
import { Button, Menu, Modal, Select, Stack, Switch, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import {
  IconArrowBarToDown,
  IconArrowBarToUp,
  IconCopy,
  IconGripVertical,
  IconHelp,
  IconMessages,
  IconPlus,
  IconSearch,
  IconTrash,
} from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { call } from "../api/call.ts";
import { chatflowsQuery, inboxesQuery, usersQuery } from "../api/queries.ts";
import type { Chatflow, ChatflowRow } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { Problems } from "../app/form.tsx";
import { useKeys } from "../app/keys.ts";
import { Bones, Empty, Heading, Needs } from "../app/screens.tsx";
import { dateOnly, dateTime } from "../app/time.ts";
import { complain, offerUndo, say } from "../app/undo.tsx";
import "./chatflows.css";
import { t } from "./texts.ts";

const route = getRouteApi("/a/$accountId/chatflows");

export function ChatflowList() {
  return (
    <Needs permission="chatflows">
      <List />
    </Needs>
  );
}

const TYPES = ["live_agent"] as const satisfies ChatflowRow["type"][];

interface Filters {
  search?: string;
  inbox?: string;
  type?: string;
  status?: string;
  creator?: string;
}

function List() {
  const account = useAccount();
  const accountId = String(account.id);
  const filters = route.useSearch();
  const navigate = useNavigate();
  const searchField = useRef<HTMLInputElement>(null);
  const inboxes = useQuery(inboxesQuery(account.id, "all"));
  const flows = useQuery({
    ...chatflowsQuery(account.id, {
      search: filters.search,
      inbox_id: filters.inbox,
      type: filters.type,
      created_by: filters.creator,
      status: filters.status,
    }),
    placeholderData: keepPreviousData,
  });

  const filter = (changes: { [Key in keyof Filters]: Filters[Key] | null | undefined }) =>
    navigate({
      to: "/a/$accountId/chatflows",
      params: { accountId },
      search: (before) => {
        const next = Object.entries({ ...before, ...changes }).filter(([, value]) => value);
        return Object.fromEntries(next) as Filters;
      },
      replace: true,
    });
  const searchFor = useDebouncedCallback((search: string) => void filter({ search }), 200);

  useKeys({
    "/": () => searchField.current?.focus(),
    j: () => walk(1),
    k: () => walk(-1),
    n: () => void navigate({ to: "/a/$accountId/chatflows/new", params: { accountId } }),
  });

  const users = useQuery(usersQuery(account.id));
  const rows = flows.data ?? [];
  const isFiltered = Object.keys(filters).length > 0;

  const create = (
    <Button
      leftSection={<IconPlus size={16} aria-hidden />}
      renderRoot={(props) => <Link {...props} to="/a/$accountId/chatflows/new" params={{ accountId }} />}
    >
      {t("create")}
    </Button>
  );

  if (flows.isPending) return <Bones />;
  if (flows.isError) throw flows.error;
  return (
    <div className="screen">
      <Heading title={t("title")}>
        {rows.length > 0 || isFiltered ? (
          <>
            <Button
              variant="default"
              leftSection={<IconHelp size={16} aria-hidden />}
              renderRoot={(props) => (
                <Link {...props} to="/a/$accountId/chatflows/explain" params={{ accountId }} />
              )}
            >
              {t("explain.button")}
            </Button>
            {create}
          </>
        ) : null}
      </Heading>
      {rows.length > 0 || isFiltered ? (
        <>
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
            <Select
              aria-label={t("filter.inbox")}
              placeholder={t("filter.inbox.all")}
              clearable
              value={filters.inbox ?? null}
              onChange={(inbox) => void filter({ inbox })}
              data={(inboxes.data ?? []).map((inbox) => ({ value: String(inbox.id), label: inbox.name }))}
            />
            <Select
              aria-label={t("filter.type")}
              placeholder={t("filter.type.all")}
              clearable
              value={filters.type ?? null}
              onChange={(type) => void filter({ type })}
              data={TYPES.map((type) => ({ value: type, label: t(`type.${type}`) }))}
            />
            <Select
              aria-label={t("filter.status")}
              placeholder={t("filter.status.all")}
              clearable
              value={filters.status ?? null}
              onChange={(status) => void filter({ status })}
              data={[
                { value: "on", label: t("on") },
                { value: "off", label: t("off") },
              ]}
            />
            <Select
              aria-label={t("filter.creator")}
              placeholder={t("filter.creator.all")}
              clearable
              value={filters.creator ?? null}
              onChange={(creator) => void filter({ creator })}
              data={(users.data ?? []).map((user) => ({ value: String(user.id), label: user.name }))}
            />
            {isFiltered && (
              <Button
                variant="subtle"
                onClick={() => {
                  if (searchField.current) searchField.current.value = "";
                  void navigate({ to: "/a/$accountId/chatflows", params: { accountId }, replace: true });
                }}
              >
                {t("filter.clear")}
              </Button>
            )}
          </search>
          {rows.length > 0 ? (
            <Rows rows={rows} isFiltered={isFiltered} />
          ) : (
            <Empty icon={<IconSearch />} title={t("list.none")}>
              {t("list.none.why")}
            </Empty>
          )}
        </>
      ) : (
        <Empty icon={<IconMessages />} title={t("list.empty")} action={create}>
          {t("list.empty.why")}
        </Empty>
      )}
    </div>
  );
}

/** Moves the focus to the next or previous row's link. */
function walk(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>(".flow-name")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  links[
    at < 0 ? (by === 1 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)
  ]?.focus();
}

function Rows({ rows, isFiltered }: { rows: ChatflowRow[]; isFiltered: boolean }) {
  const account = useAccount();
  const queries = useQueryClient();
  const [moved, setMoved] = useState<number[] | null>(null);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const ordered = moved ? moved.flatMap((id) => byId.get(id) ?? []) : rows;

  const move = useMutation({
    mutationFn: ({ id, to }: { id: number; to: number | "top" | "bottom" }) =>
      call("POST", `/accounts/${account.id}/chatflows/${id}/move`, { body: { to } }),
    onError: complain,
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: [account.id, "chatflows"] });
      setMoved(null);
    },
  });

  const place = (id: unknown) => ({
    name: byId.get(Number(id))?.name ?? "",
    place: ordered.findIndex((row) => row.id === Number(id)) + 1,
  });
  const drop = ({ active, over }: DragEndEvent) => {
    if (!over || active.id === over.id) return;
    const ids = ordered.map((row) => row.id);
    const to = ids.indexOf(Number(over.id));
    setMoved(arrayMove(ids, ids.indexOf(Number(active.id)), to));
    move.mutate({ id: Number(active.id), to: to + 1 });
  };

  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={drop}
      accessibility={{
        screenReaderInstructions: { draggable: t("drag.instructions") },
        announcements: {
          onDragStart: ({ active }) => t("drag.start", place(active.id)),
          onDragOver: ({ active, over }) =>
            over ? t("drag.over", { ...place(active.id), place: place(over.id).place }) : undefined,
          onDragEnd: ({ active, over }) =>
            t("drag.end", { ...place(active.id), place: place(over?.id ?? active.id).place }),
          onDragCancel: ({ active }) => t("drag.cancel", place(active.id)),
        },
      }}
    >
      <SortableContext items={ordered.map((row) => row.id)} strategy={verticalListSortingStrategy}>
        <table className="flows" aria-label={t("title")}>
          <thead>
            <tr className="flow flow-head">
              <th scope="col" className="flow-priority">
                <Tooltip label={t("priority.help")} multiline w={260}>
                  <span>{t("column.priority")}</span>
                </Tooltip>
              </th>
              <th scope="col">{t("column.name")}</th>
              <th scope="col">{t("column.tag")}</th>
              <th scope="col">{t("column.inbox")}</th>
              <th scope="col">{t("column.type")}</th>
              <th scope="col">{t("column.survey")}</th>
              <th scope="col">{t("column.modified")}</th>
              <th scope="col">{t("column.created")}</th>
              <th scope="col">{t("column.status")}</th>
              <th scope="col" className="flow-actions">
                <span className="visually-hidden">{t("column.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {ordered.map((row, place) => (
              <Row
                key={row.id}
                row={row}
                priority={moved ? place + 1 : row.priority}
                isFiltered={isFiltered}
                onMove={(to) => move.mutate({ id: row.id, to })}
              />
            ))}
          </tbody>
        </table>
      </SortableContext>
    </DndContext>
  );
}

interface RowProps {
  row: ChatflowRow;
  priority: number;
  isFiltered: boolean;
  onMove: (to: "top" | "bottom") => void;
}

function Row({ row, priority, isFiltered, onMove }: RowProps) {
  const account = useAccount();
  const queries = useQueryClient();
  const [cloning, clone] = useDisclosure(false);
  const sortable = useSortable({ id: row.id, disabled: isFiltered });
  const path = `/accounts/${account.id}/chatflows/${row.id}`;
  const refresh = () => queries.invalidateQueries({ queryKey: [account.id, "chatflows"] });

  const turn = useMutation({
    mutationFn: (is_on: boolean) => call("PATCH", path, { body: { is_on } }),
    onSuccess: (_, is_on) => say(t(is_on ? "turned_on" : "turned_off", { name: row.name })),
    onError: complain,
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => call("DELETE", path),
    onSuccess: async () => {
      offerUndo(t("deleted", { name: row.name }), async () => {
        await call("POST", `${path}/restore`);
        await refresh();
      });
      await refresh();
    },
    onError: complain,
  });

  const params = { accountId: String(account.id), chatflowId: String(row.id), tab: "chat" };
  const isOn = turn.isPending ? turn.variables : row.is_on;
  return (
    <tr
      className="flow"
      ref={sortable.setNodeRef}
      data-dragging={sortable.isDragging || undefined}
      style={{ transform: CSS.Translate.toString(sortable.transform), transition: sortable.transition ?? "" }}
    >
      <td className="flow-priority">
        <Tooltip label={t("handle.filtered")} disabled={!isFiltered} multiline w={260}>
          <button
            type="button"
            className="flow-handle"
            ref={sortable.setActivatorNodeRef}
            {...sortable.attributes}
            {...sortable.listeners}
            aria-label={t("handle", { name: row.name, priority })}
            aria-disabled={isFiltered}
          >
            <IconGripVertical size={16} aria-hidden />
          </button>
        </Tooltip>
        <span className="number">{priority}</span>
      </td>
      <td className="flow-title">
        <Link className="flow-name" to="/a/$accountId/chatflows/$chatflowId/$tab" params={params}>
          {row.name}
        </Link>
      </td>
      <td className="flow-tag" data-label={t("column.tag")}>
        <code>{row.mobile_tag}</code>
      </td>
      <td className="flow-inbox" data-label={t("column.inbox")}>
        {row.inbox.name}
      </td>
      <td className="flow-wide">{t(`type.${row.type}`)}</td>
      <td className="flow-wide">{row.survey?.name ?? t("survey.no")}</td>
      <td className="flow-wide" title={dateTime(row.modified_at)}>
        {t("by", { date: dateOnly(row.modified_at), name: row.modified_by.name })}
      </td>
      <td className="flow-wide" title={dateTime(row.created_at)}>
        {row.created_by.name}
      </td>
      <td className="flow-switch">
        <Switch
          aria-label={t("switch", { name: row.name })}
          checked={isOn}
          onChange={(event) => turn.mutate(event.currentTarget.checked)}
        />
      </td>
      <td className="flow-actions">
        <Button
          className="flow-edit"
          variant="default"
          size="compact-sm"
          aria-label={t("edit.of", { name: row.name })}
          renderRoot={(props) => (
            <Link {...props} to="/a/$accountId/chatflows/$chatflowId/$tab" params={params} />
          )}
        >
          {t("edit")}
        </Button>
        <MoreMenu label={t("more", { name: row.name })}>
          <Menu.Item leftSection={<IconArrowBarToUp size={16} />} onClick={() => onMove("top")}>
            {t("to_top")}
          </Menu.Item>
          <Menu.Item leftSection={<IconArrowBarToDown size={16} />} onClick={() => onMove("bottom")}>
            {t("to_bottom")}
          </Menu.Item>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={clone.open}>
            {t("clone")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => remove.mutate()}>
            {t("delete")}
          </Menu.Item>
        </MoreMenu>
        {cloning && <Clone row={row} onClose={clone.close} />}
      </td>
    </tr>
  );
}

function Clone({ row, onClose }: { row: ChatflowRow; onClose: () => void }) {
  const account = useAccount();
  const queries = useQueryClient();
  const inboxes = useQuery(inboxesQuery(account.id, "all"));
  const [inbox, setInbox] = useState(String(row.inbox.id));
  const clone = useMutation({
    mutationFn: () =>
      call<Chatflow>("POST", `/accounts/${account.id}/chatflows/${row.id}/clone`, {
        body: { inbox_id: Number(inbox) },
      }),
    onSuccess: async (copy) => {
      say(t("clone.done", { name: copy.name }));
      onClose();
      await queries.invalidateQueries({ queryKey: [account.id, "chatflows"] });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("clone.title", { name: row.name })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          clone.mutate();
        }}
      >
        <Stack>
          <Problems failure={clone.error} />
          <Text size="sm">{t("clone.why")}</Text>
          <Select
            label={t("clone.inbox")}
            value={inbox}
            onChange={(value) => value && setInbox(value)}
            data={(inboxes.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
          />
          <Button type="submit" loading={clone.isPending} style={{ alignSelf: "flex-end" }}>
            {t("clone")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
