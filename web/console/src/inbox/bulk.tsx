import { Button } from "@mantine/core";
import { type Command, type Row, uuid } from "@pocketdesk/client";
import { complain, offerUndo } from "../app/undo.tsx";
import { type Live, useLive } from "../live/live.tsx";
import { AssignMenu, type Target } from "./assign.tsx";
import { t } from "./texts.ts";

type Bulk = Extract<Command, { type: "bulk" }>;
type Together = Bulk["do"];

interface Done {
  done: number[];
  refused: { id: number; code: string; message: string }[];
}

/** One command for a hundred conversations; a refusal of one stops no other. */
async function together({ client }: Live, ids: readonly number[], what: Together): Promise<Done> {
  const whole: Done = { done: [], refused: [] };
  for (let from = 0; from < ids.length; from += 100) {
    const conversation_ids = ids.slice(from, from + 100);
    const command: Bulk = { type: "bulk", command_id: uuid(), conversation_ids, do: what };
    const part = (await client.outbox.run(command)) as unknown as Done;
    whole.done.push(...part.done);
    whole.refused.push(...part.refused);
  }
  return whole;
}

const asTarget = ({ assignee: { kind, id } }: Row): Together => ({
  kind: "assign",
  assignee: { kind, ...(id ? { id } : {}) },
});

/** Changes to several conversations at once. */
export function BulkBar({ rows, onDone }: { rows: Row[]; onDone: () => void }) {
  const live = useLive();
  const all = async (what: Together, told: (done: number[]) => void) => {
    onDone();
    try {
      const ids = rows.map(({ id }) => id);
      const { done, refused } = await together(live, ids, what);
      if (done.length > 0) told(done);
      if (refused.length > 0)
        complain(t("several.failed", { count: refused.length, why: refused[0]?.message ?? "" }));
    } catch (failure) {
      complain(failure);
    }
  };
  const close = () =>
    all({ kind: "close" }, (done) =>
      offerUndo(t("closed.several", { count: done.length }), () => together(live, done, { kind: "reopen" })),
    );
  const assign = (target: Target) =>
    all({ kind: "assign", assignee: target.assignee }, (done) =>
      offerUndo(t("assigned.several", { count: done.length, name: target.name }), async () => {
        // Back to whom each had, all of one assignee at once.
        const before = new Map<string, number[]>();
        for (const row of rows.filter(({ id }) => done.includes(id)))
          before.set(JSON.stringify(asTarget(row)), [
            ...(before.get(JSON.stringify(asTarget(row))) ?? []),
            row.id,
          ]);
        for (const [what, ids] of before) await together(live, ids, JSON.parse(what) as Together);
      }),
    );
  const inboxes = new Set(rows.map((row) => row.inbox_id));
  return (
    <div className="bulk" role="toolbar" aria-label={t("selected", { count: rows.length })}>
      <strong>{t("selected", { count: rows.length })}</strong>
      <AssignMenu inboxIds={[...inboxes]} current={null} onAssign={(target) => void assign(target)}>
        <Button variant="default" size="compact-sm">
          {t("assign")}
        </Button>
      </AssignMenu>
      <Button variant="default" size="compact-sm" onClick={() => void close()}>
        {t("close")}
      </Button>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={onDone}>
        {t("selected.clear")}
      </Button>
    </div>
  );
}
