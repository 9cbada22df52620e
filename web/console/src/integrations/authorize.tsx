import { Button, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { call, Refused } from "../api/call.ts";
import type { Authorization } from "../api/types.ts";
import { Problems } from "../app/form.tsx";
import { Bones } from "../app/screens.tsx";
import { FrontDoor } from "../entry/front-door.tsx";
import "./integrations.css";
import { scopeText, t } from "./texts.ts";

const PATH = "/oauth/authorization";

/** What a program asks a user for; the answer leads the browser back to it. */
export function Authorize() {
  const { accountId } = useParams({ strict: false });
  const question = { ...useSearch({ strict: false }), ...(accountId && { account_id: Number(accountId) }) };
  const asked = useQuery({
    queryKey: ["authorization", question],
    queryFn: ({ signal }) => call<Authorization>("GET", PATH, { query: question, signal }),
    retry: false,
    refetchOnWindowFocus: false,
  });
  if (asked.isPending)
    return (
      <FrontDoor title=" ">
        <Bones lines={3} />
      </FrontDoor>
    );
  if (asked.isError) return <Wrong failure={asked.error} />;
  return <Ask question={question} asked={asked.data} />;
}

function Ask({ question, asked }: { question: object; asked: Authorization }) {
  const reply = useMutation({
    mutationFn: (allow: boolean) =>
      call<{ redirect_to: string }>("POST", PATH, { body: { ...question, allow } }),
    onSuccess: ({ redirect_to }) => location.assign(redirect_to),
  });
  const busy = reply.isPending || reply.isSuccess;
  return (
    <FrontDoor
      title={t("ask.title", { program: asked.integration_name })}
      why={t("ask.why", { account: asked.account_name, user: asked.user_name })}
    >
      <Problems failure={reply.error} />
      <section aria-labelledby="asked">
        <h2 id="asked">{t("ask.may")}</h2>
        <ul className="asked">
          {asked.scopes.map((scope) => (
            <li key={scope}>{scopeText(scope)}</li>
          ))}
        </ul>
      </section>
      <p className="muted small">{t("ask.leads", { host: asked.host })}</p>
      <Stack gap="xs">
        <Button
          size="md"
          loading={busy && reply.variables === true}
          disabled={busy}
          onClick={() => reply.mutate(true)}
        >
          {t("allow")}
        </Button>
        <Button
          size="md"
          variant="default"
          loading={busy && reply.variables === false}
          disabled={busy}
          onClick={() => reply.mutate(false)}
        >
          {t("decline")}
        </Button>
      </Stack>
    </FrontDoor>
  );
}

/** Nobody is sent back with a mistake: the program could lead people anywhere by it. */
function Wrong({ failure }: { failure: Error }) {
  const { href } = useLocation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => call("DELETE", "/session"),
    onSettled: () => {
      queries.clear();
      return navigate({ to: "/sign-in", search: { next: href }, replace: true });
    },
  });
  const code = failure instanceof Refused ? failure.code : "";
  const isUsers = code === "unknown_client" || code === "missing_rights";
  return (
    <FrontDoor
      title={t("wrong.title")}
      why={
        isUsers || code === "unregistered_redirect"
          ? t(`wrong.${code}`)
          : t("wrong.program", { message: failure.message })
      }
    >
      {isUsers && (
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {t("wrong.other")}
        </Button>
      )}
    </FrontDoor>
  );
}
