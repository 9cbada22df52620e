import type { Script } from "../app/controls/own-text.tsx";
import { Blocks, Runs } from "./blocks.tsx";
import type { Difference as Changes } from "./shapes.ts";
import { t } from "./texts.ts";

/** What changed from one version to another: added and removed words are marked by line as well as by colour, and said. */
export function Difference({ difference, script }: { difference: Changes; script: Script }) {
  return (
    <article className="article-body difference" {...script}>
      {difference.fields.map(({ field, before, after }) => (
        <p key={field} className="diff-changed">
          <span className="muted small">{t(`field.${field}`)}</span>
          <br />
          {before && <del>{before}</del>} {after && <ins>{after}</ins>}
        </p>
      ))}
      {difference.blocks.map((one, place) => {
        const key = `${place}-${one.change}`;
        if (one.change === "same") return <Blocks key={key} blocks={[one.block]} />;
        if (one.change === "changed" && one.runs)
          return (
            <p key={key} className="diff-changed">
              {one.runs.map(({ change, run }, at) => {
                const Mark = change === "added" ? "ins" : change === "removed" ? "del" : "span";
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: what was compared does not change its order.
                  <Mark key={at}>
                    <Runs runs={[run]} />
                  </Mark>
                );
              })}
            </p>
          );
        return (
          <div key={key} className="diff-block" data-change={one.change}>
            <span className="visually-hidden">
              {t(one.change === "removed" ? "diff.removed" : "diff.added")}
            </span>
            {one.change === "changed" && one.before && (
              <div data-change="removed" className="diff-block">
                <Blocks blocks={[one.before]} />
              </div>
            )}
            <Blocks blocks={[one.block]} />
          </div>
        );
      })}
    </article>
  );
}
