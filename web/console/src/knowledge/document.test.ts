import { generateJSON, getSchema } from "@tiptap/core";
import { Node } from "@tiptap/pm/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import golden from "../../../../sdk/wire/article.json";
import {
  type Block,
  type Body,
  isVisible,
  type Run,
  run,
  type Style,
  tidy,
  words as wordsOf,
} from "./body.ts";
import { toBody, toDocument } from "./document.ts";
import { extensions } from "./writing/schema.ts";

const schema = getSchema(extensions());

/** Through the editor's own document and back. */
function through(body: Body): Body {
  const node = Node.fromJSON(schema, toDocument(body));
  node.check();
  return toBody(node.toJSON());
}

const words = fc.string({ minLength: 1, maxLength: 12 }).map((text) => text.replace(/[\n\r]/g, " "));
/** Words of a link, which the normal form does not cut. */
const visible = words.map((text) => `a${text.replace(/\s/g, "")}z`);
const style: fc.Arbitrary<Style> = fc
  .record({ bold: fc.boolean(), italic: fc.boolean(), strike: fc.boolean(), code: fc.boolean() })
  .map((flags) => Object.fromEntries(Object.entries(flags).filter(([, on]) => on)) as Style);
const anyRun: fc.Arbitrary<Run> = fc.oneof(
  fc.tuple(words, style).map(([text, flags]) => run({ text }, flags)),
  fc.tuple(visible, style).map(([text, flags]) => run({ text, href: "https://example.org/a?b=c" }, flags)),
  fc.tuple(visible, style, fc.nat(999)).map(([text, flags, id]) => run({ text, article_id: id + 1 }, flags)),
  fc.constant<Run>({ type: "break" }),
);
const anyRuns = fc
  .array(anyRun, { minLength: 1, maxLength: 4 })
  .map(tidy)
  .filter((runs) => isVisible(wordsOf(runs)));
const cells = fc.array(anyRun, { maxLength: 2 }).map(tidy);

const label = fc.array(fc.stringMatching(/^[!-~]{1,8}$/), { maxLength: 3 }).map((all) => all.join(" "));
const leaf: fc.Arbitrary<Block> = fc.oneof(
  anyRuns.map((runs): Block => ({ type: "paragraph", runs })),
  fc
    .tuple(fc.constantFrom(2, 3, 4), anyRuns)
    .map(([level, runs]): Block => ({ type: "heading", level, runs })),
  fc
    .tuple(fc.string({ minLength: 1 }), fc.constantFrom("", "python"))
    .map(([text, language]): Block => ({ type: "code", text, language })),
  fc.record({
    type: fc.constant("image" as const),
    file_id: fc.nat(999),
    alt: label,
    caption: label,
    width: fc.option(fc.nat(2_000)),
    height: fc.option(fc.nat(2_000)),
  }),
  fc.constant<Block>({ type: "video", href: "https://video.example/1" }),
  fc.constant<Block>({ type: "divider" }),
  fc
    .tuple(fc.boolean(), fc.integer({ min: 1, max: 3 }))
    .chain(([header, width]) =>
      fc
        .array(fc.array(cells, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 3 })
        .map((rows): Block => ({ type: "table", header, rows })),
    ),
);
const { block } = fc.letrec<{ block: Block; blocks: Block[] }>((tie) => ({
  block: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("blocks").map((blocks): Block => ({ type: "quote", blocks })),
    fc
      .tuple(fc.constantFrom("info", "tip", "warning", "danger"), tie("blocks"))
      .map(([tone, blocks]): Block => ({ type: "callout", tone, blocks })),
    fc
      .tuple(fc.boolean(), fc.array(tie("blocks"), { minLength: 1, maxLength: 3 }))
      .map(([ordered, items]): Block => ({ type: "list", ordered, items })),
  ),
  blocks: fc.array(tie("block"), { minLength: 1, maxLength: 2 }),
}));

test("K08 whatever the tree holds comes back from the editor as it was", () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 4 }), (blocks) => {
      expect(through({ blocks })).toEqual({ blocks });
    }),
  );
});

test.each(golden.cases as unknown as { name: string; sent: Body; kept: Body }[])(
  "K08 what the server keeps stays as it is, and what is sent is kept: $name",
  ({ sent, kept }) => {
    expect(through(kept)).toEqual(kept);
    expect(through(sent)).toEqual(kept);
  },
);

test("an empty article has a paragraph to write into, which is not saved", () => {
  expect(toDocument({ blocks: [] })).toEqual({ type: "doc", content: [{ type: "paragraph" }] });
  expect(through({ blocks: [] })).toEqual({ blocks: [] });
});

/** What a pasted page becomes. */
const pasted = (html: string) => toBody(generateJSON(html, extensions())).blocks;

test("K08 pasted HTML keeps what the tree knows and drops the rest", () => {
  const text = (words: string): Run[] => [{ type: "text", text: words }];
  expect(
    pasted(
      `<h1>Top</h1><p style="color:red" onclick="x()">Hello <b>you</b>, <a href="https://example.org">see</a></p>
       <ul><li>one</li><li><p>two</p></li></ul><script>alert(1)</script><h6>Deep</h6>
       <table><tr><th>A</th><th>B</th></tr><tr><td colspan="2">C</td></tr></table>
       <p><a href="javascript:alert(1)">bad</a></p><div data-video="https://www.youtube.com/embed/x"></div><hr>`,
    ),
  ).toEqual([
    { type: "heading", level: 2, runs: text("Top") },
    {
      type: "paragraph",
      runs: [
        { type: "text", text: "Hello " },
        { type: "text", text: "you", bold: true },
        { type: "text", text: ", " },
        { type: "link", text: "see", href: "https://example.org" },
      ],
    },
    {
      type: "list",
      ordered: false,
      items: [[{ type: "paragraph", runs: text("one") }], [{ type: "paragraph", runs: text("two") }]],
    },
    { type: "heading", level: 4, runs: text("Deep") },
    {
      type: "table",
      header: true,
      rows: [
        [text("A"), text("B")],
        [text("C"), []],
      ],
    },
    { type: "paragraph", runs: text("bad") },
    { type: "video", href: "https://www.youtube.com/embed/x" },
    { type: "divider" },
  ]);
});
