import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Refused } from "../api/call.ts";
import { t } from "./texts.ts";

const UNDO_MS = 10_000;

/** Says what was done and offers to take it back for ten seconds, instead of asking "are you sure" before. */
export function offerUndo(text: string, undo: () => Promise<unknown>): void {
  const id = notifications.show({
    autoClose: UNDO_MS,
    withCloseButton: true,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text size="sm">{text}</Text>
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ flex: "none" }}
          onClick={() => {
            notifications.hide(id);
            undo().then(() => say(t("undone")), complain);
          }}
        >
          {t("undo")}
        </Button>
      </Group>
    ),
  });
}

export function say(text: string): void {
  notifications.show({ message: text, autoClose: 4_000 });
}

/** For actions without a form: the refusal in words, until the reader closes it. */
export function complain(failure: unknown): void {
  const text =
    failure instanceof Refused ? [failure.message, ...Object.values(failure.fields)] : [String(failure)];
  notifications.show({ message: text.join(" "), color: "red", autoClose: 12_000 });
}
