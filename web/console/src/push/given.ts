/** The key id in the name that Apple gives a key's file (`AuthKey_ABC1234567.p8`); none in another name. */
export const keyIdIn = (fileName: string): string =>
  /^AuthKey_([A-Z0-9]{10})\b.*\.p8$/.exec(fileName)?.[1] ?? "";

/** Whom push services can write to, as they want it: an e-mail address becomes `mailto:`. */
export function subjectOf(typed: string): string {
  const subject = typed.trim();
  return subject.includes("@") && !subject.includes(":") ? `mailto:${subject}` : subject;
}

/** Whether it looks like one; the server looks closer. */
export const isSubject = (typed: string): boolean => /^(mailto:.+@.+|https:\/\/.+)$/.test(subjectOf(typed));
