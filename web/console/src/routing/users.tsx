import { Badge, Button, Group, MultiSelect, NumberInput, TextInput, UnstyledButton } from "@mantine/core";
import { IconPencil, IconSearch } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { call, Refused } from "../api/call.ts";
import { userRoutingsQuery } from "../api/queries.ts";
import type { Skill, UserRouting } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { useKeys } from "../app/keys.ts";
import { complain, offerUndo } from "../app/undo.tsx";
import { byCategory } from "./skills.tsx";
import { t } from "./texts.ts";

export const MOST_CAPACITY = 1_000;
/** So many users are found faster by name. */
const MANY_USERS = 12;

interface TableProps {
  users: readonly UserRouting[];
  /** Ids of those who receive no conversations. */
  idle: readonly number[];
  skills: readonly Skill[];
  /** Of users without a capacity of their own. */
  usual: number | null;
}

/** One calm table: capacity is typed in place (Enter and the arrows go down and up), skills open in their cell. */
export function UserTable({ users, idle, skills, usual }: TableProps) {
  const [words, search] = useState("");
  const [editing, edit] = useState<number | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => field.current?.focus() });
  const sorted = useMemo(() => [...users].sort((one, other) => one.name.localeCompare(other.name)), [users]);
  const shown = sorted.filter(({ name }) => name.toLowerCase().includes(words.trim().toLowerCase()));
  return (
    <>
      {users.length > MANY_USERS && (
        <TextInput
          ref={field}
          className="users-search"
          aria-label={t("users.search")}
          placeholder={t("users.search")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={words}
          onChange={(event) => search(event.currentTarget.value)}
        />
      )}
      <table className="plain-table routing-table">
        <thead>
          <tr>
            <th scope="col">{t("column.user")}</th>
            <th scope="col">{t("column.capacity")}</th>
            <th scope="col">{t("column.skills")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((user) => (
            <UserRow
              key={user.user_id}
              user={user}
              isIdle={idle.includes(user.user_id)}
              skills={skills}
              usual={usual}
              isEditing={editing === user.user_id}
              edit={(isOn) => edit(isOn ? user.user_id : null)}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

type Place = Pick<UserRouting, "capacity" | "skills">;

function usePut(user: UserRouting) {
  const account = useAccount();
  const queries = useQueryClient();
  return async ({ capacity, skills }: Place) => {
    const path = `/accounts/${account.id}/routing/users/${user.user_id}`;
    const saved = await call<UserRouting>("PUT", path, { body: { capacity, skills } });
    queries.setQueryData(userRoutingsQuery(account.id).queryKey, (before) =>
      before?.map((one) => (one.user_id === saved.user_id ? saved : one)),
    );
    await queries.invalidateQueries({ queryKey: [account.id, "skills"] });
  };
}

interface RowProps {
  user: UserRouting;
  isIdle: boolean;
  skills: readonly Skill[];
  usual: number | null;
  isEditing: boolean;
  edit: (isOn: boolean) => void;
}

function UserRow({ user, isIdle, skills, usual, isEditing, edit }: RowProps) {
  const opener = useRef<HTMLButtonElement>(null);
  const nameOf = new Map(skills.map((skill) => [skill.id, skill.name]));
  const held = [...user.skills].sort((one, other) => Number(other.is_main) - Number(one.is_main));
  const close = () => {
    edit(false);
    // Once the button is back.
    setTimeout(() => opener.current?.focus(), 0);
  };
  return (
    <tr>
      <th scope="row">
        {user.name}
        {isIdle && <span className="muted small idle"> {t("users.idle")}</span>}
      </th>
      <td>
        <Capacity user={user} usual={usual} />
      </td>
      <td>
        {isEditing ? (
          <HeldSkills user={user} skills={skills} close={close} />
        ) : (
          <UnstyledButton ref={opener} className="held" onClick={() => edit(true)}>
            <span className="visually-hidden">{t("held.edit", { name: user.name })}: </span>
            {held.map(({ skill_id, is_main }) => (
              <Badge key={skill_id} variant={is_main ? "light" : "default"} color="teal">
                {nameOf.get(skill_id)}
              </Badge>
            ))}
            {held.length === 0 && <span className="muted small">{t("held.none")}</span>}
            <IconPencil className="held-pencil" size={14} aria-hidden />
          </UnstyledButton>
        )}
      </td>
    </tr>
  );
}

/** Leads to the same field of another row, if there is one. */
function walk(event: KeyboardEvent<HTMLInputElement>, by: 1 | -1): boolean {
  const fields = [
    ...(event.currentTarget.closest("tbody")?.querySelectorAll<HTMLInputElement>("input[data-capacity]") ??
      []),
  ];
  const next = fields[fields.indexOf(event.currentTarget) + by];
  next?.focus();
  next?.select();
  return next !== undefined;
}

function Capacity({ user, usual }: { user: UserRouting; usual: number | null }) {
  const put = usePut(user);
  /** Null: what is saved stands there. */
  const [typed, type] = useState<number | "" | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (capacity: number | null) => put({ capacity, skills: user.skills }),
    onSuccess: (_, capacity) => {
      type(null);
      offerUndo(
        capacity === null
          ? t("capacity.usual", { name: user.name })
          : t("capacity.saved", { name: user.name, count: capacity }),
        () => put(user),
      );
    },
    onError: (failure) =>
      setProblem(
        failure instanceof Refused ? (failure.fields["capacity"] ?? failure.message) : String(failure),
      ),
  });
  const leave = () => {
    const wanted = typed === "" ? null : typed;
    if (typed === null || save.isPending || wanted === user.capacity) return;
    if (wanted !== null && wanted > MOST_CAPACITY) setProblem(t("capacity.range"));
    else save.mutate(wanted);
  };
  return (
    <NumberInput
      className="capacity"
      data-capacity
      aria-label={t("capacity.of", { name: user.name })}
      placeholder={usual === null ? t("capacity.none") : t("capacity.default", { count: usual })}
      hideControls
      min={0}
      clampBehavior="none"
      withKeyboardEvents={false}
      allowDecimal={false}
      allowNegative={false}
      value={typed ?? user.capacity ?? ""}
      error={problem}
      onChange={(value) => {
        type(typeof value === "number" ? value : "");
        setProblem(null);
      }}
      onBlur={leave}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          // To be left saves.
          if (!walk(event, event.key === "ArrowUp" ? -1 : 1)) leave();
        } else if (event.key === "Escape") {
          type(null);
          setProblem(null);
        }
      }}
    />
  );
}

