import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { LONGEST_MESSAGE } from "../page/chat.ts";
import { usePage, useStore } from "./context.ts";
import { SendIcon } from "./icons.tsx";

/** With a mouse comes a keyboard whose Enter sends; on a screen one, Enter is a new line. */
export function hasKeyboard(): boolean {
  return matchMedia("(hover: hover) and (pointer: fine)").matches;
}

export function Composer({ lane, onWrite }: { lane: string; onWrite(): void }) {
  const { chat, words, surroundings } = usePage();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(chat.drafts.get(lane) ?? "");
  const { focusAtStart } = useStore(surroundings);
  const state = useStore(chat.client.connection.state);

  useLayoutEffect(() => {
    const element = field.current;
    // An empty field has its natural height; measuring it would cost the first screen a layout.
    if (!element || (!text && !element.style.height)) return;
    element.style.height = "auto";
    // The border is not part of the scroll height.
    element.style.height = `${element.scrollHeight + element.offsetHeight - element.clientHeight}px`;
  }, [text]);

  useLayoutEffect(() => {
    if (!focusAtStart || !hasKeyboard()) return;
    const frame = requestAnimationFrame(() => field.current?.focus({ preventScroll: true }));
    return () => cancelAnimationFrame(frame);
  }, [focusAtStart]);

  const length = [...text.trim()].length;
  const tooMany = length - LONGEST_MESSAGE;
  const mayWrite = state.kind !== "refused";
  const maySend = mayWrite && length > 0 && tooMany <= 0;

  function change(value: string): void {
    setText(value);
    chat.saveDraft(lane, value);
  }

  function send(): void {
    if (!maySend) return;
    chat.write(text.trim());
    setText("");
    onWrite();
  }

  function keyDown(event: KeyboardEvent): void {
    // Enter also ends the composition of a Japanese or Chinese word.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || (hasKeyboard() && !event.shiftKey)) {
      event.preventDefault();
      send();
    }
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {tooMany > 0 && (
        <p class="composer-hint" role="alert" id="composer-hint">
          {words.count("composer.too_long", tooMany)}
        </p>
      )}
      <div class="composer-row">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={text}
          disabled={!mayWrite}
          aria-label={words.say("composer.label")}
          aria-invalid={tooMany > 0}
          aria-describedby={tooMany > 0 ? "composer-hint" : undefined}
          placeholder={words.say("composer.placeholder")}
          enterkeyhint={hasKeyboard() ? "send" : "enter"}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={keyDown}
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
    </form>
  );
}
