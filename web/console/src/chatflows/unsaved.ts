import type { Draft } from "./changes.ts";

const key = (id: number) => `pocketdesk:chatflow:${id}`;

/**
 * Puts a chatflow's unsaved settings aside while something that they need is made elsewhere (H11). The survey editor, opened
 * with `?chatflow=<id>`, leads back to `/chatflows/<id>/options?survey=<its id>`.
 */
export function setAside(id: number, changes: Partial<Draft>): void {
  sessionStorage.setItem(key(id), JSON.stringify(changes));
}

/** What was put aside; nothing when nothing was. */
export function kept(id: number): Partial<Draft> {
  const found = sessionStorage.getItem(key(id));
  return found ? (JSON.parse(found) as Partial<Draft>) : {};
}

export const forget = (id: number): void => sessionStorage.removeItem(key(id));
