import { ActionIcon, Button, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconListCheck } from "@tabler/icons-react";
import { useState } from "react";
import { t } from "./texts.ts";

/** What one message can carry, and how long an answer may be. */
const MOST = 10;
const LONGEST = 80;

/** Adds answers to the reply, from which the visitor may choose. */
export function OfferReplies({
  offered,
  onOffer,
  onClosed,
}: {
  offered: readonly string[];
  onOffer: (label: string) => void;
  onClosed: () => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const [words, setWords] = useState("");
  const label = words.trim();
  const isFull = offered.length >= MOST;
  const isTwice = offered.includes(label);
  const canAdd = label !== "" && !isFull && !isTwice;
  const close = () => {
    setOpen(false);
    onClosed();
  };
  const add = () => {
    if (!canAdd) return;
    onOffer(label);
    setWords("");
  };
  return (
    <Popover
      opened={isOpen}
      onChange={(open) => (open ? setOpen(true) : close())}
      position="top-end"
      width={320}
      trapFocus
      shadow="md"
    >
      <Popover.Target>
        <Tooltip label={t("quick_replies.hint")} disabled={isOpen}>
          <ActionIcon
            size={36}
            aria-label={t("quick_replies")}
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            <IconListCheck size={20} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className="offer-replies" aria-label={t("quick_replies")}>
        <TextInput
          label={t("quick_replies.label")}
          description={t("quick_replies.why")}
          dir="auto"
          data-autofocus
          maxLength={LONGEST}
          value={words}
          error={isFull ? t("quick_replies.full") : isTwice ? t("quick_replies.twice") : undefined}
          onChange={(event) => setWords(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") {
              event.stopPropagation();
              close();
            }
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
            event.preventDefault();
            if (label === "") close();
            else add();
          }}
        />
        <Button size="sm" variant="default" disabled={!canAdd} onClick={add}>
          {t("quick_replies.add")}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
