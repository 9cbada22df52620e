import { Checkbox, Stack } from "@mantine/core";
import type { GetInputPropsReturnType } from "@mantine/form";
import type { Permission } from "../api/types.ts";
import { t } from "./texts.ts";

export const PERMISSIONS: readonly Permission[] = [
  "chatflows",
  "knowledge_edit",
  "knowledge_publish",
  "inboxes",
  "people",
  "identity",
  "tokens",
  "audit",
];

/** Rights to choose from, each with what it allows. `field` comes from the form. */
export function Rights({
  label,
  choices,
  field,
}: {
  label: string;
  choices: readonly Permission[];
  field: GetInputPropsReturnType;
}) {
  return (
    <Checkbox.Group label={label} {...field}>
      <Stack gap="xs" mt="xs">
        {choices.map((right) => (
          <Checkbox
            key={right}
            value={right}
            label={t(`right.${right}`)}
            description={t(`right.${right}.may`)}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
