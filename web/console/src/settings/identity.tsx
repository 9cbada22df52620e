import { Badge, Button, Radio, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { identityQuery } from "../api/queries.ts";
import type { IdentityKey, Identity as IdentityState, NewIdentityKey } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Section } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { ConfirmByName } from "../app/form.tsx";
import { Bones, Heading, Needs } from "../app/screens.tsx";
import { dateOnly } from "../app/time.ts";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { ShownOnce } from "./copyable.tsx";
import { FormDialog } from "./dialog.tsx";
import { type ClientCount, perClient, perDay } from "./identity-counts.ts";
import { t } from "./texts.ts";

/** How apps prove who their visitors are, and what becomes of those who do not. */
export function Identity() {
  return (
    <Needs permission="identity">
      <Heading title={t("nav.identity")} />
      <Everything />
    </Needs>
  );
}

function Everything() {
  const account = useAccount();
  const identity = useQuery(identityQuery(account.id));
  if (identity.isPending) return <Bones />;
  if (identity.isError) throw identity.error;
  return (
    <div>
      <Enforcement now={identity.data.enforcement} />
      <Counts state={identity.data} />
      <Keys keys={identity.data.keys} />
      <SignOut />
    </div>
  );
}

const STAGES = ["off", "report", "enforce"] as const;
type Stage = (typeof STAGES)[number];

/** Takes effect at once and can be taken back. */
function Enforcement({ now }: { now: Stage }) {
  const account = useAccount();
  const queries = useQueryClient();
  const change = async (enforcement: Stage) => {
    await call("PUT", `/accounts/${account.id}/identity`, { body: { enforcement } });
    await queries.invalidateQueries({ queryKey: identityQuery(account.id).queryKey });
  };
  const choose = useMutation({
    mutationFn: change,
    onSuccess: (_, to) => offerUndo(t(`identity.${to}.done`), () => change(now)),
    onError: complain,
  });
  return (
    <Section title={t("identity.proof")} help={t("identity.proof.help")} docs={DOCS.identity}>
      <Radio.Group
        aria-label={t("identity.proof")}
        value={choose.isPending ? choose.variables : now}
        onChange={(stage) => choose.mutate(stage as Stage)}
      >
        <Stack gap="sm">
          {STAGES.map((stage) => (
            <Radio
              key={stage}
              value={stage}
              label={t(`identity.${stage}`)}
              description={t(`identity.${stage}.help`)}
            />
          ))}
        </Stack>
      </Radio.Group>
    </Section>
  );
}

function Counts({ state }: { state: IdentityState }) {
  const clients = perClient(state.days);
  return (
    <Section title={t("identity.counts")} help={t("identity.counts.help")}>
      {clients.length === 0 ? (
        <p className="muted small">
          {t(state.enforcement === "off" ? "identity.uncounted" : "identity.none")}
        </p>
      ) : (
        <>
          <CountTable
            caption={t("identity.counts.clients")}
            head={[t("identity.client"), t("identity.app_version")]}
            rows={clients.map((each) => ({
              ...each,
              names: [each.client === "web" ? t("identity.web") : each.client, each.app_version || "–"],
            }))}
          />
          <details className="chart-table">
            <summary>{t("identity.counts.days")}</summary>
            <CountTable
              caption={t("identity.counts.days")}
              head={[t("identity.day")]}
              rows={perDay(state.days).map((each) => ({ ...each, names: [dateOnly(each.day)] }))}
            />
          </details>
        </>
      )}
    </Section>
  );
}

interface CountRow extends ClientCount {
  names: string[];
}

