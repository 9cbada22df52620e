import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Answers } from "../page/answers.ts";
import type { TextKey } from "../page/texts.ts";
import { usePage, useStore } from "./context.ts";

interface MenuProps {
  conversationId: number;
  canDo: { download: boolean; mail: boolean; cookies: boolean };
  close(): void;
}

/** What can be done with a conversation. Arrows move, Escape closes, so does a touch elsewhere. */
export function Menu({ conversationId, canDo, close }: MenuProps) {
  const { words, transcripts, consent, answers } = usePage();
  const pushes = useStore(answers);
  const list = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState<TextKey | null>(null);
  const items = () => [...(list.current?.querySelectorAll("button") ?? [])];

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useLayoutEffect(() => {
    const opener = document.activeElement;
    items()[0]?.focus();
    return () => opener instanceof HTMLElement && opener.focus();
  }, []);

  useEffect(() => {
    const away = (event: Event) => {
      if (!list.current?.parentElement?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [close]);

  async function attempt(what: (id: number) => Promise<void>, done: TextKey | null): Promise<void> {
    try {
      await what(conversationId);
      if (done) setSaid(done);
      else close();
    } catch {
      setSaid("card.failed");
    }
  }

  function keyDown(event: KeyboardEvent): void {
    const all = items();
    const here = all.indexOf(document.activeElement as HTMLButtonElement);
    const steps: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (to === undefined) return;
    else all.at(to % all.length)?.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  const { download } = transcripts;
  return (
    <div class="menu">
      <div ref={list} role="menu" aria-label={words.say("menu.label")} onKeyDown={keyDown}>
        {canDo.download && download && (
          <button type="button" role="menuitem" tabIndex={-1} onClick={() => attempt(download, null)}>
            {words.say("menu.download")}
          </button>
        )}
        {canDo.mail && (
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => attempt(transcripts.mail, "menu.mailed")}
          >
            {words.say("menu.mail")}
          </button>
        )}
        {pushes && <PushItem answers={pushes} failed={() => setSaid("card.failed")} close={close} />}
        {canDo.cookies && (
          <button
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => {
              consent.reconsiderCookies();
              close();
            }}
          >
            {words.say("cookies.change")}
          </button>
        )}
      </div>
      <p role="status" hidden={said === null}>
        {said && words.say(said)}
      </p>
    </div>
  );
}

/** Turns the telling of answers on and off; nothing can be chosen where the browser forbids it. */
function PushItem({ answers, failed, close }: { answers: Answers; failed(): void; close(): void }) {
  const { words } = usePage();
  const state = useStore(answers.state);
  if (state === "denied") return null;
  const turn = state === "on" ? answers.turnOff : answers.turnOn;
  return (
    <button type="button" role="menuitem" tabIndex={-1} onClick={() => turn().then(close, failed)}>
      {words.say(state === "on" ? "push.off" : "push.offer")}
    </button>
  );
}
