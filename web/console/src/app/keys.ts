import { useEffect, useRef } from "react";

type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Whether the event goes to something that takes typed text. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"))
  );
}

/** Whether a dialog, menu or popover was open when the key went down: the same press may just have closed it. */
let wasOpen = false;
window.addEventListener(
  "keydown",
  () => {
    wasOpen = document.querySelector("[role=dialog], [role=menu]") !== null;
  },
  true,
);

/** `mod+k`, `?`, `shift+enter`, `x`: Ctrl or Command is `mod`, Shift counts only with keys that have a name. */
export function nameOf(event: KeyboardEvent): string {
  const named = event.key.length > 1;
  return [
    event.ctrlKey || event.metaKey ? "mod+" : "",
    event.altKey ? "alt+" : "",
    event.shiftKey && named ? "shift+" : "",
    event.key.toLowerCase(),
  ].join("");
}

/**
 * Keys of a screen while it is shown. Plain keys are left alone while somebody types or something is open above the screen; those with
 * `mod+` always work. The latest functions are called.
 */
export function useKeys(keys: Keys, active = true): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    if (!active) return;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const name = nameOf(event);
      const action = latest.current[name];
      if (!action || (!name.startsWith("mod+") && (isTyping(event) || wasOpen))) return;
      event.preventDefault();
      action(event);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [active]);
}

/** A letter after `g`, within a second: go somewhere. */
export function useGoKeys(places: Readonly<Record<string, () => void>>): void {
  const latest = useRef(places);
  useEffect(() => {
    latest.current = places;
  });
  useEffect(() => {
    let until = 0;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event) || wasOpen) return;
      const name = nameOf(event);
      if (name === "g") {
        until = event.timeStamp + 1_000;
        return;
      }
      const go = event.timeStamp < until ? latest.current[name] : undefined;
      until = 0;
      if (!go) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      go();
    };
    // Captured, so that `g c` does not also mean the screen's own `c`.
    window.addEventListener("keydown", listen, true);
    return () => window.removeEventListener("keydown", listen, true);
  }, []);
}
