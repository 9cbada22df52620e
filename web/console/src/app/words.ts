/** A text, or its two English forms when it counts something (`{count}`). */
type Text = string | { one: string; other: string };
export type Values = Record<string, string | number>;

/**
 * One feature's texts by key. The catalogues are what a translation replaces, so screens hold keys only.
 * `{name}` in a text is filled from the values; `count` also chooses the form.
 */
export function catalogue<const Texts extends Record<string, Text>>(texts: Texts) {
  return (key: keyof Texts & string, values: Values = {}): string => {
    const text: Text = texts[key] ?? key;
    const form = typeof text === "string" ? text : values["count"] === 1 ? text.one : text.other;
    return form.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}
