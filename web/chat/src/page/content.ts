import type { Content } from "@pocketdesk/client/protocol";

/** Typed words as the server would take them, without finding links. */
export function asContent(text: string): Content {
  return {
    blocks: text
      .trim()
      .split(/\n\s*\n/)
      .map((paragraph) => ({
        type: "paragraph",
        runs: paragraph
          .split("\n")
          .flatMap((line, place) => [
            ...(place ? [{ type: "break" as const }] : []),
            ...(line ? [{ type: "text" as const, text: line }] : []),
          ]),
      })),
  };
}
