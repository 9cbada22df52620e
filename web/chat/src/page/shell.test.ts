/** The vectors of the bridge, which every native shell reads, too. */

import { afterEach, describe, expect, it, vi } from "vitest";
import golden from "../../../../sdk/wire/bridge.json";
import { BRIDGE, type FromShell, findShell, listenToShell, type ToShell } from "./shell.ts";

interface Vector {
  name: string;
  text: string;
  message: Record<string, unknown> | null;
}

const wire = golden as {
  protocol: number;
  from_page: Vector[];
  to_page: Vector[];
  scripts: { text: string; script: string }[];
};

describe("the bridge's vectors", () => {
  afterEach(() => vi.unstubAllGlobals());

  function posted(message: ToShell): string | undefined {
    const texts: string[] = [];
    vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 PocketdeskSDK/0.1.0 (android)" });
    vi.stubGlobal("window", { PocketdeskApp: { postMessage: (text: string) => texts.push(text) } });
    findShell()?.post(message);
    return texts[0];
  }

  // What the page says never has more than this; a shell must bear what is stranger.
  const OURS = ["ready", "identity needed", "logged out", "credential", "unread", "close", "a link"];
  const said = wire.from_page.filter(
    ({ name }) => OURS.includes(name) || name.startsWith("a conversation "),
  ) as (Vector & { message: ToShell })[];

  it.each(said)("C03 page to shell: $name", ({ text, message }) => {
    expect(posted(message)).toBe(text);
  });

  it("C03 every kind of message to the shell has its vector", () => {
    const kinds: Record<ToShell["type"], true> = {
      ready: true,
      identity_needed: true,
      logged_out: true,
      credential: true,
      conversation_started: true,
      conversation_selected: true,
      unread: true,
      close: true,
      open_link: true,
    };
    expect(new Set(said.map(({ message }) => message.type))).toEqual(new Set(Object.keys(kinds)));
    expect(wire.protocol).toBe(BRIDGE);
  });

  function received(text: string): FromShell[] {
    const messages: FromShell[] = [];
    vi.stubGlobal("window", {});
    listenToShell((message) => messages.push(message));
    window.PocketdeskPage?.receive(text);
    return messages;
  }

  it.each(wire.to_page)("C09 C16 C17 shell to page: $name", ({ text, message }) => {
    expect(received(text)).toEqual([message]);
  });

  it("C09 every kind of message from the shell has its vector", () => {
    const kinds: Record<FromShell["type"], true> = {
      identity: true,
      log_out: true,
      open_conversation: true,
      open_article: true,
      open_help: true,
      paused: true,
      resumed: true,
    };
    expect(new Set(wire.to_page.map(({ message }) => message?.["type"]))).toEqual(
      new Set(Object.keys(kinds)),
    );
  });

  it.each(wire.scripts)("a shell's script says $text", ({ text, script }) => {
    const quoted = /^window\.PocketdeskPage&&PocketdeskPage\.receive\((".*")\)$/.exec(script)?.[1];
    expect(JSON.parse(quoted ?? "null")).toBe(text);
    expect(received(JSON.parse(quoted ?? "null"))).toHaveLength(1);
  });

  it.each(['"1"', "1.5", "0", "-1", "null", "9007199254740993", "true", "[1]", "{}"])(
    "leaves out an id that is %s",
    (id) => {
      expect(received(`{"type":"open_conversation","conversation_id":${id}}`)).toEqual([]);
      expect(received(`{"type":"open_article","article_id":${id}}`)).toEqual([]);
    },
  );
});
