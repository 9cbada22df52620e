import { Alert, Button, Group, List, Modal, Stack, Text, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useForm } from "@mantine/form";
import { IconAlertCircle } from "@tabler/icons-react";
import { Refused } from "../api/call.ts";
import { t } from "./texts.ts";

/** Field errors of a refusal under the names of the form's fields. */
export function fieldErrors(failure: unknown): Record<string, string> {
  return failure instanceof Refused ? { ...failure.fields } : {};
}

/** Leads to the first field that is wrong: in a long form it is out of sight. */
export function toFirstProblem<Values>(form: UseFormReturnType<Values>, errors: object): void {
  const [field] = Object.keys(errors);
  if (field) form.getInputNode(field)?.focus();
}

/**
 * What is wrong with a form, on top of it: each line leads to its field. What the server refused as a whole stands
 * there too. Nothing when all is well.
 */
export function Problems<Values>({ form, failure }: { form?: UseFormReturnType<Values>; failure?: unknown }) {
  const errors = Object.entries(form?.errors ?? {}).filter(([, text]) => Boolean(text));
  const refused = failure instanceof Refused ? failure : null;
  const whole = refused && (errors.length === 0 || refused.status >= 500) ? refused : null;
  if (errors.length === 0 && !whole) return null;
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      icon={<IconAlertCircle />}
      title={whole ? whole.message : t("problems.title", { count: errors.length })}
    >
      {errors.length > 0 && (
        <List size="sm" listStyleType="none">
          {errors.map(([field, text]) => (
            <List.Item key={field}>
              <button type="button" className="link" onClick={() => form?.getInputNode(field)?.focus()}>
                {text}
              </button>
            </List.Item>
          ))}
        </List>
      )}
      {whole?.correlationId && whole.status >= 500 && (
        <Text size="sm">{t("error.number", { number: whole.correlationId })}</Text>
      )}
    </Alert>
  );
}

interface ConfirmProps {
  opened: boolean;
  title: string;
  why: string;
  name: string;
  verb: string;
  busy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** For what cannot be undone: the reader types the name of what goes. */
export function ConfirmByName({ opened, title, why, name, verb, busy, onConfirm, onClose }: ConfirmProps) {
  const form = useForm({ initialValues: { typed: "" } });
  return (
    <Modal opened={opened} onClose={onClose} title={title} onExitTransitionEnd={form.reset}>
      <form onSubmit={form.onSubmit(onConfirm)}>
        <Stack>
          <Text size="sm">{why}</Text>
          <TextInput
            label={t("confirm.name", { name })}
            autoComplete="off"
            data-autofocus
            {...form.getInputProps("typed")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button
              type="submit"
              color="red"
              loading={busy}
              disabled={form.values.typed.trim() !== name.trim()}
            >
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
