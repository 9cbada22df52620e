import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { LONGEST_MESSAGE } from "../page/chat.ts";
import { gateOf } from "../page/consent.ts";
import { type FileProblem, MOST_FILES } from "../page/files.ts";
import { hasKeyboard } from "../page/look.ts";
import type { Words } from "../page/texts.ts";
import { usePage, useStore } from "./context.ts";
import { Attached } from "./files.tsx";
import { ClipIcon, SendIcon } from "./icons.tsx";

export function Composer({ lane, onWrite }: { lane: string; onWrite(): void }) {
  const { chat, words, surroundings, consent, config } = usePage();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(chat.drafts.get(lane) ?? "");
  const { focusAtStart, disableAttachment } = useStore(surroundings);
  const state = useStore(chat.client.connection.state);
  const gate = gateOf(useStore(consent.state));
  const uploads = useStore(chat.attached).get(lane) ?? [];
  const [problem, setProblem] = useState<FileProblem | null>(null);
  const limits = disableAttachment ? null : config.attachments;

  useLayoutEffect(() => {
    const element = field.current;
    // An empty field has its natural height; measuring it would cost the first screen a layout.
    if (!element || (!text && !element.style.height)) return;
    element.style.height = "auto";
    // The border is not part of the scroll height.
    element.style.height = `${element.scrollHeight + element.offsetHeight - element.clientHeight}px`;
  }, [text]);

  const length = [...text.trim()].length;
  const tooMany = length - LONGEST_MESSAGE;
  const mayWrite = state.kind !== "refused" && !gate?.blocks;
  const hasRefused = uploads.some((each) => each.state.get().kind === "refused");
  const maySend = mayWrite && (length > 0 || uploads.length > 0) && tooMany <= 0 && !hasRefused;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a field takes the focus only once it can be written in
  useLayoutEffect(() => {
    if (!focusAtStart || !hasKeyboard()) return;
    const frame = requestAnimationFrame(() => field.current?.focus({ preventScroll: true }));
    return () => cancelAnimationFrame(frame);
  }, [focusAtStart, mayWrite]);

  function change(value: string): void {
    setText(value);
    chat.saveDraft(lane, value);
  }

  function send(): void {
    if (!maySend) return;
    chat.write(text.trim());
    setText("");
    setProblem(null);
    onWrite();
  }

  async function attach(files: FileList | null | undefined): Promise<void> {
    if (!files?.length || !limits || !mayWrite) return;
    setProblem(
      await chat.attach(lane, [...files], limits).catch((): FileProblem => ({ kind: "unreachable" })),
    );
    onWrite();
  }
  const isDropping = useDrop(limits !== null && mayWrite, attach);

  function keyDown(event: KeyboardEvent): void {
    // Enter also ends the composition of a Japanese or Chinese word.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || (hasKeyboard() && !event.shiftKey)) {
      event.preventDefault();
      send();
    }
  }

  const fault =
    tooMany > 0
      ? words.count("composer.too_long", tooMany)
      : problem && problemText(problem, limits?.max_bytes ?? 0, words);
  const hint =
    gate?.kind === "process" ? "consent.first" : gate?.kind === "cookies" ? "consent.cookies_first" : null;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {fault && (
        <p class="composer-hint" role="alert" id="composer-hint">
          {fault}
        </p>
      )}
      <Attached uploads={uploads} remove={(upload) => chat.detach(lane, upload)} />
      <div class="composer-row">
        {limits && <AttachButton accept={limits.accept} isOff={!mayWrite} attach={attach} />}
        <textarea
          ref={field}
          rows={1}
          // Without words it goes the way of the page, as what stands in their place does.
          dir={text ? "auto" : undefined}
          value={text}
          disabled={!mayWrite}
          aria-label={words.say("composer.label")}
          aria-invalid={tooMany > 0}
          aria-describedby={fault ? "composer-hint" : undefined}
          placeholder={words.say(gate?.blocks && hint ? hint : "composer.placeholder")}
          enterkeyhint={hasKeyboard() ? "send" : "enter"}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={keyDown}
          onPaste={(event) => {
            if (!event.clipboardData?.files.length || !limits) return;
            event.preventDefault();
            void attach(event.clipboardData.files);
          }}
        />
        <button
          type="submit"
          class="send"
          aria-label={words.say("composer.send")}
          aria-disabled={!maySend}
          // The keyboard of a phone stays up when the field keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
        >
          <SendIcon />
        </button>
      </div>
      {isDropping && (
        <div class="drop" aria-hidden="true">
          {words.say("files.drop")}
        </div>
      )}
    </form>
  );
}

/** Opens the chooser of the system. Android's SDK hands over one file at a time, whatever we ask for. */
function AttachButton(props: { accept: string; isOff: boolean; attach(files: FileList | null): void }) {
  const { words } = usePage();
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        class="chooser"
        accept={props.accept}
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          props.attach(event.currentTarget.files);
          // The same file may be chosen again.
          event.currentTarget.value = "";
        }}
      />
      <button
        type="button"
        class="tool attach"
        aria-label={words.say("files.attach")}
        disabled={props.isOff}
        onClick={() => chooser.current?.click()}
      >
        <ClipIcon />
      </button>
    </>
  );
}

/** Whether files are held over the page; they are taken when they are dropped. */
function useDrop(mayDrop: boolean, take: (files: FileList | undefined) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    if (!mayDrop) return;
    let depth = 0;
    const carries = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const listeners: [name: "dragenter" | "dragleave" | "dragover" | "drop", (event: DragEvent) => void][] = [
      ["dragenter", (event) => carries(event) && setOver(++depth > 0)],
      ["dragleave", (event) => carries(event) && setOver(--depth > 0)],
      ["dragover", (event) => carries(event) && event.preventDefault()],
      [
        "drop",
        (event) => {
          if (!carries(event)) return;
          event.preventDefault();
          depth = 0;
          setOver(false);
          latest.current(event.dataTransfer?.files);
        },
      ],
    ];
    for (const [name, listen] of listeners) document.addEventListener(name, listen);
    return () => {
      for (const [name, listen] of listeners) document.removeEventListener(name, listen);
      setOver(false);
    };
  }, [mayDrop]);
  return isOver;
}

function problemText(problem: FileProblem, maxBytes: number, words: Words): string {
  if (problem.kind === "too_many") return words.count("files.too_many", MOST_FILES);
  if (!("name" in problem)) return words.say("card.failed");
  const { kind, name } = problem;
  return kind === "too_large"
    ? words.say("files.too_large", { name, size: words.bytes(maxBytes) })
    : words.say(`files.${kind}`, { name });
}
