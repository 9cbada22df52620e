import { afterEach, describe, expect, it, vi } from "vitest";
import { Identity, namedInAddress } from "./identity.ts";
import { findShell, listenToShell } from "./shell.ts";

const MIA = { token: "t1", email: "mia@example.org" };

describe("namedInAddress", () => {
  it.each([
    ["", null],
    ["?email=&identificationToken=", null],
    ["?email=mia%40example.org&identificationToken=t1", MIA],
    ["?identificationToken=t1", { token: "t1", email: "" }],
    ["?email=mia@example.org", { token: "", email: "mia@example.org" }],
  ])("C10 reads %j", (search, expected) => {
    expect(namedInAddress(search)).toEqual(expected);
  });

  it("C18 keeps a plus, however it was written", () => {
    for (const plus of ["+", "%2B"])
      expect(namedInAddress(`?email=a${plus}b@x.org&identificationToken=t`)?.email).toBe("a+b@x.org");
  });
});

describe("Identity", () => {
  it("waits until it is known whether anybody is signed in", async () => {
    const identity = new Identity(undefined);
    const named = identity.named();
    expect(identity.give(MIA)).toBe(false);
    expect(await named).toEqual(MIA);
  });

  it("tells whether somebody else is signed in now", () => {
    const identity = new Identity(MIA);
    expect(identity.give({ ...MIA })).toBe(false);
    expect(identity.give({ ...MIA, token: "t2" })).toBe(true);
    expect(identity.give(null)).toBe(true);
    expect(identity.give(null)).toBe(false);
  });

  it("C12 asks an app for another token, and waits for it", async () => {
    const ask = vi.fn();
    const identity = new Identity(MIA, ask);
    expect(identity.askAgain()).toBe(true);
    expect(ask).toHaveBeenCalledOnce();
    const named = identity.named();
    identity.give({ ...MIA, token: "t2" });
    expect((await named)?.token).toBe("t2");
  });

  it("can ask nobody where the address said it", async () => {
    const identity = new Identity(MIA);
    expect(identity.askAgain()).toBe(false);
    expect(await identity.named()).toEqual(MIA);
  });

  it("C16 forgets", async () => {
    const identity = new Identity(MIA);
    identity.forget();
    expect(await identity.named()).toBeNull();
  });

  it("C16 waits for the app's next word after it forgot", async () => {
    const identity = new Identity(MIA, () => {});
    identity.forget();
    const named = identity.named();
    identity.give(null);
    expect(await named).toBeNull();
  });

  it("begins without anybody where no loader says hello", async () => {
    const identity = new Identity(undefined);
    identity.giveUp();
    expect(await identity.named()).toBeNull();
    const known = new Identity(MIA);
    known.giveUp();
    expect(await known.named()).toEqual(MIA);
  });
});

describe("the shell", () => {
  afterEach(() => vi.unstubAllGlobals());

  function stub(agent: string, more: Record<string, unknown>): void {
    vi.stubGlobal("navigator", { userAgent: agent });
    vi.stubGlobal("window", more);
  }

  const OURS = "Mozilla/5.0 PocketdeskSDK/0.1.0 (android)";

  it.each([
    ["Android", (postMessage: unknown) => ({ PocketdeskApp: { postMessage } })],
    ["iOS", (postMessage: unknown) => ({ webkit: { messageHandlers: { pocketdesk: { postMessage } } } })],
    ["React Native", (postMessage: unknown) => ({ ReactNativeWebView: { postMessage } })],
  ])("C17 is spoken to as %s wants it", (_, port) => {
    const posted: string[] = [];
    stub(
      OURS,
      port((text: string) => posted.push(text)),
    );
    findShell()?.post({ type: "identity_needed" });
    expect(posted).toEqual(['{"type":"identity_needed"}']);
  });

  it("is none where another app has a port of that name", () => {
    stub("Mozilla/5.0", { ReactNativeWebView: { postMessage: () => {} } });
    expect(findShell()).toBeNull();
    stub(OURS, {});
    expect(findShell()).toBeNull();
  });

  it("C17 hands a token over outside the address, and leaves out what it cannot read", () => {
    stub(OURS, {});
    const received: unknown[] = [];
    listenToShell((message) => received.push(message));
    const tell = (text: string) => window.PocketdeskPage?.receive(text);
    tell('{"type":"identity","token":"t1","email":"mia@example.org","app_version":"5.1"}');
    tell('{"type":"identity","token":null,"email":null}');
    tell('{"type":"identity","token":5}');
    tell('{"type":"log_out"}');
    for (const noise of ["", "nonsense", "null", "[]", '{"type":"later"}', "5"]) tell(noise);
    expect(received).toEqual([
      { type: "identity", ...MIA, app_version: "5.1" },
      { type: "identity", token: null, email: null, app_version: null },
      { type: "identity", token: null, email: null, app_version: null },
      { type: "log_out" },
    ]);
  });
});
