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
import { Button, Group, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { IconCategory, IconGripVertical, IconPencil, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call, Refused } from "../api/call.ts";
import { useAccount, useMay } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { useKeys } from "../app/keys.ts";
import { Bones, Empty } from "../app/screens.tsx";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { named, useLanguages } from "./languages.ts";
import { articlesKey, categoriesQuery, knowledge } from "./queries.ts";
import { ReadOnly } from "./read-only.tsx";
import type { Base, Category } from "./shapes.ts";
import { t } from "./texts.ts";
import { type Branch, flat, moved, moves, orderOf } from "./tree.ts";

/** What the naming dialog is open for: a new category (below another one, or at the top), or one that is there. */
type Naming = { parent: number | null } | { category: Category };

export function CategoriesTab({ base }: { base: Base }) {
  const account = useAccount().id;
  const mayWrite = useMay("knowledge_edit");
  const [naming, name] = useState<Naming | null>(null);
  const categories = useQuery(categoriesQuery(account, base.id));
  useKeys({ n: () => name({ parent: null }) }, mayWrite);
  if (categories.isPending) return <Bones />;
  if (categories.isError) throw categories.error;
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => name({ parent: null })}>
      {t("category.create")}
    </Button>
  );
  return (
    <fieldset className="plain-fieldset categories" disabled={!mayWrite} aria-label={t("tab.categories")}>
      {!mayWrite && <ReadOnly />}
      {categories.data.length === 0 ? (
        <Empty icon={<IconCategory />} title={t("category.empty")} action={create}>
          {t("category.empty.why")}
        </Empty>
      ) : (
        <>
          <div className="tab-head">
            <p className="muted">{t("category.why")}</p>
            {create}
          </div>
          <Tree base={base} categories={categories.data} onName={name} />
        </>
      )}
      {naming && <NameDialog base={base} naming={naming} onClose={() => name(null)} />}
    </fieldset>
  );
}

interface TreeProps {
  base: Base;
  categories: readonly Category[];
  onName: (naming: Naming) => void;
}

function Tree({ base, categories, onName }: TreeProps) {
  const account = useAccount().id;
  const queries = useQueryClient();
  const [shown, show] = useState<readonly Category[] | null>(null);
  const rows = flat(shown ?? categories);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const order = useMutation({
    mutationFn: (next: readonly Category[]) =>
      call("POST", knowledge(account, `/bases/${base.id}/categories/order`), {
        body: { order: orderOf(next) },
      }),
    onMutate: show,
    onError: complain,
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
      show(null);
    },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const nameOf = (id: unknown) => named(byId.get(Number(id))?.names ?? {}, base.languages);
  const place = (id: unknown) => ({
    name: nameOf(id),
    place: rows.findIndex((row) => row.id === Number(id)) + 1,
  });
  const drop = ({ active, over }: DragEndEvent) => {
    if (!over || active.id === over.id) return;
    const ids = rows.map((row) => row.id);
    const next = arrayMove(ids, ids.indexOf(Number(active.id)), ids.indexOf(Number(over.id)));
    order.mutate(moved(shown ?? categories, Number(active.id), next));
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
      <SortableContext items={rows.map((row) => row.id)} strategy={verticalListSortingStrategy}>
        <ul className="category-list">
          {rows.map((row) => (
            <Row
              key={row.id}
              base={base}
              row={row}
              onName={onName}
              moves={moves(shown ?? categories, row.id)}
              onMove={(next) => order.mutate(next)}
            />
          ))}
        </ul>
      </SortableContext>
    </DndContext>
  );
}

interface RowProps {
  base: Base;
  row: Branch;
  moves: ReturnType<typeof moves>;
  onName: (naming: Naming) => void;
  onMove: (next: readonly Category[]) => void;
}

function Row({ base, row, moves, onName, onMove }: RowProps) {
  const account = useAccount().id;
  const queries = useQueryClient();
  const languages = useLanguages();
  const sortable = useSortable({ id: row.id });
  const name = named(row.names, base.languages);
  const missing = base.languages.filter((code) => !row.names[code]);
  const isUsed = row.articles > 0 || row.children.length > 0;
  const remove = useMutation({
    mutationFn: () => call("DELETE", knowledge(account, `/categories/${row.id}`)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
      offerUndo(t("category.deleted", { name }), async () => {
        await call("POST", knowledge(account, `/bases/${base.id}/categories`), {
          body: { names: row.names, slug: row.slug, parent_id: row.parent_id },
        });
        await queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
      });
    },
    onError: complain,
  });
  return (
    <li
      className="category-row"
      data-depth={row.depth}
      data-dragging={sortable.isDragging || undefined}
      ref={sortable.setNodeRef}
      style={{ transform: CSS.Translate.toString(sortable.transform), transition: sortable.transition ?? "" }}
    >
      <button
        type="button"
        className="category-handle"
        ref={sortable.setActivatorNodeRef}
        {...sortable.attributes}
        {...sortable.listeners}
        aria-label={t("category.handle", { name })}
      >
        <IconGripVertical size={16} aria-hidden />
      </button>
      <span className="category-words">
        <button type="button" className="category-name" onClick={() => onName({ category: row })}>
          <bdi>{name}</bdi>
        </button>
        {missing.length > 0 && (
          <span className="small muted">
            {t("category.untranslated", { languages: missing.map(languages.nameOf).join(", ") })}
          </span>
        )}
      </span>
      <Link
        className="muted small number category-count"
        to="/a/$accountId/knowledge/$baseId/$tab"
        params={{ accountId: String(account), baseId: String(base.id), tab: "articles" }}
        search={{ category: String(row.id) }}
      >
        {t("base.articles", { count: row.articles })}
      </Link>
      <MoreMenu label={t("more", { name })}>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onName({ category: row })}>
          {t("category.edit")}
        </Menu.Item>
        {row.depth === 0 && (
          <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => onName({ parent: row.id })}>
            {t("category.below")}
          </Menu.Item>
        )}
        <Menu.Divider />
        {moves.map(({ kind, next, into }) => (
          <Menu.Item key={kind} onClick={() => onMove(next)}>
            {t(`move.${kind}`, { name: into ? named(into.names, base.languages) : "" })}
          </Menu.Item>
        ))}
        {moves.length > 0 && <Menu.Divider />}
        <Menu.Item color="red" disabled={isUsed} onClick={() => remove.mutate()}>
          {t(isUsed ? "category.used" : "category.delete")}
        </Menu.Item>
      </MoreMenu>
    </li>
  );
}

