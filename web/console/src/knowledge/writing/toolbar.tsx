import { ActionIcon, Menu, Select, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBold,
  IconCode,
  IconColumnInsertRight,
  IconColumnRemove,
  IconItalic,
  IconLink,
  IconLinkOff,
  IconList,
  IconListNumbers,
  IconPhoto,
  IconPlus,
  IconRowInsertBottom,
  IconRowRemove,
  IconStrikethrough,
  IconTableMinus,
  IconTableRow,
} from "@tabler/icons-react";
import { type Editor, useEditorState } from "@tiptap/react";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { MOD } from "../../app/keys-help.tsx";
import { TONES } from "../body.ts";
import { INSERTS, type Question } from "./inserts.ts";
import { t } from "./texts.ts";

interface ToolbarProps {
  editor: Editor;
  onAsk: (question: Question) => void;
}

const STYLES = ["paragraph", "2", "3", "4"] as const;
/** Names that highlighters know, for the readers' screens. */
const LANGUAGES = [
  "bash",
  "c",
  "cpp",
  "csharp",
  "css",
  "go",
  "html",
  "java",
  "javascript",
  "json",
  "kotlin",
  "php",
  "python",
  "ruby",
  "rust",
  "sql",
  "swift",
  "typescript",
  "xml",
  "yaml",
];