/** Only rows without unproven and refused ones are ready for proof to be enforced. */
function CountTable({ caption, head, rows }: { caption: string; head: string[]; rows: CountRow[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className="scroll-table" tabIndex={0} aria-label={caption}>
      <table className="plain-table">
        <thead>
          <tr>
            {head.map((each) => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
            {(["proven", "unproven", "refused"] as const).map((kind) => (
              <th key={kind} scope="col" className="figure">
                {t(`identity.count.${kind}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ names: [name, ...others], proven, unproven, refused }) => (
            <tr key={[name, ...others].join("|")}>
              <th scope="row">{name}</th>
              {others.map((each) => (
                <td key={each}>{each}</td>
              ))}
              <td className="figure">{proven}</td>
              <td className="figure">{unproven}</td>
              <td className="figure">{refused}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Keys({ keys }: { keys: readonly IdentityKey[] }) {
  const account = useAccount();
  const queries = useQueryClient();
  const [adding, add] = useDisclosure(false);
  const [made, show] = useState<NewIdentityKey | null>(null);
  const [revoking, setRevoking] = useState<IdentityKey | null>(null);
  const revoke = useMutation({
    mutationFn: (key: IdentityKey) => call("POST", `/accounts/${account.id}/identity/keys/${key.id}/revoke`),
    onSuccess: async (_, key) => {
      setRevoking(null);
      say(t("tokens.revoked", { name: key.name }));
      await queries.invalidateQueries({ queryKey: identityQuery(account.id).queryKey });
    },
    onError: complain,
  });
  return (
    <Section title={t("identity.keys")} help={t("identity.keys.help")}>
      {keys.length > 0 && (
        <ul className="rows">
          {keys.map((key) => (
            <li key={key.id} className="row">
              <span className="row-main">
                <strong>{key.name}</strong>
                <span className="muted small">
                  {t("identity.key.about", { kid: key.kid, date: dateOnly(key.created_at) })},{" "}
                  {key.last_used_at === null
                    ? t("tokens.unused")
                    : t("tokens.used", { date: dateOnly(key.last_used_at) })}
                </span>
              </span>
              <span className="muted small">{key.algorithm}</span>
              {key.revoked_at === null ? (
                <Button variant="default" size="compact-sm" onClick={() => setRevoking(key)}>
                  {t("tokens.revoke")}
                </Button>
              ) : (
                <Badge variant="light" color="gray">
                  {t("identity.key.revoked")}
                </Badge>
              )}
            </li>
          ))}
        </ul>
      )}
      <Button
        variant="default"
        style={{ alignSelf: "flex-start" }}
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={add.open}
      >
        {t("identity.key.add")}
      </Button>
      {adding && (
        <AddKey
          onClose={add.close}
          onMade={(key) => (key.secret === null ? say(t("identity.key.added")) : show(key))}
        />
      )}
      {made?.secret && (
        <ShownOnce
          title={t("identity.once")}
          why={t("identity.once.why", { kid: made.key.kid })}
          label={t("identity.secret")}
          value={made.secret}
          onClose={() => show(null)}
        />
      )}
      <ConfirmByName
        opened={revoking !== null}
        title={t("tokens.revoke.title", { name: revoking?.name ?? "" })}
        why={t("identity.revoke.why")}
        name={revoking?.name ?? ""}
        verb={t("tokens.revoke")}
        busy={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking)}
        onClose={() => setRevoking(null)}
      />
    </Section>
  );
}

function AddKey({ onClose, onMade }: { onClose: () => void; onMade: (made: NewIdentityKey) => void }) {
  const account = useAccount();
  const form = useForm({
    initialValues: { name: "", kind: "secret", public_key: "", kid: "" },
    validate: {
      name: (name) => (name.trim() ? null : t("name.required")),
      public_key: (key, { kind }) => (kind === "secret" || key.trim() ? null : t("identity.public.required")),
    },
  });
  const isPublic = form.values.kind === "public";
  return (
    <FormDialog
      title={t("identity.key.add")}
      verb={t("create")}
      form={form}
      send={({ name, kind, public_key, kid }) =>
        call<NewIdentityKey>("POST", `/accounts/${account.id}/identity/keys`, {
          body: {
            name,
            ...(kind === "public" ? { public_key } : {}),
            ...(kid.trim() ? { kid: kid.trim() } : {}),
          },
        })
      }
      refreshes={[identityQuery(account.id).queryKey]}
      onDone={onMade}
      onClose={onClose}
    >
      <TextInput
        label={t("name")}
        description={t("identity.key.name.help")}
        data-autofocus
        {...form.getInputProps("name")}
      />
      <SegmentedControl
        fullWidth
        aria-label={t("identity.kind")}
        data={[
          { value: "secret", label: t("identity.kind.secret") },
          { value: "public", label: t("identity.kind.public") },
        ]}
        {...form.getInputProps("kind")}
      />
      <p className="muted small">{t(isPublic ? "identity.kind.public.help" : "identity.kind.secret.help")}</p>
      {isPublic && (
        <Textarea
          label={t("identity.public")}
          description={t("identity.public.help")}
          autosize
          minRows={4}
          maxRows={10}
          spellCheck={false}
          {...form.getInputProps("public_key")}
        />
      )}
      <TextInput
        label={t("identity.kid")}
        description={t("identity.kid.help")}
        {...form.getInputProps("kid")}
      />
    </FormDialog>
  );
}

/** Ends what somebody's lost phone could still do. */
function SignOut() {
  const account = useAccount();
  const form = useForm({
    initialValues: { email: "" },
    validate: { email: (email) => (email.includes("@") ? null : t("users.email.required")) },
  });
  const signOut = useMutation({
    mutationFn: (email: string) =>
      call("POST", `/accounts/${account.id}/identity/sign-out`, { body: { email } }),
    onSuccess: (_, email) => {
      form.reset();
      say(t("identity.signed_out", { email }));
    },
    onError: complain,
  });
  return (
    <Section title={t("identity.sign_out")} help={t("identity.sign_out.help")}>
      <form
        noValidate
        className="copyable"
        onSubmit={form.onSubmit(({ email }) => signOut.mutate(email.trim()))}
      >
        <TextInput
          type="email"
          style={{ flex: 1 }}
          autoComplete="off"
          label={t("users.email")}
          {...form.getInputProps("email")}
        />
        <Button type="submit" variant="default" loading={signOut.isPending}>
          {t("identity.sign_out.do")}
        </Button>
      </form>
    </Section>
  );
}
