import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { sessionQuery, setupQuery } from "../api/queries.ts";
import { fieldErrors, Problems } from "../app/form.tsx";
import { FrontDoor } from "./front-door.tsx";
import { t } from "./texts.ts";

export const SHORTEST_PASSWORD = 10;

export function SetUp() {
  const { data } = useQuery(setupQuery);
  const router = useRouter();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { account_name: "", name: "", email: "", password: "" },
    validate: {
      account_name: (name) => (name.trim() ? null : t("set_up.account.required")),
      name: (name) => (name.trim() ? null : t("name.required")),
      email: (email) => (email.includes("@") ? null : t("email.required")),
      password: (password) => (password.length >= SHORTEST_PASSWORD ? null : t("password.short")),
    },
  });
  const create = useMutation({
    mutationFn: (values: typeof form.values) => call("POST", "/setup", { body: values }),
    onSuccess: async () => {
      queries.clear();
      await queries.fetchQuery(sessionQuery);
      router.history.replace("/");
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  if (data && !data.needed) {
    return (
      <FrontDoor title={t("set_up.done")}>
        <Button renderRoot={(props) => <Link {...props} to="/sign-in" />}>{t("set_up.go")}</Button>
      </FrontDoor>
    );
  }
  return (
    <FrontDoor title={t("set_up.title")} why={t("set_up.why")}>
      <form noValidate onSubmit={form.onSubmit((values) => create.mutate(values))}>
        <Stack>
          <Problems form={form} failure={create.error} />
          <TextInput
            label={t("set_up.account")}
            description={t("set_up.account.help")}
            autoComplete="organization"
            autoFocus
            {...form.getInputProps("account_name")}
          />
          <TextInput
            label={t("name")}
            description={t("name.help")}
            autoComplete="name"
            {...form.getInputProps("name")}
          />
          <TextInput
            label={t("email")}
            type="email"
            autoComplete="username"
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label={t("password.new")}
            description={t("password.help")}
            autoComplete="new-password"
            {...form.getInputProps("password")}
          />
          <Button type="submit" size="md" loading={create.isPending}>
            {t("set_up.submit")}
          </Button>
        </Stack>
      </form>
    </FrontDoor>
  );
}