/** What can be done with the words at hand. Arrows go from button to button, Alt and F10 lead here from the text. */
export function Toolbar({ editor, onAsk }: ToolbarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const now = useEditorState({
    editor,
    selector: ({ editor }) => ({
      bold: editor.isActive("bold"),
      italic: editor.isActive("italic"),
      strike: editor.isActive("strike"),
      code: editor.isActive("code"),
      link: editor.isActive("link") || editor.isActive("articleLink"),
      bullets: editor.isActive("bulletList"),
      numbers: editor.isActive("orderedList"),
      table: editor.isActive("table"),
      callout: editor.isActive("callout") ? String(editor.getAttributes("callout")["tone"]) : null,
      block: editor.isActive("codeBlock")
        ? String(editor.getAttributes("codeBlock")["language"] ?? "")
        : null,
      style: editor.isActive("heading") ? String(editor.getAttributes("heading")["level"]) : "paragraph",
      canUndo: editor.can().undo(),
      canRedo: editor.can().redo(),
    }),
  });
  const chain = () => editor.chain().focus();

  /** One stop for Tab; arrows go on from there. */
  const walk = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    if (!(event.target instanceof HTMLElement)) return;
    const tools = [...(bar.current?.querySelectorAll<HTMLElement>(":is(button, input):enabled") ?? [])];
    const isForward = (event.key === "ArrowRight") === (getComputedStyle(event.target).direction === "ltr");
    const at = tools.indexOf(event.target);
    if (at < 0) return;
    event.preventDefault();
    tools[(at + (isForward ? 1 : -1) + tools.length) % tools.length]?.focus();
  };
  const isStyled = now.block === null && !now.table;

  return (
    <div className="toolbar-room">
      <div
        ref={bar}
        role="toolbar"
        aria-label={t("toolbar")}
        className="toolbar"
        onKeyDown={walk}
        tabIndex={-1}
      >
        <Select
          className="toolbar-style"
          size="xs"
          aria-label={t("style")}
          value={now.style}
          disabled={!isStyled}
          comboboxProps={{ width: 180, position: "bottom-start" }}
          onChange={(value) =>
            value === "paragraph"
              ? chain().setParagraph().run()
              : chain()
                  .setNode("heading", { level: Number(value) })
                  .run()
          }
          data={STYLES.map((value) => ({ value, label: t(`style.${value}`) }))}
        />
        <Tools>
          <Tool
            label={t("bold")}
            isStop={!isStyled}
            keys="B"
            isOn={now.bold}
            onClick={() => chain().toggleBold().run()}
          >
            <IconBold size={18} stroke={1.8} />
          </Tool>
          <Tool label={t("italic")} keys="I" isOn={now.italic} onClick={() => chain().toggleItalic().run()}>
            <IconItalic size={18} stroke={1.8} />
          </Tool>
          <Tool
            label={t("strike")}
            keys="Shift S"
            isOn={now.strike}
            onClick={() => chain().toggleStrike().run()}
          >
            <IconStrikethrough size={18} stroke={1.8} />
          </Tool>
          <Tool label={t("code")} keys="E" isOn={now.code} onClick={() => chain().toggleCode().run()}>
            <IconCode size={18} stroke={1.8} />
          </Tool>
          <Tool label={t("link")} keys="L" isOn={now.link} onClick={() => onAsk("link")}>
            <IconLink size={18} stroke={1.8} />
          </Tool>
          {now.link && (
            <Tool
              label={t("link.remove")}
              onClick={() =>
                chain()
                  .extendMarkRange("link")
                  .unsetLink()
                  .extendMarkRange("articleLink")
                  .unsetMark("articleLink")
                  .run()
              }
            >
              <IconLinkOff size={18} stroke={1.8} />
            </Tool>
          )}
        </Tools>
        <Tools>
          <Tool
            label={t("insert.bullets")}
            keys="Shift 8"
            isOn={now.bullets}
            onClick={() => chain().toggleBulletList().run()}
          >
            <IconList size={18} stroke={1.8} />
          </Tool>
          <Tool
            label={t("insert.numbers")}
            keys="Shift 7"
            isOn={now.numbers}
            onClick={() => chain().toggleOrderedList().run()}
          >
            <IconListNumbers size={18} stroke={1.8} />
          </Tool>
          <Tool label={t("insert.image")} onClick={() => onAsk("image")}>
            <IconPhoto size={18} stroke={1.8} />
          </Tool>
          <Menu position="bottom-start" withinPortal trapFocus returnFocus={false}>
            <Menu.Target>
              <ActionIcon aria-label={t("insert")} size={30} tabIndex={-1}>
                <IconPlus size={18} stroke={1.8} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown mah={380} className="insert-menu">
              {INSERTS.map((choice) => (
                <Menu.Item
                  key={choice.id}
                  leftSection={<choice.icon size={18} stroke={1.6} aria-hidden />}
                  rightSection={"typed" in choice ? <kbd>{choice.typed}</kbd> : null}
                  onClick={() => ("ask" in choice ? onAsk(choice.ask) : choice.run(editor))}
                >
                  {t(`insert.${choice.id}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Tools>
        <Tools>
          <Tool label={t("undo")} keys="Z" disabled={!now.canUndo} onClick={() => chain().undo().run()}>
            <IconArrowBackUp size={18} stroke={1.8} />
          </Tool>
          <Tool label={t("redo")} keys="Shift Z" disabled={!now.canRedo} onClick={() => chain().redo().run()}>
            <IconArrowForwardUp size={18} stroke={1.8} />
          </Tool>
        </Tools>
        {now.table && (
          <Tools label={t("table")}>
            <Tool label={t("table.row")} onClick={() => chain().addRowAfter().run()}>
              <IconRowInsertBottom size={18} stroke={1.8} />
            </Tool>
            <Tool label={t("table.column")} onClick={() => chain().addColumnAfter().run()}>
              <IconColumnInsertRight size={18} stroke={1.8} />
            </Tool>
            <Tool label={t("table.row.remove")} onClick={() => chain().deleteRow().run()}>
              <IconRowRemove size={18} stroke={1.8} />
            </Tool>
            <Tool label={t("table.column.remove")} onClick={() => chain().deleteColumn().run()}>
              <IconColumnRemove size={18} stroke={1.8} />
            </Tool>
            <Tool label={t("table.header")} onClick={() => chain().toggleHeaderRow().run()}>
              <IconTableRow size={18} stroke={1.8} />
            </Tool>
            <Tool label={t("table.remove")} onClick={() => chain().deleteTable().run()}>
              <IconTableMinus size={18} stroke={1.8} />
            </Tool>
          </Tools>
        )}
        {now.callout !== null && (
          <Select
            className="toolbar-style"
            size="xs"
            tabIndex={-1}
            aria-label={t("callout.tone")}
            value={now.callout}
            onChange={(tone) => chain().updateAttributes("callout", { tone }).run()}
            data={TONES.map((value) => ({ value, label: t(`insert.${value}`) }))}
          />
        )}
        {now.block !== null && (
          <Select
            className="toolbar-style"
            size="xs"
            tabIndex={-1}
            aria-label={t("code.language")}
            value={now.block}
            onChange={(language) => chain().updateAttributes("codeBlock", { language }).run()}
            data={[
              { value: "", label: t("code.plain") },
              ...[...new Set([...LANGUAGES, now.block])]
                .filter(Boolean)
                .map((value) => ({ value, label: value })),
            ]}
          />
        )}
      </div>
    </div>
  );
}

function Tools({ label, children }: { label?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part of a toolbar is no fieldset.
    <div className="tools" role="group" aria-label={label}>
      {children}
    </div>
  );
}

interface ToolProps {
  label: string;
  /** After Ctrl or Command. */
  keys?: string;
  isOn?: boolean;
  /** Whether Tab stops here. */
  isStop?: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Tool({ label, keys, isOn, isStop = false, disabled = false, onClick, children }: ToolProps) {
  return (
    <Tooltip label={keys ? `${label} (${MOD} ${keys})` : label}>
      <ActionIcon
        size={30}
        tabIndex={isStop ? 0 : -1}
        aria-label={label}
        aria-pressed={isOn}
        data-on={isOn || undefined}
        disabled={disabled}
        // The selection stays where it is.
        onMouseDown={(event) => event.preventDefault()}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
