import { Fragment, Node as ProseNode, type Schema, Slice } from "@tiptap/pm/model";
import { type Editor, EditorContent, useEditor } from "@tiptap/react";
import { type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { useAccount } from "../../app/account.tsx";
import { say } from "../../app/undo.tsx";
import type { Body } from "../body.ts";
import { toBody, toDocument } from "../document.ts";
import { hunks } from "../merge.ts";
import { views } from "./atoms.tsx";
import { type Images, ImagesProvider } from "./images.ts";
import { besides, type Question } from "./inserts.ts";
import { LinkDialog, VideoDialog } from "./questions.tsx";
import { extensions } from "./schema.ts";
import { SlashMenu } from "./slash.tsx";
import { t } from "./texts.ts";
import { Toolbar } from "./toolbar.tsx";
import { addressOf, IMAGE_KINDS, send, take } from "./uploads.ts";
import "./writing.css";

/** What the screen around may ask of the editor. */
export interface Writing {
  focus: () => void;
  /** Shows another body with the smallest change, so that cursor and undo stay. */
  show: (body: Body) => void;
}

interface WriterProps {
  ref: Ref<Writing>;
  /** With what one begins; later ones come by `show`. */
  body: Body;
  lang: string;
  dir: "ltr" | "rtl";
  images: Images;
  /** Where articles to link to are looked for. */
  base: number;
  /** Without it, there is only something to read. */
  isEditable: boolean;
  onChange: (body: Body) => void;
}

const MOST_MB = 10;

/** The editor of an article's body: everything of the tree, and nothing that it does not know. */
export function Writer({ ref, body, lang, dir, images, base, isEditable, onChange }: WriterProps) {
  const account = useAccount().id;
  const [question, ask] = useState<Question | null>(null);
  const [isThere, setThere] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });

  const editor = useEditor({
    extensions: useMemo(() => extensions(views), []),
    content: toDocument(body),
    editable: isEditable,
    injectCSS: false,
    shouldRerenderOnTransaction: false,
    onCreate: () => setThere(true),
    onDestroy: () => setThere(false),
    onUpdate: ({ editor }) => latest.current(toBody(editor.getJSON())),
    editorProps: {
      attributes: {
        class: "article-body writer-body",
        role: "textbox",
        "aria-multiline": "true",
        "aria-readonly": String(!isEditable),
        "aria-label": t("write"),
        lang,
        dir,
      },
      handleKeyDown: (_, event) => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "l" && !event.shiftKey) {
          ask("link");
          event.preventDefault();
          return true;
        }
        if (event.altKey && event.key === "F10") {
          document.querySelector<HTMLElement>(".toolbar :is(button, input):enabled")?.focus();
          event.preventDefault();
          return true;
        }
        return false;
      },
      handlePaste: (_, event) => takeFiles(event.clipboardData, null),
      handleDrop: (view, event, _slice, moved) =>
        !moved &&
        takeFiles(
          event.dataTransfer,
          view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? null,
        ),
    },
  });

  const takeFiles = (from: DataTransfer | null, at: number | null): boolean => {
    if (!isEditable) return false;
    // Words copied from a word processor bring a picture of themselves along; the words are meant.
    const files = from?.types.includes("text/html") ? [] : [...(from?.files ?? [])];
    if (files.length === 0) return false;
    for (const file of files) put(editor, account, file, at);
    return true;
  };

  useImperativeHandle(ref, () => ({
    focus: () => editor.commands.focus("start"),
    show: (next) => show(editor, next),
  }));

  return (
    <ImagesProvider value={(file) => addressOf(file) ?? images(file)}>
      <div className="writer">
        {isEditable && (
          <Toolbar
            editor={editor}
            onAsk={(what) => (what === "image" ? chooser.current?.click() : ask(what))}
          />
        )}
        <EditorContent editor={editor} />
        {isEditable && isThere && (
          <SlashMenu
            editor={editor}
            onAsk={(what) => (what === "image" ? chooser.current?.click() : ask(what))}
          />
        )}
        <input
          ref={chooser}
          type="file"
          hidden
          multiple
          accept={IMAGE_KINDS.join(",")}
          aria-label={t("insert.image")}
          onChange={(event) => {
            for (const file of event.currentTarget.files ?? []) put(editor, account, file, null);
            event.currentTarget.value = "";
          }}
        />
        {question === "link" && <LinkDialog editor={editor} base={base} onClose={() => ask(null)} />}
        {question === "video" && <VideoDialog editor={editor} onClose={() => ask(null)} />}
      </div>
    </ImagesProvider>
  );
}

/** Puts an image in at once, and its file when it has arrived. */
function put(editor: Editor, account: number, file: File, at: number | null): void {
  const problem = !IMAGE_KINDS.includes(file.type)
    ? t("image.kind", { name: file.name })
    : file.size > MOST_MB * 2 ** 20
      ? t("image.large", { name: file.name, most: MOST_MB })
      : null;
  if (problem !== null) {
    say(problem);
    return;
  }
  const key = take(account, file);
  const node = { type: "picture", attrs: { upload: key } };
  editor
    .chain()
    .focus()
    .insertContentAt(at ?? besides(editor), node)
    .run();
  void send(key).then((sent) => {
    if (!sent || editor.isDestroyed) return;
    const { tr } = editor.state;
    editor.state.doc.descendants((one, position) => {
      if (one.type.name === "picture" && one.attrs["upload"] === key)
        tr.setNodeMarkup(position, undefined, { ...one.attrs, ...sent, upload: null });
    });
    editor.view.dispatch(tr.setMeta("addToHistory", false));
  });
}

/** Replaces only the top blocks that differ. What is not saved stays: empty paragraphs, and images on their way. */
function show(editor: Editor, body: Body): void {
  const { doc, schema, tr } = editor.state;
  const before = children(doc);
  const after = children(ProseNode.fromJSON(schema as Schema, toDocument(body)));
  const starts: number[] = [];
  doc.forEach((_, offset) => {
    starts.push(offset);
  });
  starts.push(doc.content.size);
  const isUnsaved = (node: ProseNode) =>
    (node.type.name === "paragraph" && node.content.size === 0) || typeof node.attrs["upload"] === "string";
  for (const { from, to, items } of hunks(before, after, (one, other) => one.eq(other)).reverse()) {
    const old = before.slice(from, to);
    if (items.length === 0 && old.every(isUnsaved)) continue;
    tr.replace(starts[from] ?? 0, starts[to] ?? doc.content.size, new Slice(Fragment.from(items), 0, 0));
  }
  if (tr.docChanged) editor.view.dispatch(tr.setMeta("addToHistory", false).setMeta("preventUpdate", true));
}

function children(node: ProseNode): ProseNode[] {
  const found: ProseNode[] = [];
  node.forEach((child) => {
    found.push(child);
  });
  return found;
}
