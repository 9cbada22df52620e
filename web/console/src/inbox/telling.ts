import type { Row } from "@pocketdesk/client";

const TELL = "pocketdesk.tell";
const SOUND = "pocketdesk.sound";

function read(name: string): string | null {
  try {
    return window.localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    window.localStorage.setItem(name, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

const canNotify = (): boolean => "Notification" in window;

/** Whether the agent wants browser notifications here and the browser lets us. */
export const mayTell = (): boolean =>
  canNotify() && Notification.permission === "granted" && read(TELL) !== "off";
export const maySound = (): boolean => read(SOUND) === "on";
export const setTelling = (on: boolean): void => write(TELL, on ? "on" : "off");
export const setSound = (on: boolean): void => write(SOUND, on ? "on" : "off");

/** Whether it is worth offering notifications: possible, not decided yet, not declined before. */
export const isUndecided = (): boolean =>
  canNotify() && Notification.permission === "default" && read(TELL) === null;

export async function askToNotify(): Promise<boolean> {
  return canNotify() && (await Notification.requestPermission()) === "granted";
}

/** A browser notification; null where pages may not make any, as on phones. */
export function notify(title: string, body: string, tag: string): Notification | null {
  try {
    return new Notification(title, { body, tag });
  } catch {
    return null;
  }
}

/** Two soft notes; made here, so that nothing has to be loaded. */
export function playTone(): void {
  const audio = new AudioContext();
  const start = audio.currentTime;
  [660, 880].forEach((frequency, place) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const at = start + place * 0.12;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.25);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.26);
  });
  setTimeout(() => void audio.close(), 1_000);
}

/**
 * Rows in which a visitor wrote something since the last look. `seen` maps conversations to their last activity; the
 * first look (null) only learns what is there.
 */
export function news(seen: ReadonlyMap<number, number> | null, rows: readonly Row[]): Row[] {
  if (!seen) return [];
  return rows.filter((row) => row.unread && row.last_activity_at > (seen.get(row.id) ?? 0));
}
