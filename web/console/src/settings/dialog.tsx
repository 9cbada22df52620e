import { Button, Modal, Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { fieldErrors, Problems, toFirstProblem } from "../app/form.tsx";

interface FormDialogProps<Values extends Record<string, unknown>, Answer> {
  title: string;
  verb: string;
  form: UseFormReturnType<Values>;
  send: (values: Values) => Promise<Answer>;
  /** What else shows the thing, and is read anew. */
  refreshes: readonly QueryKey[];
  onDone?: (answer: Answer) => void;
  onClose: () => void;
  children: ReactNode;
}

/** A form in a dialog with one button. What is refused stands at its fields; once it is taken, the dialog closes. */
export function FormDialog<Values extends Record<string, unknown>, Answer>({
  title,
  verb,
  form,
  send,
  refreshes,
  onDone,
  onClose,
  children,
}: FormDialogProps<Values, Answer>) {
  const queries = useQueryClient();
  const sending = useMutation({
    mutationFn: send,
    onSuccess: async (answer) => {
      await Promise.all(refreshes.map((queryKey) => queries.invalidateQueries({ queryKey })));
      onClose();
      onDone?.(answer);
    },
    onError: (failure) => {
      const errors = fieldErrors(failure);
      form.setErrors(errors);
      toFirstProblem(form, errors);
    },
  });
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        noValidate
        onSubmit={form.onSubmit(
          (values) => sending.mutate(values),
          (errors) => toFirstProblem(form, errors),
        )}
      >
        <Stack>
          <Problems form={form} failure={sending.error} />
          {children}
          <Button type="submit" loading={sending.isPending} style={{ alignSelf: "flex-end" }}>
            {verb}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
