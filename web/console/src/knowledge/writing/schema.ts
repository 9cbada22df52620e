import { type Extensions, InputRule, Mark, mergeAttributes, Node } from "@tiptap/core";
import { Code } from "@tiptap/extension-code";
import { Heading } from "@tiptap/extension-heading";
import { ListItem } from "@tiptap/extension-list";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { Placeholder } from "@tiptap/extensions";
import { StarterKit } from "@tiptap/starter-kit";
import { TONES, type Tone } from "../body.ts";
import { isAllowed, SCHEMES } from "../document.ts";
import { t } from "./texts.ts";

declare module "@tiptap/core" {
  interface Commands<ReturnType> {
    callout: {
      /** Puts what is chosen into a callout, or takes it out of one. */
      toggleCallout: (tone: Tone) => ReturnType;
    };
  }
}

/** The title is the page's first heading, so an article's own begin one level lower; pasted ones are fitted in. */
const ArticleHeading = Heading.configure({ levels: [2, 3, 4] }).extend({
  parseHTML: () =>
    [1, 2, 3, 4, 5, 6].map((level) => ({
      tag: `h${level}`,
      attrs: { level: Math.min(4, Math.max(2, level)) },
    })),
  addInputRules() {
    return [
      new InputRule({
        find: /^(#{1,4})\s$/,
        handler: ({ chain, range, match }) => {
          const level = Math.max(2, match[1]?.length ?? 2);
          chain().deleteRange(range).setNode(this.name, { level }).run();
        },
      }),
    ];
  },
});

/** Items may begin with any block, as the tree allows. */
const AnyItem = ListItem.extend({ content: "block+" });

/** Code may be bold, or a link: the tree keeps styles apart from each other. */
const FreeCode = Code.extend({ excludes: "" });

/** A link to another article, by its number: it stays right when that one moves. */
const ArticleLink = Mark.create({
  name: "articleLink",
  inclusive: false,
  excludes: "link articleLink",
  addAttributes: () => ({
    article_id: {
      default: null,
      parseHTML: (element: HTMLElement) => Number(element.dataset["articleId"]) || null,
      renderHTML: ({ article_id }: { article_id?: number }) => ({ "data-article-id": article_id }),
    },
  }),
  parseHTML: () => [{ tag: "a[data-article-id]", priority: 60 }],
  renderHTML: ({ HTMLAttributes }) => ["a", mergeAttributes(HTMLAttributes, { class: "article-link" }), 0],
});

const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "block+",
  defining: true,
  addAttributes: () => ({
    tone: {
      default: "info",
      parseHTML: (element: HTMLElement) => TONES.find((tone) => tone === element.dataset["tone"]) ?? "info",
      renderHTML: ({ tone }: { tone: Tone }) => ({ "data-tone": tone, "data-label": t(`insert.${tone}`) }),
    },
  }),
  parseHTML: () => [{ tag: "aside[data-tone]" }],
  renderHTML: ({ HTMLAttributes }) => ["aside", mergeAttributes(HTMLAttributes, { class: "callout" }), 0],
  addCommands() {
    return {
      toggleCallout:
        (tone) =>
        ({ commands, editor }) =>
          editor.isActive(this.name) ? commands.lift(this.name) : commands.wrapIn(this.name, { tone }),
    };
  },
});

/** Cells hold one line of words; Enter begins a new line in them. */
const cell = { content: "paragraph" };
const Cell = TableCell.extend(cell);
const HeadCell = TableHeader.extend(cell);
const LineTable = Table.configure({ resizable: false, allowTableNodeSelection: true }).extend({
  addKeyboardShortcuts() {
    const inCell = () => this.editor.isActive("table");
    return {
      ...this.parent?.(),
      Enter: () => inCell() && this.editor.commands.setHardBreak(),
    };
  },
});

/** An image of the article; the server keeps its file. `upload` names one that is still on its way. */
export const Picture = Node.create({
  name: "picture",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({
    file_id: {
      default: null,
      parseHTML: (element: HTMLElement) => Number(element.dataset["fileId"]) || null,
      renderHTML: ({ file_id }: { file_id?: number }) => ({ "data-file-id": file_id }),
    },
    alt: { default: "" },
    caption: {
      default: "",
      parseHTML: (element: HTMLElement) => element.dataset["caption"] ?? "",
      renderHTML: ({ caption }: { caption?: string }) => ({ "data-caption": caption }),
    },
    width: number("width"),
    height: number("height"),
    upload: { default: null, rendered: false },
  }),
  parseHTML: () => [{ tag: "img[data-file-id]" }],
  renderHTML: ({ HTMLAttributes }) => ["img", HTMLAttributes],
});

function number(name: string) {
  return {
    default: null,
    parseHTML: (element: HTMLElement) => Number(element.getAttribute(name)) || null,
  };
}

/** An address of a video, shown as a card: nothing is loaded from there before somebody follows it. */
export const Video = Node.create({
  name: "video",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({
    href: {
      default: "",
      parseHTML: (element: HTMLElement) => element.dataset["video"] ?? element.getAttribute("src"),
      renderHTML: ({ href }: { href?: string }) => ({ "data-video": href }),
    },
  }),
  parseHTML: () => [
    { tag: "div[data-video]" },
    {
      tag: "iframe[src]",
      getAttrs: (element) => (/^https?:\/\//.test(element.getAttribute("src") ?? "") ? null : false),
    },
  ],
  renderHTML: ({ HTMLAttributes }) => ["div", HTMLAttributes],
});

interface Views {
  picture?: typeof Picture;
  video?: typeof Video;
}

/** What an article can hold, and what typed Markdown and pasted HTML become. `views`: how its atoms are shown. */
export function extensions({ picture = Picture, video = Video }: Views = {}): Extensions {
  return [
    StarterKit.configure({
      heading: false,
      listItem: false,
      code: false,
      underline: false,
      trailingNode: {},
      dropcursor: { color: "var(--accent)", width: 2 },
      link: {
        openOnClick: false,
        autolink: true,
        protocols: SCHEMES,
        isAllowedUri: isAllowed,
        HTMLAttributes: { target: null, rel: null },
      },
    }),
    ArticleHeading,
    AnyItem,
    FreeCode,
    ArticleLink,
    Callout,
    LineTable,
    TableRow,
    Cell,
    HeadCell,
    picture,
    video,
    Placeholder.configure({
      placeholder: ({ node }) => (node.type.name === "heading" ? t("write.heading") : t("write.placeholder")),
    }),
  ];
}