const ids = (user: UserRouting, isMain: boolean) =>
  user.skills.filter((one) => one.is_main === isMain).map((one) => String(one.skill_id));

function HeldSkills({
  user,
  skills,
  close,
}: {
  user: UserRouting;
  skills: readonly Skill[];
  close: () => void;
}) {
  const put = usePut(user);
  const [main, setMain] = useState(ids(user, true));
  const [more, setMore] = useState(ids(user, false));
  const save = useMutation({
    mutationFn: () =>
      put({
        capacity: user.capacity,
        skills: [
          ...main.map((id) => ({ skill_id: Number(id), is_main: true })),
          ...more.map((id) => ({ skill_id: Number(id), is_main: false })),
        ],
      }),
    onSuccess: () => {
      close();
      offerUndo(t("held.saved", { name: user.name }), () => put(user));
    },
    onError: complain,
  });
  const choices = (others: readonly string[]) =>
    byCategory(skills).map(([group, members]) => ({
      group,
      items: members
        .filter(({ id }) => !others.includes(String(id)))
        .map(({ id, name }) => ({ value: String(id), label: name })),
    }));
  return (
    <form
      className="held-form"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
      onKeyDown={(event) => {
        const isOpen = (event.target as HTMLElement).getAttribute("aria-expanded") === "true";
        if (event.key === "Escape" && !isOpen) close();
      }}
      // Before the list takes it for a choice.
      onKeyDownCapture={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        event.stopPropagation();
        save.mutate();
      }}
    >
      <MultiSelect
        label={t("held.main")}
        searchable
        hidePickedOptions
        autoFocus
        nothingFoundMessage={t("held.no_skill")}
        data={choices(more)}
        value={main}
        onChange={setMain}
      />
      <MultiSelect
        label={t("held.more")}
        description={t("held.more.help")}
        searchable
        hidePickedOptions
        nothingFoundMessage={t("held.no_skill")}
        data={choices(main)}
        value={more}
        onChange={setMore}
      />
      <Group gap="xs">
        <Button type="submit" size="compact-sm" loading={save.isPending}>
          {t("save")}
        </Button>
        <Button variant="default" size="compact-sm" onClick={close}>
          {t("cancel")}
        </Button>
      </Group>
    </form>
  );
}
