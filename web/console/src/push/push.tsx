import { Badge, Button, Menu, Switch } from "@mantine/core";
import { IconBrandAndroid, IconBrandApple, IconWorld } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../api/call.ts";
import { pushQuery } from "../api/queries.ts";
import type { PushProvider, Push as PushState } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { Learn, Section } from "../app/controls/section.tsx";
import { DOCS } from "../app/docs.ts";
import { ConfirmByName } from "../app/form.tsx";
import { Bones, Heading, Needs } from "../app/screens.tsx";
import { dateOnly, dateTime } from "../app/time.ts";
import { complain, offerUndo, say } from "../app/undo.tsx";
import { SetKey } from "./dialogs.tsx";
import { failureWords, isFailing } from "./failures.ts";
import "./push.css";
import { t } from "./texts.ts";

/** By which services the account pushes, and what its pushes say. */
export function Push() {
  return (
    <Needs permission="inboxes">
      <Heading title={t("title")} />
      <Everything />
    </Needs>
  );
}

function Everything() {
  const account = useAccount();
  const push = useQuery(pushQuery(account.id));
  if (push.isPending) return <Bones />;
  if (push.isError) throw push.error;
  return (
    <>
      <p className="muted">
        {t("why")} <Learn to={DOCS.push}>{t("learn")}</Learn>
      </p>
      <div>
        <Services providers={push.data.providers} />
        <Words isShown={push.data.with_content} />
      </div>
    </>
  );
}

const ICONS = { apns: IconBrandApple, fcm: IconBrandAndroid, webpush: IconWorld } as const;
type Kind = PushProvider["kind"];
const KINDS = Object.keys(ICONS) as Kind[];

function Services({ providers }: { providers: readonly PushProvider[] }) {
  const account = useAccount();
  const queries = useQueryClient();
  const [setting, set] = useState<Kind | null>(null);
  const [removing, setRemoving] = useState<Kind | null>(null);
  const of = (kind: Kind) => providers.find((each) => each.kind === kind);
  const remove = useMutation({
    mutationFn: (kind: Kind) => call("DELETE", `/accounts/${account.id}/push/${kind}`),
    onSuccess: async (_, kind) => {
      setRemoving(null);
      say(t("removed", { service: t(kind) }));
      await queries.invalidateQueries({ queryKey: pushQuery(account.id).queryKey });
    },
    onError: complain,
  });
  const leaving = removing ? t(removing) : "";
  return (
    <Section title={t("services")} help={t("services.help")}>
      <ul className="rows push-services">
        {KINDS.map((kind) => (
          <Row
            key={kind}
            kind={kind}
            provider={of(kind)}
            onSet={() => set(kind)}
            onRemove={() => setRemoving(kind)}
          />
        ))}
      </ul>
      {setting && <SetKey kind={setting} before={of(setting)} onClose={() => set(null)} />}
      <ConfirmByName
        opened={removing !== null}
        title={t("remove.title", { service: leaving })}
        why={t(removing === "webpush" ? "remove.webpush.why" : "remove.why")}
        name={leaving}
        verb={t("remove")}
        busy={remove.isPending}
        onConfirm={() => removing && remove.mutate(removing)}
        onClose={() => setRemoving(null)}
      />
    </Section>
  );
}

interface RowProps {
  kind: Kind;
  provider: PushProvider | undefined;
  onSet: () => void;
  onRemove: () => void;
}

function Row({ kind, provider, onSet, onRemove }: RowProps) {
  const Icon = ICONS[kind];
  const service = t(kind);
  return (
    <li className="row row-tall">
      <Icon className="push-icon" aria-hidden />
      <span className="row-main">
        <span className="push-head">
          <strong>{service}</strong> <State provider={provider} />
        </span>
        {provider ? <About provider={provider} /> : <span className="muted small">{t(`${kind}.why`)}</span>}
      </span>
      {!provider && (
        <Button variant="default" size="compact-sm" aria-label={t("set_up.of", { service })} onClick={onSet}>
          {t("set_up")}
        </Button>
      )}
      {provider && (
        <MoreMenu label={t("more", { service })}>
          <Menu.Item onClick={onSet}>{t("replace")}</Menu.Item>
          <Menu.Item color="red" onClick={onRemove}>
            {t("remove")}
          </Menu.Item>
        </MoreMenu>
      )}
    </li>
  );
}

function State({ provider }: { provider: PushProvider | undefined }) {
  const [words, color] = !provider
    ? (["unset", "gray"] as const)
    : isFailing(provider)
      ? (["failing", "red"] as const)
      : (["on", "teal"] as const);
  return (
    <Badge variant="light" color={color}>
      {t(words)}
    </Badge>
  );
}

/** With what a service is set up, and how it fares. */
function About({ provider }: { provider: PushProvider }) {
  const { kind, name, created_at, created_by, sent_at, failed_at, failure } = provider;
  const date = dateOnly(created_at);
  return (
    <>
      <span className="small">
        <bdi>{name}</bdi>
      </span>
      <span className="muted small">
        {created_by ? t("since.by", { date, who: created_by }) : t("since", { date })} ·{" "}
        {sent_at === null ? t("unsent") : t("sent", { date: dateTime(sent_at) })}
      </span>
      {failed_at !== null && failure !== null && (
        <span className={isFailing(provider) ? "small warning" : "small muted"}>
          {t("failed", { date: dateTime(failed_at), words: failureWords(kind, failure) })}
        </span>
      )}
    </>
  );
}

/** Takes effect at once and can be taken back. */
function Words({ isShown }: { isShown: boolean }) {
  const account = useAccount();
  const queries = useQueryClient();
  const change = async (with_content: boolean) => {
    const after = await call<PushState>("PATCH", `/accounts/${account.id}/push`, { body: { with_content } });
    queries.setQueryData(pushQuery(account.id).queryKey, after);
  };
  const turn = useMutation({
    mutationFn: change,
    onSuccess: (_, on) => offerUndo(t(on ? "words.on" : "words.off"), () => change(!on)),
    onError: complain,
  });
  return (
    <Section title={t("says")}>
      <Switch
        label={t("words")}
        description={t("words.help")}
        checked={turn.isPending ? turn.variables : isShown}
        onChange={(event) => turn.mutate(event.currentTarget.checked)}
      />
    </Section>
  );
}
