import { describe, expect, it } from "vitest";
import type { Stream } from "./client.ts";
import { Client } from "./client.ts";
import type { Command, Message, VisitorConversation, VisitorState } from "./protocol.ts";
import { World } from "./testing/world.ts";

function setUp(
  seed = 1,
  credential = async () => ({ hello: { token: "t" }, headers: { authorization: "Bearer t" } }),
) {
  const world = new World(seed);
  const client = new Client({
    environment: world,
    socketUrl: "ws://pocketdesk/socket",
    api: "/api/v1",
    credential,
  });
  const stream = client.visitor();
  return { world, client, stream };
}

function start(world: World, text: string, lane = "lane-1"): Command {
  return {
    type: "start_conversation",
    command_id: world.uuid(),
    client_conversation_id: lane,
    client_message_id: world.uuid(),
    mobile_tag: "support",
    content: { text },
  };
}

function post(world: World, text: string, conversation_id = 0): Command {
  return {
    type: "post_message",
    command_id: world.uuid(),
    conversation_id,
    client_message_id: world.uuid(),
    content: { text },
  };
}

function state(stream: Stream<VisitorState>): VisitorState {
  const view = stream.view.get();
  if (view.kind !== "live") throw new Error(`the stream is ${view.kind}`);
  return view.state;
}

function words(conversation: VisitorConversation | undefined): string[] {
  return (conversation?.messages ?? []).map((each) => {
    const run = (each as Message).content.blocks[0];
    return run?.type === "paragraph" && run.runs[0]?.type === "text" ? run.runs[0].text : "?";
  });
}

