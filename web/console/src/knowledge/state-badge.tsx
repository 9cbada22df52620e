import { Badge } from "@mantine/core";
import type { ArticleState } from "./shapes.ts";
import { t } from "./texts.ts";

const COLOURS: Readonly<Record<ArticleState, string>> = {
  draft: "gray",
  published: "teal",
  changed: "blue",
  scheduled: "grape",
};

/** How far an article is, in one quiet word. */
export function StateBadge({ state }: { state: ArticleState }) {
  return (
    <Badge className="state-badge" variant="light" color={COLOURS[state]} data-state={state}>
      {t(`state.${state}`)}
    </Badge>
  );
}
