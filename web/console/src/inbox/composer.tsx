import { Button, Textarea } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { type RefObject, useRef } from "react";
import { MOD } from "../app/keys-help.tsx";
import { commandsOf, useLive } from "../live/live.tsx";
import { type Kind, useDraft } from "./drafts.ts";
import { t } from "./texts.ts";

const LONGEST = 5_000;
/** Phones are not told of keys that they do not have. */
const hasKeyboard = !window.matchMedia("(pointer: coarse)").matches;
/** Somebody who keeps typing is announced again before the other side forgets it. */
const TYPING_EVERY_MS = 4_000;

interface ComposerProps {
  conversationId: number;
  name: string;
  isClosed: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
  onSent: () => void;
}

export function Composer({ conversationId, name, isClosed, field, onSent }: ComposerProps) {
  const live = useLive();
  const [draft, change] = useDraft(conversationId);
  const typedAt = useRef(0);
  const { kind } = draft;
  const words = draft[kind];
  const tooMany = [...words.trim()].length - LONGEST;
  const canSend = words.trim() !== "" && tooMany <= 0;

  const send = () => {
    if (!canSend) return;
    commandsOf(live, conversationId)[kind](words.trim());
    change({ [kind]: "" });
    typedAt.current = 0;
    field.current?.focus();
    onSent();
  };
  const announce = () => {
    const now = Date.now();
    if (kind !== "reply" || now - typedAt.current < TYPING_EVERY_MS) return;
    typedAt.current = now;
    live.client.connection.sendTyping(conversationId);
  };
  const choose = (next: Kind) => {
    change({ kind: next });
    requestAnimationFrame(() => field.current?.focus());
  };
  return (
    <form
      className="composer"
      data-kind={kind}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="composer-tabs" role="tablist" aria-label={t("compose.tabs")}>
        {(["reply", "comment"] as const).map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`compose-${one}`}
            aria-selected={kind === one}
            aria-controls="compose-panel"
            tabIndex={kind === one ? 0 : -1}
            onClick={() => choose(one)}
            onKeyDown={(event) => {
              if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
              event.preventDefault();
              const other = one === "reply" ? "comment" : "reply";
              change({ kind: other });
              document.getElementById(`compose-${other}`)?.focus();
            }}
          >
            {one === "comment" && <IconLock size={14} stroke={1.8} aria-hidden />}
            {t(one)}
          </button>
        ))}
        {isClosed && kind === "reply" && (
          <span className="muted small composer-note">{t("reply.reopens")}</span>
        )}
      </div>
      <div role="tabpanel" id="compose-panel" aria-labelledby={`compose-${kind}`} className="composer-panel">
        <Textarea
          ref={field}
          variant="unstyled"
          autosize
          minRows={2}
          maxRows={10}
          dir="auto"
          aria-label={kind === "reply" ? t("reply.label", { name }) : t("comment.field")}
          placeholder={hasKeyboard ? t(`${kind}.placeholder`, { mod: MOD }) : t(`${kind}.placeholder.touch`)}
          value={words}
          error={tooMany > 0 ? t("reply.long", { count: tooMany }) : undefined}
          onChange={(event) => {
            change({ [kind]: event.currentTarget.value });
            if (event.currentTarget.value) announce();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              send();
            }
            if (event.key === "Escape") {
              event.stopPropagation();
              event.currentTarget.blur();
            }
          }}
        />
        <Button type="submit" disabled={!canSend} color={kind === "comment" ? "yellow" : "teal"}>
          {t(`${kind}.send`)}
        </Button>
      </div>
    </form>
  );
}
