import {
  Avatar,
  Button,
  Group,
  Menu,
  Text,
  Tooltip,
  useMantineColorScheme,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import {
  IconAddressBook,
  IconBook2,
  IconCheck,
  IconInbox,
  IconKeyboard,
  IconLogout,
  IconMessages,
  IconPhoto,
  IconSearch,
  IconSettings,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef } from "react";
import { call } from "../api/call.ts";
import { sessionQuery } from "../api/queries.ts";
import type { Presence, Session } from "../api/types.ts";
import { BeingTold } from "../inbox/being-told.tsx";
import { LiveProvider, useConnectionState } from "../live/live.tsx";
import { AUTHORS, useAccount, useMay, usePlace } from "./account.tsx";
import { useGoKeys, useKeys } from "./keys.ts";
import { KeysHelp, MOD } from "./keys-help.tsx";
import { initials } from "./people.ts";
import { t } from "./texts.ts";
import { complain } from "./undo.tsx";

const loadPalette = () => import("./palette.tsx").then((module) => ({ default: module.Palette }));
const Palette = lazy(loadPalette);
const OwnPhoto = lazy(() => import("./photo.tsx").then((module) => ({ default: module.OwnPhoto })));

const SESSION_STALE_MS = 15_000;
const SESSION_REFRESH_MS = 60_000;

/** The frame of an account's screens: rail, keys that work everywhere, connection, being told. */
export function Shell() {
  const { id } = useAccount();
  return (
    <LiveProvider accountId={id} key={id}>
      <Frame />
      <SetAway />
      <BeingTold />
    </LiveProvider>
  );
}

function Frame() {
  const accountId = String(useAccount().id);
  const navigate = useNavigate();
  const [finding, find] = useDisclosure(false);
  const [choosingPhoto, photo] = useDisclosure(false);
  const [helping, help] = useDisclosure(false);
  const found = useRef(false);
  if (finding) found.current = true;
  const mayFlows = useMay("chatflows");
  const mayReadKnowledge = useMay(...AUTHORS);

  // Fetched while nothing else is going on, so that the first letters typed into it are not lost.
  useEffect(() => {
    const timer = setTimeout(() => loadPalette().catch(() => undefined), 1_500);
    return () => clearTimeout(timer);
  }, []);
  useKeys({ "mod+k": find.toggle, "?": help.open });
  useGoKeys({
    i: () => void navigate({ to: "/a/$accountId/inbox", params: { accountId } }),
    f: () => void navigate({ to: "/a/$accountId/chatflows", params: { accountId } }),
    k: () => void navigate({ to: "/a/$accountId/knowledge", params: { accountId } }),
    p: () => void navigate({ to: "/a/$accountId/contacts", params: { accountId } }),
    s: () => void navigate({ to: "/a/$accountId/settings", params: { accountId } }),
  });

  const places = [
    { to: "/a/$accountId/inbox", label: t("nav.inbox"), icon: IconInbox },
    ...(mayFlows
      ? [{ to: "/a/$accountId/chatflows", label: t("nav.chatflows"), icon: IconMessages } as const]
      : []),
    ...(mayReadKnowledge
      ? [{ to: "/a/$accountId/knowledge", label: t("nav.knowledge"), icon: IconBook2 } as const]
      : []),
    { to: "/a/$accountId/contacts", label: t("nav.contacts"), icon: IconAddressBook },
    { to: "/a/$accountId/settings", label: t("nav.settings"), icon: IconSettings },
  ] as const;

  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <nav className="rail" aria-label={t("nav.label")}>
        <Tooltip label={`${t("menu.find")} (${MOD} K)`} position="right">
          <button
            type="button"
            className="rail-item rail-find"
            onClick={find.open}
            aria-label={t("menu.find")}
          >
            <IconSearch stroke={1.6} aria-hidden />
          </button>
        </Tooltip>
        {places.map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            params={{ accountId }}
            className="rail-item"
            activeProps={{ "data-active": true }}
          >
            <Icon stroke={1.6} aria-hidden />
            <span>{label}</span>
          </Link>
        ))}
        <OwnMenu onFind={find.open} onKeys={help.open} onPhoto={photo.open} />
      </nav>
      <ConnectionStrip />
      <main id="content" className="content" tabIndex={-1}>
        <Outlet />
      </main>
      <KeysHelp opened={helping} onClose={help.close} />
      {choosingPhoto && (
        <Suspense>
          <OwnPhoto onClose={photo.close} />
        </Suspense>
      )}
      {found.current && (
        <Suspense>
          <Palette opened={finding} onClose={find.close} />
        </Suspense>
      )}
    </div>
  );
}

