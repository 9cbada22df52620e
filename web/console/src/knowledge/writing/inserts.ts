import {
  IconAlertTriangle,
  IconBlockquote,
  IconBulb,
  IconCode,
  IconH2,
  IconH3,
  IconH4,
  IconInfoCircle,
  IconList,
  IconListNumbers,
  IconPhoto,
  IconPlayerPlay,
  IconSeparator,
  IconTable,
  IconUrgent,
} from "@tabler/icons-react";
import type { Editor } from "@tiptap/react";

/** What needs a question before it can be put in. */
export type Question = "image" | "video" | "link";

/** A block that can be put in: by the slash menu and from the toolbar. */
export interface Insert {
  id: string;
  icon: typeof IconList;
  /** How it can be typed. */
  typed?: string;
  run?: (editor: Editor) => void;
  ask?: Question;
}

const chain = (editor: Editor) => editor.chain().focus();

export const INSERTS = [
  {
    id: "heading2",
    icon: IconH2,
    typed: "##",
    run: (editor) => chain(editor).setNode("heading", { level: 2 }).run(),
  },
  {
    id: "heading3",
    icon: IconH3,
    typed: "###",
    run: (editor) => chain(editor).setNode("heading", { level: 3 }).run(),
  },
  {
    id: "heading4",
    icon: IconH4,
    typed: "####",
    run: (editor) => chain(editor).setNode("heading", { level: 4 }).run(),
  },
  { id: "bullets", icon: IconList, typed: "-", run: (editor) => chain(editor).toggleBulletList().run() },
  {
    id: "numbers",
    icon: IconListNumbers,
    typed: "1.",
    run: (editor) => chain(editor).toggleOrderedList().run(),
  },
  { id: "image", icon: IconPhoto, ask: "image" },
  {
    id: "table",
    icon: IconTable,
    run: (editor) => chain(editor).insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run(),
  },
  { id: "info", icon: IconInfoCircle, run: (editor) => chain(editor).toggleCallout("info").run() },
  { id: "tip", icon: IconBulb, run: (editor) => chain(editor).toggleCallout("tip").run() },
  { id: "warning", icon: IconAlertTriangle, run: (editor) => chain(editor).toggleCallout("warning").run() },
  { id: "danger", icon: IconUrgent, run: (editor) => chain(editor).toggleCallout("danger").run() },
  { id: "quote", icon: IconBlockquote, typed: ">", run: (editor) => chain(editor).toggleBlockquote().run() },
  { id: "code", icon: IconCode, typed: "```", run: (editor) => chain(editor).toggleCodeBlock().run() },
  { id: "video", icon: IconPlayerPlay, ask: "video" },
  {
    id: "divider",
    icon: IconSeparator,
    typed: "---",
    run: (editor) => chain(editor).setHorizontalRule().run(),
  },
] as const satisfies readonly Insert[];

export type InsertId = (typeof INSERTS)[number]["id"];

/** Where a block goes in without cutting words in two: after those at hand, or in the place of a line without any. */
export function besides(editor: Editor): number | { from: number; to: number } {
  const { $to, to } = editor.state.selection;
  if ($to.depth === 0) return to;
  if (editor.isActive("table")) return $to.after(1);
  return $to.parent.content.size > 0 ? $to.after() : { from: $to.before(), to: $to.after() };
}
