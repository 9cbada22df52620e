import { ActionIcon, Button, TagsInput } from "@mantine/core";
import { IconPlus, IconSearch, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, Refused } from "../api/call.ts";
import { useAccount, useMay } from "../app/account.tsx";
import { LeaveGuard } from "../app/controls/leave-guard.tsx";
import { useKeys } from "../app/keys.ts";
import { Bones, Empty } from "../app/screens.tsx";
import { say } from "../app/undo.tsx";
import { knowledge, synonymsQuery } from "./queries.ts";
import { ReadOnly } from "./read-only.tsx";
import type { Base, Synonym } from "./shapes.ts";
import { t } from "./texts.ts";

/** Words that mean the same to readers: whoever searches for one finds the others too. */
export function SynonymsTab({ base }: { base: Base }) {
  const account = useAccount().id;
  const synonyms = useQuery(synonymsQuery(account, base.id));
  if (synonyms.isPending) return <Bones />;
  if (synonyms.isError) throw synonyms.error;
  return <Form key={synonyms.dataUpdatedAt} base={base} saved={synonyms.data} />;
}

const isSame = (one: readonly string[][], other: readonly string[][]) =>
  JSON.stringify(one) === JSON.stringify(other);

function Form({ base, saved }: { base: Base; saved: readonly Synonym[] }) {
  const account = useAccount().id;
  const queries = useQueryClient();
  const mayWrite = useMay("knowledge_edit");
  const beginning = saved.map(({ words }) => [...words]);
  const [groups, setGroups] = useState(beginning);
  const kept = groups.filter((words) => words.length > 0);
  const isDirty = !isSame(kept, beginning);
  const isWrong = kept.some((words) => words.length < 2);
  const put = useMutation({
    mutationFn: () =>
      call("PUT", knowledge(account, `/bases/${base.id}/synonyms`), {
        body: { items: kept.map((words) => ({ words })) },
      }),
    onSuccess: async () => {
      say(t("saved"));
      await queries.invalidateQueries({ queryKey: synonymsQuery(account, base.id).queryKey });
    },
  });
  const save = async (): Promise<boolean> =>
    !isWrong &&
    put.mutateAsync().then(
      () => true,
      () => false,
    );
  useKeys({ "mod+s": () => void save(), n: () => setGroups([...groups, []]) }, mayWrite);
  const refused = put.error instanceof Refused ? put.error : null;
  const problemAt = (place: number) =>
    refused && Object.entries(refused.fields).find(([field]) => field.includes(`.${place}`))?.[1];
  const add = (
    <Button
      variant={groups.length === 0 ? "filled" : "default"}
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => setGroups([...groups, []])}
    >
      {t("synonyms.add")}
    </Button>
  );
  return (
    <fieldset className="plain-fieldset synonyms" disabled={!mayWrite} aria-label={t("tab.search")}>
      {!mayWrite && <ReadOnly />}
      {groups.length === 0 ? (
        <Empty icon={<IconSearch />} title={t("synonyms.empty")} action={add}>
          {t("synonyms.empty.why")}
        </Empty>
      ) : (
        <>
          <p className="muted">{t("synonyms.why")}</p>
          <ul className="synonym-list">
            {groups.map((words, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a group is edited in its place.
              <li key={place}>
                <TagsInput
                  aria-label={t("synonyms.group", { number: place + 1 })}
                  placeholder={words.length === 0 ? t("synonyms.placeholder") : ""}
                  autoFocus={words.length === 0}
                  value={words}
                  error={problemAt(place) ?? (words.length === 1 ? t("synonyms.one") : undefined)}
                  onChange={(next) => setGroups(groups.map((one, at) => (at === place ? next : one)))}
                />
                <ActionIcon
                  aria-label={t("synonyms.remove", { number: place + 1 })}
                  onClick={() => setGroups(groups.filter((_, at) => at !== place))}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
          {add}
        </>
      )}
      {refused && Object.keys(refused.fields).length === 0 && (
        <p className="field-error" role="alert">
          {refused.message}
        </p>
      )}
      {isDirty && (
        <footer className="tab-save">
          <span className="muted small">{t("unsaved")}</span>
          <Button variant="subtle" onClick={() => setGroups(beginning)}>
            {t("discard")}
          </Button>
          <Button loading={put.isPending} disabled={isWrong} onClick={() => void save()}>
            {t("save")}
          </Button>
        </footer>
      )}
      <LeaveGuard
        isDirty={isDirty}
        title={t("leave")}
        why={t("leave.why")}
        save={save}
        isSaving={put.isPending}
        loses={(path) => !path.endsWith("/search")}
      />
    </fieldset>
  );
}
