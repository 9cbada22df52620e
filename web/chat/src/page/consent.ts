import { uuid } from "@pocketdesk/client/environment";
import { CommandRefused, type Result } from "@pocketdesk/client/outbox";
import type { Command, ConsentKind } from "@pocketdesk/client/protocol";
import { Store } from "@pocketdesk/client/store";
import type { Choices } from "./about.ts";
import type { ConsentTexts } from "./boot.ts";

/** When the cookie banner comes; null when nobody has to be asked. */
export type Moment = "before_chat" | "on_exit_intent" | null;

export interface ConsentState {
  texts: ConsentTexts;
  moment: Moment;
  /** An app says who the visitor is: nothing is kept on the device, and nobody is asked whether it may be. */
  isNamed: boolean;
  choices: Choices;
  /** The server has said what this visitor chose earlier. */
  isKnown: boolean;
  /** The visitor is about to leave and was not asked yet. */
  isLeaving: boolean;
  /** Why the question is there again: another text than a moment ago, or an answer that the server did not take. */
  trouble: "changed" | "failed" | null;
}

/** What stands between the visitor and the composer. `blocks`: nothing can be written before the answer. */
export type Gate = { kind: "unknown" | "cookies" | "process"; blocks: boolean } | null;

export function gateOf(state: ConsentState): Gate {
  const { texts, choices, isKnown, isLeaving } = state;
  const moment = momentOf(state);
  const isExplicit = texts.process?.type === "explicit";
  if (!isKnown && (isExplicit || moment === "before_chat")) return { kind: "unknown", blocks: true };
  if (choices.cookies === null && moment === "before_chat") return { kind: "cookies", blocks: true };
  if (choices.cookies === null && moment && isLeaving) return { kind: "cookies", blocks: false };
  if (isExplicit && choices.process !== true) return { kind: "process", blocks: true };
  return null;
}

/** Whether a cookie may be kept on the device. */
export function mayStore({ moment, isNamed, choices, isKnown }: ConsentState): boolean {
  return !isNamed && (moment === null || (isKnown && choices.cookies === true));
}

function momentOf({ moment, isNamed }: ConsentState): Moment {
  return isNamed ? null : moment;
}

const LEAVES_WITHIN_MS = 2_000;
const NOBODY_ASKED: Choices = { cookies: null, process: null, communicate: null };

/** What this visitor was asked, and what they answered. */
export class Consent {
  readonly state: Store<ConsentState>;
  /** The server has another text than the one that was agreed to. */
  onTextChanged: () => void = () => {};
  /** The server knows that a cookie may be kept. */
  onAllowed: () => void = () => {};
  readonly #mobileTag: string;
  readonly #run: (command: Command) => Promise<Result>;
  #afterwards: (() => void) | null = null;

  constructor(texts: ConsentTexts, mobileTag: string, run: (command: Command) => Promise<Result>) {
    this.#mobileTag = mobileTag;
    this.#run = run;
    this.state = new Store<ConsentState>({
      texts,
      moment: texts.cookies?.when ?? null,
      isNamed: false,
      choices: NOBODY_ASKED,
      isKnown: false,
      isLeaving: false,
      trouble: null,
    });
  }

  get mayStore(): boolean {
    return mayStore(this.state.get());
  }

  /** Whether the chatflow asks this visitor about cookies, sooner or later. */
  get asksForCookies(): boolean {
    return momentOf(this.state.get()) !== null;
  }

  /** Nothing may be kept, so leaving is for good. */
  get isDeclined(): boolean {
    const state = this.state.get();
    return momentOf(state) !== null && state.choices.cookies === false;
  }

  readonly set = (change: Partial<ConsentState>): void => {
    this.state.set({ ...this.state.get(), ...change });
  };

  /** The server says what this visitor chose; what was chosen here meanwhile stands. */
  readonly know = (known: Choices): void => {
    const { choices } = this.state.get();
    this.set({
      isKnown: true,
      choices: {
        cookies: choices.cookies ?? known.cookies,
        process: choices.process ?? known.process,
        communicate: choices.communicate ?? known.communicate,
      },
    });
  };

  /** Somebody new. */
  readonly forget = (): void =>
    this.set({ isKnown: false, isLeaving: false, trouble: null, choices: NOBODY_ASKED });

  /** Whether leaving has to wait for an answer; `afterwards` then goes on with it. */
  readonly asksBeforeLeaving = (afterwards: () => void = () => {}): boolean => {
    const state = this.state.get();
    const { choices, isLeaving, isKnown } = state;
    // Who leaves a second time does not want to answer; nothing is kept then.
    if (momentOf(state) !== "on_exit_intent" || choices.cookies !== null || isLeaving || !isKnown)
      return false;
    this.#afterwards = afterwards;
    this.set({ isLeaving: true });
    return true;
  };

  /** Takes an answer about cookies at once and tells the server when it can be reached. */
  readonly chooseCookies = async (choice: boolean): Promise<void> => {
    const { choices, texts } = this.state.get();
    this.set({ choices: { ...choices, cookies: choice }, isLeaving: false, trouble: null });
    const afterwards = this.#afterwards;
    this.#afterwards = null;
    // Where only the page around us wanted the question, the answer is nobody else's.
    const told = texts.cookies
      ? this.#tell("cookies", choice, texts.cookies.text_hash)
      : Promise.resolve(true);
    const allowed = told.then((isTold) => isTold && choice && this.onAllowed());
    if (!afterwards) {
      await allowed;
      return;
    }
    // Who leaves is not held by a line that is down.
    const isTooLong = new Promise<true>((resolve) => setTimeout(() => resolve(true), LEAVES_WITHIN_MS));
    if (await Promise.race([told, isTooLong])) afterwards();
  };

  /** Asks once more. */
  readonly reconsiderCookies = (): void => {
    const { choices } = this.state.get();
    this.set({ choices: { ...choices, cookies: null }, isLeaving: true });
  };

  /** Resolves when the server has it: only then it takes messages. */
  readonly agree = async (): Promise<void> => {
    const { texts } = this.state.get();
    if (!texts.process || !(await this.#tell("process", true, texts.process.text_hash))) return;
    this.set({ choices: { ...this.state.get().choices, process: true }, trouble: null });
  };

  readonly chooseCommunicate = (choice: boolean): void => {
    const { texts, choices } = this.state.get();
    if (!texts.communicate) return;
    this.set({ choices: { ...choices, communicate: choice } });
    void this.#tell("communicate", choice, texts.communicate.text_hash);
  };

  /** The server refused a message for want of consent: it knows better. */
  readonly askAgain = (): void =>
    this.set({ isKnown: true, choices: { ...this.state.get().choices, process: null } });

  async #tell(kind: ConsentKind, choice: boolean, textHash: string): Promise<boolean> {
    const command = {
      type: "give_consent" as const,
      command_id: uuid(),
      kind,
      choice,
      mobile_tag: this.#mobileTag,
      text_hash: textHash,
    };
    try {
      await this.#run(command);
      return true;
    } catch (error) {
      if (!(error instanceof CommandRefused)) throw error;
      const hasChanged = error.failure.code === "consent_text_changed";
      const choices = { ...this.state.get().choices, [kind]: null };
      this.set({ choices, trouble: hasChanged ? "changed" : "failed" });
      if (hasChanged) this.onTextChanged();
      return false;
    }
  }
}
