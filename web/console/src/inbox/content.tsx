import type { Block, Run, Content as Words } from "@pocketdesk/client";

/** What somebody wrote, built from its typed blocks; nothing of it is ever read as HTML. */
export function Content({ content }: { content: Words }) {
  return (
    <div className="words" dir="auto">
      <Blocks blocks={content.blocks} />
    </div>
  );
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return blocks.map((block, place) => {
    const key = `${place}-${block.type}`;
    switch (block.type) {
      case "paragraph":
        return (
          <p key={key}>
            <Runs runs={block.runs} />
          </p>
        );
      case "list": {
        const List = block.ordered ? "ol" : "ul";
        return (
          <List key={key}>
            {block.items.map((item, line) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: what was written does not change its order.
              <li key={line}>
                <Blocks blocks={item} />
              </li>
            ))}
          </List>
        );
      }
      case "code":
        return (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, also by the arrow keys
          <pre key={key} tabIndex={0}>
            {block.text}
          </pre>
        );
      default:
        return null;
    }
  });
}

function Runs({ runs }: { runs: readonly Run[] }) {
  return runs.map((run, place) => {
    const key = `${place}-${run.type}`;
    switch (run.type) {
      case "text": {
        let words = <>{run.text}</>;
        if (run.code) words = <code>{words}</code>;
        if (run.italic) words = <em>{words}</em>;
        if (run.bold) words = <strong>{words}</strong>;
        return <span key={key}>{words}</span>;
      }
      case "link":
        return (
          <a key={key} href={run.href} target="_blank" rel="noopener noreferrer nofollow">
            {run.text}
          </a>
        );
      case "break":
        return <br key={key} />;
      default:
        return null;
    }
  });
}
