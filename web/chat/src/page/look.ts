import { accentColours } from "@pocketdesk/design/contrast";
import type { PageConfig } from "./boot.ts";

const dark = () => matchMedia("(prefers-color-scheme: dark)");

/** The accent's colours for the scheme that is on. */
export function accentNow(accent: string) {
  const forced = document.documentElement.dataset["scheme"];
  return accentColours(accent, (forced ? forced === "dark" : dark().matches) ? "dark" : "light");
}

/** Puts language, direction, font and colours of a chatflow on the page. */
export function applyLook(config: PageConfig): void {
  const root = document.documentElement;
  root.lang = config.language;
  root.dir = config.direction;
  root.dataset["font"] = config.font;
  const colours = accentNow(config.accent);
  root.style.setProperty("--accent", colours.accent);
  root.style.setProperty("--accent-text", colours.text);
  root.style.setProperty("--accent-hover", colours.hover);
  root.style.setProperty("--accent-ink", colours.ink);
}

/** Calls `change` when the system turns light or dark. */
export function onSchemeChange(change: () => void): void {
  dark().addEventListener("change", change);
}

/** Keeps the page as high as what the keyboard of a phone leaves of it. */
export function followKeyboard(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  let tallest = 0;
  let width = 0;
  const follow = () => {
    // Zooming also shrinks the visual viewport; then the page must stay what it is.
    const isZoomed = viewport.scale > 1.01;
    const { style } = document.documentElement;
    style.setProperty("--view-height", isZoomed ? "100dvh" : `${viewport.height}px`);
    style.setProperty("--view-top", isZoomed ? "0px" : `${viewport.offsetTop}px`);
    if (isZoomed) return;
    tallest = viewport.width === width ? Math.max(tallest, viewport.height) : viewport.height;
    width = viewport.width;
    document.documentElement.classList.toggle("has-keyboard", viewport.height < 0.8 * tallest);
  };
  viewport.addEventListener("resize", follow);
  viewport.addEventListener("scroll", follow);
  follow();
}

/** With a mouse comes a keyboard whose Enter sends; on a screen one, Enter is a new line. */
export function hasKeyboard(): boolean {
  return matchMedia("(hover: hover) and (pointer: fine)").matches;
}
