import { Badge, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import type { Consents as Answer } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { Bones } from "../app/screens.tsx";
import { dateTime } from "../app/time.ts";
import { t } from "./texts.ts";

const consentsQuery = (account: number, contact: number) =>
  queryOptions({
    queryKey: [account, "consents", contact],
    queryFn: ({ signal }) =>
      call<Answer>("GET", `/accounts/${account}/contacts/${contact}/consents`, { signal }),
  });

const languages = new Intl.DisplayNames(undefined, { type: "language" });

/** The proof: what was asked in which words, what was chosen, when and where. */
export function Consents({ contactId }: { contactId: number }) {
  const account = useAccount();
  const { data } = useQuery(consentsQuery(account.id, contactId));
  if (!data) return <Bones lines={3} />;
  const subscribed = data.subscriptions.filter(({ status }) => status === "subscribed");
  const typeName = (id: number) =>
    data.items.find(({ subscription_type_id }) => subscription_type_id === id)?.subscription_type ??
    String(id);
  return (
    <section className="card">
      <Title order={2}>{t("consents")}</Title>
      {data.items.length === 0 && <p className="muted">{t("consents.none")}</p>}
      {subscribed.map(({ subscription_type_id, email }) => (
        <p key={`${subscription_type_id}-${email}`}>
          {t("subscribed", { type: typeName(subscription_type_id) })} <span className="muted">{email}</span>
        </p>
      ))}
      {data.items.length > 0 && (
        <ol className="consents">
          {data.items.map((one) => (
            <li key={one.id}>
              <div className="consent-head">
                <strong>{t(`consent.${one.kind}`)}</strong>
                <Badge variant="light" color={one.choice ? "green" : "gray"}>
                  {t(one.choice ? "agreed" : "declined")}
                </Badge>
                <time className="muted small">{dateTime(one.at)}</time>
              </div>
              <q dir="auto" lang={one.language}>
                {one.text}
              </q>
              <p className="muted small">
                {t("consent.where", {
                  chatflow: one.chatflow ?? t("consent.gone"),
                  version: one.chatflow_version,
                  language: languages.of(one.language) ?? one.language,
                })}
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
