import { Menu } from "@mantine/core";
import type { ConversationState } from "@pocketdesk/client";
import { IconArrowsExchange, IconFileText, IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { inboxesQuery } from "../api/queries.ts";
import { useAccount } from "../app/account.tsx";
import { MoreMenu } from "../app/controls/more-menu.tsx";
import { complain, offerUndo } from "../app/undo.tsx";
import { t } from "./texts.ts";

interface MoreProps {
  state: ConversationState;
  onMove: (inboxId: number) => Promise<unknown>;
  /** Shows who this is, where there is no room for that beside the conversation. */
  onPerson?: (() => void) | undefined;
}

/** What is done with a conversation now and then: another inbox, a transcript. */
export function More({ state: { conversation }, onMove, onPerson }: MoreProps) {
  const account = useAccount();
  const inboxes = useQuery(inboxesQuery(account.id, "mine"));
  const others = (inboxes.data ?? []).filter(
    ({ id, archived_at }) => id !== conversation.inbox.id && archived_at === null,
  );
  const move = (id: number, name: string) => {
    const back = conversation.inbox.id;
    onMove(id).then(() => offerUndo(t("moved", { name }), () => onMove(back)), complain);
  };
  const transcript = `/api/v1/accounts/${account.id}/conversations/${conversation.id}/transcript`;
  return (
    <MoreMenu label={t("more.label")}>
      {onPerson && (
        <Menu.Item leftSection={<IconInfoCircle size={16} stroke={1.6} aria-hidden />} onClick={onPerson}>
          {t("context.show")}
        </Menu.Item>
      )}
      {others.length > 0 && <Menu.Label>{t("move")}</Menu.Label>}
      {others.map(({ id, name }) => (
        <Menu.Item
          key={id}
          leftSection={<IconArrowsExchange size={16} stroke={1.6} aria-hidden />}
          onClick={() => move(id, name)}
        >
          {name}
        </Menu.Item>
      ))}
      <Menu.Label>{t("transcript")}</Menu.Label>
      {(["txt", "html"] as const).map((format) => (
        <Menu.Item
          key={format}
          component="a"
          href={`${transcript}?format=${format}`}
          download
          leftSection={<IconFileText size={16} stroke={1.6} aria-hidden />}
        >
          {t(`transcript.${format}`)}
        </Menu.Item>
      ))}
    </MoreMenu>
  );
}