describe("client", () => {
  it("C24 keeps every message once and in order while the network breaks at random", async () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const { world, client, stream } = setUp(seed);
      client.connection.start();
      const written: string[] = [];
      for (let turn = 0; turn < 40; turn += 1) {
        const text = `m${turn}`;
        client.outbox.put(turn === 0 ? start(world, text) : post(world, text), { lane: "lane-1" });
        written.push(text);
        await world.pass(Math.floor(world.random() * 60));
        const dice = world.random();
        if (dice < 0.25) world.cut();
        else if (dice < 0.3) world.isDown = true;
        else if (dice < 0.35) world.socketsBlocked = !world.socketsBlocked;
        else if (dice < 0.4) for (const socket of world.sockets) socket.isDead = true;
        if (world.random() < 0.3) world.isDown = false;
        if (world.random() < 0.1) world.server.refusals.push({ status: 503, code: "unavailable" });
      }
      world.isDown = false;
      await world.pass(600_000);
      const [conversation] = world.server.conversations.values();
      expect(words(conversation), `seed ${seed}`).toEqual(written);
      expect(state(stream), `seed ${seed}`).toEqual(world.server.state());
      expect(client.outbox.entries.get().every((each) => each.state === "sent")).toBe(true);
      client.connection.stop();
    }
  });

  it("shows every answer after a cut: it resumes from its position", async () => {
    const { world, client, stream } = setUp();
    client.connection.start();
    client.outbox.put(start(world, "hello"));
    await world.pass(200);
    const id = state(stream).conversations[0]?.id ?? 0;
    world.isDown = true;
    world.cut();
    for (const text of ["one", "two", "three"]) world.server.answer(id, text);
    world.isDown = false;
    await world.pass(5_000);
    expect(words(state(stream).conversations[0])).toEqual(["hello", "one", "two", "three"]);
    expect(state(stream).conversations[0]?.unread).toBe(3);
    const subscribed = world.sockets.at(-1)?.sent.find((each) => each.type === "subscribe");
    expect(subscribed).toHaveProperty("position");
  });

  it("P-1 ignores frames of a later version: they move no position", async () => {
    const { world, client, stream } = setUp();
    client.connection.start();
    client.outbox.put(start(world, "hello"));
    await world.pass(200);
    const later = { type: "of_a_later_version", stream: "visitor", position: "x" };
    world.sockets.at(-1)?.onmessage?.({ data: JSON.stringify(later) });
    world.cut();
    await world.pass(5_000);
    const subscribed = world.sockets.at(-1)?.sent.find((each) => each.type === "subscribe");
    expect(subscribed).toHaveProperty("position", expect.stringMatching(/^\d+$/));
    expect(words(state(stream).conversations[0])).toEqual(["hello"]);
  });

  it("takes a new snapshot after a reset", async () => {
    const { world, client, stream } = setUp();
    client.connection.start();
    client.outbox.put(start(world, "hello"));
    await world.pass(200);
    world.isDown = true;
    world.cut();
    world.server.answer(state(stream).conversations[0]?.id ?? 0, "missed");
    world.server.trimmedBefore = 1_000;
    world.isDown = false;
    await world.pass(5_000);
    expect(words(state(stream).conversations[0])).toEqual(["hello", "missed"]);
  });

  it("falls back to plain requests where sockets are blocked, and comes back", async () => {
    const { world, client, stream } = setUp();
    world.socketsBlocked = true;
    client.connection.start();
    client.outbox.put(start(world, "over http"));
    await world.pass(10_000);
    expect(client.connection.state.get()).toMatchObject({ kind: "open", via: "http" });
    const id = state(stream).conversations[0]?.id ?? 0;
    world.server.answer(id, "answer");
    await world.pass(500);
    expect(words(state(stream).conversations[0])).toEqual(["over http", "answer"]);
    world.socketsBlocked = false;
    await world.pass(200_000);
    expect(client.connection.state.get()).toMatchObject({ kind: "open", via: "socket" });
    client.outbox.put(post(world, "by socket", id));
    await world.pass(200);
    expect(words(state(stream).conversations[0])).toEqual(["over http", "answer", "by socket"]);
    expect(world.polls.length).toBeGreaterThan(0);
  });

  it("finds out that a silent network is dead", async () => {
    const { world, client } = setUp();
    client.connection.start();
    await world.pass(100);
    for (const socket of world.sockets) socket.isDead = true;
    await world.pass(34_000);
    expect(client.connection.state.get().kind).toBe("open");
    await world.pass(2_000);
    expect(world.sockets.length).toBe(2);
    expect(client.connection.state.get().kind).toBe("open");
  });

  it("says since when it is not open, and tries at once when the network is back", async () => {
    const { world, client } = setUp();
    client.connection.start();
    await world.pass(100);
    world.isOnline = false;
    world.cut();
    const since = world.time;
    await world.pass(60_000);
    expect(client.connection.state.get()).toEqual({ kind: "offline", since });
    world.isOnline = true;
    world.wake();
    await world.pass(100);
    expect(client.connection.state.get().kind).toBe("open");
  });

  it("asks for a new credential when the old one does not hold, and stops without one", async () => {
    const asked: boolean[] = [];
    const credential = async (renew?: boolean) => {
      asked.push(renew ?? false);
      return asked.length < 3 ? { hello: { token: "t" }, headers: {} } : null;
    };
    const { world, client } = setUp(1, credential as never);
    client.connection.start();
    await world.pass(100);
    world.sockets.at(-1)?.break(4401);
    await world.pass(3_000);
    world.sockets.at(-1)?.break(4401);
    await world.pass(3_000);
    expect(asked).toEqual([false, true, true]);
    expect(client.connection.state.get()).toMatchObject({ kind: "refused", why: "unauthenticated" });
  });

  it("tells the watcher when the server does not show a stream", async () => {
    const { world, client } = setUp();
    const other = client.conversation(12);
    client.connection.start();
    await world.pass(200);
    expect(other.view.get()).toMatchObject({ kind: "refused", refusal: { code: "not_found" } });
  });

  it("knows the server's clock", async () => {
    const { world, client } = setUp();
    client.connection.start();
    await world.pass(100);
    expect(client.connection.clockSkew.get()).toBeGreaterThan(200);
  });
});