/** Sets the signed-in user's status in this account, at once on screen and taken back when the server refuses. */
export function useStatus() {
  const { account } = usePlace();
  const queries = useQueryClient();
  const put = (status: Presence) =>
    queries.setQueryData<Session>(sessionQuery.queryKey, (session) =>
      session
        ? {
            ...session,
            accounts: session.accounts.map((one) =>
              one.id === account.id ? { ...one, user: { ...one.user, status, status_set_by: null } } : one,
            ),
          }
        : session,
    );
  const change = useMutation({
    mutationFn: (status: Presence) => call("PATCH", `/accounts/${account.id}/me`, { body: { status } }),
    onMutate: put,
    onError: (failure) => {
      put(account.user.status);
      complain(failure);
    },
  });
  return {
    status: account.user.status,
    /** Who set it, if it was somebody else. */
    setter: account.user.status_set_by?.name ?? null,
    setStatus: change.mutate,
  };
}

/** Tells the signed-in user that somebody else has set them away, with the way back, until either of them changes that. */
function SetAway() {
  const { status, setter, setStatus } = useStatus();
  // A colleague may have changed it meanwhile.
  useQuery({ ...sessionQuery, staleTime: SESSION_STALE_MS, refetchInterval: SESSION_REFRESH_MS });
  useEffect(() => {
    if (status !== "away" || setter === null) return;
    const id = notifications.show({
      autoClose: false,
      message: (
        <Group justify="space-between" wrap="nowrap" gap="md">
          <Text size="sm">{t("status.set_by.away", { name: setter })}</Text>
          <Button
            variant="light"
            size="compact-sm"
            style={{ flex: "none" }}
            onClick={() => setStatus("available")}
          >
            {t("status.return")}
          </Button>
        </Group>
      ),
    });
    return () => {
      notifications.hide(id);
    };
  }, [status, setter, setStatus]);
  return null;
}

/** Ends the session and leaves nothing of the account in memory. */
export function useSignOut() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await call("DELETE", "/session").catch(() => undefined);
    await navigate({ to: "/sign-in" });
    queries.clear();
  };
}

interface OwnMenuProps {
  onFind: () => void;
  onKeys: () => void;
  onPhoto: () => void;
}

function OwnMenu({ onFind, onKeys, onPhoto }: OwnMenuProps) {
  const { account, session } = usePlace();
  const { status, setter, setStatus } = useStatus();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const isSetAway = status === "away" && setter !== null;
  return (
    <Menu position="right-end" width={264} offset={8}>
      <Menu.Target>
        <button type="button" className="rail-item rail-me">
          <span className="visually-hidden">{t("status.label", { status: t(`status.${status}`) })}</span>
          <span className="me" data-status={status} aria-hidden>
            <Avatar size={32} radius="xl" color="teal" variant="light" src={account.user.image} alt="">
              {initials(account.user.name)}
            </Avatar>
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="me-card">
          <strong>{account.user.name}</strong>
          <span>{session.login.email}</span>
        </div>
        <Menu.Label>
          {setter === null ? t("status.set") : t(`status.set_by.${status}`, { name: setter })}
        </Menu.Label>
        {(["available", "away"] as const).map((choice) => (
          <Menu.Item
            key={choice}
            onClick={() => setStatus(choice)}
            leftSection={<span className="dot" data-status={choice} />}
            rightSection={status === choice ? <IconCheck size={16} aria-hidden /> : null}
          >
            {t(isSetAway && choice === "available" ? "status.return" : `status.${choice}`)}
            {status === choice && <VisuallyHidden> ✓</VisuallyHidden>}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconPhoto size={16} />} onClick={onPhoto}>
          {t("menu.photo")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("menu.appearance")}</Menu.Label>
        {(["auto", "light", "dark"] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            closeMenuOnClick={false}
            onClick={() => setColorScheme(scheme)}
            rightSection={colorScheme === scheme ? <IconCheck size={16} aria-hidden /> : null}
          >
            {t(scheme === "auto" ? "menu.system" : `menu.${scheme}`)}
            {colorScheme === scheme && <VisuallyHidden> ✓</VisuallyHidden>}
          </Menu.Item>
        ))}
        {session.accounts.length > 1 && (
          <>
            <Menu.Divider />
            <Menu.Label>{t("menu.accounts")}</Menu.Label>
            {session.accounts.map((one) => (
              <Menu.Item
                key={one.id}
                renderRoot={(props) => (
                  <Link {...props} to="/a/$accountId/inbox" params={{ accountId: String(one.id) }} />
                )}
                rightSection={one.id === account.id ? <IconCheck size={16} aria-hidden /> : null}
              >
                {one.name}
              </Menu.Item>
            ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconSearch size={16} />} rightSection={<kbd>{MOD} K</kbd>} onClick={onFind}>
          {t("menu.find")}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} rightSection={<kbd>?</kbd>} onClick={onKeys}>
          {t("menu.keys")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {t("menu.sign_out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function ConnectionStrip() {
  const state = useConnectionState();
  return (
    <div className="connection" role="status" data-shown={state === "lost" || undefined}>
      {state === "lost" ? t("connection.lost") : ""}
    </div>
  );
}