/** The names of a category, one for each language of the base. Only the first language's must be there. */
function NameDialog({ base, naming, onClose }: { base: Base; naming: Naming; onClose: () => void }) {
  const account = useAccount().id;
  const queries = useQueryClient();
  const { nameOf, dirOf } = useLanguages();
  const old = "category" in naming ? naming.category : null;
  const [names, setNames] = useState<Record<string, string>>({ ...old?.names });
  const [slug, setSlug] = useState(old?.slug ?? "");
  const first = base.languages[0] ?? "en";
  const [isTried, setTried] = useState(false);
  const save = useMutation({
    mutationFn: () => {
      const written = Object.fromEntries(
        Object.entries(names).flatMap(([code, name]) => (name.trim() ? [[code, name.trim()]] : [])),
      );
      return old
        ? call("PATCH", knowledge(account, `/categories/${old.id}`), {
            body: { names: written, ...(slug !== old.slug && { slug }) },
          })
        : call("POST", knowledge(account, `/bases/${base.id}/categories`), {
            body: { names: written, parent_id: "parent" in naming ? naming.parent : null },
          });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: articlesKey(account, base.id) });
      if (!old) say(t("category.created", { name: names[first]?.trim() ?? "" }));
      onClose();
    },
  });
  const refused = save.error instanceof Refused ? save.error : null;
  const problemOf = (code: string) =>
    refused?.fields[`names.${code}`] ??
    (code === first
      ? (refused?.fields["names"] ?? (isTried && !names[first]?.trim() ? t("name.required") : undefined))
      : undefined);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(
        old
          ? "category.edit"
          : "parent" in naming && naming.parent !== null
            ? "category.below"
            : "category.create",
      )}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (names[first]?.trim()) save.mutate();
        }}
      >
        <Stack>
          {refused && Object.keys(refused.fields).length === 0 && (
            <p className="field-error" role="alert">
              {refused.message}
            </p>
          )}
          {base.languages.map((code, place) => (
            <TextInput
              key={code}
              label={
                base.languages.length > 1 ? t("category.name.in", { language: nameOf(code) }) : t("name")
              }
              lang={code}
              dir={dirOf(code)}
              maxLength={100}
              data-autofocus={place === 0 || undefined}
              value={names[code] ?? ""}
              error={problemOf(code)}
              onChange={(event) => setNames({ ...names, [code]: event.currentTarget.value })}
            />
          ))}
          {old && (
            <TextInput
              label={t("slug")}
              description={t("slug.help")}
              value={slug}
              maxLength={200}
              error={refused?.fields["slug"]}
              onChange={(event) => setSlug(event.currentTarget.value.toLowerCase().replace(/\s+/g, "-"))}
            />
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending}>
              {t(old ? "save" : "create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
