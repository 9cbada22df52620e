import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { call } from "../api/call.ts";
import { sessionQuery } from "../api/queries.ts";
import type { Invitation } from "../api/types.ts";
import { fieldErrors, Problems } from "../app/form.tsx";
import { Bones } from "../app/screens.tsx";
import { FrontDoor } from "./front-door.tsx";
import { SHORTEST_PASSWORD } from "./set-up.tsx";
import { t } from "./texts.ts";

export function AcceptInvitation() {
  const { token } = getRouteApi("/invite/$token").useParams();
  const path = `/invitations/${encodeURIComponent(token)}`;
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => call<Invitation>("GET", path, { signal }),
    refetchOnWindowFocus: false,
  });
  if (invitation.isPending)
    return (
      <FrontDoor title=" ">
        <Bones lines={3} />
      </FrontDoor>
    );
  if (invitation.isError) {
    return (
      <FrontDoor title={t("invite.gone")} why={t("invite.gone.why")}>
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/sign-in" />}>
          {t("set_up.go")}
        </Button>
      </FrontDoor>
    );
  }
  return <Accept invitation={invitation.data} path={path} />;
}

function Accept({ invitation, path }: { invitation: Invitation; path: string }) {
  const router = useRouter();
  const queries = useQueryClient();
  const known = invitation.has_password;
  const form = useForm({
    initialValues: { name: invitation.name, password: "" },
    validate: {
      name: (name) => (name.trim() ? null : t("name.required")),
      password: (password) =>
        password.length >= (known ? 1 : SHORTEST_PASSWORD)
          ? null
          : t(known ? "password.required" : "password.short"),
    },
  });
  const join = useMutation({
    mutationFn: (values: { name: string; password: string }) => call("POST", path, { body: values }),
    onSuccess: async () => {
      queries.clear();
      await queries.fetchQuery(sessionQuery);
      router.history.replace("/");
    },
    onError: (failure) => form.setErrors(fieldErrors(failure)),
  });
  return (
    <FrontDoor
      title={t("invite.title", { account: invitation.account_name })}
      why={t("invite.why", { email: invitation.email })}
    >
      <form noValidate onSubmit={form.onSubmit((values) => join.mutate(values))}>
        <Stack>
          <Problems form={form} failure={join.error} />
          {known && <Text size="sm">{t("invite.known")}</Text>}
          <input type="hidden" autoComplete="username" value={invitation.email} readOnly />
          <TextInput
            label={t("name")}
            description={t("name.help")}
            autoComplete="name"
            autoFocus
            {...form.getInputProps("name")}
          />
          <PasswordInput
            label={known ? t("password") : t("password.new")}
            description={known ? undefined : t("password.help")}
            autoComplete={known ? "current-password" : "new-password"}
            {...form.getInputProps("password")}
          />
          <Button type="submit" size="md" loading={join.isPending}>
            {t("invite.submit")}
          </Button>
        </Stack>
      </form>
    </FrontDoor>
  );
}
