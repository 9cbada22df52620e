import { Select, Switch, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/call.ts";
import { privacyQuery, usersQuery } from "../api/queries.ts";
import type { Contact } from "../api/types.ts";
import { useAccount } from "../app/account.tsx";
import { complain, offerUndo } from "../app/undo.tsx";
import { t } from "./texts.ts";

type Changes = Partial<Pick<Contact, "marketing" | "owner_user_id">>;

/** How the account stands to a contact: who looks after them, and on what ground they are written to. */
export function Relation({ contact }: { contact: Contact }) {
  const account = useAccount();
  const queries = useQueryClient();
  const users = useQuery(usersQuery(account.id));
  const privacy = useQuery(privacyQuery(account.id));
  const change = useMutation({
    mutationFn: (changes: Changes) =>
      call<Contact>("PATCH", `/accounts/${account.id}/contacts/${contact.id}`, { body: changes }),
    onSuccess: (saved) => queries.setQueryData([account.id, "contact", contact.id], saved),
    onError: complain,
  });
  const put = (changes: Changes, before: Changes) =>
    change.mutate(changes, { onSuccess: () => offerUndo(t("saved"), () => change.mutateAsync(before)) });
  const people = (users.data ?? []).filter(
    ({ id, deactivated_at }) => deactivated_at === null || id === contact.owner_user_id,
  );
  return (
    <section className="card relation">
      <Select
        label={t("owner")}
        description={t("owner.help")}
        placeholder={t("owner.none")}
        data={people.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={contact.owner_user_id === null ? null : String(contact.owner_user_id)}
        onChange={(id) =>
          put({ owner_user_id: id === null ? null : Number(id) }, { owner_user_id: contact.owner_user_id })
        }
        searchable
        clearable
      />
      {privacy.data?.marketing_contacts && (
        <Switch
          label={t("marketing")}
          description={t("marketing.help")}
          checked={contact.marketing}
          onChange={({ currentTarget: { checked } }) =>
            put({ marketing: checked }, { marketing: contact.marketing })
          }
        />
      )}
      <div>
        <Text size="sm" fw={600}>
          {t("basis")}
        </Text>
        <Text size="sm">{t(`basis.${contact.legal_basis ?? "none"}`)}</Text>
      </div>
    </section>
  );
}