describe("outbox", () => {
  it("keeps a refused message visible, goes on with the next, and sends it again on request", async () => {
    const { world, client, stream } = setUp();
    client.connection.start();
    client.outbox.put(start(world, "one"));
    await world.pass(200);
    const id = state(stream).conversations[0]?.id ?? 0;
    world.server.refusals.push({ code: "too_many", status: 429, retry_after_ms: 5_000 });
    client.outbox.put(post(world, "two", id));
    client.outbox.put(post(world, "three", id));
    await world.pass(3_600_000);
    const failed = client.outbox.entries.get().find((each) => each.state === "failed");
    expect(failed?.failure).toMatchObject({ code: "too_many", retryable: true });
    expect(words(state(stream).conversations[0])).toEqual(["one", "three"]);
    client.outbox.retry(failed?.command.command_id ?? "");
    await world.pass(200);
    expect(words(state(stream).conversations[0])).toEqual(["one", "three", "two"]);
  });

  it("holds back what follows a conversation that could not be started", async () => {
    const { world, client, stream } = setUp();
    client.connection.start();
    world.server.refusals.push({ code: "too_many", status: 429 });
    client.outbox.put(start(world, "one"));
    client.outbox.put(post(world, "two"), { lane: "lane-1" });
    await world.pass(500);
    expect(client.outbox.entries.get().map((each) => each.state)).toEqual(["failed", "sending"]);
    client.outbox.retry(client.outbox.entries.get()[0]?.command.command_id ?? "");
    await world.pass(500);
    expect(words(state(stream).conversations[0])).toEqual(["one", "two"]);
  });

  it("sends only the newest read mark", async () => {
    const { world, client, stream } = setUp();
    client.outbox.put(start(world, "one"));
    client.connection.start();
    await world.pass(200);
    const id = state(stream).conversations[0]?.id ?? 0;
    world.cut();
    for (const read_seq of [1, 2, 3])
      client.outbox.put(
        { type: "move_cursor", command_id: world.uuid(), conversation_id: id, read_seq },
        { replaces: `read:${id}` },
      );
    const before = world.server.runs;
    await world.pass(5_000);
    expect(state(stream).conversations[0]?.read_seq).toBe(3);
    expect(world.server.runs - before).toBe(1);
    expect(client.outbox.entries.get().filter((each) => each.command.type === "move_cursor")).toEqual([]);
  });

  it("D17 holds a message back until its files are there, and what follows it, then sends both in order", async () => {
    const { world, client, stream } = setUp();
    client.connection.start();
    client.outbox.put(start(world, "one"));
    await world.pass(200);
    const id = state(stream).conversations[0]?.id ?? 0;
    let isThere = false;
    client.outbox.prepare = (command) =>
      "content" in command && "text" in command.content && command.content.text === "with a file" && !isThere
        ? null
        : command;
    client.outbox.put(post(world, "with a file", id));
    client.outbox.put(post(world, "after it", id));
    await world.pass(60_000);
    expect(words(state(stream).conversations[0])).toEqual(["one"]);
    isThere = true;
    client.outbox.poke();
    await world.pass(500);
    expect(words(state(stream).conversations[0])).toEqual(["one", "with a file", "after it"]);
  });

  it("D18 fails a message whose file is refused, and goes on with the next", async () => {
    const { world, client, stream } = setUp();
    client.connection.start();
    client.outbox.put(start(world, "one"));
    await world.pass(200);
    const id = state(stream).conversations[0]?.id ?? 0;
    const failure = {
      code: "file_refused",
      status: 422,
      message: "",
      fields: {},
      retryable: false,
      retryAt: null,
    };
    client.outbox.prepare = (command) =>
      "content" in command && "text" in command.content && command.content.text === "bad" ? failure : command;
    client.outbox.put(post(world, "bad", id));
    client.outbox.put(post(world, "good", id));
    await world.pass(500);
    expect(client.outbox.entries.get().find((each) => each.state === "failed")?.failure).toEqual(failure);
    expect(words(state(stream).conversations[0])).toEqual(["one", "good"]);
  });

  it("answers who waits: with the result, or with the refusal", async () => {
    const { world, client } = setUp();
    client.connection.start();
    const started = client.outbox.run(start(world, "one"));
    await world.pass(200);
    expect(await started).toHaveProperty("conversation_id");
    world.server.refusals.push({ code: "forbidden", status: 403 });
    const refused = client.outbox.run(post(world, "two", 4_294_967_296)).catch((error) => error.failure.code);
    await world.pass(200);
    expect(await refused).toBe("forbidden");
    expect(client.outbox.entries.get()).toEqual([]);
  });
});
