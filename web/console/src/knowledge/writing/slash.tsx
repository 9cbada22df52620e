import type { Editor } from "@tiptap/react";
import { useEditorState } from "@tiptap/react";
import { useEffect, useId, useRef, useState } from "react";
import { fits } from "../../app/fits.ts";
import { INSERTS, type Question } from "./inserts.ts";
import { t } from "./texts.ts";

interface Asked {
  /** Where the slash stands, and where the words after it end. */
  from: number;
  to: number;
  words: string;
}

/** What stands after a slash at the beginning of a paragraph or after a space; null when nothing is asked for. */
function asked(editor: Editor): Asked | null {
  const { $from, empty } = editor.state.selection;
  if (!empty || $from.parent.type.name !== "paragraph" || editor.isActive("table")) return null;
  const before = $from.parent.textBetween(0, $from.parentOffset, undefined, "￼");
  const match = /(?:^|\s)\/([\p{L}\d ]{0,20})$/u.exec(before);
  if (!match) return null;
  const words = match[1] ?? "";
  return { from: $from.pos - words.length - 1, to: $from.pos, words };
}

interface SlashProps {
  editor: Editor;
  onAsk: (question: Question) => void;
}

/** The blocks that can be put in, under the slash that asked for them. Arrows and Enter choose, Escape leaves. */
export function SlashMenu({ editor, onAsk }: SlashProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const [left, leave] = useState<number | null>(null);
  const found = useEditorState({
    editor,
    selector: ({ editor }) => (editor.isFocused ? asked(editor) : null),
  });
  const choices = found
    ? INSERTS.filter((one) => fits(`${t(`insert.${one.id}`)} ${t(`insert.${one.id}.also`)}`, found.words))
    : [];
  const isOpen = found !== null && found.from !== left && choices.length > 0;
  const current = choices[Math.min(at, choices.length - 1)];

  const choose = (choice: (typeof INSERTS)[number]) => {
    if (!found) return;
    editor.chain().focus().deleteRange(found).run();
    if ("ask" in choice) onAsk(choice.ask);
    else choice.run(editor);
  };
  const latest = useRef({ isOpen, choices, current, choose, found });
  latest.current = { isOpen, choices, current, choose, found };

  // Before the editor takes the keys for itself.
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { isOpen, choices, current, choose, found } = latest.current;
      if (!isOpen || event.isComposing) return;
      const take = () => {
        event.preventDefault();
        event.stopPropagation();
      };
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        take();
        const by = event.key === "ArrowDown" ? 1 : choices.length - 1;
        setAt((now) => (Math.min(now, choices.length - 1) + by) % choices.length);
      } else if ((event.key === "Enter" || event.key === "Tab") && current) {
        take();
        choose(current);
      } else if (event.key === "Escape") {
        take();
        leave(found?.from ?? null);
      }
    };
    const { dom } = editor.view;
    dom.addEventListener("keydown", listen, true);
    return () => dom.removeEventListener("keydown", listen, true);
  }, [editor]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other words bring other choices, the first of which is at hand.
  useEffect(() => setAt(0), [found?.words]);
  useEffect(() => {
    if (found === null) leave(null);
  }, [found]);
  // The one at hand is said, and seen.
  useEffect(() => {
    const { dom } = editor.view;
    if (isOpen && current) {
      dom.setAttribute("aria-controls", id);
      dom.setAttribute("aria-activedescendant", `${id}-${current.id}`);
      list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    } else {
      dom.removeAttribute("aria-controls");
      dom.removeAttribute("aria-activedescendant");
    }
  }, [editor, id, isOpen, current]);

  if (!isOpen || !found) return null;
  return (
    <div
      ref={list}
      id={id}
      role="listbox"
      aria-label={t("insert")}
      className="slash"
      style={place(editor, found.from)}
    >
      {choices.map((choice) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the text above.
        <div
          key={choice.id}
          id={`${id}-${choice.id}`}
          role="option"
          tabIndex={-1}
          aria-selected={choice === current}
          className="slash-choice"
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => setAt(choices.indexOf(choice))}
          onClick={() => choose(choice)}
        >
          <choice.icon size={18} stroke={1.6} aria-hidden />
          <span>{t(`insert.${choice.id}`)}</span>
          {"typed" in choice && <kbd>{choice.typed}</kbd>}
        </div>
      ))}
    </div>
  );
}

const [HEIGHT, WIDTH] = [320, 260];

/** Below the slash, or above it where there is more room; within the window. */
function place(editor: Editor, position: number) {
  const { left, top, bottom } = editor.view.coordsAtPos(position);
  const room = window.innerHeight - bottom;
  const x = Math.max(8, Math.min(left, window.innerWidth - WIDTH - 8));
  return room > HEIGHT || room > top
    ? { left: x, top: bottom + 6, maxHeight: Math.min(HEIGHT, room - 16) }
    : { left: x, bottom: window.innerHeight - top + 6, maxHeight: Math.min(HEIGHT, top - 16) };
}
