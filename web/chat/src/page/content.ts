import type { Content, Run } from "@pocketdesk/client/protocol";

/** Web addresses in plain ASCII, up to where a sentence would go on; the server finds more in words alone. */
const ADDRESS = /\bhttps?:\/\/[a-z0-9][^\s<>"'`{}|\\^[\]\u0080-\uffff]{2,1900}[a-z0-9/#=&_~-]/gi;

/** Typed words as blocks, which a message with files needs. */
export function asContent(text: string): Content {
  return {
    blocks: text
      .trim()
      .split(/\n\s*\n/)
      .map((paragraph) => ({
        type: "paragraph",
        runs: paragraph
          .split("\n")
          .flatMap((line, place) => [...(place ? [{ type: "break" as const }] : []), ...runsOf(line)]),
      })),
  };
}

function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (const { 0: href, index } of line.matchAll(ADDRESS)) {
    if (index > end) runs.push({ type: "text", text: line.slice(end, index) });
    runs.push({ type: "link", text: href, href });
    end = index + href.length;
  }
  if (end < line.length) runs.push({ type: "text", text: line.slice(end) });
  return runs;
}
