import { expect, it } from "vitest";
import goldens from "../../../sdk/wire/replay.json";
import type {
  ConversationEvent,
  ConversationState,
  CountsState,
  ListState,
  RowPatch,
  StreamFrame,
  VisitorEvent,
  VisitorState,
} from "./protocol.ts";
import { reduceConversation, reduceCounts, reduceList, reduceVisitor } from "./reducer.ts";

interface Scripted {
  stream: string;
  viewer: { view: string; id: number };
  steps: { frame: StreamFrame; state: unknown }[];
}

const streams = goldens.streams as unknown as Scripted[];

function after(state: unknown, frame: StreamFrame, me: string): unknown {
  if (frame.type === "snapshot") return frame.state;
  if (frame.type === "rows")
    return frame.stream === "counts"
      ? reduceCounts(state as CountsState, frame.rows as RowPatch<CountsState["counts"]>[])
      : reduceList(state as ListState, frame.rows as RowPatch[]);
  if (frame.type !== "event") return state;
  return frame.stream === "visitor"
    ? reduceVisitor(state as VisitorState, frame.event as VisitorEvent)
    : reduceConversation(state as ConversationState, frame.event as ConversationEvent, me);
}

it("has every kind of stream in the goldens", () => {
  const kinds = new Set(streams.map((each) => each.stream.split(":")[0]));
  expect(kinds).toEqual(new Set(["visitor", "conversation", "list", "counts"]));
});

it.each(streams.map((each) => [`${each.stream} of ${each.viewer.view} ${each.viewer.id}`, each] as const))(
  "L20 holds what the server would show anew, after every frame of %s",
  (_, { steps, viewer }) => {
    let state: unknown = null;
    for (const [place, step] of steps.entries()) {
      state = after(state, step.frame, `${viewer.view}:${viewer.id}`);
      expect(state, `frame ${place}: ${JSON.stringify(step.frame).slice(0, 300)}`).toEqual(step.state);
    }
  },
);
