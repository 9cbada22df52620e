import { Alert, Anchor, Button, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconLock, IconMoodEmpty, IconRefresh } from "@tabler/icons-react";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Refused } from "../api/call.ts";
import type { Permission, Session } from "../api/types.ts";
import { useAccount, useMay } from "./account.tsx";
import { t } from "./texts.ts";

interface EmptyProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** A place with nothing in it yet: what it is for, and the first step. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <div className="empty-icon" aria-hidden>
        {icon}
      </div>
      <Title order={2}>{title}</Title>
      <Text c="dimmed">{children}</Text>
      {action}
    </div>
  );
}

/** Title and actions of a screen, the same everywhere. */
export function Heading({
  title,
  back,
  children,
}: {
  title: ReactNode;
  back?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <header className="heading">
      {back}
      <Title order={1}>{title}</Title>
      <div className="heading-actions">{children}</div>
    </header>
  );
}

export function Bones({ lines = 6 }: { lines?: number }) {
  return (
    <Stack gap="sm" p="md" aria-busy aria-label={t("loading")} role="status">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bones are all alike.
        <Skeleton key={line} height={40} radius="md" style={{ opacity: 1 - line / (lines + 2) }} />
      ))}
    </Stack>
  );
}

/** What a route shows when its data were refused or its code broke. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const refused: Refused | null = error instanceof Refused ? error : null;
  if (refused?.status === 404) return <Missing />;
  return (
    <div className="screen">
      <Alert color="red" title={t("error.title")} role="alert">
        <Stack align="flex-start" gap="sm">
          <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
          {refused?.correlationId && (
            <Text size="sm">{t("error.number", { number: refused.correlationId })}</Text>
          )}
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            onClick={() => {
              reset();
              void router.invalidate();
            }}
          >
            {t("error.retry")}
          </Button>
        </Stack>
      </Alert>
    </div>
  );
}

export function Missing() {
  return (
    <Empty
      icon={<IconMoodEmpty />}
      title={t("missing.title")}
      action={<Anchor renderRoot={(props) => <Link {...props} to="/" />}>{t("missing.home")}</Anchor>}
    >
      {t("missing.why")}
    </Empty>
  );
}

interface NeedsProps {
  /** One of these is enough. */
  permission: Permission | readonly Permission[];
  children: ReactNode;
}

/** Shows a screen only to those whose permission set includes it; the server refuses the others in any case. */
export function Needs({ permission, children }: NeedsProps) {
  const account = useAccount();
  if (useMay(...[permission].flat())) return children;
  return (
    <Empty icon={<IconLock />} title={t("error.forbidden")}>
      {t("error.forbidden.why", { account: account.name })}
    </Empty>
  );
}

export function ChooseAccount({ session }: { session: Session }) {
  return (
    <Empty
      icon={<IconLock />}
      title={session.accounts.length ? t("account.choose") : t("account.none")}
      action={
        <Stack gap="xs">
          {session.accounts.map((account) => (
            <Button
              key={account.id}
              variant="default"
              renderRoot={(props) => (
                <Link {...props} to="/a/$accountId/inbox" params={{ accountId: String(account.id) }} />
              )}
            >
              {account.name}
            </Button>
          ))}
        </Stack>
      }
    >
      {t("account.none.why")}
    </Empty>
  );
}
