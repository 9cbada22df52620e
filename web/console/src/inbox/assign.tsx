import { Combobox, useCombobox } from "@mantine/core";
import type { Assignee } from "@pocketdesk/client";
import { useQueries, useQuery } from "@tanstack/react-query";
import { cloneElement, type ReactElement, useEffect, useRef, useState } from "react";
import { inboxQuery, teamsQuery, usersQuery } from "../api/queries.ts";
import { useAccount } from "../app/account.tsx";
import { t } from "./texts.ts";

export interface Target {
  assignee: { kind: "nobody" | "user" | "team"; id?: number };
  name: string;
}

interface AssignProps {
  /** Inboxes of the conversations: only their members can be chosen. */
  inboxIds: number[];
  current: Assignee | null;
  onAssign: (target: Target) => void;
  children: ReactElement<{ onClick?: () => void; "aria-expanded"?: boolean; "aria-haspopup"?: "listbox" }>;
  /** Told how to open the menu, for a key. */
  opener?: (open: () => void) => void;
}

/** People and teams who can take a conversation, found by typing. */
export function AssignMenu({ inboxIds, current, onAssign, children, opener }: AssignProps) {
  const account = useAccount();
  const [words, setWords] = useState("");
  /** Enter came before the lists did. */
  const [isEntered, setEntered] = useState(false);
  const trigger = useRef<HTMLSpanElement>(null);
  const combobox = useCombobox({
    onDropdownOpen: () => requestAnimationFrame(() => combobox.focusSearchInput()),
    onDropdownClose: () => {
      setWords("");
      setEntered(false);
      combobox.resetSelectedOption();
    },
  });
  opener?.(() => combobox.openDropdown());
  const isOpen = combobox.dropdownOpened;
  const users = useQuery(usersQuery(account.id));
  const teams = useQuery(teamsQuery(account.id));
  const inboxes = useQueries({
    queries: inboxIds.map((id) => inboxQuery(account.id, id)),
  });

  const inAll = (isIn: (users: number[], teams: number[]) => boolean) =>
    inboxes.every(({ data }) => !data || isIn(data.member_user_ids, data.member_team_ids));
  const isTeamMember = (user: number, team: number) => {
    const found = teams.data?.find(({ id }) => id === team);
    return Boolean(found?.main_member_ids.includes(user) || found?.extra_member_ids.includes(user));
  };
  const fits = (name: string) => name.toLowerCase().includes(words.trim().toLowerCase());
  const people = (users.data ?? []).filter(
    (user) =>
      user.deactivated_at === null &&
      user.can_receive &&
      fits(user.id === account.user.id ? `${t("assign.me")} ${user.name}` : user.name) &&
      inAll(
        (members, memberTeams) =>
          members.includes(user.id) || memberTeams.some((team) => isTeamMember(user.id, team)),
      ),
  );
  people.sort((one, other) => Number(other.id === account.user.id) - Number(one.id === account.user.id));
  const groups = (teams.data ?? []).filter(
    (team) => fits(team.name) && inAll((_, memberTeams) => memberTeams.includes(team.id)),
  );

  // Typing and Enter chooses the first that fits, also for who types faster than the lists come.
  const isLoaded = users.isSuccess && teams.isSuccess && inboxes.every(({ isSuccess }) => isSuccess);
  const isFound = people.length + groups.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the options change with the words and the lists.
  useEffect(() => {
    if (!words || !isFound) return;
    combobox.selectFirstOption();
    if (isEntered && isLoaded) combobox.clickSelectedOption();
  }, [words, isFound, isLoaded]);

  const choose = (value: string) => {
    const [kind, id] = value.split(":");
    combobox.closeDropdown();
    trigger.current?.querySelector("button")?.focus();
    if (kind === "user") {
      const user = people.find((one) => String(one.id) === id);
      if (user) onAssign({ assignee: { kind, id: user.id }, name: user.name });
    } else if (kind === "team") {
      const team = groups.find((one) => String(one.id) === id);
      if (team) onAssign({ assignee: { kind, id: team.id }, name: team.name });
    } else onAssign({ assignee: { kind: "nobody" }, name: t("assign.nobody") });
  };
  const chosen = current && (current.kind === "nobody" ? "nobody:" : `${current.kind}:${current.id}`);
  return (
    <Combobox
      withinPortal={false}
      store={combobox}
      onOptionSubmit={choose}
      width={280}
      position="bottom-end"
      shadow="md"
    >
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <span ref={trigger} className="assign-trigger">
          {cloneElement(children, {
            onClick: () => combobox.toggleDropdown(),
            "aria-expanded": isOpen,
            "aria-haspopup": "listbox",
          })}
        </span>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          autoFocus
          aria-label={t("assign.search")}
          placeholder={t("assign.search")}
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            setEntered(false);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !isFound && !isLoaded) setEntered(true);
            if (event.key !== "Escape") return;
            event.stopPropagation();
            combobox.closeDropdown();
            trigger.current?.querySelector("button")?.focus();
          }}
        />
        <Combobox.Options mah={320} style={{ overflowY: "auto" }} aria-label={t("assign.to")}>
          {words === "" && (
            <Combobox.Option value="nobody:" active={chosen === "nobody:"}>
              {t("assign.nobody")}
            </Combobox.Option>
          )}
          {people.length > 0 && (
            <Combobox.Group label={t("assign.people")}>
              {people.map((user) => (
                <Combobox.Option
                  key={user.id}
                  value={`user:${user.id}`}
                  active={chosen === `user:${user.id}`}
                >
                  <span className="assign-option">
                    <span className="dot" data-status={user.status} aria-hidden />
                    <span>
                      {user.name}{" "}
                      {user.id === account.user.id && <span className="muted">({t("assign.me")})</span>}
                    </span>
                    {user.status === "away" && <span className="muted small">{t("assign.away")}</span>}
                  </span>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          )}
          {groups.length > 0 && (
            <Combobox.Group label={t("assign.teams")}>
              {groups.map((team) => (
                <Combobox.Option
                  key={team.id}
                  value={`team:${team.id}`}
                  active={chosen === `team:${team.id}`}
                >
                  {team.name}
                </Combobox.Option>
              ))}
            </Combobox.Group>
          )}
          {!isFound && isLoaded && <Combobox.Empty>{t("assign.none")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
