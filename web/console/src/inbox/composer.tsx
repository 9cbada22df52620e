import { ActionIcon, Button, FileButton, Progress, Textarea, Tooltip } from "@mantine/core";
import { IconBook, IconFile, IconListCheck, IconLock, IconPaperclip, IconX } from "@tabler/icons-react";
import { type DragEvent, type RefObject, useRef, useState } from "react";
import { useAccount } from "../app/account.tsx";
import { MOD } from "../app/keys-help.tsx";
import { commandsOf, useLive } from "../live/live.tsx";
import { type Attachment, useAttachments } from "./attachments.ts";
import { sizeOf } from "./content.tsx";
import { type Kind, useDraft } from "./drafts.ts";
import { InsertArticle } from "./insert-article.tsx";
import { OfferReplies } from "./offer-replies.tsx";
import { t } from "./texts.ts";
import { asDraft } from "./timeline.ts";

const LONGEST = 5_000;
/** What one message can carry. */
const MOST_ARTICLES = 10;
/** Phones are not told of keys that they do not have. */
const hasKeyboard = !window.matchMedia("(pointer: coarse)").matches;
/** Somebody who keeps typing is announced again before the other side forgets it. */
const TYPING_EVERY_MS = 4_000;

interface ComposerProps {
  conversationId: number;
  name: string;
  isClosed: boolean;
  /** Nothing that is said here reaches the visitor: only comments can be made. */
  isSilent: boolean;
  field: RefObject<HTMLTextAreaElement | null>;
  onSent: () => void;
}

export function Composer({ conversationId, name, isClosed, isSilent, field, onSent }: ComposerProps) {
  const live = useLive();
  const account = useAccount();
  const [draft, change] = useDraft(conversationId);
  const files = useAttachments(account.id, conversationId);
  const [isOver, setOver] = useState(false);
  const typedAt = useRef(0);
  const kinds: readonly Kind[] = isSilent ? ["comment"] : ["reply", "comment"];
  const kind = isSilent ? "comment" : draft.kind;
  const words = draft[kind];
  const tooMany = [...words.trim()].length - LONGEST;
  // Files are for the visitor: what only the team reads stays words.
  const attached = kind === "reply" ? files.all : [];
  const cited = kind === "reply" ? draft.articles : [];
  const offered = kind === "reply" ? draft.replies : [];
  const isUploading = attached.some(({ fileId, problem }) => fileId === null && problem === null);
  const ids = attached.flatMap(({ fileId }) => fileId ?? []);
  const canSend = (words.trim() !== "" || ids.length + cited.length > 0) && tooMany <= 0 && !isUploading;

  const send = () => {
    if (!canSend) return;
    commandsOf(live, conversationId)[kind](asDraft(words.trim(), ids, cited, offered));
    change({ [kind]: "" });
    if (kind === "reply") {
      files.clear();
      change({ articles: [], replies: [] });
    }
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
  const takes = (event: DragEvent) => kind === "reply" && event.dataTransfer.types.includes("Files");
  return (
    <form
      className="composer"
      data-kind={kind}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        if (!takes(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!takes(event)) return;
        event.preventDefault();
        files.add([...event.dataTransfer.files]);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="composer-tabs" role="tablist" aria-label={t("compose.tabs")}>
        {kinds.map((one) => (
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
              if (isSilent || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
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
        {isSilent && <span className="muted small composer-why">{t("reply.silent")}</span>}
        {isClosed && kind === "reply" && (
          <span className="muted small composer-note">{t("reply.reopens")}</span>
        )}
      </div>
      {attached.length + cited.length + offered.length > 0 && (
        <ul className="attachments">
          {cited.map(({ article_id, language, title }) => (
            <li key={article_id} className="attachment">
              <IconBook size={18} stroke={1.6} aria-hidden />
              <span className="attachment-name">
                <bdi lang={language}>{title}</bdi>
                <span className="muted small">{t("article")}</span>
              </span>
              <ActionIcon
                size="sm"
                aria-label={t("attach.remove", { name: title })}
                onClick={() => change({ articles: cited.filter((each) => each.article_id !== article_id) })}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </li>
          ))}
          {attached.map((one) => (
            <AttachmentView key={one.key} attachment={one} onDrop={() => files.drop(one.key)} />
          ))}
          {offered.map((label) => (
            <li key={label} className="attachment">
              <IconListCheck size={18} stroke={1.6} aria-hidden />
              <span className="attachment-name">
                <bdi>{label}</bdi>
                <span className="muted small">{t("quick_reply")}</span>
              </span>
              <ActionIcon
                size="sm"
                aria-label={t("attach.remove", { name: label })}
                onClick={() => change({ replies: offered.filter((each) => each !== label) })}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
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
          onPaste={(event) => {
            const pasted = [...event.clipboardData.files];
            if (kind !== "reply" || pasted.length === 0) return;
            event.preventDefault();
            files.add(pasted);
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
        {kind === "reply" && (
          <OfferReplies
            offered={offered}
            onOffer={(label) => change({ replies: [...offered, label] })}
            onClosed={() => requestAnimationFrame(() => field.current?.focus())}
          />
        )}
        {kind === "reply" && (
          <InsertArticle
            onInsert={(article) => {
              const others = cited.filter((each) => each.article_id !== article.article_id);
              change({ articles: [...others, article].slice(-MOST_ARTICLES) });
            }}
            onClosed={() => requestAnimationFrame(() => field.current?.focus())}
          />
        )}
        {kind === "reply" && (
          <FileButton multiple onChange={files.add}>
            {(props) => (
              <Tooltip label={t("attach.hint")}>
                <ActionIcon {...props} size={36} aria-label={t("attach")}>
                  <IconPaperclip size={20} stroke={1.6} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </FileButton>
        )}
        <Button
          type="submit"
          disabled={!canSend}
          title={isUploading ? t("attach.wait") : undefined}
          color={kind === "comment" ? "yellow" : "teal"}
        >
          {t(`${kind}.send`)}
        </Button>
      </div>
      {isOver && <div className="drop-here">{t("attach.drop")}</div>}
    </form>
  );
}

/** A file that goes with the reply: how far it is, or why it cannot go. */
function AttachmentView({ attachment, onDrop }: { attachment: Attachment; onDrop: () => void }) {
  const { name, size, share, fileId, problem } = attachment;
  const percent = Math.round(share * 100);
  return (
    <li className="attachment" data-problem={problem !== null || undefined}>
      <IconFile size={18} stroke={1.6} aria-hidden />
      <span className="attachment-name">
        <bdi>{name}</bdi>
        {problem === null ? (
          <span className="muted small">
            {fileId === null && percent === 100 ? t("attach.checking") : sizeOf(size)}
          </span>
        ) : (
          <span className="small" role="alert">
            {problem}
          </span>
        )}
        {fileId === null && problem === null && (
          <Progress size="xs" value={percent} aria-label={t("attach.sending", { name, percent })} />
        )}
      </span>
      <ActionIcon size="sm" aria-label={t("attach.remove", { name })} onClick={onDrop}>
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </li>
  );
}
