import "./help.css";
import { createContext } from "preact";
import { useContext, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Help, type Source } from "../../page/help.ts";
import type { HelpScreen, Place } from "../../page/places.ts";
import { Shelf } from "../../page/shelf.ts";
import { usePage, useStore } from "../context.ts";
import { CategoryScreen } from "./category.tsx";
import { Home } from "./home.tsx";
import { Reader } from "./reader.tsx";

const Context = createContext<Help | null>(null);

export function useHelp(): Help {
  const help = useContext(Context);
  if (!help) throw new Error("not inside the Help tab");
  return help;
}

/** Finding and reading articles. */
export function HelpTab() {
  const { help: call, config, chat, consent, places } = usePage();
  // One for as long as this tab is there; the page makes another tab for another visitor or language.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a consent asked anew is the same visitor's
  const help = useMemo(
    () => new Help(call, config.language, new Shelf(config.account_id, () => consent.mayStore)),
    [],
  );
  const { trail } = useStore(places.now);
  const screen = trail.at(-1) ?? { name: "home" };
  const isOpen = useStore(chat.client.connection.state).kind === "open";
  useEffect(() => {
    if (isOpen) help.retry();
  }, [isOpen, help]);
  useCountedChats(help);
  return (
    <Context.Provider value={help}>
      <ScreenView key={keyOf(screen, trail.length)} screen={screen} />
    </Context.Provider>
  );
}

function ScreenView({ screen }: { screen: HelpScreen }) {
  if (screen.name === "category") return <CategoryScreen id={screen.id} />;
  if (screen.name === "article") return <Reader screen={screen} />;
  return <Home />;
}

function keyOf(screen: HelpScreen, depth: number): string {
  return `${depth} ${screen.name} ${"id" in screen ? screen.id : ""}`;
}

/** What brought a reader to an article. */
export const sourceOf = ({ fromChat }: { fromChat?: boolean }): Source => (fromChat ? "agent" : "chat");

/** An article from which somebody goes to the chat has left a question. */
function useCountedChats(help: Help): void {
  const { places } = usePage();
  useEffect(() => {
    let before: Place = places.now.get();
    return places.now.subscribe(() => {
      const last = before.trail.at(-1);
      const now = places.now.get();
      const isSame = last === now.trail.at(-1) && before.tab === "help" && now.tab === "chat";
      if (isSame && last?.name === "article") help.tellChat(last.id, sourceOf(last));
      before = now;
    });
  }, [places, help]);
}

/** This close to the end, in pixels, what follows is fetched. */
const NEAR = 300;

/** Where somebody was on a screen: how far down, and on what. */
const memory = new Map<string, { top: number; focus: string | null }>();

/** The scrolling part of a screen: as it was left when one comes back to it, else at its beginning, with the focus on its
 *  heading. `isReady` once what it shows is there; `more` fetches what comes after its end. */
export function useScreen(isReady: boolean, more?: () => void) {
  const { places } = usePage();
  const box = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const key = useMemo(() => {
    const { trail } = places.now.get();
    return keyOf(trail.at(-1) ?? { name: "home" }, trail.length);
  }, [places]);
  const { tab } = useStore(places.now);
  const left = useRef(memory.get(key));
  useLayoutEffect(() => {
    if (!isReady || !box.current) return;
    const was = left.current;
    left.current = undefined;
    if (!was) return;
    box.current.scrollTop = was.top;
    const row =
      was.focus === null ? null : box.current.querySelector<HTMLElement>(`[data-row="${was.focus}"]`);
    row?.focus({ preventScroll: true });
  }, [isReady]);
  // A screen that comes up in place of what had the focus is read from its heading.
  useLayoutEffect(() => {
    if (tab !== "help" || !isReady) return;
    const frame = requestAnimationFrame(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body || focused.closest(".is-behind"))
        heading.current?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [tab, isReady]);
  useEffect(
    () => () => {
      // What lies behind a screen that was left is begun anew.
      const depth = Number.parseInt(key, 10);
      if (places.now.get().trail.length < depth) memory.delete(key);
    },
    [key, places],
  );
  const remember = (focus: string | null = memory.get(key)?.focus ?? null) =>
    memory.set(key, { top: box.current?.scrollTop ?? 0, focus });
  return {
    box,
    heading,
    onScroll: () => {
      remember();
      const element = box.current;
      if (element && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR) more?.();
    },
    /** To be called before one goes on from a row. */
    leaveAt: (row: string) => remember(row),
  };
}
