import { CommandRefused, type Result } from "@pocketdesk/client/outbox";
import type { Command } from "@pocketdesk/client/protocol";
import { describe, expect, it, vi } from "vitest";
import type { ConsentTexts } from "./boot.ts";
import { Consent, type Gate, gateOf, mayStore } from "./consent.ts";

const COOKIES = { text: "A cookie?", text_hash: "c1" };
const PROCESS = { text: "May we?", text_hash: "p1" };
const NONE: ConsentTexts = { cookies: null, process: null, communicate: null };
const NOBODY = { cookies: null, process: null, communicate: null };

function begin(texts: Partial<ConsentTexts>, answer: () => Promise<Result> = async () => ({})) {
  const sent: Command[] = [];
  const consent = new Consent({ ...NONE, ...texts }, "support", async (command) => {
    sent.push(command);
    return answer();
  });
  const gate = (): Gate => gateOf(consent.state.get());
  return { consent, gate, sent };
}

function refused(code: string, status: number): CommandRefused {
  return new CommandRefused({ code, status, message: "", fields: {}, retryable: false, retryAt: null });
}

describe("Consent", () => {
  it("G05 asks nobody for a cookie who is named by an app, and keeps none", () => {
    for (const when of ["before_chat", "on_exit_intent"] as const) {
      const { gate, consent } = begin({ cookies: { ...COOKIES, when } });
      consent.set({ isNamed: true });
      expect(gate()).toBeNull();
      consent.know({ ...NOBODY, cookies: false });
      expect([gate(), consent.mayStore, consent.isDeclined, consent.asksForCookies]).toEqual([
        null,
        false,
        false,
        false,
      ]);
      expect(consent.asksBeforeLeaving()).toBe(false);
    }
  });

  it("G01 asks nobody anything where everything is off", () => {
    const { gate, consent } = begin({});
    expect(gate()).toBeNull();
    expect(consent.mayStore).toBe(true);
  });

  it("G02 blocks until the banner is answered, and stores nothing before", async () => {
    const { gate, consent, sent } = begin({ cookies: { ...COOKIES, when: "before_chat" } });
    const allowed: boolean[] = [];
    consent.onAllowed = () => allowed.push(true);
    // A returning visitor shall not see a banner flash up.
    expect(gate()).toEqual({ kind: "unknown", blocks: true });
    consent.know(NOBODY);
    expect(gate()).toEqual({ kind: "cookies", blocks: true });
    expect(consent.mayStore).toBe(false);
    await consent.chooseCookies(true);
    expect(gate()).toBeNull();
    expect(consent.mayStore).toBe(true);
    expect(allowed).toEqual([true]);
    expect(sent).toMatchObject([
      { type: "give_consent", kind: "cookies", choice: true, mobile_tag: "support", text_hash: "c1" },
    ]);
  });

  it("G02 asks nobody twice", () => {
    const { gate, consent } = begin({ cookies: { ...COOKIES, when: "before_chat" } });
    consent.know({ ...NOBODY, cookies: true });
    expect(gate()).toBeNull();
    expect(consent.mayStore).toBe(true);
  });

  it("G04 lets who declines write, and stores nothing", async () => {
    const { gate, consent } = begin({ cookies: { ...COOKIES, when: "before_chat" } });
    consent.know(NOBODY);
    await consent.chooseCookies(false);
    expect(gate()).toBeNull();
    expect(consent.mayStore).toBe(false);
    expect(consent.isDeclined).toBe(true);
  });

  it("G03 is usable at once and asks when the visitor leaves, once", async () => {
    const { gate, consent } = begin({ cookies: { ...COOKIES, when: "on_exit_intent" } });
    expect(gate()).toBeNull();
    consent.know(NOBODY);
    expect(consent.mayStore).toBe(false);
    let left = 0;
    expect(consent.asksBeforeLeaving(() => left++)).toBe(true);
    expect(gate()).toEqual({ kind: "cookies", blocks: false });
    // Closing again is an answer too: nobody is held.
    expect(consent.asksBeforeLeaving(() => left++)).toBe(false);
    await consent.chooseCookies(true);
    expect(left).toBe(1);
    expect(consent.asksBeforeLeaving()).toBe(false);
  });

  it("G03 holds nobody who leaves while the line is down", async () => {
    vi.useFakeTimers();
    const { consent } = begin(
      { cookies: { ...COOKIES, when: "on_exit_intent" } },
      () => new Promise(() => {}),
    );
    consent.know(NOBODY);
    let left = 0;
    consent.asksBeforeLeaving(() => left++);
    void consent.chooseCookies(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(left).toBe(0);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(left).toBe(1);
    vi.useRealTimers();
  });

  it("G06 waits for the server before anything can be written", async () => {
    let answer: (result: Result) => void = () => {};
    const { gate, consent } = begin(
      { process: { ...PROCESS, type: "explicit" } },
      () => new Promise((resolve) => (answer = resolve)),
    );
    consent.know(NOBODY);
    const agreed = consent.agree();
    expect(gate()).toEqual({ kind: "process", blocks: true });
    answer({});
    await agreed;
    expect(gate()).toBeNull();
    consent.askAgain();
    expect(gate()).toEqual({ kind: "process", blocks: true });
  });

  it("G07 lets everybody write under a legitimate interest", () => {
    expect(begin({ process: { ...PROCESS, type: "legitimate_interest" } }).gate()).toBeNull();
  });

  it("G12 asks anew when the text has changed meanwhile", async () => {
    const { gate, consent } = begin({ process: { ...PROCESS, type: "explicit" } }, () =>
      Promise.reject(refused("consent_text_changed", 409)),
    );
    let changes = 0;
    consent.onTextChanged = () => changes++;
    consent.know(NOBODY);
    await consent.agree();
    expect(changes).toBe(1);
    expect(gate()?.kind).toBe("process");
    expect(consent.state.get().trouble).toBe("changed");
  });

  it("asks again when the server does not take the answer", async () => {
    const { gate, consent } = begin({ cookies: { ...COOKIES, when: "before_chat" } }, () =>
      Promise.reject(refused("too_many", 429)),
    );
    consent.know(NOBODY);
    await consent.chooseCookies(true);
    expect(gate()?.kind).toBe("cookies");
    expect(consent.mayStore).toBe(false);
    expect(consent.state.get().trouble).toBe("failed");
  });

  it("G10 G14 is ticked by the visitor alone", () => {
    const { consent, sent } = begin({ communicate: { label: "News", text_hash: "n1" } });
    consent.know(NOBODY);
    expect(consent.state.get().choices.communicate).toBeNull();
    expect(sent).toEqual([]);
    consent.chooseCommunicate(true);
    consent.chooseCommunicate(false);
    expect(sent).toMatchObject([{ choice: true }, { choice: false }]);
  });

  it("keeps what was chosen while the server was asked", async () => {
    const { consent } = begin({ cookies: { ...COOKIES, when: "on_exit_intent" } });
    await consent.chooseCookies(true);
    consent.know(NOBODY);
    expect(mayStore(consent.state.get())).toBe(true);
  });
});
