/** Colours as people see them: WCAG 2 contrast, and what is needed to put text on a colour that somebody chose. */

export type Rgb = readonly [red: number, green: number, blue: number];

/** `#rrggbb` as numbers from 0 to 255; null for anything else. */
export function parseHex(hex: string): Rgb | null {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  if (!found) return null;
  return [
    Number.parseInt(found[1] ?? "", 16),
    Number.parseInt(found[2] ?? "", 16),
    Number.parseInt(found[3] ?? "", 16),
  ];
}

export function toHex(colour: Rgb): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** Contrast ratio of two colours, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Enough for text of any size. */
export const READABLE = 4.5;

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** Grounds that an accent lies on, as in tokens.css (`--raised`). */
const GROUNDS: Record<Scheme, Rgb> = { light: WHITE, dark: [0x17, 0x1b, 0x1d] };
/** An accent that one can hardly tell from the ground is no accent. */
const TELLS_APART = 1.35;

export type Scheme = "light" | "dark";

export interface AccentColours {
  /** The chosen colour, moved only when it would vanish on the ground. */
  accent: string;
  /** Words and icons on the accent. */
  text: string;
  /** The accent under the pointer; the same words stay readable. */
  hover: string;
  /** The accent as words on the ground, darker or lighter until it reads. */
  ink: string;
  /** Whether the colour can be words on the ground as it is. */
  isReadable: boolean;
}

/** What a chatflow's accent becomes on a screen; a malformed colour counts as black. */
export function accentColours(chosen: string, scheme: Scheme): AccentColours {
  const ground = GROUNDS[scheme];
  const away = scheme === "light" ? BLACK : WHITE;
  const wanted = parseHex(chosen) ?? BLACK;
  const accent = shifted(wanted, away, (colour) => contrast(colour, ground) >= TELLS_APART);
  const text = contrast(accent, WHITE) >= READABLE ? WHITE : BLACK;
  return {
    accent: toHex(accent),
    text: toHex(text),
    hover: toHex(mixed(accent, text === WHITE ? BLACK : WHITE, 0.14)),
    ink: toHex(shifted(accent, away, (colour) => contrast(colour, ground) >= READABLE)),
    isReadable: contrast(wanted, ground) >= READABLE,
  };
}

/** The colour, moved in small steps until it is good enough. */
function shifted(colour: Rgb, towards: Rgb, isEnough: (colour: Rgb) => boolean): Rgb {
  for (let share = 0; share < 1; share += 0.02) {
    const candidate = mixed(colour, towards, share);
    // What counts is the colour that a screen gets.
    const rounded = parseHex(toHex(candidate)) ?? candidate;
    if (isEnough(rounded)) return rounded;
  }
  return towards;
}

function mixed(one: Rgb, other: Rgb, share: number): Rgb {
  const part = (place: 0 | 1 | 2) => one[place] + (other[place] - one[place]) * share;
  return [part(0), part(1), part(2)];
}
