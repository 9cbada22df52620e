import type { Store } from "@pocketdesk/client/store";
import { type ComponentType, createContext, h } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { About } from "../page/about.ts";
import type { Answers } from "../page/answers.ts";
import type { PageConfig } from "../page/boot.ts";
import type { Chat } from "../page/chat.ts";
import type { Consent } from "../page/consent.ts";
import type { Links } from "../page/files.ts";
import type { HelpCall } from "../page/help.ts";
import type { Places } from "../page/places.ts";
import type { Words } from "../page/texts.ts";

/** What the app or page around us wants of this page. */
export interface Surroundings {
  /** Somebody listens when the visitor closes the chat. */
  isClosable: boolean;
  close(): void;
  hideNewThreadLink: boolean;
  disableAttachment: boolean;
  focusAtStart: boolean;
}

/** A conversation to keep or to send on; what is null cannot be done here. */
export interface Transcripts {
  download: ((conversationId: number) => Promise<void>) | null;
  mail(conversationId: number): Promise<void>;
}

export interface PageContext {
  chat: Chat;
  config: PageConfig;
  about: Store<About>;
  consent: Consent;
  links: Links;
  transcripts: Transcripts;
  words: Words;
  surroundings: Store<Surroundings>;
  limitedUntil: Store<number | null>;
  places: Places;
  /** Pushes to this browser; null where there are none, or not yet. */
  answers: Store<Answers | null>;
  help: HelpCall;
}

const Context = createContext<PageContext | null>(null);

export const PageProvider = Context.Provider;

export function usePage(): PageContext {
  const page = useContext(Context);
  if (!page) throw new Error("not inside a page");
  return page;
}

/** The value of a store; renders again when it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [, render] = useState({});
  const value = store.get();
  const shown = useRef(value);
  shown.current = value;
  useLayoutEffect(() => {
    // It may have changed between rendering and here.
    if (!Object.is(store.get(), shown.current)) render({});
    return store.subscribe(() => render({}));
  }, [store]);
  return value;
}

/** Whether a moment (of this device's clock) has come; renders again when it has. Null never comes. */
export function useIsPast(at: number | null): boolean {
  const [, render] = useState({});
  const isPast = at !== null && at <= Date.now();
  useEffect(() => {
    if (isPast || at === null) return;
    const timer = setTimeout(() => render({}), at - Date.now());
    return () => clearTimeout(timer);
  }, [at, isPast]);
  return isPast;
}

/** A part that is fetched when it is first shown, or by `fetchParts` before; until then `meanwhile` is there. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ComponentType<Props> | null = null,
): ComponentType<Props> & { fetch(): void } {
  let part: ComponentType<Props> | null = null;
  const waiting = new Set<() => void>();
  const fetch = () => {
    if (part) return;
    load().then(
      (loaded) => {
        part = loaded;
        for (const draw of waiting) draw();
      },
      // The line is down: the next time that it is wanted.
      () => {},
    );
  };
  const Later = (props: Props) => {
    const [, render] = useState({});
    useEffect(() => {
      if (part) return;
      const draw = () => render({});
      waiting.add(draw);
      fetch();
      return () => {
        waiting.delete(draw);
      };
    }, []);
    const shown = part ?? meanwhile;
    return shown && h(shown, props);
  };
  return Object.assign(Later, { fetch });
}
