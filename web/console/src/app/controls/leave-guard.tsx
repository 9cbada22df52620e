import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useEffect } from "react";
import { t } from "./texts.ts";

interface GuardProps {
  isDirty: boolean;
  title: string;
  why: string;
  /** Whether everything was saved. */
  save: () => Promise<boolean>;
  isSaving: boolean;
  /** Whether changes get lost on the way to a path. */
  loses: (path: string) => boolean;
}

/** Nobody loses unsaved changes by a click: leaving asks first. */
export function LeaveGuard({ isDirty, title, why, save, isSaving, loses }: GuardProps) {
  const blocker = useBlocker({
    shouldBlockFn: ({ next }) => isDirty && loses(next.pathname),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  const isBlocked = blocker.status === "blocked";
  const stay = () => blocker.reset?.();
  // After a save there is nothing left to ask.
  useEffect(() => {
    if (isBlocked && !isDirty) blocker.proceed?.();
  }, [isBlocked, isDirty, blocker]);
  return (
    <Modal opened={isBlocked && isDirty} onClose={stay} title={title}>
      <Stack>
        <Text size="sm">{why}</Text>
        <Group justify="flex-end">
          <Button variant="subtle" onClick={stay}>
            {t("leave.stay")}
          </Button>
          <Button variant="default" onClick={() => blocker.proceed?.()}>
            {t("leave.discard")}
          </Button>
          <Button
            data-autofocus
            loading={isSaving}
            onClick={() => void save().then((isSaved) => (isSaved ? blocker.proceed?.() : stay()))}
          >
            {t("leave.save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
