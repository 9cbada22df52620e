import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { sessionQuery } from "../api/queries.ts";
import type { Session } from "../api/types.ts";
import { fieldErrors, Problems } from "../app/form.tsx";
import { FrontDoor } from "./front-door.tsx";
import { t } from "./texts.ts";

/** Only places of our own: an address with another host must not be a way out of the sign-in. */
export function inside(next: string | undefined): string {
  return next?.startsWith("/a/") || next?.startsWith("/oauth/") ? next : "/";
}

export function SignIn() {
  const { next } = getRouteApi("/sign-in").useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { email: "", password: "" },
    validate: {
      email: (email) => (email.includes("@") ? null : t("email.required")),
      password: (password) => (password ? null : t("password.required")),
    },
  });
  const signIn = useMutation({
    mutationFn: (values: { email: string; password: string }) =>
      call<Session>("POST", "/session", { body: values }),
    onSuccess: async () => {
      queries.clear();
      await queries.fetchQuery(sessionQuery);
      router.history.replace(inside(next));
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <FrontDoor title={t("sign_in.title")}>
      <form noValidate onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        <Stack>
          <Problems form={form} failure={signIn.error} />
          <TextInput
            label={t("email")}
            type="email"
            autoComplete="username"
            autoFocus
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label={t("password")}
            autoComplete="current-password"
            {...form.getInputProps("password")}
          />
          <Button type="submit" size="md" loading={signIn.isPending}>
            {t("sign_in.submit")}
          </Button>
          <Text size="xs" c="dimmed">
            {t("sign_in.forgot")}
          </Text>
        </Stack>
      </form>
    </FrontDoor>
  );
}
