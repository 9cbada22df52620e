import { Button, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { sessionQuery } from "../api/queries.ts";
import { useAccount } from "../app/account.tsx";
import { fieldErrors, Problems } from "../app/form.tsx";
import { Heading, Needs } from "../app/screens.tsx";
import { say } from "../app/undo.tsx";
import { Copyable } from "./copyable.tsx";
import { t } from "./texts.ts";

export function AccountName() {
  const account = useAccount();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { name: account.name },
    validate: { name: (name) => (name.trim() ? null : t("name.required")) },
  });
  const save = useMutation({
    mutationFn: ({ name }: { name: string }) =>
      call("PATCH", `/accounts/${account.id}`, { body: { name: name.trim() } }),
    onSuccess: async () => {
      say(t("saved"));
      form.resetDirty();
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <Needs permission="people">
      <Heading title={t("nav.account")} />
      <form noValidate className="form" onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          <Problems form={form} failure={save.error} />
          <TextInput
            label={t("account.name")}
            description={t("account.name.help")}
            maxLength={100}
            {...form.getInputProps("name")}
          />
          <Button
            type="submit"
            loading={save.isPending}
            disabled={!form.isDirty()}
            style={{ alignSelf: "flex-start" }}
          >
            {t("save")}
          </Button>
          <Copyable label={t("account.number")} value={String(account.id)} />
        </Stack>
      </form>
    </Needs>
  );
}
